"""Fn::ForEach wherever AWS::LanguageExtensions takes it."""

from deploy.ecs.evaluator.symbols import Reference
from tests.deploy.evaluator.writing import Folder, texts

LOOPS = """\
Transform: AWS::LanguageExtensions
Parameters:
  Names: {Type: CommaDelimitedList, Default: "Cats,Dogs"}
Conditions:
  Fn::ForEach::C:
    - X
    - !Ref Names
    - Is${X}: !Equals [!Ref X, Cats]
Resources:
  Fn::ForEach::Topics:
    - Name
    - !Ref Names
    - Topic${Name}:
        Type: AWS::SNS::Topic
        Condition: Is${Name}
        Properties:
          TopicName: !Sub "${Name}-${AWS::Region}"
          Size: 5
          Other: !Join [".", [!Ref Name, fifo]]
          Fn::ForEach::Ports:
            - Port
            - ["80", "4.3"]
            - P&{Port}: {Value: "${Name}${Port}"}
Outputs:
  Fn::ForEach::O:
    - Name
    - [Cats]
    - Of${Name}: {Value: !Ref "Topic${Name}"}
"""


def test_loops(folder: Folder) -> None:
    stack = folder.stack(LOOPS)
    assert texts(stack) == []
    assert stack.conditions == {"IsCats": True, "IsDogs": False}
    assert list(stack.resources) == ["TopicCats"]
    assert list(stack.absent) == ["TopicDogs"]
    assert stack.resources["TopicCats"].properties == {
        "TopicName": "Cats-eu-central-1",
        "Size": 5,
        "Other": "Cats.fifo",
        "P80": {"Value": "Cats80"},
        "P43": {"Value": "Cats4.3"},
    }
    assert stack.outputs["OfCats"].value == Reference("TopicCats", "shop")
    assert stack.resources["TopicCats"].place("Properties", "TopicName").line == 17


def loop(collection: str, rest: str = "{'T${X}': {Type: T}}", transform: bool = True) -> str:
    head = "Transform: AWS::LanguageExtensions" if transform else "Description: none"
    return f"""\
{head}
Parameters: {{Open: {{Type: CommaDelimitedList}}}}
Resources:
  Kept: {{Type: T}}
  Fn::ForEach::L: [X, {collection}, {rest}]
"""


def test_open_collection(folder: Folder) -> None:
    stack = folder.stack(loop("!Ref Open"), {"Open": None})
    assert texts(stack) == ["5: Not expanded: Fn::ForEach::L, whose collection is not known."]
    assert not stack.problems[0].refused
    assert list(stack.resources) == ["Kept"]


def test_wrong(folder: Folder) -> None:
    given = {"Open": "a"}
    assert "it takes a list here" in texts(folder.stack(loop("a"), given))[0]
    assert "an object stands" in texts(folder.stack(loop("[{}]"), given))[0]
    assert "a name, a collection and an object" in texts(folder.stack(loop("[a]", "b"), given))[0]


def test_without_the_transform(folder: Folder) -> None:
    stack = folder.stack(loop("[a]", transform=False), {"Open": "a"})
    assert texts(stack) == ["5: Fn::ForEach needs Transform: AWS::LanguageExtensions."]


def test_too_many(folder: Folder) -> None:
    many = f"[{', '.join('abcdefghij')}]"
    inner = "{'T${X}': {Type: T}}"
    for level in range(5):
        inner = f"{{'Fn::ForEach::M{level}': [Y{level}, {many}, {inner}]}}"
    stack = folder.stack(loop("[a]", inner), {"Open": "a"})
    assert "more than 10000 entries" in texts(stack)[0]
