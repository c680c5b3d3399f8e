"""Load balancers: which one, which rule, which target; and what they answer themselves."""

from typing import Any

import pytest
import requests

from tests.deploy.rehearsal.agent.ground import Ground


def get(ground: Ground, path: str, host: str = "", **more: Any) -> requests.Response:
    headers = {"Host": host} if host else {}
    return requests.get(
        f"{ground.agent.url}{path}", headers=headers, allow_redirects=False, timeout=10, **more
    )


def told(answer: requests.Response) -> dict[str, str]:
    """The headers that the target got."""
    lines = answer.text.splitlines()[1:]
    return dict(line.split(": ", 1) for line in lines)


@pytest.fixture
def services(ground: Ground) -> Ground:
    """Two of them, one for /items* and the host name admin.example.com, one for the rest."""
    for name in ("items", "rest"):
        group = ground.target_group(name)
        ground.rule(
            group,
            {"items": 20, "rest": 90}[name],
            *{"items": ["/items*"], "rest": ["/r?st/*"]}[name],
        )
        if name == "items":
            ground.rule(group, 10, "/*", host="admin.example.com")
        ground.serve(ground.define(name), group, serviceName=name)
        ground.agent.wait_until_stable("shop", name)
    return ground


def test_rules(services: Ground) -> None:
    def name(path: str, host: str = "") -> str:
        answer = get(services, path, host)
        return answer.text.split()[0] if answer.ok else str(answer.status_code)

    assert name("/items?x=1") == "items"
    assert name("/rest/items") == "rest"
    assert name("/rst/") == "404"
    assert name("/Items") == "404"
    assert get(services, "/").text == "nothing"
    assert name("/items", services.host) == "items"
    assert name("/items", f"{services.host.upper()}:8080") == "items"
    assert name("/items", "other.example.com") == "404"

    through = {"http": services.agent.url}
    answer = requests.get(f"http://{services.host}/items?x=1", proxies=through, timeout=10)
    assert answer.text.startswith("items\n")


def test_what_a_target_is_told(services: Ground) -> None:
    answer = get(services, "/items", f"{services.host}:8080")
    headers = told(answer)

    assert headers["Host"] == f"{services.host}:8080"
    assert headers["X-Forwarded-For"] == "127.0.0.1"
    assert (headers["X-Forwarded-Proto"], headers["X-Forwarded-Port"]) == ("http", "80")
    assert told(get(services, "/items"))["Host"] == services.host


def test_alias(services: Ground) -> None:
    route53 = services.cloud.client("route53")
    zone = route53.create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]["Id"]
    target = {"HostedZoneId": "Z1", "DNSName": services.host, "EvaluateTargetHealth": False}
    record = {"Name": "admin.example.com", "Type": "A", "AliasTarget": target}
    route53.change_resource_record_sets(
        HostedZoneId=zone,
        ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]},
    )

    assert get(services, "/whatever", "admin.example.com").text.startswith("items")
    assert told(get(services, "/whatever"))["Host"] == "admin.example.com"


def test_nobody_there(ground: Ground) -> None:
    ground.rule(ground.target_group("app"), 10, "/*")

    answer = get(ground, "/")

    assert answer.status_code == 503
    assert "503 Service Temporarily Unavailable" in answer.text


def test_target_dies(services: Ground) -> None:
    """Until its health check has failed the load balancer asks it, in vain."""
    [arn] = services.ecs.list_tasks(cluster="shop", serviceName="items")["taskArns"]
    task = services.agent.launching.tasks[arn.rpartition("/")[2]]
    port = task.real_ports[8000]
    for target in services.agent.targets.of_task(task):
        target.real_port = 1  # where nobody listens

    assert get(services, "/items").status_code == 502
    assert requests.get(f"http://127.0.0.1:{port}/", timeout=5).ok


def test_redirect(ground: Ground) -> None:
    to = {
        "Protocol": "HTTPS",
        "Port": "443",
        "Host": "#{host}",
        "Path": "/#{path}",
        "Query": "#{query}",
        "StatusCode": "HTTP_301",
    }
    ground.elb.modify_listener(
        ListenerArn=ground.listener,
        DefaultActions=[{"Type": "redirect", "RedirectConfig": to}],
    )

    answer = get(ground, "/a/b?c=d", ground.host)

    assert answer.status_code == 301
    assert answer.headers["Location"] == f"https://{ground.host}:443/a/b?c=d"
