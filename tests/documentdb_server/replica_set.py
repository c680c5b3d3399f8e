"""Members of the replica set rs0, in one process over one store, as DocumentDB's instances are."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from bson import Int64, ObjectId

from tests.documentdb_server import wire
from tests.documentdb_server.cursors import Cursors
from tests.documentdb_server.failpoints import FailPoint

NAME = "rs0"
WIRE_VERSION = 13  # of MongoDB 5.0
SESSION_MINUTES = 30


class Closable(Protocol):
    def close(self) -> None: ...


@dataclass
class Member:
    """One address that clients connect to, with what such an instance holds for itself."""

    address: str
    fail_point: FailPoint = field(default_factory=FailPoint)
    cursors: Cursors = field(default_factory=Cursors)
    connections: set[Closable] = field(default_factory=set)

    def restart(self) -> None:
        """Lose what an instance loses when it fails over."""
        self.cursors = Cursors()
        for connection in list(self.connections):
            connection.close()


class ReplicaSet:
    def __init__(self, addresses: list[str], on_step_down: Callable[[], None]) -> None:
        self.members = [Member(address) for address in addresses]
        self.primary: Member | None = self.members[0]
        self.on_step_down = on_step_down
        self.process_id = ObjectId()
        self.version = 0
        self.changed = asyncio.Event()

    @property
    def url(self) -> str:
        hosts = ",".join(member.address for member in self.members)
        return f"mongodb://{hosts}/?replicaSet={NAME}&retryWrites=false"

    def step_down(self, member: Member, away: float, election: float) -> None:
        """The next member becomes primary after `election` seconds; a lone one after `away`."""
        loop = asyncio.get_running_loop()
        following = self.members[(self.members.index(member) + 1) % len(self.members)]
        self._elect(None)
        self.on_step_down()
        loop.call_soon(member.restart)  # once the command that asked for it is answered
        pause = away if following is member else election
        if pause:
            loop.call_later(pause, self._elect, following)
        else:
            self._elect(following)

    def _elect(self, primary: Member | None) -> None:
        self.primary = primary
        self.version += 1
        self.changed.set()
        self.changed = asyncio.Event()

    def hello(self, member: Member) -> dict[str, Any]:
        is_primary = member is self.primary
        described = {
            "helloOk": True,
            "isWritablePrimary": is_primary,
            "ismaster": is_primary,
            "secondary": not is_primary,
            "setName": NAME,
            "setVersion": 1,
            "hosts": [each.address for each in self.members],
            "me": member.address,
            "topologyVersion": self.topology_version,
            "maxBsonObjectSize": wire.MAX_DOCUMENT,
            "maxMessageSizeBytes": wire.MAX_MESSAGE,
            "maxWriteBatchSize": wire.ASKED_WRITES,
            "localTime": datetime.now(UTC),
            "logicalSessionTimeoutMinutes": SESSION_MINUTES,
            "minWireVersion": 0,
            "maxWireVersion": WIRE_VERSION,
            "readOnly": False,
            "ok": 1.0,
        }
        if self.primary is not None:
            described["primary"] = self.primary.address
        return described

    @property
    def topology_version(self) -> dict[str, Any]:
        return {"processId": self.process_id, "counter": Int64(self.version)}

    def is_known(self, topology_version: dict[str, Any]) -> bool:
        """Whether nothing has changed since a client was told this version."""
        return topology_version == self.topology_version

    async def change(self, within: float) -> None:
        try:
            async with asyncio.timeout(within):
                await self.changed.wait()
        except TimeoutError:
            return
