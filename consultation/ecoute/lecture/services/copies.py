"""Nearly identical texts: groups are proposed, a person says « same text » or « two opinions », with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from django.utils import timezone

from consultation.analyse import Groupe, differences, groupes_proches
from consultation.ecoute.contributions.models import Contribution
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.lecture.gestes import LectureRefusee, geste
from consultation.ecoute.lecture.models import Distinction, Methode, Rapprochement
from consultation.ecoute.lecture.services.comptes import comptent

if TYPE_CHECKING:
    from consultation.ecoute.equipe.models import Membre


@dataclass(frozen=True)
class Copie:
    """One text of a group, and its resemblance to the first in per cent."""

    tete: Contribution
    avis: Contribution
    note: int

    @cached_property
    def differences(self) -> tuple[str, str]:
        """What it lacks and what it adds, in words; worked out only for what a page shows."""
        return differences(self.tete.lisible, self.avis.lisible)

    @property
    def retire(self) -> str:
        """What the first text has and this one has not."""
        return self.differences[0]

    @property
    def ajoute(self) -> str:
        """What it adds."""
        return self.differences[1]


@dataclass(frozen=True)
class Proches:
    """A group of nearly identical opinions, to be confirmed one by one."""

    tete: Contribution
    autres: list[Copie]


@lru_cache(maxsize=4)
def _groupes(textes: tuple[str, ...]) -> list[Groupe]:
    """Several seconds for 20,000 texts (README): kept until a text changes."""
    return groupes_proches(textes)


def proches(dossier: Dossier) -> list[Proches]:
    """Groups proposed; what somebody already decided is left out."""
    avis = list(comptent(dossier).filter(rapprochement=None))
    distincts = set(Distinction.objects.filter(contribution__dossier=dossier).values_list("contribution", "avec"))
    groupes = []
    for groupe in _groupes(tuple(a.lisible for a in avis)):
        tete = avis[groupe.membres[0]]
        autres = [
            (avis[i], round(100 * note))
            for i, note in zip(groupe.membres[1:], groupe.ressemblances[1:], strict=True)
            if (avis[i].pk, tete.pk) not in distincts
        ]
        if autres:
            groupes.append(Proches(tete, [Copie(tete, autre, note) for autre, note in autres]))
    return groupes


def _verifier(copies: Sequence[Contribution], avec: Contribution) -> None:
    if not copies:
        raise LectureRefusee("Choisissez au moins un avis.")
    if any(copie.pk == avec.pk or copie.dossier_id != avec.dossier_id for copie in copies):
        raise LectureRefusee("Choisissez deux avis différents du même dossier.")


def _numeros(copies: Sequence[Contribution]) -> str:
    debut = "l'avis" if len(copies) == 1 else "les avis"
    return f"{debut} n° {', '.join(str(copie.numero) for copie in copies)}"


def rapprocher(membre: Membre, copies: Sequence[Contribution], avec: Contribution, motif: str = "") -> None:
    """These are one text, for this reason; copies of a copy follow it.

    Raises LectureRefusee without two opinions of one dossier, or when `avec` is a copy itself.
    """
    _verifier(copies, avec)
    if Rapprochement.objects.filter(contribution=avec).exists():
        raise LectureRefusee(f"L'avis n° {avec.numero} est lui-même une copie : rapprochez ces avis de l'original.")
    with geste(membre, avec.dossier, f"a rapproché {_numeros(copies)} de l'avis n° {avec.numero}") as suivi:
        choisis = [copie.pk for copie in copies]
        suiveurs = list(Rapprochement.objects.filter(avec__in=choisis))
        for suiveur in suiveurs:
            suivi.suivre("copie", suiveur.contribution_id)
        for copie in copies:
            suivi.suivre("copie", copie.pk)
            Rapprochement.objects.update_or_create(
                contribution=copie, defaults={"avec": avec, "par": membre, "motif": motif.strip(), "le": timezone.now()}
            )
        for suiveur in suiveurs:
            suiveur.avec = avec
            suiveur.save(update_fields=["avec"])


def distinguer(membre: Membre, copies: Sequence[Contribution], avec: Contribution, motif: str = "") -> None:
    """These look alike and are opinions apart: not proposed again."""
    _verifier(copies, avec)
    with geste(membre, avec.dossier, f"a gardé à part {_numeros(copies)} et l'avis n° {avec.numero}") as suivi:
        for copie in copies:
            suivi.suivre("distinct", f"{copie.pk}-{avec.pk}")
            Distinction.objects.update_or_create(
                contribution=copie, avec=avec, defaults={"par": membre, "motif": motif.strip(), "le": timezone.now()}
            )


def separer(membre: Membre, contribution: Contribution) -> None:
    """Not the same text after all."""
    with geste(membre, contribution.dossier, f"a séparé l'avis n° {contribution.numero}") as suivi:
        suivi.suivre("copie", contribution.pk)
        Rapprochement.objects.filter(contribution=contribution).delete()


def regler(membre: Membre, dossier: Dossier, copies: str, motif: str) -> Methode:
    """Count copies once or each in this dossier, and say why. Raises LectureRefusee without a reason."""
    if not motif.strip():
        raise LectureRefusee("Dites pourquoi vous comptez ainsi.")
    mot = "une fois" if copies == Methode.Copies.UNE_FOIS else "chacune"
    with geste(membre, dossier, f"a décidé que les copies d'un texte comptent {mot}") as suivi:
        suivi.suivre("methode", dossier.pk)
        methode, _ = Methode.objects.update_or_create(
            dossier=dossier, defaults={"copies": copies, "motif": motif.strip(), "par": membre, "le": timezone.now()}
        )
    return methode
