"""Names hidden before anybody codes; proposals, decided by a person."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils import timezone

from consultation.analyse import Genre, Proposition, appliquer, proposer
from consultation.ecoute.contributions.models import Contribution
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.lecture.gestes import LectureRefusee, geste
from consultation.ecoute.lecture.models import Masque
from consultation.ecoute.lecture.services.comptes import comptent

if TYPE_CHECKING:
    from consultation.ecoute.equipe.models import Membre


def a_relire(dossier: Dossier) -> QuerySet[Contribution]:
    """Opinions whose names nobody has looked for yet."""
    return comptent(dossier).filter(relu_le=None)


def relire(
    membre: Membre, contribution: Contribution, acceptees: Collection[int], autres: Sequence[str] = ()
) -> Contribution:
    """Hide the accepted proposals (by rank) and other passages typed as they are in the text."""
    if contribution.efface_le is not None:
        raise LectureRefusee("Le texte d'origine est effacé : il n'y a plus rien à relire.")
    texte = contribution.texte
    passages = [p for rang, p in enumerate(proposer(texte)) if rang in acceptees]
    for autre in autres:
        debut = texte.find(autre)
        if debut < 0:
            raise LectureRefusee(f"« {autre} » n'est pas dans le texte : recopiez le passage tel quel.")
        while debut >= 0:
            fin = debut + len(autre)
            if all(fin <= p.debut or debut >= p.fin for p in passages):
                passages.append(Proposition(debut, fin, Genre.NOM, autre, True))
            debut = texte.find(autre, fin)
    passages.sort(key=lambda p: p.debut)
    mot = (
        "aucun passage caché"
        if not passages
        else f"{len(passages)} passage{'s' if len(passages) > 1 else ''} caché{'s' if len(passages) > 1 else ''}"
    )
    with geste(membre, contribution.dossier, f"a relu l'avis n° {contribution.numero} ({mot})") as suivi:
        suivi.suivre("noms", contribution.pk)
        Masque.objects.update_or_create(
            contribution=contribution, defaults={"passages": [[p.debut, p.fin, p.genre.value] for p in passages]}
        )
        contribution.texte_relu = appliquer(texte, passages)
        contribution.relu_le, contribution.relu_par = timezone.now(), membre
        contribution.save(update_fields=["texte_relu", "relu_le", "relu_par"])
    return contribution


def rouvrir(membre: Membre, contribution: Contribution) -> None:
    """Take back the hiding of names, as long as the original is kept and no quote rests on it."""
    if contribution.efface_le is not None:
        raise LectureRefusee("Le texte d'origine est effacé : il n'y a plus rien à relire.")
    if contribution.extraits.exists():
        raise LectureRefusee("Un constat cite cet avis sans nom : retirez d'abord la citation.")
    with geste(membre, contribution.dossier, f"a repris la relecture de l'avis n° {contribution.numero}") as suivi:
        suivi.suivre("noms", contribution.pk)
        Masque.objects.filter(contribution=contribution).delete()
        contribution.texte_relu, contribution.relu_le, contribution.relu_par = "", None, None
        contribution.save(update_fields=["texte_relu", "relu_le", "relu_par"])
