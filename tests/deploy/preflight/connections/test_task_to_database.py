import pytest

from deploy.ecs.preflight.connections import CHECKS
from tests.deploy.evaluator.writing import Folder
from tests.deploy.preflight.asking import found
from tests.deploy.preflight.connections.shop import (
    BRIDGE,
    DATABASE,
    FARGATE,
    GIVEN,
    WITH_DATABASE,
    edited,
    line,
    told,
    variable,
)

TO_DATABASE = "FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: !Ref TaskGroup"
NOT_OF_TASK = "FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: !Ref AlbGroup"
CLOSED = (TO_DATABASE, NOT_OF_TASK)
UNTOLD = FARGATE + DATABASE  # that it is used
IN_DATABASE = "DbGroup.SecurityGroupIngress"
PASSWORD = "ManageMasterUserPassword: true"
FUNCTION = """
  Function:
    Type: AWS::Lambda::Function
    Properties: {VpcConfig: {SecurityGroupIds: [!Ref FunctionGroup]}}
  FunctionGroup: {Type: AWS::EC2::SecurityGroup, Properties: {VpcId: !Ref Vpc}}
"""
SECRET = """
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties: {GenerateSecretString: {GenerateStringKey: password, SecretStringTemplate: '{}'}}
"""
ATTACHMENT = """
  Attachment:
    Type: AWS::SecretsManager::SecretTargetAttachment
    Properties: {SecretId: !Ref Secret, TargetId: !Ref Db, TargetType: AWS::RDS::DBInstance}
"""


def ask(folder: Folder, template: str, *edits: tuple[str, str]) -> list[str]:
    return told(found(folder, CHECKS, edited(template, *edits), GIVEN))


@pytest.mark.parametrize("template", [UNTOLD, WITH_DATABASE])
def test_right(folder: Folder, template: str) -> None:
    assert ask(folder, template) == []


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FromPort: 5432, ToPort: 5432, CidrIp: 10.0.0.0/16", []),
        ("FromPort: 0, ToPort: 65535, SourceSecurityGroupId: !Ref TaskGroup", []),
        ("FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: !Ref Open", []),
        ("FromPort: 5432, ToPort: !Ref Open, SourceSecurityGroupId: !Ref TaskGroup", []),
        (NOT_OF_TASK, [f"error D01 {IN_DATABASE}"]),
        ("FromPort: 5432, ToPort: 5432, CidrIp: 10.0.1.0/24", [f"error D01 {IN_DATABASE}"]),
        (
            "FromPort: 3306, ToPort: 3306, SourceSecurityGroupId: !Ref TaskGroup",
            [f"error D01 {IN_DATABASE}.0.FromPort"],
        ),
    ],
)
def test_rule_of_database(folder: Folder, rule: str, expected: list[str]) -> None:
    assert ask(folder, WITH_DATABASE, (TO_DATABASE, rule)) == expected


@pytest.mark.parametrize(
    ("port", "expected"),
    [("5432", []), ("!Ref Open", []), ("5433", [f"error D01 {IN_DATABASE}.0.FromPort"])],
)
def test_port_of_its_own(folder: Folder, port: str, expected: list[str]) -> None:
    assert ask(folder, WITH_DATABASE, (PASSWORD, f"Port: {port}")) == expected


def test_database_says_why(folder: Folder) -> None:
    template = edited(WITH_DATABASE, CLOSED)
    [finding] = found(folder, CHECKS, template, GIVEN)
    assert finding.place.line == line(template, "5432") - 1
    assert finding.why == (
        "The service Web: DB_HOST of its container app has the host name of Db.",
        "Db listens at port 5432.",
        "The database Db has DbGroup, which admits port 5432 from AlbGroup.",
        "The service Web has TaskGroup.",
    )
    assert finding.message == "connection to server at Db, port 5432 failed: Connection timed out"
    assert finding.cure == "Admit tcp port 5432 from TaskGroup in DbGroup."


@pytest.mark.parametrize(
    ("egress", "expected"),
    [
        ("{IpProtocol: -1, CidrIp: 0.0.0.0/0}", []),
        ("{IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: 10.0.3.0/24}",
         ["error D01 TaskGroup.SecurityGroupEgress"]),
        ("{IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: 10.0.0.0/16}", []),
        ("{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}",
         ["error D01 TaskGroup.SecurityGroupEgress"]),
    ],
)  # fmt: skip
def test_way_out_of_task(folder: Folder, egress: str, expected: list[str]) -> None:
    ingress = "      SecurityGroupIngress:\n        - {IpProtocol: tcp, FromPort: 8080,"
    template = edited(WITH_DATABASE, (ingress, f"      SecurityGroupEgress: [{egress}]\n{ingress}"))
    assert told(found(folder, CHECKS, template, GIVEN)) == expected


@pytest.mark.parametrize(
    ("more", "value"),
    [
        ("", "!Sub 'postgresql://shop@${Db.Endpoint.Address}:5432/shop'"),
        ("", "!GetAtt Db.MasterUserSecret.SecretArn"),
        (SECRET + ATTACHMENT, "!Ref Secret"),
        (SECRET.replace("'{}'", '!Sub \'{"host": "${Db.Endpoint.Address}"}\''), "!Ref Secret"),
    ],
)
def test_what_tells_the_database(folder: Folder, more: str, value: str) -> None:
    template = edited(UNTOLD, CLOSED, variable("DATABASE", value)) + more
    assert told(found(folder, CHECKS, template, GIVEN)) == [f"error D01 {IN_DATABASE}"]


@pytest.mark.parametrize("source", ["!Ref Secret", "!Sub '${Secret}:password::'"])
def test_secret_that_the_database_has_its_password_from(folder: Folder, source: str) -> None:
    password = (
        "MasterUserPassword: !Sub '{{resolve:secretsmanager:${Secret}:SecretString:password}}'"
    )
    secrets = "          PortMappings: [{ContainerPort: 8080}]\n"
    template = edited(
        UNTOLD + SECRET,
        CLOSED,
        (PASSWORD, password),
        (secrets, f"{secrets}          Secrets: [{{Name: PASSWORD, ValueFrom: {source}}}]\n"),
    )
    assert told(found(folder, CHECKS, template, GIVEN)) == [f"error D01 {IN_DATABASE}"]


@pytest.mark.parametrize(
    ("host", "more"),
    [
        ("pooler.shop.local", ""),
        ("!Ref Open", ""),
        ("!GetAtt Proxy.Endpoint", "  Proxy: {Type: AWS::RDS::DBProxy}\n"),
        ("", "  Proxy: {Type: AWS::RDS::DBProxy}\n"),
    ],
)
def test_password_for_what_stands_between(folder: Folder, host: str, more: str) -> None:
    password, value = variable("PASSWORD", "!GetAtt Db.MasterUserSecret.SecretArn")
    secret = edited(UNTOLD, CLOSED, (password, value))
    assert told(found(folder, CHECKS, secret, GIVEN)) == [f"error D01 {IN_DATABASE}"]
    host = f"\n            - {{Name: DB_HOST, Value: {host}}}" if host else ""
    template = edited(UNTOLD, CLOSED, (password, value + host)) + more
    assert not [each for each in told(found(folder, CHECKS, template, GIVEN)) if "error" in each]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("LEVEL_OF_LOG", "!Ref Open", []),
        ("DB_HOST", "db.example.com", []),
        ("DB_HOST", "!Ref Open", [f"warning D01 {IN_DATABASE}"]),
        ("DATABASE_URL", "!Sub 'postgresql://${Open}/shop'", [f"warning D01 {IN_DATABASE}"]),
        ("DB_NAME", "!Ref Db", [f"warning D01 {IN_DATABASE}"]),  # no host name
    ],
)
def test_database_that_admits_no_task(
    folder: Folder, name: str, value: str, expected: list[str]
) -> None:
    assert ask(folder, UNTOLD, CLOSED, variable(name, value)) == expected


@pytest.mark.parametrize(
    "edit",
    [
        (NOT_OF_TASK, NOT_OF_TASK.replace("!Ref AlbGroup", "!Ref FunctionGroup")),
        (NOT_OF_TASK, NOT_OF_TASK.replace("!Ref AlbGroup", "!Ref Open")),
        (
            "  Db:\n",
            "  Other: {Type: AWS::RDS::DBInstance, Properties: {Engine: postgres}}\n  Db:\n",
        ),
        ("SecurityGroups: [!Ref TaskGroup]", "SecurityGroups: [!Ref Open]"),
    ],
)
def test_database_that_others_may_use(folder: Folder, edit: tuple[str, str]) -> None:
    template = edited(UNTOLD, CLOSED, variable("DB_HOST", "!Ref Open"))
    assert told(found(folder, CHECKS, template, GIVEN)) == [f"warning D01 {IN_DATABASE}"]
    assert told(found(folder, CHECKS, edited(template, edit) + FUNCTION, GIVEN)) == []


def test_default_group_of_database(folder: Folder) -> None:
    assert ask(folder, WITH_DATABASE, ("      VPCSecurityGroups: [!Ref DbGroup]\n", "")) == [
        "error D01 Db.VPCSecurityGroups"
    ]


def test_hosts_in_bridge_mode(folder: Folder) -> None:

    template = edited(BRIDGE + DATABASE, variable("DB_HOST", "!GetAtt Db.Endpoint.Address"))
    template = template.replace("!Ref TaskGroup", "!Ref HostGroup")
    assert told(found(folder, CHECKS, template, GIVEN)) == []
    template = template.replace("SourceSecurityGroupId: !Ref HostGroup", "CidrIp: 10.9.0.0/16")
    [finding] = found(folder, CHECKS, template, GIVEN)
    assert finding.why[-1] == "Each instance of Hosts has HostGroup."
