"""What only the application itself can tell."""

from deploy.ecs.preflight.application.health import answers_health_checks

__all__ = ["answers_health_checks"]
