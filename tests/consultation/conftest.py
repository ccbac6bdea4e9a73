"""Tests of the core need nothing; those of the application run on SQLite in memory.

ECOUTE_TEST_BASE=postgresql runs the application's tests on a real PostgreSQL, as a platform does.
"""

import os
from collections.abc import Iterator
from typing import Any

import django
import pytest
from django.conf import settings as reglages
from django.db import connections
from hypothesis import settings

from tests import postgresql

os.environ["DJANGO_SETTINGS_MODULE"] = "consultation.ecoute.settings.test"
django.setup()
if connections["default"].vendor == "postgresql":
    reglages.MIDDLEWARE = ["tests.consultation.role.RoleDuSite", *reglages.MIDDLEWARE]

# A property is right or wrong; how long one example takes depends on the machine and belongs to benchmarks.
settings.register_profile("gru", deadline=None)
settings.load_profile("gru")


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Iterator[None]:
    """pytest-django calls it before it makes the test database: the cluster must run by then."""
    if connections["default"].vendor != "postgresql":
        yield
        return
    with postgresql.grappe() as dossier:
        connections["default"].settings_dict |= {"HOST": str(dossier), "PORT": "", "USER": "postgres", "PASSWORD": ""}
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The database, and the site's role on PostgreSQL."""
    if connections["default"].vendor == "postgresql":
        from tests.consultation import role

        with django_db_blocker.unblock():
            role.creer()
