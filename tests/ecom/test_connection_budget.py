import pytest
from django.core.exceptions import ImproperlyConfigured

from ecom.connection_budget import connections_per_process


@pytest.mark.parametrize(
    ("tasks", "workers", "each"),
    [
        (1, 1, 10),  # no more than asked for
        (2, 1, 10),  # an update of one task on a t2.micro, which has one processor
        (2, 2, 8),
        (4, 2, 4),
        (8, 4, 1),
        (1, 0, 10),
    ],
)
def test_within_the_budget(tasks: int, workers: int, each: int) -> None:
    assert connections_per_process(10, 32, tasks, workers) == each


def test_both_services_fit_a_small_instance() -> None:
    """A db.t4g.micro gives about 80 connections, and keeps 5 of them for its administrators."""
    for tasks in range(1, 9):
        for workers in range(1, 5):
            used = 2 * tasks * workers * connections_per_process(10, 32, tasks, workers)
            assert used <= 80 - 5 - 2, "two are for migrate and for somebody who looks"


def test_too_many_processes() -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_CONNECTIONS is 32, too few for 9"):
        connections_per_process(10, 32, 9, 4)
