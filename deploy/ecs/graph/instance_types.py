"""What instances of a type register with a cluster.

Processors, memory and interfaces: https://docs.aws.amazon.com/ec2/latest/instancetypes/
Trunks: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/eni-trunking-supported-instance-types.html
"""

from dataclasses import dataclass

REGISTERED = 0.92  # of the nominal memory, where nobody has measured it
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
_GENERAL: Sizes = {"large": (2, 8, 3), "xlarge": (4, 16, 4), "2xlarge": (8, 32, 4)}
_COMPUTE: Sizes = {"large": (2, 4, 3), "xlarge": (4, 8, 4), "2xlarge": (8, 16, 4)}
_MEMORY: Sizes = {"large": (2, 16, 3), "xlarge": (4, 32, 4), "2xlarge": (8, 64, 4)}
_FAMILIES: dict[str, Sizes] = {
    "t2": _T2,
    "t3": _BURSTABLE,
    "t3a": _BURSTABLE | {"small": (2, 2, 2)},
    "t4g": _BURSTABLE,
    "m4": {"large": (2, 8, 2), "xlarge": (4, 16, 4), "2xlarge": (8, 32, 4)},
    "c4": {"large": (2, 3.75, 3), "xlarge": (4, 7.5, 4), "2xlarge": (8, 15, 4)},
    "m5": _GENERAL,
    "m5a": _GENERAL,
    "m6i": _GENERAL,
    "m6a": _GENERAL,
    "m7i": _GENERAL,
    "m6g": _GENERAL | {"medium": (1, 4, 2)},
    "m7g": _GENERAL | {"medium": (1, 4, 2)},
    "c5": _COMPUTE | {"2xlarge": (8, 16, 4)},
    "c5a": _COMPUTE,
    "c6i": _COMPUTE,
    "c6a": _COMPUTE,
    "c7i": _COMPUTE,
    "c6g": _COMPUTE | {"medium": (1, 2, 2)},
    "c7g": _COMPUTE | {"medium": (1, 2, 2)},
    "r5": _MEMORY,
    "r5a": _MEMORY,
    "r6i": _MEMORY,
    "r6g": _MEMORY | {"medium": (1, 8, 2)},
    "r7g": _MEMORY | {"medium": (1, 8, 2)},
}
ARM = ("t4g", "m6g", "m7g", "c6g", "c7g", "r6g", "r7g")


@dataclass(frozen=True)
class InstanceType:
    name: str
    cpu: int  # units, 1024 for a processor
    nominal_memory: int  # MiB
    memory: int  # MiB that are registered, ECS_RESERVED_MEMORY not yet taken off
    is_measured: bool  # else `memory` is an estimate
    interfaces: int
    can_trunk: bool
    architecture: str

    @property
    def tasks_with_awsvpc(self) -> int:
        """Without trunks: one interface is the instance's own."""
        return self.interfaces - 1


def _type(family: str, size: str, processors: int, gib: float, interfaces: int) -> InstanceType:
    name, nominal = f"{family}.{size}", int(gib * 1024)
    return InstanceType(
        name=name,
        cpu=processors * 1024,
        nominal_memory=nominal,
        memory=MEASURED.get(name, int(nominal * REGISTERED)),
        is_measured=name in MEASURED,
        interfaces=interfaces,
        can_trunk=family not in WITHOUT_TRUNK,
        architecture="ARM64" if family in ARM else "X86_64",
    )


INSTANCE_TYPES = {
    f"{family}.{size}": _type(family, size, *numbers)
    for family, sizes in _FAMILIES.items()
    for size, numbers in sizes.items()
}


def instance_type(name: str | None) -> InstanceType | None:
    return INSTANCE_TYPES.get(name or "")
