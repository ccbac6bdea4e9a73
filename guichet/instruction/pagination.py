"""Keyset pagination: page 9,000 of a list costs what page 1 costs, and no row moves while one reads.

A cursor names a row by its place (rank, date of the order, primary key). Pages are not numbered.
"""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet

TAILLE = 25
CURSEUR_MAX = 1500
"""Longest cursor that is read: a name of 200 characters, four bytes each, and what stands around it."""
RANG_MAX = 2**31 - 1

LigneT = TypeVar("LigneT", bound=Model)


@dataclass(frozen=True, slots=True)
class Ordre:
    """How a list is sorted: by a date that is never null; before it, where `rang` is given, by a column of numbers or
    of texts. `decroissant` turns the whole order over, so that one index reads it both ways."""

    champ: str
    decroissant: bool = False
    rang: str = ""


@dataclass(frozen=True, slots=True)
class Curseur:
    """A place in the list: rank, value of the (date) sort column and identifier of the row."""

    instant: date
    cle: uuid.UUID
    rang: int | str = 0

    def __str__(self) -> str:
        texte = json.dumps([self.instant.isoformat(), self.cle.hex, self.rang], ensure_ascii=False)
        return base64.urlsafe_b64encode(texte.encode()).decode().rstrip("=")

    @classmethod
    def lire(cls, texte: str | None) -> Curseur | None:
        """None for anything that is not a cursor: the reader then gets the first page."""
        if not texte or len(texte) > CURSEUR_MAX:
            return None
        try:
            clair = base64.b64decode(texte + "=" * (-len(texte) % 4), altchars=b"-_", validate=True).decode()
            instant, cle, rang = json.loads(clair)
            valeur = datetime.fromisoformat(instant) if "T" in instant else date.fromisoformat(instant)
            identifiant = uuid.UUID(hex=cle)
        except (binascii.Error, UnicodeError, ValueError, TypeError, AttributeError, RecursionError):
            return None
        if isinstance(valeur, datetime) and valeur.tzinfo is None:
            return None
        if type(rang) not in (int, str) or (isinstance(rang, int) and abs(rang) > RANG_MAX) or "\x00" in str(rang):
            return None
        return cls(valeur, identifiant, rang)


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
        queryset = queryset.filter(_apres(repere, ordre, descend=descend))
    tri = _tri(ordre, descend=descend)
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
        suivant=curseur_de(lignes[-1], ordre) if (reste or arriere) else None,
        precedent=curseur_de(lignes[0], ordre) if (reste if arriere else repere is not None) else None,
    )


def voisine(queryset: QuerySet[LigneT], ordre: Ordre, repere: Curseur, *, arriere: bool) -> LigneT | None:
    """The row that follows this place, or comes before it (``arriere``); None at the end. One query."""
    descend = ordre.decroissant != arriere
    reste = queryset.filter(_apres(repere, ordre, descend=descend)).order_by(*_tri(ordre, descend=descend))
    return reste.first()


def curseur_de(ligne: Model, ordre: Ordre) -> Curseur:
    """The place of a row, which holds the columns that ``ordre`` names."""
    return Curseur(getattr(ligne, ordre.champ), ligne.pk, getattr(ligne, ordre.rang) if ordre.rang else 0)


def _tri(ordre: Ordre, *, descend: bool) -> list[str]:
    prefixe = "-" if descend else ""
    return [f"{prefixe}{nom}" for nom in (ordre.rang, ordre.champ, "pk") if nom]


def _apres(repere: Curseur, ordre: Ordre, *, descend: bool) -> Q:
    """Rows that follow this place. The first condition of each pair lets the index start there, the second breaks
    ties."""
    sens = "lt" if descend else "gt"
    champ = ordre.champ
    suite = Q(**{f"{champ}__{sens}e": repere.instant}) & (
        Q(**{f"{champ}__{sens}": repere.instant}) | Q(**{f"pk__{sens}": repere.cle})
    )
    if not ordre.rang:
        return suite
    return Q(**{f"{ordre.rang}__{sens}e": repere.rang}) & (Q(**{f"{ordre.rang}__{sens}": repere.rang}) | suite)
