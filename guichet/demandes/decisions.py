"""A decision after it was made: taken back with what the law allows, never contradicted in silence; its attestation.

- An acceptance, tacit or not, gives rights: it is taken back only if it was illegal, and within four months (CRPA
  L.242-1). The reason is written (L.211-2) and the person was able to answer before (L.121-1, L.122-1).
- A refusal gives none: the town may always decide again in the person's favour (L.243-1).
- Once a decision is taken back, the request waits for another one: the time of silence runs again, whole, from then.
- Silence that was worth acceptance is a decision: a refusal cannot ignore it (L.231-1). The person gets an attestation
  (L.232-3).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from guichet.demandes import auteur, courriels, droits, pdf, workflow
from guichet.demandes.actes import Qui, SaisieRefusee, TexteManquant, ecrire_message, revenir, verrouiller
from guichet.demandes.delais import UN_JOUR, Etat
from guichet.demandes.droits import Agent
from guichet.demandes.models import Demande, Evenement, Lettre, Nature
from guichet.demandes.phrases import SANS_EFFET
from guichet.demarches.definition import Silence
from guichet.demarches.definition_workflow import Effet
from socle.mois import plus_mois
from socle.typographie import dates

RETRAIT = "Retirer la décision"
MOIS = 4
"""Time to take back a decision that gives rights (CRPA L.242-1)."""


@dataclass(frozen=True)
class Decision:
    """A decision that stands: what it is, since when, and until when it may be taken back."""

    le: date
    accord: bool
    evenement: Evenement | None
    """None: silence made it."""

    @property
    def jusqu_au(self) -> date | None:
        """Last day to take it back; None where there is none."""
        return plus_mois(self.le, MOIS) if self.accord else None

    @property
    def en_mots(self) -> str:
        """« acceptation du 24 janvier 2027 »."""
        quoi = "acceptation" if self.accord else "refus"
        return f"{quoi}{'' if self.evenement else ' par le silence'} du {dates.jour(self.le)}"


def tacite(demande: Demande, aujourdhui: date | None = None) -> Decision | None:
    """The acceptance that silence made; None where there is none, or another decision came before it."""
    if demande.definition.delai.silence is not Silence.ACCORD or demande.anonymisee_le:
        return None
    if demande.nature in (Nature.CLOSE, Nature.TRANSFEREE):
        return None
    horloge = demande.horloge(aujourdhui)
    if horloge.etat is not Etat.DEPASSEE or horloge.echeance is None:
        return None
    return Decision(horloge.echeance + UN_JOUR, accord=True, evenement=None)


def en_vigueur(demande: Demande) -> Decision | None:
    """The decision that stands today: the last thing that was done, or what silence made; None where there is none."""
    if demande.anonymisee_le:
        return None
    if implicite := tacite(demande):
        return implicite
    if not demande.issue:
        return None
    for evenement in Evenement.objects.filter(demande=demande).exclude(code__in=SANS_EFFET).order_by("-le", "-pk"):
        if evenement.code in ("acceptation", "refus"):
            return Decision(timezone.localdate(evenement.le), evenement.code == "acceptation", evenement)
        if evenement.code not in _SANS_SUITE:
            return None
    return None


_SANS_SUITE = frozenset(
    {"note", "message_usager", "message_agent", "prise_en_charge", "etape", "close", "close_automatique"}
)
"""What may follow a decision and leaves it standing."""


def retirable(demande: Demande, agent: Agent) -> Decision | None:
    """The decision that this agent may still take back: one that they could have made, within its time."""
    decision = en_vigueur(demande)
    if decision is None or not droits.peut_voir(agent, demande):
        return None
    if decision.jusqu_au is not None and timezone.localdate() > decision.jusqu_au:
        return None
    if decision.evenement is None:
        return decision
    lu = workflow.de(demande)
    transition = lu.transition(str(decision.evenement.donnees.get("transition", "")))
    depart = lu.statut(str(decision.evenement.donnees.get("de", "")))
    possible = transition is not None and depart is not None and droits.peut_faire(agent, transition)
    return decision if possible else None


def retirer(demande: Demande, agent: Agent, raison: str, *, entendue: bool = False, qualite: str = "") -> Evenement:
    """Take the decision back: the request is where it was before it, and its clock runs again from today.

    ``entendue``: the person was able to answer before, which an acceptance asks for. Raises
    workflow.TransitionImpossible when no decision may be taken back (any more), TexteManquant without a reason,
    SaisieRefusee when the person was not heard or the author has no quality.
    """
    with transaction.atomic():
        verrouiller(demande)
        droits.exiger_agent(agent, demande)
        decision = retirable(demande, agent)
        if decision is None:
            raise workflow.TransitionImpossible(demande, RETRAIT)
        raison, qualite = raison.strip(), agent.qualite or " ".join(qualite.split())
        if not raison:
            raise TexteManquant("Écrivez pourquoi la décision est retirée : la personne doit le savoir.")
        if decision.accord and not entendue:
            raise SaisieRefusee(
                "Un accord ne se retire qu'après avoir laissé la personne s'expliquer. Écrivez-lui d'abord."
            )
        if not qualite:
            raise SaisieRefusee("Écrivez votre fonction à la mairie : la décision la dit.")
        demande.decidee_le, demande.issue, demande.ressaisie_le = None, "", timezone.localdate()
        qui = Qui.agent(agent)
        message = ecrire_message(demande, qui, raison)
        papier = courriels.veut_ses_decisions_sur_papier(demande)
        return revenir(
            demande,
            decision.evenement or _sur_place(demande),
            "decision_retiree",
            qui,
            donnees={"etait": decision.en_mots, "message": message.pk, **auteur.mentions(qualite, demande)},
            aussi=[courriels.Pli(demande, "a_prevenir", "", lettre=Lettre.Pour.USAGER)] if papier else [],
            genre="decision_retiree",
        )


def _sur_place(demande: Demande) -> Evenement:
    """Silence changed no status: the request stays where it is."""
    return Evenement(demande=demande, donnees={"de": demande.statut})


def exiger_coherente(demande: Demande, effet: Effet) -> None:
    """Raises SaisieRefusee for a refusal of what silence has accepted (CRPA L.231-1, L.242-1)."""
    if effet is not Effet.REFUSER:
        return
    if decision := tacite(demande):
        raise SaisieRefusee(
            f"Cette demande est acceptée depuis le {dates.jour(decision.le)} : la mairie n'avait pas répondu à temps. "
            "Pour la refuser, retirez d'abord cet accord, s'il est illégal : « Retirer la décision », sur la page de "
            "la demande."
        )


def attestation_pdf(demande: Demande) -> bytes:
    """The attestation of a tacit acceptance (CRPA L.232-3). Raises ValueError where there is none."""
    decision = tacite(demande)
    if decision is None:
        raise ValueError("aucun accord tacite à attester")
    contexte = pdf.contexte_accuse(demande) | {"nee_le": dates.jour(decision.le)}
    return pdf.depuis_page(pdf.page("demandes/pdf/attestation.html", contexte))
