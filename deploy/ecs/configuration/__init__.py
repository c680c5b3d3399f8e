"""deployment.toml: what is wanted of a deployment, in which environments."""

from deploy.ecs.configuration.model import Deployment, Service
from deploy.ecs.configuration.presets import PRESETS
from deploy.ecs.configuration.reading import environments, read

__all__ = ["PRESETS", "Deployment", "Service", "environments", "read"]
