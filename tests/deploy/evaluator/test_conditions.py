"""Conditions in three values."""

import pytest

from deploy.ecs.evaluator.symbols import Choice
from tests.deploy.evaluator.writing import Folder, texts

AROUND = """\
Parameters: {{Open: {{Type: String}}, Name: {{Type: String, Default: web}}}}
Resources: {{}}
Conditions:
  T: !Equals [a, a]
  F: !Equals [a, b]
  U: !Equals [!Ref Open, x]
  It: {written}
"""
OPEN = "1: Parameter Open: it has neither a value nor a default."


@pytest.mark.parametrize(
    ("written", "truth"),
    [
        ("!Equals [!Ref Name, web]", True),
        ("!Equals [!Ref Name, Web]", False),
        ("!Equals [!Ref Open, web]", None),
        ("!Equals [!Ref Open, !Ref Open]", True),
        ("!Equals [yes, 'true']", True),
        ("!Not [!Condition T]", False),
        ("!Not [!Condition F]", True),
        ("!Not [!Condition U]", None),
        ("!Not [{Condition: T}]", False),
        ("!And [!Condition T, !Condition T]", True),
        ("!And [!Condition T, !Condition U]", None),
        ("!And [!Condition U, !Condition F]", False),
        ("!Or [!Condition F, !Condition F]", False),
        ("!Or [!Condition F, !Condition U]", None),
        ("!Or [!Condition U, !Condition T]", True),
        ("!Or [!Not [!Condition U], !Condition U]", None),
        ("{'Fn::Or': [{'Fn::Equals': [a, b]}, {Condition: T}]}", True),
        ("!Equals [!Ref AWS::NoValue, '']", None),
        ("!Condition T", True),
        ("!Equals [!If [T, a, b], a]", True),
    ],
)
def test_truth(folder: Folder, written: str, truth: bool | None) -> None:
    stack = folder.stack(AROUND.format(written=written))
    assert stack.conditions["It"] is truth
    assert texts(stack) == [OPEN]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("!And [!Condition T]", "Fn::And takes 2 to 10 conditions"),
        ("!Not [!Condition T, !Condition T]", "Fn::Not takes 1 to 1 conditions"),
        ("!Equals [a]", "Fn::Equals takes a list of 2"),
        ("!Equals a", "Fn::Equals takes a list of 2"),
        ("!Condition Other", "there is no condition Other"),
        ("!Condition [T]", "a list stands where a string"),
        ("!Ref Name", "it is none of Fn::And"),
        ("a", "it is none of Fn::And"),
        ("!Or a", "it is none of Fn::And"),
    ],
)
def test_wrong(folder: Folder, written: str, said: str) -> None:
    stack = folder.stack(AROUND.format(written=written))
    assert stack.conditions["It"] is None
    (text,) = set(texts(stack)) - {OPEN}
    assert text.startswith("7: Condition It: ")
    assert said in text


def test_circle(folder: Folder) -> None:
    stack = folder.stack("""\
        Conditions:
          A: !Not [!Condition B]
          B: !Or [!Condition C, !Condition C]
          C: !And [!Condition A, !Equals [a, a]]
          D: !Not [!Condition D]
          E: !Equals [a, a]
        Resources: {X: {Type: T, Condition: A, Properties: {V: !If [D, 1, 2]}}}
    """)
    assert stack.conditions == {"A": None, "B": None, "C": None, "D": None, "E": True}
    circles = [text for text in texts(stack) if "circle" in text]
    assert len(circles) == 2
    assert circles[-1] == "5: Conditions go round in a circle: D, D."
    assert stack.resources["X"].properties == {"V": Choice("D", 1, 2)}


def test_long_chain(folder: Folder) -> None:
    chain = "\n".join(f"  C{n}: !Not [!Condition C{n + 1}]" for n in range(2000))
    stack = folder.stack(f"Resources: {{}}\nConditions:\n{chain}\n  C2000: !Equals [a, a]\n")
    assert stack.conditions["C0"] is True
    assert texts(stack) == []


def test_what_follows_from_a_branch(folder: Folder) -> None:
    stack = folder.stack("""\
        Parameters: {Open: {Type: String}}
        Conditions:
          U: !Equals [!Ref Open, x]
          NotU: !Not [!Condition U]
          V: !Equals [!Ref Open, y]
        Resources:
          A: {Type: T, Condition: U, Properties: {V: !If [NotU, 1, 2], W: !If [V, 3, 4]}}
          B: {Type: T, Properties: {V: !If [U, !If [NotU, 1, 2], !If [NotU, 3, 4]]}}
    """)
    assert stack.resources["A"].properties == {"V": 2, "W": Choice("V", 3, 4)}
    assert stack.resources["B"].properties == {"V": Choice("U", 2, 3)}


def test_named_like_a_boolean(folder: Folder) -> None:
    stack = folder.stack("""\
        Conditions:
          Yes: !Equals [a, a]
          Also: !Not [!Condition Yes]
        Resources: {A: {Type: T, Condition: Yes, Properties: {V: !If [Yes, 1, 2]}}}
    """)
    assert stack.resources["A"].properties == {"V": 1}
    assert texts(stack) == []
