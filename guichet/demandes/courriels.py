"""The mails of a request: which exist, how they are entrusted to the outbox (socle/envois), how they are written.

They are entrusted in the transaction of the event they tell. Their key keeps a mail from being sent twice for one
event; the tracking code is held only until the mail has left.

A mail tells that something happened and where to read it; what was written stays on the site. Who wants letters or
calls gets the mail too, where an address is known: the service is asked to print the letter (lettres.py) or to call.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.conf import settings
from django.db import transaction

from guichet.arriere_plan.redaction import rediger
from guichet.comptes.services import noter_adresse_en_panne
from guichet.demandes import auteur, avis, dossier, horloges, pdf
from guichet.demandes.accuse import accuse_de
from guichet.demandes.lectures import ATTENDUS, EVENEMENT, PAR_CLE
from guichet.demandes.models import (
    DE_LA_MAIRIE,
    Auteur,
    Canal,
    CanalReponse,
    Complement,
    Demande,
    Evenement,
    Lettre,
    Message,
)
from guichet.demandes.phrases import DECISIONS as DECISIONS_DITES
from guichet.demarches.definition_workflow import Acteur, Effet, TransitionDefinie
from guichet.demarches.models import Service
from socle.envois import genres, plafonds
from socle.envois.genres import Ecrit, Joint, SansObjet
from socle.envois.models import Envoi
from socle.envois.retours import Avis
from socle.envois.services import confier, preparer
from socle.typographie import dates

journal = logging.getLogger(__name__)

Destinataire = Literal["usager", "service", "organisme"]


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
    "decision_retiree": Genre("decision_retiree_usager", "usager"),
    "adresse_changee": Genre("adresse_changee_usager", "usager"),
    # To the service.
    "nouvelle_demande": Genre("nouvelle_demande_service", "service", courant=True),
    "message_usager": Genre("message_usager_service", "service", courant=True),
    "pieces_fournies": Genre("pieces_fournies_service", "service", courant=True),
    "retiree_service": Genre("retiree_service", "service", courant=True),
    "transmise": Genre("transmise_service", "service", courant=True),
    "transmission_reprise": Genre("transmission_reprise_service", "service", courant=True),
    "statut_service": Genre("statut_service", "service", courant=True),
    "a_prevenir": Genre("a_prevenir_service", "service"),
    # To one agent of the service.
    "confiee": Genre("confiee_agent", "service"),
    "confiee_reprise": Genre("confiee_reprise_agent", "service"),
    "releve": Genre("releve", "service"),
    # To the authority that a request is passed on to (CRPA L.114-2).
    "transmission": Genre("transmission_organisme", "organisme"),
}


ACCUSES = frozenset({"accuse", "pieces_recues"})
"""What says that something was received: owed, so with a ceiling of its own (socle/envois/plafonds.py)."""

# Once something is sent or answered, one may say how it went; in between it would be in the way.
AVEC_AVIS = frozenset({"accuse", "reponse", "acceptee", "refusee", "close"})


@dataclass(frozen=True)
class Pli:
    """A mail as it is decided: about what, which, to whom; nobody where the address is empty."""

    demande: Demande
    genre: str
    destinataire: str
    contexte: dict[str, Any] = field(default_factory=dict)
    lettre: str = ""
    """Whom a letter is to be printed for (Lettre.Pour), beside the mail or instead of it."""


# --- To whom, by which channel --------------------------------------------------------------------


def canal_de_reponse(demande: Demande) -> str:
    """How the person is told: as they chose, as far as they can be reached; empty if they cannot."""
    if demande.canal_reponse == CanalReponse.COURRIEL and not demande.courriel:
        if demande.adresse_postale:
            return CanalReponse.COURRIER
        return CanalReponse.TELEPHONE if demande.telephone and demande.canal != Canal.WEB else ""
    return str(demande.canal_reponse)


def pour_usager(demande: Demande, genre: str, contexte: dict[str, Any] | None = None) -> list[Pli]:
    """What tells the resident of an act: the mail, wherever there is an address; and, where they want another channel,
    what asks the service to use it. A wish for letters or calls silences no mail that they may need in time.
    """
    canal = canal_de_reponse(demande)
    plis = [Pli(demande, genre, demande.courriel, contexte or {})] if recoit_un_courriel(demande) else []
    if canal == CanalReponse.COURRIEL or not canal:
        return plis
    if genre == "accuse" and demande.canal == Canal.WEB:
        # What came electronically is acknowledged electronically (L.112-11), on screen where no address was given.
        return plis
    if genre == "accuse" and demande.canal == Canal.COURRIEL and plis:
        return plis
    lettre = Lettre.Pour.USAGER if canal == CanalReponse.COURRIER else ""
    return [Pli(demande, "a_prevenir", demande.service.courriel, {"par": canal}, lettre=lettre), *plis]


def recoit_un_courriel(demande: Demande) -> bool:
    """Whether a mail leaves for the resident."""
    return bool(demande.courriel)


def pour_service(demande: Demande, genre: str, service: Service | None = None) -> Pli:
    """A mail to the service that has the request, or to ``service``, unless its procedure wants a daily digest or
    nothing."""
    taire = GENRES[genre].courant and demande.definition.alerte != "chaque"
    return Pli(demande, genre, "" if taire else (service or demande.service).courriel)


def programmer(evenement: Evenement, *plis: Pli) -> list[Pli]:
    """Entrust the mails of an event, and keep the letters it calls for, in the current transaction.

    Who gave no address gets no mail. Returns those that do not leave: to an address typed without account, when it was
    written to often enough because of what was done without account. The page then acknowledges alone, and says so
    (CRPA L.112-11 asks for no answer to abusive sendings; a proven address is never held back).
    """
    for pli in plis:
        if pli.lettre:
            Lettre.objects.create(demande=pli.demande, evenement=evenement, pour=pli.lettre)
    adresses = [pli for pli in plis if pli.destinataire]
    retenus = [pli for pli in adresses if _par_inconnu(evenement, pli) and not _a_sa_place(pli)]
    confier(
        preparer(
            nom(pli.genre),
            pli.destinataire,
            cle=f"{evenement.pk}:{pli.genre}",
            objet=objet(pli.demande),
            contexte=pli.contexte,
        )
        for pli in adresses
        if pli not in retenus
    )
    return retenus


def _a_sa_place(pli: Pli) -> bool:
    try:
        if pli.genre in ACCUSES:
            plafonds.prendre(
                pli.destinataire,
                "accuses",
                par_heure=plafonds.ACCUSES_PAR_HEURE,
                par_jour=plafonds.ACCUSES_PAR_JOUR,
            )
        else:
            plafonds.prendre(pli.destinataire, "demandes")
    except plafonds.PlafondAtteint:
        return False
    return True


def _par_inconnu(evenement: Evenement, pli: Pli) -> bool:
    if evenement.auteur_type != Auteur.USAGER or GENRES[pli.genre].pour != "usager":
        return False
    usager = pli.demande.usager
    return usager is None or usager.courriel.casefold() != pli.destinataire.casefold()


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


DECISIONS = frozenset({Effet.ACCEPTER, Effet.REFUSER})
"""What a letter tells beside the mail to who did not agree to digital notices."""


def veut_ses_decisions_sur_papier(demande: Demande) -> bool:
    """Whether the person reads mails but has not agreed to notices by mail alone: the account's page says that its
    decisions then come on paper. Nowhere to write to: they cannot."""
    usager = demande.usager
    return (
        usager is not None
        and usager.avis_numeriques_depuis is None
        and bool(demande.adresse_postale)
        and canal_de_reponse(demande) == CanalReponse.COURRIEL
    )


def pour_organisme(demande: Demande, courriel: str) -> Pli:
    """What passes a request on to another authority (L.114-2): a mail that holds it, or a letter that does."""
    return Pli(demande, "transmission", courriel, lettre="" if courriel else Lettre.Pour.ORGANISME)


def de_transition(demande: Demande, transition: TransitionDefinie, evenement: Evenement) -> list[Pli]:
    """Queue the mails that an act of the workflow sends, to those whom it tells; returns those that do not leave."""
    plis = []
    recu = transition.effet is Effet.FOURNIR and bool(evenement.donnees.get("complements"))
    if transition.previent_usager or recu:  # what is sent electronically is always acknowledged (L.112-11)
        plis += pour_usager(demande, genre_usager(transition, evenement))
        if transition.effet in DECISIONS and veut_ses_decisions_sur_papier(demande):
            plis.append(Pli(demande, "a_prevenir", "", lettre=Lettre.Pour.USAGER))
    if transition.effet is Effet.TRANSFERER_AUTORITE:
        plis.append(pour_organisme(demande, str(evenement.donnees.get("courriel", ""))))
    if transition.previent_service:
        genre = _SERVICE.get(transition.effet, "statut_service")
        if transition.effet is Effet.FOURNIR and not recu:
            genre = "message_usager"  # the answer to a question
        plis.append(pour_service(demande, genre))
    return programmer(evenement, *plis)


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


def apercu(demande: Demande, genre: str, evenement: Evenement) -> Ecrit:
    """A mail to the resident as it would be written of a request in this state, saved or not; nothing is kept."""
    return rediger(f"demandes/courriels/{GENRES[genre].gabarit}", _mots(genre, demande, evenement, {}))


def ecrit_pour_usager(evenement: Evenement) -> Ecrit | None:
    """The mail that this event entrusted for the resident, in words; None where it entrusted none."""
    envois = Envoi.objects.sur(objet(evenement.demande)).filter(cle__startswith=f"{evenement.pk}:")
    envoi = next((e for e in envois if GENRES[_court(e)].pour == "usager"), None)
    return genres.genre_de(envoi.genre).ecrire(envoi) if envoi is not None else None


def _contexte(envoi: Envoi) -> dict[str, Any]:
    """What the words of a mail need. Raises SansObjet where its request is no more."""
    if not envoi.objet:
        return {**envoi.contexte, "code": "", "url_agents": settings.URL_AGENTS}
    return _mots(_court(envoi), _demande_de(envoi), _evenement_de(envoi), envoi.contexte)


def _mots(genre: str, demande: Demande, evenement: Evenement | None, donnes: Mapping[str, Any]) -> dict[str, Any]:
    """What the words of a mail about a request need."""
    contexte = {**donnes, **contexte_de(demande, evenement)}
    contexte["lien"] = lien_usager(demande) if GENRES[genre].pour == "usager" else lien_agent(demande)
    if genre in AVEC_AVIS:
        contexte["avis"] = avis.lien(demande.demarche_id, avis.Source.COURRIEL)
    if genre == "a_prevenir" and evenement is not None:
        contexte["lettre"] = lien_lettre(evenement)
        contexte["lettres"] = lien_lettres() if evenement.lettres.filter(imprimee_le=None).exists() else ""
    if genre == "transmission":
        contexte["restees"] = [piece.nom for piece in dossier.partage(demande)[1]]
    return contexte | {"code": contexte.get("code", ""), "url_agents": settings.URL_AGENTS}


def _court(envoi: Envoi) -> str:
    return envoi.genre.partition(".")[2]


def _demande_de(envoi: Envoi) -> Demande:
    demande = PAR_CLE.une(uuid.UUID(envoi.objet_id))
    if demande is None:
        raise SansObjet
    return demande


def _evenement_de(envoi: Envoi) -> Evenement | None:
    """The event that a mail tells, which begins its key."""
    debut = envoi.cle.partition(":")[0]
    if not debut.isdecimal():
        return None
    return EVENEMENT.une(uuid.UUID(envoi.objet_id), int(debut))


def contexte_de(demande: Demande, evenement: Evenement | None) -> dict[str, Any]:
    """What the words of a mail or a letter need: the request, its clock, and what the event says."""
    donnees = evenement.donnees if evenement else {}
    if donnees.get("complements") and not donnees.get("fournis") and "complet" not in donnees:
        a_donner = list(demande.complements.filter(pk__in=donnees["complements"]))  # asked by this very event
    else:
        a_donner = ATTENDUS.toutes(demande.pk)
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
        "documents": donnees.get("documents", []),
        "auteur": auteur.de(evenement) if evenement else None,
        "decide": evenement is not None and evenement.code in DECISIONS_DITES,
    }


def _accuse(envoi: Envoi, contexte: Mapping[str, Any]) -> Sequence[Joint]:
    """The acknowledgement as a PDF, to keep or to print. The mail says it all: it leaves even without."""
    demande = contexte["demande"]
    try:
        contenu = pdf.accuse_pdf(demande, str(envoi.contexte.get("code", "")), contexte["accuse"])
    except Exception:  # the duty is to acknowledge (L.112-3): a broken library must not keep the mail back
        journal.exception("accusé de réception %s envoyé sans PDF", demande.reference)
        return ()
    return (Joint(f"accuse-de-reception-{demande.reference}.pdf", contenu, "application/pdf"),)


def _dossier(_envoi: Envoi, contexte: Mapping[str, Any]) -> Sequence[Joint]:
    """The request as a PDF, then its files: what the other authority needs to answer."""
    return tuple(Joint(nom_, contenu, sorte) for nom_, contenu, sorte in dossier.fichiers(contexte["demande"]))


def texte_de(evenement: Evenement) -> str:
    """What the town wrote with this act, as the resident may read it."""
    message = Message.objects.filter(
        demande=evenement.demande_id,
        pk=evenement.donnees.get("message"),
        interne=False,
        auteur_type__in=DE_LA_MAIRIE,
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


def lien_lettres() -> str:
    """Where the letters that are due are printed together."""
    return f"{settings.URL_AGENTS}/lettres/"


def _revenir(envoi: Envoi, constat: Avis) -> None:
    """A mail that came back is a line of its request's history; the account it was for knows its address is no good.

    What it told is told another way: by a letter, where an address is known. What it asked for does not stop the clock.
    """
    if not envoi.objet:
        return
    with transaction.atomic():
        demande = Demande.objects.select_for_update().filter(pk=envoi.objet_id, anonymisee_le=None).first()
        if demande is not None:
            _noter_revenu(demande, envoi, constat)


def _noter_revenu(demande: Demande, envoi: Envoi, constat: Avis) -> None:
    pour, dit = GENRES[_court(envoi)].pour, _evenement_de(envoi)
    Evenement.objects.create(
        demande=demande,
        code=_REVENUS[pour],
        auteur_type=Auteur.SYSTEME,
        donnees={
            "libelle": dates.jour_et_heure(envoi.parti_le or envoi.cree_le),
            "motif": constat.raison,
            "adresse": envoi.destinataire,
            "evenement": dit.pk if dit else None,
        },
        visible_usager=pour == "usager",
    )
    if pour == "usager" and demande.usager_id:
        noter_adresse_en_panne(demande.usager_id, envoi.destinataire)
    if pour == "organisme" and dit:
        # It is still to be passed on (L.114-2): by post, then.
        Lettre.objects.get_or_create(demande=demande, evenement=dit, pour=Lettre.Pour.ORGANISME)
    if pour == "usager" and dit and _court(envoi) != "adresse_changee":
        if _court(envoi) in DEMANDENT:
            horloges.non_remise(demande, dit)
        if demande.adresse_postale:
            Lettre.objects.get_or_create(demande=demande, evenement=dit, pour=Lettre.Pour.USAGER)


DEMANDENT = frozenset({"pieces_demandees", "correction_demandee"})
"""Mails that ask for what stops the clock (CRPA L.114-5)."""

_REVENUS: dict[Destinataire, str] = {
    "usager": "courriel_revenu",
    "service": "courriel_service_revenu",
    "organisme": "transmission_revenue",
}


for _nom, _genre in GENRES.items():
    genres.declarer(
        genres.Genre(
            nom=nom(_nom),
            gabarit=f"demandes/courriels/{_genre.gabarit}",
            rediger=rediger,
            contexte=_contexte,
            joints={"accuse": _accuse, "transmission": _dossier}.get(_nom, genres.sans_joint),
            retour=_revenir,
            garde=genres.GARDE if _nom == "releve" else None,  # goes with its request, else as any other
        )
    )
