"""Kind B at the end of a session, in a browser: the notice does nothing that nobody chose and leaves no code."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from guichet.demandes.models import Brouillon, Demande, Message
from guichet.demarches.models import Demarche
from guichet.portail.models import CodeReprise, SessionUsager
from tests.guichet import fabrique
from tests.guichet.fautes.conftest import Sites
from tests.guichet.instruction.test_agents_navigateur import CHROMIUM, charte  # noqa: F401 - a fixture
from tests.guichet.portail.parcours import commencer, remplir
from tests.guichet.portail.test_portail_navigateur import chromium, ouvrir, serveur  # noqa: F401 - fixtures

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not os.path.exists(CHROMIUM), reason="Chromium manque : apt-get install chromium"),
]
Ouvrir = Callable[..., Page]
ENVOYER = "Envoyer cette page"


@pytest.fixture
def demarche(transactional_db: None) -> Demarche:
    return fabrique.demarche()


def lire(page: Page, adresse: str) -> None:
    page.clock.install()
    page.goto(adresse)


def finir(page: Page) -> None:
    """The time of the session is over, here and on the server."""
    SessionUsager.objects.all().delete()
    page.clock.fast_forward("04:00:01")
    expect(page.get_by_role("alert")).to_contain_text("Votre session est terminée")


def test_b_the_notice_sends_neither_a_removal_nor_a_withdrawal(
    ouvrir: Ouvrir,  # noqa: F811
    client: Client,
    sites: Sites,
    demarche: Demarche,
) -> None:
    camille = fabrique.usager()
    demande = fabrique.deposer(demarche).demande
    Brouillon.objects.create(demarche=demarche, usager=camille, donnees={"lieu": "12 rue des Lilas"})
    for adresse, texte in (
        (f"/demarches/{demarche.pk}/", False),
        (f"/mes-demarches/{demande.reference}/retirer/", True),
        (f"/mes-demarches/{demande.reference}/", False),
    ):
        sites.se_connecter(camille)
        sites.tenir(demande)
        page = ouvrir(client)
        lire(page, adresse)
        if texte:
            page.locator("textarea").fill("Je me suis trompé.")
        finir(page)
        expect(page.get_by_role("alert")).not_to_contain_text("gardé")
        expect(page.get_by_role("button", name=ENVOYER)).to_have_count(0)
        expect(page.get_by_role("button", name="Recharger la page")).to_be_visible()


def test_b_the_notice_sends_the_message_that_was_typed_and_not_another_form(
    ouvrir: Ouvrir,  # noqa: F811
    client: Client,
    sites: Sites,
    demarche: Demarche,
) -> None:
    camille, demande = fabrique.usager(), fabrique.deposer(demarche).demande
    sites.se_connecter(camille)
    sites.tenir(demande)
    page = ouvrir(client)
    lire(page, f"/mes-demarches/{demande.reference}/")
    expect(page.get_by_role("button", name="L'ajouter à mes démarches")).to_be_visible()  # the first form
    page.locator("textarea").fill("Le trou grandit.")
    finir(page)
    page.get_by_role("button", name=ENVOYER).click()
    expect(page.get_by_text("connectez-vous avec le même compte")).to_be_visible()
    assert Demande.objects.get().usager_id is None
    assert not Message.objects.exists()


def test_b_nothing_is_sent_while_another_tab_keeps_the_session(
    ouvrir: Ouvrir,  # noqa: F811
    client: Client,
    sites: Sites,
    demarche: Demarche,
) -> None:
    demande = fabrique.deposer(demarche).demande
    sites.se_connecter(fabrique.usager())
    sites.tenir(demande)
    page = ouvrir(client)
    lire(page, f"/mes-demarches/{demande.reference}/")
    page.locator("textarea").fill("Le trou gran")
    page.clock.fast_forward("04:00:01")
    page.get_by_role("button", name=ENVOYER).click()
    expect(page.get_by_role("alert")).to_contain_text("Votre session continue. Rien n'a été envoyé.")
    expect(page.locator("textarea")).to_have_value("Le trou gran")
    assert not Message.objects.exists()


def test_b_the_code_is_given_to_who_asks_and_leaves_the_screen_with_the_session(
    ouvrir: Ouvrir,  # noqa: F811
    client: Client,
    demarche: Demarche,
) -> None:
    base = commencer(client)
    remplir(client, base, "lieu")
    page = ouvrir(client)
    lire(page, f"{base}probleme/")
    page.clock.fast_forward("03:51:00")
    avis = page.get_by_role("alert")
    expect(avis).to_contain_text("se termine dans 10 minutes")
    assert not CodeReprise.objects.exists()  # nobody chose to have the draft kept for thirty days
    expect(avis).not_to_contain_text("Votre code de reprise")
    page.get_by_role("button", name="Avoir un code pour reprendre plus tard").click()
    expect(avis).to_contain_text("Votre code de reprise : ")
    assert CodeReprise.objects.count() == 1
    finir(page)
    expect(avis).not_to_contain_text("code")
