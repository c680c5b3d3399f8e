"""A rehearsed deployment that is changed for the worse, one fault at a time."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.ecs.configuration import Deployment, read
from deploy.ecs.configuration.text import deployment_text
from deploy.ecs.image import Images
from deploy.ecs.progress import silent
from deploy.ecs.rehearsal.rehearsal import Rehearsal, new_image
from deploy.ecs.secrets import ServiceSecrets
from deploy.ecs.stacks import TEMPLATES, Parts
from deploy.ecs.up import Up


def of_preset(preset: str, folder: Path) -> Deployment:
    """As init writes it."""
    path = folder / "deployment.toml"
    path.write_text(deployment_text(preset=preset, region="eu-central-1"))
    return read(path)


@dataclass(frozen=True)
class Fault:
    """`templates`: what stands in a template, and what instead; `service`: changed settings."""

    id: str
    says: str  # a part of the cause
    templates: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    service: Mapping[str, Any] = field(default_factory=dict)
    parts: tuple[str, ...] = ()  # stacks that have the fault, besides the service's
    shown: str = ""  # of the dead task's last lines

    def folder(self, place: Path) -> Path:
        folder = place / self.id
        shutil.copytree(TEMPLATES, folder)
        for name, replaced in self.templates.items():
            path = folder / f"{name}.yaml"
            text = path.read_text()
            for good, bad in replaced.items():
                assert good in text, good
                text = text.replace(good, bad)
            path.write_text(text)
        return folder

    def deployment(self, good: Deployment, service: str) -> Deployment:
        changed = good.services[service].model_copy(update=dict(self.service))
        return good.model_copy(update={"services": good.services | {service: changed}})


def deploy_service(rehearsal: Rehearsal, parts: Parts, service: str, *before: str) -> None:
    """The steps of `up` that come to the service, with a new image. Raises DeploymentError."""
    up = Up(rehearsal.aws, parts, rehearsal.clock, silent(), rehearsal.http())
    up.outputs.update({name: up.stack(name).outputs() for name in parts.names})
    for name in before:
        up.deploy(getattr(parts, name)())
    arns = ServiceSecrets(rehearsal.aws, parts, service).make(up.master(service))
    registry = up.outputs["registry"]
    images = Images.of(rehearsal.aws, registry)
    up.deploy_service(service, new_image(images), arns)
