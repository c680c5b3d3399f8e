"""Commands of manage.py that a task without a terminal cannot run, or should not."""

from collections.abc import Sequence

from deploy.ecs.errors import DeploymentError

CLI = "python -m deploy.ecs"
PASSWORD_LINK = (
    "Make an administrator without a password, for whom it prints a one-time link to choose one: "
    f"{CLI} manage {{service}} -- create_administrator ADDRESS"
)
IN_A_TERMINAL = f"Run it in a task that is there: {CLI} exec {{service}} -- python manage.py "


def refuse(service: str, command: Sequence[str]) -> None:
    """Raises DeploymentError for those."""
    name, options = command[0], set(command[1:])
    cause, cure = "", ""
    if name == "shell" and not options & {"-c", "--command"}:
        cause, cure = "shell waits for what is typed", IN_A_TERMINAL + "shell"
    elif name == "dbshell":
        cause = "dbshell waits for what is typed, and the image has no client of the database"
        cure = f"Connect from this machine: {CLI} tunnel {{service}}"
    elif name == "createsuperuser":
        cause, cure = "createsuperuser asks for a password", PASSWORD_LINK
    elif name == "changepassword":
        cause = "changepassword asks for a password"
        cure = f"Have a one-time link printed: {CLI} manage {{service}} -- password_link ADDRESS"
    elif name == "migrate":
        cause = "a service's own user may not change its tables"
        cure = f"Migrate as their owner: {CLI} migrate {{service}}"
    elif name == "rotate_signing_key":
        cause = "a service's own role may not write its secret"
        cure = f"Rotate by the role that may: {CLI} rotate-keys {{service}}"
    elif name == "make_signing_keys":
        cause = "make_signing_keys prints keys, and the log would keep them"
        cure = f"They are in the secret; for others: {CLI} rotate-keys {{service}}"
    if cause:
        raise DeploymentError(
            f"This does not run as a task: {cause}.", cure.format(service=service) + "."
        )
