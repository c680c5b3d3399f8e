"""Why a secret cannot be read, where AWS was not reached or not asked."""

import errno
import ipaddress
import os
import socket
from collections.abc import Callable

from botocore import exceptions

from ecom.secrets.bounded import ANSWER_WITHIN, CONNECT_WITHIN, TRIES, bounded
from ecom.secrets.source import OWN_ENDPOINT, Reason, flat

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

SERVICE = "secretsmanager"


def unanswered(error: Exception, host: str) -> Reason:
    for kinds, reason in BY_TYPE.items():
        if isinstance(error, kinds):
            return reason(error, host)
    # Not its text: it may quote the address of a proxy, with a password.
    return f"boto3 failed with {type(error).__name__}", OWN_ENDPOINT


def no_credentials(error: Exception, host: str) -> Reason:
    return "this process has no AWS credentials", credentials_cure()


def no_profile(error: Exception, host: str) -> Reason:
    return flat(str(error)), "set AWS_PROFILE to one that aws configure list-profiles shows"


def signed_out(error: Exception, host: str) -> Reason:
    return "the AWS sign-in has expired", sign_in_again()


def credentials_unfetched(error: Exception, host: str) -> Reason:
    return f"the AWS credentials cannot be fetched ({flat(str(error))})", credentials_cure()


def no_connection(error: Exception, host: str) -> Reason:
    found = ", ".join(map(str, addresses(host)))
    cause = f"{host}{f' ({found})' if found else ''} did not accept a connection"
    return f"{cause} within {CONNECT_WITHIN} s, {TRIES} times", way_to(host)


def no_answer(error: Exception, host: str) -> Reason:
    return (
        f"{host} took the connection and did not answer within {ANSWER_WITHIN} s, {TRIES} times",
        "start again, and if that stays look for a proxy or firewall on the way",
    )


def no_proxy(error: Exception, host: str) -> Reason:
    return (
        "the proxy in HTTPS_PROXY cannot be reached",
        f"mend the variable, or put {host} into NO_PROXY",
    )


def untrusted(error: Exception, host: str) -> Reason:
    return (
        f"the certificate of {host} is not trusted",
        "where a proxy opens TLS, put its authority's certificate into AWS_CA_BUNDLE",
    )


def not_connected(error: Exception, host: str) -> Reason:
    cause = getattr(error, "kwargs", {}).get("error", error).__cause__
    if isinstance(cause, socket.gaierror):
        return (
            f"the name {host} does not resolve",
            f"check the region, switch on DNS support in the VPC, or make a VPC endpoint for "
            f"{SERVICE} with private DNS",
        )
    if isinstance(cause, OSError) and cause.errno == errno.ECONNREFUSED:
        return (
            f"{host} refuses the connection",
            f"{OWN_ENDPOINT}, since Secrets Manager itself answers on port 443",
        )
    return f"{host} cannot be connected to", way_to(host)


BY_TYPE: dict[tuple[type[Exception], ...], Callable[[Exception, str], Reason]] = {
    (exceptions.NoCredentialsError, exceptions.PartialCredentialsError): no_credentials,
    (exceptions.ProfileNotFound,): no_profile,
    (exceptions.SSOError, exceptions.TokenRetrievalError, exceptions.LoginError): signed_out,
    (
        exceptions.CredentialRetrievalError,
        exceptions.MetadataRetrievalError,
    ): credentials_unfetched,
    (exceptions.ConnectTimeoutError,): no_connection,
    (exceptions.ReadTimeoutError,): no_answer,
    (exceptions.ProxyConnectionError,): no_proxy,
    (exceptions.SSLError,): untrusted,
    (exceptions.EndpointConnectionError,): not_connected,
}


def way_to(host: str) -> str:
    """Private addresses are those of a VPC endpoint, public ones need a way out of the subnet."""
    found = addresses(host)
    if found and all(address.is_global for address in found):
        return (
            "the subnet has no way out, so give it a NAT gateway or its tasks public addresses, "
            f"or make a VPC endpoint for {SERVICE} with private DNS on"
        )
    if found and not any(address.is_global or address.is_loopback for address in found):
        return (
            "that is a VPC endpoint, so let its security group accept port 443 from the security "
            "group of the task, and that one send to it"
        )
    return (
        f"make a way, which is a VPC endpoint for {SERVICE} with private DNS on, whose security "
        "group accepts port 443 from the task, or a NAT gateway, or a public address"
    )


def addresses(host: str) -> list[Address]:
    name = host.partition(":")[0]
    try:
        found = bounded(lambda: socket.getaddrinfo(name, 443, type=socket.SOCK_STREAM), 1)
    except OSError:  # which a TimeoutError is too
        return []
    return [ipaddress.ip_address(address[0]) for *_, address in found]


def credentials_cure() -> str:
    if "ECS_CONTAINER_METADATA_URI_V4" in os.environ:
        return "give the task definition a task role (taskRoleArn) that may read the secret"
    return (
        "give the task definition a task role (taskRoleArn), or on a laptop run aws sso login and "
        "set AWS_PROFILE"
    )


def sign_in_again() -> str:
    return (
        "run aws sso login on a laptop; in a task remove AWS_ACCESS_KEY_ID and AWS_SESSION_TOKEN, "
        "so that the task role is used"
    )
