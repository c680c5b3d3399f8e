from pathlib import Path
from types import ModuleType

import django.contrib.admin
import django.contrib.auth
import django.contrib.contenttypes
import pytest
from bson import ObjectId
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.db.migrations.loader import MigrationLoader

from ecom.documentdb.contrib import MIGRATION_MODULES, with_object_ids


def test_installed_apps() -> None:
    apps = ["shop", "django.contrib.auth", "django.contrib.admin.apps.SimpleAdminConfig"]
    assert with_object_ids(apps) == [
        "shop",
        "ecom.documentdb.contrib.apps.AuthConfig",
        "ecom.documentdb.contrib.apps.SimpleAdminConfig",
    ]


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", *MIGRATION_MODULES, check=True, dry_run=True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("label", "app"),
    [
        ("admin", django.contrib.admin),
        ("auth", django.contrib.auth),
        ("contenttypes", django.contrib.contenttypes),
    ],
)
def test_migrations_of_django_that_others_may_depend_on(label: str, app: ModuleType) -> None:
    """Of a newer Django: a migration that is not replaced yet."""
    assert app.__file__
    folder = Path(app.__file__).parent / "migrations"
    names = {path.stem for path in folder.glob("0*.py")}
    loader = MigrationLoader(connection)
    ((_, migration),) = [each for each in loader.disk_migrations.items() if each[0][0] == label]
    assert {name for _, name in migration.replaces} == names
    assert {(label, name) for name in names} <= loader.applied_migrations.keys()


@pytest.mark.django_db
def test_people_groups_and_permissions() -> None:
    person = User.objects.create_user("ann", "ann@example.com", "long enough")
    group = Group.objects.create(name="keepers")
    group.permissions.add(Permission.objects.get(codename="change_user"))
    person.groups.add(group)
    person = User.objects.get(username="ann")
    assert isinstance(person.pk, ObjectId)
    assert person.has_perm("auth.change_user")
    assert not person.has_perm("auth.delete_user")
    with pytest.raises(IntegrityError):
        User.objects.create_user("ann")


@pytest.mark.django_db
def test_log_of_the_admin() -> None:
    person = User.objects.create_user("bob")
    entry = LogEntry.objects.create(
        user=person,  # type: ignore[misc]  # the shop has another model
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(person.pk),
        object_repr="bob",
        action_flag=ADDITION,
    )
    assert entry.get_edited_object() == person
