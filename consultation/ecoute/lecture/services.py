"""The only ways a reading changes; and what the readings say together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from consultation.analyse import Accord, Genre, Proposition, appliquer, groupes_proches, lire_accord, proposer
from consultation.analyse.doublons import morceaux, ressemblance
from consultation.ecoute.contributions.models import Canal, Contribution
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.journal.services import noter
from consultation.ecoute.lecture.models import Lecture, Rapprochement, Theme

if TYPE_CHECKING:
    from consultation.ecoute.equipe.models import Membre

PETIT = 5  # a table never says who: counts under it are hidden in what is published (the town's choice, not a law)
COMPARES = 2_000  # opinions compared for a suggestion


class LectureRefusee(Exception):
    """Why something cannot be done, in French."""


def comptent(dossier: Dossier) -> QuerySet[Contribution]:
    """Opinions that count: not set aside."""
    return dossier.contributions.filter(ecarte_le=None)


def a_relire(dossier: Dossier) -> QuerySet[Contribution]:
    """Opinions whose names nobody has looked for yet."""
    return comptent(dossier).filter(relu_le=None)


@transaction.atomic
def relire(
    membre: Membre, contribution: Contribution, acceptees: Collection[int], autres: Sequence[str] = ()
) -> Contribution:
    """Hide the accepted proposals (by rank) and other passages typed as they are in the text."""
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
    contribution.texte_relu = appliquer(texte, passages)
    contribution.relu_le, contribution.relu_par = timezone.now(), membre
    contribution.save(update_fields=["texte_relu", "relu_le", "relu_par"])
    return contribution


@transaction.atomic
def rouvrir(membre: Membre, contribution: Contribution) -> None:
    """Undo the hiding of names, as long as the original is kept."""
    if contribution.efface_le is not None:
        raise LectureRefusee("Le texte d'origine est effacé : il n'y a plus rien à relire.")
    contribution.texte_relu, contribution.relu_le, contribution.relu_par = "", None, None
    contribution.save(update_fields=["texte_relu", "relu_le", "relu_par"])
    noter(membre, f"a repris la relecture de l'avis n° {contribution.numero}", contribution.dossier)


def a_coder(dossier: Dossier, membre: Membre) -> QuerySet[Contribution]:
    """Opinions without names that this person has not read yet; those that another one read come first."""
    lus = Lecture.objects.filter(codeur=membre).values("contribution")
    restants = comptent(dossier).exclude(relu_le=None).exclude(pk__in=lus).filter(rapprochement=None)
    return restants.annotate(autres=Count("lectures")).order_by("-autres", "numero")


@transaction.atomic
def coder(membre: Membre, contribution: Contribution, themes: Collection[Theme], memo: str = "") -> Lecture:
    """Give themes; can be done again, the last word of each person counts."""
    if contribution.relu_le is None:
        raise LectureRefusee("Cachez d'abord les noms de cet avis.")
    lecture, _ = Lecture.objects.update_or_create(
        contribution=contribution, codeur=membre, defaults={"memo": memo.strip(), "le": timezone.now()}
    )
    lecture.themes.set(themes)
    return lecture


def ranger(contribution: Contribution) -> list[Theme]:
    """Themes of the book, those of the opinions that resemble this one first; nothing is ticked."""
    dossier = contribution.dossier
    ici, notes = morceaux(contribution.lisible), Counter[int]()
    autres = Lecture.objects.filter(contribution__dossier=dossier).exclude(contribution=contribution)
    for lecture in autres.select_related("contribution").prefetch_related("themes")[:COMPARES]:
        proche = ressemblance(ici, morceaux(lecture.contribution.lisible))
        for theme in lecture.themes.all():
            notes[theme.pk] = max(notes[theme.pk], round(1_000 * proche))
    return sorted(dossier.themes.all(), key=lambda theme: -notes[theme.pk])


def accords(dossier: Dossier) -> tuple[int, list[Accord]]:
    """How many opinions two people read, and their agreement theme by theme."""
    unites: dict[int, dict[str, frozenset[str]]] = {}
    lectures = Lecture.objects.filter(contribution__in=comptent(dossier)).prefetch_related("themes")
    for lecture in lectures:
        noms = frozenset(theme.nom for theme in lecture.themes.all())
        unites.setdefault(lecture.contribution_id, {})[str(lecture.codeur_id)] = noms
    doubles = [unite for unite in unites.values() if len(unite) > 1]
    return len(doubles), lire_accord(doubles)


def themes_de(dossier: Dossier) -> dict[int, set[str]]:
    """Themes of each opinion that counts once: given by one reader at least."""
    retenus: dict[int, set[str]] = {}
    comptes = comptent(dossier).filter(rapprochement=None)
    for lecture in Lecture.objects.filter(contribution__in=comptes).prefetch_related("themes"):
        retenus.setdefault(lecture.contribution_id, set()).update(t.nom for t in lecture.themes.all())
    return retenus


def compter_themes(dossier: Dossier) -> list[tuple[Theme, int]]:
    """Opinions by theme, most frequent first."""
    comptes = Counter(nom for noms in themes_de(dossier).values() for nom in noms)
    return sorted(((t, comptes[t.nom]) for t in dossier.themes.all()), key=lambda ligne: -ligne[1])


@dataclass(frozen=True)
class Proches:
    """A group of nearly identical opinions, to be confirmed one by one."""

    tete: Contribution
    autres: list[tuple[Contribution, int]]  # with the resemblance in per cent


def proches(dossier: Dossier) -> list[Proches]:
    """Groups proposed; what somebody already decided is left out."""
    avis = list(comptent(dossier).filter(rapprochement=None))
    groupes = groupes_proches([a.lisible for a in avis])
    return [
        Proches(
            avis[g.membres[0]],
            [(avis[i], round(100 * r)) for i, r in zip(g.membres[1:], g.ressemblances[1:], strict=True)],
        )
        for g in groupes
    ]


@transaction.atomic
def rapprocher(membre: Membre, contribution: Contribution, avec: Contribution) -> None:
    """These two are one text."""
    if contribution.pk == avec.pk or contribution.dossier_id != avec.dossier_id:
        raise LectureRefusee("Choisissez deux avis différents du même dossier.")
    Rapprochement.objects.get_or_create(contribution=contribution, defaults={"avec": avec, "par": membre})
    phrase = f"a rapproché l'avis n° {contribution.numero} de l'avis n° {avec.numero}"
    noter(membre, phrase, contribution.dossier)


@transaction.atomic
def separer(membre: Membre, contribution: Contribution) -> None:
    """Undo."""
    Rapprochement.objects.filter(contribution=contribution).delete()
    noter(membre, f"a séparé l'avis n° {contribution.numero}", contribution.dossier)


@dataclass(frozen=True)
class Part:
    """One value: who lives there, who was heard, in per cent; `phrase` when they differ much."""

    critere: str
    valeur: str
    population: float
    entendus: int
    part: float | None
    phrase: str


def representativite(dossier: Dossier) -> tuple[list[Part], int, int]:
    """Who was heard against who lives there; opinions that said their profile, and all of them."""
    profils = list(comptent(dossier).values_list("profil", flat=True))
    lignes = []
    for critere in dossier.criteres.prefetch_related("modalites"):
        dits = [p[critere.nom] for p in profils if p.get(critere.nom)]
        for modalite in critere.modalites.all():
            n = dits.count(modalite.nom)
            part = 100 * n / len(dits) if dits else None
            attendu = float(modalite.part)
            phrase = ""
            if part is not None and len(dits) >= 10 and attendu:
                if part < attendu / 2:
                    phrase = "Peu entendu : cherchez ces personnes."
                elif part > attendu * 2:
                    phrase = "Beaucoup entendu."
            lignes.append(Part(critere.nom, modalite.nom, attendu, n, part, phrase))
    return lignes, sum(bool(p) for p in profils), len(profils)


def par_canal(dossier: Dossier) -> list[tuple[str, int]]:
    """Opinions by channel."""
    comptes = Counter(comptent(dossier).values_list("canal", flat=True))
    return [(str(Canal(c).label), n) for c, n in comptes.most_common()]
