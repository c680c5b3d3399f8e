"""Names that lead to load balancers and services."""

import pytest

from deploy.ecs.graph import Graph, LoadBalancer, Service
from deploy.ecs.graph.records import records
from deploy.ecs.graph.service_connect import connect_names, uses_service_connect
from tests.deploy.evaluator.writing import Folder

RECORDS = """
    Parameters: {Open: {Type: String}}
    Resources:
      Alb: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer}
      Alias:
        Type: AWS::Route53::RecordSet
        Properties: {Name: Shop.Example.com., AliasTarget: {DNSName: !GetAtt Alb.DNSName}}
      Group:
        Type: AWS::Route53::RecordSetGroup
        Properties:
          RecordSets:
            - {Name: a.example.com, ResourceRecords: [!GetAtt Alb.DNSName]}
            - Name: b.example.com
              AliasTarget: {DNSName: !Sub "dualstack.${Alb.DNSName}"}
            - {Name: c.example.com, ResourceRecords: [198.51.100.1]}
            - {Name: !Ref Open, AliasTarget: {DNSName: !Ref Open}}
"""


def test_records(folder: Folder) -> None:
    graph = Graph.of([folder.stack(RECORDS, {"Open": None})])
    [balancer] = graph.all(LoadBalancer)
    found = [(each.record_name, each.load_balancer) for each in records(graph)]
    assert found[:4] == [
        ("shop.example.com", balancer),
        ("a.example.com", balancer),
        ("b.example.com", balancer),
        ("c.example.com", None),
    ]
    assert found[4][1] is None


@pytest.mark.parametrize(
    ("written", "uses", "names", "complete"),
    [
        ("", False, [], True),
        ("ServiceConnectConfiguration: {Enabled: false}", False, [], True),
        ("ServiceConnectConfiguration: {Enabled: true}", True, [], True),
        ("ServiceConnectConfiguration: {Services: [{PortName: x}]}", True, [], False),
        (
            "ServiceConnectConfiguration: {Services: [{ClientAliases: [{Port: 1, DnsName: web}]}]}",
            True,
            ["web"],
            True,
        ),
        ("ServiceConnectConfiguration: !Ref Open", None, [], False),
    ],
)
def test_service_connect(
    folder: Folder, written: str, uses: bool | None, names: list[str], complete: bool
) -> None:
    template = f"""
    Parameters: {{Open: {{Type: String}}}}
    Resources: {{Web: {{Type: "AWS::ECS::Service", Properties: {{{written}}}}}}}
    """
    [service] = Graph.of([folder.stack(template, {"Open": None})]).all(Service)
    found = connect_names(service)
    assert (list(found), found.complete) == (names, complete)
    assert uses_service_connect(service) is uses
