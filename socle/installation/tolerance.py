"""``python -m socle.installation.tolerance DOSSIER``: say which migrations the release in service cannot bear.

Between the migration and the restart of the last site, and for as long as a release may be gone back on, the release
before runs on the new schema. So a release only adds (expand); what nobody reads any more goes with the next one
(contract). What is judged is not SQL but the difference with what the release before knows: a column that it has
already forgotten may go, one that it still reads may not.

DOSSIER is the folder of the release in service: its migrations, and those of its packages in ``venv``, tell what it
knows. Exit status: 0 when it bears all that is new, 1 with one French sentence a fault on standard output.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations import operations as op
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState
from django.db.models import Field
from django.db.models.fields import NOT_PROVIDED

Connues = Mapping[str, Iterable[str]]
"""Names of the migrations that a release knows, by label of application."""

SUPPORTEE = "supportee_car"
"""Attribute of a migration that says why the release before bears what cannot be judged here (SQL, a constraint). For
those of a library, the setting ``MIGRATIONS_SUPPORTEES`` does: the reason, by ``application.nom``."""

_A_DIRE = f"dites dans `{SUPPORTEE}` pourquoi la version d'avant le supporte"
_SQL_A_DIRE = re.compile(
    r"\b(drop\s+(?:table|column|view|function)|rename\s+(?:to|column)|set\s+not\s+null|alter\s+column\s+\S+\s+(?:set\s+data\s+)?type"
    r"|add\s+constraint|create\s+unique)\b",
    re.IGNORECASE,
)


def migrations_de(dossier: Path) -> dict[str, list[str]]:
    """Migrations of the installed applications as the release of that folder has them, in its code or its packages."""
    trouvees: dict[str, list[str]] = {}
    racines = [dossier, *sorted(dossier.glob("venv/lib/python3*/site-packages"))]
    for configuration in apps.get_app_configs():
        place = Path(*configuration.name.split(".")) / "migrations"
        for racine in racines:
            if (racine / place).is_dir():
                noms = [chemin.stem for chemin in (racine / place).glob("*.py") if chemin.stem != "__init__"]
                trouvees[configuration.label] = sorted(noms)
                break
    return trouvees


def fautes(connues: Connues) -> list[str]:
    """Sentences, one a fault, for the migrations that are not among `connues`, in the order they would run."""
    chargeur = MigrationLoader(None)
    graphe = chargeur.graph
    dites = {(app, nom) for app, noms in connues.items() for nom in noms} & set(graphe.nodes)
    deja = {cle for dite in dites for cle in graphe.forwards_plan(dite)}
    avant = chargeur.project_state(sorted(deja)) if deja else ProjectState()
    plan = list(dict.fromkeys(cle for feuille in graphe.leaf_nodes() for cle in graphe.forwards_plan(feuille)))
    return [faute for cle in plan if cle not in deja for faute in fautes_de(graphe.nodes[cle], avant)]


def fautes_de(migration: Migration, avant: ProjectState) -> Iterator[str]:
    """Faults of one migration, where the models of the release before are those of `avant`."""
    nom = f"{migration.app_label}.{migration.name}"
    declarees: Mapping[str, str] = getattr(settings, "MIGRATIONS_SUPPORTEES", {})
    raison = getattr(migration, SUPPORTEE, "") or declarees.get(nom, "")
    for operation in _en_base(migration.operations):
        for phrase, certaine in _de_operation(operation, migration.app_label, avant):
            if certaine or not raison:
                yield f"{nom} : {phrase}"


def _en_base(operations: Iterable[Operation]) -> Iterator[Operation]:
    """Operations that touch the database: what only changes the models' state breaks nobody."""
    for operation in operations:
        if isinstance(operation, op.SeparateDatabaseAndState):
            yield from _en_base(operation.database_operations)
        else:
            yield operation


def _de_operation(operation: Operation, app: str, avant: ProjectState) -> Iterator[tuple[str, bool]]:
    """Sentences, each with whether it is certain (else a migration may say why it holds)."""
    if isinstance(operation, op.RunSQL):
        for ordre in _ordres(operation.sql):
            if trouve := _SQL_A_DIRE.search(ordre):
                yield f"« {' '.join(trouve[0].split())} » en SQL : {_A_DIRE}", False
        return
    if isinstance(operation, op.RenameModel):
        if (app, operation.old_name_lower) in avant.models:
            yield f"la table de {operation.old_name} change de nom, la version d'avant la lit encore", True
        return
    nom = getattr(operation, "model_name", None) or getattr(operation, "name", "")
    ancien = avant.models.get((app, str(nom).lower()))
    if ancien is None:
        return  # the release before does not know this table
    yield from _de_table_connue(operation, ancien)


def _de_table_connue(operation: Operation, ancien: ModelState) -> Iterator[tuple[str, bool]]:
    table = ancien.name
    match operation:
        case op.DeleteModel():
            yield f"la table de {table} est retirée, la version d'avant la lit encore", True
        case op.AlterModelTable():
            yield f"la table de {table} change de nom, la version d'avant la lit encore", True
        case op.RemoveField() if operation.name in ancien.fields:
            yield f"{table}.{operation.name} est retiré, la version d'avant le lit encore", True
        case op.RenameField() if operation.old_name in ancien.fields:
            yield f"{table}.{operation.old_name} change de nom, la version d'avant le lit encore", True
        case op.AddField():
            yield from _de_champ_nouveau(table, operation.name, operation.field)
        case op.AlterField() if operation.name in ancien.fields:
            yield from _de_champ(table, operation.name, ancien.fields[operation.name], operation.field)
        case op.AlterField():
            yield from _de_champ_nouveau(table, operation.name, operation.field)
        case op.AlterUniqueTogether():
            if set(operation.option_value or ()) - set(ancien.options.get("unique_together", ())):
                yield f"une contrainte s'ajoute à {table} : {_A_DIRE}", False
        case op.AddConstraint():
            yield f"une contrainte s'ajoute à {table} : {_A_DIRE}", False


def _de_champ_nouveau(table: str, nom: str, champ: Field[Any, Any]) -> Iterator[tuple[str, bool]]:
    if _exige(champ):
        yield (
            f"{table}.{nom} est obligatoire sans `db_default` : les ajouts de la version d'avant seraient refusés",
            True,
        )
    elif champ.unique and not champ.null:
        yield f"{table}.{nom} est unique : {_A_DIRE}", False


def _de_champ(table: str, nom: str, ancien: Field[Any, Any], nouveau: Field[Any, Any]) -> Iterator[tuple[str, bool]]:
    if ancien.db_column != nouveau.db_column:
        yield f"la colonne de {table}.{nom} change de nom, la version d'avant la lit encore", True
    if ancien.null and not nouveau.null:
        yield f"{table}.{nom} devient obligatoire : la version d'avant y écrit encore des vides", True
    if nouveau.unique and not ancien.unique:
        yield f"{table}.{nom} devient unique : la version d'avant n'y veille pas", True
    if ancien.is_relation or nouveau.is_relation:
        if ancien.is_relation != nouveau.is_relation or ancien.many_to_many != nouveau.many_to_many:
            yield f"{table}.{nom} change de nature : la version d'avant ne le lirait plus", True
        return
    longueur, place = getattr(ancien, "max_length", None), getattr(nouveau, "max_length", None)
    if _sorte(ancien) != _sorte(nouveau):
        yield f"{table}.{nom} change de type ({_sorte(ancien)}, puis {_sorte(nouveau)}) : {_A_DIRE}", False
    elif place is not None and (longueur is None or longueur > place):
        yield f"{table}.{nom} raccourcit à {place} : ce que la version d'avant écrit serait refusé", True


def _exige(champ: Field[Any, Any]) -> bool:
    """Whether a row that does not speak of it is refused."""
    return not (
        champ.null or champ.many_to_many or champ.db_default is not NOT_PROVIDED or getattr(champ, "generated", False)
    )


def _sorte(champ: Field[Any, Any]) -> str:
    """The column's type, without its length."""
    return re.sub(r"\(.*\)", "", champ.db_type(connection) or "")


def _ordres(sql: Any) -> Iterator[str]:
    if isinstance(sql, str):
        yield sql
        return
    for element in sql or ():
        yield element if isinstance(element, str) else str(element[0])


if __name__ == "__main__":
    import django

    django.setup()
    trouvees = fautes(migrations_de(Path(sys.argv[1])))
    for faute in trouvees:
        print(faute)
    sys.exit(1 if trouvees else 0)
