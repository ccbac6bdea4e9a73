"""CRPA L.114-2: a request sent to the wrong administration is passed on, and the person is told.

The duty, in our words: nobody is sent away with « ce n'est pas nous »: the town passes the request on to the
authority that can answer, says to whom and when, and does not ask the person to start again.
Source: code des relations entre le public et l'administration, article L.114-2.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from guichet.demandes import courriels, lettres
from guichet.demandes.accuse import accuse_de
from guichet.demandes.models import CanalReponse, Demande, Lettre, Nature, Transfert
from guichet.demandes.services import Autorite, Saisie, SaisieRefusee, executer
from socle.envois.models import Envoi
from tests.guichet import envois, site_agents
from tests.guichet.fabrique import ALICE, RECUE, au
from tests.guichet.instruction import fabriques

METROPOLE = Autorite("Métropole d'Admiville", "1 quai du Port\n99000 Admiville", "contact@metropole.test")


def transferer(demande: Demande, code: str = "transferer_autorite", **saisie: Any) -> Any:
    with au(RECUE):
        return executer(demande, ALICE, code, Saisie(**saisie))


@pytest.mark.parametrize("silence", ["rejet", "accord"])
def test_the_person_is_told_to_whom_and_when(deposer: Callable[..., Demande], silence: str) -> None:
    demande = deposer(silence)
    transferer(demande, autorite=METROPOLE)
    assert demande.nature == Nature.TRANSFEREE
    mail = str(envois.mail(envois.envoi("transfert_autorite", demande)).body)
    for mention in ("Métropole d'Admiville", "1 quai du Port", "23\u00a0novembre 2026", "Vous n'avez rien à refaire"):
        assert mention in mail
    # L.114-3: towards a refusal the time already runs; towards an acceptance it starts there.
    attendu = "23\u00a0janvier 2027" if silence == "rejet" else "commence le jour où cet organisme reçoit"
    assert attendu in mail


def test_the_transfer_is_kept_with_its_date_its_author_and_both_ends(deposer: Callable[..., Demande]) -> None:
    demande = deposer()
    evenement = transferer(demande, autorite=METROPOLE)
    transfert = Transfert.objects.get(demande=demande)
    assert (transfert.de, transfert.vers, transfert.autorite, transfert.par_nom) == (
        "Voirie et espaces publics",
        "Métropole d'Admiville",
        True,
        "Alice Martin",
    )
    assert "Métropole d'Admiville" in evenement.phrase_usager
    assert [t.vers for t in accuse_de(demande).transmissions] == ["Métropole d'Admiville"]


def test_who_gets_letters_is_told_by_letter_and_by_mail(deposer: Callable[..., Demande]) -> None:
    demande = deposer(canal_reponse=CanalReponse.COURRIER, adresse_postale="12 rue des Lilas\n99000 Admiville")
    evenement = transferer(demande, autorite=METROPOLE)
    assert Envoi.objects.sur(courriels.objet(demande)).filter(genre=courriels.nom("a_prevenir")).exists()
    assert Envoi.objects.sur(courriels.objet(demande)).filter(genre=courriels.nom("transfert_autorite")).exists()
    page = lettres.page(evenement)
    assert "Métropole d\u2019Admiville" in page
    assert "12 rue des Lilas" in page


def test_a_transfer_to_nobody_is_refused(deposer: Callable[..., Demande]) -> None:
    with pytest.raises(SaisieRefusee, match="nom de l'organisme"):
        transferer(deposer(), autorite=Autorite(" "))


def test_between_services_of_the_town_the_person_is_told_and_no_day_is_lost(deposer: Callable[..., Demande]) -> None:
    """One authority, several services: the request keeps its number, its date and its clock."""
    demande = deposer("accord")
    transferer(demande, "transferer_service", service="espaces-verts")
    assert demande.echeance_le == date(2027, 1, 23)
    mail = envois.mail(envois.envoi("transfert_service", demande))
    assert "au service Parcs, jardins et arbres" in mail.body
    assert "espaces-verts@gru.test" in mail.body  # whom to ask from now on
    assert envois.envoi("transmise", demande).destinataire == "espaces-verts@gru.test"


def test_what_went_by_post_can_be_printed_again_the_next_day(deposer: Callable[..., Demande], settings: Any) -> None:
    """An envelope gets lost: the request's page gives the letter again, with the request and its files."""
    demande = deposer()
    alice = fabriques.agent("alice.martin", "Alice Martin", "agents", "service-voirie")
    evenement = transferer(demande, autorite=Autorite("Métropole d'Admiville", "1 quai du Port\n99000 Admiville"))
    site_agents.prendre(settings)
    navigateur = Client()
    navigateur.force_login(alice, backend="guichet.identite.backend.AnnuaireBackend")
    adresse = f"/demandes/{demande.reference}/lettres/{evenement.pk}/organisme/"
    assert adresse not in navigateur.get(f"/demandes/{demande.reference}/").content.decode()  # it waits with the others
    lettres.imprimer(ALICE, [demande.service], Lettre.objects.values_list("pk", flat=True))
    Lettre.objects.update(imprimee_le=RECUE)
    assert adresse in navigateur.get(f"/demandes/{demande.reference}/").content.decode()
    reponse = navigateur.get(adresse)
    assert b"".join(reponse).startswith(b"%PDF")
    assert navigateur.get(adresse.replace(str(evenement.pk), "0")).status_code == 404
