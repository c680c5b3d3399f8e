"""Which service is asked about."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Subject:
    cluster: str
    service: str
    is_own: bool = False  # of deployment.toml
    stack: str = ""  # that made it, where that is known

    @property
    def what(self) -> str:
        return f"the service {self.service}"
