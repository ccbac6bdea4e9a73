"""Two people read the same opinions apart, then compare: agreement, disagreements, what they keep together."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from consultation.analyse import Accord, lire_accord
from consultation.ecoute.contributions.models import Contribution
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.journal.services import noter
from consultation.ecoute.lecture.gestes import LectureRefusee, geste
from consultation.ecoute.lecture.models import Lecture, LectureADeux, Retenu, Theme
from consultation.ecoute.lecture.services.comptes import a_part, comptent, en_cours

if TYPE_CHECKING:
    from consultation.ecoute.equipe.models import Membre


@transaction.atomic
def lire_a_deux(membre: Membre, dossier: Dossier, premier: Membre, second: Membre, nombre: int) -> LectureADeux:
    """Draw opinions that neither has read; the draw leaves them no choice of easy ones.

    Raises LectureRefusee for one person twice, without themes, during another double reading, or when no opinion is
    ready.
    """
    if premier.pk == second.pk:
        raise LectureRefusee("Choisissez deux personnes différentes.")
    if not dossier.themes.exists():
        raise LectureRefusee("Écrivez d'abord deux ou trois thèmes.")
    if en_cours(dossier).exists():
        raise LectureRefusee("Une lecture à deux est déjà en cours dans ce dossier : finissez-la d'abord.")
    lus = Lecture.objects.filter(codeur__in=[premier, second]).values("contribution")
    possibles = comptent(dossier).exclude(relu_le=None).filter(rapprochement=None).exclude(pk__in=lus)
    numeros = list(possibles.values_list("pk", flat=True))
    if not numeros:
        raise LectureRefusee(
            "Aucun avis n'est prêt : cachez d'abord les noms d'avis que ni l'une ni l'autre personne n'a lus."
        )
    tires = secrets.SystemRandom().sample(numeros, min(nombre, len(numeros)))
    lecture = LectureADeux.objects.create(dossier=dossier, premier=premier, second=second)
    lecture.avis.set(tires)
    noter(membre, f"a confié {len(tires)} avis à {premier} et {second}, chacun de son côté", dossier)
    return lecture


def reste(lecture: LectureADeux, qui: Membre) -> int:
    """Opinions that this person has still to read; those set aside since are not waited for."""
    lus = Lecture.objects.filter(codeur=qui).values("contribution")
    return lecture.avis.filter(ecarte_le=None).exclude(pk__in=lus).count()


def confiees(membre: Membre) -> list[tuple[Dossier, int, Membre, int]]:
    """Double readings that wait for this person: dossier, which one, with whom, opinions left."""
    miennes = LectureADeux.objects.filter(
        Q(premier=membre, premier_fini_le=None) | Q(second=membre, second_fini_le=None)
    )
    return [
        (lecture.dossier, lecture.pk, lecture.second if lecture.premier_id == membre.pk else lecture.premier,
         reste(lecture, membre))
        for lecture in miennes.select_related("dossier", "premier", "second")
    ]  # fmt: skip


def a_finir(lecture: LectureADeux, qui: Membre) -> bool:
    """Whether this person has read everything and not said so yet."""
    fini = lecture.premier_fini_le if qui.pk == lecture.premier_id else lecture.second_fini_le
    return fini is None and not reste(lecture, qui)


def finir(membre: Membre, lecture: LectureADeux) -> None:
    """This person says that they have finished: their themes no longer change.

    Raises LectureRefusee for somebody else, or while opinions are left to read.
    """
    if membre.pk not in (lecture.premier_id, lecture.second_id):
        raise LectureRefusee("Cette lecture est confiée à deux autres personnes.")
    attente = reste(lecture, membre)
    if attente:
        raise LectureRefusee(f"Il vous reste {attente} avis à lire avant de finir.")
    champ = "premier_fini_le" if membre.pk == lecture.premier_id else "second_fini_le"
    if getattr(lecture, champ) is not None:
        return
    with geste(membre, lecture.dossier, "a fini de lire, dans la lecture à deux") as suivi:
        suivi.suivre("deux", lecture.pk)
        setattr(lecture, champ, timezone.now())
        lecture.save(update_fields=[champ])


def retenir(
    membre: Membre, lecture: LectureADeux, contribution: Contribution, themes: Collection[Theme], motif: str
) -> Retenu:
    """What is kept after talking, and why; both readings stay, and so does the agreement measured on them.

    Raises LectureRefusee before both have finished, for an opinion that is not in it, or without a reason.
    """
    if not lecture.finie:
        raise LectureRefusee("Attendez que les deux personnes aient fini de lire.")
    if not lecture.avis.filter(pk=contribution.pk).exists():
        raise LectureRefusee("Cet avis n'est pas dans cette lecture à deux.")
    if not motif.strip():
        raise LectureRefusee("Dites pourquoi : c'est ce qui précise la définition des thèmes.")
    phrase = f"a retenu les thèmes de l'avis n° {contribution.numero}, après discussion"
    with geste(membre, lecture.dossier, phrase) as suivi:
        suivi.suivre("retenu", contribution.pk)
        retenu, _ = Retenu.objects.update_or_create(
            contribution=contribution, defaults={"motif": motif.strip(), "par": membre, "le": timezone.now()}
        )
        retenu.themes.set(themes)
    return retenu


@dataclass(frozen=True)
class Comparaison:
    """One opinion seen by two: themes of each by name, and what was kept (None: not talked over yet)."""

    avis: Contribution
    communs: tuple[str, ...]
    premier: tuple[str, ...]
    second: tuple[str, ...]
    memos: tuple[str, str]
    retenu: Retenu | None

    @property
    def desaccord(self) -> bool:
        """Whether they differ."""
        return bool(self.premier or self.second)


def comparer(lecture: LectureADeux) -> tuple[list[Accord], list[Comparaison]]:
    """Agreement theme by theme, and opinion by opinion; refused before both have finished.

    Raises LectureRefusee then.
    """
    if not lecture.finie:
        raise LectureRefusee("Attendez que les deux personnes aient fini de lire.")
    lues: dict[int, dict[int, Lecture]] = {}
    qui = [lecture.premier_id, lecture.second_id]
    avis = lecture.avis.filter(ecarte_le=None)
    for faite in Lecture.objects.filter(contribution__in=avis, codeur__in=qui).prefetch_related("themes"):
        lues.setdefault(faite.contribution_id, {})[faite.codeur_id] = faite
    retenus = {r.contribution_id: r for r in Retenu.objects.filter(contribution__in=avis).prefetch_related("themes")}
    unites, lignes = [], []
    for un in avis.order_by("numero"):
        paire = lues.get(un.pk, {})
        if len(paire) < 2:
            continue
        noms = {pk: frozenset(t.nom for t in faite.themes.all()) for pk, faite in paire.items()}
        unites.append({str(pk): donnes for pk, donnes in noms.items()})
        a, b = noms[lecture.premier_id], noms[lecture.second_id]
        lignes.append(Comparaison(
            un, tuple(sorted(a & b)), tuple(sorted(a - b)), tuple(sorted(b - a)),
            (paire[lecture.premier_id].memo, paire[lecture.second_id].memo), retenus.get(un.pk),
        ))  # fmt: skip
    livre = [theme.nom for theme in lecture.dossier.themes.all()]
    return lire_accord(unites, livre), lignes


def accords(dossier: Dossier) -> tuple[int, list[Accord]]:
    """Opinions read by two people at least, double readings under way aside, and their agreement theme by theme."""
    lues = Lecture.objects.filter(contribution__dossier=dossier, contribution__ecarte_le=None)
    seules = lues.exclude(contribution__in=a_part(dossier)).values("contribution")
    deux = seules.annotate(n=Count("pk")).filter(n__gt=1)
    unites: dict[int, dict[str, frozenset[str]]] = {}
    # Those that one person read say nothing of an agreement: they are many, and stay in the database.
    for lecture in lues.filter(contribution__in=deux.values("contribution")).prefetch_related("themes"):
        noms = frozenset(theme.nom for theme in lecture.themes.all())
        unites.setdefault(lecture.contribution_id, {})[str(lecture.codeur_id)] = noms
    doubles = list(unites.values())
    return len(doubles), lire_accord(doubles, [theme.nom for theme in dossier.themes.all()])
