import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.templates.stack import Stack

POSTGRESQL = {
    "VpcCidr": "10.0.0.0/16",
    "PostgreSQLHost": "shop.c1.us-east-1.rds.amazonaws.com",
    "PostgreSQLSecurityGroup": "sg-0a",
}
BOTH = POSTGRESQL | {
    "DocumentDBHost": "shop.cluster-c1.us-east-1.docdb.amazonaws.com",
    "DocumentDBSecurityGroup": "sg-0b",
}


def user_data(stack: Stack) -> str:
    text, names = stack.properties("Instance")["UserData"]["Fn::Base64"]["Fn::Sub"]
    databases = names["Databases"]["Fn::Sub"]
    for name in ("PostgreSQLHost", "DocumentDBHost"):
        databases = databases.replace(f"${{{name}}}", stack.parameters[name])
    return str(text).replace("${Databases}", databases)


def statements(stack: Stack) -> dict[str, dict[str, Any]]:
    [policy] = stack.properties("Role")["Policies"]
    return {each["Sid"]: each for each in policy["PolicyDocument"]["Statement"]}


def test_nobody_can_call_it() -> None:
    stack = Stack("bastion", **BOTH)
    assert "SecurityGroupIngress" not in stack.properties("SecurityGroup")
    ingress = stack.of_type("AWS::EC2::SecurityGroupIngress").values()
    assert {rule["GroupId"] for rule in ingress} == {"sg-0a", "sg-0b"}
    assert "KeyName" not in stack.properties("Instance")


@pytest.mark.parametrize(
    ("egress", "https"),
    [("address", "0.0.0.0/0"), ("nat", "0.0.0.0/0"), ("endpoints", "10.0.0.0/16")],
)
def test_it_calls_session_manager_and_the_databases(egress: str, https: str) -> None:
    rules = Stack("bastion", Egress=egress, **BOTH).properties("SecurityGroup")
    assert [
        (rule["FromPort"], rule.get("CidrIp") or rule["DestinationSecurityGroupId"])
        for rule in rules["SecurityGroupEgress"]
    ] == [(443, https), (5432, "sg-0a"), (27017, "sg-0b")]


@pytest.mark.parametrize(
    ("parameters", "rules"),
    [
        (POSTGRESQL, {("sg-0a", 5432)}),
        (BOTH, {("sg-0a", 5432), ("sg-0b", 27017)}),
    ],
)
def test_the_databases_let_it_in(parameters: dict[str, str], rules: set[tuple[str, int]]) -> None:
    ingress = Stack("bastion", **parameters).of_type("AWS::EC2::SecurityGroupIngress").values()
    assert {(rule["GroupId"], rule["ToPort"]) for rule in ingress} == rules
    assert all(rule["SourceSecurityGroupId"] == {"Ref": "SecurityGroup"} for rule in ingress)


@pytest.mark.parametrize(
    ("egress", "public"), [("address", True), ("nat", False), ("endpoints", False)]
)
def test_its_address(egress: str, public: bool) -> None:
    [interface] = Stack("bastion", Egress=egress, **BOTH).properties("Instance")[
        "NetworkInterfaces"
    ]
    assert interface["AssociatePublicIpAddress"] is public
    assert interface["GroupSet"] == [{"Ref": "SecurityGroup"}]


def test_the_instance() -> None:
    instance = Stack("bastion", **POSTGRESQL).properties("Instance")
    assert instance["MetadataOptions"]["HttpTokens"] == "required"
    assert instance["MetadataOptions"]["HttpPutResponseHopLimit"] == 1
    [disk] = instance["BlockDeviceMappings"]
    assert disk["Ebs"]["Encrypted"] is disk["Ebs"]["DeleteOnTermination"] is True
    assert instance["CreditSpecification"] == {"CPUCredits": "standard"}


def test_its_role_can_do_little() -> None:
    stack = Stack("bastion", **POSTGRESQL)
    assert "ManagedPolicyArns" not in stack.properties("Role")
    allowed = statements(stack)
    assert {
        action
        for each in allowed.values()
        for action in ([each["Action"]] if isinstance(each["Action"], str) else each["Action"])
    } == {
        "ssm:UpdateInstanceInformation",
        "ssm:PutParameter",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    }
    assert [name for name, each in allowed.items() if each["Resource"] == "*"] == ["Sessions"]
    assert allowed["Register"]["Resource"]["Fn::Sub"].endswith(":instance/*")
    assert allowed["PublishHostKey"]["Resource"]["Fn::Sub"].endswith(":parameter${HostKey}")


def test_only_ec2_takes_the_role() -> None:
    [trust] = Stack("bastion", **POSTGRESQL).properties("Role")["AssumeRolePolicyDocument"][
        "Statement"
    ]
    assert trust["Principal"] == {"Service": "ec2.amazonaws.com"}


@pytest.mark.parametrize(
    ("parameters", "hosts"),
    [
        (POSTGRESQL, "shop.c1.us-east-1.rds.amazonaws.com:5432"),
        (
            BOTH,
            "shop.c1.us-east-1.rds.amazonaws.com:5432"
            " shop.cluster-c1.us-east-1.docdb.amazonaws.com:27017",
        ),
    ],
)
def test_sshd_forwards_to_the_databases_only(parameters: dict[str, str], hosts: str) -> None:
    script = user_data(Stack("bastion", **parameters))
    lines = script.splitlines()
    assert lines[:2] == ["#cloud-boothook", "#!/bin/bash"]
    assert f"PermitOpen {hosts}" in lines
    assert {
        "AllowUsers ec2-user",
        "AuthorizedKeysFile none",
        "AllowTcpForwarding local",
        "ForceCommand /bin/false",
        "PermitTTY no",
    } <= set(lines)
    assert f"sshd -T | grep -qx 'permitopen {hosts}'" in lines


class Host:
    """A folder in place of the bastion's file system, and commands that note how they are called.
    sshd answers as the real one did to this configuration."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls = folder / "calls"
        self.calls.touch()
        for name in ("etc/ssh/sshd_config.d", "bin"):
            (folder / name).mkdir(parents=True)
        (folder / "etc/ssh/ssh_host_ed25519_key.pub").write_text("ssh-ed25519 AAAA root@host\n")
        self.command("systemctl")
        self.command("aws")
        self.command("sleep")
        self.sshd()

    def command(self, name: str, script: str = "") -> None:
        path = self.folder / "bin" / name
        path.write_text(f'#!/bin/bash\necho {name} "$@" >>{self.calls}\n{script}\n')
        path.chmod(0o700)

    def sshd(self, ignores: str = "nothing") -> None:
        configuration = self.folder / "etc/ssh/sshd_config.d/00-bastion.conf"
        self.command("sshd", rf"sed 's/^[A-Za-z]*/\L&/;/^{ignores}/d' {configuration}")

    def start(self, script: str) -> int:
        """As cloud-init does: the boothook, later the scripts of every boot."""
        for path in ("/etc/ssh", "/var/lib/cloud"):
            script = script.replace(path, f"{self.folder}{path}")
        script = script.replace("${AWS::Region}", "us-east-1").replace("${HostKey}", "/shop/key")
        environment = {"PATH": f"{self.folder}/bin:{os.environ['PATH']}"}
        subprocess.run(["bash"], input=script, text=True, check=True, env=environment)
        [each_boot] = (self.folder / "var/lib/cloud/scripts/per-boot").iterdir()
        return subprocess.run([each_boot], check=False, env=environment).returncode


def test_it_publishes_its_host_key_at_every_start(tmp_path: Path) -> None:
    host = Host(tmp_path)
    published = (
        "aws ssm put-parameter --region us-east-1 --name /shop/key --type String"
        " --overwrite --value ssh-ed25519 AAAA "
    )
    for starts in (1, 2):
        assert host.start(user_data(Stack("bastion", **BOTH))) == 0
        assert host.calls.read_text().count(published) == starts


def test_it_tries_again_until_it_reaches_aws(tmp_path: Path) -> None:
    host = Host(tmp_path)
    host.command("aws", f"[ $(grep -c '^aws' {host.calls}) = 3 ]")
    assert host.start(user_data(Stack("bastion", **POSTGRESQL))) == 0
    assert host.calls.read_text().count("sleep 5") == 2


@pytest.mark.parametrize("ignored", ["permitopen", "forcecommand"])
def test_no_key_unless_sshd_obeys(ignored: str, tmp_path: Path) -> None:
    host = Host(tmp_path)
    host.sshd(ignores=ignored)
    assert host.start(user_data(Stack("bastion", **BOTH))) != 0
    assert "aws" not in host.calls.read_text()


def test_nothing_waits_for_a_signal() -> None:
    stack = Stack("bastion", **BOTH)
    assert "CreationPolicy" not in stack.resources["Instance"]
    assert "cfn-" not in user_data(stack)


def test_the_host_key_goes_with_the_stack() -> None:
    parameter = Stack("bastion", **POSTGRESQL).properties("HostKey")
    assert parameter["Name"] == {"Fn::Sub": "/${Project}/${Environment}/bastion-host-key"}
    assert (parameter["Type"], parameter["Value"]) == ("String", "pending")
