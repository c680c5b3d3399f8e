"""Blocks of addresses."""

import ipaddress

from deploy.ecs.graph.truth import Truth

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
ANY_PUBLIC = "198.51.100.1"  # an address for examples (RFC 5737), which no private network has


def network(written: str | None) -> Network | None:
    try:
        return ipaddress.ip_network((written or "").strip(), strict=False)
    except ValueError:
        return None


def covers(block: str | None, address: str | None) -> Truth:
    """Whether all of `address`, which may be a block too, is in `block`."""
    found = network(block)
    wanted = network(address)
    if found is None:
        return None
    if found.is_loopback:  # written where a group is to have no rule that admits anything
        return False
    if found.prefixlen == 0 and address is None:
        return True
    if wanted is None:
        return None
    return _holds(found, wanted)


def _holds(block: Network, other: Network) -> Truth:
    """None where it holds a part of the other."""
    if block.version != other.version:
        return False
    if other.subnet_of(block):  # type: ignore[arg-type]
        return True
    return None if block.subnet_of(other) else False  # type: ignore[arg-type]
