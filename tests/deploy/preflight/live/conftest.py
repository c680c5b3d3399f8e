import pytest

from tests.deploy.amazon import Amazon
from tests.deploy.evaluator.writing import Folder
from tests.deploy.preflight.live.account import Asked


@pytest.fixture
def asked(amazon: Amazon, folder: Folder) -> Asked:
    """By way of `amazon`, so that moto answers."""
    return Asked(folder)
