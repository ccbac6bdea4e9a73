"""M15: the journal of a site holds no address that is a key."""

from __future__ import annotations

import io
import logging
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import RequestFactory

from socle.supervision.journal import SansCle

CLE = "AbcDef-_12345678"


@pytest.mark.parametrize("trouvee", [True, False])
def test_a_line_of_django_names_the_route(trouvee: bool) -> None:
    requete = RequestFactory().post(f"/ma-place/{CLE}/")
    requete.resolver_match = SimpleNamespace(route="ma-place/<str:jeton>/") if trouvee else None  # type: ignore[assignment]
    flux = io.StringIO()
    sortie = logging.StreamHandler(flux)
    sortie.addFilter(SansCle())
    journal = logging.getLogger("essai.journal")
    journal.addHandler(sortie)
    # As django.utils.log.log_response and the CSRF middleware do.
    journal.error("%s: %s", "Internal Server Error", requete.path, extra={"status_code": 500, "request": requete})
    journal.warning("Forbidden (%s): %s", "CSRF cookie not set.", requete.path, extra={"request": requete})
    assert CLE not in flux.getvalue()
    assert ("/ma-place/<str:jeton>/" if trouvee else "adresse inconnue") in flux.getvalue()


def test_every_line_of_a_site_goes_through_it() -> None:
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["sans_cle"]
    assert set(settings.LOGGING["handlers"]) == {"console"}
