"""User data in the forms that people write them."""

import base64

import pytest

from deploy.ecs.evaluator.symbols import Import, Reference, Value
from deploy.ecs.graph import AutoScalingGroup, Cluster, Graph, LaunchTemplate
from tests.deploy.evaluator.writing import Folder

PLAIN = base64.b64encode(b"#!/bin/bash\necho ECS_CLUSTER=web >> /etc/ecs/ecs.config").decode()
WEB = Reference("Web", "shop")


@pytest.mark.parametrize(
    ("written", "cluster"),
    [
        (PLAIN, "web"),
        ("!Base64 'echo ECS_CLUSTER=web > /etc/ecs/ecs.config'", "web"),
        ('{"Fn::Base64": {"Fn::Sub": "#!/bin/sh\\nECS_CLUSTER=${Web}\\n"}}', WEB),
        ('{"Fn::Base64": {"Fn::Join": ["", ["ECS_CLUSTER=", {"Ref": "Web"}, " >>x"]]}}', WEB),
        ('{"Fn::Base64": "ECS_CLUSTER=old\\nexport ECS_CLUSTER=\\"new\\""}', "new"),
        (
            '{"Fn::Base64": {"Fn::Sub": ["${A} ECS_CLUSTER=${B}", {"A": {"Ref": "Web"}, '
            '"B": {"Fn::ImportValue": "c"}}]}}',
            Import("c"),
        ),
        ('{"Fn::Base64": "yum update"}', None),
        ('{"Fn::ImportValue": "data"}', None),
        ("no base64!", None),
    ],
)
def test_cluster_in_user_data(folder: Folder, written: str, cluster: Value) -> None:
    graph = Graph.of(
        [
            folder.stack(f"""
        Resources:
          Web: {{Type: "AWS::ECS::Cluster"}}
          Template:
            Type: AWS::EC2::LaunchTemplate
            Properties: {{LaunchTemplateData: {{UserData: {written}}}}}
    """)
        ]
    )
    [template] = graph.all(LaunchTemplate)
    assert template.machine.agent.get("ECS_CLUSTER") == cluster


def test_mixed_instances(folder: Folder) -> None:
    graph = Graph.of(
        [
            folder.stack("""
        Resources:
          Web: {Type: "AWS::ECS::Cluster", Properties: {ClusterName: web}}
          Template:
            Type: AWS::EC2::LaunchTemplate
            Properties:
              LaunchTemplateData: {InstanceType: m5.large, UserData: !Base64 ECS_CLUSTER=web}
          Group:
            Type: AWS::AutoScaling::AutoScalingGroup
            Properties:
              MinSize: 0
              MaxSize: 3
              MixedInstancesPolicy:
                LaunchTemplate:
                  LaunchTemplateSpecification: {LaunchTemplateId: !Ref Template, Version: 1}
                  Overrides: [{InstanceType: t3.large}, {InstanceType: !ImportValue type}]
    """)
        ]
    )
    [group] = graph.all(AutoScalingGroup)
    assert group.machine is not None
    assert group.machine.instance_type == "m5.large"
    assert (list(group.instance_types), group.instance_types.complete) == (["t3.large"], False)
    assert group.cluster is not None
    assert group.cluster.node is graph.all(Cluster)[0]
    assert group.desired == 0
