"""The mails of a request: which exist, how they are entrusted to the outbox (socle/envois), how they are written.

They are entrusted in the transaction of the event they tell. Their key keeps a mail from being sent twice for one
event; the tracking code is held only until the mail has left.

A mail tells that something happened and where to read it; what was written stays on the site. Who did not agree
to e-mail gets no mail: the service is asked to print the letter (lettres.py) or to call.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.conf import settings

from guichet.arriere_plan.redaction import rediger
from guichet.demandes import avis, pdf
from guichet.demandes.accuse import accuse_de
from guichet.demandes.models import Canal, CanalReponse, Complement, Demande, Evenement, Message
from guichet.demarches.definition_workflow import Acteur, Effet, TransitionDefinie
from socle.envois import genres
from socle.envois.genres import Ecrit, Joint, SansObjet
from socle.envois.models import Envoi
from socle.envois.services import confier, preparer
from socle.typographie import dates

journal = logging.getLogger(__name__)

Destinataire = Literal["usager", "service"]


@dataclass(frozen=True)
class Genre:
    """A mail that exists; its words are in templates/demandes/courriels/<gabarit>.html."""

    gabarit: str
    pour: Destinataire
    courant: bool = False
    """An everyday alert to a service, which a procedure may want once a day or not at all."""


GENRES = {
    # To the resident.
    "accuse": Genre("accuse_usager", "usager"),
    "reponse": Genre("reponse_usager", "usager"),
    "message_mairie": Genre("message_mairie_usager", "usager"),
    "complement_demande": Genre("complement_demande_usager", "usager"),
    "pieces_demandees": Genre("pieces_demandees_usager", "usager"),
    "correction_demandee": Genre("correction_demandee_usager", "usager"),
    "pieces_recues": Genre("pieces_recues_usager", "usager"),
    "relance": Genre("relance_usager", "usager"),
    "acceptee": Genre("acceptee_usager", "usager"),
    "refusee": Genre("refusee_usager", "usager"),
    "transfert_service": Genre("transfert_service_usager", "usager"),
    "transfert_autorite": Genre("transfert_autorite_usager", "usager"),
    "statut": Genre("statut_usager", "usager"),
    "close": Genre("close_usager", "usager"),
    "retiree": Genre("retiree_usager", "usager"),
    # To the service.
    "nouvelle_demande": Genre("nouvelle_demande_service", "service", courant=True),
    "message_usager": Genre("message_usager_service", "service", courant=True),
    "pieces_fournies": Genre("pieces_fournies_service", "service", courant=True),
    "retiree_service": Genre("retiree_service", "service", courant=True),
    "transmise": Genre("transmise_service", "service", courant=True),
    "statut_service": Genre("statut_service", "service", courant=True),
    "a_prevenir": Genre("a_prevenir_service", "service"),
    "releve": Genre("releve", "service"),
}


# Once something is sent or answered, one may say how it went; in between it would be in the way.
AVEC_AVIS = frozenset({"accuse", "reponse", "acceptee", "refusee", "close"})


@dataclass(frozen=True)
class Pli:
    """A mail as it is decided: about what, which, to whom; nobody where the address is empty."""

    demande: Demande
    genre: str
    destinataire: str
    contexte: dict[str, Any] = field(default_factory=dict)


# --- To whom, by which channel --------------------------------------------------------------------


def canal_de_reponse(demande: Demande) -> str:
    """How the person is told: as they chose, as far as they can be reached; empty if they cannot."""
    if demande.canal_reponse == CanalReponse.COURRIEL and not demande.courriel:
        if demande.adresse_postale:
            return CanalReponse.COURRIER
        return CanalReponse.TELEPHONE if demande.telephone and demande.canal != Canal.WEB else ""
    return str(demande.canal_reponse)


def pour_usager(demande: Demande, genre: str, contexte: dict[str, Any] | None = None) -> Pli:
    """A mail to the resident, or, where they want another channel, a mail that asks the service to tell them."""
    canal = canal_de_reponse(demande)
    par_courriel = canal == CanalReponse.COURRIEL
    if genre == "accuse":
        # What came electronically is acknowledged electronically (L.112-11), on screen where no address was given.
        par_courriel = bool(demande.courriel) and (par_courriel or demande.canal in (Canal.WEB, Canal.COURRIEL))
        if not par_courriel and demande.canal == Canal.WEB:
            canal = ""
    if par_courriel:
        return Pli(demande, genre, demande.courriel, contexte or {})
    return Pli(demande, "a_prevenir", demande.service.courriel if canal else "", {"par": canal})


def pour_service(demande: Demande, genre: str) -> Pli:
    """A mail to the service that has the request, unless its procedure wants a daily digest or nothing."""
    taire = GENRES[genre].courant and demande.definition.alerte != "chaque"
    return Pli(demande, genre, "" if taire else demande.service.courriel)


def programmer(evenement: Evenement, *plis: Pli) -> None:
    """Entrust the mails of an event, in the current transaction. Who gave no address gets none."""
    confier(
        preparer(
            nom(pli.genre),
            pli.destinataire,
            cle=f"{evenement.pk}:{pli.genre}",
            objet=objet(pli.demande),
            contexte=pli.contexte,
        )
        for pli in plis
        if pli.destinataire
    )


def confier_nouveaux(envois: Iterable[Envoi]) -> int:
    """Entrust those whose key is new: asked twice, a mail is sent once. Returns how many are."""
    connus = {envoi.cle: envoi for envoi in envois}
    deja = set(Envoi.objects.filter(cle__in=connus).values_list("cle", flat=True))
    return confier(envoi for cle, envoi in connus.items() if cle not in deja)


def nom(genre: str) -> str:
    """Its name in the outbox."""
    return f"demandes.{genre}"


def objet(demande: Demande) -> str:
    """What its messages are about; the database erases them with the request (demandes_anonymiser)."""
    return f"demande:{demande.pk}"


# --- What an act of the workflow sends ------------------------------------------------------------

_USAGER: dict[Effet, str] = {
    Effet.REPONDRE: "reponse",
    Effet.ECRIRE: "message_mairie",
    Effet.DEMANDER: "complement_demande",
    Effet.FOURNIR: "pieces_recues",
    Effet.ACCEPTER: "acceptee",
    Effet.REFUSER: "refusee",
    Effet.TRANSFERER_SERVICE: "transfert_service",
    Effet.TRANSFERER_AUTORITE: "transfert_autorite",
    Effet.CLORE: "close",
    Effet.ANNULER: "retiree",
}
_SERVICE: dict[Effet, str] = {
    Effet.ECRIRE: "message_usager",
    Effet.FOURNIR: "pieces_fournies",
    Effet.ANNULER: "retiree_service",
    Effet.TRANSFERER_SERVICE: "transmise",
}


def de_transition(demande: Demande, transition: TransitionDefinie, evenement: Evenement) -> None:
    """Queue the mails that an act of the workflow sends, to those whom it tells."""
    plis = []
    recu = transition.effet is Effet.FOURNIR and bool(evenement.donnees.get("complements"))
    if transition.previent_usager or recu:  # what is sent electronically is always acknowledged (L.112-11)
        plis.append(pour_usager(demande, genre_usager(transition, evenement)))
    if transition.previent_service:
        genre = _SERVICE.get(transition.effet, "statut_service")
        if transition.effet is Effet.FOURNIR and not recu:
            genre = "message_usager"  # the answer to a question
        plis.append(pour_service(demande, genre))
    programmer(evenement, *plis)


def genre_usager(transition: TransitionDefinie, evenement: Evenement) -> str:
    """Mail, or letter, that tells the resident of an act."""
    if transition.effet is Effet.DEMANDER:
        genres = {c.genre for c in Complement.objects.filter(pk__in=evenement.donnees.get("complements", ()))}
        if Complement.Genre.PIECE in genres:
            return "pieces_demandees"
        return "correction_demandee" if Complement.Genre.CORRECTION in genres else "complement_demande"
    if transition.effet is Effet.ECRIRE and transition.par is not Acteur.AGENT:
        return "statut"
    return _USAGER.get(transition.effet, "statut")


def acquitte(demande: Demande) -> bool:
    """Whether its acknowledgement goes by mail."""
    return Envoi.objects.sur(objet(demande)).filter(genre=nom("accuse")).exists()


# --- Writing --------------------------------------------------------------------------------------


def apercu(demande: Demande, genre: str) -> Ecrit:
    """A mail as it would be written, for who is about to send it; nothing is kept."""
    envoi = preparer(nom(genre), demande.courriel, cle="", objet=objet(demande))
    return genres.genre_de(envoi.genre).ecrire(envoi)


def _contexte(envoi: Envoi) -> dict[str, Any]:
    """What the words of a mail need. Raises SansObjet where its request is no more."""
    genre = GENRES[_court(envoi)]
    contexte = dict(envoi.contexte)
    if envoi.objet:
        demande = _demande_de(envoi)
        evenement = _evenement_de(envoi)
        contexte |= contexte_de(demande, evenement)
        contexte["lien"] = lien_usager(demande) if genre.pour == "usager" else lien_agent(demande)
        if _court(envoi) in AVEC_AVIS:
            contexte["avis"] = avis.lien(demande.demarche_id, avis.Source.COURRIEL)
        if evenement is not None:
            contexte["lettre"] = lien_lettre(evenement)
        contexte.setdefault("lettre", contexte["lien"])
    return contexte | {"code": contexte.get("code", ""), "url_agents": settings.URL_AGENTS}


def _court(envoi: Envoi) -> str:
    return envoi.genre.partition(".")[2]


def _demande_de(envoi: Envoi) -> Demande:
    demande = Demande.objects.pour_page().filter(pk=envoi.objet_id).first()
    if demande is None:
        raise SansObjet
    return demande


def _evenement_de(envoi: Envoi) -> Evenement | None:
    """The event that a mail tells, which begins its key."""
    debut = envoi.cle.partition(":")[0]
    if not debut.isdecimal():
        return None
    return Evenement.objects.filter(demande=uuid.UUID(envoi.objet_id), pk=debut).first()


def contexte_de(demande: Demande, evenement: Evenement | None) -> dict[str, Any]:
    """What the words of a mail or a letter need: the request, its clock, and what the event says."""
    donnees = evenement.donnees if evenement else {}
    complements = demande.complements.all()
    if donnees.get("complements") and not donnees.get("fournis") and "complet" not in donnees:
        complements = complements.filter(pk__in=donnees["complements"])  # asked by this very event
    else:
        complements = complements.ouverts()
    a_donner = list(complements)
    return {
        "demande": demande,
        "accuse": accuse_de(demande),
        "complements": a_donner,
        "limite": next((dates.jour(c.limite_le) for c in a_donner if c.limite_le), ""),
        "motif": donnees.get("motif", ""),
        "de": donnees.get("origine", ""),
        "autorite": donnees.get("destination", demande.autorite),
        "autorite_adresse": donnees.get("adresse", ""),
        "statut": demande.etat_usager,
        "statut_agent": donnees.get("statut", ""),
        "fait_le": dates.jour(evenement.le) if evenement else "",
    }


def _accuse(envoi: Envoi) -> Sequence[Joint]:
    """The acknowledgement as a PDF, to keep or to print. The mail says it all: it leaves even without."""
    demande = _demande_de(envoi)
    try:
        contenu = pdf.accuse_pdf(demande)
    except Exception:  # the duty is to acknowledge (L.112-3): a broken library must not keep the mail back
        journal.exception("accusé de réception %s envoyé sans PDF", demande.reference)
        return ()
    return (Joint(f"accuse-de-reception-{demande.reference}.pdf", contenu, "application/pdf"),)


def texte_de(evenement: Evenement) -> str:
    """What the town wrote with this act, as the resident may read it."""
    message = Message.objects.filter(
        demande=evenement.demande_id, pk=evenement.donnees.get("message"), interne=False
    ).first()
    return message.texte if message else ""


def lien_usager(demande: Demande) -> str:
    """Account or code, never both: the link alone opens nothing."""
    if demande.usager_id:
        return f"{settings.URL_PORTAIL}/mes-demarches/{demande.reference}/"
    return f"{settings.URL_PORTAIL}/suivi/?reference={demande.reference}"


def lien_agent(demande: Demande) -> str:
    """Address of the request on the agents' site, absolute."""
    return f"{settings.URL_AGENTS}/demandes/{demande.reference}/"


def lien_lettre(evenement: Evenement) -> str:
    """The letter an agent prints; the agents' site serves it (lettres.lettre_pdf)."""
    return f"{lien_agent(evenement.demande)}lettres/{evenement.pk}/"


for _nom, _genre in GENRES.items():
    genres.declarer(
        genres.Genre(
            nom=nom(_nom),
            gabarit=f"demandes/courriels/{_genre.gabarit}",
            rediger=rediger,
            contexte=_contexte,
            joints=_accuse if _nom == "accuse" else genres.sans_joint,
            garde=genres.GARDE if _nom == "releve" else None,  # goes with its request, else as any other
        )
    )
