"""RDS and DocumentDB: host names like AWS's, a password of its own in each master secret, and an
engine that moto does not know: docdb."""

import hashlib
import json
import secrets
from collections.abc import Callable
from typing import Any

from moto.rds.models import DBCluster, DBInstance, MasterUserSecret, RDSBackend
from moto.rds.utils import ClusterEngine, DbInstanceEngine

from deploy.ecs.rehearsal.cloud.patches import Patches

CHARACTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!#$%&()*+,-.:;<=>?[]^_{|}~"
LENGTH = 28  # as RDS makes them
DOCDB = "docdb"


def account_word(region: str, account: str) -> str:
    """What RDS puts into the host names of an account and region."""
    digest = hashlib.sha256(f"{account} {region}".encode()).hexdigest()
    return f"c{digest[:11]}"


def suffix(database: DBCluster | DBInstance) -> str:
    region = database.region
    service = DOCDB if database.engine == DOCDB else "rds"
    return f"{account_word(region, database.account_id)}.{region}.{service}.amazonaws.com"


def secret_string(secret: MasterUserSecret) -> str:
    password = "".join(secrets.choice(CHARACTERS) for _ in range(LENGTH))
    return json.dumps({"username": secret.resource.master_username, "password": password})


def address(database: DBInstance) -> str:
    return f"{database.db_instance_identifier}.{suffix(database)}"


def endpoint(cluster: DBCluster) -> str:
    return f"{cluster.db_cluster_identifier}.cluster-{suffix(cluster)}"


def reader_endpoint(cluster: DBCluster) -> str:
    return f"{cluster.db_cluster_identifier}.cluster-ro-{suffix(cluster)}"


def close(patches: Patches) -> None:
    patches.attribute(MasterUserSecret, "_generate_secret_string", secret_string)
    patches.attribute(DBInstance, "address", property(address))
    patches.attribute(DBCluster, "endpoint", property(endpoint))
    patches.attribute(DBCluster, "reader_endpoint", property(reader_endpoint))
    delete = RDSBackend.delete_db_cluster

    def delete_with_snapshots(
        backend: RDSBackend, cluster_identifier: str, snapshot_name: str | None = None
    ) -> DBCluster:
        found = delete(backend, cluster_identifier, snapshot_name)
        for name, snapshot in [*backend.cluster_snapshots.items()]:
            is_automated = snapshot.snapshot_type == "automated"
            if is_automated and snapshot.db_cluster_identifier == cluster_identifier:
                del backend.cluster_snapshots[name]
        return found

    patches.attribute(RDSBackend, "delete_db_cluster", delete_with_snapshots)
    admit_docdb(patches)


def admit_docdb(patches: Patches) -> None:
    for engines, name in (
        (ClusterEngine, "list_cluster_engines"),
        (DbInstanceEngine, "valid_db_instance_engine"),
    ):
        known = [DOCDB, *getattr(engines, name)()]
        patches.attribute(engines, name, staticmethod(known.copy))
    for database in (DBCluster, DBInstance):
        for name, value in (("default_port", 27017), ("default_allocated_storage", 1)):
            patches.attribute(database, name, with_docdb(getattr(database, name), value))
    version = DBCluster.default_engine_version
    patches.attribute(DBCluster, "default_engine_version", with_docdb(version, "5.0.0"))


def with_docdb(original: Callable[..., Any], value: Any) -> Any:
    def answer(engine: str, *rest: Any, **more: Any) -> Any:
        return value if engine == DOCDB else original(engine, *rest, **more)

    return staticmethod(answer)
