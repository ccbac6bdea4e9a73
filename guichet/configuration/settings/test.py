"""Settings of the test suite: a private PostgreSQL cluster started by tests/guichet/conftest.py.

Tests of the agents' site use the fixture `site_agents`, which swaps URL table, sessions and middleware.
"""

import os

os.environ |= {
    "SITE_SECRET_KEY": "cle-de-test-sans-valeur",
    "SITE_DOMAIN": "gru.test",
    "SITE_PUBLIC_URL": "https://portail.gru.test",
    "SITE_PORTAL_URL": "https://portail.gru.test",
    "SITE_AGENTS_URL": "https://agents.gru.test",
    "SITE_CONSULTATION_URL": "https://ecoute.gru.test",
    "SITE_DB_HOST": "localhost",
    "SITE_DB_NAME": "guichet",
    "SITE_DB_USER": "postgres",
    "SITE_DB_PASSWORD": "sans-valeur",
    "SITE_OIDC_ISSUER": "https://connexion.gru.test/",
    "SITE_OIDC_CLIENT_ID": "portail",
    "SITE_OIDC_CLIENT_SECRET": "secret-de-test",
    "SITE_SMTP_HOST": "localhost",
    "SITE_MAIL_SENDER": "ne-pas-repondre@gru.test",
    "SITE_TOWN_NAME": "Admiville",
    "SITE_TOWN_EMAIL": "mairie@gru.test",
    "SITE_TOWN_ADDRESS": "1 place de la Mairie, 99000 Admiville",
    "SITE_TOWN_PHONE": "01 99 00 00 00",
}

from guichet.configuration.settings.portail import *  # noqa: F403
from guichet.configuration.settings.portail import PAQUET, STORAGES, TEMPLATES

ALLOWED_HOSTS = ["*"]
STATIC_ROOT = str(PAQUET / "gabarits" / "static")  # nothing is collected; the folder has to exist
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# The agents' site needs `user` and `perms` in templates; harmless on the portal.
TEMPLATES[0]["OPTIONS"]["context_processors"].append("django.contrib.auth.context_processors.auth")
