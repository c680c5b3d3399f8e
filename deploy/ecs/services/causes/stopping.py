"""What stopped a task."""

from deploy.ecs.services.causes.images import IMAGES
from deploy.ecs.services.causes.starting import STARTING

STOPPING = [*IMAGES, *STARTING]
