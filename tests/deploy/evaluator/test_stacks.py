"""Several stacks, and stacks within stacks."""

from deploy.ecs.evaluator import Environment, Stack, Template, evaluate, evaluate_stacks
from deploy.ecs.evaluator.symbols import (
    Attribute,
    Choice,
    Import,
    Parameter,
    Pseudo,
    Reference,
    Text,
)
from tests.deploy.evaluator.writing import GERMANY, Folder, texts

Wanted = tuple[Template, dict[str, str], Environment]
NETWORK = """\
Parameters: {Open: {Type: String, Default: x}}
Conditions:
  Never: !Equals [a, b]
  Unclear: !Equals [!Ref Open, x]
Resources: {Vpc: {Type: "AWS::EC2::VPC"}}
Outputs:
  Vpc: {Value: !Ref Vpc, Export: {Name: !Sub "${AWS::StackName}-Vpc"}}
  Left: {Condition: Never, Value: !Ref Nothing}
  Perhaps: {Condition: Unclear, Value: !If [Unclear, 1, 2]}
"""
SERVICE = """\
Parameters: {Network: {Type: String, Default: network}}
Resources:
  Vpc:
    Type: AWS::EC2::SecurityGroup
    Properties:
      VpcId:
        Fn::ImportValue: !Sub "${Network}-Vpc"
"""


def in_germany(name: str) -> Environment:
    return Environment("eu-central-1", "123456789012", name)


def test_exports(folder: Folder) -> None:
    network = folder.template(NETWORK, "network.yaml")
    service = folder.template(SERVICE, "service.yaml")
    first, second = evaluate_stacks(
        [(network, {}, in_germany("network")), (service, {}, in_germany("service"))]
    )
    assert first.exports == {"network-Vpc": Reference("Vpc", "network")}
    assert second.resources["Vpc"].properties["VpcId"] == Reference("Vpc", "network")
    assert second.resources["Vpc"].refers_to == frozenset()
    assert Reference("Vpc", "network") != Reference("Vpc", second.name)


def test_imports_that_nothing_exports(folder: Folder) -> None:
    service = folder.template(SERVICE)
    assert evaluate(service).resources["Vpc"].properties["VpcId"] == Import("network-Vpc")
    open_name = evaluate(service, {"Network": None}).resources["Vpc"].properties["VpcId"]
    assert open_name == Import(Text((Parameter("Network", "shop"), "-Vpc")))


def test_exports_of_another_region(folder: Folder) -> None:
    network: Wanted = folder.template(NETWORK), {}, Environment("us-east-1", None, "network")
    service: Wanted = folder.template(SERVICE, "service.yaml"), {}, in_germany("service")
    _, second = evaluate_stacks([network, service])
    assert second.resources["Vpc"].properties["VpcId"] == Import("network-Vpc")


def test_exported_twice(folder: Folder) -> None:
    network: Wanted = folder.template(NETWORK), {}, in_germany("network")
    assert texts(evaluate_stacks([network, network])[1]) == ["7: network-Vpc is exported already."]


def test_outputs(folder: Folder) -> None:
    stack = folder.stack(NETWORK, {"Open": None})
    assert list(stack.outputs) == ["Vpc", "Perhaps"]
    perhaps = stack.outputs["Perhaps"]
    assert (perhaps.value, perhaps.export, perhaps.condition, perhaps.exists) == (
        1,
        None,
        "Unclear",
        None,
    )
    assert perhaps.place.line == 9
    assert texts(stack) == []


def test_wrong_outputs(folder: Folder) -> None:
    stack = folder.stack("""\
        Resources: {}
        Outputs:
          A: {Description: none}
          B: {Value: 1, Export: name}
          C: {Value: 1, Export: {Name: [a]}}
          D: 1
    """)
    assert texts(stack) == [
        "3: Output A has no Value.",
        "4: Export: null stands where a string should be.",
        "5: Export: a list stands where a string should be.",
        "6: Output D is no object.",
    ]


def test_name_without_environment(folder: Folder) -> None:
    stack = evaluate(
        folder.template("Resources: {A: {Type: T, Properties: {N: !Ref AWS::StackName}}}")
    )
    assert stack.name == "shop"
    assert stack.resources["A"].properties["N"] == Pseudo("AWS::StackName", "shop")


PARENT = """\
Resources:
  Service:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: parts/service.yaml
      Parameters:
        VpcId: !GetAtt Network.Outputs.VpcId
        Subnets: !Join [",", [!GetAtt Network.Outputs.A, !GetAtt Network.Outputs.B]]
  Network:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: ./parts/network.yaml}
  Other:
    Type: T
    Properties: {V: !GetAtt Service.Outputs.Group, W: !Sub "${Network.Outputs.VpcId}"}
"""
PARTS = {
    "network": """\
        Resources:
          Vpc: {Type: V}
          A: {Type: S}
          B: {Type: S, Properties: {N: !Ref AWS::StackName}}
        Outputs: {VpcId: {Value: !Ref Vpc}, A: {Value: !Ref A}, B: {Value: !Ref B}}
    """,
    "service": """\
        Parameters:
          VpcId: {Type: String, Default: ""}
          Subnets: {Type: CommaDelimitedList}
        Conditions: {HasVpc: !Not [!Equals [!Ref VpcId, ""]]}
        Resources:
          Vpc:
            Type: G
            Condition: HasVpc
            Properties: {VpcId: !Ref VpcId, Subnet: !Select [1, !Ref Subnets]}
        Outputs: {Group: {Value: !GetAtt Vpc.Id}}
    """,
}


def nested(folder: Folder, parent: str = PARENT) -> list[Stack]:
    (folder.path / "parts").mkdir()
    for name, text in PARTS.items():
        folder.write(text, f"parts/{name}.yaml")
    return evaluate_stacks([(folder.template(parent), {}, GERMANY)])


def test_nested(folder: Folder) -> None:
    shop, network, service = nested(folder)
    assert [shop.name, network.name, service.name] == ["shop", "shop/Network", "shop/Service"]
    assert shop.nested == {"Network": network, "Service": service}
    assert [texts(each) for each in (shop, network, service)] == [[], [], []]
    assert service.conditions == {"HasVpc": True}
    assert service.resources["Vpc"].properties == {
        "VpcId": Reference("Vpc", "shop/Network"),
        "Subnet": Reference("B", "shop/Network"),
    }
    assert shop.resources["Other"].properties == {
        "V": Attribute("Vpc", "Id", "shop/Service"),
        "W": Reference("Vpc", "shop/Network"),
    }
    assert list(shop.resources) == ["Service", "Network", "Other"]
    assert shop.resources["Other"].refers_to == {"Service", "Network"}
    assert network.resources["B"].properties["N"] == Pseudo("AWS::StackName", "shop/Network")


def test_nested_without_such_an_output(folder: Folder) -> None:
    shop = nested(folder, PARENT.replace("Outputs.Group", "Outputs.Nothing"))[0]
    assert texts(shop) == ["14: Fn::GetAtt: the nested stack Service has no output Nothing."]


def one(url: str) -> str:
    return f"""\
Resources:
  N: {{Type: "AWS::CloudFormation::Stack", Properties: {{TemplateURL: {url}}}}}
  A: {{Type: T, Properties: {{V: !GetAtt N.Outputs.X}}}}
"""


def test_nested_elsewhere(folder: Folder) -> None:
    for url in ("https://bucket.s3.amazonaws.com/a.yaml", "!Sub '${A}/b.yaml'", "[a]"):
        stack = folder.stack(one(url))
        assert texts(stack) == ["2: Not followed: the template of N."]
        assert not stack.problems[0].refused
        assert stack.resources["A"].properties["V"] == Attribute("N", "Outputs.X", "shop")


def test_nested_file_is_missing(folder: Folder) -> None:
    for url in ("missing.yaml", ".", "x" * 5000, '"a\\0b"'):
        stack = folder.stack(one(url))
        assert len(stack.problems) == 1
        assert "There is no file" in stack.problems[0].text


def test_nested_file_is_no_template(folder: Folder) -> None:
    folder.write("- a\n", "list.yaml")
    (text,) = texts(folder.stack(one("list.yaml")))
    assert text.startswith("2: ")
    assert text.endswith("list.yaml:1:1: It is no CloudFormation template: it has no Resources.")


def test_nested_in_itself(folder: Folder) -> None:
    folder.write(one("shop.yaml"), "other.yaml")
    shop, other = evaluate_stacks([(folder.template(one("other.yaml")), {}, GERMANY)])
    assert texts(shop) == ["3: Fn::GetAtt: the nested stack N has no output X."]
    assert texts(other) == ["2: shop.yaml is nested in itself."]


def test_nested_too_deep(folder: Folder) -> None:
    for level in range(20):
        folder.write(one(f"n{level + 1}.yaml"), f"n{level}.yaml")
    stacks = evaluate_stacks([(folder.template(one("n0.yaml")), {}, GERMANY)])
    assert len(stacks) == 11
    assert "more than 10 files deep" in texts(stacks[-1])[0]


def test_nested_that_wait_for_each_other(folder: Folder) -> None:
    folder.write("Resources: {}\nParameters: {P: {Type: String}}", "part.yaml")
    stack = folder.stack("""\
        Resources:
          A:
            Type: AWS::CloudFormation::Stack
            Properties: {TemplateURL: part.yaml, Parameters: {P: !GetAtt B.Outputs.X}}
          B:
            Type: AWS::CloudFormation::Stack
            Properties: {TemplateURL: part.yaml, Parameters: {P: !Sub "${A.Outputs.X}"}}
    """)
    assert any("wait for each other's outputs" in text for text in texts(stack))
    assert set(stack.nested) == {"A", "B"}


def test_nested_imports_what_its_neighbour_exports(folder: Folder) -> None:
    folder.write(SERVICE, "service.yaml")
    folder.write(
        "Resources: {Vpc: {Type: V}}\nOutputs: {V: {Value: !Ref Vpc, Export: {Name: network-Vpc}}}",
        "network.yaml",
    )
    stack = folder.stack("""\
        Conditions: {U: !Equals [!Ref AWS::StackId, x]}
        Resources:
          A:
            Type: AWS::CloudFormation::Stack
            DependsOn: B
            Properties: {TemplateURL: service.yaml}
          B:
            Type: AWS::CloudFormation::Stack
            Condition: U
            Properties: {TemplateURL: network.yaml}
          C: {Type: T, Properties: {V: !If [U, !GetAtt B.Outputs.V, none]}}
    """)
    vpc = Reference("Vpc", "shop/B")
    assert stack.nested["A"].resources["Vpc"].properties["VpcId"] == vpc
    assert stack.resources["C"].properties["V"] == Choice("U", vpc, "none")
