"""What stays of a deployment when its stacks are gone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from deploy.ecs.aws import AWS
from deploy.ecs.configuration import Deployment

# USD a month for each GB, in Frankfurt; of the data, which are fewer than what the disk could hold.
RDS_PRICE, DOCUMENTDB_PRICE = 0.10, 0.023


@dataclass(frozen=True)
class Snapshot:
    name: str
    kind: str  # PostgreSQL or DocumentDB
    gib: int  # of the disk; 0 where AWS does not say
    status: str

    @property
    def price(self) -> str:
        if self.kind == "DocumentDB":
            return f"about {DOCUMENTDB_PRICE} USD a month for each GB of documents"
        return f"at most {self.gib * RDS_PRICE:.2f} USD a month"


@dataclass
class Leftovers:
    aws: AWS
    deployment: Deployment

    @property
    def name(self) -> str:
        return f"{self.deployment.project}-{self.deployment.environment}"

    def snapshots(self) -> list[Snapshot]:
        """Those that CloudFormation takes before it deletes a database, of all times."""
        return [*self.of_postgresql(), *self.of_documentdb()]

    def of_postgresql(self) -> Iterator[Snapshot]:
        pages = (
            self.aws.client("rds")
            .get_paginator("describe_db_snapshots")
            .paginate(DBInstanceIdentifier=self.name, SnapshotType="manual")
        )
        for page in pages:
            for each in page["DBSnapshots"]:
                size = int(each.get("AllocatedStorage", 0))
                yield Snapshot(each["DBSnapshotIdentifier"], "PostgreSQL", size, each["Status"])

    def of_documentdb(self) -> Iterator[Snapshot]:
        if not self.deployment.uses_documentdb:
            return
        pages = (
            self.aws.client("docdb")
            .get_paginator("describe_db_cluster_snapshots")
            .paginate(DBClusterIdentifier=f"{self.name}-documentdb", SnapshotType="manual")
        )
        for page in pages:
            for each in page["DBClusterSnapshots"]:
                name = each["DBClusterSnapshotIdentifier"]
                yield Snapshot(name, "DocumentDB", 0, each["Status"])

    def log_groups(self) -> list[dict[str, Any]]:
        """AWS makes them itself, and makes some again while it deletes what wrote to them."""
        prefixes = (
            f"/{self.deployment.project}/{self.deployment.environment}",
            f"/aws/ecs/containerinsights/{self.name}/",
            f"/aws/rds/instance/{self.name}/",
            f"/aws/docdb/{self.name}-documentdb/",
        )
        pages = self.aws.client("logs").get_paginator("describe_log_groups")
        return [
            group
            for prefix in prefixes
            for page in pages.paginate(logGroupNamePrefix=prefix)
            for group in page["logGroups"]
            # Not /shop/staging2 with /shop/staging.
            if prefix.endswith("/") or group["logGroupName"] == prefix
        ]

    def delete_log_groups(self) -> list[str]:
        names = [str(each["logGroupName"]) for each in self.log_groups()]
        for name in names:
            try:
                self.aws.client("logs").delete_log_group(logGroupName=name)
            except ClientError as error:
                if error.response["Error"]["Code"] != "ResourceNotFoundException":
                    raise
        return names
