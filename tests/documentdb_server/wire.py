"""MongoDB's wire protocol: OP_MSG both ways, and OP_QUERY for a client's first hello.

https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
"""

import itertools
import struct
from dataclasses import dataclass
from typing import Any

import bson

from tests.documentdb_server.engine import bson_types

MAX_MESSAGE = 48_000_000  # bytes
MAX_DOCUMENT = bson_types.MAX_DOCUMENT
MAX_WRITES = 100_000  # statements in one command
ASKED_WRITES = 1_000  # what drivers are asked for: other clients wait while one is carried out

OP_REPLY = 1
OP_QUERY = 2004
OP_MSG = 2013

CHECKSUM_PRESENT = 1
MORE_TO_COME = 1 << 1
EXHAUST_ALLOWED = 1 << 16

HEADER = struct.Struct("<iiii")  # length, request id, response to, operation
MSG_PREFIX = struct.Struct("<iiiiIB")  # header, flags, kind of the only section
REPLY_PREFIX = struct.Struct("<iiiiiqii")  # header, flags, cursor, starting from, documents
INT32 = struct.Struct("<i")
UINT32 = struct.Struct("<I")

AWAIT_CAPABLE = 8

response_ids = itertools.count(1)


class ProtocolError(Exception):
    """The bytes are no message that this server reads: the connection is of no more use."""


@dataclass(slots=True)
class Message:
    request_id: int
    operation: int
    flags: int
    command: dict[str, Any]

    @property
    def wants_no_answer(self) -> bool:
        return bool(self.flags & MORE_TO_COME)

    @property
    def takes_a_stream(self) -> bool:
        return bool(self.flags & EXHAUST_ALLOWED)


def length_of(buffer: bytes | bytearray) -> int:
    """Of the message that begins the buffer. It has at least a header's bytes."""
    length: int = INT32.unpack_from(buffer)[0]
    if not HEADER.size < length <= MAX_MESSAGE:
        raise ProtocolError(f"a message of {length} bytes")
    return length


def read(data: bytes) -> Message:
    _, request_id, _, operation = HEADER.unpack_from(data)
    if operation == OP_MSG:
        return _read_msg(data, request_id)
    if operation == OP_QUERY:
        return _read_query(data, request_id)
    raise ProtocolError(f"operation {operation}")


def _read_msg(data: bytes, request_id: int) -> Message:
    flags: int = UINT32.unpack_from(data, HEADER.size)[0]
    end = len(data) - (4 if flags & CHECKSUM_PRESENT else 0)
    position = HEADER.size + 4
    command: dict[str, Any] = {}
    sequences: dict[str, list[dict[str, Any]]] = {}
    while position < end:
        kind = data[position]
        position += 1
        size: int = INT32.unpack_from(data, position)[0]
        if kind == 0:
            command = bson.decode(data[position : position + size])
        elif kind == 1:
            name_end = data.index(0, position + 4)
            name = data[position + 4 : name_end].decode()
            sequences[name] = bson.decode_all(data[name_end + 1 : position + size])
        else:
            raise ProtocolError(f"section {kind}")
        position += size
    if sequences:
        command.update(sequences)
    return Message(request_id, OP_MSG, flags, command)


def _read_query(data: bytes, request_id: int) -> Message:
    name_end = data.index(0, HEADER.size + 4)
    database = data[HEADER.size + 4 : name_end].decode().split(".", 1)[0]
    command = bson.decode(data[name_end + 9 :])  # after skip and limit
    command["$db"] = database
    return Message(request_id, OP_QUERY, 0, command)


def answer(message: Message, document: bytes) -> bytes:
    if message.operation == OP_QUERY:
        size = REPLY_PREFIX.size + len(document)
        prefix = REPLY_PREFIX.pack(
            size, next(response_ids), message.request_id, OP_REPLY, AWAIT_CAPABLE, 0, 0, 1
        )
        return prefix + document
    size = MSG_PREFIX.size + len(document)
    prefix = MSG_PREFIX.pack(size, next(response_ids), message.request_id, OP_MSG, 0, 0)
    return prefix + document


def streamed(response_to: int, document: bytes) -> tuple[int, bytes]:
    """An answer that others follow unasked, and its id, which the next one answers."""
    response_id = next(response_ids)
    size = MSG_PREFIX.size + len(document)
    prefix = MSG_PREFIX.pack(size, response_id, response_to, OP_MSG, MORE_TO_COME, 0)
    return response_id, prefix + document
