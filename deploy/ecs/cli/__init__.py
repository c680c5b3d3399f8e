"""The command line: python -m deploy.ecs."""
