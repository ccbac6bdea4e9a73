"""« Enregistrer et reprendre plus tard »: a code opens the draft again, for thirty days and nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from guichet.comptes.models import Usager
from guichet.demandes import services
from guichet.demandes.models import Brouillon, Demande
from guichet.demarches.models import Demarche
from guichet.portail import reprise
from guichet.portail.models import CodeReprise
from guichet.portail.tentatives import PAR_EXPEDITEUR
from socle.envois.models import Envoi
from socle.envois.services import partir
from tests.guichet import fabrique
from tests.guichet.portail.parcours import PAGES, commencer, remplir

pytestmark = pytest.mark.django_db


def enregistrer(client: Client, jusqua: str = "probleme") -> tuple[str, str]:
    """Fill up to a page, press the button there; returns the form's address and the code shown."""
    base = commencer(client)
    noms = list(PAGES)
    if jusqua != "lieu":
        remplir(client, base, noms[noms.index(jusqua) - 1])
    suite = client.post(f"{base}{jusqua}/", {**PAGES[jusqua], "enregistrer": "1"}).headers["Location"]
    assert suite == f"{base}enregistrer/"
    trouve = re.search(r'<dd class="reference">([\w-]+)<', client.get(suite).content.decode())
    assert trouve is not None
    return base, trouve[1]


def test_the_code_opens_the_answers_on_another_device(client: Client, demarche: Demarche) -> None:
    base, code = enregistrer(client)
    assert re.fullmatch(r"\w{4}-\w{4}-\w{4}", code)
    ailleurs = Client()
    assert ailleurs.get(f"{base}lieu/").status_code == 404
    suite = ailleurs.post("/reprendre/", {"code": code.lower().replace("-", " ")}).headers["Location"]
    assert suite == f"{base}verifier/"
    # The page where the button was pressed is asked again: it was left, not finished; its answer is kept.
    assert ailleurs.get(suite).headers["Location"] == f"{base}probleme/"
    assert "checked" in ailleurs.get(f"{base}probleme/").content.decode()
    remplir(ailleurs, base)
    ailleurs.post(f"{base}verifier/")
    assert Demande.objects.get().donnees["probleme"] == "chaussee"
    # Sent: the code opens nothing any more, here or there.
    assert "n&#x27;ouvre aucun brouillon" in Client().post("/reprendre/", {"code": code}).content.decode()
    assert not CodeReprise.objects.exists()


def test_it_works_from_the_first_page_and_before_any_answer(client: Client, demarche: Demarche) -> None:
    base = commencer(client)
    client.post(f"{base}lieu/", {"lieu": "", "enregistrer": "1"})
    assert client.get(f"{base}enregistrer/").status_code == 200
    assert Brouillon.objects.count() == 1


def test_no_code_is_made_by_looking_at_the_page(client: Client, demarche: Demarche) -> None:
    base = commencer(client)
    assert client.get(f"{base}enregistrer/").headers["Location"] == f"{base}lieu/"
    remplir(client, base, "probleme")
    assert client.get(f"{base}enregistrer/").headers["Location"] == f"{base}description/"
    assert not CodeReprise.objects.exists()


def test_codes_cannot_be_tried_out(client: Client, demarche: Demarche) -> None:
    _, code = enregistrer(client)
    for _ in range(PAR_EXPEDITEUR):
        assert Client().post("/reprendre/", {"code": "AAAA-AAAA-AAAA"}).status_code == 200
    reponse = Client().post("/reprendre/", {"code": code})
    assert reponse.status_code == 429
    assert "Attendez 15 minutes" in reponse.content.decode()
    assert Client().post("/reprendre/", {"code": code}, headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 302


def test_neither_code_nor_answers_can_be_read_in_the_table(client: Client, demarche: Demarche) -> None:
    _, code = enregistrer(client)
    ligne = CodeReprise.objects.values().get()
    assert code not in str(ligne)
    assert code.replace("-", "") not in str(ligne)


def test_the_code_is_mailed_where_asked_and_then_forgotten(
    client: Client, demarche: Demarche, mailoutbox: list[Any]
) -> None:
    base, code = enregistrer(client)
    assert client.post(f"{base}enregistrer/", {"courriel": "camille@exemple.fr"}).status_code == 302
    envoi = Envoi.objects.get()
    assert ProcrastinateJob.objects.filter(task_name="envois.partir", args__envoi_id=str(envoi.pk)).count() == 1
    assert partir(envoi.pk)
    assert not partir(envoi.pk)  # a task may run twice
    assert not Envoi.objects.exists()
    (mail,) = mailoutbox
    assert mail.to == ["camille@exemple.fr"]
    assert mail.subject == "Admiville – Signaler un problème de voirie : reprenez votre brouillon"
    assert code in mail.body
    assert "https://portail.gru.test/reprendre/" in mail.body
    assert "12 rue des Lilas" not in mail.body
    reste = CodeReprise.objects.get()
    assert (reste.courriel, reste.code_a_envoyer) == ("", "")


def test_nobody_is_flooded_with_codes(client: Client, demarche: Demarche) -> None:
    base, _ = enregistrer(client)
    for _ in range(reprise.MAILS):
        assert client.post(f"{base}enregistrer/", {"courriel": "a@exemple.fr"}).status_code == 302
    page = client.post(f"{base}enregistrer/", {"courriel": "a@exemple.fr"}).content.decode()
    assert "déjà été envoyé trois fois" in page
    assert Envoi.objects.count() == reprise.MAILS


def test_a_draft_with_a_code_lives_thirty_days_and_one_without_two(client: Client, demarche: Demarche) -> None:
    _, code = enregistrer(client)
    remplir(Client(), commencer(Client()), "lieu")
    Brouillon.objects.update(modifie_le=timezone.now() - timedelta(days=3))
    assert services.purger_brouillons() == 1
    assert Client().post("/reprendre/", {"code": code}).status_code == 302
    Brouillon.objects.update(modifie_le=timezone.now() - timedelta(days=31))
    # Too old opens nothing, even before the purge of the night.
    assert Client().post("/reprendre/", {"code": code}).status_code == 200
    assert services.purger_brouillons() == 1
    assert not CodeReprise.objects.exists()


def test_with_an_account_no_code_is_needed(
    client: Client, demarche: Demarche, camille: Usager, connecter: Callable[[Client, Usager], Client]
) -> None:
    connecter(client, camille)
    base = commencer(client)
    client.post(f"{base}lieu/", {**PAGES["lieu"], "enregistrer": "1"})
    page = client.get(f"{base}enregistrer/", follow=True).content.decode()
    assert "Votre brouillon est enregistré" in page
    assert f"{base}verifier/" in page
    assert not CodeReprise.objects.exists()


def test_once_in_an_account_the_code_opens_it_no_more(
    client: Client, demarche: Demarche, camille: Usager, connecter: Callable[[Client, Usager], Client]
) -> None:
    base, code = enregistrer(client)
    connecter(client, camille)
    # The session was replaced by the sign-in of the test: hold the draft again as a real one would.
    Brouillon.objects.update(usager=camille)
    assert client.get(f"{base}lieu/").status_code == 200
    assert Client().post("/reprendre/", {"code": code}).status_code == 200


def test_several_drafts_of_one_procedure_are_all_found_again(client: Client, demarche: Demarche) -> None:
    bases = [commencer(client) for _ in range(2)]
    for rang, base in enumerate(bases):
        client.post(f"{base}lieu/", {"lieu": f"rue {rang}"})
    page = client.get(f"/demarches/{fabrique.VOIRIE}/").content.decode()
    assert all(f"{base}verifier/" in page for base in bases)
