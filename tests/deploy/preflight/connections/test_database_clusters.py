import pytest

from deploy.ecs.preflight.connections import CHECKS
from tests.deploy.evaluator.writing import Folder
from tests.deploy.preflight.asking import found
from tests.deploy.preflight.connections.shop import told

CLUSTER = """
Parameters: {{Open: {{Type: String}}}}
Conditions: {{Unclear: !Equals [!Ref Open, x]}}
Resources:
  Other: {{Type: "AWS::DocDB::DBCluster", Properties: {{}}}}
  OfOther: {{Type: "AWS::DocDB::DBInstance", Properties: {{DBClusterIdentifier: !Ref Other}}}}
  Single: {{Type: "AWS::RDS::DBInstance", Properties: {{Engine: postgres}}}}
  Cluster: {{Type: "AWS::{kind}::DBCluster", Properties: {{{properties}}}}}
"""
MEMBER = "  Member: {{Type: AWS::{}::DBInstance, Properties: {{DBClusterIdentifier: {}}}}}\n"
AURORA = "Engine: aurora-postgresql"


@pytest.mark.parametrize(
    ("kind", "properties", "member", "is_told"),
    [
        ("DocDB", "", "", True),
        ("DocDB", "", "!Ref Cluster", False),
        ("DocDB", "", "!Ref Open", False),
        ("DocDB", "", "!Ref Other", True),
        ("DocDB", "", "!If [Unclear, !Ref Cluster, !Ref Other]", False),
        ("RDS", AURORA, "", True),
        ("RDS", AURORA, "!Ref Cluster", False),
        ("RDS", f"{AURORA}, EngineMode: serverless", "", False),
        ("RDS", f"{AURORA}, EngineMode: provisioned", "", True),
        ("RDS", f"{AURORA}, GlobalClusterIdentifier: world", "", False),
        ("RDS", "Engine: postgres, DBClusterInstanceClass: db.m5d.large", "", False),
        ("RDS", "Engine: !Ref Open", "", False),
    ],
)
def test_instances(folder: Folder, kind: str, properties: str, member: str, is_told: bool) -> None:
    template = CLUSTER.format(kind=kind, properties=properties)
    template += MEMBER.format(kind, member) if member else ""
    findings = found(folder, CHECKS, template, {"Open": None})
    assert told(findings) == (["error D07 Cluster."] if is_told else [])


def test_says_why(folder: Folder) -> None:
    [finding] = found(folder, CHECKS, CLUSTER.format(kind="DocDB", properties=""), {"Open": None})
    assert finding.place.line == 8
    assert "cluster of DocumentDB" in finding.why[0]
    assert "refused" in finding.message
    assert finding.cure.startswith("Add an AWS::DocDB::DBInstance")
