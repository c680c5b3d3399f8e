import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.ecs.diagnose import kept
from deploy.ecs.diagnose.kept import Kept
from deploy.ecs.diagnose.seen import LOG, SERVICE, Seen, task_seen
from deploy.ecs.services.stopped import StoppedTask
from tests.deploy.diagnose.shapes import NOW, ago

EVENT = Seen(ago(9), SERVICE, "web", "has started 1 tasks.", "1")


def dead(*lines: str) -> Seen:
    task = StoppedTask("0a1b", "web:2", "EssentialContainerExited", "Exited", "", 1, lines)
    return task_seen(task, ago(8))


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return Kept.of("123456789012", "eu-central-1", "arn:aws:ecs:eu-central-1:1:cluster/shop", "web")


def test_one_file_for_each_service(file: Kept, tmp_path: Path) -> None:
    assert file.file == tmp_path / "little-ecom/seen/123456789012-eu-central-1/shop/web.jsonl"
    other = Kept.of("123456789012", "eu-central-1", "shop", "../../x")
    assert other.file.parent == file.file.parent


def test_without_a_state_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative one counts as none."""
    monkeypatch.setenv("XDG_STATE_HOME", "here")
    assert kept.folder() == Path.home() / ".local/state/little-ecom/seen"


def test_nothing_yet(file: Kept) -> None:
    assert file.read() == ([], "")


def test_comes_back_as_it_was(file: Kept) -> None:
    assert file.add([dead("last", "words"), EVENT]) == ""
    assert file.read() == ([EVENT, dead("last", "words")], "")


def test_nobody_else_reads_it(file: Kept) -> None:
    file.add([EVENT])
    assert stat.S_IMODE(file.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.file.parent.stat().st_mode) == 0o700
    assert [each.name for each in file.file.parent.iterdir()] == ["web.jsonl"]


def test_the_same_once(file: Kept) -> None:
    """And a task with the lines that it had, also where the log is gone by now."""
    file.add([EVENT, dead("last words")])
    file.add([EVENT, dead()])
    assert file.read() == ([EVENT, dead("last words")], "")


def test_no_more_than_a_month(file: Kept) -> None:
    file.add([Seen(NOW - timedelta(days=31), SERVICE, "web", "old", "0"), EVENT])
    assert file.read() == ([EVENT], "")


def test_the_oldest_go_first(file: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "LARGEST", 1000)
    file.add([Seen(ago(60 - n), SERVICE, "web", "event", str(n)) for n in range(50)])
    found, _ = file.read()
    assert 1 < len(found) < 20
    assert found[-1].id == "49"
    assert file.file.stat().st_size <= 1000


@pytest.mark.parametrize(
    "text", ["{", "[]\n", '{"at": "today"}\n', '{"at": 1, "source": "task"}\n']
)
def test_broken_file_is_put_aside(file: Kept, text: str) -> None:
    file.add([EVENT])
    file.file.write_text(text)
    found, wrong = file.read()
    assert found == []
    assert "put aside as" in wrong
    assert file.file.with_suffix(".broken").read_text() == text
    assert file.add([EVENT]) == ""
    assert file.read() == ([EVENT], "")


def test_no_log_and_no_password_of_an_address(file: Kept) -> None:
    file.add([dead("postgresql://user:s3cret@db/shop"), Seen(ago(8), LOG, "0a1b", "chatter")])
    text = file.file.read_text()
    assert "s3cret" not in text
    assert "postgresql://user:…@db/shop" in json.loads(text)["task"]["lines"]
    assert "chatter" not in text


def test_folder_that_may_not_be_written(file: Kept) -> None:
    file.file.parent.parent.parent.mkdir(parents=True)
    file.file.parent.parent.write_text("in the way")
    assert "cannot be kept" in file.add([EVENT])
    assert "cannot be read" in file.read()[1]
