"""JSON and YAML as CloudFormation reads them, and the traps in both."""

from pathlib import Path
from typing import Any

import pytest

from deploy.ecs.evaluator import parse
from deploy.ecs.evaluator.places import Problems, TemplateError
from tests.deploy.evaluator.writing import Folder


def read(folder: Folder, text: str) -> tuple[Any, list[str]]:
    problems = Problems()
    value = parse.read(folder.write(text), problems)
    return value, [f"{each.place.line}:{each.place.column} {each.text}" for each in problems]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 1\t\nb: x\t\n", {"a": 1, "b": "x"}),
        ('{\n\t"a":1,\t"b": ["\\/", "\\ud83d\\ude00"]\t}', {"a": 1, "b": ["/", "\U0001f600"]}),
        ('\ufeff{"a": 1}', {"a": 1}),
        ("", None),
        ("# nothing\n", None),
        ("text", "text"),
        ("a: yes\nb: 'yes'\nc: Off\nd: y", {"a": True, "b": "yes", "c": False, "d": "y"}),
        ("a: 2010-09-09", {"a": "2010-09-09"}),
        ("a: 0123\nb: 012345678901\nc: 1.50", {"a": 83, "b": "012345678901", "c": 1.5}),
        ("0123: a\nyes: b\n1.50: c", {"0123": "a", "yes": "b", "1.50": "c"}),
        ("a: !!str 5\nb: !!bool perhaps\nc: 0x_", {"a": "5", "b": "perhaps", "c": "0x_"}),
        (f"a: 0x{'f' * 4000}", {"a": f"0x{'f' * 4000}"}),
        ("a: !Ref 123", {"a": {"Ref": "123"}}),
        ("a: !GetAtt b.c", {"a": {"Fn::GetAtt": "b.c"}}),
        ("a: !GetAtt [b, c]", {"a": {"Fn::GetAtt": ["b", "c"]}}),
        ("a: !GetAZs ''", {"a": {"Fn::GetAZs": ""}}),
        ("a: !Condition b", {"a": {"Condition": "b"}}),
        ("a: !Sub ['${b}', {b: !Ref c}]", {"a": {"Fn::Sub": ["${b}", {"b": {"Ref": "c"}}]}}),
        ("a: !Transform {Name: b}", {"a": {"Fn::Transform": {"Name": "b"}}}),
        ("a: &x {b: 1}\nc: *x", {"a": {"b": 1}, "c": {"b": 1}}),
        (
            "a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  b: 3",
            {"a": {"b": 1, "c": 2}, "d": {"b": 3, "c": 2}},
        ),
        ("a:\n  <<: [{b: 1}, {b: 2, c: 3}]", {"a": {"b": 1, "c": 3}}),
    ],
)
def test_values(folder: Folder, text: str, value: Any) -> None:
    assert read(folder, text) == (value, [])


def test_types_of_numbers(folder: Folder) -> None:
    value, _ = read(folder, "[1, true, 1.0, '1']")
    assert [type(each) for each in value] == [int, bool, float, str]


def test_places(folder: Folder) -> None:
    value, _ = read(folder, "a:\n  b:\n    - 1\n    - !Ref c\n")
    steps = [value.places["a"], value["a"].places["b"], *value["a"]["b"].places]
    assert [(each.line, each.column) for each in steps] == [(1, 1), (2, 3), (3, 7), (4, 7)]
    assert value["a"]["b"][1].place == value["a"]["b"].places[1]
    assert str(value.places["a"]) == f"{folder.path}/shop.yaml:1:1"


def test_places_in_json(folder: Folder) -> None:
    value, _ = read(folder, '{\n\t"a": {\n\t\t"b": [1,\n\t\t2]}}')
    place = value["a"]["b"].places[1]
    assert (place.line, place.column) == (4, 3)


def test_duplicate_key(folder: Folder) -> None:
    value, problems = read(folder, '{"a": 1,\n"b": 2,\n"a": 3}')
    assert value == {"a": 3, "b": 2}
    assert problems == ["3:1 a is here again after line 1; this one counts."]


@pytest.mark.parametrize("text", ["a:\n  b:\n", "a:\n  b: ~\n", '{"a":\n  {"b": null}}'])
def test_null(folder: Folder, text: str) -> None:
    value, problems = read(folder, text)
    assert value == {"a": {"b": None}}
    assert [each[0] for each in problems] == ["2"]
    assert "null is not allowed" in problems[0]


def test_null_in_a_list(folder: Folder) -> None:
    assert read(folder, "-\n- 1\n-\n")[1][0].startswith("1:")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\n b: 2", 2, "neither JSON nor YAML"),
        ("a:\n\tb: 1", 2, "neither JSON nor YAML"),
        ('{"a": 1,\n "b": "x}', 2, "neither JSON nor YAML"),
        ("a: 1\nb: \x01", 2, "not allowed"),
        ("a: 1\n---\nb: 2\n", 2, "second document"),
        ("a: 1\n!Ref b: 2", 2, "key must be plain text"),
        ("a: 1\n? [b]\n: 2", 2, "key must be plain text"),
        ("a: 1\nb: &x [*x]", 2, "*x stands for nothing"),
        ("a: 1\nb: *x", 2, "*x stands for nothing"),
        ("a: 1\nb:\n  <<: c", 3, "merged"),
    ],
)
def test_wrong(folder: Folder, text: str, line: int, said: str) -> None:
    with pytest.raises(TemplateError) as caught:
        read(folder, text)
    assert caught.value.place.line == line
    assert said in caught.value.text


@pytest.mark.parametrize("depth", [200, 200_000])
def test_too_deep(folder: Folder, depth: int) -> None:
    with pytest.raises(TemplateError, match="deeper than 100"):
        read(folder, "[" * depth + "]" * depth)


def test_too_deep_through_aliases(folder: Folder) -> None:
    half = "[" * 60, "]" * 60
    with pytest.raises(TemplateError, match="deeper than 100"):
        read(folder, f"a: &x {half[0]}1{half[1]}\nb: {half[0]}*x{half[1]}")


def test_laughs(folder: Folder) -> None:
    lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    for level in range(1, 9):
        lines.append(f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]")
    with pytest.raises(TemplateError, match="with its aliases"):
        read(folder, "\n".join(lines))


def test_not_utf_8(folder: Folder) -> None:
    path = folder.path / "latin.yaml"
    path.write_bytes("a: b\nc: ä".encode("latin-1"))
    with pytest.raises(TemplateError, match=r"latin\.yaml:2:1: It is not UTF-8 text"):
        parse.read(path, Problems())


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_cannot_be_read(folder: Folder, name: str) -> None:
    with pytest.raises(TemplateError, match="It cannot be read: "):
        parse.read(folder.path / name, Problems())


def test_path_is_kept(tmp_path: Path) -> None:
    with pytest.raises(TemplateError) as caught:
        parse.read(tmp_path / "x.json", Problems())
    assert caught.value.place.file == tmp_path / "x.json"
