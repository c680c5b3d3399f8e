"""Rules that name nobody, which CloudFormation leaves out without a word."""

from collections.abc import Iterator

from deploy.ecs.graph import Graph, SecurityGroup
from deploy.ecs.graph.parts import Element
from deploy.ecs.graph.security_groups import IngressRule, Rule, StandaloneIngress
from deploy.ecs.preflight.connections.wording import ports_named
from deploy.ecs.preflight.finding import Finding, warning


def rules_have_a_source(graph: Graph) -> Iterator[Finding]:
    for each in _rules(graph):
        if each.source == "none":
            yield _without(each)


def _rules(graph: Graph) -> Iterator[Rule]:
    for group in graph.all(SecurityGroup):
        yield from group.parts(IngressRule, "SecurityGroupIngress")
    for alone in graph.all(StandaloneIngress):
        yield alone.part_at(IngressRule, Element(alone.body, alone.at, alone.exists))


def _without(rule: Rule) -> Finding:
    first, last = rule.first, rule.last
    ports = "its ports" if first is None or last is None else ports_named((first, last))
    name = rule.resource.logical_id
    return warning(
        "X02",
        rule,
        why=[
            f"A rule of {name} is for {rule.protocol or 'a protocol'}, {ports}, and has neither "
            "CidrIp, CidrIpv6, SourceSecurityGroupId nor SourcePrefixListId.",
            "CloudFormation adds no rule then, and says nothing.",
        ],
        message=f"{name} admits nobody at {ports}: the rule is not there",
        cure="Say who is admitted, by SourceSecurityGroupId or CidrIp, or take the rule out.",
    )
