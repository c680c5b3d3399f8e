"""Which services there are: each has a settings module in ecom.settings of its name.

`python -m ecom.services` prints them.
"""

import pkgutil

import ecom.settings

PACKAGE = "ecom.settings"
NO_SERVICES = {"shared", "monolith"}  # what they have in common, and all of them in one process


def services() -> list[str]:
    names = {module.name for module in pkgutil.iter_modules(ecom.settings.__path__)}
    return sorted(names - NO_SERVICES)


def settings_module(service: str) -> str:
    return f"{PACKAGE}.{service}"


if __name__ == "__main__":
    print(*services(), sep="\n")  # noqa: T201 - for the Dockerfile
