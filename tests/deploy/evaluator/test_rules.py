"""Rules, by which a template refuses parameters that do not go together."""

import pytest

from tests.deploy.evaluator.writing import Folder, texts

AROUND = """\
Parameters: {{Open: {{Type: String}}, Size: {{Type: String, Default: big}}}}
Resources: {{}}
Rules:
  Fits:
    {written}
"""
OPEN = "1: Parameter Open: it has neither a value nor a default."
FALSE = "Assertions: [{Assert: !Equals [a, b], AssertDescription: No.}]"


@pytest.mark.parametrize(
    ("assertion", "holds"),
    [
        ("!Equals [!Ref Size, big]", True),
        ("!Equals [!Ref Size, small]", False),
        ("!Equals [!Ref Open, small]", True),  # which nobody knows yet
        ("!Not [!Equals [!Ref Size, big]]", False),
        ("!Contains [[small, big], !Ref Size]", True),
        ("!Contains [[small, medium], !Ref Size]", False),
        ("!Contains [[small, !Ref Open], !Ref Size]", True),
        ("!EachMemberEquals [[big, big], !Ref Size]", True),
        ("!EachMemberEquals [[big, small], !Ref Size]", False),
        ("!EachMemberIn [[big], [small, big]]", True),
        ("!EachMemberIn [[big, huge], [small, big]]", False),
        ("!And [!Equals [a, a], !Equals [!Ref Size, small]]", False),
        ("!Or [!Equals [a, b], !Equals [!Ref Size, big]]", True),
    ],
)
def test_an_assertion(folder: Folder, assertion: str, holds: bool) -> None:
    written = f"Assertions: [{{Assert: {assertion}, AssertDescription: It does not fit.}}]"
    stack = folder.stack(AROUND.format(written=written))
    assert texts(stack) == [OPEN] + ([] if holds else ["5: It does not fit."])


@pytest.mark.parametrize(
    ("condition", "refused"),
    [
        ("!Equals [!Ref Size, big]", True),
        ("!Equals [!Ref Size, small]", False),
        ("!Equals [!Ref Open, x]", False),
    ],
)
def test_a_condition(folder: Folder, condition: str, refused: bool) -> None:
    written = f"RuleCondition: {condition}\n    {FALSE}"
    stack = folder.stack(AROUND.format(written=written))
    assert texts(stack) == [OPEN] + (["6: No."] if refused else [])


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("Assertions: no", "4: Rule Fits has no Assertions."),
        ("Assertions: [a]", "5: Rule Fits has an assertion without Assert."),
        ("Assertions: [{Assert: !Equals [a, b]}]", "5: Rule Fits does not hold."),
        ("Assertions: [{Assert: a}]", "5: Rule Fits: it is no function of conditions."),
        ("Assertions: [{Assert: !Join [a, b]}]", "5: Rule Fits: Fn::Join has no place in a rule."),
        ("Assertions: [{Assert: !Contains [a, b]}]", "5: Rule Fits: a list stands here."),
        ("Assertions: [{Assert: !Equals [a]}]", "5: Rule Fits: Fn::Equals takes a list of 2."),
        (
            "Assertions: [{Assert: !And [!Equals [a, a]]}]",
            "5: Rule Fits: Fn::And takes 2 to 10 conditions.",
        ),
    ],
)
def test_a_problem(folder: Folder, written: str, problem: str) -> None:
    assert texts(folder.stack(AROUND.format(written=written))) == [OPEN, problem]
