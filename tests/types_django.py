"""Settings for mypy only: both Django projects at once, so that every model and setting is known."""

from consultation.ecoute.settings.test import *  # noqa: F403
from consultation.ecoute.settings.test import INSTALLED_APPS as ECOUTE_APPS
from guichet.configuration.settings.test import *  # noqa: F403
from guichet.configuration.settings.test import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, *(app for app in ECOUTE_APPS if app.startswith("consultation."))]
