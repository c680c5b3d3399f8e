"""The way to the databases through the bastion: OpenSSH over Session Manager."""
