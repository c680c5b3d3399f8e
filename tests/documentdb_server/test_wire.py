import socket
import struct
from typing import Any

import bson
import pytest
from pymongo import WriteConcern
from pymongo.database import Database

from tests.documentdb_server import process, wire


def message(flags: int, *sections: bytes, operation: int = wire.OP_MSG) -> bytes:
    body = struct.pack("<I", flags) + b"".join(sections)
    return wire.HEADER.pack(wire.HEADER.size + len(body), 7, 0, operation) + body


def body(document: dict[str, Any]) -> bytes:
    return b"\0" + bson.encode(document)


def sequence(name: str, *documents: dict[str, Any]) -> bytes:
    content = name.encode() + b"\0" + b"".join(map(bson.encode, documents))
    return b"\1" + struct.pack("<i", 4 + len(content)) + content


def exchange(server: process.Server, data: bytes) -> bytes:
    """What the server sends back before it waits again, or closes."""
    with socket.create_connection(("127.0.0.1", server.ports[0]), timeout=10) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
        return received


def test_document_sequence() -> None:
    data = message(0, body({"insert": "a"}), sequence("documents", {"_id": 1}, {"_id": 2}))
    assert wire.read(data).command == {"insert": "a", "documents": [{"_id": 1}, {"_id": 2}]}


def test_sequence_before_the_body() -> None:
    data = message(0, sequence("documents", {"_id": 1}), body({"insert": "a"}))
    assert list(wire.read(data).command) == ["insert", "documents"]


def test_checksum() -> None:
    data = message(wire.CHECKSUM_PRESENT, body({"ping": 1}), b"\xff\xff\xff\xff")
    assert wire.read(data).command == {"ping": 1}


@pytest.mark.parametrize("length", [0, 16, wire.MAX_MESSAGE + 1, -1])
def test_impossible_length(length: int) -> None:
    with pytest.raises(wire.ProtocolError):
        wire.length_of(struct.pack("<i", length) + bytes(12))


def test_old_hello(server: process.Server) -> None:
    """What a driver sends first, before it knows that the server reads OP_MSG."""
    query = b"admin.$cmd\0" + struct.pack("<ii", 0, -1) + bson.encode({"isMaster": 1})
    answer = exchange(server, message(0, query, operation=wire.OP_QUERY))
    *_, response_to, operation, _, _, _, documents = wire.REPLY_PREFIX.unpack_from(answer)
    assert (response_to, operation, documents) == (7, wire.OP_REPLY, 1)
    assert bson.decode(answer[wire.REPLY_PREFIX.size :])["ismaster"] is True


def test_two_messages_at_once(server: process.Server) -> None:
    answers = exchange(server, message(0, body({"ping": 1, "$db": "admin"})) * 2)
    one = len(answers) // 2
    assert wire.read(answers[:one]).command == wire.read(answers[one:]).command == {"ok": 1.0}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(message(0, body({"ping": 1}), operation=2012), id="unknown operation"),
        pytest.param(message(0, b"\x09\0\0\0\0"), id="unknown section"),
        pytest.param(message(0, b"\0\x05\0\0\0\x01"), id="broken document"),
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", id="another protocol"),
    ],
)
def test_nonsense_closes_the_connection(server: process.Server, data: bytes) -> None:
    ping = message(0, body({"ping": 1, "$db": "admin"}))
    assert exchange(server, data + ping) == b""
    assert exchange(server, ping) != b""


def test_unacknowledged_write(database: Database[dict[str, Any]]) -> None:
    database.a.with_options(write_concern=WriteConcern(w=0)).insert_one({"_id": 1})
    # On the same connection, so it is read later. An answer to the insert would come first.
    assert database.command("ping") == {"ok": 1.0}
    assert database.a.count_documents({}) == 1
