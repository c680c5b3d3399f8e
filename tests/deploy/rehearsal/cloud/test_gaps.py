"""What moto lacks is behind the APIs all the same."""

import json
import re

import pytest
from botocore.exceptions import ClientError

from deploy.ecs.rehearsal.cloud import Cloud
from tests.deploy.rehearsal.cloud import stacks

NETWORK = """\
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.3.0.0/16}}
  First:
    Type: AWS::EC2::Subnet
    Properties:
      {VpcId: !Ref Vpc, CidrBlock: 10.3.0.0/24, AvailabilityZone: !Select [0, !GetAZs ""]}
  Second:
    Type: AWS::EC2::Subnet
    Properties:
      {VpcId: !Ref Vpc, CidrBlock: 10.3.1.0/24, AvailabilityZone: !Select [1, !GetAZs ""]}
"""
DATABASE = """\
  Postgres:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Snapshot
    Properties:
      DBInstanceIdentifier: shop
      Engine: postgres
      DBInstanceClass: db.t4g.micro
      AllocatedStorage: "20"
      MasterUsername: owner
      ManageMasterUserPassword: true
      DeletionProtection: PROTECTED
  Documents:
    Type: AWS::DocDB::DBCluster
    Properties: {DBClusterIdentifier: shop, MasterUsername: boss, ManageMasterUserPassword: true}
  Document:
    Type: AWS::DocDB::DBInstance
    Properties: {DBClusterIdentifier: !Ref Documents, DBInstanceClass: db.t4g.medium}
"""


def secret(cloud: Cloud, arn: str) -> dict[str, str]:
    found = cloud.client("secretsmanager").get_secret_value(SecretId=arn)
    return dict(json.loads(found["SecretString"]))


def seconds(cloud: Cloud, name: str, logical_id: str) -> float:
    """That its creation took, by the rehearsal's clock."""
    found = cloud.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    times = [each["Timestamp"] for each in found if each["LogicalResourceId"] == logical_id]
    return float((times[0] - times[-1]).total_seconds())


def test_databases(cloud: Cloud, name: str) -> None:
    body = NETWORK + DATABASE
    stacks.create(cloud, name, body.replace("PROTECTED", "true"))
    [instance] = cloud.client("rds").describe_db_instances(DBInstanceIdentifier="shop")[
        "DBInstances"
    ]
    [cluster] = cloud.client("docdb").describe_db_clusters()["DBClusters"]
    region = "eu-central-1"
    assert instance["Endpoint"]["Address"].endswith(f".{region}.rds.amazonaws.com")
    assert cluster["Endpoint"].startswith("shop.cluster-")
    assert cluster["Endpoint"].endswith(f".{region}.docdb.amazonaws.com")
    assert (cluster["Engine"], cluster["Port"]) == ("docdb", 27017)
    assert len(cluster["DBClusterMembers"]) == 1
    masters = [secret(cloud, each["MasterUserSecret"]["SecretArn"]) for each in (instance, cluster)]
    assert [each["username"] for each in masters] == ["owner", "boss"]
    assert masters[0]["password"] != masters[1]["password"]
    assert seconds(cloud, name, "Postgres") >= 300
    stack = stacks.delete(cloud, name)
    assert stack["StackStatus"] == "DELETE_FAILED"
    [failure] = stacks.failures(cloud, name)
    assert "Cannot delete protected DB Instance, please disable deletion protection" in failure


def test_snapshot(cloud: Cloud, name: str) -> None:
    body = NETWORK + DATABASE.replace("PROTECTED", "false").replace(": shop", ": store")
    stacks.create(cloud, name, body)
    assert stacks.delete(cloud, name)["StackStatus"] == "DELETE_COMPLETE"
    rds = cloud.client("rds")
    found = rds.describe_db_snapshots(DBInstanceIdentifier="store", SnapshotType="manual")
    [snapshot] = found["DBSnapshots"]
    assert snapshot["DBSnapshotIdentifier"].startswith(f"{name}-snapshot-postgres-")


@pytest.mark.parametrize(("scheme", "prefix"), [("internet-facing", ""), ("internal", "internal-")])
def test_load_balancer(cloud: Cloud, name: str, scheme: str, prefix: str) -> None:
    body = (
        NETWORK
        + """\
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      Scheme: SCHEME
      Subnets: [!Ref First, !Ref Second]
      LoadBalancerAttributes: [{Key: deletion_protection.enabled, Value: "true"}]
Outputs:
  Name: {Value: !GetAtt Balancer.DNSName}
"""
    ).replace("SCHEME", scheme)
    host = stacks.outputs(stacks.create(cloud, name, body))["Name"]
    assert re.fullmatch(
        rf"{prefix}gaps-l-balancer-[a-z0-9]{{12}}-\d+\.[a-z0-9-]+\.elb\.amazonaws\.com", host
    )
    assert stacks.delete(cloud, name)["StackStatus"] == "DELETE_FAILED"
    assert "deletion protection is enabled" in stacks.failures(cloud, name)[0]
    cloud.client("elbv2").modify_load_balancer_attributes(
        LoadBalancerArn=cloud.physical_ids(name)["Balancer"],
        Attributes=[{"Key": "deletion_protection.enabled", "Value": "false"}],
    )
    assert stacks.delete(cloud, name)["StackStatus"] == "DELETE_COMPLETE"


def test_keys_of_instance_connect(cloud: Cloud, name: str) -> None:
    instance = """\
  Instance:
    Type: AWS::EC2::Instance
    Properties: {ImageId: ami-12c6146b, InstanceType: t4g.nano, SubnetId: !Ref First}
"""
    stacks.create(cloud, name, NETWORK + instance)
    client = cloud.client("ec2-instance-connect")
    found = cloud.physical_ids(name)["Instance"]
    key = f"ssh-ed25519 {'A' * 68}"
    assert client.send_ssh_public_key(
        InstanceId=found, InstanceOSUser="ec2-user", SSHPublicKey=key
    )["Success"]
    sent = cloud.sent_keys[-1]
    assert (sent.instance_id, sent.user, sent.public_key) == (found, "ec2-user", key)
    with pytest.raises(ClientError, match="EC2InstanceNotFoundException"):
        client.send_ssh_public_key(InstanceId="i-0123456789", InstanceOSUser="x", SSHPublicKey=key)


def test_images(cloud: Cloud) -> None:
    """Pushed by ECR's API alone."""
    ecr = cloud.client("ecr")
    ecr.create_repository(repositoryName="shop", imageTagMutability="IMMUTABLE")
    kind = "application/vnd.oci.image.manifest.v1+json"
    manifest = json.dumps({"schemaVersion": 2, "mediaType": kind, "layers": []})
    ecr.put_image(repositoryName="shop", imageManifest=manifest, imageTag="1.0.0")
    [image] = ecr.describe_images(repositoryName="shop", imageIds=[{"imageTag": "1.0.0"}])[
        "imageDetails"
    ]
    assert image["imageDigest"].startswith("sha256:")
    [got] = ecr.batch_get_image(repositoryName="shop", imageIds=[{"imageTag": "1.0.0"}])["images"]
    assert got["imageManifest"] == manifest


def test_other_types(cloud: Cloud, name: str) -> None:
    """Which this project's templates may come to need."""
    body = """\
Resources:
  Provider:
    Type: AWS::IAM::OIDCProvider
    Properties: {Url: "https://token.example.com", ClientIdList: [sts.amazonaws.com]}
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties:
      GenerateSecretString:
        SecretStringTemplate: '{"username": "shop"}'
        GenerateStringKey: password
        PasswordLength: 20
        ExcludePunctuation: true
  Topic: {Type: AWS::SNS::Topic}
  Subscription:
    Type: AWS::SNS::Subscription
    Properties: {TopicArn: !Ref Topic, Protocol: email, Endpoint: admin@example.com}
Outputs:
  Secret: {Value: !Ref Secret}
"""
    stack = stacks.create(cloud, name, body)
    assert stack["StackStatus"] == "CREATE_COMPLETE", stacks.failures(cloud, name)
    made = secret(cloud, stacks.outputs(stack)["Secret"])
    assert made["username"] == "shop"
    assert len(made["password"]) == 20
    assert made["password"].isalnum()
    assert stacks.delete(cloud, name)["StackStatus"] == "DELETE_COMPLETE"
