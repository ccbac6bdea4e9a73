"""Kind B, silent loss: what was typed when a session ended comes back; a text is counted as people count, never cut."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from guichet.demandes.models import Brouillon, Demande, Message
from guichet.demarches.models import Demarche
from guichet.instruction import versions
from guichet.instruction.models import Agent, SessionAgent
from guichet.portail.models import CodeReprise, SessionUsager
from socle import saisie_gardee
from socle.composants.forms import TexteLong
from socle.typographie.espaces import insecables
from tests import garde_pages
from tests.guichet import fabrique
from tests.guichet.fautes.conftest import Sites, lu
from tests.guichet.instruction import fabriques
from tests.guichet.portail.parcours import PAGES, commencer, remplir

pytestmark = pytest.mark.django_db
ECRIT = "Un trou d'un mètre, devant l'école."


@pytest.fixture
def demarche(db: None) -> Demarche:
    return fabrique.demarche()


def de(page: str) -> dict[str, str]:
    """What the forms of a page say of who reads it."""
    trouve = re.search(r'name="_de" value="(\w+)"', page)
    return {"_de": trouve[1]} if trouve else {}


def finir(client: Client) -> None:
    """The session ends: nothing of it is left on the server."""
    SessionUsager.objects.all().delete()
    SessionAgent.objects.all().delete()


def test_b_without_account_the_page_says_so_and_the_code_brings_back_what_was_typed(
    client: Client, demarche: Demarche
) -> None:
    base = commencer(client)
    remplir(client, base, "probleme")
    code = client.post(f"{base}code/").json()["code"]  # the notice, ten minutes before
    finir(client)
    reponse = client.post(f"{base}description/", {"description": ECRIT})
    page = lu(reponse)
    assert "<h1>Votre session est terminée</h1>" in page
    permises = ("https://connexion.gru.test/", "https://supervision.gru.test/services")
    garde_pages.garder(reponse.content.decode(), base, permises=permises)
    assert ECRIT in page
    suite = client.post("/reprendre/", {"code": code}).headers["Location"]
    assert suite == f"{base}description/"
    page = lu(client.get(suite))
    assert ECRIT in page
    assert insecables(saisie_gardee.DIT) in page
    assert client.post(suite, {"description": ECRIT}).status_code == 302
    assert Brouillon.objects.get().donnees["description"] == ECRIT
    assert ECRIT not in lu(client.get(f"{base}probleme/"))


def test_b_the_notice_s_code_is_only_for_who_holds_the_draft(client: Client, demarche: Demarche) -> None:
    base = commencer(client)
    remplir(client, base, "lieu")
    page = lu(client.get(f"{base}probleme/"))
    assert f'data-code="{base}code/"' in page
    assert not CodeReprise.objects.exists()
    assert Client().post(f"{base}code/").status_code == 404
    assert not CodeReprise.objects.exists()


def test_b_asking_for_the_code_does_not_put_off_the_end_of_the_session(client: Client, demarche: Demarche) -> None:
    base = commencer(client)
    remplir(client, base, "lieu")
    avant = SessionUsager.objects.get().expire_date
    from unittest.mock import patch

    from django.utils import timezone

    from guichet.portail import middleware

    plus_tard = timezone.now().timestamp() + middleware.PAS + 1
    with patch.object(middleware.time, "time", return_value=plus_tard):
        assert client.post(f"{base}code/").status_code == 200
    assert SessionUsager.objects.get().expire_date == avant


def test_b_with_an_account_what_was_typed_waits_for_the_sign_in(sites: Sites, demarche: Demarche) -> None:
    camille = fabrique.usager()
    sites.se_connecter(camille)
    client = sites.habitant
    base = commencer(client)
    remplir(client, base, "probleme")
    finir(client)
    page = lu(client.post(f"{base}description/", {"description": ECRIT}))
    assert "Votre session est terminée" in page
    assert f"/connexion/?next={base}description/" in page
    sites.se_connecter(camille)
    assert ECRIT in lu(client.get(f"{base}description/"))


def test_b_somebody_else_at_the_keyboard_does_not_read_it(sites: Sites, demarche: Demarche) -> None:
    sites.se_connecter(fabrique.usager())
    base = commencer(sites.habitant)
    remplir(sites.habitant, base, "probleme")
    finir(sites.habitant)
    sites.habitant.post(f"{base}description/", {"description": ECRIT})
    sites.se_connecter(fabrique.usager("autre", "Autre Personne"))
    page = lu(sites.habitant.get(f"{base}description/"))
    assert ECRIT not in page


def test_b_a_page_of_a_draft_that_is_gone_gives_the_text_back(client: Client, demarche: Demarche) -> None:
    base = commencer(client)
    remplir(client, base, "probleme")
    Brouillon.objects.all().delete()
    assert ECRIT in lu(client.post(f"{base}description/", {"description": ECRIT}))


def test_b_a_message_on_a_request_waits_for_who_opens_it_again(sites: Sites, demarche: Demarche) -> None:
    demande = fabrique.deposer(demarche).demande
    sites.tenir(demande)
    finir(sites.habitant)
    adresse = f"/mes-demarches/{demande.reference}/"
    page = lu(sites.habitant.post(adresse, {"texte": ECRIT}, follow=True))
    assert "Votre session est terminée. Ce que vous avez écrit est gardé" in page
    sites.tenir(demande)
    assert ECRIT in lu(sites.habitant.get(adresse))
    assert not Message.objects.exists()


def test_b_an_agent_s_answer_waits_for_the_sign_in(demarche: Demarche, alice: Agent, sites: Sites) -> None:
    demande = fabrique.deposer(demarche).demande
    adresse = f"/demandes/{demande.reference}/repondre/"
    with sites.agents(alice) as navigateur:
        version, signe = versions.de(demande), de(lu(navigateur.get(adresse)))
        finir(navigateur)
        reponse = navigateur.post(adresse, {"version": version, "texte": ECRIT, **signe})
        assert reponse.headers["Location"] == f"/connexion/?next={adresse}"
        navigateur.force_login(alice, backend="guichet.identite.backend.AnnuaireBackend")
        page = lu(navigateur.get(adresse))
        assert ECRIT in page
        assert insecables(saisie_gardee.DIT) in page
        assert navigateur.post(adresse, {"version": version, "texte": ECRIT}).status_code == 303
        # Given back once, and forgotten.
        assert ECRIT not in lu(navigateur.get(f"/demandes/{demande.reference}/ecrire/")).partition("<aside")[0]


def test_b_an_agent_s_words_are_not_offered_to_the_next_at_the_desk(
    demarche: Demarche, alice: Agent, sites: Sites
) -> None:
    demande = fabrique.deposer(demarche).demande
    bruno = fabriques.agent("bruno", "Bruno Petit", "agents", "service-voirie")
    adresse = f"/demandes/{demande.reference}/repondre/"
    with sites.agents(alice) as navigateur:
        page = lu(navigateur.get(adresse))
        assert de(page)
        finir(navigateur)
        navigateur.post(adresse, {"texte": ECRIT, **de(page)})
        navigateur.force_login(bruno, backend="guichet.identite.backend.AnnuaireBackend")
        page = lu(navigateur.get(adresse))
        assert ECRIT not in page
        assert insecables(saisie_gardee.DIT) not in page
        assert saisie_gardee.CLE not in navigateur.session


def test_b_what_was_typed_with_an_account_waits_for_that_account(sites: Sites, demarche: Demarche) -> None:
    demande = fabrique.deposer(demarche).demande  # filed without account: whoever has its code opens it
    adresse = f"/mes-demarches/{demande.reference}/"
    camille = fabrique.usager()
    for suivant, rendu in ((fabrique.usager("autre", "Autre Personne"), False), (None, False), (camille, True)):
        sites.se_connecter(camille)
        sites.tenir(demande)
        page = lu(sites.habitant.get(adresse))
        assert de(page)
        finir(sites.habitant)
        page = lu(sites.habitant.post(adresse, {"texte": ECRIT, **de(page)}, follow=True))
        assert "connectez-vous avec le même compte" in page
        if suivant is not None:
            sites.se_connecter(suivant)
        sites.tenir(demande)
        assert (ECRIT in lu(sites.habitant.get(adresse))) is rendu, suivant


def test_b_a_page_left_open_by_another_account_is_neither_kept_nor_shown(sites: Sites, demarche: Demarche) -> None:
    camille = fabrique.usager()
    sites.se_connecter(camille)
    base = commencer(sites.habitant)
    remplir(sites.habitant, base, "probleme")
    signe = de(lu(sites.habitant.get(f"{base}description/")))
    assert signe
    sites.se_connecter(fabrique.usager("autre", "Autre Personne"))
    page = lu(sites.habitant.post(f"{base}description/", {"description": ECRIT, **signe}))
    assert "Votre session est terminée" in page
    assert ECRIT not in page
    assert "est gardé 30 minutes" not in page


def test_b_several_requests_at_once_wait_too(demarche: Demarche, alice: Agent, sites: Sites) -> None:
    demandes = [fabrique.deposer(demarche).demande for _ in range(2)]
    donnees = {
        "lue": [f"{d.reference}|{versions.de(d)}" for d in demandes],
        "action": "clore",
        "confirmer": "oui",
        "texte": ECRIT,
    }
    with sites.agents(alice) as navigateur:
        donnees |= de(lu(navigateur.get("/demandes/")))
        finir(navigateur)
        navigateur.post("/demandes/lot/", donnees)
        navigateur.force_login(alice, backend="guichet.identite.backend.AnnuaireBackend")
        page = lu(navigateur.get("/demandes/lot/"))
    assert ECRIT in page
    assert all(d.reference in page for d in demandes)


def test_b_what_waits_is_not_kept_for_ever(client: Client, demarche: Demarche) -> None:
    from datetime import timedelta

    from django.utils import timezone

    demande = fabrique.deposer(demarche).demande
    adresse = f"/mes-demarches/{demande.reference}/"
    client.post(adresse, {"texte": ECRIT})
    with fabrique.au(timezone.now() + timedelta(seconds=saisie_gardee.DUREE + 5)):
        client.get("/suivi/")
        session: Any = client.session
        session["demandes_ouvertes"] = [str(demande.pk)]
        session.save()
        assert ECRIT not in lu(client.get(adresse))


# --- Length ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texte", "bon"),
    [
        ("a" * 2000, True),
        ("a" * 2001, False),
        ("🏛" * 2000, True),
        ("ligne\r\n" * 333 + "ab", True),  # 333 × 6 + 2 = 2000, where a browser's two characters a line make 2,333
        ("ligne\r\n" * 333 + "abc", False),
    ],
)
def test_b_two_thousand_characters_are_counted_as_people_count(texte: str, bon: bool) -> None:
    from django import forms

    class Formulaire(forms.Form):
        texte = TexteLong(max_length=2000)

    formulaire = Formulaire({"texte": texte})
    assert formulaire.is_valid() is bon
    if bon:
        assert "\r" not in formulaire.cleaned_data["texte"]
    else:
        assert "2001 caractères, 2000 au plus" in str(formulaire.errors)


def test_b_no_field_cuts_a_text_without_a_word(client: Client, demarche: Demarche, sites: Sites, alice: Agent) -> None:
    base = commencer(client)
    remplir(client, base, "probleme")
    long = "a" * 2001
    page = lu(client.get(f"{base}description/"))
    assert "<textarea" in page
    assert "maxlength" not in page
    assert "data-longueur-max" in page
    page = lu(client.post(f"{base}description/", {"description": long * 2}))
    assert long * 2 in page
    assert "Rien n'a été coupé" in page
    assert "maxlength" not in lu(client.get(f"{base}lieu/"))
    demande = fabrique.deposer(demarche).demande
    with sites.agents(alice) as navigateur:
        assert "maxlength" not in lu(navigateur.get(f"/demandes/{demande.reference}/repondre/"))
    assert set(PAGES) >= {"description"}
    assert Demande.objects.count() == 1
