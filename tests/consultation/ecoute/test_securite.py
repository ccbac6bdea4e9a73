"""Who calls, how often, and what a page may load: the rules of socle/securite, the same for every site."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from consultation.ecoute.contributions.models import Depot
from consultation.ecoute.equipe.models import EssaiConnexion
from socle.securite.adresse import adresse_de
from socle.securite.limites import Limite
from socle.securite.politique import ENTETE, PolitiqueDeContenu, politique

HEURE = timedelta(hours=1)


@pytest.mark.parametrize(
    ("confiance", "transmis", "attendue"),
    [
        (False, "203.0.113.9", "127.0.0.1"),
        (False, "", "127.0.0.1"),
        (True, "203.0.113.9", "203.0.113.9"),
        (True, "198.51.100.1, 203.0.113.9", "203.0.113.9"),  # what comes before was written by who calls
        (True, "", "127.0.0.1"),
        (True, "2001:db8:12:34::1", "2001:db8:12:34::/64"),  # a subscriber has 2**64 of them
        (True, "2001:DB8:12:34:ffff:ffff:ffff:ffff", "2001:db8:12:34::/64"),
        (True, "fe80::1%eth0", "fe80::/64"),
        (True, "::ffff:203.0.113.9", "203.0.113.9"),
        (True, "inconnue", "inconnue"),
    ],
)
def test_a_relay_is_believed_only_if_it_is_ours(settings: Any, confiance: bool, transmis: str, attendue: str) -> None:
    settings.RELAIS_DE_CONFIANCE = confiance
    entetes = {"X-Forwarded-For": transmis} if transmis else {}
    assert adresse_de(RequestFactory().get("/", headers=entetes)) == attendue


@pytest.mark.django_db
def test_a_limit_holds_for_each_key_and_for_a_time() -> None:
    limite = Limite(Depot, HEURE, "essai")
    elle, autre = limite.cle("expediteur", "192.0.2.1"), limite.cle("expediteur", "192.0.2.2")
    limite.compter([elle])
    assert not limite.depassee({elle: 2, autre: 2})
    limite.compter([elle])
    assert limite.depassee({autre: 2, elle: 2})
    assert not limite.depassee({autre: 2})
    Depot.objects.update(le=timezone.now() - HEURE)
    assert not limite.depassee({elle: 2})
    limite.compter([autre])
    assert list(Depot.objects.values_list("cle", flat=True)) == [autre]


def test_what_is_counted_says_nothing_of_anybody() -> None:
    limite = Limite(Depot, HEURE, "essai")
    cles = {
        limite.cle("expediteur", "192.0.2.1"), limite.cle("compte", "192.0.2.1"),
        Limite(EssaiConnexion, HEURE, "autre").cle("expediteur", "192.0.2.1"),
    }  # fmt: skip
    assert len(cles) == 3
    assert all(len(cle) == 64 and "192" not in cle[:3] for cle in cles)


def test_a_page_loads_from_its_own_site_only(settings: Any) -> None:
    stricte = politique()
    assert "default-src 'self'; img-src 'self';" in stricte
    assert "frame-ancestors 'none'" in stricte
    assert "unsafe" not in stricte
    settings.OIDC = {**settings.OIDC, "issuer": "https://connexion.gru.test/"}
    settings.URL_PUBLIQUE = "https://ecoute.gru.test"
    assert "form-action 'self' https://connexion.gru.test https://ecoute.gru.test" in politique()


def test_a_site_adds_what_it_needs_and_only_there(settings: Any) -> None:
    settings.CSP_AJOUTS = {"img-src": ["data:"]}
    settings.CSP_EXCEPTIONS = {"/atelier/": {"style-src": ["'unsafe-inline'"], "frame-ancestors": ["'self'"]}}

    def servir(adresse: str, deja: str | None = None) -> str:
        def vue(_: HttpRequest) -> HttpResponse:
            return HttpResponse(headers={ENTETE: deja} if deja else {})

        return PolitiqueDeContenu(vue)(RequestFactory().get(adresse))[ENTETE]

    stricte = servir("/")
    assert "img-src 'self' data:" in stricte
    assert "unsafe" not in stricte
    assert "style-src 'self' 'unsafe-inline'" in servir("/atelier/page/")
    assert "frame-ancestors 'self'" in servir("/atelier/page/")
    # A page of the site that the workshop frames: as strict as in public, but for its frame.
    assert servir("/atelier/apercu/", stricte) == stricte.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    assert servir("/fichier/", "sandbox") == "sandbox"
    assert servir("/atelier/fichier/", "sandbox") == "sandbox"
