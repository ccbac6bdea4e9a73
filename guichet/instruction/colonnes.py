"""Columns of requests that PostgreSQL computes for the list and that the domain's models do not know."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Field, Func


class ColonneCalculee(Func):
    """A column of the same row of `demandes_demande`, whatever name the query gives to the table (a subquery
    gives another one): the alias is that of the row's key."""

    def __init__(self, nom: str, output_field: Field[Any, Any]) -> None:
        super().__init__(F("pk"), output_field=output_field)
        self.nom = nom

    def __repr__(self) -> str:
        return f"ColonneCalculee({self.nom})"

    def as_sql(self, compiler: Any, connection: Any, *_args: Any, **_extra: Any) -> tuple[str, tuple[str | int, ...]]:
        """The column by its name, under whatever alias the query gives to the table."""
        cle: Any = self.source_expressions[0]
        nommer = compiler.quote_name_unless_alias
        return f"{nommer(cle.alias)}.{nommer(self.nom)}", ()
