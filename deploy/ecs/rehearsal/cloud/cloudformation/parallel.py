"""Many actions, each as soon as those that it needs are done."""

import threading
from collections.abc import Callable, Mapping, Set
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from deploy.ecs.rehearsal.cloud.cloudformation.failures import ActionError

Needs = Mapping[str, Set[str]]


def reverse(needs: Needs) -> dict[str, set[str]]:
    """Deleting goes the other way."""
    return {
        name: {each for each, needed in needs.items() if name in needed and each != name}
        for name in needs
    }


def run(
    needs: Needs, act: Callable[[str], None], stopped: threading.Event | None = None
) -> list[str]:
    """What failed, in that order. The first failure stops the others where `stopped` is given; else
    what needs it is left out."""
    waiting = {name: needed & needs.keys() for name, needed in needs.items()}
    running: dict[Future[None], str] = {}
    done: set[str] = set()
    failed: list[str] = []
    with ThreadPoolExecutor(max(1, len(needs))) as pool:
        while True:
            ready = [name for name, needed in waiting.items() if needed <= done]
            for name in ready if not (stopped and stopped.is_set()) else []:
                del waiting[name]
                running[pool.submit(act, name)] = name
            if not running:
                return failed
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                name = running.pop(future)
                try:
                    future.result()
                    done.add(name)
                except ActionError:
                    failed.append(name)
                    if stopped:
                        stopped.set()
