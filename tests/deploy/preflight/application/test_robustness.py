"""Whatever stands in a template, questions are answered."""

import pytest

from tests.deploy.preflight.application.conftest import Ask
from tests.deploy.preflight.application.shop import ENVIRONMENT, GOOD, IMAGE, PLAIN

COMMAND = next(each.strip() for each in GOOD.splitlines() if "Command:" in each)
SCRIPTED = 'FROM python:3.13-slim\nCOPY . /app\nENTRYPOINT ["/app/run.sh"]\nHEALTHCHECK CMD true\n'


@pytest.mark.parametrize("junk", ["[1]", "{a: b}", "text", "3", "!Ref Open", "!Ref AWS::NoValue"])
@pytest.mark.parametrize("line", [ENVIRONMENT, COMMAND, f"Image: {IMAGE}", "- Name: web"])
def test_whatever_is_written(ask: Ask, line: str, junk: str) -> None:
    name = line.partition(":")[0]
    ask({line: f"{name}: {junk}"}, dockerfile=SCRIPTED)


def test_variables_of_all_kinds(ask: Ask) -> None:
    given = (
        "Environment: [{Name: A, Value: !If [Unclear, '1', '2']}, {Name: '', Value: x}, "
        "{Name: B=C, Value: x}, {Name: D, Value: !Sub 'a ${Open} ${AWS::Region}'}, {Name: E}, "
        "{Name: F, Value: !GetAtt Balancer.DNSName}, {Name: G, Value: {x: 1}}, junk]"
    )
    assert ask({ENVIRONMENT: given}, app="shop", shop=PLAIN) == []
