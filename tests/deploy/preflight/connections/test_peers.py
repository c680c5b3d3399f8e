import pytest

from deploy.ecs.preflight.connections import CHECKS
from tests.deploy.evaluator.writing import Folder
from tests.deploy.preflight.asking import found
from tests.deploy.preflight.connections.shop import (
    BRIDGE,
    CATALOG,
    FARGATE,
    GIVEN,
    edited,
    line,
    told,
    variable,
)

SHOP = FARGATE + CATALOG
VALUE = "Task.ContainerDefinitions.0.Environment.1.Value"
WRONG = [f"error C09 {VALUE}"]
APP = "        - Name: app\n"
SIDECAR = "        - {{{}}}\n"
NAT = """
  Nat: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref PublicA}}
  Through:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref Inner, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat}
"""
RECORD = """
  Record:
    Type: AWS::Route53::RecordSet
    Properties:
      Name: shop.example.com.
      Type: A
      AliasTarget: {DNSName: !GetAtt Alb.DNSName, HostedZoneId: !GetAtt Alb.CanonicalHostedZoneID}
"""
CONNECT = """\
      ServiceConnectConfiguration:
        Enabled: true
"""
WEB = "      Cluster: !Ref Cluster\n      LaunchType: FARGATE\n      TaskDefinition: !Ref Task\n"


def ask(
    folder: Folder, name: str, value: str, *edits: tuple[str, str], more: str = ""
) -> list[str]:
    template = edited(SHOP, variable(name, f"{value}"), *edits) + more
    return told(found(folder, CHECKS, template, GIVEN))


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("CATALOG_URL", "http://catalog.shop.local:8000", []),
        ("CATALOG_URL", "!Sub 'http://catalog.${Open}:8000'", []),
        ("CATALOG_URL", "!Sub 'http://${Open}'", []),
        ("CATALOG_URL", "https://items.example.com", []),
        ("CATALOG_URL", "10.0.0.7:8000", []),
        # Kubernetes
        ("CATALOG_URL", "http://catalog.default.svc.cluster.local:8000", WRONG),
        ("ITEMS", "http://catalog.default.svc:8000/items", WRONG),
        ("CATALOG_HOST", "catalog.default.svc.cluster.local", WRONG),
        ("NO_PROXY_HOST", ".svc.cluster.local", []),
        # Cloud Map
        ("ACCOUNTS_URL", "http://accounts.shop.local:8000", WRONG),
        ("CATALOG_HOST", "CATALOG.shop.local", []),
        ("CATALOG_URL", "!Sub 'http://${Open}.shop.local'", []),
        # Nothing
        ("CATALOG_URL", "''", WRONG),
        ("CATALOG_SERVICE_HOST", "''", WRONG),
        ("SENTRY_URL", "''", [f"note C09 {VALUE}"]),
        ("BASE_URL", "''", []),
        ("CATALOG_LEVEL", "''", []),
        # Without a domain
        ("CATALOG_URL", "http://catalog:8000", WRONG),
        ("REDIS_URL", "redis://redis:6379/0", [f"warning C09 {VALUE}"]),
        ("CATALOG_HOST", "catalog", []),  # which may be a name in the app
        ("BASE_URL", "http://shop", []),
        # This host
        ("CATALOG_URL", "http://localhost:8000", WRONG),
        ("CATALOG_URL", "http://127.0.0.1:8080", []),  # where the app itself is
        ("CATALOG_HOST", "localhost", WRONG),
        ("REDIS_URL", "redis://user:pass@localhost/0", [f"warning C09 {VALUE}"]),
        ("DB_HOST", "127.0.0.1", [f"warning C09 {VALUE}"]),
        ("KONG_ADMIN_URL", "http://localhost:8001", [f"note C09 {VALUE}"]),
        ("LISTEN_HOST", "127.0.0.1", []),
        ("BASE_URL", "http://localhost:8000", []),
        ("DATADOG_HOST", "localhost", []),
    ],
)
def test_values(folder: Folder, name: str, value: str, expected: list[str]) -> None:
    assert ask(folder, name, value) == expected


def test_variable_without_a_value(folder: Folder) -> None:
    template = edited(SHOP, variable("CATALOG_URL", "x"))
    template = template.replace("Name: CATALOG_URL, Value: x", "Name: CATALOG_URL")
    [finding] = found(folder, CHECKS, template, GIVEN)
    assert (finding.id, finding.place.line) == ("C09", line(template, "CATALOG_URL"))
    assert finding.why[0] == "CATALOG_URL of the container app is empty."


def test_says_why(folder: Folder) -> None:
    value = "http://accounts.shop.local:8000"
    template = edited(SHOP, variable("ACCOUNTS_URL", value))
    [finding] = found(folder, CHECKS, template, GIVEN)
    assert finding.place.line == line(template, value)
    assert finding.why == (
        f"ACCOUNTS_URL of the container app is {value}.",
        "In the namespace Namespace no service of these stacks has that name, but "
        "catalog.shop.local.",
    )
    assert finding.message == "Name or service not known: accounts.shop.local"


@pytest.mark.parametrize(
    ("edit", "more"),
    [
        (("Name: catalog\n", "Name: !Ref Open\n"), ""),
        (("!GetAtt Discovery.Arn", "!Ref Open"), ""),
        ((WEB, WEB + CONNECT), ""),
        (("Name: catalog\n", "Name: catalog\n"), "  I: {Type: AWS::ServiceDiscovery::Instance}\n"),
        (("Name: shop.local,", "Name: !Ref Open,"), ""),
    ],
)
def test_name_that_something_else_may_register(
    folder: Folder, edit: tuple[str, str], more: str
) -> None:
    assert ask(folder, "ACCOUNTS_URL", "http://accounts.shop.local", edit, more=more) == []


def test_name_that_no_service_registers(folder: Folder) -> None:
    registry = ("      ServiceRegistries: [{RegistryArn: !GetAtt Discovery.Arn}]\n", "")
    assert ask(folder, "CATALOG_URL", "http://catalog.shop.local", registry) == WRONG


def test_namespace_of_kubernetes_spelling(folder: Folder) -> None:
    names = ("Name: shop.local,", "Name: default.svc.cluster.local,")
    assert ask(folder, "CATALOG_URL", "http://catalog.default.svc.cluster.local", names) == []


@pytest.mark.parametrize(
    ("sidecar", "name", "expected"),
    [
        ("Name: side, Image: envoyproxy/envoy", "CATALOG_URL", []),
        ("Name: router, Image: amazon/aws-for-fluent-bit", "CATALOG_URL", WRONG),
        ("Name: xray-daemon, Image: daemon", "CATALOG_URL", WRONG),
        ("Name: xray-daemon, Image: daemon", "XRAY_ADDRESS", []),
        ("Name: otel, Image: x, PortMappings: [{ContainerPort: 4317}]", "CATALOG_URL", []),
    ],
)
def test_sidecar(folder: Folder, sidecar: str, name: str, expected: list[str]) -> None:
    template = edited(SHOP, variable(name, "http://localhost:8000"))
    template = edited(template, (APP, SIDECAR.format(sidecar) + APP))
    expected = [each.replace("Definitions.0", "Definitions.1") for each in expected]
    assert told(found(folder, CHECKS, template, GIVEN)) == expected


@pytest.mark.parametrize(("mode", "expected"), [("bridge", WRONG), ("host", []), ("!Ref Open", [])])
def test_this_host_by_mode(folder: Folder, mode: str, expected: list[str]) -> None:
    """In host mode others of the instance are there, in bridge mode not even sidecars."""
    template = edited(
        BRIDGE + CATALOG.replace("TaskGroup", "HostGroup"),
        variable("CATALOG_URL", "http://localhost:8000"),
        ("NetworkMode: bridge", f"NetworkMode: {mode}"),
        ("HostPort: 0", "HostPort: 40000"),
    )
    assert told(found(folder, CHECKS, template, GIVEN)) == expected


@pytest.mark.parametrize(
    "edit",
    [
        (
            WEB,
            WEB
            + CONNECT
            + "        Services: [{PortName: x, ClientAliases: [{Port: 1, DnsName: catalog}]}]\n",
        ),
        (WEB, WEB + CONNECT + "        Services: [{PortName: x}]\n"),
        (
            "          Image: nginx\n          Port",
            "          Image: nginx\n          Links: [catalog]\n          Port",
        ),
        ("  Cluster: {", "  Dhcp: {Type: AWS::EC2::DHCPOptions}\n  Cluster: {"),
    ],
)
def test_short_name_that_may_lead_somewhere(folder: Folder, edit: tuple[str, str]) -> None:
    assert ask(folder, "CATALOG_URL", "http://catalog:8000", edit) == []


def test_short_name_that_service_connect_lacks(folder: Folder) -> None:
    services = "        Services: [{PortName: x, ClientAliases: [{Port: 1, DnsName: items}]}]\n"
    edit = (WEB, WEB + CONNECT + services)
    assert ask(folder, "CATALOG_URL", "http://catalog:8000", edit) == WRONG


DNS = "!Sub 'http://${Alb.DNSName}/items'"
PUBLIC = [f"error N22 {VALUE}"]


@pytest.mark.parametrize(
    ("name", "value", "more", "expected"),
    [
        ("CATALOG_URL", DNS, "", PUBLIC),
        ("CATALOG_URL", DNS, NAT, []),
        ("PAYMENT_URL", DNS, "", [f"warning N22 {VALUE}"]),
        ("BASE_URL", DNS, "", []),
        ("DOMAIN", DNS, "", []),
        ("CATALOG_URL", "https://shop.example.com", RECORD, PUBLIC),
        ("CATALOG_URL", "https://other.example.com", RECORD, []),
        ("CATALOG_URL", "https://shop.example.com", "", []),
    ],
)
def test_public_peer(folder: Folder, name: str, value: str, more: str, expected: list[str]) -> None:
    assert ask(folder, name, value, more=more) == expected


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (("[!Ref AlbGroup]\n", "[!Ref AlbGroup]\n      Scheme: internal\n"), []),
        (("[!Ref AlbGroup]\n", "[!Ref AlbGroup]\n      Scheme: !Ref Open\n"), []),
        ((WEB, WEB.replace("Task\n", "Task\n      Tags: []\n")), PUBLIC),
    ],
)
def test_scheme_of_peer(folder: Folder, edit: tuple[str, str], expected: list[str]) -> None:
    assert ask(folder, "CATALOG_URL", DNS, edit) == expected


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("Subnets: [!Ref PublicA], AssignPublicIp: ENABLED", []),
        ("Subnets: [!Ref PublicA], AssignPublicIp: DISABLED", PUBLIC),
        ("Subnets: [!Ref PublicA], AssignPublicIp: !Ref Open", []),
        ("Subnets: !Ref Opened", []),
        ("Subnets: [!Ref PrivateA, !Ref Anywhere]", [f"warning N22 {VALUE}"]),
    ],
)
def test_place_of_caller(folder: Folder, where: str, expected: list[str]) -> None:
    template = edited(SHOP, variable("CATALOG_URL", DNS))
    own = """        AwsvpcConfiguration:
          Subnets: [!Ref PrivateA, !Ref PrivateB]
          SecurityGroups: [!Ref TaskGroup]
      LoadBalancers"""
    new = f"        AwsvpcConfiguration: {{{where}, SecurityGroups: [!Ref TaskGroup]}}\n"
    new += "      LoadBalancers"
    assert told(found(folder, CHECKS, edited(template, (own, new)), GIVEN)) == expected


def test_proxy(folder: Folder) -> None:
    name, value = variable("CATALOG_URL", DNS)
    proxy = f"{value}\n            - {{Name: HTTP_PROXY, Value: http://proxy.example.com:3128}}"
    assert told(found(folder, CHECKS, edited(SHOP, (name, proxy)), GIVEN)) == []


def test_public_peer_says_why(folder: Folder) -> None:
    template = edited(SHOP, variable("CATALOG_URL", DNS))
    [finding] = found(folder, CHECKS, template, GIVEN)
    assert finding.why == (
        "CATALOG_URL of the container app is http://…/items.",
        "That is the load balancer Alb, which is internet-facing, so that its name leads to "
        "public addresses, also in its own VPC.",
        "The service Web is in PrivateA and PrivateB.",
        "PrivateA has no route to a NAT gateway.",
        "PrivateB has no route to a NAT gateway.",
    )
    assert finding.message.endswith("time out")
