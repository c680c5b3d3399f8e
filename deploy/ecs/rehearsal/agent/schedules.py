"""Schedules of EventBridge Scheduler that start tasks, by the rehearsal's clock.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from moto.scheduler.models import scheduler_backends

from deploy.ecs.rehearsal.agent.region import Region

RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
FARTHEST = timedelta(days=366)


class Schedules:
    def __init__(self, region: Region, run: Callable[[dict[str, Any]], None]) -> None:
        """`run` takes what RunTask takes."""
        self.region = region
        self.run = run
        self.due: dict[str, tuple[str, datetime | None]] = {}  # by ARN, with its expression

    def step(self) -> None:
        now = self.region.now()
        for schedule in self._all():
            known, due = self.due.get(schedule.arn, ("", None))
            if known != schedule.schedule_expression:
                known = schedule.schedule_expression
                due = following(known, now)
            elif due and due <= now:
                self._start(schedule)
                due = following(known, now)
            self.due[schedule.arn] = known, due

    def _all(self) -> list[Any]:
        backend = scheduler_backends[self.region.account][self.region.name]
        found = [
            schedule
            for group in list(backend.schedule_groups.values())
            for schedule in list(group.schedules.values())
        ]
        return [
            each
            for each in found
            if each.state == "ENABLED" and (each.target or {}).get("EcsParameters")
        ]

    def _start(self, schedule: Any) -> None:
        target = schedule.target
        ecs = target["EcsParameters"]
        self.region.timeline.add(f"schedule {schedule.name}", "starts its task")
        strategy = ecs.get("CapacityProviderStrategy") or []
        network = (ecs.get("NetworkConfiguration") or {}).get("awsvpcConfiguration") or (
            ecs.get("NetworkConfiguration") or {}
        ).get("AwsvpcConfiguration")
        self.run(
            {
                "cluster": target["Arn"],
                "taskDefinition": ecs["TaskDefinitionArn"],
                "count": int(ecs.get("TaskCount") or 1),
                "launchType": ecs.get("LaunchType"),
                "capacityProviderStrategy": [_lower(each) for each in strategy],
                "networkConfiguration": {"awsvpcConfiguration": _lower(network)} if network else {},
                "overrides": json.loads(target.get("Input") or "{}"),
                "startedBy": f"chronos-schedule/{schedule.name}",
            }
        )


def _lower(given: dict[str, Any]) -> dict[str, Any]:
    return {f"{key[0].lower()}{key[1:]}": value for key, value in given.items()}


def following(expression: str, after: datetime) -> datetime | None:
    """When it is next due; None for never, as for one moment that has passed."""
    if found := RATE.fullmatch(expression):
        return after + timedelta(**{f"{found[2]}s": int(found[1])})
    if found := CRON.fullmatch(expression):
        return _next_of(found.groups(), after)
    return None


def _next_of(fields: tuple[str, ...], after: datetime) -> datetime | None:
    minutes, hours, days, months, weekdays, years = fields
    moment = after.replace(second=0, microsecond=0) + timedelta(minutes=1)
    last = after + FARTHEST
    while moment <= last:
        weekday = moment.isoweekday() % 7 + 1  # 1 is Sunday
        is_day = (
            moment.year in _numbers(years, 1970, 2199)
            and moment.month in _numbers(months, 1, 12, MONTHS)
            and moment.day in _numbers(days, 1, 31)
            and weekday in _numbers(weekdays, 1, 7, DAYS)
        )
        if not is_day:
            moment = moment.replace(hour=0, minute=0) + timedelta(days=1)
        elif moment.hour not in _numbers(hours, 0, 23):
            moment = moment.replace(minute=0) + timedelta(hours=1)
        elif moment.minute not in _numbers(minutes, 0, 59):
            moment += timedelta(minutes=1)
        else:
            return moment
    return None


def _numbers(field: str, first: int, last: int, names: list[str] | None = None) -> set[int]:
    """What one field admits: 5, 1-5, 0/15, MON-FRI, * or ?."""
    for number, name in enumerate(names or [], 1):
        field = field.replace(name, str(number))
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        begin, _, end = span.partition("-")
        if span in {"*", "?"}:
            begin, end = str(first), str(last)
        elif step and not end:
            end = str(last)
        found |= set(range(int(begin), int(end or begin) + 1, int(step or 1)))
    return found
