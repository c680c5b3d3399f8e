"""Questions to AWS, none of which may end the command."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.parsers import ResponseParserError

from deploy.ecs.aws import AWS, EXPIRED, FORBIDDEN, UNKNOWN
from deploy.ecs.evaluator import Place, Stack
from deploy.ecs.preflight.finding import Finding, Severity

NOT_TOLD = "T05"
PREFIXES = {"service-quotas": "servicequotas"}  # of actions, where it is not boto3's name
Answer = dict[str, Any]


class Asking:
    """An answer is None where AWS gives none, and empty where it says that there is none."""

    def __init__(self, aws: AWS) -> None:
        self.aws = aws
        self.refused: dict[str, str] = {}  # by action: what AWS said
        self._answers: dict[str, Answer | None] = {}

    def ask(
        self, service: str, operation: str, absent: Sequence[str] = (), **given: Any
    ) -> Answer | None:
        """Once; `absent` are the codes by which AWS says that there is none."""
        key = json.dumps([service, operation, given], sort_keys=True)
        if key not in self._answers:
            self._answers[key] = self.ask_anew(service, operation, absent, **given)
        return self._answers[key]

    def ask_anew(
        self, service: str, operation: str, absent: Sequence[str] = (), **given: Any
    ) -> Answer | None:
        """Nothing is kept of the answer. Raises ClientError if the credentials have expired."""
        try:
            return self._answer(service, operation, given)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in EXPIRED | UNKNOWN:
                raise
            if code in absent:
                return {}
            said = f"{code}: {error.response['Error'].get('Message', '')}"
            self.refused.setdefault(action(service, error.operation_name), said)
        except (BotoCoreError, HTTPClientError, ResponseParserError) as error:
            name = "".join(each.title() for each in operation.split("_"))
            self.refused.setdefault(action(service, name), str(error))
        return None

    def _answer(self, service: str, operation: str, given: Answer) -> Answer:
        client = self.aws.client(service)
        if client.can_paginate(operation):
            return dict(client.get_paginator(operation).paginate(**given).build_full_result())
        return dict(getattr(client, operation)(**given))


def action(service: str, operation: str) -> str:
    """As policies have it."""
    return f"{PREFIXES.get(service, service)}:{operation}"


def not_told(asking: Asking, stacks: Sequence[Stack]) -> Iterator[Finding]:
    places = [each.declared_at for stack in stacks for each in stack.resources.values()]
    file = places[0].file if places else Path()
    for name, said in asking.refused.items():
        is_forbidden = said.partition(":")[0] in FORBIDDEN
        doing = "may not ask" if is_forbidden else "got no answer from"
        yield Finding(
            id=NOT_TOLD,
            severity=Severity.NOTE,
            stack="",
            resource=name,
            property="",
            message=re.sub(r"\s+", " ", said),
            why=(f"These credentials {doing} {name}: what hangs on it is not checked.",),
            cure=f"Allow {name}, or take other credentials: --profile.",
            place=Place(file, 1, 1),
        )
