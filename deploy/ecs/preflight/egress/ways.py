"""Which way packets take from a subnet to a service of AWS, and what stops them.

An endpoint with private DNS takes over the service's name for the whole network, also where there
is a NAT gateway; a gateway endpoint wins over other routes of its table.
"""

from collections.abc import Iterator
from functools import cached_property

from deploy.ecs.graph import Graph, Listing, Truth, Vpc, VpcEndpoint
from deploy.ecs.graph.dhcp import may_have_options
from deploy.ecs.graph.endpoints import endpoints_of, gateways_of
from deploy.ecs.graph.parts import is_meant
from deploy.ecs.preflight.egress.filters import Sender, Stop, named


class Way(Sender):
    """From one subnet, for one need. `stops` is empty where it gets there, or nobody knows."""

    @cached_property
    def stops(self) -> tuple[Stop, ...]:
        if self.vpc is None:
            return ()
        if self.vpc.dns_support is False and not may_have_options(self.vpc):
            return (self._no_names(self.vpc),)
        if self.need.service == "s3":
            return tuple(self._to_s3())
        return tuple(self._to_endpoint_or_internet())

    def _no_names(self, vpc: Vpc) -> Stop:
        return Stop(
            "N12",
            vpc,
            ("EnableDnsSupport",),
            (
                f"EnableDnsSupport of {named(vpc)} is false: nothing in it resolves a name, that "
                f"of {self.goal} neither.",
            ),
            "Set EnableDnsSupport to true.",
        )

    # Interface endpoints

    def _to_endpoint_or_internet(self) -> Iterator[Stop]:
        endpoints = self._endpoints()
        serving = [each for each in endpoints if self._takes_over(each)]
        if serving:
            yield from self._through(serving)
            return
        if self._to_internet is not False or not endpoints.complete:
            if self._to_internet:
                yield from self.at_public_addresses(self._leaving)
            return
        if any(self._takes_over(each) is None for each in endpoints):
            return
        broken = [stop for each in endpoints for stop in self._not_resolved(each)]
        yield from broken or self._missing()

    def _endpoints(self) -> Listing[VpcEndpoint]:
        return endpoints_of(self.vpc, self.need.service) if self.vpc else Listing((), False)

    def _takes_over(self, endpoint: VpcEndpoint) -> Truth:
        """Whether the service's name leads to it."""
        vpc = self.vpc
        if vpc is None or endpoint.private_dns is None:
            return None
        region = self.graph.environment(endpoint.resource.stack).region
        wrong_region = None not in (endpoint.service_region, region)
        if wrong_region and endpoint.service_region != region:
            return False
        settings = (endpoint.private_dns, vpc.dns_support, vpc.dns_hostnames)
        if False in settings:
            return False
        return None if None in settings or endpoint.exists is None else True

    def _through(self, endpoints: list[VpcEndpoint]) -> Iterator[Stop]:
        """One that lets it through is enough: they share the name."""
        each_stops = [tuple(self.at_endpoint(each)) for each in endpoints]
        if all(each_stops):
            yield from each_stops[0]

    def _not_resolved(self, endpoint: VpcEndpoint) -> Iterator[Stop]:
        """Why the service's name does not lead to an endpoint that is there."""
        region = self.graph.environment(endpoint.resource.stack).region
        if endpoint.service_region not in {None, region} and region is not None:
            yield Stop(
                "N14",
                endpoint,
                ("ServiceName",),
                (f"{named(endpoint)} is for {endpoint.service_region}, the stack is in {region}.",),
                f"Name com.amazonaws.{region}.{self.need.service}.",
            )
        elif endpoint.private_dns is False:
            yield Stop(
                "N11",
                endpoint,
                ("PrivateDnsEnabled",),
                (
                    f"{named(endpoint)} is there, but without private DNS the name of "
                    f"{self.need.service} means its public addresses.",
                ),
                "Set PrivateDnsEnabled to true.",
            )
        elif self.vpc is not None:
            name = "EnableDnsSupport" if self.vpc.dns_support is False else "EnableDnsHostnames"
            yield Stop(
                "N12",
                self.vpc,
                (name,),
                (f"{named(endpoint)} has private DNS, which needs {name} in {named(self.vpc)}.",),
                f"Set {name} to true.",
            )

    # The internet

    @cached_property
    def _to_internet(self) -> Truth:
        """Whether the subnet and the address have a way out, whatever filters there are."""
        table = self.subnet.route_table
        if table is None:
            return None
        way = self.subnet.internet
        if way.truth is not True:
            return way.truth
        kinds = {each.kind for each in way.because}
        if kinds == {"internet gateway"}:
            return self.position.public_address
        return None if "internet gateway" in kinds else True

    @property
    def _leaving(self) -> str:
        return f"What it sends to {self.goal} leaves {named(self.subnet)} for the internet."

    # S3, where the layers of images are

    def _to_s3(self) -> Iterator[Stop]:
        table = self.subnet.route_table
        if table is None or self.vpc is None:
            return
        gateways = gateways_of(table, "s3")
        if len(gateways):
            what = f"{named(gateways[0])} takes what {named(table)} sends to S3."
            for each in gateways:
                yield from self.at_policy(each, what)
            yield from self.at_public_addresses(
                f"{what} The addresses of S3 are public ones there too."
            )
            return
        if not gateways.complete or self._to_internet is not False:
            if gateways.complete and self._to_internet:
                yield from self.at_public_addresses(self._leaving)
            return
        others = endpoints_of(self.vpc, "s3")
        if not others.complete or any(each.type != "Gateway" for each in others):
            return
        if len(others):
            yield Stop(
                "N15",
                others[0],
                ("RouteTableIds",),
                (
                    f"{named(self.subnet)} uses the route table {named(table)}.",
                    f"{named(others[0])} is not on it, and it has no other way to S3.",
                ),
                f"Add {named(table)} to the RouteTableIds of {named(others[0])}.",
            )
        else:
            yield from self._missing()

    def _missing(self) -> Iterator[Stop]:
        """Nothing leads there; the caller says which fault that is."""
        yield Stop("", self.position.said_by, (), (), "")


def foreign_endpoints(graph: Graph, vpc: Vpc, service: str) -> list[VpcEndpoint]:
    """Of that service in other networks of these stacks."""
    return [
        each
        for each in graph.all(VpcEndpoint)
        if each.service == service and is_meant(vpc, each.vpc) is False
    ]
