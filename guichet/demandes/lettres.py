"""Letters: the words of a mail on paper, for those who did not agree to e-mail; and what goes by post to the authority
that a request is passed on to. Printed in a batch, and sent, by an agent.

An event of the history makes one letter, whenever it is asked for; it holds in full what the town wrote, and the
documents joined follow it.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import pikepdf
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from PIL import Image

from guichet.demandes import courriels, dossier, horloges, pdf, references
from guichet.demandes.actes import Qui, ecrire_evenement
from guichet.demandes.droits import Agent
from guichet.demandes.fichiers import PDF
from guichet.demandes.models import DE_LA_MAIRIE, CanalReponse, Evenement, FichierJoint, Lettre, Piece
from guichet.demarches.models import Service
from socle.typographie import dates

CADRE = "demandes/lettres/cadre.html"
CADRE_ORGANISME = "demandes/lettres/cadre_organisme.html"
LOT = 50
"""Letters of one batch: what an agent puts into envelopes at once, and a PDF that is made in seconds."""
A4 = (595, 842)  # points


def peut_s_ecrire(evenement: Evenement) -> bool:
    """Whether this line of the history is one that the resident is told by mail or by letter."""
    if evenement.demande.anonymisee_le:
        return False
    return evenement.visible_usager and (_est_depot(evenement) or _genre(evenement) is not None)


def lettre_pdf(evenement: Evenement, agent: Agent | None = None) -> bytes:
    """To print, with the documents that go with it. An event of filing gives the acknowledgement.

    ``agent``: who prints it, outside the batch. Raises ValueError as ``page`` does.
    """
    if not _est_depot(evenement):
        return assembler([pdf.depuis_page(page(evenement)), *map(_en_pdf, _documents(evenement))])
    return pdf.accuse_pdf(evenement.demande, _code(evenement, agent))


def _code(evenement: Evenement, agent: Agent | None) -> str:
    """The tracking code of a request typed in here for somebody who is answered by post: the letter is how it reaches
    them. Only in a letter that is or was due, or for who typed the request in; empty elsewhere.
    """
    demande = evenement.demande
    if not demande.saisie_par_sub or demande.usager_id is not None:
        return ""
    if courriels.canal_de_reponse(demande) != CanalReponse.COURRIER:
        return ""
    sienne = agent is not None and agent.sub == demande.saisie_par_sub
    if not sienne and not Lettre.objects.filter(evenement=evenement, pour=Lettre.Pour.USAGER).exists():
        return ""
    return references.code_de(demande)


def remettre(agent: Agent, evenement: Evenement) -> None:
    """The letter of this event is given to an agent: where it was due, it waits no more and history says who has it.

    For whoever opens it from the request or at the counter; the batch does so itself.
    """
    with transaction.atomic():
        dues = Lettre.objects.filter(evenement=evenement, pour=Lettre.Pour.USAGER, imprimee_le=None)
        _noter_imprimees(agent, list(dues.select_related("demande").select_for_update(of=("self",))))


def page(evenement: Evenement) -> str:
    """The letter as HTML. Raises ValueError for an event that makes none (peut_s_ecrire)."""
    genre = None if _est_depot(evenement) else _genre(evenement)
    if genre is None:
        raise ValueError(f"aucune lettre ne correspond à « {evenement.code} »")
    return pdf.page(f"demandes/courriels/{courriels.GENRES[genre].gabarit}.html", contexte(evenement))


def contexte(evenement: Evenement) -> dict[str, Any]:
    """What the mail's templates need to be a letter of the day of the event."""
    return {
        **courriels.contexte_de(evenement.demande, evenement),
        "cadre": CADRE,
        "papier": True,
        "message": courriels.texte_de(evenement),
        "date_lettre": dates.jour(evenement.le),
    }


def page_organisme(evenement: Evenement) -> str:
    """The letter that passes a request on to another authority, as HTML."""
    gabarit = f"demandes/courriels/{courriels.GENRES['transmission'].gabarit}.html"
    return pdf.page(gabarit, {**contexte(evenement), "cadre": CADRE_ORGANISME})


# --- The batch ------------------------------------------------------------------------------------


def a_imprimer(services: Sequence[Service]) -> QuerySet[Lettre]:
    """Letters due and not printed yet, of requests that are with these services, the oldest first."""
    return _lettres(services).filter(imprimee_le=None)


def imprimees_le(jour: date, services: Sequence[Service]) -> QuerySet[Lettre]:
    """Those that were printed on this day, for a printer that failed or an envelope that is lost."""
    return _lettres(services).filter(imprimee_le__date=jour)


def _lettres(services: Sequence[Service]) -> QuerySet[Lettre]:
    return (
        Lettre.objects.filter(demande__service__in=[s.pk for s in services], demande__anonymisee_le=None)
        .select_related("evenement", "demande__demarche", "demande__service", "demande__version")
        .defer("demande__demarche__definition", "demande__demarche__recherche", "demande__demarche__workflow")
        .order_by("due_le", "pk")
    )


def imprimer(agent: Agent, services: Sequence[Service], cles: Iterable[int], *, encore: bool = False) -> bytes:
    """One PDF of these letters, the oldest first, at most LOT; each is then noted as printed, in its history too.

    ``encore``: even those that were printed already. Raises ValueError when none of them is to be printed any more.
    """
    choix = _lettres(services) if encore else a_imprimer(services)
    with transaction.atomic():
        lettres = list(choix.filter(pk__in=list(cles)).select_for_update(of=("self",))[:LOT])
        if not lettres:
            raise ValueError("Ces lettres sont déjà imprimées.")
        contenu = assembler([une_pdf(lettre) for lettre in lettres])
        _noter_imprimees(agent, lettres)
    return contenu


def _noter_imprimees(agent: Agent, lettres: Sequence[Lettre]) -> None:
    Lettre.objects.filter(pk__in=[lettre.pk for lettre in lettres]).update(imprimee_le=timezone.now())
    for lettre in lettres:
        ecrire_evenement(lettre.demande, "lettre_imprimee", Qui.agent(agent), visible_usager=False)
        if lettre.pour == Lettre.Pour.USAGER:
            horloges.remise(lettre.demande)  # what a lost mail had asked for is told at last


def une_pdf(lettre: Lettre) -> bytes:
    """One letter of the batch; for an authority, the request and its files follow it."""
    evenement = lettre.evenement
    evenement.demande = lettre.demande
    if lettre.pour == Lettre.Pour.USAGER:
        return lettre_pdf(evenement)
    demande = lettre.demande
    return assembler(
        [
            pdf.depuis_page(page_organisme(evenement)),
            dossier.dossier_pdf(demande, papier=True),
            *map(_en_pdf, dossier.pieces(demande)),
        ]
    )


def destinataire(lettre: Lettre) -> str:
    """To whom it goes, in words."""
    if lettre.pour == Lettre.Pour.ORGANISME:
        return str(lettre.evenement.donnees.get("destination", lettre.demande.autorite))
    return lettre.demande.nom or "l'usager"


def adresse(lettre: Lettre) -> str:
    """Where it goes; empty where nobody knows."""
    if lettre.pour == Lettre.Pour.ORGANISME:
        return str(lettre.evenement.donnees.get("adresse", ""))
    return lettre.demande.adresse_postale


def assembler(parties: Sequence[bytes]) -> bytes:
    """Several PDFs as one, in order; one alone is left as it is, with its tags."""
    if len(parties) == 1:
        return parties[0]
    sortie = io.BytesIO()
    with pikepdf.new() as ensemble:
        for partie in parties:
            with pikepdf.open(io.BytesIO(partie)) as ouvert:
                ensemble.pages.extend(ouvert.pages)
        ensemble.save(sortie)
    return sortie.getvalue()


def _documents(evenement: Evenement) -> Sequence[Piece]:
    """What the town joined to this act; what the resident sent with it is theirs already."""
    message = evenement.donnees.get("message")
    if not message:
        return ()
    pieces = Piece.objects.filter(demande=evenement.demande_id, message=message, message__interne=False)
    return list(pieces.filter(message__auteur_type__in=DE_LA_MAIRIE))


def _en_pdf(piece: FichierJoint) -> bytes:
    """A kept file as pages to print: both kinds were checked when they came in."""
    with piece.fichier.open("rb") as flux:
        contenu = bytes(flux.read())
    if piece.type_mime == PDF:
        return contenu
    sortie = io.BytesIO()
    with Image.open(io.BytesIO(contenu)) as image:
        droite = image.convert("RGB")
        echelle = max(droite.width / A4[0], droite.height / A4[1], 0.01) * 72
        droite.save(sortie, "PDF", resolution=echelle)
    return sortie.getvalue()


def _est_depot(evenement: Evenement) -> bool:
    return evenement.code in ("recue", "saisie")


def _genre(evenement: Evenement) -> str | None:
    if evenement.code in ("retrait_annule", "transfert_annule"):
        return "statut"  # no act of the workflow: one was undone
    if evenement.code == "close_abandon":
        return "close"
    if evenement.code == "decision_retiree":
        return "decision_retiree"
    transition = evenement.demande.workflow.transition(evenement.donnees.get("transition", ""))
    if transition is None or transition.interne:
        return None
    return courriels.genre_usager(transition, evenement)
