"""While the database is away, calls are refused at once instead of each waiting for it.

A call waits for a connection as long as the pool is told to. With more callers than threads these
waits would add up, for health checks too. So after the first that was in vain one call at a time
asks whether the database is back, and the others are answered with 503 meanwhile.
"""

import logging
import threading
import time

from django.db import Error

logger = logging.getLogger(__name__)

PAUSE = 0.25  # seconds between two questions


class Outage:
    def __init__(self) -> None:
        self._noticed = False
        self._failed_at = float("-inf")  # time.monotonic()
        self._asking = threading.Lock()

    def notice(self, error: BaseException | None) -> None:
        """Of a database error. What fails at once keeps nobody waiting, and may be over by now."""
        if error is not None and has_waited(error.__cause__):
            self._failed_at = time.monotonic()  # who has waited already is not the next to ask
            self._noticed = True

    def goes_on(self) -> bool:
        if not self._noticed:
            return False
        if time.monotonic() - self._failed_at < PAUSE or not self._asking.acquire(blocking=False):
            return True
        try:
            self._noticed = not database_answers()
            self._failed_at = time.monotonic() if self._noticed else float("-inf")
            return self._noticed
        finally:
            self._asking.release()


def database_answers() -> bool:
    from ecom.models import ThrottleCount  # models load later than this module

    try:
        ThrottleCount.objects.filter(pk="").exists()
    except Error:
        logger.exception("The database does not answer")
        return False
    return True


def has_waited(cause: BaseException | None) -> bool:
    """Whether the driver's error is that it got no connection, or no answer, in time."""
    driver = type(cause).__module__.partition(".")[0]
    if driver in {"psycopg", "psycopg_pool"}:
        from psycopg.errors import ConnectionTimeout
        from psycopg_pool import PoolTimeout

        return isinstance(cause, ConnectionTimeout | PoolTimeout)
    if driver == "pymongo":
        from pymongo.errors import (
            NetworkTimeout,
            ServerSelectionTimeoutError,
            WaitQueueTimeoutError,
        )

        return isinstance(
            cause, NetworkTimeout | ServerSelectionTimeoutError | WaitQueueTimeoutError
        )
    return False


outage = Outage()
