"""How accounts and catalog know each other: two small interfaces.

Which implementation answers is a setting: in one process a direct call, between services HTTP.
"""

from collections.abc import Iterator
from functools import cache
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from ecom.peers.interfaces import AccountsPeer, CatalogPeer, PeerUnavailable

__all__ = [
    "AccountsPeer",
    "CatalogPeer",
    "PeerUnavailable",
    "accounts_peer",
    "catalog_peer",
    "peer_paths",
]


@cache
def accounts_peer() -> AccountsPeer:
    return cast(AccountsPeer, import_string(settings.ACCOUNTS_PEER)())


@cache
def catalog_peer() -> CatalogPeer:
    return cast(CatalogPeer, import_string(settings.CATALOG_PEER)())


def peer_paths() -> Iterator[str]:
    """Of the peers of this process: the settings that end with _PEER."""
    return (getattr(settings, name) for name in sorted({*dir(settings)}) if name.endswith("_PEER"))
