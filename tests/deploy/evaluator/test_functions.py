"""Each function with what is known, with symbols, and with what CloudFormation refuses."""

import base64
from typing import Any

import pytest

from deploy.ecs.evaluator import Environment
from deploy.ecs.evaluator.functions import pieces
from deploy.ecs.evaluator.symbols import (
    Choice,
    Parameter,
    Pseudo,
    Reference,
    Text,
    Unknown,
    Zone,
    Zones,
)
from deploy.ecs.evaluator.values import UndecidedError
from tests.deploy.evaluator.writing import Folder

BUCKET = Reference("Bucket", "shop")
OPEN = Parameter("Open", "shop")
OPEN_NAMES = Parameter("OpenNames", "shop")
MAYBE = "!If [Unclear, x, !Ref AWS::NoValue]"
REGION = "eu-central-1"

KNOWN = [
    ("!Join ['-', [a, 1, true]]", "a-1-true"),
    ("!Join ['', []]", ""),
    ("!Join [',', !Ref Names]", "a,b"),
    ("!Join ['-', [a, !Ref AWS::NoValue, b]]", "a-b"),
    ("!Split ['-', 'a-b-']", ["a", "b", ""]),
    ("!Select [1, [a, b]]", "b"),
    ("!Select ['0', !Split [',', 'a,b']]", "a"),
    ("!Select [1, !Ref Names]", "b"),
    ("!Select [0, [{a: 1}]]", {"a": 1}),
    ("!Base64 ä", base64.b64encode("ä".encode()).decode()),
    ("!Cidr [10.0.0.0/16, 2, 8]", ["10.0.0.0/24", "10.0.1.0/24"]),
    ("!Cidr [192.168.0.0/24, '6', '5']", [f"192.168.0.{32 * n}/27" for n in range(6)]),
    ("!Cidr ['fd00::/56', 2, 64]", ["fd00::/64", "fd00:0:0:1::/64"]),
    ("!Length [a, b, !Ref AWS::NoValue]", 2),
    ("!Length {Ref: Names}", 2),
    ("!ToJsonString {a: [1, true, ä]}", '{"a":[1,true,"ä"]}'),
    ("!FindInMap [Sizes, small, Memory]", 512),
    ("!FindInMap [Sizes, !Sub 'small', Zones]", ["a", "b"]),
    ("!FindInMap [Sizes, large, Memory, {DefaultValue: 1024}]", 1024),
    ("!FindInMap [Sizes, small, Memory, {DefaultValue: 1024}]", 512),
    ("!FindInMap [Flags, yes, v]", 1),
    ("!FindInMap [Flags, 'Off', v]", 2),
    ("!FindInMap [Flags, false, v]", 2),
    ("!Sub 'a${Name}b'", "awebb"),
    ("!Sub '${AWS::Region}/${ Name }'", f"{REGION}/web"),
    ("!Sub '${!Name} ${!}'", "${Name} ${}"),
    ("!Sub ['${x}-${Name}', {x: 1, Name: y}]", "1-y"),
    ("!Sub '$Name {Name} ${'", "$Name {Name} ${"),
    ("!Sub ''", ""),
    ("!If [Yes, 1, 2]", 1),
    ("!If [No, 1, 2]", 2),
    ("!If [No, 1, !Ref AWS::NoValue]", "left out"),
    ("[!If [No, 1, !Ref AWS::NoValue], 2]", [2]),
    ("{a: !Ref AWS::NoValue, b: 1}", {"b": 1}),
    ("!Ref Name", "web"),
    ("!Ref Names", ["a", "b"]),
    ("{Condition: Yes}", {"Condition": True}),  # a plain key outside Conditions
    ("{Ref: Name, Other: 1}", {"Ref": "Name", "Other": 1}),
]


@pytest.mark.parametrize(("written", "value"), KNOWN)
def test_known(folder: Folder, written: str, value: Any) -> None:
    assert folder.value(written) == (value, [])


SYMBOLIC = [
    ("!Join ['-', [a, !Ref Bucket, b]]", Text(("a-", BUCKET, "-b"))),
    ("!Join ['-', [!Ref Bucket]]", BUCKET),
    ("!Join [!Ref Open, [a, b]]", Text(("a", OPEN, "b"))),
    ("!Join ['-', !Ref OpenNames]", Unknown("Fn::Join", ["-", OPEN_NAMES])),
    ("!Join {Ref: OpenNames}", Unknown("Fn::Join", OPEN_NAMES)),
    ("!Split ['-', !Ref Bucket]", Unknown("Fn::Split", ["-", BUCKET])),
    ("!Split [',', !Sub 'a,${Bucket},b${Bucket}']", ["a", BUCKET, Text(("b", BUCKET))]),
    ("!Split [!Ref Open, a]", Unknown("Fn::Split", [OPEN, "a"])),
    ("!Select [0, [!Ref Bucket, a]]", BUCKET),
    ("!Select [!Ref Open, [a]]", Unknown("Fn::Select", [OPEN, ["a"]])),
    ("!Select [1, !Ref OpenNames]", Unknown("Fn::Select", [1, OPEN_NAMES])),
    (f"!Select [0, [a, {MAYBE}]]", "a"),
    ("!Base64 {Ref: Bucket}", Unknown("Fn::Base64", BUCKET)),
    ("!Cidr [!Ref Open, 2, 8]", Unknown("Fn::Cidr", [OPEN, 2, 8])),
    ("!Cidr [10.0.0.0/16, 2]", Unknown("Fn::Cidr", ["10.0.0.0/16", 2])),
    ("!Length {Ref: OpenNames}", Unknown("Fn::Length", OPEN_NAMES)),
    ("!ToJsonString {a: !Ref Open}", Unknown("Fn::ToJsonString", {"a": OPEN})),
    ("!FindInMap [Sizes, !Ref Open, Memory]", Unknown("Fn::FindInMap", ["Sizes", OPEN, "Memory"])),
    ("!GetAZs ''", Zones(REGION)),
    ("!GetAZs us-east-1", Zones("us-east-1")),
    ("!GetAZs {Ref: Open}", Zones(OPEN)),
    ("!Select [1, !GetAZs {Ref: AWS::Region}]", Zone(REGION, 1)),
    ("!Sub '${Bucket}'", BUCKET),
    ("!Sub ['${x}-${Name}', {x: !Ref Open}]", Text((OPEN, "-web"))),
    ("!If [Unclear, 1, 2]", Choice("Unclear", 1, 2)),
    ("!If [Unclear, 1, 1]", 1),
    ("!If [Unclear, !If [Unclear, 1, 2], !If [Unclear, 3, 4]]", Choice("Unclear", 1, 4)),
    ("!Ref Open", OPEN),
    ("!Ref Bucket", BUCKET),
    ("!Ref {Ref: Open}", Unknown("Ref", OPEN)),
    (
        "!Select [0, !If [Unclear, [a], [b]]]",
        Unknown("Fn::Select", [0, Choice("Unclear", ["a"], ["b"])]),
    ),
]


@pytest.mark.parametrize(("written", "value"), SYMBOLIC)
def test_symbolic(folder: Folder, written: str, value: Any) -> None:
    assert folder.value(written) == (value, [])


@pytest.mark.parametrize(
    "written",
    [
        "!Join ['-', [a, %s]]",
        "!Select [1, [a, %s]]",
        "!Select [2, [a, %s]]",
        "!Length [a, %s]",
        "!Split [%s, a]",
    ],
)
def test_what_may_be_left_out_decides(folder: Folder, written: str) -> None:
    value, problems = folder.value(written % MAYBE)
    assert isinstance(value, Unknown)
    assert problems == []


WRONG = [
    ("!Join a", "it takes a list of 2"),
    ("!Join [a]", "it takes a list of 2"),
    ("!Join ['-', a]", "it takes a list here"),
    ("!Join ['-', [[a]]]", "a list stands where a string should be"),
    ("!Split ['', a]", "the delimiter is empty"),
    ("!Split [a, [b]]", "a list stands where a string"),
    ("!Select [2, [a, b]]", "no element 2 in a list of 2"),
    ("!Select [-1, [a, b]]", "no element -1"),
    ("!Select [x, [a, b]]", "'x' is no whole number"),
    ("!Select [0, a]", "it takes a list here"),
    ("!Base64 [a]", "a list stands where a string"),
    ("!Cidr [10.0.0.0/16, 300, 4]", "cannot be split into 300 blocks"),
    ("!Cidr [10.0.0.0/24, 3, 7]", "cannot be split into 3 blocks"),
    ("!Cidr [10.0.0.0/24, 1, 9]", "no blocks of 9 bits"),
    ("!Cidr [10.0.0.0/24, 1, -1]", "no blocks of -1 bits"),
    ("!Cidr [ten, 1, 8]", "ten is no block of addresses"),
    ("!Length a", "it takes a list here"),
    ("!ToJsonString a", "an object or a list"),
    ("!FindInMap [Sizes, large, Memory]", "nothing under Sizes, large, Memory"),
    ("!FindInMap [Sizes, small]", "it takes a list of 3 or 4"),
    ("!FindInMap [Other, small, Memory]", "nothing under Other"),
    ("!FindInMap [Sizes, no, c]", "nothing under Sizes, false, c"),
    ("!GetAZs [a]", "name of a region"),
    ("!Sub '${Other}'", "there is no Other in the template"),
    ("!Sub '${Other.Arn}'", "there is no Other in the template"),
    ("!Sub '${Name:-x}'", "write ${!Name:-x} for the shell's"),
    ("!Sub '${AWS::Color}'", "no pseudo parameter AWS::Color"),
    ("!Sub '${Names}'", "a list stands where a string should be"),
    ("!Sub '${AWS::NoValue}'", "AWS::NoValue stands where a string"),
    ("!Sub [a]", "it takes a list of 2"),
    ("!Sub {a: 1}", "it takes a string, or a list"),
    ("!If [Yes, 1]", "it takes a list of 3"),
    ("!If [Other, 1, 2]", "there is no condition Other"),
    ("!If [[Yes], 1, 2]", "a list stands where a string"),
    ("!Ref Other", "there is no Other in the template"),
    ("!Ref [a]", "it takes a name"),
    ("!GetAtt Other.Arn", "there is no Other in the template"),
    ("!GetAtt Bucket", "it takes a list of 2"),
    ("!ImportValue [a]", "a list stands where a string"),
    ("!Equals [a, b]", "in Conditions only"),
    ("!Nonsense a", "Fn::Nonsense is not known here"),
]


@pytest.mark.parametrize(("written", "said"), WRONG)
def test_wrong(folder: Folder, written: str, said: str) -> None:
    value, problems = folder.value(written)
    assert len(problems) == 1
    assert said in problems[0]
    assert isinstance(value, Unknown | Choice)


def test_unknown_keeps_what_it_was(folder: Folder) -> None:
    value, _ = folder.value("!Nonsense [!Ref Name, !Ref Open]")
    assert value == Unknown("Fn::Nonsense", ["web", OPEN])


def test_zones_of_an_unknown_region(folder: Folder) -> None:
    text = "Resources: {A: {Type: T, Properties: {Z: !Select [0, !GetAZs '']}}}"
    stack = folder.stack(text, environment=Environment())
    assert stack.resources["A"].properties["Z"] == Zone(Pseudo("AWS::Region"), 0)


@pytest.mark.parametrize("function", ["!Length [a]", "!ToJsonString [a]"])
def test_extension_without_its_transform(folder: Folder, function: str) -> None:
    stack = folder.stack(f"Resources:\n  A: {{Type: T, Properties: {{V: {function}}}}}\n")
    (problem,) = stack.problems
    assert "needs Transform: AWS::LanguageExtensions" in problem.text
    assert problem.place.line == 2


def test_default_without_its_transform(folder: Folder) -> None:
    written = "!FindInMap [a, b, c, {DefaultValue: 1}]"
    stack = folder.stack(f"Resources: {{A: {{Type: T, Properties: {{V: {written}}}}}}}")
    assert "needs Transform" in stack.problems[0].text


def test_pieces_of_names() -> None:
    assert pieces(Text((BUCKET, ",", Zone(REGION, 0))), ",") == [BUCKET, Zone(REGION, 0)]
    with pytest.raises(UndecidedError):
        pieces(Text((BUCKET, ":a")), ":")
