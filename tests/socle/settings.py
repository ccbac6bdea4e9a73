"""Settings of socle's own tests: what every site shares, and no site."""

import os

os.environ.setdefault("SITE_SECRET_KEY", "cle-de-test-sans-valeur")
os.environ.setdefault("SITE_TOWN_NAME", "Admiville")
os.environ.setdefault("SITE_TOWN_ADDRESS", "1 place de la Mairie, 99000 Admiville")
os.environ.setdefault("SITE_TOWN_PHONE", "01 99 00 00 00")
os.environ.setdefault("SITE_TOWN_EMAIL", "mairie@gru.test")

from socle.settings import *  # noqa: F403

INSTALLED_APPS = ["socle.composants", "django.forms"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"string_if_invalid": "!!variable-indefinie!!"},
    }
]
ROOT_URLCONF = "socle.composants.urls"
