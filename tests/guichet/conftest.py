"""Tests of guichet run on a real PostgreSQL (tests/postgresql.py)."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from django.db import connections
from hypothesis import settings

from tests import postgresql

os.environ["DJANGO_SETTINGS_MODULE"] = "guichet.configuration.settings.test"
django.setup()

from guichet.portail.pages import COMMUNES  # noqa: E402 - once Django is ready

# A property is right or wrong; how long one example takes depends on the machine and belongs to benchmarks.
settings.register_profile("gru", deadline=None)
settings.load_profile("gru")


@pytest.fixture(scope="session")
def grappe() -> Iterator[Path]:
    with postgresql.grappe() as dossier:
        yield dossier


@pytest.fixture(scope="session")
def django_db_modify_db_settings(grappe: Path) -> None:
    """pytest-django calls it before it makes the test database: the cluster must run by then."""
    connections["default"].settings_dict |= {"HOST": str(grappe), "PORT": "", "USER": "postgres", "PASSWORD": ""}


@pytest.fixture(autouse=True)
def pages_oubliees() -> None:
    """Each test has its own town, whose pages no other has made."""
    COMMUNES.oublier()


@pytest.fixture
def changer(settings: Any) -> Callable[..., None]:
    """Give the site a new key; the former stays good where it is asked."""

    def faire(*, gardee: bool) -> None:
        settings.SECRET_KEY, former = "nouvelle-cle-de-test", settings.SECRET_KEY
        settings.SECRET_KEY_FALLBACKS = [former] if gardee else []

    return faire
