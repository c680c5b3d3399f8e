"""Good templates, put together of parts: one for each way to run a service on ECS."""

from pathlib import Path

PARTS = Path(__file__).parent / "parts"
AWSVPC = """\
      NetworkConfiguration:
        AwsvpcConfiguration:
          AssignPublicIp: {public}
          Subnets: [!Ref {where}A, !Ref {where}B]
          SecurityGroups: [!Ref TaskGroup]"""
SIZE = "      RequiresCompatibilities: [FARGATE]\n      Cpu: 256\n      Memory: 512"


def _template(parts: str, **given: str) -> str:
    text = "".join((PARTS / f"{each}.yaml").read_text() for each in parts.split())
    for name, value in given.items():
        text = text.replace(name, value)
    return text


def _fargate(parts: str, where: str = "Private", route: str = "", **more: str) -> str:
    public = "ENABLED" if where == "Public" else "DISABLED"
    registered = "      ServiceRegistries: [{RegistryArn: !GetAtt ShopName.Arn}]"
    network = AWSVPC.format(public=public, where=where)
    return _template(
        f"head network {parts} balancer data roles fargate task_group service",
        **more,
        TARGETTYPE="ip",
        SENDERTASK="TaskGroup",
        SENDERS="TaskGroup",
        MODE="awsvpc",
        TASKSIZE=SIZE,
        PORTS="",
        SERVICEROUTE=route,
        LAUNCH="      LaunchType: FARGATE",
        MINIMUM="100",
        MAXIMUM="200",
        NETWORKCONFIGURATION=f"{network}\n{registered}" if "peer" in parts else network,
        SCALINGMAX="6",
    )


def _instances(parts: str, mode: str, where: str, route: str, **more: str) -> str:
    own = mode == "awsvpc"
    size = "TASKSIZE\n"
    ports = {"awsvpc": "", "bridge": ", HostPort: 0", "host": ", HostPort: 8000"}[mode]
    text = _template(
        f"head network {parts} balancer data roles instances "
        f"{'task_group' if own else f'{mode}_ports'} service",
        TARGETTYPE="ip" if own else "instance",
        SENDERTASK="TaskGroup" if own else "InstanceGroup",
        INSTANCEROUTE=route,
        INSTANCESUBNET=where,
        MODE=mode,
        PORTS=ports,
        SERVICEROUTE=", Providers",
        LAUNCH="      CapacityProviderStrategy: [{CapacityProvider: !Ref Provider, Weight: 1}]",
        MINIMUM="50",
        MAXIMUM="100" if mode == "host" else "200",
        NETWORKCONFIGURATION=AWSVPC.format(public="DISABLED", where=where) if own else "",
        SCALINGMAX="4",
        **more,
    )
    return text.replace(size, "").replace(
        "!GetAtt SENDERS.GroupId", "!GetAtt InstanceGroup.GroupId"
    )


BASES = {
    "fargate-nat": _fargate("nat bastion", route=", PrivateDefault"),
    "fargate-endpoints": _fargate("endpoints"),
    "fargate-public": _fargate("", "Public", ", PublicDefault"),
    "fargate-peers": _fargate("nat peer", route=", PrivateDefault"),
    "ec2-awsvpc": _instances("nat", "awsvpc", "Private", "PrivateDefault"),
    "ec2-bridge": _instances("", "bridge", "Public", "PublicDefault"),
    "ec2-bridge-private": _instances(
        "endpoints agent_endpoints", "bridge", "Private", "PrivateARoutes"
    ),
    "ec2-host": _instances("nat", "host", "Private", "PrivateDefault"),
}
