"""A plugin: the faults that preflight predicts, a rehearsal fails with and `diagnose` names, as a
table at the end of the run. Tests tell them as properties, which reach this process from workers.
"""

from collections.abc import Iterator
from typing import Any

COLUMNS = ("fault", "preflight", "rehearsal", "diagnose")
SHOWN = 68  # characters of a cause


def pytest_terminal_summary(terminalreporter: Any) -> None:
    told = sorted(faults(terminalreporter.stats), key=lambda each: each["fault"])
    if not told:
        return
    terminalreporter.section("predicted, rehearsed and diagnosed")
    terminalreporter.line("".join(f"{each:11}" for each in (*COLUMNS, "cause")))
    for each in told:
        ids = "".join(f"{each[name] or '-':11}" for name in COLUMNS)
        terminalreporter.line(f"{ids}{each['cause'][:SHOWN]}")
    same = [each for each in told if len({each[name] for name in COLUMNS}) == 1]
    terminalreporter.line(f"{len(same)} of {len(told)} by the same id three times")


def faults(stats: dict[str, list[Any]]) -> Iterator[dict[str, str]]:
    for report in (each for kind in ("passed", "failed") for each in stats.get(kind, ())):
        told = dict(report.user_properties)
        if "fault" in told:
            yield told
