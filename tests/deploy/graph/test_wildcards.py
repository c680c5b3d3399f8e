import pytest

from deploy.ecs.evaluator.symbols import Choice, Reference, Text, Value
from deploy.ecs.graph.wildcards import Sign, arn_matches, matches

A, B = Reference("A", "s"), Reference("B", "s")


@pytest.mark.parametrize(
    ("pattern", "value", "expected"),
    [
        ("*", "anything", True),
        ("*", A, True),
        ("a*c", "abbc", True),
        ("a*c", "ac", True),
        ("a?c", "ac", False),
        ("a?c", "abc", True),
        ("a.c", "abc", False),
        ("abc", "ABC", False),
        ("${*}", "*", True),
        ("${*}", "x", False),
        ("user/${aws:username}", "user/kim", None),
        ("user/${aws:username}", "group/kim", False),
        (A, A, True),
        (A, B, None),
        (A, "x", None),
        (Text(("a-", A)), Text(("a-", A)), True),
        (Text(("a-", A)), Text(("b-", A)), False),
        (Text(("a-", A, "*")), Text(("a-", A, "-1")), True),
        (Text((A, "/*")), "x/y", None),
        (Text((A, "/*")), "xy", False),
        ("a-?", Text(("a-", A)), None),
        ("a-?", Text(("a-", Sign(A, 0))), True),
        ("a-??", Text(("a-", Sign(A, 0))), False),
        ("a-x", Text(("a-", Sign(A, 0))), None),
        (Choice("C", "a*", "b*"), "abc", None),
        (Choice("C", "a*", "ab*"), "abc", True),
        (["a"], "a", None),
        (None, "a", None),
        (5, "5", True),
        ("a" * 5000, "a" * 5000, None),
    ],
)
def test_matches(pattern: Value, value: Value, expected: bool | None) -> None:
    assert matches(pattern, value) is expected


def test_actions_know_no_capitals() -> None:
    assert matches("S3:get*", "s3:GetObject", ignore_case=True) is True


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*", True),
        ("arn:aws:ssm:*:*:parameter/shop", True),
        ("arn:aws:ssm:*:parameter/shop", None),
        ("arn:aws:ssm:*:*:*", True),
        ("arn:aws:*:parameter/other", False),
        ("arn:aws:ssm:*:*:parameter/*", True),
        (Text(("arn:aws:ssm:", A, ":1:parameter/shop")), None),
    ],
)
def test_each_field_by_itself(pattern: Value, expected: bool | None) -> None:
    assert arn_matches(pattern, "arn:aws:ssm:eu-central-1:1:parameter/shop") is expected
