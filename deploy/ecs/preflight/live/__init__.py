"""What only the account can tell: read there, and held against the templates."""

from collections.abc import Callable, Iterable, Iterator

from deploy.ecs.graph import Graph
from deploy.ecs.preflight.finding import Finding
from deploy.ecs.preflight.live import (
    attributes,
    clusters,
    deploying,
    images,
    log_groups,
    networks,
    permissions,
    quotas,
    roles,
    room,
    secrets,
    subnets,
    trunks,
)
from deploy.ecs.preflight.live.account import Account
from deploy.ecs.preflight.live.asking import not_told

LiveCheck = Callable[[Graph, Account], Iterable[Finding]]
# What becomes of a finding of the static checks, by its id; None: it is not so.
Verdict = Callable[[Finding, Graph, Account], Finding | None]

LIVE_CHECKS: tuple[LiveCheck, ...] = (
    images.are_pushed,
    images.fit_processors,
    clusters.are_there,
    clusters.have_instances,
    clusters.agents_are_connected,
    room.is_enough,
    attributes.are_there,
    quotas.are_enough,
    subnets.are_there,
    subnets.have_addresses,
    subnets.have_fargate,
    networks.resolve_names,
    networks.ask_amazons_name_servers,
    secrets.are_there,
    secrets.parameters_are_there,
    secrets.have_their_keys,
    secrets.have_what_the_loader_reads,
    secrets.names_are_free,
    roles.can_be_assumed,
    permissions.allow_reading,
    permissions.allow_injecting,
    permissions.allow_pulling,
    deploying.may_pass_roles,
    deploying.service_role_is_there,
)
VERDICTS: dict[str, Verdict] = {
    "A07": log_groups.are_there,
    **dict.fromkeys(("P03", "P04", "P08"), trunks.are_on),
}


def judged(found: Iterable[Finding], graph: Graph, account: Account) -> Iterator[Finding]:
    """The static findings, those that the account decides as it decides them."""
    for each in found:
        verdict = VERDICTS.get(each.id)
        left = verdict(each, graph, account) if verdict else each
        if left is not None:
            yield left


def live(graph: Graph, account: Account) -> Iterator[Finding]:
    for check in LIVE_CHECKS:
        yield from check(graph, account)
    yield from not_told(account, graph.stacks)
