"""Before a text leaves as open data, somebody checks that it names nobody: many at a time, with doubts shown."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from consultation.analyse import proposer
from consultation.ecoute.contributions.models import Canal, Contribution, empreinte_exacte
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.journal.services import noter
from consultation.ecoute.lecture.services import comptes
from consultation.ecoute.suites.anonymat import Connus, connus

if TYPE_CHECKING:
    from consultation.ecoute.equipe.models import Membre

PAR_PAGE = 50


@dataclass(frozen=True)
class AVerifier:
    """A text and the passages in which the machine sees, perhaps, somebody."""

    avis: Contribution
    doutes: list[str]


def accordes(dossier: Dossier) -> QuerySet[Contribution]:
    """Opinions whose author agreed to publication, names hidden."""
    accord = Q(publication_acceptee=True) | Q(canal=Canal.ATELIER)
    return comptes(dossier).filter(accord, citable=True).exclude(relu_le=None).order_by("numero")


def en_attente(dossier: Dossier) -> list[Contribution]:
    """Those that nobody checked since their text is what it is."""
    return [avis for avis in accordes(dossier) if not avis.publie]


def doutes(texte: str, gens: Connus) -> list[str]:
    """Passages that may tell somebody: people we know, and all that the program would have proposed to hide."""
    passages = [texte[debut:fin] for debut, fin in gens.dans(texte)]
    return list(dict.fromkeys([*passages, *(p.texte for p in proposer(texte))]))


def a_verifier(dossier: Dossier, combien: int = PAR_PAGE) -> list[AVerifier]:
    """The next texts to check."""
    gens = connus(dossier)
    return [AVerifier(avis, doutes(avis.texte_relu, gens)) for avis in en_attente(dossier)[:combien]]


@transaction.atomic
def verifier(membre: Membre, dossier: Dossier, cles: Collection[int]) -> int:
    """A person read these texts and says that they name nobody; return how many were still to be checked."""
    lus = [avis for avis in accordes(dossier).filter(pk__in=cles).select_for_update(of=("self",)) if not avis.publie]
    for avis in lus:
        avis.verifie, avis.verifie_le = empreinte_exacte(avis.texte_relu), timezone.now()
        avis.verifie_par = membre
        avis.save(update_fields=["verifie", "verifie_le", "verifie_par"])
    if lus:
        noter(membre, f"a vérifié {len(lus)} textes avant leur publication", dossier)
    return len(lus)
