"""Tests of the core need nothing; those of the application run on SQLite in memory."""

import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "consultation.ecoute.reglages.test"
django.setup()
