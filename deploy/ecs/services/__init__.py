"""Services of ECS and their tasks: run, watched, and explained where they fail."""
