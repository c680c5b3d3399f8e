"""What Amazon DocumentDB lacks does not creep into the catalog."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

FORBIDDEN = re.compile(
    r"\batomic\b|CheckConstraint|db_default|select_for_update|RunSQL|\.raw\(|\.extra\("
    r"|ForeignKey|OneToOneField|ManyToManyField|select_related|prefetch_related|\bcursor\(\)\.execute"
)
SOURCES = sorted((Path(__file__).parents[2] / "catalog").rglob("*.py"))
MODELS = list(apps.get_app_config("catalog").get_models())


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_source(source: Path) -> None:
    lines = source.read_text().splitlines()
    assert not [line for line in lines if FORBIDDEN.search(line)]


@pytest.mark.parametrize("model", MODELS)
def test_constraints(model: type[models.Model]) -> None:
    for constraint in model._meta.constraints:
        assert isinstance(constraint, models.UniqueConstraint)
        assert constraint.fields
        assert constraint.condition is None
    for index in model._meta.indexes:
        assert index.fields
        assert index.condition is None


@pytest.mark.parametrize("model", MODELS)
def test_nothing_unique_is_null(model: type[models.Model]) -> None:
    """Nulls collide in a unique index of MongoDB."""
    for constraint in model._meta.constraints:
        assert isinstance(constraint, models.UniqueConstraint)
        for name in constraint.fields:
            field = model._meta.get_field(name)
            assert isinstance(field, models.Field)
            assert not field.null
