"""ssh's ProxyCommand: python -m deploy.ecs.tunnel.session INSTANCE REGION

Becomes AWS's plugin for Session Manager, started as the AWS CLI does (awscli/customizations/
sessionmanager.py): the plugin's arguments are the name of the variable with the answer to
StartSession, region, operation, profile, the call's parameters and its endpoint.
"""

import json
import os
import sys
from typing import NoReturn

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from deploy.ecs.tunnel.programs import PLUGIN

VARIABLE = "AWS_SSM_START_SESSION_RESPONSE"  # since version 1.2.497 of the plugin
REFUSED = "Session Manager refuses"  # how failures.py finds it between the lines of ssh


def parameters(instance: str) -> dict[str, object]:
    return {
        "Target": instance,
        "DocumentName": "AWS-StartSSHSession",
        "Parameters": {"portNumber": ["22"]},
    }


def start(instance: str, region: str) -> NoReturn:
    session = boto3.Session(region_name=region)
    ssm = session.client("ssm")
    answer = ssm.start_session(**parameters(instance))
    response = {name: answer[name] for name in ("SessionId", "TokenValue", "StreamUrl")}
    arguments = [
        PLUGIN,
        VARIABLE,
        region,
        "StartSession",
        "" if session.profile_name == "default" else session.profile_name,
        json.dumps(parameters(instance)),
        ssm.meta.endpoint_url,
    ]
    # In the environment, since everybody on the machine can read arguments.
    os.execvpe(PLUGIN, arguments, os.environ | {VARIABLE: json.dumps(response)})  # noqa: S606


def main() -> NoReturn:
    try:
        start(*sys.argv[1:])
    except ClientError as error:
        refusal = error.response["Error"]
        sys.exit(f"{REFUSED}: {refusal['Code']}: {refusal['Message']}")
    except BotoCoreError as error:
        sys.exit(f"{REFUSED}: {type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
