import json

from tests.deploy.cli.conftest import Run
from tests.deploy.cli.shop import TASK, Shop, dead_task


def test_nothing_deployed(absent: Shop, run: Run) -> None:
    ended = run("diagnose", absent)
    assert ended.code == 1
    assert "The stack little-ecom-absent-cluster is not there." in ended.err


def test_all_is_well(shop: Shop, run: Run) -> None:
    ended = run("diagnose", shop, "--format", "json")
    found = json.loads(ended.out)
    assert (ended.code, found["well"]) == (0, True)
    assert [each["service"] for each in found["services"]] == ["accounts", "catalog"]
    assert [each["not_looked_at"] for each in found["services"]] == [[], []]


def test_one_service(shop: Shop, run: Run) -> None:
    out = run("diagnose", shop, "--service", "catalog").out
    assert "catalog in little-ecom-production" in out
    assert "accounts" not in out
    assert "Nothing is wrong." in out


def test_unknown_service(shop: Shop, run: Run) -> None:
    ended = run("diagnose", shop, "--service", "orders")
    assert ended.code == 2
    assert "There is no service orders" in ended.err


def test_dead_task(shop: Shop, run: Run) -> None:
    with dead_task(shop, "accounts", exit_code=1):
        shop.write("accounts", f"app/{TASK}", "FATAL: password authentication failed for user")
        ended = run("diagnose", shop, "--service", "accounts")
    assert ended.code == 1
    assert "stopped: Essential container in task exited; exit code 1" in ended.out
    assert "Cause: The database refuses the password of the service accounts" in ended.out
    assert "(K10)" in ended.out
    assert "--bootstrap" in ended.out
    assert "asking about accounts" in ended.err


def test_as_somebody_elses(shop: Shop, run: Run) -> None:
    """The same service by the name of its cluster, and no file."""
    with dead_task(shop, "accounts", exit_code=1):
        shop.write("accounts", f"app/{TASK}", "FATAL: password authentication failed for user")
        given = ("--cluster", "little-ecom-production", "--region", "eu-central-1")
        ended = run("diagnose", shop, *given, "--file", "nowhere.toml", "--service", "accounts")
    assert ended.code == 1
    assert "(K10)" in ended.out
    assert "--bootstrap" not in ended.out
