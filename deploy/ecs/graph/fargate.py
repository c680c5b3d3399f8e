"""The sizes of tasks on Fargate.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
"""

GIB = 1024
# MiB by units of processor.
SIZES: dict[int, range | tuple[int, ...]] = {
    256: (512, GIB, 2 * GIB),
    512: range(GIB, 4 * GIB + 1, GIB),
    1024: range(2 * GIB, 8 * GIB + 1, GIB),
    2048: range(4 * GIB, 16 * GIB + 1, GIB),
    4096: range(8 * GIB, 30 * GIB + 1, GIB),
    8192: range(16 * GIB, 60 * GIB + 1, 4 * GIB),
    16384: range(32 * GIB, 120 * GIB + 1, 8 * GIB),
}


def has_size(cpu: int, memory: int) -> bool:
    return memory in SIZES.get(cpu, ())
