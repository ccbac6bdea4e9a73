"""Keyset pagination: page 9,000 of a list costs what page 1 costs, and no row moves while one reads.

A cursor names the last row read (rank, value of the sort column, primary key). Pages are not numbered.
"""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet

TAILLE = 25

LigneT = TypeVar("LigneT", bound=Model)


@dataclass(frozen=True, slots=True)
class Ordre:
    """How a list is sorted: a date that is never null; before it, where `rang` is given, a small number."""

    champ: str
    decroissant: bool = False
    rang: str = ""


@dataclass(frozen=True, slots=True)
class Curseur:
    """A place in the list: rank, value of the (date) sort column and identifier of the row."""

    instant: date
    cle: uuid.UUID
    rang: int = 0

    def __str__(self) -> str:
        texte = f"{self.instant.isoformat()}|{self.cle.hex}|{self.rang}"
        return base64.urlsafe_b64encode(texte.encode()).decode().rstrip("=")

    @classmethod
    def lire(cls, texte: str | None) -> Curseur | None:
        """None for anything that is not a cursor: the reader then gets the first page."""
        if not texte or len(texte) > 200:
            return None
        try:
            clair = base64.b64decode(texte + "=" * (-len(texte) % 4), altchars=b"-_", validate=True).decode()
            instant, cle, rang = clair.split("|")
            valeur = datetime.fromisoformat(instant) if "T" in instant else date.fromisoformat(instant)
            identifiant = uuid.UUID(hex=cle)
            nombre = int(rang)
        except (binascii.Error, UnicodeError, ValueError):
            return None
        if isinstance(valeur, datetime) and valeur.tzinfo is None:
            return None
        return cls(valeur, identifiant, nombre)

    def convient(self, ordre: Ordre, exemple: type[date]) -> bool:
        """Whether it was made by a list sorted by such a value: an old link must not break the page."""
        return isinstance(self.instant, datetime) == (exemple is datetime)


@dataclass(frozen=True, slots=True)
class Page(Generic[LigneT]):
    """Rows to show, and the cursors of the neighbouring pages where there are any."""

    lignes: Sequence[LigneT]
    suivant: Curseur | None
    precedent: Curseur | None


def page_de(
    queryset: QuerySet[LigneT],
    ordre: Ordre,
    detailler: Callable[[QuerySet[LigneT]], QuerySet[LigneT]],
    *,
    apres: Curseur | None = None,
    avant: Curseur | None = None,
    taille: int = TAILLE,
) -> Page[LigneT]:
    """One query: the keys of the page are found first, by the index, then `detailler` says what to read of these
    rows alone. `queryset` and what `detailler` returns both hold the columns that `ordre` names.
    """
    arriere = avant is not None and apres is None
    repere = avant if arriere else apres
    # Reading backwards is reading forwards in the reverse order, then turning the page over.
    descend = ordre.decroissant != arriere
    if repere is not None:
        queryset = queryset.filter(_apres(repere, ordre, descend=descend, arriere=arriere))
    prefixe = "-" if descend else ""
    tri = [f"{prefixe}{ordre.champ}", f"{prefixe}pk"]
    if ordre.rang:
        tri.insert(0, f"-{ordre.rang}" if arriere else ordre.rang)
    cles = queryset.order_by(*tri).values("pk")[: taille + 1]
    lignes = list(detailler(queryset.model._default_manager.filter(pk__in=cles)).order_by(*tri))
    reste = len(lignes) > taille
    lignes = lignes[:taille]
    if arriere:
        lignes.reverse()
    if not lignes:
        return Page(lignes, None, None)
    return Page(
        lignes,
        suivant=_curseur(lignes[-1], ordre) if (reste or arriere) else None,
        precedent=_curseur(lignes[0], ordre) if (reste if arriere else repere is not None) else None,
    )


def _apres(repere: Curseur, ordre: Ordre, *, descend: bool, arriere: bool) -> Q:
    """Rows that follow this place. The first condition lets the index start there, the second breaks ties."""
    sens = "lt" if descend else "gt"
    champ = ordre.champ
    suite = Q(**{f"{champ}__{sens}e": repere.instant}) & (
        Q(**{f"{champ}__{sens}": repere.instant}) | Q(**{f"pk__{sens}": repere.cle})
    )
    if not ordre.rang:
        return suite
    autre = "lt" if arriere else "gt"
    return Q(**{f"{ordre.rang}__{autre}": repere.rang}) | (Q(**{ordre.rang: repere.rang}) & suite)


def _curseur(ligne: Model, ordre: Ordre) -> Curseur:
    return Curseur(getattr(ligne, ordre.champ), ligne.pk, getattr(ligne, ordre.rang) if ordre.rang else 0)
