import argparse
import asyncio
import sys
from pathlib import Path

from tests.documentdb_server.engine.journal import JournalInUseError
from tests.documentdb_server.server import Options, Server

PROFILES = {"documentdb-5.0": True, "mongodb": False}  # whether there are refusals


def arguments() -> Options:
    parser = argparse.ArgumentParser(
        prog="python -m tests.documentdb_server",
        description="A stand-in for Amazon DocumentDB 5.0. It listens on 127.0.0.1.",
    )
    parser.add_argument(
        "--port",
        type=int,
        nargs="+",
        default=[27017],
        help="one for each member of the replica set; 0 takes any free one",
    )
    parser.add_argument("--data", type=Path, help="folder to keep the data in; none: memory only")
    parser.add_argument("--user", metavar="NAME:PASSWORD", help="made if there is none so far")
    parser.add_argument("--tls-certificate", type=Path, help="PEM file with its private key")
    parser.add_argument("--profile", choices=PROFILES, default="documentdb-5.0")
    parser.add_argument(
        "--until-stdin-closes",
        action="store_true",
        help="end with the process that holds the other end of standard input",
    )
    given = parser.parse_args()
    name, colon, password = (given.user or "").partition(":")
    if given.user and not (name and colon):
        parser.error("--user takes NAME:PASSWORD")
    return Options(
        ports=given.port,
        data=given.data,
        user=(name, password) if given.user else None,
        certificate=given.tls_certificate,
        refuses=PROFILES[given.profile],
        until_stdin_closes=given.until_stdin_closes,
    )


async def serve(options: Options) -> None:
    await Server(options).run()


if __name__ == "__main__":
    try:
        asyncio.run(serve(arguments()))
    except (JournalInUseError, OSError) as error:
        sys.exit(f"The stand-in for DocumentDB ends: {error}")
