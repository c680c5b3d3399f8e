"""What cannot be the other service's address, refused at start instead of failing at each call."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

EXAMPLE = "Give the other service's private URL, such as http://accounts.shop.internal:8080."


def check_address(setting: str, url: str) -> None:
    """Raises ImproperlyConfigured. `setting` is the variable that `url` was read from."""
    if not url:
        raise ImproperlyConfigured(f"{setting} is not set. {EXAMPLE}")
    host = host_of(url)
    if not host:
        raise ImproperlyConfigured(f"{setting} is {url!r}, which is no URL. {EXAMPLE}")
    if settings.DEVELOPMENT:
        return
    if is_own_machine(host):
        raise ImproperlyConfigured(
            f"{setting} is {url!r}: in production each service has a container of its own, and "
            f"there {host} is that container itself. {EXAMPLE}"
        )
    if host.endswith((".svc", ".cluster.local")):
        raise ImproperlyConfigured(
            f"{setting} is {url!r}: only Kubernetes knows names like {host}, and outside of it "
            f"they lead nowhere. {EXAMPLE}"
        )


def host_of(url: str) -> str:
    """Empty where it is no address that could be called."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and parts.port != 0
    except ValueError:
        return ""
    return (parts.hostname or "").rstrip(".") if usable else ""


def is_own_machine(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
