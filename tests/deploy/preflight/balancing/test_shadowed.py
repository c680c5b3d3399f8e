"""Whether the rule Rule (priority 10) leaves anything for another one (priority 20)."""

import pytest

from deploy.ecs.preflight.balancing import CHECKS
from tests.deploy.evaluator.writing import Folder
from tests.deploy.preflight.asking import found
from tests.deploy.preflight.balancing.shop import edited

LATER = """\
  Later:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref Listener
      Priority: 20
      Conditions: CONDITIONS
      Actions: [{Type: fixed-response, FixedResponseConfig: {StatusCode: "410"}}]
  Targets:
"""
OWN = '[{Field: path-pattern, Values: ["/shop/*"]}]'


def path(*patterns: str) -> str:
    return f"{{Field: path-pattern, PathPatternConfig: {{Values: {list(patterns)}}}}}"


def host(*patterns: str) -> str:
    return f"{{Field: host-header, HostHeaderConfig: {{Values: {list(patterns)}}}}}"


def header(name: str, *values: str) -> str:
    return (
        f"{{Field: http-header, HttpHeaderConfig: {{HttpHeaderName: {name}, "
        f"Values: {list(values)}}}}}"
    )


def method(*names: str) -> str:
    return f"{{Field: http-request-method, HttpRequestMethodConfig: {{Values: {list(names)}}}}}"


def source(*blocks: str) -> str:
    return f"{{Field: source-ip, SourceIpConfig: {{Values: {list(blocks)}}}}}"


def query(key: str, value: str) -> str:
    values = f"[{{Key: {key}, Value: '{value}'}}]"
    return f"{{Field: query-string, QueryStringConfig: {{Values: {values}}}}}"


def told(folder: Folder, earlier: str, later: str, **changes: str) -> list[str]:
    template = edited(
        {"  Targets:\n": LATER.replace("CONDITIONS", f"[{later}]"), OWN: f"[{earlier}]"} | changes
    )
    findings = found(folder, CHECKS, template)
    return [f"{each.severity} {each.id} {each.resource}.{each.property}" for each in findings]


DEAD = [
    (path("/*"), path("/shop/*")),
    (path("*"), host("shop.example.com")),
    (path("/shop*"), path("/shop/*")),
    (path("/shop/*"), path("/shop/?/items", "/shop/*/a")),
    (path("/a", "/shop/*"), path("/shop/x")),
    (path("/s?op"), path("/s?op")),
    (path("/*/*"), path("/*/x/*")),
    (host("*.example.com"), host("WWW.example.com") + ", " + path("/x")),
    (host("*.example.com"), host("*.shop.example.com")),
    (header("X-Shop", "a*"), header("x-shop", "abc")),
    (method("GET", "HEAD"), method("GET")),
    (source("10.0.0.0/8"), source("10.1.0.0/16", "10.2.3.4/32")),
    (query("a", "1*"), query("A", "12")),
    (path("/*") + ", " + method("GET"), method("GET")),
    (path("/x/*"), '{Field: path-pattern, Values: [!Sub "/x/${Open}"]}'),
]
ALIVE = [
    (path("/shop/*"), path("/*")),
    (path("/shop/*"), path("/shop")),
    (path("/Shop/*"), path("/shop/*")),
    (path("/shop/?"), path("/shop/*")),
    (path("/shop/a"), path("/shop/a", "/shop/b")),
    (path("/*/b"), path("/a/*")),
    (host("*.example.com"), host("example.com")),
    (host("a.example.com") + ", " + path("/*"), path("/x")),
    (path("/x"), host("a.example.com")),
    (path("/x/*") + ", " + header("X-Shop", "a"), path("/x/*")),
    (header("X-Shop", "a"), header("X-Other", "a")),
    (method("GET"), method("GET", "POST")),
    (source("10.1.0.0/16"), source("10.0.0.0/8")),
    (source("10.0.0.0/8"), source("2001:db8::/32")),
    (query("a", "*"), query("b", "1")),
    ("{Field: path-pattern, Values: [!Ref Open]}", path("/x")),
    (path("/x"), "{Field: path-pattern, Values: [!Ref Open]}"),
    ('{Field: path-pattern, PathPatternConfig: {RegexValues: ["^/.*"]}}', path("/x")),
    (path("/x"), '{Field: path-pattern, PathPatternConfig: {Values: [/x], RegexValues: ["^/y"]}}'),
    (f"!If [Unclear, {path('/*')}, {path('/y')}]", path("/x")),
]


@pytest.mark.parametrize(("earlier", "later"), DEAD)
def test_nothing_is_left(folder: Folder, earlier: str, later: str) -> None:
    assert told(folder, earlier, later) == ["error B22 Later.Priority"]


@pytest.mark.parametrize(("earlier", "later"), ALIVE)
def test_something_is_left(folder: Folder, earlier: str, later: str) -> None:
    assert told(folder, earlier, later) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"Priority: 20": "Priority: 5"},
        {"Priority: 20": "Priority: 10"},
        {"Priority: 20": "Priority: !Ref OpenPort"},
        {"Priority: 10": "Priority: !Ref OpenPort"},
        {"ListenerArn: !Ref Listener\n      Priority: 20": "ListenerArn: x\n      Priority: 20"},
        {"  Rule:\n": "  Rule:\n    Condition: Unclear\n"},
        {
            '[{Type: fixed-response, FixedResponseConfig: {StatusCode: "410"}}]': (
                "[{Type: forward, TargetGroupArn: !Ref Targets}]"
            )
        },
    ],
)
def test_order_listener_and_targets(folder: Folder, changes: dict[str, str]) -> None:
    assert told(folder, path("/*"), path("/x"), **changes) == []


def test_listener_of_another_stack(folder: Folder) -> None:
    arn = "ListenerArn: !Ref Open"
    changes = {
        "ListenerArn: !Ref Listener\n      Priority: 20": f"{arn}\n      Priority: 20",
        "ListenerArn: !Ref Listener\n      Priority: 10": f"{arn}\n      Priority: 10",
    }
    assert told(folder, path("/*"), path("/x"), **changes) == ["error B22 Later.Priority"]


def test_says_why(folder: Folder) -> None:
    template = edited({"  Targets:\n": LATER.replace("CONDITIONS", f"[{path('/shop/x')}]")})
    (finding,) = found(folder, CHECKS, template)
    assert "Rule has priority 10 and is asked before Later, which has 20." in finding.why[0]
    assert "path-pattern /shop/x" in finding.why[1]
    assert "below 10" in finding.cure
    assert template.splitlines()[finding.place.line - 1].strip() == "Priority: 20"
