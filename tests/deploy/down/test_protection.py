from pathlib import Path

import pytest

from deploy.ecs.aws import AWS
from deploy.ecs.clock import Clock
from deploy.ecs.cloudformation.stack import CloudFormationStack
from deploy.ecs.down.protection import Protection, database, documents
from deploy.ecs.rehearsal.cloud import Cloud
from tests.deploy.amazon import REGION

TEMPLATE = """\
Parameters:
  DeletionProtection: {Type: String, Default: "yes"}
Conditions:
  Protected: !Equals [!Ref DeletionProtection, "yes"]
Resources:
  PostgreSQL:
    Type: AWS::RDS::DBInstance
    Properties:
      DBInstanceIdentifier: shop-production
      Engine: postgres
      DBInstanceClass: db.t4g.micro
      AllocatedStorage: "20"
      MasterUsername: postgres
      ManageMasterUserPassword: true
      DeletionProtection: !If [Protected, true, false]
"""
TAGS = {"Project": "shop"}


def test_lifted_though_the_stack_cannot_be_updated(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    template = tmp_path / "data.yaml"
    template.write_text(TEMPLATE)
    with Cloud(REGION, Clock(rate=20_000)) as cloud:
        for name, value in cloud.variables.items():
            monkeypatch.setenv(name, value)
        aws = AWS(REGION)
        stack = CloudFormationStack(aws, "shop-production-data", cloud.clock)
        stack.deploy(template, {}, TAGS)
        assert (database(aws, "shop-production") or {})["DeletionProtection"]
        cloud.fail("PostgreSQL", "update", "No.")
        Protection(aws, stack, TAGS).lift()
        assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
        assert not (database(aws, "shop-production") or {})["DeletionProtection"]
        assert database(aws, "shop-staging") is None
        assert documents(aws, "shop-staging") is None
