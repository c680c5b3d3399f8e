"""Resources, their places and what they refer to."""

import pytest

from deploy.ecs.evaluator.symbols import Attribute, Reference
from tests.deploy.evaluator.writing import Folder, texts

TEXT = """\
Parameters: {Open: {Type: String}}
Conditions:
  Always: !Equals [a, a]
  Never: !Equals [a, b]
  Unclear: !Equals [!Ref Open, x]
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    DependsOn: Role
    DeletionPolicy: Retain
    UpdateReplacePolicy: Delete
    UpdatePolicy: {X: !Ref Policy}
    Metadata: {Why: !Sub "${Open}"}
    Properties:
      ContainerDefinitions:
        - !If [Never, {Memory: 1}, !Ref AWS::NoValue]
        - Name: web
          Memory: !If
            - Always
            - 512
            - 1024
          Cpu: !If [Unclear,
            {A: {B: 1}},
            {A: {C: 2}}]
      Role: !If [Unclear, !GetAtt Role.Arn, !Sub "${Gone.Arn}/${Also}"]
      Chosen: !If [Always, !Ref Also, !Ref Never1]
  Role: {Type: "AWS::IAM::Role", DependsOn: [Also, Policy]}
  Policy: {Type: "AWS::IAM::Policy"}
  Also: {Type: "AWS::IAM::Role", Condition: Unclear}
  Gone: {Type: "AWS::IAM::Role", Condition: Never, Properties: {X: !Ref Nothing}}
  Never1: {Type: "AWS::IAM::Role", Condition: Always}
"""


def test_resource(folder: Folder) -> None:
    stack = folder.stack(TEXT, {"Open": "x2"})
    task = stack.resources["Task"]
    assert (task.stack, task.logical_id, task.type) == ("shop", "Task", "AWS::ECS::TaskDefinition")
    assert (task.condition, task.exists) == (None, True)
    assert task.attributes["DeletionPolicy"] == "Retain"
    assert task.attributes["UpdateReplacePolicy"] == "Delete"
    assert task.attributes["UpdatePolicy"] == {"X": Reference("Policy", "shop")}
    assert task.attributes["Metadata"] == {"Why": "x2"}
    assert task.properties["ContainerDefinitions"][0]["Memory"] == 512
    assert task.depends_on == ("Role",)
    assert stack.resources["Role"].depends_on == ("Also", "Policy")
    assert stack.resources["Role"].properties == {}


def test_existence(folder: Folder) -> None:
    stack = folder.stack(TEXT, {"Open": None})
    conditions = {
        each.logical_id: (each.condition, each.exists) for each in stack.resources.values()
    }
    assert conditions["Also"] == ("Unclear", None)
    assert conditions["Never1"] == ("Always", True)
    assert "Gone" not in conditions
    gone = stack.absent["Gone"]
    assert (gone.type, gone.condition, gone.exists) == ("AWS::IAM::Role", "Never", False)
    assert gone.place().line == 30
    assert texts(stack) == []  # also what only an absent resource refers to


def test_refers_to(folder: Folder) -> None:
    stack = folder.stack(TEXT, {"Open": None})
    assert stack.resources["Task"].refers_to == {"Role", "Gone", "Also", "Policy"}
    known = folder.stack(TEXT, {"Open": "x"})
    assert known.resources["Task"].refers_to == {"Role", "Also", "Policy"}
    assert known.resources["Task"].properties["Role"] == Attribute("Role", "Arn", "shop")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 7),
        (("Type",), 8),
        (("Properties", "ContainerDefinitions"), 15),
        (("Properties", "ContainerDefinitions", 0, "Name"), 17),
        (("Properties", "ContainerDefinitions", 0, "Memory"), 20),
        (("Properties", "ContainerDefinitions", 0, "Cpu", "A", "B"), 23),
        (("Properties", "ContainerDefinitions", 0, "Cpu", "A", "C"), 24),
        (("Properties", "ContainerDefinitions", 1, "Memory"), 15),
        (("Properties", "Nothing", "At", "All"), 14),
        (("Properties", "ContainerDefinitions", 0, "Name", "x", 1), 17),
    ],
)
def test_place(folder: Folder, path: tuple[str | int, ...], line: int) -> None:
    task = folder.stack(TEXT, {"Open": None}).resources["Task"]
    assert task.place(*path).line == line


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("[a]", "Resource A is no object."),
        ("{Properties: {}}", "Resource A has no Type."),
        ("{Type: [a]}", "Resource A has no Type."),
        ("{Type: T, Properties: [a]}", "The Properties of A are no object."),
        ("{Type: T, DependsOn: B}", "A depends on B, which is no resource of the template."),
        ("{Type: T, DependsOn: [{}]}", "A depends on {}, which is no resource of the template."),
        ("{Type: T, Condition: B}", "Condition: there is no condition B."),
        ("{Type: T, Condition: [B]}", "Condition: a list stands where a string should be."),
    ],
)
def test_wrong(folder: Folder, written: str, said: str) -> None:
    stack = folder.stack(f"Resources:\n  A: {written}\n")
    assert texts(stack) == [f"2: {said}"]


def test_whole_properties_chosen(folder: Folder) -> None:
    stack = folder.stack("""\
        Conditions: {C: !Equals [a, a]}
        Resources:
          A: {Type: T, Properties: !If [C, {V: 1}, {V: 2}]}
    """)
    assert stack.resources["A"].properties == {"V": 1}


def test_properties_not_known(folder: Folder) -> None:
    stack = folder.stack("""\
        Conditions: {C: !Equals [!Ref AWS::StackId, a]}
        Resources:
          A: {Type: T, Properties: !If [C, {V: 1}, {V: 2}]}
    """)
    assert stack.resources["A"].properties == {}
    assert texts(stack) == ["3: The Properties of A are not known."]
    assert not stack.problems[0].refused


def test_transform_in_place(folder: Folder) -> None:
    stack = folder.stack("""\
        Resources:
          A:
            Type: T
            Properties:
              Kept: 1
              Fn::Transform: {Name: AWS::Include}
          B: {Type: T, Properties: {V: !Transform {Name: Mine}}}
    """)
    said = [
        "6: Not expanded: Fn::Transform of AWS::Include.",
        "7: Not expanded: Fn::Transform of Mine.",
    ]
    assert texts(stack) == said
    assert not any(each.refused for each in stack.problems)
    assert stack.resources["A"].properties["Kept"] == 1


NETWORK = """\
Resources:
  Blocks:
    Type: Custom::Blocks
    Properties:
      Parts: !Cidr [!GetAtt Vpc.CidrBlock, 2, 8]
      Zone: !GetAtt Subnet.AvailabilityZone
      Vpc: !GetAtt Subnet.VpcId
      Inside: !GetAtt Subnet.CidrBlock
      Other: !Sub "${Vpc.DefaultSecurityGroup}"
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Vpc
      CidrBlock: !Select [1, !Cidr [!GetAtt Vpc.CidrBlock, 2, 8]]
  Vpc:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.4.0.0/16}
"""


def test_attributes_that_are_what_a_property_says(folder: Folder) -> None:
    stack = folder.stack(NETWORK)
    found = stack.resources["Blocks"].properties
    assert stack.problems == []
    assert found["Parts"] == ["10.4.0.0/24", "10.4.1.0/24"]
    assert found["Inside"] == "10.4.1.0/24"
    assert found["Vpc"] == Reference("Vpc", "shop")
    assert found["Zone"] == Attribute("Subnet", "AvailabilityZone", "shop")
    assert found["Other"] == Attribute("Vpc", "DefaultSecurityGroup", "shop")
    assert stack.resources["Blocks"].refers_to == {"Vpc", "Subnet"}


def test_attributes_that_wait_for_each_other(folder: Folder) -> None:
    stack = folder.stack(NETWORK.replace("10.4.0.0/16", "!GetAtt Subnet.CidrBlock"))
    assert "They wait for each other's outputs or attributes" in stack.problems[0].text


def test_variable_of_a_string_that_is_called_as_a_resource_is(folder: Folder) -> None:
    stack = folder.stack("""
        Resources:
          One:
            Type: AWS::EC2::SecurityGroup
            Properties:
              GroupDescription: !Sub ["of ${Other}", {Other: "!"}]
          Other:
            Type: AWS::EC2::SecurityGroup
            Properties: {GroupDescription: x, VpcId: !GetAtt One.VpcId}
    """)
    assert texts(stack) == []
