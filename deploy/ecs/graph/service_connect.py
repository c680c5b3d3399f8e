"""Names that ECS Service Connect gives to services.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts.html
"""

from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.graph.parts import Listing, Part
from deploy.ecs.graph.services import Service
from deploy.ecs.graph.truth import Truth, all_of

CONNECT = "ServiceConnectConfiguration"


def uses_service_connect(service: Service) -> Truth:
    """Else none of its names leads anywhere from there."""
    return all_of([service.given(CONNECT), service.flag(CONNECT, "Enabled", default=True)])


def connect_names(service: Service) -> Listing[Value]:
    """By which others of its namespace call it. A short discovery name, which its namespace
    is added to, counts as not known."""
    found: list[Value] = []
    parts = service.parts(Part, CONNECT, "Services")
    complete = parts.complete
    for each in parts:
        aliases = each.parts(Part, "ClientAliases")
        names = [alias.value("DnsName") for alias in aliases]
        found += [name for name in names if name is not None]
        complete = complete and aliases.complete and len(names) > 0 and None not in names
    return Listing(tuple(found), complete)
