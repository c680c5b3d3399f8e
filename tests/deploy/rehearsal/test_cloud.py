"""An account lives as long as its rehearsal."""

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
import requests
from moto.cloudformation import urls
from moto.rds.models import MasterUserSecret

from deploy.ecs.clock import Clock
from deploy.ecs.rehearsal.cloud import Cloud
from deploy.ecs.rehearsal.timeline import Event, Timeline


def test_an_account_of_its_own() -> None:
    """Nothing of one is left in the next, or in moto."""
    original, paths = MasterUserSecret._generate_secret_string, dict(urls.url_paths)
    for _ in range(2):
        with Cloud("us-east-1", Clock(rate=100_000)) as cloud:
            assert MasterUserSecret._generate_secret_string is not original
            client: Any = boto3.Session("x", "x", region_name="us-east-1").client(
                "logs", endpoint_url=cloud.variables["AWS_ENDPOINT_URL"]
            )
            assert client.describe_log_groups()["logGroups"] == []
            client.create_log_group(logGroupName="/left")
            client.close()
    assert MasterUserSecret._generate_secret_string is original
    assert urls.url_paths == paths
    with pytest.raises(requests.ConnectionError):
        requests.get(cloud.url, timeout=5)


def test_timeline() -> None:
    told: list[Event] = []
    began = datetime(2026, 1, 1, tzinfo=UTC)
    timeline = Timeline(Clock(rate=0, began_at=began), told.append)
    timeline.add("stack shop", "begins")
    timeline.add("target", "is healthy")
    assert (
        [*timeline]
        == told
        == [
            Event(began, "stack shop", "begins"),
            Event(began, "target", "is healthy"),
        ]
    )
