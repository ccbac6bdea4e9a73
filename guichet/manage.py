#!/usr/bin/env python3
"""Django's command line; the folder above `guichet/` is put on the path, so it runs from anywhere."""

import os
import sys
from pathlib import Path

ESSAI = {
    "PUBLIC_URL": "http://localhost:8000",
    "PORTAL_URL": "http://localhost:8000",
    "AGENTS_URL": "http://localhost:8001",
    "DB_HOST": "/run/postgresql",
    "DB_NAME": "guichet",
    "DB_PASSWORD": "inutile",
    "OIDC_ISSUER": "https://connexion.gru.test/",
    "OIDC_CLIENT_SECRET": "inutile",
    "SMTP_HOST": "localhost",
    "MAIL_SENDER": "ne-pas-repondre@gru.test",
}

if __name__ == "__main__":
    # Python puts this file's own folder first: its packages would shadow others by short names.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    # A trial by hand need not choose these; hosts are given their own by role `django_site`, and do not use this file.
    for nom, valeur in ESSAI.items():
        os.environ.setdefault(f"SITE_{nom}", valeur)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.configuration.settings.schema")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
