"""User data in the forms that people write them."""

import base64

import pytest

from deploy.ecs.evaluator.symbols import Import, Parameter, Reference, Value
from deploy.ecs.graph import (
    INSTANCE_TYPES,
    AutoScalingGroup,
    Cluster,
    Graph,
    LaunchTemplate,
    instances_of,
)
from tests.deploy.evaluator.writing import Folder

INNER = base64.b64encode(b"ECS_CLUSTER=web\nECS_LOGLEVEL=info\n").decode()
PLAIN = base64.b64encode(b"#!/bin/bash\necho ECS_CLUSTER=web >> /etc/ecs/ecs.config").decode()
WEB = Reference("Web", "shop")
OPEN = Parameter("Open", "shop")


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
        ('{"Fn::Base64": "#cloud-config\\nbootcmd: [echo \'ECS_CLUSTER=web\' >> x]"}', "web"),
        (f'{{"Fn::Base64": "#cloud-config\\n- encoding: b64\\n  content: {INNER}"}}', "web"),
        (f'{{"Fn::Base64": "MIME-Version: 1.0\\n\\n{INNER[:20]}\\n{INNER[20:]}\\n--x--"}}', "web"),
        ('{"Fn::Base64": "[settings.ecs]\\ncluster = \\"web\\"\\n"}', "web"),
        ('{"Fn::Base64": "Initialize-ECSAgent -EnableTaskIAMRole -Cluster web"}', "web"),
        ('{"Fn::Base64": "settings.ecs.cluster = \\"web\\""}', "web"),
        ('{"Fn::Base64": "Initialize-ECSAgent `\\r\\n  -Cluster web"}', "web"),
        ('{"Fn::Base64": "echo -e \\"ECS_CLUSTER=web\\\\nECS_X=1\\""}', "web"),
        ('{"Fn::Base64": "ECS_CLUSTER=web\\ngrep -q \\"ECS_CLUSTER=\\" x"}', "web"),
        ('{"Fn::Base64": "ECS_CLUSTER=web\\n# or ECS_CLUSTER=default"}', "web"),
        ('{"Fn::Base64": "ECS_CLUSTER=web\\n[[ $ECS_CLUSTER = other ]]"}', "web"),
        ('{"Fn::Base64": {"Fn::Sub": "# ${Web}\\nECS_CLUSTER=${Open}"}}', OPEN),
        ('{"Fn::Base64": "printf \'ECS_CLUSTER=%s\' web"}', None),
        ('{"Fn::Base64": "sed -i \'s/ECS_CLUSTER=.*/ECS_CLUSTER=web/\' x"}', None),
        ('{"Fn::Base64": "ECS_CLUSTER=$NAME"}', None),
        ('{"Fn::Base64": "yum update"}', None),
        ('{"Fn::ImportValue": "data"}', None),
        ("no base64!", None),
    ],
)
def test_cluster_in_user_data(folder: Folder, written: str, cluster: Value) -> None:
    graph = Graph.of(
        [
            folder.stack(f"""
        Parameters: {{Open: {{Type: String}}}}
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


INITIALISED = """
    Resources:
      Web: {{Type: "AWS::ECS::Cluster"}}
      Other: {{Type: "AWS::ECS::Cluster", Properties: {{ClusterName: other}}}}
      Start:
        Type: AWS::AutoScaling::LaunchConfiguration
        Metadata:
          AWS::CloudFormation::Init:
            config:
              files: {{/etc/ecs/ecs.config: {{content: !Sub "ECS_CLUSTER=${{Web}}"}}}}
        Properties:
          UserData: {data}
      Group:
        Type: AWS::AutoScaling::AutoScalingGroup
        Properties: {{MinSize: 1, MaxSize: 1, LaunchConfigurationName: !Ref Start}}
"""


@pytest.mark.parametrize(
    ("data", "joins"),
    [
        ("!Base64 'cfn-init -v --resource Start'", (True, False)),
        ('!Base64 "cfn-init -v \\\\\\n  --resource Group"', (None, None)),  # which has no metadata
        ("!Base64 'yum update'", (False, False)),
        ("!Base64 'ECS_CLUSTER=other'", (False, True)),
        ("!Base64 'ECS_CLUSTER=shop-Web-AbCdEfGhIjKl'", (None, False)),
        ("!Base64 'ECS_CLUSTER=$NAME'", (None, None)),
        ("!Base64 'printf ECS_CLUSTER=%s web'", (None, None)),
        ('!Base64 \'settings = {"ECS_CLUSTER": "x"}\'', (None, None)),
        ("!Base64 '/opt/bootstrap.sh --ecs-cluster web'", (None, None)),
        ("!Base64 'aws s3 cp s3://settings/ecs.config /etc/ecs/ecs.config'", (None, None)),
        ("!ImportValue data", (None, None)),
        ("!Ref AWS::NoValue", (False, False)),
    ],
)
def test_joins(folder: Folder, data: str, joins: tuple[bool | None, bool | None]) -> None:
    graph = Graph.of([folder.stack(INITIALISED.format(data=data))])
    [group] = graph.all(AutoScalingGroup)
    web, other = graph.all(Cluster)
    assert (group.joins(web), group.joins(other)) == joins
    assert instances_of(other).complete == (joins[1] is not None)


@pytest.mark.parametrize(
    ("name", "cpu", "interfaces", "trunk", "architecture"),
    [
        ("t4g.small", 2048, 3, None, "ARM64"),
        ("m7i.4xlarge", 16384, 8, None, "X86_64"),
        ("r6gd.medium", 1024, 2, None, "ARM64"),
        ("c5.large", 2048, 3, 10, "X86_64"),
        ("c5.18xlarge", 73728, 15, None, "X86_64"),
    ],
)
def test_instance_types(
    name: str, cpu: int, interfaces: int, trunk: int | None, architecture: str
) -> None:
    found = INSTANCE_TYPES[name]
    assert (found.cpu, found.interfaces, found.tasks_on_trunk) == (cpu, interfaces, trunk)
    assert found.architecture == architecture


def test_memory_of_instance_types() -> None:
    least = {name: (each.least_memory, each.most_memory) for name, each in INSTANCE_TYPES.items()}
    assert least["t2.micro"] == (920, 993)
    assert least["t3.small"] == (1901, 1901)
    assert least["m5.xlarge"] == (15073, 16056)
