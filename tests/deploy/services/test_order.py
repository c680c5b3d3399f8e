import pytest

from deploy.ecs.errors import DeploymentError
from deploy.ecs.services.order import in_order

SHOP = {"accounts": "10", "catalog": "20"}


@pytest.mark.parametrize("present", [{}, SHOP, {"accounts": "10"}])
def test_as_they_are_declared(present: dict[str, str]) -> None:
    assert in_order(SHOP, present) == ["accounts", "catalog"]


def test_one_more_in_between() -> None:
    wanted = {"accounts": "10", "reviews": "20", "catalog": "30"}
    assert in_order(wanted, SHOP) == ["accounts", "catalog", "reviews"]


def test_one_more_in_front() -> None:
    wanted = {"reviews": "10", "accounts": "20", "catalog": "30"}
    assert in_order(wanted, SHOP) == ["catalog", "accounts", "reviews"]


def test_exchanged() -> None:
    with pytest.raises(DeploymentError, match="accounts and catalog exchange"):
        in_order({"accounts": "20", "catalog": "10"}, SHOP)
