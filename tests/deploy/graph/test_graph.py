"""What values mean, also beyond one stack."""

from deploy.ecs.evaluator import evaluate_stacks
from deploy.ecs.evaluator.symbols import Attribute, Choice, Import, Parameter, Reference, Text
from deploy.ecs.graph import Cluster, Database, Graph, Physical, SecurityGroup, Service, Subnet, Vpc
from tests.deploy.evaluator.writing import GERMANY, Folder

NETWORK = """
    Resources:
      Vpc: {Type: "AWS::EC2::VPC"}
      Subnet: {Type: "AWS::EC2::Subnet", Properties: {VpcId: !Ref Vpc}}
      Group: {Type: "AWS::EC2::SecurityGroup", Properties: {VpcId: !Ref Vpc}}
    Outputs:
      Subnets: {Value: !Join [",", [!Ref Subnet, subnet-9]], Export: {Name: net-subnets}}
      Group: {Value: !GetAtt Group.GroupId, Export: {Name: net-group}}
"""
SERVICE = """
    Resources:
      Service:
        Type: AWS::ECS::Service
        Properties:
          NetworkConfiguration:
            AwsvpcConfiguration:
              Subnets: !Split [",", !ImportValue net-subnets]
              SecurityGroups: [!ImportValue net-group]
"""


def test_imports(folder: Folder) -> None:
    network = folder.template(NETWORK, "net.yaml")
    own = folder.template(SERVICE, "service.yaml")
    graph = Graph.of(evaluate_stacks([(network, {}, GERMANY), (own, {}, GERMANY)]))
    [service], [subnet] = graph.all(Service), graph.all(Subnet)
    assert service.subnets.complete
    assert [each.node for each in service.subnets] == [subnet, None]
    assert service.subnets[1].value == "subnet-9"
    assert [each.node for each in service.security_groups] == [graph.all(SecurityGroup)[0]]


def test_nested_stacks(folder: Folder) -> None:
    folder.write(NETWORK, "net.yaml")
    outer = folder.template("""
        Resources:
          Net: {Type: "AWS::CloudFormation::Stack", Properties: {TemplateURL: net.yaml}}
          Service:
            Type: AWS::ECS::Service
            Properties:
              NetworkConfiguration:
                AwsvpcConfiguration: {SecurityGroups: [!GetAtt Net.Outputs.Group]}
    """)
    graph = Graph.of(evaluate_stacks([(outer, {}, GERMANY)]))
    [service], [group] = graph.all(Service), graph.all(SecurityGroup)
    assert service.security_groups[0].node is group
    assert group.label == "shop/Net/Group"
    assert group.vpc is not None
    assert group.vpc.node is graph.all(Vpc)[0]


def test_what_is_not_known_is_not_guessed(folder: Folder) -> None:
    stack = folder.stack(NETWORK)
    graph = Graph.of([stack])
    one, other = Reference("Vpc", "shop"), Reference("Subnet", "shop")
    assert graph.find(Choice("C", one, one)) is graph.all(Vpc)[0]
    assert graph.find(Choice("C", one, other)) is None
    assert graph.find(Reference("Vpc", "elsewhere")) is None
    assert graph.find(Attribute("Vpc", "DefaultSecurityGroup", "shop")) is None
    assert graph.find(Attribute("Subnet", "VpcId", "shop")) is None
    assert Graph.of([stack, stack]).find(one) is None


def test_sameness(folder: Folder) -> None:
    graph = Graph.of([folder.stack(NETWORK)])
    vpc, subnet = Reference("Vpc", "shop"), Reference("Subnet", "shop")
    open_one, open_other = Parameter("A", "shop"), Parameter("B", "shop")
    assert graph.same(vpc, Attribute("Vpc", "VpcId", "shop")) is True
    assert graph.same(vpc, subnet) is False
    assert graph.same(vpc, open_one) is None
    assert graph.same(open_one, open_one) is True
    assert graph.same(open_one, open_other) is None
    assert graph.same("a", "b") is False
    assert graph.same("a", "arn:aws:x:y:z:a") is None
    assert graph.same(Choice("C", "a", "b"), Choice("C", "a", "b")) is None
    assert graph.same(None, None) is None


def test_mentioned(folder: Folder) -> None:
    stack = folder.stack("""
        Resources:
          Db: {Type: "AWS::RDS::DBInstance", Properties: {DBInstanceIdentifier: shop}}
    """)
    url = Text(("postgresql://", Attribute("Db", "Endpoint.Address", "shop"), ":5432/shop"))
    graph = Graph.of([stack])
    assert graph.mentioned(url, Database) == graph.all(Database)
    assert graph.mentioned(url, Cluster) == ()
    assert graph.mentioned("postgresql://localhost/shop", Database) == ()
    address = {"Endpoint.Address": "db.eu-central-1.rds.amazonaws.com"}
    known = Graph.of([stack], {Reference("Db", "shop"): Physical("shop", address)})
    found = "postgresql://db.eu-central-1.rds.amazonaws.com:5432/shop"
    assert known.mentioned(found, Database) == known.all(Database)
    assert known.find(Import("x")) is None
