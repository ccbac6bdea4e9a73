"""Themes given by people, with the opinions that speak of the same thing beside; nothing is ticked by the machine."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.utils import timezone

from consultation.analyse import Index
from consultation.ecoute.contributions.models import Contribution
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.lecture.gestes import LectureRefusee, geste
from consultation.ecoute.lecture.models import Lecture, LectureADeux, Theme
from consultation.ecoute.lecture.services.comptes import a_part, comptent, en_cours

if TYPE_CHECKING:
    from consultation.ecoute.equipe.models import Membre

COMPARES = 2_000  # opinions compared for a suggestion, the last read
MONTRES = 5


def a_coder(dossier: Dossier, membre: Membre, a_deux: bool | None = None) -> QuerySet[Contribution]:
    """Opinions without names that wait for this person: their double reading first, then those nobody has read.

    `a_deux` keeps one of the two only.
    """
    mienne = en_cours(dossier, membre).filter(
        Q(premier=membre, premier_fini_le=None) | Q(second=membre, second_fini_le=None)
    )
    dedans = Exists(mienne.filter(avis=OuterRef("pk")))
    lus = Lecture.objects.filter(codeur=membre).values("contribution")
    restants = comptent(dossier).exclude(relu_le=None).exclude(pk__in=lus).filter(rapprochement=None)
    restants = restants.annotate(a_deux=ExpressionWrapper(dedans, output_field=BooleanField()))
    libres = Q(lectures=None) & ~Q(pk__in=a_part(dossier))
    attendus = restants.filter(Q(a_deux=True) | libres)
    if a_deux is not None:
        attendus = attendus.filter(a_deux=a_deux)
    return attendus.order_by("-a_deux", "numero")


def coder(membre: Membre, contribution: Contribution, themes: Collection[Theme], memo: str = "") -> Lecture:
    """Give themes; can be done again, except in a double reading that this person finished.

    Raises LectureRefusee then, or while names are not hidden.
    """
    if contribution.relu_le is None:
        raise LectureRefusee("Cachez d'abord les noms de cet avis.")
    if _fige(membre, contribution):
        raise LectureRefusee(
            "Vous avez fini la lecture à deux où se trouve cet avis : vos thèmes ne changent plus. "
            "Décidez ensemble des thèmes à garder, dans la page de cette lecture."
        )
    with geste(membre, contribution.dossier, f"a donné des thèmes à l'avis n° {contribution.numero}") as suivi:
        suivi.suivre("lecture", f"{contribution.pk}-{membre.pk}")
        lecture, _ = Lecture.objects.update_or_create(
            contribution=contribution, codeur=membre, defaults={"memo": memo.strip(), "le": timezone.now()}
        )
        lecture.themes.set(themes)
    return lecture


def _fige(membre: Membre, contribution: Contribution) -> bool:
    finies = LectureADeux.objects.filter(avis=contribution).filter(
        Q(premier=membre, premier_fini_le__isnull=False) | Q(second=membre, second_fini_le__isnull=False)
    )
    return finies.exists()


@dataclass(frozen=True)
class Proche:
    """An opinion already read that speaks of the same thing: resemblance in per cent, shared words, its themes."""

    avis: Contribution
    note: int
    mots: tuple[str, ...]
    themes: tuple[Theme, ...]


def avis_proches(contribution: Contribution, membre: Membre) -> list[Proche]:
    """Nearest opinions among those whose themes this person may see: never what the other reader of a pair gave."""
    dossier = contribution.dossier
    autres = Lecture.objects.filter(contribution__dossier=dossier, contribution__ecarte_le=None)
    autres = autres.exclude(contribution=contribution)
    if en_cours(dossier, membre).exists():
        autres = autres.filter(codeur=membre)
    else:
        autres = autres.filter(Q(codeur=membre) | ~Q(contribution__in=a_part(dossier)))
    lues: dict[int, tuple[Contribution, dict[int, Theme]]] = {}
    for lecture in autres.select_related("contribution").prefetch_related("themes").order_by("-le")[:COMPARES]:
        _, themes = lues.setdefault(lecture.contribution_id, (lecture.contribution, {}))
        themes.update({theme.pk: theme for theme in lecture.themes.all()})
    lignes = list(lues.values())
    index = Index([avis.lisible for avis, _ in lignes])
    return [
        Proche(lignes[v.rang][0], round(100 * v.note), v.mots, tuple(lignes[v.rang][1].values()))
        for v in index.proches(contribution.lisible, MONTRES)
    ]


def ranger(dossier: Dossier, proches: list[Proche]) -> list[Theme]:
    """Themes of the book, those of the nearest opinions first, then in the book's order."""
    rangs: dict[int, int] = {}
    for rang, proche in enumerate(proches):
        for theme in proche.themes:
            rangs.setdefault(theme.pk, rang)
    return sorted(dossier.themes.all(), key=lambda theme: rangs.get(theme.pk, MONTRES))
