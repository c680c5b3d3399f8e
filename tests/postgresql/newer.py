"""A newer version of the shop, which differs in one migration."""

import os
import shutil

from tests.live.server import ROOT, Server

SETTINGS = """
from ecom.settings.accounts import *

MIGRATION_MODULES = {"ecom": "newer_migrations"}
"""
MIGRATION = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ecom", "0002_throttlecount_key")]
    operations = [migrations.%s]
"""
EXPAND = 'AddField("ThrottleCount", "note", models.CharField(max_length=9, null=True))'
CONTRACT = 'RemoveField("ThrottleCount", "window")'


def newer_version(older: Server, operation: str) -> Server:
    """It shares the database of the older one and is only there to migrate."""
    folder = older.folder / "newer"
    shutil.copytree(ROOT / "ecom" / "migrations", folder / "newer_migrations")
    (folder / "newer_migrations" / "0003_newer.py").write_text(MIGRATION % operation)
    (folder / "newer_settings.py").write_text(SETTINGS)
    return Server(
        folder,
        older.database_url,
        DJANGO_SETTINGS_MODULE="newer_settings",
        PYTHONPATH=os.pathsep.join([str(folder), str(ROOT)]),
    )
