"""One connection: messages in, answers out, one after the other."""

import asyncio
import struct
from collections.abc import Coroutine
from contextlib import nullcontext
from typing import Any

import bson
from bson.errors import BSONError

from tests.documentdb_server import dispatch, wire
from tests.documentdb_server.engine.errors import CommandError
from tests.documentdb_server.failpoints import Fault
from tests.documentdb_server.request import Client, Request
from tests.documentdb_server.wire import Message

BROKEN = (wire.ProtocolError, struct.error, BSONError, ValueError)


class Connection(asyncio.Protocol):
    def __init__(self, client: Client) -> None:
        self.client = client
        self.buffer = bytearray()
        self.waiting: asyncio.Task[None] | None = None
        self.watching = False
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.client.member.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        self.client.member.connections.discard(self)
        # A delayed command is carried out all the same: its client cannot call it back.
        if self.waiting is not None and self.watching:
            self.waiting.cancel()

    def close(self) -> None:
        """Once what was written has been sent."""
        if self.transport is not None:
            self.transport.close()

    def write(self, data: bytes) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(data)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        self.read()

    def read(self) -> None:
        try:
            while self.waiting is None and (message := self.next_message()) is not None:
                self.handle(message)
        except BROKEN:
            self.close()

    def next_message(self) -> Message | None:
        if len(self.buffer) < wire.HEADER.size:
            return None
        length = wire.length_of(self.buffer)
        if len(self.buffer) < length:
            return None
        data = bytes(memoryview(self.buffer)[:length])
        del self.buffer[:length]
        return wire.read(data)

    def handle(self, message: Message) -> None:
        request = dispatch.request_of(self.client, message.command)
        fault = self.client.member.fail_point.fault_for(request.name)
        if fault is not None and fault.delay and not self.is_refused_build(request):
            self.wait_for(self.answer_late(message, request, fault))
        elif request.name in ("hello", "isMaster") and "maxAwaitTimeMS" in request.command:
            self.watching = True
            self.wait_for(self.answer_changes(message, request, fault))
        elif request.name == "waitForFailPoint":
            self.wait_for(self.answer_when_hit(message, request))
        else:
            self.answer(message, request, fault)

    def is_refused_build(self, request: Request) -> bool:
        """A second build of indexes is refused at once, however long the first one takes."""
        return request.name == "createIndexes" and request.namespace in request.cluster.builds

    def wait_for(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Read no further message until it is done."""
        self.waiting = asyncio.get_running_loop().create_task(coroutine)
        self.waiting.add_done_callback(self.read_on)

    def read_on(self, done: asyncio.Task[None]) -> None:
        self.waiting, self.watching = None, False
        if not done.cancelled():
            done.result()
            self.read()

    def answer(self, message: Message, request: Request, fault: Fault | None) -> None:
        document = self.outcome(request, fault)
        if document is None:
            self.close()
        elif not message.wants_no_answer:
            self.write(wire.answer(message, document))

    def outcome(self, request: Request, fault: Fault | None) -> bytes | None:
        """The encoded answer; None if the client is to see a broken connection instead."""
        if fault is None:
            return dispatch.execute(request)
        if fault.close:
            return None
        if error := fault.error():
            return dispatch.failure(error)
        document = dispatch.execute(request)
        if fault.close_after:
            return None
        if fault.write_concern_error is not None:
            document = bson.encode(
                {**bson.decode(document), "writeConcernError": fault.write_concern_error}
            )
        return document

    async def answer_late(self, message: Message, request: Request, fault: Fault) -> None:
        cluster = self.client.cluster
        builds = request.name == "createIndexes"
        with cluster.building(request.namespace) if builds else nullcontext():
            await asyncio.sleep(fault.delay)
        self.answer(message, request, fault)

    async def answer_when_hit(self, message: Message, request: Request) -> None:
        hits = request.command.get("timesEntered", 1)
        within = request.command.get("maxTimeMS", 10_000) / 1000
        try:
            await self.client.member.fail_point.wait(hits, within)
        except CommandError as error:
            self.write(wire.answer(message, dispatch.failure(error)))
        else:
            self.answer(message, request, None)

    async def answer_changes(self, message: Message, request: Request, fault: Fault | None) -> None:
        """Tell a monitor of the replica set's changes: once, or each of them as a stream."""
        replica_set = self.client.cluster.replica_set
        within = request.command["maxAwaitTimeMS"] / 1000
        response_id = message.request_id
        while True:
            if replica_set.is_known(request.command.get("topologyVersion") or {}):
                await replica_set.change(within)
            if not message.takes_a_stream:
                return self.answer(message, request, fault)
            document = self.outcome(request, fault)
            if document is None:
                return self.close()
            response_id, data = wire.streamed(response_id, document)
            self.write(data)
            request.command["topologyVersion"] = replica_set.topology_version
