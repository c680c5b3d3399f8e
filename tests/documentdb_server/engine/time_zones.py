"""Time zones as the date operators name them: Europe/Berlin or +05:30."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .bson_types import MISSING
from .errors import CommandError

UNRECOGNIZED_ZONE = 40485


@lru_cache(maxsize=256)
def zone(name: Any) -> tzinfo:
    if not isinstance(name, str):
        raise CommandError(40517, "timezone must evaluate to a string")
    offset = re.fullmatch(r"([+-])(\d\d):?(\d\d)?", name)
    if offset:
        sign = 1 if offset[1] == "+" else -1
        return timezone(sign * timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0)))
    try:
        return ZoneInfo("UTC" if name in {"Z", "GMT"} else name)
    except (ZoneInfoNotFoundError, ValueError, IsADirectoryError) as error:
        raise CommandError(
            UNRECOGNIZED_ZONE, f"unrecognized time zone identifier: '{name}'"
        ) from error


def local(moment: datetime, name: Any) -> datetime:
    """From UTC without a zone to the time in the zone; MISSING is UTC."""
    moment = moment.replace(tzinfo=UTC)
    return moment if name is MISSING else moment.astimezone(zone(name))
