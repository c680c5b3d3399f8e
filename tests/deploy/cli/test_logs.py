import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from deploy.ecs.cli.options import Options
from deploy.ecs.clock import Clock
from deploy.ecs.logs.lines import LogLines
from tests.deploy.cli.conftest import Run
from tests.deploy.cli.shop import Shop

REQUEST = {
    "asctime": "2026-11-27 10:00:00,000",
    "levelname": "ERROR",
    "name": "ecom.request_log",
    "request_id": "4f1c",
    "message": "GET /items failed",
    "exc_info": "Traceback (most recent call last):\n  File x\nValueError: no [red]",
}


@pytest.fixture(scope="module")
def written(shop: Shop) -> Shop:
    shop.write("accounts", "app/0a1b2c3d4e", "[INFO] starting", json.dumps(REQUEST))
    shop.write("catalog", "app/1b2c3d4e5f", "between", "and after")
    shop.write("accounts", "migrate/app/2c3d4e5f60", "Applying accounts.0001_initial... OK")
    return shop


def lines(run: Run, shop: Shop, *more: str) -> list[dict[str, Any]]:
    ended = run("logs", shop, "--since", "300d", "--format", "json", *more)
    assert ended.code == 0, ended.err
    return [json.loads(each) for each in ended.out.splitlines()]


def test_all_services_by_time(written: Shop, run: Run) -> None:
    found = lines(run, written)
    assert [each["at"] for each in found] == sorted(each["at"] for each in found)
    assert {each["service"] for each in found} == {"accounts", "catalog"}
    assert {each["kind"] for each in found} == {"app"}


def test_json_of_the_application(written: Shop, run: Run) -> None:
    [found] = lines(run, written, "accounts", "--grep", "4F1C")
    assert found["message"] == "GET /items failed"
    assert (found["level"], found["request_id"]) == ("ERROR", "4f1c")
    assert found["trace"] == REQUEST["exc_info"]
    assert found["task"] == "0a1b2c3d4e"


def test_text(written: Shop, run: Run) -> None:
    out = run("logs", written, "accounts", "--since", "300d").out
    assert "accounts 0a1b2c [INFO] starting" in out
    assert "accounts 0a1b2c ERROR   GET /items failed [4f1c]" in out
    assert "    ValueError: no [red]" in out
    assert "between" not in out


def test_one_off_tasks(written: Shop, run: Run) -> None:
    assert "Applying" not in run("logs", written, "--since", "300d").out
    out = run("logs", written, "--since", "300d", "--all").out
    assert "accounts migrate 2c3d4e Applying accounts.0001_initial... OK" in out


def test_unknown_service(written: Shop, run: Run) -> None:
    ended = run("logs", written, "orders")
    assert ended.code == 2
    assert "There is no service orders" in ended.err


def test_no_duration(written: Shop, run: Run) -> None:
    assert "such as 10m" in run("logs", written, "--since", "soon").err


def test_not_deployed(absent: Shop, run: Run) -> None:
    assert "python -m deploy.ecs up" in run("logs", absent).err


@dataclass(frozen=True)
class Turns(Clock):
    """In the place of waiting, what is to happen before the next look."""

    turns: list[Callable[[], None]] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        if not self.turns:
            raise KeyboardInterrupt
        self.turns.pop(0)()


def followed(shop: Shop, *turns: Callable[[], None]) -> list[str]:
    clock = Turns(turns=list(turns))
    group = shop.stack("cluster").outputs()["LogGroup"]
    lines, texts = LogLines(shop.aws, group, ["catalog"], False, clock), []
    with suppress(KeyboardInterrupt):
        for line in lines.following(datetime.now(UTC) - timedelta(hours=1)):
            texts.append(line.text)
    return texts


def test_more_than_a_page(written: Shop) -> None:
    """Each line once and none lost, at the borders of pages and of looks."""
    texts = [f"full {number}" for number in range(10_100)]
    written.write("catalog", "app/full", *texts)
    more = partial(written.write, "catalog", "app/more", "more")
    found = followed(written, more, lambda: None, more, lambda: None)
    assert [each for each in found if each.startswith("full")] == texts
    assert found.count("more") == 2


def test_late_line(written: Shop) -> None:
    """One that comes after others, with a time before theirs."""
    late = partial(written.write, "catalog", "app/late", "late", ago=timedelta(seconds=60))
    newest = partial(written.write, "catalog", "app/newest", "newest")
    found = followed(written, newest, late, lambda: None)
    assert found[-2:] == ["newest", "late"]


def test_ctrl_c_ends_following(written: Shop, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Options, "clock", Turns(began_at=written.clock.now()))
    ended = run("logs", written, "--follow", "--since", "300d")
    assert ended.code == 0
    assert "between" in ended.out
