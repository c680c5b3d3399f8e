"""How a load balancer finds out whether a target is healthy.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
"""

from deploy.ecs.graph.parts import Part
from deploy.ecs.graph.truth import Truth

WEB = ("HTTP", "HTTPS")


class HealthCheck(Part):
    """Times are seconds. It is a part of the target group."""

    @property
    def is_enabled(self) -> bool | None:
        if self.text("TargetType", default="instance") == "lambda":
            return self.flag("HealthCheckEnabled", default=False)
        return self.flag("HealthCheckEnabled", default=True)

    @property
    def is_of_network(self) -> bool | None:
        """Of a network load balancer, whose checks have other defaults."""
        found = self.text("Protocol")
        return None if found is None else found not in WEB

    @property
    def protocol(self) -> str | None:
        if self.given("HealthCheckProtocol") is not False:
            return self.text("HealthCheckProtocol")
        return None if self.is_of_network is None else "TCP" if self.is_of_network else "HTTP"

    @property
    def path(self) -> str | None:
        return self.text("HealthCheckPath", default="/")

    @property
    def port(self) -> str | None:
        """A number, or "traffic-port" for the one that requests come to."""
        return self.text("HealthCheckPort", default="traffic-port")

    @property
    def interval(self) -> int | None:
        is_lambda = self.text("TargetType", default="instance") == "lambda"
        return self.number("HealthCheckIntervalSeconds", default=35 if is_lambda else 30)

    @property
    def timeout(self) -> int | None:
        if self.given("HealthCheckTimeoutSeconds") is not False:
            return self.number("HealthCheckTimeoutSeconds")
        if self.is_of_network is None:
            return None
        if self.text("TargetType") == "lambda":
            return 30
        return 5 if not self.is_of_network else 6 if self.protocol == "HTTP" else 10

    @property
    def healthy(self) -> int | None:
        """How many in a row make a target healthy."""
        return self.number("HealthyThresholdCount", default=5)

    @property
    def unhealthy(self) -> int | None:
        return self.number("UnhealthyThresholdCount", default=2)

    @property
    def codes(self) -> str | None:
        """Such as "200", "200,302" and "200-399"."""
        if self.given("Matcher", "HttpCode") is not False:
            return self.text("Matcher", "HttpCode")
        return self.text("Matcher", "GrpcCode", default="200-399" if self.is_of_network else "200")

    def accepts(self, code: int) -> Truth:
        if self.codes is None:
            return None
        bounds = [each.strip().partition("-") for each in self.codes.split(",")]
        try:
            return any(int(low) <= code <= int(high or low) for low, _, high in bounds)
        except ValueError:
            return None
