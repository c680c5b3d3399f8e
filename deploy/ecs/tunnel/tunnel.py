"""A local port behind which the database answers, for as long as it is needed."""

import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from types import FrameType, TracebackType
from typing import Any, NoReturn, Self

from deploy.ecs.clock import Clock
from deploy.ecs.tunnel import programs
from deploy.ecs.tunnel.answering import ask
from deploy.ecs.tunnel.bastion import Bastion, Say
from deploy.ecs.tunnel.credentials import operators
from deploy.ecs.tunnel.database import LOCALHOST, Database
from deploy.ecs.tunnel.failures import BROKEN, HUNG_UP, SILENT, TAKEN, Failure, Way, failure_of
from deploy.ecs.tunnel.ssh import Keys, Ssh, command, new_keys

ATTEMPTS = 3
PAUSE = 5  # seconds, of the clock
SIGN_IN_WITHIN = 60  # seconds, the time a lent key is valid
POLL = 0.1  # seconds


class FailedError(Exception):
    def __init__(self, failure: Failure) -> None:
        self.failure = failure


@dataclass
class Tunnel:
    """A context manager. Raises DeploymentError when it is made, where a program is missing, when
    it is entered, and in check() and wait() when it has broken."""

    bastion: Bastion
    database: Database
    session: Any  # boto3's
    clock: Clock
    say: Say
    port: int = 0  # on this machine; 0 is any free one, of which this is the number afterwards
    proxy: Sequence[str] = ()  # a command in place of Session Manager
    patience: float = 15  # seconds within which the database has to answer
    ssh: Ssh = field(init=False)
    open: ExitStack = field(init=False, default_factory=ExitStack)

    def __post_init__(self) -> None:
        programs.require("ssh", *([] if self.proxy else [programs.PLUGIN]))

    @property
    def way(self) -> Way:
        return Way(self.bastion, self.database, self.port, self.patience)

    def __enter__(self) -> Self:
        self._take_port()
        host_key = self.bastion.host_key(self.session, self.clock, self.say)
        with ExitStack() as opened:
            opened.enter_context(ended_by_exit())
            keys = opened.enter_context(new_keys(self.bastion, host_key))
            self.ssh = self._connected(keys)
            opened.callback(self.ssh.stop)
            self.open = opened.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.open.close()

    def check(self) -> None:
        if self.ssh.has_ended():
            raise self.way.error(BROKEN, self.ssh.lines)

    def wait(self) -> NoReturn:
        """Until it breaks, or somebody presses Ctrl-C."""
        while not self.ssh.has_ended(60):
            pass
        raise self.way.error(BROKEN, self.ssh.lines)

    def _take_port(self) -> None:
        """ssh would find out only after it has signed in; who listens there is not the database."""
        try:
            with socket.create_server((LOCALHOST, self.port)) as listener:
                self.port = listener.getsockname()[1]
        except PermissionError:
            pass  # of a port below 1024, as ssh will say
        except OSError:
            raise self.way.error(TAKEN) from None

    def _connected(self, keys: Keys) -> Ssh:
        for attempt in range(1, ATTEMPTS + 1):
            self.bastion.lend(keys.public, self.session)
            ssh = self._started(keys)
            try:
                self._await_answer(ssh)
            except FailedError as failed:
                ssh.stop()
                error = self.way.error(failed.failure, ssh.lines)
                if attempt == ATTEMPTS or not failed.failure.passes:
                    raise error from None
                self.say(f"{error.cause} Another attempt follows.")
                self.clock.sleep(PAUSE)
            except BaseException:
                ssh.stop()
                raise
            else:
                return ssh
        raise AssertionError("the last attempt returns or raises")

    def _started(self, keys: Keys) -> Ssh:
        proxy = self.proxy or [
            *(sys.executable, "-m", "deploy.ecs.tunnel.session"),
            *(self.bastion.instance, self.session.region_name),
        ]
        line = command(self.bastion, self.database, self.port, keys, proxy)
        return Ssh(line, operators(self.session))

    def _await_answer(self, ssh: Ssh) -> None:
        deadline = time.monotonic() + SIGN_IN_WITHIN
        while time.monotonic() < deadline:
            # Before that, what listens at the port is not ssh; after it, ssh listens or ends.
            signed_in = ssh.has_signed_in()
            if ssh.has_ended(POLL):
                break
            if signed_in:
                self._ask(ssh)
                return
        raise FailedError(failure_of(ssh.lines))

    def _ask(self, ssh: Ssh) -> None:
        try:
            ask(self.database, self.port, self.patience)
        except TimeoutError:
            raise FailedError(failure_of(ssh.lines, SILENT)) from None
        except EOFError:
            ssh.has_ended(POLL)  # until its line about the channel is read
            raise FailedError(failure_of(ssh.lines, HUNG_UP)) from None


@contextmanager
def ended_by_exit() -> Iterator[None]:
    """A closed terminal ends the tunnel too, and does not leave it open."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, leave) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def leave(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)
