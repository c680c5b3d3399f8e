"""One part of AWS at a time: where one may not be asked, the others are."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from botocore.exceptions import BotoCoreError, ClientError

from deploy.ecs.aws import EXPIRED, UNKNOWN


@dataclass
class Asking:
    refused: list[str] = field(default_factory=list)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Raises ClientError only where nobody may ask for anything."""
        try:
            yield
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in EXPIRED | UNKNOWN:
                raise
            message = error.response["Error"].get("Message", "")
            self.note(f"{name}: {code}" + (f", {message}" if message else ""))
        except BotoCoreError as error:
            self.note(f"{name}: {error}")

    def note(self, text: str) -> None:
        if text not in self.refused:
            self.refused.append(text)
