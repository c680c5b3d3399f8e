"""Whom a verified token, or a browser's session, stands for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Principal:
    id: UUID
    handle: str
    is_staff: bool
    sid: UUID
    gen: int

    is_authenticated = True
    is_anonymous = False
    is_active = True

    @classmethod
    def from_claims(cls, claims: Mapping[str, Any]) -> "Principal":
        """Raises ValueError, KeyError, TypeError or AttributeError for claims of another form."""
        handle, staff, gen = claims["handle"], claims["staff"], claims["gen"]
        if not (isinstance(handle, str) and isinstance(staff, bool) and type(gen) is int):
            raise TypeError("handle, staff or gen is of the wrong type")
        return cls(UUID(claims["sub"]), handle, staff, UUID(claims["sid"]), gen)

    def claims(self) -> dict[str, Any]:
        return {
            "sub": str(self.id),
            "handle": self.handle,
            "staff": self.is_staff,
            "sid": str(self.sid),
            "gen": self.gen,
        }

    @property
    def pk(self) -> UUID:
        return self.id

    def get_username(self) -> str:
        return self.handle

    def __str__(self) -> str:
        return self.handle
