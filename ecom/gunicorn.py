"""How gunicorn serves each shape: gunicorn -c python:ecom.gunicorn ecom.wsgi"""

import os
import signal
from typing import Any

development = os.environ.get("ECOM_ENV") == "development"
host = "127.0.0.1" if development else "0.0.0.0"  # noqa: S104  (in a container)
bind = f"{host}:{os.environ.get('PORT', '8000')}"

# Hashing passwords and verifying tokens take processor time, waiting for the database takes none.
workers = int(os.environ.get("WEB_CONCURRENCY", min(os.cpu_count() or 1, 4)))
worker_class = "gthread"
preload_app = True  # loaded once, and its memory shared
threads = 8  # below DATABASE_POOL_SIZE, so that no thread waits for a connection
timeout = 30  # seconds
graceful_timeout = 20  # seconds: less than ECS waits between SIGTERM and SIGKILL
keepalive = 75  # seconds: longer than a load balancer keeps an idle connection

# TRUSTED_PROXIES decides whom to believe. gunicorn itself would believe any local client.
forwarded_allow_ips = ""
control_socket_disable = True


def post_worker_init(worker: Any) -> None:
    """Let Ctrl-C end a worker as SIGTERM does, by way of the arbiter.

    gunicorn's own handlers for SIGINT and SIGQUIT take a lock of the thread pool, and wait for
    ever when the signal interrupted the code that holds it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGQUIT, worker.handle_exit)
