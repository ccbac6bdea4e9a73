"""Settings of the test suite: a private PostgreSQL cluster started by tests/guichet/conftest.py.

Tests of the agents' site use the fixture `site_agents`, which swaps URL table, sessions and middleware.
"""

import os

os.environ.setdefault("GUICHET_SECRET_KEY", "cle-de-test-sans-valeur")
os.environ.setdefault("GUICHET_DB_USER", "postgres")
os.environ.setdefault("GUICHET_DB_NAME", "guichet")
os.environ.setdefault("GUICHET_TOWN_NAME", "Admiville")
os.environ.setdefault("GUICHET_TOWN_EMAIL", "mairie@gru.test")
os.environ.setdefault("GUICHET_TOWN_ADDRESS", "1 place de la Mairie, 99000 Admiville")
os.environ.setdefault("GUICHET_TOWN_PHONE", "01 99 00 00 00")
os.environ.setdefault("GUICHET_AVIS_URL", "https://ecoute.gru.test")
os.environ.setdefault("GUICHET_OIDC_CLIENT_ID", "portail")
os.environ.setdefault("GUICHET_OIDC_CLIENT_SECRET", "secret-de-test")

from guichet.configuration.settings.portail import *  # noqa: F403
from guichet.configuration.settings.portail import PAQUET, STORAGES, TEMPLATES

ALLOWED_HOSTS = ["*"]
STATIC_ROOT = str(PAQUET / "gabarits" / "static")  # nothing is collected; the folder has to exist
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# The agents' site needs `user` and `perms` in templates; harmless on the portal.
TEMPLATES[0]["OPTIONS"]["context_processors"].append("django.contrib.auth.context_processors.auth")
