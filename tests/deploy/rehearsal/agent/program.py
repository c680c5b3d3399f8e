"""Stands for the image: serves what the environment says, or does what the command says.

serve            answers with 200 and its name; /health with STATUS; /fetch/NAME with what it gets
                 at the URL of that variable; /secret/NAME with that secret; /variable/NAME
exit CODE        says so and ends
stubborn         serves, and takes no SIGTERM
environment      writes its environment into its log and ends
greedy           takes 80 MiB and waits
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import urlopen


def fetched(name: str) -> str:
    url = os.environ[name]
    try:
        if url.startswith("postgresql:"):
            import psycopg

            with psycopg.connect(
                url,
                user="master",
                password=os.environ["PASSWORD"],
                connect_timeout=int(os.environ.get("PATIENCE", "20")),
            ) as connection:
                found = connection.execute("SELECT current_user, current_database()").fetchone()
                return str(found)
        with urlopen(url, timeout=1.5) as answer:
            return str(answer.read().decode())
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def secret(name: str) -> str:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    config = Config(connect_timeout=1, retries={"total_max_attempts": 1})
    try:
        client = boto3.client("secretsmanager", config=config)
        return str(client.get_secret_value(SecretId=name)["SecretString"])
    except (BotoCoreError, ClientError) as error:
        return f"{type(error).__name__}: {error}"


def variable(name: str) -> str:
    return os.environ.get(name, "absent")


ASKED: dict[str, Callable[[str], str]] = {
    "/fetch/": fetched,
    "/secret/": secret,
    "/variable/": variable,
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path.startswith("/slow"):
            time.sleep(0.3)
        status = int(os.environ.get("STATUS", "200")) if self.path == "/health" else 200
        for prefix, asked in ASKED.items():
            if self.path.startswith(prefix):
                self.reply(200, asked(self.path.removeprefix(prefix)))
                return
        name = os.environ.get("NAME", "")
        headers = "".join(f"{key}: {value}\n" for key, value in self.headers.items())
        self.reply(status, f"{name}\n{headers}")

    def reply(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        print(self.path, flush=True)  # noqa: T201


class Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    request_queue_size = 128


def serve(stops: bool = True) -> None:
    server = Server(("127.0.0.1", int(os.environ["PORT"])), Handler)

    def stop(number: int, frame: object) -> None:
        if stops:
            threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    print("serving", flush=True)  # noqa: T201
    server.serve_forever()
    server.server_close()


def main() -> None:
    match sys.argv[1:]:
        case ["exit", code]:
            print(f"ends with {code}", flush=True)  # noqa: T201
            sys.exit(int(code))
        case ["environment"]:
            for name, value in sorted(os.environ.items()):
                print(f"{name}={value}", flush=True)  # noqa: T201
        case ["greedy"]:
            taken = bytearray(os.urandom(1024)) * (80 * 1024)
            time.sleep(60)
            print(len(taken))  # noqa: T201
        case ["stubborn"]:
            serve(stops=False)
        case _:
            serve()


if __name__ == "__main__":
    main()
