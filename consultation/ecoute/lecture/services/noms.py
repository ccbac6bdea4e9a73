"""Names hidden before anybody codes; proposals, decided by a person."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils import timezone

from consultation.analyse import Genre, Proposition, appliquer, proposer
from consultation.ecoute.contributions.models import Contribution
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.lecture.gestes import LectureRefusee, garder_citations, geste
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
    """Hide the accepted proposals (by rank) and other passages typed as they are in the text.

    Raises LectureRefusee when the original is erased, or a passage is not in it.
    """
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
    relu = appliquer(texte, passages)
    garder_citations(contribution, relu)
    pluriel = "s" if len(passages) > 1 else ""
    mot = f"{len(passages) or 'aucun'} passage{pluriel} caché{pluriel}"
    with geste(membre, contribution.dossier, f"a relu l'avis n° {contribution.numero} ({mot})") as suivi:
        suivi.suivre("noms", contribution.pk)
        Masque.objects.update_or_create(
            contribution=contribution, defaults={"passages": [[p.debut, p.fin, p.genre.value] for p in passages]}
        )
        contribution.texte_relu = relu
        contribution.relu_le, contribution.relu_par = timezone.now(), membre
        contribution.save(update_fields=["texte_relu", "relu_le", "relu_par"])
    return contribution


def sans_proposition(dossier: Dossier, combien: int) -> list[Contribution]:
    """The next opinions where the program proposes nothing to hide: read several on one page."""
    trouves: list[Contribution] = []
    for avis in a_relire(dossier).iterator():
        if not proposer(avis.texte):
            trouves.append(avis)
            if len(trouves) == combien:
                break
    return trouves


def rien_a_cacher(membre: Membre, dossier: Dossier, avis: Collection[Contribution]) -> int:
    """A person read these opinions whole and says that nobody is named; return how many were still to be read.

    Raises LectureRefusee when none is left among them.
    """
    restants = [un for un in avis if un.relu_le is None and un.efface_le is None and un.dossier_id == dossier.pk]
    if not restants:
        raise LectureRefusee("Cochez les avis que vous avez lus, et où personne n'est nommé.")
    quoi = "les avis" if len(restants) > 1 else "l'avis"
    numeros = ", ".join(str(un.numero) for un in restants)
    with geste(membre, dossier, f"a relu {quoi} n° {numeros} (aucun passage caché)") as suivi:
        for un in restants:
            suivi.suivre("noms", un.pk)
            Masque.objects.update_or_create(contribution=un, defaults={"passages": []})
            un.texte_relu, un.relu_le, un.relu_par = un.texte, timezone.now(), membre
            un.save(update_fields=["texte_relu", "relu_le", "relu_par"])
    return len(restants)


def rouvrir(membre: Membre, contribution: Contribution) -> None:
    """Take back the hiding of names, as long as the original is kept and no quote rests on it.

    Raises LectureRefusee otherwise.
    """
    if contribution.efface_le is not None:
        raise LectureRefusee("Le texte d'origine est effacé : il n'y a plus rien à relire.")
    garder_citations(contribution, "")
    with geste(membre, contribution.dossier, f"a repris la relecture de l'avis n° {contribution.numero}") as suivi:
        suivi.suivre("noms", contribution.pk)
        Masque.objects.filter(contribution=contribution).delete()
        contribution.texte_relu, contribution.relu_le, contribution.relu_par = "", None, None
        contribution.save(update_fields=["texte_relu", "relu_le", "relu_par"])
