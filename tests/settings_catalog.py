"""The catalog service as tests run it."""

from tests.environment import prepare

prepare()

from ecom.settings.catalog import *  # noqa: E402, F403
