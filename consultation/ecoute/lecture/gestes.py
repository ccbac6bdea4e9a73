"""Acts of the reading that can be undone: the state of what they touch, before and after.

A thing is named « genre:clé » (`theme:12`, `lecture:40-3`). Undoing writes the state before back, provided nothing has
changed since; it is itself written to the trail. Texts of opinions are never kept here, only places in them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from consultation.analyse import Genre, Proposition, appliquer
from consultation.ecoute.contributions.models import Contribution
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.journal.services import noter
from consultation.ecoute.lecture.models import (
    Distinction,
    Geste,
    Lecture,
    LectureADeux,
    Masque,
    Methode,
    Rapprochement,
    Retenu,
    Theme,
)

if TYPE_CHECKING:
    from django.db.models import Model

    from consultation.ecoute.equipe.models import Membre

Etat = dict[str, Any] | None  # None: it does not exist


class LectureRefusee(Exception):
    """Why something cannot be done, in French."""


@dataclass
class Suivi:
    """What an act touches; `phrase` is what the trail says, to be set before the end."""

    phrase: str
    avant: dict[str, Etat] = field(default_factory=dict)

    def suivre(self, genre: str, cle: object) -> None:
        """Remember a thing as it is now, once; call it before changing the thing."""
        nom = f"{genre}:{cle}"
        if nom not in self.avant:
            self.avant[nom] = _lire(nom)


@contextmanager
def geste(membre: Membre, dossier: Dossier, phrase: str) -> Iterator[Suivi]:
    """Around an act: keep what changed, write the trail; nothing is written when nothing changed."""
    with transaction.atomic():
        suivi = Suivi(phrase)
        yield suivi
        apres = {nom: _lire(nom) for nom in suivi.avant}
        changes = [nom for nom, etat in suivi.avant.items() if etat != apres[nom]]
        if changes:
            Geste.objects.create(
                dossier=dossier, par=membre, phrase=suivi.phrase[:500],
                avant={nom: suivi.avant[nom] for nom in changes}, apres={nom: apres[nom] for nom in changes},
            )  # fmt: skip
            noter(membre, suivi.phrase, dossier)


@transaction.atomic
def annuler(membre: Membre, fait: Geste) -> None:
    """Put back what an act changed, or say what changed since.

    Raises LectureRefusee then, and when the act was undone already.
    """
    tenu = Geste.objects.select_for_update().get(pk=fait.pk)
    if tenu.annule_le is not None:
        raise LectureRefusee("C'est déjà annulé.")
    if any(_lire(nom) != etat for nom, etat in tenu.apres.items()):
        raise LectureRefusee("Quelque chose a changé depuis : annulez d'abord ce qui a été fait après.")
    # Themes first: readings point to them. What must vanish goes last, in the opposite order.
    ordre = sorted(tenu.avant, key=lambda nom: (tenu.avant[nom] is None, not nom.startswith("theme:")))
    try:
        with transaction.atomic():
            for nom in ordre:
                _ecrire(nom, tenu.avant[nom])
    except IntegrityError as erreur:
        raise LectureRefusee("Un autre thème porte ce nom maintenant : renommez-le d'abord.") from erreur
    tenu.annule_le, tenu.annule_par = timezone.now(), membre
    tenu.save(update_fields=["annule_le", "annule_par"])
    noter(membre, f"a annulé : {tenu.phrase}", tenu.dossier)


def _lire(nom: str) -> Etat:
    genre, _, cle = nom.partition(":")
    return LECTEURS[genre](cle)


def _ecrire(nom: str, etat: Etat) -> None:
    genre, _, cle = nom.partition(":")
    ECRIVAINS[genre](cle, etat)


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment is not None else None


def _simple(modele: type[Model], champ: str, champs: tuple[str, ...]) -> tuple[Callable[[str], Etat], Any]:
    """Reader and writer of a row found by one field, from plain fields (moments as text)."""

    def lire(cle: str) -> Etat:
        trouve = modele._default_manager.filter(**{champ: cle}).first()
        if trouve is None:
            return None
        return {c: _iso(v) if hasattr(v := getattr(trouve, c), "isoformat") else v for c in champs}

    def ecrire(cle: str, etat: Etat) -> None:
        lignes = modele._default_manager.filter(**{champ: cle})
        if etat is None:
            lignes.delete()
        elif not lignes.update(**etat):
            modele._default_manager.create(**{champ: cle, **etat})

    return lire, ecrire


def _paire(cle: str) -> dict[str, Any]:
    contribution, _, avec = cle.partition("-")
    return {"contribution_id": int(contribution), "avec_id": int(avec)}


def _lecture(cle: str) -> dict[str, Any]:
    contribution, _, codeur = cle.partition("-")
    return {"contribution_id": int(contribution), "codeur_id": int(codeur)}


def _lire_distinction(cle: str) -> Etat:
    trouve = Distinction.objects.filter(**_paire(cle)).first()
    return None if trouve is None else {"motif": trouve.motif, "par_id": trouve.par_id, "le": _iso(trouve.le)}


def _ecrire_distinction(cle: str, etat: Etat) -> None:
    if etat is None:
        Distinction.objects.filter(**_paire(cle)).delete()
    else:
        Distinction.objects.update_or_create(defaults=etat, **_paire(cle))


def _lire_lecture(cle: str) -> Etat:
    trouve = Lecture.objects.filter(**_lecture(cle)).first()
    if trouve is None:
        return None
    return {"memo": trouve.memo, "le": _iso(trouve.le), "themes": sorted(t.pk for t in trouve.themes.all())}


def _ecrire_lecture(cle: str, etat: Etat) -> None:
    if etat is None:
        Lecture.objects.filter(**_lecture(cle)).delete()
        return
    defaut = {"memo": etat["memo"], "le": etat["le"]}
    lecture, _ = Lecture.objects.update_or_create(defaults=defaut, **_lecture(cle))
    lecture.themes.set(_themes(etat["themes"]))


def _ecrire_fin(cle: str, etat: Etat) -> None:
    lecture = LectureADeux.objects.get(pk=cle)
    if lecture.finie:
        raise LectureRefusee("Les deux personnes ont fini : leurs thèmes peuvent être comparés, ils ne changent plus.")
    LectureADeux.objects.filter(pk=cle).update(**(etat or {}))


def _themes(numeros: list[int]) -> list[Theme]:
    trouves = list(Theme.objects.filter(pk__in=numeros))
    if len(trouves) < len(numeros):
        raise LectureRefusee("Un de ces thèmes n'existe plus : remettez-le d'abord.")
    return trouves


def _lire_retenu(cle: str) -> Etat:
    trouve = Retenu.objects.filter(contribution_id=cle).first()
    if trouve is None:
        return None
    return {"motif": trouve.motif, "par_id": trouve.par_id, "le": _iso(trouve.le),
            "themes": sorted(t.pk for t in trouve.themes.all())}  # fmt: skip


def _ecrire_retenu(cle: str, etat: Etat) -> None:
    if etat is None:
        Retenu.objects.filter(contribution_id=cle).delete()
        return
    champs = {c: v for c, v in etat.items() if c != "themes"}
    retenu, _ = Retenu.objects.update_or_create(contribution_id=cle, defaults=champs)
    retenu.themes.set(_themes(etat["themes"]))


def garder_citations(avis: Contribution, texte: str) -> None:
    """Refuse a text without names that would no longer hold a passage that a finding quotes word for word.

    Raises LectureRefusee.
    """
    if any(extrait.citation not in texte for extrait in avis.extraits.all()):
        raise LectureRefusee(
            f"Un constat cite l'avis n° {avis.numero}, mot pour mot, et ce passage changerait : retirez d'abord la "
            "citation."
        )


def _lire_noms(cle: str) -> Etat:
    avis = Contribution.objects.filter(pk=cle).select_related("masque").first()
    if avis is None or avis.relu_le is None:
        return None
    masque: Masque | None = getattr(avis, "masque", None)
    passages = masque.passages if masque is not None else None
    return {"passages": passages, "par": avis.relu_par_id, "le": _iso(avis.relu_le)}


def _ecrire_noms(cle: str, etat: Etat) -> None:
    avis = Contribution.objects.get(pk=cle)
    if avis.efface_le is not None:
        raise LectureRefusee("Le texte d'origine est effacé : il n'y a plus rien à relire.")
    if etat is None:
        garder_citations(avis, "")
        Masque.objects.filter(contribution=avis).delete()
        avis.texte_relu, avis.relu_le, avis.relu_par_id = "", None, None
    elif etat["passages"] is None:
        raise LectureRefusee("Cette relecture est trop ancienne pour être remise telle quelle : relisez l'avis.")
    else:
        Masque.objects.update_or_create(contribution=avis, defaults={"passages": etat["passages"]})
        avis.texte_relu = appliquer(avis.texte, positions(avis.texte, etat["passages"]))
        garder_citations(avis, avis.texte_relu)
        avis.relu_le, avis.relu_par_id = etat["le"], etat["par"]
    avis.save(update_fields=["texte_relu", "relu_le", "relu_par"])


def positions(texte: str, passages: list[list[Any]]) -> list[Proposition]:
    """Hidden passages of a text, from their places."""
    return [Proposition(debut, fin, Genre(genre), texte[debut:fin], True) for debut, fin, genre in passages]


_COPIE = ("avec_id", "motif", "par_id", "le")
_SIMPLES: dict[str, tuple[type[Model], str, tuple[str, ...]]] = {
    "theme": (Theme, "pk", ("dossier_id", "nom", "definition", "exemple", "ordre")),
    "copie": (Rapprochement, "contribution_id", _COPIE),
    "methode": (Methode, "dossier_id", ("copies", "motif", "par_id", "le")),
    "deux": (LectureADeux, "pk", ("premier_fini_le", "second_fini_le")),
}
LECTEURS: dict[str, Callable[[str], Etat]] = {
    **{genre: _simple(*quoi)[0] for genre, quoi in _SIMPLES.items()},
    "lecture": _lire_lecture,
    "retenu": _lire_retenu,
    "noms": _lire_noms,
    "distinct": _lire_distinction,
}
ECRIVAINS: dict[str, Callable[[str, Etat], None]] = {
    **{genre: _simple(*quoi)[1] for genre, quoi in _SIMPLES.items()},
    "lecture": _ecrire_lecture,
    "retenu": _ecrire_retenu,
    "noms": _ecrire_noms,
    "distinct": _ecrire_distinction,
    "deux": _ecrire_fin,
}
