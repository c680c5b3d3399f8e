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

    @property
    def one_off(self) -> dict[str, str]:
        """What prepares it before it is updated, by the family of its tasks; of the own deployment
        alone."""
        kinds = {"bootstrap": "bootstrap", "migrate": "migration"} if self.is_own else {}
        return {
            f"{self.cluster}-{self.service}-{family}": f"the {kind} of {self.service}"
            for family, kind in kinds.items()
        }
