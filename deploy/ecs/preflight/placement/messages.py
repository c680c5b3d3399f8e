"""What ECS says where it finds no place.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
"""

LACKS = {
    "memory": ("P01", "has insufficient memory available"),
    "cpu": ("P02", "has insufficient CPU units available"),
    "interfaces": ("P03", 'encountered error "RESOURCE:ENI"'),
    "ports": ("P05", "is already using a port required by your task"),
}
NONE_JOINED = "No Container Instances were found in your cluster."


def unplaced(service: str, what: str) -> str:
    return (
        f"(service {service}) was unable to place a task because no container instance met all of "
        f"its requirements. The closest matching container-instance {what}."
    )
