"""What instances of a type register with a cluster.

Processors, memory and interfaces: https://docs.aws.amazon.com/ec2/latest/instancetypes/
Trunks: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/eni-trunking-supported-instance-types.html
"""

import re
from dataclasses import dataclass

REGISTERED = 0.92  # of the nominal memory, where nobody has measured it
UNMEASURED_MOST = 0.98  # no kernel keeps less for itself
# Seen with the ECS-optimized image, MiB; that of t2.micro with an old one.
MEASURED = {
    "t2.micro": 993,
    "t2.small": 2001,
    "t2.medium": 3953,
    "t3.small": 1901,
    "t3.medium": 3828,
    "m4.large": 7985,
    "c5.large": 3704,
    "m5.large": 7680,
}
NEWER_IMAGES = {"t2.micro": 920}
WITHOUT_TRUNK = ("t2", "t3", "t3a", "t4g", "m4", "c4")

Sizes = dict[str, tuple[int, float, int]]  # processors, GiB, interfaces
_BURSTABLE: Sizes = {
    "nano": (2, 0.5, 2),
    "micro": (2, 1, 2),
    "small": (2, 2, 3),
    "medium": (2, 4, 3),
    "large": (2, 8, 3),
    "xlarge": (4, 16, 4),
    "2xlarge": (8, 32, 4),
}
_T2: Sizes = {
    "nano": (1, 0.5, 2),
    "micro": (1, 1, 2),
    "small": (1, 2, 3),
    "medium": (2, 4, 3),
    "large": (2, 8, 3),
    "xlarge": (4, 16, 3),
    "2xlarge": (8, 32, 3),
}
_INTERFACES = {"large": 3, "xlarge": 4, "2xlarge": 4, "4xlarge": 8, "8xlarge": 8}
_INTERFACES |= {"12xlarge": 8, "16xlarge": 15}
_PROCESSORS = {"large": 2, "xlarge": 4, "2xlarge": 8, "4xlarge": 16, "8xlarge": 32}
_PROCESSORS |= {"12xlarge": 48, "16xlarge": 64}


def _sizes(gib: int, *sizes: str) -> Sizes:
    """Those of a family with so many GiB for each processor."""
    return {
        size: (_PROCESSORS[size], _PROCESSORS[size] * gib, _INTERFACES[size])
        for size in sizes or _PROCESSORS
    }


_GENERAL, _COMPUTE, _MEMORY = _sizes(4), _sizes(2), _sizes(8)
_OF_C5: Sizes = _sizes(2, "large", "xlarge", "2xlarge", "4xlarge", "12xlarge") | {
    "9xlarge": (36, 72, 8),
    "18xlarge": (72, 144, 15),
}
_FLEX = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge")
_FAMILIES: dict[str, Sizes] = {
    "t2": _T2,
    "t3": _BURSTABLE,
    "t3a": _BURSTABLE | {"small": (2, 2, 2)},
    "t4g": _BURSTABLE,
    "m4": {
        "large": (2, 8, 2),
        "xlarge": (4, 16, 4),
        "2xlarge": (8, 32, 4),
        "4xlarge": (16, 64, 8),
    },
    "c4": {
        "large": (2, 3.75, 3),
        "xlarge": (4, 7.5, 4),
        "2xlarge": (8, 15, 4),
        "4xlarge": (16, 30, 8),
    },
    "c5": _OF_C5,
    "c5d": _OF_C5,
    "m7i-flex": _sizes(4, *_FLEX),
    "c7i-flex": _sizes(2, *_FLEX),
}
_FAMILIES |= dict.fromkeys(("m5", "m5a", "m5d", "m6i", "m6a", "m6id", "m7i", "m7a"), _GENERAL)
_FAMILIES |= dict.fromkeys(("c5a", "c6i", "c6a", "c6id", "c7i", "c7a"), _COMPUTE)
_FAMILIES |= dict.fromkeys(("r5", "r5a", "r5d", "r6i", "r6a", "r6id", "r7i", "r7a"), _MEMORY)
_GRAVITON: dict[str, Sizes] = {
    "m": _GENERAL | {"medium": (1, 4, 2)},
    "c": _COMPUTE | {"medium": (1, 2, 2)},
    "r": _MEMORY | {"medium": (1, 8, 2)},
}
_FAMILIES |= {
    f"{letter}{generation}": sizes
    for letter, sizes in _GRAVITON.items()
    for generation in ("6g", "6gd", "7g", "7gd", "8g")
}
ARM = tuple(family for family in _FAMILIES if re.fullmatch(r"(t4|[mcr][678])gd?", family))
# Tasks with awsvpc on a trunk, where it is certain.
_ON_TRUNK = {
    f"{family}5.{size}": tasks
    for family in "mcr"
    for size, tasks in {"large": 10, "xlarge": 20, "2xlarge": 40}.items()
}


@dataclass(frozen=True)
class InstanceType:
    name: str
    cpu: int  # units, 1024 for a processor
    nominal_memory: int  # MiB
    memory: int  # MiB that are registered, ECS_RESERVED_MEMORY not yet taken off
    is_measured: bool  # else `memory` is an estimate
    least_memory: int  # MiB that are registered whatever the image
    most_memory: int
    interfaces: int
    can_trunk: bool
    tasks_on_trunk: int | None  # with awsvpc
    architecture: str

    @property
    def tasks_with_awsvpc(self) -> int:
        """Without trunks: one interface is the instance's own."""
        return self.interfaces - 1


def _type(family: str, size: str, processors: int, gib: float, interfaces: int) -> InstanceType:
    name, nominal = f"{family}.{size}", int(gib * 1024)
    memory = MEASURED.get(name, int(nominal * REGISTERED))
    return InstanceType(
        name=name,
        cpu=processors * 1024,
        nominal_memory=nominal,
        memory=memory,
        is_measured=name in MEASURED,
        least_memory=NEWER_IMAGES.get(name, memory),
        most_memory=MEASURED.get(name, int(nominal * UNMEASURED_MOST)),
        interfaces=interfaces,
        can_trunk=family not in WITHOUT_TRUNK,
        tasks_on_trunk=_ON_TRUNK.get(name),
        architecture="ARM64" if family in ARM else "X86_64",
    )


INSTANCE_TYPES = {
    f"{family}.{size}": _type(family, size, *numbers)
    for family, sizes in _FAMILIES.items()
    for size, numbers in sizes.items()
}


def instance_type(name: str | None) -> InstanceType | None:
    return INSTANCE_TYPES.get(name or "")
