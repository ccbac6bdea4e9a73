"""Tests of socle need no application: its own settings, no database."""

import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.socle.settings"
django.setup()
