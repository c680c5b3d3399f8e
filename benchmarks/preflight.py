"""How long preflight takes: the own deployment, asked and not asked, and one large template.

python -m benchmarks.preflight
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from deploy.ecs.evaluator import Environment
from deploy.ecs.preflight.own import own_stacks
from deploy.ecs.preflight.preflight import preflight
from deploy.ecs.preflight.templates import Given, read
from deploy.ecs.stacks import Parts
from tests.deploy.preflight.corpus.bases import BASES
from tests.deploy.presets import deployment

WANTED = 500  # resources
HEAD, _, RESOURCES = BASES["fargate-endpoints"].partition("\nResources:\n")


def main() -> None:
    parts = Parts(deployment("private"))
    least = measured("own deployment, evaluated", lambda: own_stacks(parts))
    stacks = own_stacks(parts)
    own = measured("own deployment, checked", lambda: preflight(stacks))
    asked = measured("own deployment, application asked", lambda: preflight(stacks, "ecom.wsgi"))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "large.yaml"
        file.write_text(large())
        given = [Given(file)]
        count = len(read(given, {}, Environment("eu-central-1")).stacks[0].resources)
        whole = measured(
            f"{count} resources, evaluated and checked",
            lambda: preflight(read(given, {}, Environment("eu-central-1")).stacks),
        )
    print(f"checks / evaluation {own / least:.1f}, with the application {asked / own:.1f}")
    print(
        f"of the 2 s for the own deployment {(least + own) / 2:.2f}, with the application "
        f"{(least + asked) / 2:.2f}; of the 5 s for {count} resources {whole / 5:.2f}"
    )


def measured(what: str, run: Callable[[], object]) -> float:
    times = []
    for _ in range(3):
        start = perf_counter()
        run()
        times.append(perf_counter() - start)
    print(f"{min(times):6.2f} s  {what}")
    return min(times)


def large() -> str:
    """As many shops as come to that, each with a network of its own."""
    names = [line[2:-1] for line in RESOURCES.splitlines() if line[:2] == "  " and line[2] != " "]
    found = [HEAD, "Resources:"]
    for index in range(-(-WANTED // len(names))):
        text = RESOURCES
        for name in sorted(names, key=len, reverse=True):
            for before, after in ((" ", ":\n"), ("!Ref ", ""), ("!GetAtt ", "."), ("${", "")):
                text = text.replace(f"{before}{name}{after}", f"{before}{name}X{index}{after}")
        found.append(text)
    return "\n".join(found)


if __name__ == "__main__":
    main()
