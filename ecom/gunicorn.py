"""How gunicorn serves each shape: gunicorn -c python:ecom.gunicorn ecom.wsgi"""

import gc
import os
import signal
import socket
import struct
import sys
from typing import Any

from ecom.concurrency import threads, workers  # noqa: F401  (settings of gunicorn, too)

development = os.environ.get("ECOM_ENV") == "development"
host = "127.0.0.1" if development else "0.0.0.0"  # noqa: S104  (in a container)
bind = f"{host}:{os.environ.get('PORT', '8000')}"

worker_class = "ecom.worker.Worker"
preload_app = True  # loaded once, and its memory shared
timeout = 30  # seconds
graceful_timeout = 20  # seconds: less than ECS waits between SIGTERM and SIGKILL
keepalive = 75  # seconds: longer than a load balancer keeps an idle connection

# TRUSTED_PROXIES decides whom to believe. gunicorn itself would believe any local client.
forwarded_allow_ips = ""
control_socket_disable = True
sendfile = False  # it would wait for a client that reads nothing, whatever SO_SNDTIMEO says

PATIENCE = 5  # seconds


def on_starting(arbiter: Any) -> None:
    from ecom.start import before_fork  # the application is loaded by now

    before_fork()
    gc.collect()
    gc.freeze()  # the garbage collector of a worker would write to, and so copy, what is shared


def when_ready(arbiter: Any) -> None:
    """Keep clients that have fallen silent from holding the threads, as they would for ever.

    Connections inherit these from their listener: a thread is given to them when something has
    come, and taken away when nothing more has come, or been taken, for PATIENCE seconds.
    """
    if sys.platform != "linux":
        return
    patience = struct.pack("ll", PATIENCE, 0)
    for listener in arbiter.LISTENERS:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, keepalive)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, patience)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, patience)


def post_worker_init(worker: Any) -> None:
    """Start what a worker has of its own, and let Ctrl-C end it as SIGTERM does, by the arbiter.

    gunicorn's own handlers for SIGINT and SIGQUIT take a lock of the thread pool, and wait for
    ever when the signal interrupted the code that holds it.
    """
    from ecom.start import after_fork

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGQUIT, worker.handle_exit)
    after_fork()
