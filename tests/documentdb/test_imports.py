import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

IMPORT_ALL = """
import pkgutil, sys
from django.conf import settings
settings.configure(DATABASES={"default": {"ENGINE": "ecom.documentdb", "NAME": "x"}})
import django
django.setup()
import ecom.documentdb
for module in pkgutil.walk_packages(ecom.documentdb.__path__, "ecom.documentdb."):
    if not module.name.startswith("ecom.documentdb.contrib."):
        __import__(module.name)
print(*sorted(name for name in sys.modules if name.startswith(("ecom.", "django_stubs"))))
"""


def test_package_stands_alone() -> None:
    """Another project can take the folder: it needs nothing else of this one."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    assert [name for name in done.stdout.split() if not name.startswith("ecom.documentdb")] == []
