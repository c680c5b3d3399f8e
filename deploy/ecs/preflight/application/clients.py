"""D02 to D06: how Django's settings connect to databases of AWS."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.ecs.graph import Database, Truth
from deploy.ecs.graph.parts import Step
from deploy.ecs.graph.reading import text
from deploy.ecs.preflight.application.contents import Contents
from deploy.ecs.preflight.application.subjects import Subject
from deploy.ecs.preflight.finding import Finding, error, warning

BACKENDS = {"django_mongodb_backend", "djongo"}  # written for MongoDB
CERTIFICATES = "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem"


@dataclass(frozen=True)
class Client:
    subject: Subject
    settings: dict[str, Any]  # of one of DATABASES
    contents: Contents | None

    def findings(self) -> Iterator[Finding]:
        if self.host.endswith(".docdb.amazonaws.com"):
            yield from self._documentdb()
        elif "postgresql" in self.settings["engine"] and self.host.endswith(".rds.amazonaws.com"):
            yield from self._postgresql()

    @property
    def host(self) -> str:
        return str(self.settings["host"]).lower()

    def option(self, name: str) -> str | None:
        found = self.settings["options"].get(name)
        return None if found is None else str(found)

    def database(self, engine: str) -> Database | None:
        """The only one of these stacks that the container's variables mention."""
        graph = self.subject.container.graph
        values = self.subject.container.environment.values()
        found = {
            each
            for value in values
            for each in graph.mentioned(value, Database)
            if engine in (each.engine or "")
        }
        return found.pop() if len(found) == 1 else None

    def _postgresql(self) -> Iterator[Finding]:
        mode, node = self.option("sslmode"), self.database("postgres")
        if mode == "disable" and _forces_tls(node) is not False:
            yield self._plain(node)
        if mode in {"verify-ca", "verify-full"}:
            file = self.option("sslrootcert")
            if file is None:
                yield self._untrusted("no sslrootcert, and libpq knows no authority by itself")
            elif self._is_in_image(file) is False:
                yield self._untrusted(f"sslrootcert {file}, which is not in the image")

    def _documentdb(self) -> Iterator[Finding]:
        node = self.database("docdb")
        has_tls = "true" in {str(self.option(name)).lower() for name in ("tls", "ssl")}
        needs_tls = _has_tls(node)
        if needs_tls is not None and has_tls is not needs_tls:
            yield self._other_tls(node, has_tls)
        file = self.option("tlscafile") or self.option("ssl_ca_certs")
        if has_tls and file is None:
            yield self._untrusted("no tlsCAFile, and no system knows Amazon's authorities for RDS")
        elif has_tls and file and self._is_in_image(file) is False:
            yield self._untrusted(f"tlsCAFile {file}, which is not in the image")
        if str(self.option("retrywrites")).lower() != "false" and _refuses_retries(node):
            yield self._retries(node)
        if self.settings["engine"] in BACKENDS:
            yield self._operators()

    def _is_in_image(self, file: str) -> Truth:
        own = Path(file)
        if self.contents is None:
            return own.exists() or None
        context = self.contents.dockerfile.context.resolve()
        if own.is_absolute() and own.resolve().is_relative_to(context):
            return own.exists() and not self.contents.is_ignored(own.resolve())
        if any(
            own.name in each.value for each in self.contents.dockerfile.all("RUN", "ADD", "COPY")
        ):
            return True
        copied = self.contents.find(file)
        return copied is not None and copied.source is not None

    @property
    def _path(self) -> tuple[Step, ...]:
        """The variable that says where the database is."""
        parts = self.subject.container.parts(type(self.subject.container), "Environment")
        for index, each in enumerate(parts):
            name, value = each.text("Name") or "", each.value("Value")
            is_url = "://" in (text(value) or "") and "DATABASE" in name
            if is_url or self.subject.container.graph.mentioned(value, Database):
                return "Environment", index, "Value"
        return ("Environment",)

    def _plain(self, node: Database | None) -> Finding:
        tell = error if _forces_tls(node) else warning
        return tell(
            "D02",
            self.subject.container,
            *self._path,
            why=[
                f"Django's settings connect the container {self.subject.name} with "
                "sslmode=disable.",
                "PostgreSQL of RDS refuses that from version 15 on (rds.force_ssl is 1).",
            ],
            message='FATAL: no pg_hba.conf entry for host "…", user "…", database "…", no '
            "encryption",
            cure="Leave sslmode out, or set it to verify-full with sslrootcert.",
        )

    def _untrusted(self, what: str) -> Finding:
        return error(
            "D03",
            self.subject.container,
            *self._path,
            why=[
                f"Django's settings verify the certificate of {self.host}.",
                f"They have {what}.",
            ],
            message="certificate verify failed: self-signed certificate in certificate chain "
            "(CERTIFICATE_VERIFY_FAILED)",
            cure=f"Put {CERTIFICATES} into the image and name it there.",
        )

    def _other_tls(self, node: Database | None, has_tls: bool) -> Finding:
        tell = error if node else warning
        name = node.resource.logical_id if node else self.host
        return tell(
            "D04",
            self.subject.container,
            *self._path,
            why=[
                f"Django's settings connect to {name} {'with' if has_tls else 'without'} TLS.",
                f"The cluster has it switched {'off' if has_tls else 'on, as by default'}.",
            ],
            message="ServerSelectionTimeoutError",
            cure=f"Set tls={'false' if has_tls else 'true'} in the connection string, or the "
            f"parameter tls of its DBClusterParameterGroup to "
            f"{'enabled' if has_tls else 'disabled'}.",
        )

    def _retries(self, node: Database | None) -> Finding:
        tell = error if node else warning
        return tell(
            "D05",
            self.subject.container,
            *self._path,
            why=[
                "Django's settings leave retryWrites on, as it is by default.",
                "DocumentDB before 8.0.2 has no retryable writes.",
            ],
            message="Retryable writes are not supported; Unrecognized field: 'txnNumber'",
            cure="Add retryWrites=false to the connection string or to OPTIONS.",
        )

    def _operators(self) -> Finding:
        engine = self.settings["engine"]
        return warning(
            "D06",
            self.subject.container,
            *self._path,
            why=[
                f"Django's settings connect to {self.host} by {engine}, which is written for "
                "MongoDB.",
                "Its queries have stages and operators that DocumentDB lacks, such as $facet.",
            ],
            message="Aggregation stage not supported: '$facet'",
            cure="Take a backend that writes queries for DocumentDB.",
        )


def _forces_tls(node: Database | None) -> Truth:
    if node is None:
        return None
    if (written := text(node.parameters.get("rds.force_ssl"))) is not None:
        return written in {"1", "on", "true"}
    group = node.parameter_group
    if (group is not None and group.node is None) or node.version is None:
        return None
    first = 17 if "aurora" in (node.engine or "") else 15
    major = re.match(r"\d+", node.version)
    return int(major[0]) >= first if major else None


def _has_tls(node: Database | None) -> Truth:
    """It has it by default."""
    if node is None:
        return True
    group = node.parameter_group
    if group is not None and group.node is None:
        return True if str(text(group.value)).startswith("default.") else None
    found = text(node.parameters.get("tls", "enabled"))
    return None if found is None else found != "disabled"


def _refuses_retries(node: Database | None) -> bool:
    if node is None or node.given("EngineVersion") is False:
        return True
    numbers = [int(each) for each in re.findall(r"\d+", node.version or "")]
    return bool(numbers) and tuple(numbers) < (8, 0, 2)
