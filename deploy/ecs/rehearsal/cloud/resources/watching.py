"""Logs, alarms, who is told of them, and secrets."""

import json
import secrets
import string
from typing import Any

from deploy.ecs.rehearsal.cloud.resources.calls import Aws
from deploy.ecs.rehearsal.cloud.resources.kind import Kind, Properties


class LogGroup(Kind):
    def create(self, aws: Aws, properties: Properties) -> str:
        name = str(properties["LogGroupName"])
        aws.call("logs", self.create_with, properties)
        self.set_retention(aws, name, properties)
        return name

    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        self.set_retention(aws, physical_id, properties)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> dict[str, Any]:
        return {"Arn": f"arn:aws:logs:{aws.region}:{aws.account}:log-group:{physical_id}:*"}

    def set_retention(self, aws: Aws, name: str, properties: Properties) -> None:
        if "RetentionInDays" in properties:
            aws.call("logs", "put_retention_policy", properties, logGroupName=name)
        else:
            aws.call("logs", "delete_retention_policy", logGroupName=name)


class Alarm(Kind):
    def create(self, aws: Aws, properties: Properties) -> str:
        aws.call("cloudwatch", self.create_with, properties)
        return str(properties["AlarmName"])

    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        given = {key: properties[key] for key in properties if key != "Tags"}
        aws.call("cloudwatch", self.create_with, given)


class Topic(Kind):
    def create(self, aws: Aws, properties: Properties) -> str:
        arn = super().create(aws, {**properties, "Name": properties["TopicName"]})
        self.subscribe(aws, arn, properties.get("Subscription", []))
        return arn

    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        old, new = (each.get("Subscription", []) for each in (before, properties))
        self.unsubscribe(aws, physical_id, [each for each in old if each not in new])
        self.subscribe(aws, physical_id, [each for each in new if each not in old])

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        self.unsubscribe(aws, physical_id, properties.get("Subscription", []))
        super().delete(aws, physical_id, properties)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> dict[str, Any]:
        return {"TopicArn": physical_id, "TopicName": physical_id.rpartition(":")[2]}

    def subscribe(self, aws: Aws, topic: str, wanted: list[Properties]) -> None:
        for each in wanted:
            aws.call("sns", "subscribe", each, TopicArn=topic)

    def unsubscribe(self, aws: Aws, topic: str, unwanted: list[Properties]) -> None:
        endpoints = {each["Endpoint"] for each in unwanted}
        found = aws.call("sns", "list_subscriptions_by_topic", TopicArn=topic)["Subscriptions"]
        for each in found:
            if each["Endpoint"] in endpoints:
                aws.call("sns", "unsubscribe", SubscriptionArn=each["SubscriptionArn"])


class Subscription(Kind):
    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        """What these templates give of it makes another when it changes."""


class Secret(Kind):
    def create(self, aws: Aws, properties: Properties) -> str:
        given = dict(properties)
        if wanted := given.get("GenerateSecretString"):
            given["SecretString"] = generated(wanted)
        return super().create(aws, given)

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        named = {self.key: physical_id, "ForceDeleteWithoutRecovery": True}
        aws.call(self.service, self.delete_with, named)


def generated(wanted: Properties) -> str:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-secretsmanager-secret-generatesecretstring.html"""
    excluded = set(wanted.get("ExcludeCharacters", ""))
    characters = string.ascii_letters + string.digits
    if str(wanted.get("ExcludePunctuation", False)).lower() != "true":
        characters += string.punctuation
    allowed = [each for each in characters if each not in excluded]
    password = "".join(
        secrets.choice(allowed) for _ in range(int(wanted.get("PasswordLength", 32)))
    )
    if "GenerateStringKey" not in wanted:
        return password
    whole = json.loads(wanted.get("SecretStringTemplate", "{}"))
    return json.dumps(whole | {wanted["GenerateStringKey"]: password})


KINDS: dict[str, Kind] = {
    "AWS::Logs::LogGroup": LogGroup(
        service="logs",
        create_with="create_log_group",
        id_at="",
        delete_with="delete_log_group",
        key="logGroupName",
        name="LogGroupName",
        longest=512,
    ),
    "AWS::CloudWatch::Alarm": Alarm(
        service="cloudwatch",
        create_with="put_metric_alarm",
        id_at="",
        delete_with="delete_alarms",
        key="AlarmNames",
        describe_with="describe_alarms",
        described_at="MetricAlarms[0]",
        attributes={"Arn": "AlarmArn"},
        name="AlarmName",
        longest=255,
    ),
    "AWS::SNS::Topic": Topic(
        service="sns",
        create_with="create_topic",
        id_at="TopicArn",
        delete_with="delete_topic",
        key="TopicArn",
        name="TopicName",
        longest=256,
    ),
    "AWS::SNS::Subscription": Subscription(
        service="sns",
        create_with="subscribe",
        id_at="SubscriptionArn",
        delete_with="unsubscribe",
        key="SubscriptionArn",
    ),
    "AWS::SecretsManager::Secret": Secret(
        service="secretsmanager",
        create_with="create_secret",
        id_at="ARN",
        delete_with="delete_secret",
        key="SecretId",
        update_with="update_secret",
        describe_with="describe_secret",
        attributes={"Id": "ARN"},
        name="Name",
        longest=512,
    ),
}
