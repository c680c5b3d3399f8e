"""What has to be on the operator's machine."""

import shutil

from deploy.ecs.errors import DeploymentError

PLUGIN = "session-manager-plugin"
FROM = {
    "ssh": "Install OpenSSH's client: on Debian and Ubuntu apt-get install openssh-client, on "
    "Fedora dnf install openssh-clients; macOS has it.",
    PLUGIN: "Install AWS's Session Manager plugin as https://docs.aws.amazon.com/systems-manager/"
    "latest/userguide/session-manager-working-with-install-plugin.html says.",
}


def require(*names: str) -> None:
    for name in names:
        if shutil.which(name) is None:
            raise DeploymentError(
                f"The program {name} is not on this machine's PATH, and there is no tunnel "
                "without it.",
                FROM[name],
            )
