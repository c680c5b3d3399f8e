from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from django_mongodb_backend.client import DatabaseClient as MongoDBClient
from pymongo.uri_parser import parse_uri

# Options of MongoClient that mongosh takes from a connection string.
FOR_MONGOSH = (
    "replicaSet",
    "directConnection",
    "tls",
    "tlsCAFile",
    "tlsAllowInvalidHostnames",
    "tlsAllowInvalidCertificates",
    "authSource",
    "authMechanism",
    "serverSelectionTimeoutMS",
)


class DatabaseClient(MongoDBClient):
    @classmethod
    def settings_to_cmd_args_env(
        cls, settings_dict: Mapping[str, Any], parameters: list[str]
    ) -> tuple[list[str], None]:
        """mongosh asks for the password: on a command line, every user of the host could read it,
        and it takes none from the environment."""
        given = dict(settings_dict["OPTIONS"])
        host, user = settings_dict["HOST"] or "localhost", settings_dict["USER"]
        if host.startswith("mongodb://"):
            parsed = parse_uri(host, validate=False, warn=False)
            given = {**parsed["options"], **given}
            user = user or parsed["username"]
            host = ",".join(f"{name}:{port}" for name, port in parsed["nodelist"])
        elif settings_dict["PORT"]:
            host = f"{host}:{settings_dict['PORT']}"
        stated = {name.lower(): _text(value) for name, value in given.items()}
        options = {name: stated[name.lower()] for name in FOR_MONGOSH if name.lower() in stated}
        options["retryWrites"] = "false"
        if user:
            options = {"authSource": "admin", "authMechanism": "SCRAM-SHA-1"} | options
        uri = f"mongodb://{host}/{quote(settings_dict['NAME'])}?{urlencode(options)}"
        login = ["--username", user] if user else []
        return [cls.executable_name, uri, *login, *parameters], None


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
