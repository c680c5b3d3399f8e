"""What a container's application would find in its environment, as far as it can be told."""

import os
from urllib.parse import urlsplit

from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.graph import Container
from deploy.ecs.graph.reading import parts_of
from deploy.ecs.preflight.egress.needs import names_secret

UNKNOWN = "unknown.invalid"  # RFC 2606: there is never such a host
SECRET = "in-place-of-a-secret-0123456789-abcdefghijklmnopqrstuvwxyz"
NOWHERE = "user:password@127.0.0.1:1"  # which refuses connections at once
DATABASES = ("postgres", "mysql", "mongodb", "redis", "amqp")
KEPT = ("PATH", "HOME", "LANG", "VIRTUAL_ENV", "PYTHONPATH", "TMPDIR", "TZ")


def environment(container: Container) -> dict[str, str]:
    """Secrets have a word in their place, and databases an address where nothing listens."""
    found = {name: os.environ[name] for name in KEPT if name in os.environ}
    for name, value in container.environment.items():
        # What names a secret would make the application ask AWS for it.
        if not names_secret(container, value):
            found[name] = _written(value)
    for each in container.secrets:
        if each.variable:
            found[each.variable] = SECRET
    found.setdefault("SECRET_KEY", SECRET)
    return found


def _written(value: Value) -> str:
    text = "".join(each if isinstance(each, str) else UNKNOWN for each in parts_of(value) or ("",))
    scheme, sign, _ = text.partition("://")
    if not sign or not scheme.startswith(DATABASES):
        return text
    try:
        parsed = urlsplit(text)
    except ValueError:
        return text
    return parsed._replace(netloc=NOWHERE).geturl()
