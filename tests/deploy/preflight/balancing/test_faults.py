"""One fault each, and what looks like it."""

import pytest

from deploy.ecs.preflight.balancing import CHECKS
from tests.deploy.evaluator.writing import Folder
from tests.deploy.preflight.asking import found, ids
from tests.deploy.preflight.balancing.shop import BRIDGE, COMMAND, GOOD, edited

HEALTH = "HealthCheckPath: /health"
MAPPED = "PortMappings: [{ContainerPort: 8000}]"
SENT = "ContainerName: web, ContainerPort: 8000"
DELAY = '[{Key: deregistration_delay.timeout_seconds, Value: "20"}]'
GRACE = "      HealthCheckGracePeriodSeconds: 60\n"
IMAGE = "Image: shop"
RULE = GOOD[GOOD.index("  Rule:") : GOOD.index("  Targets:")]
ELSEWHERE = {SENT: SENT.replace("8000", "8080"), MAPPED: MAPPED.replace("8000", "8080")}
NO_COMMAND = {f"          {COMMAND}\n": ""}


def also(line: str, *more: str) -> dict[str, str]:
    """Properties behind that one."""
    indent = GOOD.splitlines()[line_of(line) - 1].partition(line.partition(":")[0])[0]
    return {line: f"\n{indent}".join([line, *more])}


def line_of(text: str, template: str = GOOD) -> int:
    return template[: template.index(text)].count("\n") + 1


FAULTS = {
    "no such matcher": (
        also(HEALTH, 'Matcher: {HttpCode: "200-599"}'),
        "error B04 Targets Matcher.HttpCode",
        "codes from 200 to 499",
    ),
    "a matcher that is no code": (
        also(HEALTH, "Matcher: {HttpCode: ok}"),
        "error B04 Targets Matcher.HttpCode",
        "'ok'",
    ),
    "a matcher without 200": (
        also(HEALTH, 'Matcher: {HttpCode: "301"}'),
        "note B04 Targets Matcher.HttpCode",
        "answers /health with 200",
    ),
    "gunicorn at another port": (
        {COMMAND: COMMAND.replace("8000", "9000")},
        "error B05 Task ContainerDefinitions.0.Command",
        "gunicorn, which listens on port 9000",
    ),
    "gunicorn for itself": (
        {COMMAND: COMMAND.replace("0.0.0.0", "127.0.0.1")},
        "error B05 Task ContainerDefinitions.0.Command",
        "127.0.0.1 only",
    ),
    "in a shell": (
        {COMMAND: 'Command: [sh, -c, "./prepare && exec gunicorn -b localhost:$PORT shop"]'},
        "error B05 Task ContainerDefinitions.0.Command",
        "localhost only",
    ),
    "uvicorn by default": (
        {
            COMMAND: "Command: [uvicorn, --timeout-keep-alive, 75, shop:app]",
            "Name: PORT": "Name: OTHER",
        },
        "error B05 Task ContainerDefinitions.0.Command",
        "127.0.0.1 only",
    ),
    "runserver": (
        {COMMAND: "Command: [python, manage.py, runserver]"},
        "error B05 Task ContainerDefinitions.0.Command",
        "127.0.0.1 only",
    ),
    "PORT of another": (
        ELSEWHERE | NO_COMMAND,
        "warning B05 Task ContainerDefinitions.0.Environment.0.Value",
        "told by PORT to listen on port 8000",
    ),
    "health checks at no port": (
        also(HEALTH, "HealthCheckPort: 80"),
        "warning B05 Targets HealthCheckPort",
        "ports of Task are: 8000",
    ),
    "health checks at a fixed port": (
        BRIDGE | also(HEALTH, "HealthCheckPort: 8000"),
        "error B06 Targets HealthCheckPort",
        "Docker chooses the host port",
    ),
    "instances for awsvpc": (
        {"TargetType: ip": "TargetType: instance"},
        "error B07 Targets TargetType",
        "network mode awsvpc",
    ),
    "instances by default": (
        {"      TargetType: ip\n": ""},
        "error B07 Targets TargetType",
        "instance, which is the default",
    ),
    "addresses for bridge": (
        BRIDGE | {"TargetType: ip": "TargetType: ip # still"},
        "error B07 Targets TargetType",
        "network mode bridge",
    ),
    "no rule": (
        {RULE: "", "    DependsOn: Rule\n": ""},
        "error B11 Targets ",
        "No listener and no rule",
    ),
    "waits for the load balancer only": (
        {"DependsOn: Rule": "DependsOn: Balancer"},
        "warning B12 Service ",
        "once Rule is there",
    ),
    "no grace": ({GRACE: ""}, "note B16 Service HealthCheckGracePeriodSeconds", "in 60 s"),
    "no grace, and a hasty check": (
        {GRACE: GRACE.replace("60", "0")} | also(HEALTH, "HealthCheckIntervalSeconds: 10"),
        "warning B16 Service HealthCheckGracePeriodSeconds",
        "in 20 s",
    ),
    "less grace than a start takes": (
        {GRACE: GRACE.replace("60", "30")} | also(IMAGE, "HealthCheck: {StartPeriod: 120}"),
        "warning B16 Service HealthCheckGracePeriodSeconds",
        "has 120 seconds to start",
    ),
    "a time-out as long as the interval": (
        also(HEALTH, "HealthCheckTimeoutSeconds: 30"),
        "error B17 Targets HealthCheckTimeoutSeconds",
        "checks every 30 seconds",
    ),
    "an interval as short as the time-out": (
        also(HEALTH, "HealthCheckIntervalSeconds: 5"),
        "error B17 Targets HealthCheckIntervalSeconds",
        "waits 5 seconds, the default,",
    ),
    "killed before the delay": (
        also(IMAGE, "StopTimeout: 10"),
        "note B18 Task ContainerDefinitions.0.StopTimeout",
        "killed 10 seconds after SIGTERM",
    ),
    "a long delay by default": (
        {DELAY: "[]"},
        "note B19 Targets TargetGroupAttributes",
        "300 seconds, AWS's default",
    ),
    "no such container": (
        {SENT: SENT.replace("web", "app")},
        "error B20 Service LoadBalancers.0.ContainerName",
        "are: web",
    ),
    "no such port": (
        {SENT: SENT.replace("8000", "80")} | NO_COMMAND | {"Name: PORT": "Name: OTHER"},
        "error B20 Service LoadBalancers.0.ContainerPort",
        "maps are: 8000",
    ),
    "threads by default": (
        {COMMAND: COMMAND.replace("--bind", "--threads, 8, --bind")},
        "note B21 Task ContainerDefinitions.0.Command",
        "2 seconds, its default",
    ),
    "a keep-alive that is short": (
        {COMMAND: COMMAND.replace("--bind", "-k, gthread, --keep-alive=60, --bind")},
        "warning B21 Task ContainerDefinitions.0.Command",
        "for 60 seconds.",
    ),
    "a load balancer that is patient": (
        {'timeout_seconds, Value: "60"': 'timeout_seconds, Value: "300"'} | NO_COMMAND,
        "note B21 Balancer LoadBalancerAttributes",
        "for 300 seconds",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault(folder: Folder, name: str) -> None:
    changes, wanted, reason = FAULTS[name]
    told = [
        each for each in found(folder, CHECKS, edited(changes)) if f" {each.id} " in f" {wanted} "
    ]
    assert [f"{each.severity} {each.id} {each.resource} {each.property}" for each in told] == [
        wanted
    ]
    assert reason in " ".join(told[0].why)


@pytest.mark.parametrize(
    "name", [each for each in FAULTS if each not in {"no such port", "a long delay by default"}]
)
def test_fault_alone(folder: Folder, name: str) -> None:
    """One fault is one finding."""
    changes, wanted, _ = FAULTS[name]
    assert ids(found(folder, CHECKS, edited(changes))) == [" ".join(wanted.split()[:2])]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("no such matcher", "Matcher:"),
        ("gunicorn at another port", "Command:"),
        ("instances for awsvpc", "TargetType:"),
        ("no such container", "LoadBalancers:"),
        ("a time-out as long as the interval", "HealthCheckTimeoutSeconds:"),
    ],
)
def test_line(folder: Folder, name: str, written: str) -> None:
    template = edited(FAULTS[name][0])
    (told,) = found(folder, CHECKS, template)
    assert told.place.line == line_of(written, template)


RIGHT = {
    "ranges and lists": also(HEALTH, 'Matcher: {HttpCode: "200,301-302, 404"}'),
    "all that is no error": also(HEALTH, 'Matcher: {HttpCode: "200-499"}'),
    "a server error for a network load balancer": {
        "Protocol: HTTP\n      HealthCheckPath": (
            'Protocol: TCP\n      Matcher: {HttpCode: "200-599"}\n      HealthCheckPath'
        )
    },
    "the protocol is not known": {
        "Protocol: HTTP\n      HealthCheckPath": (
            'Protocol: !Ref Open\n      Matcher: {HttpCode: "200-599"}\n'
            "      HealthCheckTimeoutSeconds: 30\n      HealthCheckPath"
        )
    },
    "equal times of a network load balancer": {
        "Protocol: HTTP\n      HealthCheckPath": (
            "Protocol: TCP\n      HealthCheckIntervalSeconds: 10\n"
            "      HealthCheckTimeoutSeconds: 10\n      HealthCheckPath"
        )
    },
    "one second between": also(
        HEALTH, "HealthCheckIntervalSeconds: 6", "HealthCheckTimeoutSeconds: 5"
    ),
    "two addresses": {COMMAND: COMMAND.replace("--bind", '-b, "127.0.0.1:9000", --bind')},
    "a server that is only named": {COMMAND: 'Command: [sh, -c, "echo no uvicorn; exec node"]'},
    "a socket": {COMMAND: COMMAND.replace("0.0.0.0:8000", "unix:/run/shop.sock")},
    "a port of a variable that is not known": {COMMAND: COMMAND.replace("8000", "$OTHER")},
    "a port that is not known": {COMMAND: 'Command: [gunicorn, -b, !Sub "0.0.0.0:${OpenPort}", x]'},
    "a default in the shell": {COMMAND: 'Command: [sh, -c, "gunicorn -b :${OTHER:-8000} shop"]'},
    "options in the environment": {
        COMMAND: "Command: [gunicorn, shop]",
        'Name: PORT, Value: "8000"': 'Name: GUNICORN_CMD_ARGS, Value: "-b 0.0.0.0:8000"',
    },
    "a configuration of its own": {COMMAND: "Command: [gunicorn, -c, python:shop, shop]"},
    "PORT is of another port that is mapped": ELSEWHERE
    | NO_COMMAND
    | {MAPPED: "PortMappings: [{ContainerPort: 8000}, {ContainerPort: 8080}]"},
    "the group's own port": {
        "      Port: 80\n      Protocol: HTTP\n      Health": (
            "      Port: 1\n      Protocol: HTTP\n      Health"
        )
    },
    "checks at the traffic port": also(HEALTH, "HealthCheckPort: traffic-port"),
    "checks at that port": also(HEALTH, 'HealthCheckPort: "8000"'),
    "checks at another mapped port": also(HEALTH, "HealthCheckPort: 9000")
    | {MAPPED: "PortMappings: [{ContainerPort: 8000}, {ContainerPort: 9000}]"},
    "a fixed port on both": BRIDGE
    | also(HEALTH, "HealthCheckPort: 9000")
    | {"{ContainerPort: 8000}]\n  Service": "{ContainerPort: 8000, HostPort: 9000}]\n  Service"},
    "checks at a port that is not known": also(HEALTH, "HealthCheckPort: !Ref OpenPort"),
    "a network mode that is not known": {"NetworkMode: awsvpc": "NetworkMode: !Ref Open"},
    "a target type that is not known": {
        "NetworkMode: awsvpc": "NetworkMode: bridge",
        "TargetType: ip": "TargetType: !If [Unclear, ip, instance]",
    },
    "a listener's default": {
        RULE: "",
        "DependsOn: Rule": "DependsOn: Listener",
        '{Type: fixed-response, FixedResponseConfig: {StatusCode: "404"}}': (
            "{Type: forward, TargetGroupArn: !Ref Targets}"
        ),
    },
    "weighted": {
        "{Type: forward, TargetGroupArn: !Ref Targets}": (
            "{Type: forward, ForwardConfig: {TargetGroups: [{TargetGroupArn: !Ref Targets}]}}"
        )
    },
    "a rule that may send there": {
        "{Type: forward, TargetGroupArn: !Ref Targets}": (
            "{Type: forward, TargetGroupArn: !Ref Open}"
        )
    },
    "attached by a custom resource": {
        RULE: "  Attach: {Type: 'Custom::Rule', Properties: {Group: !Ref Targets}}\n",
        "    DependsOn: Rule\n": "",
    },
    "waits by a reference": {
        "    DependsOn: Rule\n": "",
        "HealthCheckGrace": "Tags: [{Key: a, Value: !Ref Rule}]\n      HealthCheckGrace",
    },
    "waits by way of another": {
        "DependsOn: Rule": "DependsOn: Last",
        "  Service:": "  Last: {Type: 'AWS::SNS::Topic', DependsOn: Rule}\n  Service:",
    },
    "grace is not known": {GRACE: GRACE.replace("60", "!Ref OpenPort")},
    "a start that fits": {GRACE: GRACE.replace("60", "30")}
    | also(IMAGE, "HealthCheck: {StartPeriod: 90}"),
    "a delay that is not known": {DELAY: DELAY.replace('"20"', "!Ref OpenPort")},
    "a stop as long as the delay": also(IMAGE, "StopTimeout: 20"),
    "a range of ports": NO_COMMAND | {MAPPED: 'PortMappings: [{ContainerPortRange: "8000-8010"}]'},
    "a container of a condition": {SENT: SENT.replace("web", "!If [Unclear, web, other]")},
    "one request on each connection": {
        COMMAND: COMMAND.replace("--bind", "--workers, 4, --keep-alive, 5, --bind")
    },
    "a keep-alive that is long": {
        COMMAND: COMMAND.replace("--bind", "-k, gevent, --keep-alive, 75, --bind")
    },
    "a time-out that is not known": {
        'timeout_seconds, Value: "60"': "timeout_seconds, Value: !Ref OpenPort",
        COMMAND: COMMAND.replace("--bind", "-k, gevent, --bind"),
    },
}


@pytest.mark.parametrize("name", RIGHT)
def test_right(folder: Folder, name: str) -> None:
    told = found(folder, CHECKS, edited(RIGHT[name]))
    assert told == []


def test_group_that_nobody_uses(folder: Folder) -> None:
    unused = "  Unused: {Type: 'AWS::ElasticLoadBalancingV2::TargetGroup'}\n  Service:"
    assert found(folder, CHECKS, edited({"  Service:": unused})) == []
