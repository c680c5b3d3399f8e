"""The monolith as tests run it: the real settings, with a hash that costs little."""

from tests.environment import prepare

prepare()

from ecom.settings.monolith import *  # noqa: E402, F403

PASSWORD_HASHERS = ["tests.hashers.CheapArgon2PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
