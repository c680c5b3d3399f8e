"""What the account keeps, in the place of symbols."""

from deploy.ecs.evaluator import Environment, Kept, evaluate_stacks
from deploy.ecs.evaluator.symbols import Import, Parameter
from tests.deploy.evaluator.writing import Folder, texts

INNER = """
Parameters:
  Name: {Type: "AWS::SSM::Parameter::Value<String>", Default: /name}
Resources:
  Subject: {Type: "Custom::Subject", Properties: {Value: !Sub "${Name}-{{resolve:ssm:/name:2}}"}}
"""
OUTER = """
Resources:
  Inner: {Type: "AWS::CloudFormation::Stack", Properties: {TemplateURL: inner.yaml}}
"""
IMPORT = """
Resources:
  Subject: {Type: "Custom::Subject", Properties: {Value: !ImportValue net-vpc}}
"""
EXPORT = """
Resources: {Vpc: {Type: "AWS::EC2::VPC"}}
Outputs: {Vpc: {Value: own, Export: {Name: net-vpc}}}
"""


def germany(kept: Kept) -> Environment:
    return Environment("eu-central-1", "123456789012", "shop", kept)


def test_nested_stacks_see_it(folder: Folder) -> None:
    folder.write(INNER, "inner.yaml")
    kept = Kept({"/name": "shop", "/name:2": "web"})
    stack = folder.stack(OUTER, environment=germany(kept)).nested["Inner"]
    assert stack.resources["Subject"].properties["Value"] == "shop-web"


def test_what_nobody_asked_about(folder: Folder) -> None:
    stack = folder.stack(INNER)
    assert stack.parameters["Name"] == Parameter("Name", "shop", "/name")
    assert texts(stack) == []


def test_public_parameters_keep_their_name(folder: Folder) -> None:
    name = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
    template = INNER.replace("/name}", f"{name}}}")
    stack = folder.stack(template, environment=germany(Kept({name: "ami-1"})))
    assert stack.parameters["Name"] == Parameter("Name", "shop", name)


def test_references_to_public_parameters_stay(folder: Folder) -> None:
    name = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
    template = INNER.replace("resolve:ssm:/name:2", f"resolve:ssm:{name}")
    stack = folder.stack(template, environment=germany(Kept({name: "ami-1", "/name": "shop"})))
    assert stack.resources["Subject"].properties["Value"] == f"shop-{{{{resolve:ssm:{name}}}}}"


def test_exports(folder: Folder) -> None:
    stack = folder.stack(IMPORT, environment=germany(Kept(exports={"net-vpc": "vpc-1"})))
    assert stack.resources["Subject"].properties["Value"] == "vpc-1"
    stack = folder.stack(IMPORT, environment=germany(Kept()))
    assert stack.resources["Subject"].properties["Value"] == Import("net-vpc")
    stack = folder.stack(IMPORT, environment=germany(Kept(exports={})))
    assert texts(stack) == ["3: Fn::ImportValue: No export named net-vpc found."]


def test_templates_that_are_given_come_before_what_is_there(folder: Folder) -> None:
    environment = germany(Kept(exports={"net-vpc": "vpc-1"}))
    templates = [folder.template(EXPORT, "net.yaml"), folder.template(IMPORT)]
    stacks = evaluate_stacks([(each, {}, environment) for each in templates])
    assert stacks[1].resources["Subject"].properties["Value"] == "own"
