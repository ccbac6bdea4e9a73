"""Settings of the test suite: nothing leaves the process.

SQLite in memory; ECOUTE_TEST_BASE=postgresql runs the same tests on a real PostgreSQL (tests/consultation/conftest.py).
"""

import os
import tempfile

os.environ.setdefault("SITE_SECRET_KEY", "cle-de-test-sans-valeur")
os.environ.setdefault("SITE_PUBLIC_URL", "http://127.0.0.1:8600")

from consultation.ecoute.settings.base import *  # noqa: F403
from consultation.ecoute.settings.base import PAQUET, RACINE, STORAGES

ALLOWED_HOSTS = ["*"]
ECOUTE_TIRAGE = "direct"
ECOUTE_CODE_INSTALLATION = "code-de-test"
ECOUTE_CHARTE = str(RACINE / "stacks" / "local" / "charte")
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": ":memory:",
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA foreign_keys = ON"},
    }
}
if os.environ.get("ECOUTE_TEST_BASE") == "postgresql":
    DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "ecoute"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT = str(PAQUET / "cadre" / "static")  # nothing is collected; the folder has to exist
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
MEDIA_ROOT = tempfile.mkdtemp(prefix="ecoute-essai-")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
