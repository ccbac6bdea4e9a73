"""Keyset pagination: page 9,000 of a list costs what page 1 costs, and no row moves while one reads.

A cursor names the last row read (value of the sort column, primary key). Pages are not numbered.
"""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet

TAILLE = 25

LigneT = TypeVar("LigneT", bound=Model)


@dataclass(frozen=True, slots=True)
class Curseur:
    """A place in the list: value of the (date) sort column and identifier of the row."""

    instant: datetime
    cle: uuid.UUID

    def __str__(self) -> str:
        texte = f"{self.instant.isoformat()}|{self.cle.hex}"
        return base64.urlsafe_b64encode(texte.encode()).decode().rstrip("=")

    @classmethod
    def lire(cls, texte: str | None) -> Curseur | None:
        """None for anything that is not a cursor: the reader then gets the first page."""
        if not texte or len(texte) > 200:
            return None
        try:
            clair = base64.b64decode(texte + "=" * (-len(texte) % 4), altchars=b"-_", validate=True).decode()
            instant, _, cle = clair.partition("|")
            date = datetime.fromisoformat(instant)
            identifiant = uuid.UUID(hex=cle)
        except (binascii.Error, UnicodeError, ValueError):
            return None
        return None if date.tzinfo is None else cls(date, identifiant)


@dataclass(frozen=True, slots=True)
class Page(Generic[LigneT]):
    """Rows to show, and the cursors of the neighbouring pages where there are any."""

    lignes: Sequence[LigneT]
    suivant: Curseur | None
    precedent: Curseur | None


def page_de(
    queryset: QuerySet[LigneT],
    *,
    champ: str,
    decroissant: bool,
    apres: Curseur | None = None,
    avant: Curseur | None = None,
    taille: int = TAILLE,
) -> Page[LigneT]:
    """One query. `champ` is a date column that is never null; ties are broken by primary key."""
    arriere = avant is not None and apres is None
    repere = avant if arriere else apres
    # Reading backwards is reading forwards in the reverse order, then turning the page over.
    descend = decroissant != arriere
    if repere is not None:
        sens = "lt" if descend else "gt"
        # The first condition lets the index start at the right place, the second breaks ties.
        queryset = queryset.filter(
            Q(**{f"{champ}__{sens}e": repere.instant}),
            Q(**{f"{champ}__{sens}": repere.instant}) | Q(**{f"pk__{sens}": repere.cle}),
        )
    prefixe = "-" if descend else ""
    lignes = list(queryset.order_by(f"{prefixe}{champ}", f"{prefixe}pk")[: taille + 1])
    reste = len(lignes) > taille
    lignes = lignes[:taille]
    if arriere:
        lignes.reverse()
    if not lignes:
        return Page(lignes, None, None)
    debut = Curseur(getattr(lignes[0], champ), lignes[0].pk)
    fin = Curseur(getattr(lignes[-1], champ), lignes[-1].pk)
    return Page(
        lignes,
        suivant=fin if (reste or arriere) else None,
        precedent=debut if (reste if arriere else repere is not None) else None,
    )
