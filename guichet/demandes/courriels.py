"""The mails of a request: which exist, how they are queued, how they are written and sent.

Queued as rows in the transaction of the event they tell; sent later by the worker (taches.py). The row keeps
a mail from being sent twice for one event, and holds the tracking code only until the mail has left.
"""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass, field
from typing import Any, Literal

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.types import JSONDict

from guichet.demarches.definition_workflow import Effet, TransitionDefinie
from guichet.taches.redaction import construire

from . import dates, pdf
from .accuse import accuse_de
from .models import Courriel, Demande, Evenement

journal = logging.getLogger(__name__)

Destinataire = Literal["usager", "service"]
TACHE = "demandes.envoyer_courriel"


@dataclass(frozen=True)
class Genre:
    """A mail that exists; its texts are in templates/demandes/courriels/<gabarit>{_sujet.txt,.txt,.html}."""

    gabarit: str
    pour: Destinataire


GENRES = {
    "accuse": Genre("accuse_usager", "usager"),
    "reponse": Genre("reponse_usager", "usager"),
    "complement_demande": Genre("complement_demande_usager", "usager"),
    "close": Genre("close_usager", "usager"),
    "nouvelle_demande": Genre("nouvelle_demande_service", "service"),
    "message_usager": Genre("message_usager_service", "service"),
}


@dataclass(frozen=True)
class Envoi:
    demande: Demande
    genre: str
    destinataire: str
    contexte: dict[str, Any] = field(default_factory=dict)


def pour_usager(demande: Demande, genre: str, contexte: dict[str, Any] | None = None) -> Envoi:
    return Envoi(demande, genre, demande.courriel, contexte or {})


def pour_service(demande: Demande, genre: str) -> Envoi:
    return Envoi(demande, genre, demande.service.courriel)


def programmer(evenement: Evenement, *envois: Envoi) -> None:
    """Queue the mails of an event, in the current transaction. Who gave no address gets none."""
    lignes = [
        Courriel(
            cle=f"{evenement.pk}:{envoi.genre}",
            genre=envoi.genre,
            demande=envoi.demande,
            destinataire=envoi.destinataire,
            contexte=envoi.contexte,
        )
        for envoi in envois
        if envoi.destinataire
    ]
    if lignes:
        Courriel.objects.bulk_create(lignes)
        travaux: list[JSONDict] = [{"courriel_id": str(ligne.pk)} for ligne in lignes]
        app.configure_task(TACHE, queue="courriels").batch_defer(*travaux)


# Mail that tells the resident of an act, by its effect; what is not here is told as a message of the town.
_GENRES_USAGER = {Effet.DEMANDER: "complement_demande", Effet.CLORE: "close", Effet.ANNULER: "close"}


def de_transition(demande: Demande, transition: TransitionDefinie, evenement: Evenement) -> None:
    """Queue the mails that an act of the workflow sends, to those whom it tells."""
    envois = []
    if transition.previent_usager:
        envois.append(pour_usager(demande, _GENRES_USAGER.get(transition.effet, "reponse")))
    if transition.previent_service:
        envois.append(pour_service(demande, "message_usager" if transition.par == "usager" else "nouvelle_demande"))
    programmer(evenement, *envois)


def envoyer(courriel_id: uuid.UUID) -> bool:
    """Send one mail; False if it had already left.

    The row is held while the mail server answers: two workers cannot send it at once. Should the process die
    between the server's answer and the commit, the mail leaves again with the same Message-ID.
    """
    with transaction.atomic():
        courriel = Courriel.objects.select_for_update().filter(pk=courriel_id).first()
        if courriel is None or courriel.envoye_le is not None:
            return False
        _avec_accuse(courriel, composer(courriel)).send()
        courriel.envoye_le = timezone.now()
        courriel.contexte = {}
        courriel.save(update_fields=["envoye_le", "contexte"])
        return True


def composer(courriel: Courriel) -> EmailMultiAlternatives:
    genre = GENRES[courriel.genre]
    demande = Demande.objects.pour_page().get(pk=courriel.demande_id)
    contexte = {
        "demande": demande,
        "accuse": accuse_de(demande),
        "code": courriel.contexte.get("code", ""),
        "recue": dates.jour_et_heure(demande.recue_le),
        "lien": lien_usager(demande) if genre.pour == "usager" else lien_agent(demande),
    }
    base = f"demandes/courriels/{genre.gabarit}"
    return construire(base, contexte, courriel.destinataire, identifiant=courriel.pk)


def _avec_accuse(courriel: Courriel, mail: EmailMultiAlternatives) -> EmailMultiAlternatives:
    """Join the acknowledgement as a PDF, to keep or to print. The mail says it all: it leaves even without."""
    if courriel.genre == "accuse":
        try:
            contenu = pdf.accuse_pdf(courriel.demande)
        except Exception:  # the duty is to acknowledge (L.112-3): a broken library must not keep the mail back
            journal.exception("accusé de réception %s envoyé sans PDF", courriel.demande.reference)
        else:
            mail.attach(f"accuse-de-reception-{courriel.demande.reference}.pdf", contenu, "application/pdf")
    return mail


def lien_usager(demande: Demande) -> str:
    """Account or code, never both: the link alone opens nothing."""
    if demande.usager_id:
        return f"{settings.GUICHET_PORTAL_URL}/mes-demarches/{demande.reference}/"
    return f"{settings.GUICHET_PORTAL_URL}/suivi/?reference={demande.reference}"


def lien_agent(demande: Demande) -> str:
    return f"{settings.GUICHET_AGENTS_URL}/demandes/{demande.reference}/"
