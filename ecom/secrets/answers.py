"""Why a secret cannot be read, from what AWS answered."""

import re
from collections.abc import Callable

from botocore.exceptions import ClientError

from ecom.secrets.denials import access_denied
from ecom.secrets.source import OWN_ENDPOINT, WRITE, Reason, Source, flat
from ecom.secrets.unanswered import sign_in_again


def answered(error: ClientError, source: Source) -> Reason:
    code = error.response["Error"].get("Code", "")
    message = flat(error.response["Error"].get("Message", ""))
    for codes, reason in BY_CODE.items():
        if code in codes:
            return reason(message, source)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if status >= 500 or code in SERVERS_FAULT:
        return f"AWS failed with {code}", "start again in a minute"
    if code.isdigit():  # the status of an answer that is not in AWS's language
        return f"what answered is not Secrets Manager (HTTP status {code})", OWN_ENDPOINT
    return f"AWS answered {code} ({message})", "look it up among the errors of Secrets Manager"


def not_found(message: str, source: Source) -> Reason:
    if "staging label" in message:
        return "it has no current value", "store one with aws secretsmanager put-secret-value"
    if source.arn and not re.search(r"-[A-Za-z0-9]{6}$", source.arn):
        cure = "the ARN lacks the six characters that AWS adds to the name, so give the full one"
    elif source.arn:
        cure = "check the ARN: a secret that was made anew has other characters at its end"
    else:
        cure = "check the name, the region, and whether the credentials are of the right account"
    return "there is none of that name", f"{cure} (aws secretsmanager list-secrets shows them)"


def invalid_request(message: str, source: Source) -> Reason:
    if "delet" in message:
        return (
            "it is marked for deletion",
            f"aws secretsmanager restore-secret --secret-id '{source.secret_id}' "
            f"--region {source.region} brings it back",
        )
    return f"AWS refused the request ({message})", "look at the secret with describe-secret"


def key_failed(message: str, source: Source) -> Reason:
    return (
        f"its KMS key cannot {'encrypt' if source.action == WRITE else 'decrypt'} it",
        "see with aws secretsmanager describe-secret which key that is, enable it, or cancel its "
        "deletion",
    )


def already_changed(message: str, source: Source) -> Reason:
    return (
        "somebody else has changed it just now, or it was set back to an older version",
        "start again, and if that stays store what it holds once more with put-secret-value",
    )


def expired(message: str, source: Source) -> Reason:
    return "the AWS credentials have expired", sign_in_again()


def unknown_credentials(message: str, source: Source) -> Reason:
    return (
        "AWS does not know the credentials (AWS_ACCESS_KEY_ID and those with it)",
        "remove these variables where the task has a role; elsewhere make a new key or run "
        "aws sso login",
    )


def wrong_signature(message: str, source: Source) -> Reason:
    return (
        "AWS does not accept the signature of the call",
        "set the clock of this machine, or give the AWS_SECRET_ACCESS_KEY of its AWS_ACCESS_KEY_ID",
    )


def throttled(message: str, source: Source) -> Reason:
    return (
        "AWS throttles the account's calls",
        "start again in a minute, and look in CloudTrail for what calls Secrets Manager so often",
    )


SERVERS_FAULT = ("InternalServiceError", "InternalFailure", "ServiceUnavailable")
# https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html
BY_CODE: dict[tuple[str, ...], Callable[[str, Source], Reason]] = {
    ("AccessDeniedException", "AccessDenied"): access_denied,
    ("ResourceNotFoundException",): not_found,
    ("InvalidRequestException",): invalid_request,
    ("DecryptionFailure", "EncryptionFailure"): key_failed,
    ("ResourceExistsException",): already_changed,
    ("ExpiredTokenException", "ExpiredToken", "RequestExpired"): expired,
    ("UnrecognizedClientException", "InvalidClientTokenId"): unknown_credentials,
    ("InvalidSignatureException", "SignatureDoesNotMatch"): wrong_signature,
    ("ThrottlingException", "Throttling", "TooManyRequestsException"): throttled,
}
