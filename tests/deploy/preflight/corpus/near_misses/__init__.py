"""Right, though it looks like a fault: of each check, the same shape without what is wrong."""

from tests.deploy.preflight.corpus.near_misses.definitions import DEFINITIONS
from tests.deploy.preflight.corpus.near_misses.shapes import SHAPES
from tests.deploy.preflight.corpus.near_misses.ways_out import WAYS_OUT
from tests.deploy.preflight.corpus.variant import Variant

NEAR_MISSES: list[Variant] = [*SHAPES, *DEFINITIONS, *WAYS_OUT]
