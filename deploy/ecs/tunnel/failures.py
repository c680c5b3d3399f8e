"""Why there is no tunnel, by what ssh and its ProxyCommand wrote."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from deploy.ecs.errors import DeploymentError
from deploy.ecs.tunnel.bastion import Bastion
from deploy.ecs.tunnel.database import Database
from deploy.ecs.tunnel.session import REFUSED

DETAILS = 5  # lines


@dataclass(frozen=True)
class Failure:
    says: str  # a regular expression
    cause: str
    cure: str
    fault: str = ""
    passes: bool = False  # so that another attempt is worth it


CLOSED = Failure(
    "connect failed: (Connection timed out|No route to host|Network is unreachable)",
    "The bastion {instance} cannot reach {host}:{port}: its packets are dropped.",
    "Let the database's security group accept port {port} from the bastion's, and the bastion's "
    "send to it; both rules are in the stack {stack}, whose drift aws cloudformation "
    "detect-stack-drift --stack-name {stack} finds.",
    "D01",
)
TAKEN = Failure(
    r"bind \[127.0.0.1\]:\d+: Address already in use|cannot listen to port",
    "Port {local} of this machine is taken.",
    "End the program that has it (ss -ltnp 'sport = :{local}' shows which), or give another port.",
)
ENDED = Failure(
    "",
    "ssh to the bastion {instance} ended.",
    "Try again; what it said is below.",
    passes=True,
)
# The first that matches: what Session Manager says comes before what ssh makes of it.
FAILURES = (
    Failure(
        f"{REFUSED}: TargetNotConnected",
        "The bastion {instance} is not connected to Session Manager.",
        "It takes a minute after a start. If it stays, its agent has no way to AWS: a public "
        "address in a public subnet, a NAT gateway, or the endpoints ssm, ssmmessages and "
        "ec2messages with private DNS, whose security group accepts port 443 from it.",
        "D13",
        passes=True,
    ),
    Failure(
        f"{REFUSED}: AccessDenied",
        "You may not start a session with the bastion {instance}.",
        "Have ssm:StartSession allowed to whom you are signed in as (aws sts "
        "get-caller-identity), on the instance and on the document AWS-StartSSHSession.",
    ),
    Failure(
        f"{REFUSED}: .*",
        "Session Manager starts no session with the bastion {instance}.",
        "Mend what it says below, and try again.",
    ),
    Failure(
        "REMOTE HOST IDENTIFICATION|Host key verification failed",
        "What answers is not the bastion that published its key in {host_key_parameter}: somebody "
        "may be in between, or the instance was replaced and has not published its own yet.",
        "Nothing was sent to it. Try again in two minutes; if it stays, send nothing, and compare "
        "the parameter's history (aws ssm get-parameter-history --name {host_key_parameter}) with "
        "the instance's start; rebooting {instance} makes it publish its key anew.",
    ),
    Failure(
        r"Permission denied \(publickey",
        "The bastion {instance} refuses the key that Instance Connect lent it: it is valid for 60 "
        "seconds, and sshd asks the instance's metadata for it.",
        "Try again. If it stays, look whether the package ec2-instance-connect is on the image.",
        passes=True,
    ),
    TAKEN,
    Failure(
        r"bind \[127.0.0.1\]:\d+: Permission denied",
        "Port {local} of this machine is only for its administrator.",
        "Give a port from 1024 on.",
    ),
    Failure(
        "administratively prohibited",
        "The bastion {instance} does not forward to {host}:{port}.",
        "It forwards to the databases of its stack's parameters by their names: update the stack "
        "{stack} with up, since a database was replaced.",
    ),
    CLOSED,
    Failure(
        "connect failed: Connection refused",
        "Nothing listens at {host}:{port}.",
        "Start the database, or look whether its cluster has an instance and which port it has.",
        "D07",
    ),
    Failure(
        "connect failed: (Name or service not known|Temporary failure|No address|Name does not)",
        "The bastion {instance} finds no address for {host}.",
        "Look whether that database still exists, and whether the VPC has DNS support and DNS "
        "host names on.",
    ),
    Failure(
        r"Timeout, server .* not responding|Connection timed out during banner exchange",
        "The bastion {instance} no longer answers.",
        "Look at your own connection and at the instance's status checks, and try again.",
        passes=True,
    ),
    ENDED,
)
SILENT = Failure(
    "",
    "The bastion {instance} is reached, and {host}:{port} does not answer it within {patience:g} "
    "s: packets to the database are dropped.",
    CLOSED.cure,
    "D01",
)
BROKEN = Failure(
    "",
    "The tunnel to {host} broke: the bastion {instance} or the connection to it went away.",
    "Start it again; it was up and needs no other cure unless that happens repeatedly.",
)
HUNG_UP = Failure(
    "",
    "{host}:{port} closes the connection before it says anything.",
    "Look whether that is the database's port, and at its events: it may be starting or full.",
    passes=True,
)


def failure_of(lines: Iterable[str], otherwise: Failure = ENDED) -> Failure:
    text = "\n".join(lines)
    found = (each for each in FAILURES if each.says and re.search(each.says, text))
    return next(found, otherwise)


@dataclass(frozen=True)
class Way:
    """Whom the sentences are about."""

    bastion: Bastion
    database: Database
    local: int
    patience: float

    def error(self, failure: Failure, lines: Iterable[str] = ()) -> DeploymentError:
        names = {
            **vars(self.bastion),
            "host": self.database.host,
            "port": self.database.port,
            "local": self.local,
            "patience": self.patience,
        }
        cause, cure = failure.cause.format(**names), failure.cure.format(**names)
        return DeploymentError(cause, cure, list(lines)[-DETAILS:], failure.fault)
