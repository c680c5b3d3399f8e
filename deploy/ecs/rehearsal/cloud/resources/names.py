"""Names by which things are found: DNS, certificates for it, Cloud Map and Parameter Store."""

from typing import Any

from deploy.ecs.rehearsal.cloud.resources.calls import Aws
from deploy.ecs.rehearsal.cloud.resources.kind import Kind, Properties


class Certificate(Kind):
    def create(self, aws: Aws, properties: Properties) -> str:
        # Where a record is to be made for it says the template only.
        given = {key: properties[key] for key in properties if key != "DomainValidationOptions"}
        return super().create(aws, given)


class RecordSet(Kind):
    def create(self, aws: Aws, properties: Properties) -> str:
        # Moto takes what was deleted for existing.
        self.change(aws, "UPSERT", properties)
        return str(properties["Name"])

    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        self.change(aws, "UPSERT", properties)

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        self.change(aws, "DELETE", properties)

    def is_taken(self, aws: Aws, properties: Properties) -> bool:
        name, kind = properties["Name"].rstrip("."), properties["Type"]
        found = aws.call("route53", "list_resource_record_sets", properties)["ResourceRecordSets"]
        return any((each["Name"].rstrip("."), each["Type"]) == (name, kind) for each in found)

    def change(self, aws: Aws, action: str, properties: Properties) -> None:
        zone = properties["HostedZoneId"]
        record = {key: value for key, value in properties.items() if key != "HostedZoneId"}
        if "ResourceRecords" in record:
            record["ResourceRecords"] = [{"Value": each} for each in record["ResourceRecords"]]
        if "AliasTarget" in record:
            record["AliasTarget"] = {"EvaluateTargetHealth": False, **record["AliasTarget"]}
        batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
        aws.call("route53", self.create_with, HostedZoneId=zone, ChangeBatch=batch)


class Namespace(Kind):
    def create(self, aws: Aws, properties: Properties) -> str:
        operation = super().create(aws, properties)
        done = aws.call("servicediscovery", "get_operation", OperationId=operation)
        return str(done["Operation"]["Targets"]["NAMESPACE"])

    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        """Nothing but its tags and its description changes."""


class Discovery(Kind):
    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        records = properties["DnsConfig"]["DnsRecords"]
        changed = {"DnsConfig": {"DnsRecords": records}}
        aws.call("servicediscovery", self.update_with, Id=physical_id, Service=changed)


class Parameter(Kind):
    def create(self, aws: Aws, properties: Properties) -> str:
        aws.call("ssm", self.create_with, properties)
        return str(properties["Name"])

    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        given = {key: properties[key] for key in properties if key != "Tags"}
        aws.call("ssm", self.create_with, given, Name=physical_id, Overwrite=True)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> dict[str, Any]:
        return {"Type": properties["Type"], "Value": properties["Value"]}


KINDS: dict[str, Kind] = {
    "AWS::CertificateManager::Certificate": Certificate(
        service="acm",
        create_with="request_certificate",
        id_at="CertificateArn",
        delete_with="delete_certificate",
        key="CertificateArn",
    ),
    "AWS::Route53::RecordSet": RecordSet(
        service="route53",
        create_with="change_resource_record_sets",
        id_at="",
        key="",
        name="Name",
    ),
    "AWS::ServiceDiscovery::PrivateDnsNamespace": Namespace(
        service="servicediscovery",
        create_with="create_private_dns_namespace",
        id_at="OperationId",
        delete_with="delete_namespace",
        key="Id",
        describe_with="get_namespace",
        described_at="Namespace",
        attributes={
            "Id": "Id",
            "Arn": "Arn",
            "HostedZoneId": "Properties.DnsProperties.HostedZoneId",
        },
    ),
    "AWS::ServiceDiscovery::Service": Discovery(
        service="servicediscovery",
        create_with="create_service",
        id_at="Service.Id",
        delete_with="delete_service",
        key="Id",
        update_with="update_service",
        describe_with="get_service",
        described_at="Service",
        attributes={"Id": "Id", "Arn": "Arn", "Name": "Name"},
    ),
    "AWS::SSM::Parameter": Parameter(
        service="ssm",
        create_with="put_parameter",
        id_at="",
        delete_with="delete_parameter",
        key="Name",
        name="Name",
        longest=255,
    ),
}
