"""Reads that are always the same but for their values: Django writes the statement once a process, then sends it.

Writing a statement costs Django more than PostgreSQL spends answering it. Only what the database is asked is kept:
rows are read each time.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import BooleanField, Expression, F, Func, QuerySet
from django.db.models.sql.compiler import SQLCompiler

R = TypeVar("R")


class _Valeur(Expression):
    """Where a value goes."""

    def __init__(self, nom: str) -> None:
        super().__init__()
        self.nom = nom

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> Any:
        """A place, filled when the statement is sent."""
        del compiler, connection
        return "%s", [self]


def parmi(colonne: str, place: Any) -> Func:
    """The condition that a column is one of the texts of a list, whatever its length: IN wants a place a value."""
    forme = {"template": "(%(expressions)s))", "arg_joiner": " = ANY("}
    return Func(F(colonne), place, output_field=BooleanField(), **forme)


class LectureFixe(Generic[R]):
    """A read of these names: ``LectureFixe(lambda cle: Brouillon.objects.filter(pk=cle), "cle")``.

    The queryset is written with places instead of values, and may be sliced, joined and annotated, not prefetched. A
    value is what the driver sends as it is (text, number, UUID, date, list for an array): fields convert nothing.
    """

    def __init__(self, ecrire: Callable[..., QuerySet[Any, R]], *noms: str) -> None:
        self._ecrire = ecrire
        self._noms = noms
        self._ecrite: tuple[QuerySet[Any, R], SQLCompiler, str, tuple[Any, ...]] | None = None

    def toutes(self, *valeurs: Any) -> list[R]:
        """The rows, for these values in the order of their names."""
        queryset, modele, sql, places = self._ecrite or self._rediger()
        donnees = dict(zip(self._noms, valeurs, strict=True))
        compilateur: Any = copy(modele)
        compilateur.connection = connection  # of this thread
        parametres = tuple(donnees[p.nom] if isinstance(p, _Valeur) else p for p in places)
        compilateur.as_sql = lambda *_args, **_options: (sql, parametres)
        lue: Any = queryset.all()
        lue.query.get_compiler = lambda *_args, **_options: compilateur
        return list(lue)

    def une(self, *valeurs: Any) -> R | None:
        """The first row, or None."""
        lignes = self.toutes(*valeurs)
        return lignes[0] if lignes else None

    def _rediger(self) -> tuple[QuerySet[Any, R], SQLCompiler, str, tuple[Any, ...]]:
        queryset = self._ecrire(*map(_Valeur, self._noms))
        compilateur: Any = queryset.query.get_compiler(queryset.db)
        sql, places = compilateur.as_sql()
        self._ecrite = (queryset, compilateur, sql, tuple(places))
        return self._ecrite
