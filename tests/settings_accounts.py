"""The accounts service as tests run it."""

from tests.environment import prepare

prepare()

from ecom.settings.accounts import *  # noqa: E402, F403

PASSWORD_HASHERS = ["tests.hashers.CheapArgon2PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
