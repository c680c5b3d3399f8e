from datetime import UTC, datetime
from typing import Any

import pytest

from deploy.ecs.aws import AWS
from deploy.ecs.logs.stream import Line, LogStream
from tests.deploy.amazon import Amazon, RefusedError, Request

GROUP, NAME = "/shop", "accounts/app/0"


@pytest.fixture
def stream(aws: AWS) -> LogStream:
    return LogStream(aws, GROUP, NAME)


class Log:
    """Pages as CloudWatch Logs has them: at its end a token stays the same, and a page may be
    empty though more follow."""

    def __init__(self, amazon: Amazon, *pages: list[str]) -> None:
        self.pages = list(pages)
        amazon.answers["GetLogEvents"] = self.answer

    def answer(self, request: Request) -> dict[str, Any]:
        at = int(request.get("nextToken", 0))
        lines = self.pages[at] if at < len(self.pages) else []
        after = min(at + 1, len(self.pages))
        events = [{"timestamp": 1000, "message": each} for each in lines]
        return {"events": events, "nextForwardToken": str(after), "nextBackwardToken": "b"}


def texts(stream: LogStream) -> list[str]:
    return [each.text for each in stream.fresh()]


def test_pages(amazon: Amazon, stream: LogStream) -> None:
    Log(amazon, ["a", "b"], ["c"])
    assert texts(stream) == ["a", "b", "c"]


def test_empty_page_in_between(amazon: Amazon, stream: LogStream) -> None:
    Log(amazon, ["a"], [], ["b"])
    assert texts(stream) == ["a", "b"]


def test_late_lines_and_none_twice(amazon: Amazon, stream: LogStream) -> None:
    log = Log(amazon, ["a"])
    assert texts(stream) == ["a"]
    assert texts(stream) == []
    log.pages.append(["b", "b"])
    assert texts(stream) == ["b", "b"]
    assert stream.last(2) == ["b", "b"]
    assert [each.text for each in stream.lines] == ["a", "b", "b"]


def test_stream_that_does_not_exist_yet(amazon: Amazon, stream: LogStream) -> None:
    logs = amazon.client("logs")
    logs.create_log_group(logGroupName=GROUP)
    assert texts(stream) == []
    logs.create_log_stream(logGroupName=GROUP, logStreamName=NAME)
    now = datetime.now(UTC).replace(microsecond=0)
    event = {"timestamp": int(now.timestamp() * 1000), "message": "first"}
    logs.put_log_events(logGroupName=GROUP, logStreamName=NAME, logEvents=[event])
    assert list(stream.fresh()) == [Line(now, NAME, "first")]


def test_other_refusals_are_not_hidden(amazon: Amazon, stream: LogStream) -> None:
    def refuse(request: Request) -> dict[str, Any]:
        raise RefusedError("AccessDeniedException")

    amazon.answers["GetLogEvents"] = refuse
    with pytest.raises(Exception, match="AccessDeniedException"):
        texts(stream)
