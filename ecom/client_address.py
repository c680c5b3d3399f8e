"""The client's address, as far as the proxies in front can be trusted."""

from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponse


def client_address(remote_addr: str, forwarded_for: str, trusted_proxies: int) -> str:
    """The entry that the outermost trusted proxy appended to X-Forwarded-For.

    Each proxy appends the address it was called from, so what a client forges stands further
    left. A header shorter than the chain, or holding no address there, leaves `remote_addr`.
    """
    addresses = [part.strip() for part in forwarded_for.split(",") if part.strip()]
    if not 0 < trusted_proxies <= len(addresses):
        return remote_addr
    try:
        return str(ip_address(addresses[-trusted_proxies]))
    except ValueError:
        return remote_addr


def network_of(address: str) -> str:
    """What is counted as one client: of IPv6 the /64 that one customer has to choose from."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or ip_network((int(parsed), 64), strict=False)[0])
    return address


class ClientAddressMiddleware:
    """Writes it to REMOTE_ADDR, where throttles, lockout and logs read it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meta = request.META
        meta["REMOTE_ADDR"] = client_address(
            meta.get("REMOTE_ADDR", ""),
            meta.get("HTTP_X_FORWARDED_FOR", ""),
            settings.TRUSTED_PROXIES,
        )
        return self.get_response(request)
