import os
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.documentdb.conftest import Connect

URI = "mongodb://shop:se%40cret@a.example:27017,b.example:27018/catalog"


def command(connect: Connect, host: str, **settings: Any) -> list[str]:
    connection = connect(host, **settings.pop("OPTIONS", {}))
    connection.settings_dict.update({"NAME": "catalog"} | settings)
    arguments: list[str]
    arguments, environment = connection.client.settings_to_cmd_args_env(
        connection.settings_dict, ["--quiet"]
    )
    assert environment is None
    return arguments


def test_connection_string(connect: Connect) -> None:
    host = f"{URI}?tls=true&tlsCAFile=/ca.pem&replicaSet=rs0&readPreference=primary"
    assert command(connect, host) == [
        "mongosh",
        "mongodb://a.example:27017,b.example:27018/catalog?authSource=admin"
        "&authMechanism=SCRAM-SHA-1&replicaSet=rs0&tls=true&tlsCAFile=%2Fca.pem"
        "&retryWrites=false",
        "--username",
        "shop",
        "--quiet",
    ]


def test_password_is_on_no_command_line(connect: Connect) -> None:
    arguments = command(connect, "a.example", USER="shop", PASSWORD="se@cret")
    assert not [each for each in (*arguments, *command(connect, URI)) if "cret" in each]


def test_settings_without_connection_string(connect: Connect) -> None:
    options = {"directConnection": True, "authSource": "shops"}
    _, uri, *rest = command(connect, "a.example", PORT=27018, USER="shop", OPTIONS=options)
    assert uri == (
        "mongodb://a.example:27018/catalog?authSource=shops&authMechanism=SCRAM-SHA-1"
        "&directConnection=true&retryWrites=false"
    )
    assert rest == ["--username", "shop", "--quiet"]


def test_without_a_user(connect: Connect) -> None:
    assert command(connect, "a.example") == [
        "mongosh",
        "mongodb://a.example/catalog?retryWrites=false",
        "--quiet",
    ]


def test_dbshell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shell = tmp_path / "mongosh"
    shell.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/arguments\n')
    shell.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    call_command("dbshell", "--", "--eval", "1")
    assert "--eval 1" in (tmp_path / "arguments").read_text()
