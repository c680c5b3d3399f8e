from django.contrib.admin import apps as admin
from django.contrib.auth import apps as auth
from django.contrib.contenttypes import apps as contenttypes

from ecom.documentdb.contrib import DEFAULT_AUTO_FIELD


class AdminConfig(admin.AdminConfig):
    default = False
    default_auto_field = DEFAULT_AUTO_FIELD


class SimpleAdminConfig(admin.SimpleAdminConfig):
    default_auto_field = DEFAULT_AUTO_FIELD


class AuthConfig(auth.AuthConfig):
    default_auto_field = DEFAULT_AUTO_FIELD


class ContentTypesConfig(contenttypes.ContentTypesConfig):
    default_auto_field = DEFAULT_AUTO_FIELD
