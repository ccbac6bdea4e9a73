"""Migrations, grants and loading of the site: run as the owner of the database, never serves a page."""

from guichet.configuration.settings.base import *  # noqa: F403

GUICHET_SITE = "schema"
ROOT_URLCONF = "guichet.configuration.urls_portail"
SESSION_ENGINE = "guichet.portail.sessions"
