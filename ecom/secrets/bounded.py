"""How long reading a secret may take, and keeping to it."""

import queue
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

CONNECT_WITHIN = ANSWER_WITHIN = 2  # seconds, each of the tries
TRIES = 3
WITHIN = 9  # seconds, everything, and one more to look at what went wrong


def bounded(call: Callable[[], Result], within: float) -> Result:
    """The call's result or exception; TimeoutError after `within` seconds.

    In a thread, since neither looking up a name nor signing in by SSO can be given a time-out.
    """
    results: queue.SimpleQueue[Callable[[], Result]] = queue.SimpleQueue()

    def work() -> None:
        try:
            result = call()
        except Exception as error:  # raised where the result is awaited
            failure = error

            def fail() -> Result:
                raise failure

            results.put(fail)
        else:
            results.put(lambda: result)

    threading.Thread(target=work, daemon=True).start()
    try:
        outcome = results.get(timeout=within)
    except queue.Empty:
        raise TimeoutError from None
    return outcome()
