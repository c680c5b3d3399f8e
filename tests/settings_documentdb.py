"""Of the backend's own tests: models of their own, and what a Django project has by default.

The operations are tested on SQLite too, with ECOM_TEST_DATABASE=sqlite: what SQL answers is what
DocumentDB has to answer. ECOM_TEST_DATABASE_URL names a server to take instead of the stand-in.
"""

import os
from typing import Any

import django_stubs_ext

from ecom.documentdb import contrib

django_stubs_ext.monkeypatch()  # ModelAdmin[Book]

ON_SQLITE = os.environ.get("ECOM_TEST_DATABASE") == "sqlite"

SECRET_KEY = "for tests only, and for nothing that anybody could reach"
USE_TZ = True
TIME_ZONE = "UTC"
ALLOWED_HOSTS = ["testserver"]
ROOT_URLCONF = "tests.documentdb.bookshop.urls"
STATIC_URL = "/static/"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "tests.documentdb.bookshop",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

if ON_SQLITE:
    DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
    DATABASES: dict[str, dict[str, Any]] = {
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
    }
else:
    DEFAULT_AUTO_FIELD = contrib.DEFAULT_AUTO_FIELD
    INSTALLED_APPS = ["ecom.documentdb", *contrib.with_object_ids(INSTALLED_APPS)]
    MIGRATION_MODULES = contrib.MIGRATION_MODULES
    DATABASES = {
        "default": {
            "ENGINE": "ecom.documentdb",
            # conftest.py puts the stand-in's address here.
            "HOST": os.environ.get("ECOM_TEST_DATABASE_URL", ""),
            "NAME": "bookshop",
            "OPTIONS": {"gate": True},
        }
    }
