"""Why a service of ECS does not run, from what AWS and an earlier look know of it."""
