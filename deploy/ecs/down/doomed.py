"""What `down` is about to delete, for a person to read before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from botocore.exceptions import ClientError

from deploy.ecs.cloudformation.resources import physical_ids
from deploy.ecs.down.down import Down
from deploy.ecs.down.leftovers import Leftovers
from deploy.ecs.down.protection import DATABASE, DOCUMENTS
from deploy.ecs.image import Images
from deploy.ecs.secrets import RECOVERY_DAYS, ServiceSecrets


@dataclass
class Doomed:
    down: Down

    def data(self) -> list[str]:
        """A sentence for each."""
        if self.down.keep_data:
            return [*self.logs()]
        return [*self.databases(), *self.secrets(), *self.images(), *self.logs()]

    def databases(self) -> Iterator[str]:
        found = physical_ids(self.down.stack("data"), [DATABASE, DOCUMENTS])
        for name in found[DATABASE]:
            yield (
                f"PostgreSQL {name} with all rows of its databases, and its automatic backups; "
                "a final snapshot is taken and kept"
            )
        for name in found[DOCUMENTS]:
            yield (
                f"DocumentDB {name} with all documents, and its automatic backups; a final "
                "snapshot is taken and kept"
            )

    def secrets(self) -> Iterator[str]:
        until = datetime.now(UTC) + timedelta(days=RECOVERY_DAYS)
        for service in self.down.parts.deployment.services:
            secrets = ServiceSecrets(self.down.aws, self.down.parts, service)
            for name in secrets.names.values():
                if secrets.exists(name):
                    yield f"the secret {name}, which can be restored until {until:%Y-%m-%d}"

    def images(self) -> Iterator[str]:
        registry = self.down.stack("registry").outputs()
        if not registry:
            return
        images = Images.of(self.down.aws, registry)
        try:
            count = len(images.pushed())
        except ClientError as error:
            if error.response["Error"]["Code"] != "RepositoryNotFoundException":
                raise
            return
        if count:
            plural = "" if count == 1 else "s"
            yield f"{count} image{plural} in {images.name}, which can be built again from git"

    def logs(self) -> Iterator[str]:
        for group in Leftovers(self.down.aws, self.down.parts.deployment).log_groups():
            mib = group.get("storedBytes", 0) / 2**20
            name = group["logGroupName"]
            # With --keep-data those of the databases stay with them.
            if not self.down.keep_data or not name.startswith(("/aws/rds/", "/aws/docdb/")):
                yield f"the log {name} ({mib:.0f} MiB)"
