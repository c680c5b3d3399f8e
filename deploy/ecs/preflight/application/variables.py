"""The variables that a container would have, with something plausible for what is not known."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from deploy.ecs.evaluator.symbols import Attribute, Parameter, Pseudo, Reference, Symbol
from deploy.ecs.graph import Container, Database, Graph
from deploy.ecs.graph.reading import leaves, parts_of
from deploy.ecs.graph.secrets import SecretLike

REGION, ACCOUNT = "eu-central-1", "123456789012"
WORD = "placeholder"
KEY = "unknown-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLM"
ARN = f"arn:aws:secretsmanager:{{}}:{ACCOUNT}:secret:{WORD}-{{}}-AbCdEf"
RDS = f"{WORD}.abcdefghijkl.{{}}.rds.amazonaws.com"
DOCUMENTDB = f"{WORD}.cluster-abcdefghijkl.{{}}.docdb.amazonaws.com"
POSTGRESQL_URL = f"postgresql://{WORD}:{WORD}@{RDS.format(REGION)}:5432/{WORD}"
MONGODB_URL = (
    f"mongodb://{WORD}:{WORD}@{DOCUMENTDB.format(REGION)}:27017/{WORD}?tls=true&retryWrites=false"
)
# By what is in a variable's name, the first that fits.
BY_NAME = (
    (r"MONGO.*UR[LI]|DOC(UMENT)?DB.*UR[LI]", MONGODB_URL),
    (r"(DATABASE|DB|POSTGRES\w*|SQL\w*)_UR[LI]", POSTGRESQL_URL),
    (r"REDIS\w*_UR[LI]|BROKER_URL|CACHE_URL", "redis://placeholder.example.com:6379/0"),
    (r"EMAIL_URL", "smtp://placeholder:placeholder@mail.example.com:587"),
    (r"(URL|URI|ORIGINS?|ENDPOINT)$", "https://shop.example.com"),
    (r"(SECRET_ID|SECRET_ARN|SECRET_NAME)$", ARN.format(REGION, "service")),
    (r"ARN$", f"arn:aws:sns:{REGION}:{ACCOUNT}:{WORD}"),
    (r"DNSNAME$", f"{WORD}-1234567890.{REGION}.elb.amazonaws.com"),
    (r"REGION$", REGION),
    (r"(^|_)(MONGO|DOCDB)\w*HOST$", DOCUMENTDB.format(REGION)),
    (r"(^|_)(DATABASE|DB|POSTGRES|PG|SQL)\w*_?HOST$", RDS.format(REGION)),
    (r"MONGO\w*PORT$|DOCDB\w*PORT$", "27017"),
    (r"(DATABASE|DB|POSTGRES|PG|SQL)\w*_?PORT$", "5432"),
    (r"HOSTS?$|DOMAINS?$", "shop.example.com"),
    (r"PORT$", "8000"),
    (r"EMAIL$|_FROM$", "shop@example.com"),
    (r"DEBUG|^USE_|_ENABLED$|ENABLE_", "False"),
    (r"TIMEOUT|COUNT|SIZE|WORKERS|CONCURRENCY|THREADS|TASKS|LIMIT|SECONDS|DAYS|MAX|MIN", "10"),
)
# What an own machine has and a container does not: left out, or its programs would not start.
OF_MACHINE = (
    "PATH",
    "PYTHONPATH",
    "LANG",
    "LC_ALL",
    "SYSTEMROOT",
    "LD_LIBRARY_PATH",
    "VIRTUAL_ENV",
)
KEYS = ("username", "password", "host", "port", "dbname", "SECRET_KEY", "DJANGO_SECRET_KEY")


@dataclass(frozen=True)
class Variables:
    values: Mapping[str, str]
    guessed: frozenset[str]  # names of those that are not known
    is_complete: bool
    secrets: Mapping[str, str]
    default_secret: str

    def is_known(self, pattern: str) -> bool:
        """Whether nothing that is not known may change a setting of such a name."""
        guessed = any(re.search(pattern, each) for each in self.guessed)
        # A secret whose contents are not known may hold anything that is not said here.
        by_secret = any(re.search(r"SECRET_(ID|ARN|NAME)$", each) for each in self.guessed)
        is_said = any(re.search(pattern, each) for each in self.values)
        return self.is_complete and not guessed and (is_said or not by_secret)


def variables_of(container: Container, of_image: Mapping[str, str]) -> Variables:
    graph = container.graph
    own = dict(_written(container))
    secret = dict(_injected(container))
    guessed = {name for name, (_, is_known) in own.items() if not is_known} | secret.keys()
    values = {
        **{name: os.environ[name] for name in OF_MACHINE if name in os.environ},
        **{name: each for name, each in of_image.items() if name not in OF_MACHINE},
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "ECS_CONTAINER_METADATA_URI_V4": f"http://169.254.170.2/v4/{WORD}",
        **{name: value for name, (value, _) in own.items()},
        **secret,
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    values = {name: each for name, each in values.items() if "\0" not in name + each and name}
    return Variables(
        values,
        frozenset(guessed),
        container.environment_complete,
        _secrets(graph),
        _default(values),
    )


def _written(container: Container) -> Iterator[tuple[str, tuple[str, bool]]]:
    for name, value in container.environment.items():
        if "=" in name:
            continue
        leaf = next(leaves(value))
        parts = parts_of(leaf)
        if parts is None or (len(parts) == 1 and _is_open(parts[0])):
            yield name, (guess(name), False)
        else:
            text = "".join(_spelled(container.graph, each) for each in parts)
            known = leaf is value and not any(_is_open(each) for each in parts)
            yield name, (text, known)


def _is_open(part: str | Symbol) -> bool:
    """What AWS makes has a form that is known."""
    return isinstance(part, Symbol) and not isinstance(part, Reference | Attribute | Pseudo)


def _spelled(graph: Graph, part: str | Symbol) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Pseudo):
        return _pseudo(part.name)
    if isinstance(secret := graph.find(part), SecretLike):
        return ARN.format(REGION, secret.resource.logical_id)
    node = graph.node(part.stack, part.logical_id) if isinstance(part, Attribute) else None
    if isinstance(part, Attribute) and isinstance(node, Database):
        return _of_database(node, part.name)
    return guess(part.name.upper()) if isinstance(part, Attribute | Parameter) else WORD


def _of_database(node: Database, attribute: str) -> str:
    is_document = node.engine == "docdb"
    if "Port" in attribute:
        return str(node.port or (27017 if is_document else 5432))
    if "Endpoint" in attribute:
        return (DOCUMENTDB if is_document else RDS).format(REGION)
    return WORD


def _pseudo(name: str) -> str:
    known = {"Region": REGION, "AccountId": ACCOUNT, "Partition": "aws"}
    last = name.rpartition(":")[2]
    return known.get(last, "amazonaws.com" if last == "URLSuffix" else WORD)


def guess(name: str) -> str:
    """Something that a variable of such a name may hold."""
    return next((each for pattern, each in BY_NAME if re.search(pattern, name.upper())), KEY)


def _injected(container: Container) -> Iterator[tuple[str, str]]:
    """What ECS puts there from secrets."""
    for each in container.secrets:
        name = each.variable
        keys = each.target.keys if isinstance(each.target, SecretLike) else None
        if name and "=" not in name:
            is_whole = each.json_key == "" and keys
            yield name, _json(sorted(keys)) if is_whole and keys else guess(name)


def _secrets(graph: Graph) -> dict[str, str]:
    """Those whose keys are known, with these and no others, by ARN and by name."""
    known = [each for each in graph.all(SecretLike) if each.keys is not None]
    named = [(ARN.format(REGION, each.resource.logical_id), each) for each in known]
    named += [(each.name, each) for each in known if isinstance(each.name, str)]
    return {name: _json(sorted(each.keys or ())) for name, each in named}


def _json(keys: list[str]) -> str:
    small = {"username": WORD, "port": "5432", "host": RDS.format(REGION), "dbname": WORD}
    return json.dumps({key: small.get(key) or guess(key) for key in keys})


def _default(values: Mapping[str, str]) -> str:
    """Of a secret that nothing is known of. It tells the engine where no URL does."""
    found = json.loads(_json(list(KEYS)))
    if not any(re.match(r"(postgres|mongodb|mysql)", each) for each in values.values()):
        found["engine"] = "postgres"
    return json.dumps(found)
