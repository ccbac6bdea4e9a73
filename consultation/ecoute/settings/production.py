"""On a platform: PostgreSQL, the identity provider, the proxy. Environment only; no start without its secrets."""

import os
from pathlib import Path
from typing import Any

from consultation.ecoute import environnement as env

# Neither is a choice here: nobody signs in with an account kept by this site, and the proxy is always in front.
os.environ |= {"ECOUTE_CONNEXION": "openid-connect", "ECOUTE_RELAIS": "1"}

from consultation.ecoute.settings.base import *  # noqa: F403

for _nom in ("ECOUTE_URL", "ECOUTE_SMTP_HOST", "ECOUTE_MAIL_SENDER"):
    env.texte(_nom)  # what has a default on one person's machine has none here

_options: dict[str, Any] = {"connect_timeout": 5}
if env.texte("ECOUTE_DB_SSLROOTCERT", ""):
    _options |= {"sslmode": "verify-full", "sslrootcert": env.texte("ECOUTE_DB_SSLROOTCERT")}
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": env.texte("ECOUTE_DB_HOST"),
        "PORT": env.texte("ECOUTE_DB_PORT", "5432"),
        "NAME": env.texte("ECOUTE_DB_NAME", "ecoute"),
        "USER": env.texte("ECOUTE_DB_USER"),
        "PASSWORD": env.texte("ECOUTE_DB_PASSWORD"),
        "CONN_MAX_AGE": 600,  # seconds; one connection a thread, checked before each use
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": _options,
    }
}
MEDIA_ROOT = str(Path(env.texte("ECOUTE_DONNEES", "/var/lib/consultation")) / "fichiers")
