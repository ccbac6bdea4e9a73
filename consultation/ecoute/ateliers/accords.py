"""Agreements by purpose: the only ways they change, and what taking one back does to quotes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from consultation.ecoute.ateliers.models import Atelier, Consentement, Finalite, Participant
from consultation.ecoute.contributions import services as avis
from consultation.ecoute.journal.services import noter

if TYPE_CHECKING:
    from consultation.ecoute.equipe.models import Membre


@transaction.atomic
def repondre(
    participant: Participant, reponses: Mapping[str, bool], membre: Membre | None = None,
    maintenant: datetime | None = None,
) -> int:  # fmt: skip
    """Record the answers given, each on its own; what is not in `reponses` does not move. Return how many changed.

    `membre` entered them from a signed sheet or a call; None: the person did it on their own page.
    """
    le, changes = maintenant or timezone.now(), 0
    derniers = participant.reponses
    for finalite in Finalite:
        if finalite.value not in reponses:
            continue
        accepte, dernier = reponses[finalite.value], derniers.get(finalite.value)
        en_cours = dernier if dernier is not None and dernier.retire_le is None else None
        if en_cours is not None and en_cours.accorde == accepte:
            continue
        if en_cours is not None:
            en_cours.retire_le = le
            en_cours.save(update_fields=["retire_le"])
        if accepte or dernier is None:  # saying no after yes is a withdrawal: its date says it
            Consentement.objects.create(
                participant=participant, finalite=finalite, accorde=accepte, donne_le=le, recueilli_par=membre
            )
        elif en_cours is None:
            continue
        changes += 1
    if changes:
        if membre is not None:
            noter(membre, "a enregistré les accords d'une personne", participant.atelier.dossier)
        revoir_citations(participant.atelier)
    return changes


def tout_retirer(participant: Participant, membre: Membre | None = None) -> int:
    """Take back every agreement in force."""
    return repondre(participant, dict.fromkeys(participant.accords, False), membre)


def revoir_citations(atelier: Atelier) -> None:
    """Say of each note turned into an opinion whether it may be quoted.

    No answer is no. The words of a known speaker follow their agreement. Words whose speaker was not noted could be
    those of anybody who was there: all of them must have said yes.
    """
    gens = {p.pk: p for p in atelier.participants.prefetch_related("consentements")}
    oui = {pk for pk, p in gens.items() if Finalite.CITATION in p.accords}
    la = {pk for pk, p in gens.items() if p.assis}
    tous_d_accord = bool(la) and la <= oui
    citables: dict[bool, list[int]] = {True: [], False: []}
    for note in atelier.notes.exclude(contribution=None):
        permis = note.participant_id in oui if note.participant_id else tous_d_accord
        citables[permis].append(note.contribution_id or 0)
    for permis, numeros in citables.items():
        avis.permettre_citation(atelier.dossier, numeros, permis)
