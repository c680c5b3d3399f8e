"""Time as AWS has it, which in a rehearsal goes faster."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True)
class Clock:
    """`rate` seconds go by in each real one."""

    rate: float = 1
    began: float = field(default_factory=time.monotonic)
    began_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @classmethod
    def of(cls, text: str) -> "Clock":
        """That of another process on this machine, which says `str(clock)`. Raises ValueError."""
        rate, began, began_at = text.split(",")
        return cls(float(rate), float(began), datetime.fromisoformat(began_at))

    def __str__(self) -> str:
        return f"{self.rate},{self.began},{self.began_at.isoformat()}"

    def now(self) -> datetime:
        return self.began_at + timedelta(seconds=(time.monotonic() - self.began) * self.rate)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / self.rate)
