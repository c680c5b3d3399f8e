"""Format strings of $dateToString and $dateFromString.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/dateToString/#format-specifiers
"""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from ..errors import CONVERSION_FAILURE, CommandError

ISO = "%Y-%m-%dT%H:%M:%S.%LZ"


def offset_minutes(moment: datetime) -> int:
    return int((moment.utcoffset() or timedelta()).total_seconds()) // 60


def offset(moment: datetime) -> str:
    minutes = offset_minutes(moment)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"


SHOWN: dict[str, Callable[[datetime], str]] = {
    "d": lambda moment: f"{moment.day:02}",
    "G": lambda moment: f"{moment.isocalendar().year:04}",
    "H": lambda moment: f"{moment.hour:02}",
    "j": lambda moment: f"{moment.timetuple().tm_yday:03}",
    "L": lambda moment: f"{moment.microsecond // 1000:03}",
    "m": lambda moment: f"{moment.month:02}",
    "M": lambda moment: f"{moment.minute:02}",
    "S": lambda moment: f"{moment.second:02}",
    "u": lambda moment: f"{moment.isoweekday()}",
    "U": lambda moment: moment.strftime("%U"),
    "V": lambda moment: f"{moment.isocalendar().week:02}",
    "w": lambda moment: f"{moment.isoweekday() % 7 + 1}",
    "Y": lambda moment: f"{moment.year:04}",
    "z": offset,
    "Z": lambda moment: f"{offset_minutes(moment):+04}",
    "%": lambda moment: "%",
}

PARSED = {
    "d": r"(?P<d>\d{1,2})",
    "G": r"(?P<G>\d{4})",
    "H": r"(?P<H>\d{1,2})",
    "j": r"(?P<j>\d{1,3})",
    "L": r"(?P<L>\d{1,3})",
    "m": r"(?P<m>\d{1,2})",
    "M": r"(?P<M>\d{1,2})",
    "S": r"(?P<S>\d{1,2})",
    "u": r"(?P<u>[1-7])",
    "V": r"(?P<V>\d{1,2})",
    "Y": r"(?P<Y>\d{4})",
    "z": r"(?P<z>Z|[+-]\d{2}:?\d{2})",
    "Z": r"(?P<Z>[+-]\d{1,3})",
    "%": "%",
}


def shown(moment: datetime, form: str) -> str:
    def field(found: re.Match[str]) -> str:
        if found[1] not in SHOWN:
            raise CommandError(18536, f"Invalid format character '%{found[1]}' in format string")
        return SHOWN[found[1]](moment)

    return re.sub(r"%(.?)", field, form, flags=re.DOTALL)


def parsed(text: str, form: str) -> datetime:
    """UTC without a zone."""
    parts = re.split(r"%(.)", form)
    literals, codes = map(re.escape, parts[::2]), [*parts[1::2], ""]
    if unknown := set(codes) - {*PARSED, ""}:
        raise CommandError(18536, f"Invalid format character '%{min(unknown)}' in format string")
    pattern = "".join(
        literal + PARSED.get(code, "") for literal, code in zip(literals, codes, strict=True)
    )
    found = re.fullmatch(pattern, text)
    try:
        if found is None:
            raise ValueError("it is not in the format")
        return moment_of(found.groupdict())
    except ValueError as error:
        raise CommandError(
            CONVERSION_FAILURE, f"Error parsing date string '{text}'; {error}"
        ) from error


def moment_of(fields: dict[str, Any]) -> datetime:
    day = day_of(fields)
    hour, minute, second = (int(fields.get(code, 0)) for code in "HMS")
    thousandths = int(fields.get("L", "0").ljust(3, "0"))
    moment = datetime(day.year, day.month, day.day, hour, minute, second, thousandths * 1000)
    return moment - zone_offset(fields)


def day_of(fields: dict[str, Any]) -> date:
    if "G" in fields:
        return date.fromisocalendar(*(int(fields.get(code, 1)) for code in "GVu"))
    year = int(fields.get("Y", 1970))
    if "j" in fields:
        return date(year, 1, 1) + timedelta(days=int(fields["j"]) - 1)
    return date(year, int(fields.get("m", 1)), int(fields.get("d", 1)))


def zone_offset(fields: dict[str, Any]) -> timedelta:
    if "Z" in fields:
        return timedelta(minutes=int(fields["Z"]))
    text = fields.get("z", "Z")
    if text == "Z":
        return timedelta()
    size = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return -size if text[0] == "-" else size
