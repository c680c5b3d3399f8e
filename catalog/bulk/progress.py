import time

from django.core.management.base import OutputWrapper

WIDTH = 40
INTERVAL = 0.1  # seconds between two drawings


class ProgressBar:
    """How far a step is: a bar on a terminal, elsewhere one line when the step begins."""

    def __init__(self, stream: OutputWrapper) -> None:
        self.stream = stream
        self.step = ""
        self.drawn_at = 0.0

    def __call__(self, step: str, done: int, total: int) -> None:
        if self.stream.isatty():
            self.draw(step, done, total)
        elif step != self.step:
            self.stream.write(f"{step} {total:,} …", str)
        self.step = step

    def draw(self, step: str, done: int, total: int) -> None:
        now = time.monotonic()
        if done < total and step == self.step and now - self.drawn_at < INTERVAL:
            return
        self.drawn_at = now
        filled = WIDTH * done // total
        bar = "#" * filled + "." * (WIDTH - filled)
        self.stream.write(f"\r{step} [{bar}] {done:,} of {total:,}", str, "")
        if done == total:
            self.stream.write("\n", str, "")
        self.stream.flush()
