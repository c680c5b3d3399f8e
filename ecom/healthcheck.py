"""Whether the service in this container lives: python -m ecom.healthcheck

It asks /health, which needs no database: another container would not find the database either.
"""

import os
import sys
from http.client import HTTPConnection, HTTPException

TIMEOUT = 4  # seconds


def main() -> None:
    port = os.environ.get("PORT", "8000")
    try:
        connection = HTTPConnection("127.0.0.1", int(port), timeout=TIMEOUT)
        connection.request("GET", "/health")
        status = connection.getresponse().status
    except (OSError, ValueError, HTTPException) as error:
        sys.exit(f"/health does not answer at port {port}: {error}")
    if status != 200:
        sys.exit(f"/health answers {status} at port {port}.")


if __name__ == "__main__":
    main()
