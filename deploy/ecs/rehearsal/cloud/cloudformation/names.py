"""Names and ids that CloudFormation makes."""

import secrets
import string
import uuid

CHARACTERS = string.ascii_uppercase + string.digits
SHORT_NAMES = 32  # those of load balancers, of which little is left for the words
SMALL = ("AWS::RDS::", "AWS::DocDB::")  # which know small letters only


def random_suffix(length: int = 12) -> str:
    return "".join(secrets.choice(CHARACTERS) for _ in range(length))


def generated(stack: str, logical_id: str, type_name: str, longest: int) -> str:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resource-identifiers.html"""
    suffix = random_suffix()
    if longest <= SHORT_NAMES:
        words = f"{stack[:6]}-{logical_id[: longest - 20]}".replace("--", "-").strip("-")
    else:
        words = f"{stack}-{logical_id}"[: longest - len(suffix) - 1]
    name = f"{words}-{suffix}"
    return name.lower() if type_name.startswith(SMALL) else name


def stack_arn(region: str, account: str, name: str) -> str:
    return f"arn:aws:cloudformation:{region}:{account}:stack/{name}/{uuid.uuid4()}"


def change_set_arn(region: str, account: str, name: str) -> str:
    return f"arn:aws:cloudformation:{region}:{account}:changeSet/{name}/{uuid.uuid4()}"
