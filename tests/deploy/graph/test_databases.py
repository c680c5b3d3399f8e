"""Which databases values and secrets lead to, and what these are."""

import pytest

from deploy.ecs.graph import Database, Graph, SecurityGroup
from deploy.ecs.graph.database_uses import databases_in, databases_of
from tests.deploy.evaluator.writing import Folder

TEMPLATE = """
    Parameters: {Open: {Type: String}}
    Conditions: {Unclear: !Equals [!Ref Open, x]}
    Resources:
      Db:
        Type: AWS::RDS::DBInstance
        Properties:
          Engine: postgres
          MasterUserPassword: !Sub "{{resolve:secretsmanager:${Password}:SecretString:password}}"
      Named:
        Type: AWS::RDS::DBInstance
        Properties:
          MasterUserPassword: "{{resolve:secretsmanager:shop/named:SecretString:password}}"
      Cluster:
        Type: AWS::DocDB::DBCluster
        Properties: {ManageMasterUserPassword: true, Port: 27018}
      Member: {Type: AWS::DocDB::DBInstance, Properties: {DBClusterIdentifier: !Ref Cluster}}
      Password: {Type: AWS::SecretsManager::Secret}
      ByName: {Type: AWS::SecretsManager::Secret, Properties: {Name: shop/named}}
      Attached: {Type: AWS::SecretsManager::Secret}
      Attachment:
        Type: AWS::SecretsManager::SecretTargetAttachment
        Properties: {SecretId: !Ref Attached, TargetId: !Ref Cluster}
      Written:
        Type: AWS::SecretsManager::Secret
        Properties: {SecretString: !Sub '{"host": "${Cluster.ReadEndpoint}"}'}
      Other: {Type: AWS::SecretsManager::Secret, Properties: {SecretString: !Ref Open}}
      Host: {Type: AWS::SSM::Parameter, Properties: {Value: !GetAtt Db.Endpoint.Address}}
      Values: {Type: Custom::Values, Properties: {Value: VALUE}}
"""


def graph(folder: Folder, value: str = "x", template: str = TEMPLATE) -> Graph:
    return Graph.of([folder.stack(template.replace("VALUE", value), {"Open": None})])


def names(found: tuple[Database, ...]) -> list[str]:
    return [each.resource.logical_id for each in found]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("!GetAtt Db.Endpoint.Address", ["Db"]),
        ("!Sub 'mongodb://${Member.Endpoint}:27017,${Cluster.ReadEndpoint}'", ["Cluster"]),
        ("!Sub '${Db.Endpoint.Address} ${Cluster.Endpoint}'", ["Db", "Cluster"]),
        ("!Ref Db", []),
        ("!GetAtt Db.Endpoint.Port", []),
        ("db.example.com", []),
        ("!If [Unclear, !GetAtt Db.Endpoint.Address, x]", []),
        ("[1]", []),
    ],
)
def test_databases_in(folder: Folder, value: str, expected: list[str]) -> None:
    found = graph(folder, value)
    node = found.node("shop", "Values")
    assert node is not None
    assert names(databases_in(found, node.value("Value"))) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Password", ["Db"]),
        ("ByName", ["Named"]),
        ("Attached", ["Cluster"]),
        ("Written", ["Cluster"]),
        ("Host", ["Db"]),
        ("Other", []),
        ("Db", []),
    ],
)
def test_databases_of(folder: Folder, name: str, expected: list[str]) -> None:
    node = graph(folder).node("shop", name)
    assert node is not None
    assert names(databases_of(node)) == expected


def test_managed_secret(folder: Folder) -> None:
    cluster = graph(folder).node("shop", "Cluster")
    assert isinstance(cluster, Database)
    assert cluster.master_secret is not None
    assert names(databases_of(cluster.master_secret)) == ["Cluster"]


KINDS = """
    Parameters: {{Open: {{Type: String}}}}
    Resources: {{It: {{Type: "AWS::{kind}", Properties: {{{properties}}}}}}}
"""


@pytest.mark.parametrize(
    ("kind", "properties", "makes_members", "is_copy"),
    [
        ("DocDB::DBCluster", "", False, False),
        ("RDS::DBCluster", "Engine: aurora-mysql", False, False),
        ("RDS::DBCluster", "Engine: aurora-mysql, EngineMode: serverless", True, False),
        ("RDS::DBCluster", "Engine: aurora-mysql, EngineMode: !Ref Open", None, False),
        ("RDS::DBCluster", "Engine: mysql", True, False),
        ("RDS::DBCluster", "Engine: !Ref Open", None, False),
        ("RDS::DBInstance", "Engine: mysql", False, False),
        ("RDS::DBInstance", "SourceDBInstanceIdentifier: other", False, True),
        ("RDS::DBCluster", "Engine: mysql, GlobalClusterIdentifier: world", True, True),
    ],
)
def test_kinds(
    folder: Folder, kind: str, properties: str, makes_members: bool | None, is_copy: bool
) -> None:
    stack = folder.stack(KINDS.format(kind=kind, properties=properties), {"Open": None})
    [node] = Graph.of([stack]).all(Database)
    assert node.makes_members is makes_members
    assert node.is_copy is is_copy


def test_port_of_a_rule_that_is_the_database_s(folder: Folder) -> None:
    rule = """
      Group:
        Type: AWS::EC2::SecurityGroup
        Properties:
          SecurityGroupIngress:
            - {IpProtocol: tcp, FromPort: !GetAtt Db.Endpoint.Port, ToPort: !GetAtt Cluster.Port}
            - {IpProtocol: tcp, FromPort: !GetAtt Named.Endpoint.Port, ToPort: !GetAtt Other.Port}
    """
    [group] = graph(folder, template=TEMPLATE + rule).all(SecurityGroup)
    assert [(each.first, each.last) for each in group.ingress] == [(5432, 27018), (None, None)]
