"""CRPA L.112-11 (and R.112-11-1, R.112-11-2): what is sent electronically is acknowledged electronically.

The duty, in our words: the acknowledgement is immediate, or else a receipt of registration follows at once or within
one working day, and the acknowledgement within seven days. It names the date, the service with an address and a
telephone, the day and effect of silence. Abusive sendings may be blocked, after telling where they come from why.
Source: code des relations entre le public et l'administration, articles L.112-11, R.112-11-1 and R.112-11-2.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from smtplib import SMTPException
from typing import Any
from unittest.mock import patch

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from guichet.demandes import courriels, services
from guichet.demandes.fichiers import Fichier
from guichet.demandes.models import Demande, Evenement
from guichet.demandes.services import DemandeDePiece, Saisie, executer
from socle.envois.services import partir
from tests.guichet import envois, fabrique
from tests.guichet.fabrique import ALICE, RECUE, au

ROLE_PROXY = Path(__file__).parents[3] / "roles" / "proxy" / "templates"


def test_the_acknowledgement_is_committed_with_the_request(deposer: Callable[..., Demande]) -> None:
    """No moment exists at which the request is there and its acknowledgement is not on its way."""
    with patch.object(courriels.Envoi.objects, "bulk_create", side_effect=RuntimeError("panne")):
        with pytest.raises(RuntimeError, match="panne"):
            deposer()
        assert not Demande.objects.exists()
    demande = deposer()
    courriel = envois.envoi("accuse", demande)
    assert (courriel.cree_le - demande.recue_le).total_seconds() < 60


def test_a_mail_server_that_is_down_delays_it_and_loses_nothing(
    deposer: Callable[..., Demande], mailoutbox: list[Any]
) -> None:
    courriel = envois.envoi("accuse", deposer())
    with patch.object(EmailMultiAlternatives, "send", side_effect=SMTPException):
        assert not partir(courriel.pk)
    assert partir(courriel.pk)
    assert [nom for nom, _, _ in mailoutbox[0].attachments] == [
        f"accuse-de-reception-{Demande.objects.get().reference}.pdf"
    ]


@pytest.mark.django_db
def test_who_gave_no_address_is_acknowledged_on_the_screen(client: Client) -> None:
    """Page of the request just sent: date, reference, service with address and telephone, effect of silence."""
    fabrique.demarche()
    from guichet.demandes.references import code_suivi

    with au(RECUE):
        depot = fabrique.deposer(fabrique.demarche(), reponses={**fabrique.REPONSES, "courriel": ""})
        reference, code = depot.demande.reference, code_suivi(depot.demande.cle_envoi)
        assert client.post("/suivi/", {"reference": reference, "code": code}).status_code == 302
        page = client.get(f"/demandes/envoyee/{reference}/").content.decode().replace("\u00a0", " ")
    for mention in (
        reference,
        "23 novembre 2026 à 14 h 05",
        "Voirie et espaces publics",
        "12 rue des Ateliers",
        "01 99 00 00 10",
        "le 23 janvier 2027",
        "refusée",
        "suppose que votre demande est complète",
    ):
        assert mention in page


def test_pieces_sent_later_are_acknowledged_too(deposer: Callable[..., Demande]) -> None:
    demande = deposer()
    with au(RECUE):
        executer(demande, ALICE, "demander_complement", Saisie(pieces=(DemandeDePiece("Plan"),)))
        attendue = demande.complements.get()
        piece = Fichier("plan.pdf", "application/pdf", fabrique.pdf())
        services.fournir(demande, pieces={attendue.pk: [piece]}, par=fabrique.par_code(demande))
        mail = str(envois.mail(envois.envoi("pieces_recues", demande)).body)
    assert "La mairie a reçu le 23\u00a0novembre 2026" in mail
    assert "Téléphone\u00a0: 01 99 00 00 10" in mail


def test_a_message_is_in_the_history_the_person_reads_at_once(deposer: Callable[..., Demande]) -> None:
    demande = deposer()
    with au(RECUE):
        services.ecrire_usager(demande, "Merci.", par=fabrique.par_code(demande))
    dernier = Evenement.objects.filter(demande=demande, visible_usager=True).order_by("pk").last()
    assert dernier is not None
    assert (dernier.phrase_usager, dernier.le >= RECUE) == ("Vous avez écrit à la mairie.", True)


def test_who_is_blocked_for_sending_too_much_is_told_why_and_what_to_do() -> None:
    """The front's page for too many sendings: the reason, how long, another way, the article."""
    page = (ROLE_PROXY / "page-429-envois.html.j2").read_text("utf-8")
    for mots in ("Trop d’envois", "Attendez", "nous n’avons pas enregistré le dernier", "L.\u00a0112-11", "otherwise("):
        assert mots in page
    regles = (ROLE_PROXY / "haproxy.cfg.j2").read_text("utf-8")
    assert "status 429" in regles
    assert "Retry-After" in regles


@pytest.mark.django_db
def test_who_guesses_codes_is_told_before_being_blocked(client: Client) -> None:
    demande = fabrique.deposer(fabrique.demarche()).demande
    for _ in range(30):
        reponse = client.post("/suivi/", {"reference": demande.reference, "code": "AAAA-AAAA"})
        if reponse.status_code == 429:
            break
    assert reponse.status_code == 429
    assert "essa" in reponse.content.decode().lower()
