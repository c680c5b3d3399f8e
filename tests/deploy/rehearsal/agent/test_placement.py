"""Which instance a task is placed on, and what ECS says where there is none."""

import pytest

from deploy.ecs.rehearsal.agent.placement import (
    Demand,
    Instance,
    Refusal,
    fargate_refusal,
    place,
)

SPREAD = [
    {"type": "spread", "field": "attribute:ecs.availability-zone"},
    {"type": "spread", "field": "instanceId"},
]


def instance(
    name: str = "a", zone: str = "a", *, memory: int = 900, interfaces: int = 1
) -> Instance:
    own = f"i-{name}", "t3.micro", zone, "subnet-1"
    return Instance(name, *own, cpu=2048, memory=memory, interfaces=interfaces)


def chosen(demand: Demand, *instances: Instance) -> str:
    found = place(demand, instances, "service:app", SPREAD)
    return found.code if isinstance(found, Refusal) else found.id


@pytest.mark.parametrize(
    ("demand", "code", "text"),
    [
        (Demand(256, 901), "RESOURCE:MEMORY", "has insufficient memory available."),
        (Demand(2049, 256), "RESOURCE:CPU", "has insufficient CPU units available."),
        (
            Demand(256, 256, frozenset({51678})),
            "RESOURCE:PORTS",
            "is already using a port required by your task.",
        ),
        (
            Demand(256, 256, interfaces=2),
            "RESOURCE:ENI",
            'encountered error "RESOURCE:ENI".',
        ),
    ],
)
def test_refusal(demand: Demand, code: str, text: str) -> None:
    found = place(demand, [instance()], "service:app", SPREAD)

    assert isinstance(found, Refusal)
    assert found.code == code
    assert found.event == (
        "was unable to place a task because no container instance met all of its requirements. The "
        f"closest matching (container-instance a) {text} For more information, see the "
        "Troubleshooting section of the Amazon ECS Developer Guide."
    )


def test_fits_exactly() -> None:
    assert chosen(Demand(2048, 900, frozenset({8000}), 1), instance()) == "a"


def test_no_instances() -> None:
    found = place(Demand(256, 256), [], "service:app", SPREAD)

    assert isinstance(found, Refusal)
    assert "Reason: No Container Instances were found in your cluster." in found.event


def test_the_closest_lacks_the_least() -> None:
    demand = Demand(256, 512, interfaces=1)
    found = place(demand, [instance("a", memory=1), instance("b", interfaces=0)], "app", SPREAD)

    assert isinstance(found, Refusal)
    assert found.instance == "b"


def test_spread_over_zones_and_instances() -> None:
    demand = Demand(128, 128)
    instances = [instance("a", "a"), instance("b", "a"), instance("c", "b")]

    for name in ("a", "c", "b", "c"):
        found = place(demand, instances, "service:app", SPREAD)
        assert isinstance(found, Instance)
        assert found.id == name
        found.take(demand, "service:app")


def test_what_a_task_took_is_given_back() -> None:
    demand = Demand(2048, 900, frozenset({8000}), 1)
    found = instance()

    found.take(demand, "service:app")
    assert found.refusal(demand)
    found.give_back(demand, "service:app")

    assert found == instance()


@pytest.mark.parametrize(("cpu", "memory", "is_there"), [(256, 512, True), (256, 4096, False)])
def test_fargate(cpu: int, memory: int, is_there: bool) -> None:
    assert (fargate_refusal(cpu, memory) is None) == is_there
