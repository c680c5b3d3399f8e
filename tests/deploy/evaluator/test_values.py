from typing import Any

import pytest

from deploy.ecs.evaluator.symbols import (
    NO_VALUE,
    Attribute,
    Choice,
    Parameter,
    Pseudo,
    Reference,
    Text,
    Unknown,
    Zone,
)
from deploy.ecs.evaluator.values import (
    RefusedError,
    choice,
    equal,
    is_known,
    joined,
    may_vanish,
    scalar_text,
    symbols_in,
)

ROLE = Reference("Role", "shop")
OPEN = Parameter("Open", "shop")


@pytest.mark.parametrize(
    ("value", "text"), [(True, "true"), (False, "false"), (1, "1"), (1.5, "1.5"), ("x", "x")]
)
def test_scalar_text(value: Any, text: str) -> None:
    assert scalar_text(value) == text


@pytest.mark.parametrize(
    ("value", "said"), [([], "a list"), ({}, "an object"), (None, "null")], ids=str
)
def test_no_scalar(value: Any, said: str) -> None:
    with pytest.raises(RefusedError, match=said):
        scalar_text(value)


@pytest.mark.parametrize(
    ("values", "whole"),
    [
        ([], ""),
        (["a", 1, True], "a1true"),
        ([ROLE], ROLE),
        (["", ROLE, ""], ROLE),
        (["a", "b", ROLE, "c", "d"], Text(("ab", ROLE, "cd"))),
        (["a", Text(("b", ROLE, "c")), "d"], Text(("ab", ROLE, "cd"))),
        ([ROLE, ROLE], Text((ROLE, ROLE))),
    ],
)
def test_joined(values: list[Any], whole: Any) -> None:
    assert joined(values) == whole


@pytest.mark.parametrize("value", [[], {}, None, NO_VALUE], ids=str)
def test_not_joined(value: Any) -> None:
    with pytest.raises(RefusedError, match="where a string should be"):
        joined(["a", value])


@pytest.mark.parametrize(
    ("left", "right", "truth"),
    [
        (1, "1", True),
        (True, "true", True),
        ("true", "True", False),
        (1, "1.0", False),
        ([1, True], ["1", "true"], True),
        ({"a": 1}, {"a": "1"}, True),
        (["a"], "a", False),
        (None, None, True),
        (ROLE, ROLE, True),
        (ROLE, Reference("Role", "other"), None),
        (OPEN, "x", None),
        ([OPEN], ["x"], None),
        (OPEN, "", None),
        (ROLE, "", False),
        ("", Zone("eu-central-1", 0), False),
        ("", Pseudo("AWS::Region"), False),
        ("", Text((OPEN, "-")), False),
        ("", Text((OPEN, OPEN)), None),
        ("", Text((OPEN, ROLE)), False),
        ("", Choice("c", "a", ROLE), False),
        ("", Choice("c", "", ROLE), None),
        ("", Attribute("Role", "Arn", "shop"), None),
    ],
)
def test_equal(left: Any, right: Any, truth: bool | None) -> None:
    assert equal(left, right) is truth


def test_choice_of_the_same() -> None:
    assert choice("c", [1], [1]) == [1]
    assert choice("c", 1, True) == Choice("c", 1, True)


def test_may_vanish() -> None:
    nested = Choice("a", Choice("b", "x", NO_VALUE), "y")
    assert may_vanish(nested)
    assert not may_vanish(Choice("a", "x", "y"))


def test_symbols_in() -> None:
    value = {"a": [Text(("x", ROLE)), Choice("c", {"b": OPEN}, 1)], "d": Unknown("f", [2])}
    found = set(symbols_in(value))
    assert {type(each).__name__ for each in found} == {
        "Text",
        "Reference",
        "Choice",
        "Parameter",
        "Unknown",
    }
    assert {ROLE, OPEN} < found


def test_is_known() -> None:
    assert is_known({"a": [1, "x", None]})
    assert not is_known({"a": [1, ROLE]})


@pytest.mark.parametrize("symbol", [Choice("c", {}, []), Unknown("f", {}), Text(("a", ROLE))])
def test_hashable(symbol: Any) -> None:
    assert len({symbol, symbol}) == 1
