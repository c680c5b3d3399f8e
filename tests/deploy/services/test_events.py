from deploy.ecs.services.events import brief

GROUP = (
    "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/little-Target-1A/10c6361f"
)


def test_a_person_reads_no_arn_and_no_name_twice() -> None:
    event = f"(service catalog) registered 1 targets in (target-group {GROUP})"
    assert brief("catalog", event) == "registered 1 targets in (target-group little-Target-1A)"
    assert brief("accounts", event).startswith("(service catalog) ")
