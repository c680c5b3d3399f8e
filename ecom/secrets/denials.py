"""Who was denied what, and where it must be allowed, from the sentence in which AWS says it."""

import re

from ecom.secrets.source import WRITE, Reason, Source

# https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
DENIED = re.compile(
    r"User: (?P<who>\S+) is not authorized to perform: (?P<action>[\w:*]+)"
    r"(?: on resource: (?P<what>\S+))?(?: (?P<why>(?:because|with) .+))?"
)
ON_INSTANCE = re.compile(r":assumed-role/(?P<role>[^/]+)/i-[0-9a-f]+$")
# The first that AWS names.
CURES = {
    "resource-based": "change the policy of the secret (aws secretsmanager get-resource-policy)",
    "VPC endpoint": "allow it in the policy of the VPC endpoint",
    "permissions boundary": "allow it in the permissions boundary of the role",
    "service control": "ask for it where the organization's service control policies are kept",
    "explicit deny": "take the Deny out of the policies of the role",
}


def access_denied(message: str, source: Source) -> Reason:
    denied = DENIED.search(message)
    if "Access to KMS" in message or (denied and denied["action"].startswith("kms:")):
        return key_denied(denied, source)
    if not denied:
        return (
            "access is denied",
            f"allow the role {source.action} on {target(source)}",
        )
    why = f" {denied['why'].strip()}" if denied["why"] else ""
    cause = f"{denied['who']} may not call {denied['action']}{why}"
    if instance := ON_INSTANCE.search(denied["who"]):
        return cause, (
            f"{instance['role']} is the role of the EC2 instance, so give the task definition a "
            "task role (taskRoleArn) that may"
        )
    for words, cure in CURES.items():
        if words in why:
            return cause, cure
    return cause, f"add it to the policy of that role, with {target(source)} as the resource"


def key_denied(denied: re.Match[str] | None, source: Source) -> Reason:
    who = denied["who"] if denied else "the role"
    key = denied["what"] if denied and denied["what"] else "the secret's KMS key"
    needed = "kms:GenerateDataKey" if source.action == WRITE else "kms:Decrypt"
    action = denied["action"] if denied and denied["action"].startswith("kms:") else needed
    return (
        f"{who} may not call {action} on {key}",
        "allow it in the policy of the role and in the policy of the key (aws secretsmanager "
        "describe-secret shows which key)",
    )


def target(source: Source) -> str:
    return (
        source.arn or f"arn:aws:secretsmanager:{source.region}:*:secret:{source.secret_id}-??????"
    )
