"""Protocols and ports, as security groups and network ACLs write them."""

from deploy.ecs.graph.truth import Truth

# https://www.iana.org/assignments/protocol-numbers
NAMED = {"-1": "all", "1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}


def protocol_named(written: str | None) -> str | None:
    if written is None:
        return None
    return NAMED.get(written.strip(), written.strip().lower())


def protocols_meet(written: str | None, protocol: str) -> Truth:
    return None if written is None else written in {"all", protocol}


def ports_cover(protocol: str | None, first: int | None, last: int | None, port: int) -> Truth:
    if protocol == "all":
        return True
    if (first is not None and port < first) or (last is not None and port > last):
        return False
    return None if first is None or last is None else True
