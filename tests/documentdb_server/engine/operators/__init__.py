"""The operators of aggregation expressions, by topic."""

from ..expressions import OPERATORS
from . import (
    arithmetic,
    arrays,
    comparison,
    conversions,
    date_arithmetic,
    dates,
    objects,
    sets,
    strings,
    totals,
)

TOPICS = (
    arithmetic,
    arrays,
    comparison,
    conversions,
    date_arithmetic,
    dates,
    objects,
    sets,
    strings,
    totals,
)

for topic in TOPICS:
    OPERATORS.update(topic.OPERATORS)
