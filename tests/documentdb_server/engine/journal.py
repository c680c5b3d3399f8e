"""What was written, in a file that survives the end of the process at any moment.

Each record is its length and its checksum, in four bytes each, and a BSON document. A record is
in the operating system's hands before the call returns, so a killed process loses nothing; the
machine's own end is another matter, since nothing is synced.
"""

import fcntl
import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import bson

from .bson_types import Document

HEADER = struct.Struct("<II")


class JournalInUseError(Exception):
    """Another process has the folder open."""


class Journal:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "journal.bson"
        self.lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self.lock)
            raise JournalInUseError(f"{folder} is in use by another server: end it first") from None
        self.descriptor = -1

    def records(self) -> Iterator[Document]:
        """What is whole in the file. A torn last record is what a killed process left behind."""
        content = self.path.read_bytes() if self.path.exists() else b""
        place = 0
        while place + HEADER.size <= len(content):
            length, checksum = HEADER.unpack_from(content, place)
            payload = content[place + HEADER.size : place + HEADER.size + length]
            if zlib.crc32(payload) != checksum:
                break
            yield bson.decode(payload)
            place += HEADER.size + length

    def start(self, records: Iterable[Document]) -> None:
        """Put these records in place of what the file holds, and append from here on."""
        fresh = self.path.with_suffix(".fresh")
        with fresh.open("wb") as file:
            file.writelines(framed(record) for record in records)
        fresh.replace(self.path)
        self.descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)

    def append(self, record: Document) -> None:
        data = framed(record)
        while data:
            data = data[os.write(self.descriptor, data) :]

    def close(self) -> None:
        os.close(self.descriptor)
        os.close(self.lock)


def framed(record: Document) -> bytes:
    payload = bson.encode(record)
    return HEADER.pack(len(payload), zlib.crc32(payload)) + payload
