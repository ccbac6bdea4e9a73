"""Grants of an application's PostgreSQL roles, from the table where it decides who may touch what.

S = SELECT, I = INSERT, U = UPDATE, D = DELETE, X = EXECUTE; "S(a, b)" gives a right on columns only; "" gives nothing.
Nothing is given by default: a table that has no line stops the grant, so that whoever adds one decides who may touch
it. In PostgreSQL, holding a row (SELECT … FOR UPDATE) asks for U.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from django.db import connection, transaction
from psycopg import sql

MOTS = {"S": "SELECT", "I": "INSERT", "U": "UPDATE", "D": "DELETE"}
MOT = re.compile(r"([SIUD])(?:\(([^)]*)\))?")
NOM_DE_ROLE = re.compile(r"[a-z_][a-z0-9_]{0,62}")

Lignes = Mapping[str, Sequence[str]]


class TableSansDroits(Exception):
    """A table exists for which nobody decided anything."""


@dataclass(frozen=True)
class Decisions:
    """What an application decided: each line gives one string a site, in the order of `sites`."""

    sites: tuple[str, ...]
    tables: Lignes
    prefixes: Lignes = field(default_factory=dict)  # for tables of a library, by the beginning of their name
    fonctions: Lignes = field(default_factory=dict)  # that act with the owner's rights; "X" or ""
    # Row rules: for each table, "name FOR …" (`{site}` stands for its role) and the condition.
    politiques: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    # What a site may not change in a row that it may otherwise change: for each table, the columns of each site. Not a
    # right on columns: an act may write back what it has read, as the release before does.
    figees: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)

    def de(self, table: str) -> Sequence[str] | None:
        """Return what is decided for a table: its own line, or that of its prefix."""
        if table in self.tables:
            return self.tables[table]
        return next((droits for prefixe, droits in self.prefixes.items() if table.startswith(prefixe)), None)


def accorder(decisions: Decisions, roles: Mapping[str, str]) -> int:
    """Take back everything from `roles` (site: PostgreSQL role), then give what is decided, in one transaction.

    Returns the number of tables. Raises TableSansDroits before anything changed, ValueError for what names no role.
    """
    for role in roles.values():
        if not NOM_DE_ROLE.fullmatch(role):
            raise ValueError(f"« {role} » n'est pas un nom de rôle")
    tables = {table: _decide(decisions, table) for table in _tables()}
    with transaction.atomic(), connection.cursor() as curseur:
        for rang, site in enumerate(decisions.sites):
            voulus = {table: droits[rang] for table, droits in tables.items()}
            for ordre in _ordres(voulus, sql.Identifier(roles[site])):
                curseur.execute(ordre)
            for fonction, droits in decisions.fonctions.items():
                for ordre in _fonction(fonction, droits[rang], sql.Identifier(roles[site])):
                    curseur.execute(ordre)
        for ordre in _politiques(decisions.politiques, roles):
            curseur.execute(ordre)
        for ordre in _figees(decisions.figees, roles):
            curseur.execute(ordre)
    return len(tables)


def _decide(decisions: Decisions, table: str) -> Sequence[str]:
    droits = decisions.de(table)
    if droits is None:
        raise TableSansDroits(table)
    return droits


def _tables() -> list[str]:
    with connection.cursor() as curseur:
        curseur.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        return [nom for (nom,) in curseur.fetchall()]


def _ordres(voulus: Mapping[str, str], role: sql.Identifier) -> Iterable[sql.Composed]:
    for objets in ("TABLES", "SEQUENCES"):
        yield sql.SQL(f"REVOKE ALL ON ALL {objets} IN SCHEMA public FROM {{}}").format(role)
    yield sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role)
    for table, droits in voulus.items():
        for lettre, colonnes in MOT.findall(droits):
            detail: sql.Composable = sql.SQL("")
            if colonnes:
                noms = sql.SQL(", ").join(sql.Identifier(nom.strip()) for nom in colonnes.split(","))
                detail = sql.SQL(" ({})").format(noms)
            yield sql.SQL("GRANT {}{} ON {} TO {}").format(sql.SQL(MOTS[lettre]), detail, sql.Identifier(table), role)
    for nom in _sequences([table for table, droits in voulus.items() if "I" in droits]):
        yield sql.SQL("GRANT USAGE ON SEQUENCE {} TO {}").format(sql.Identifier(nom), role)


def _sequences(tables: list[str]) -> list[str]:
    """Sequences behind the tables that a role adds to."""
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT s.relname FROM pg_class s JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i')"
            " JOIN pg_class t ON t.oid = d.refobjid WHERE s.relkind = 'S' AND t.relname = ANY(%s)",
            [tables],
        )
        return [nom for (nom,) in curseur.fetchall()]


def _fonction(fonction: str, droits: str, role: sql.Identifier) -> Iterable[sql.Composed]:
    yield sql.SQL(f"REVOKE ALL ON FUNCTION {fonction} FROM PUBLIC, {{}}").format(role)
    if droits == "X":
        yield sql.SQL(f"GRANT EXECUTE ON FUNCTION {fonction} TO {{}}").format(role)


def _politiques(politiques: Mapping[str, Mapping[str, str]], roles: Mapping[str, str]) -> Iterable[sql.Composed]:
    for table, regles in politiques.items():
        voulues = {_nommer(entete.format(**roles), condition): condition for entete, condition in regles.items()}
        with connection.cursor() as curseur:
            curseur.execute("SELECT relrowsecurity FROM pg_class WHERE oid = %s::regclass", [table])
            posees = bool(curseur.fetchone()[0])
            curseur.execute("SELECT policyname FROM pg_policies WHERE tablename = %s", [table])
            anciennes = {nom for (nom,) in curseur.fetchall()}
        if posees and anciennes == {nom for nom, _ in voulues}:
            continue  # nobody who reads or writes this table is made to wait
        yield sql.SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(sql.Identifier(table))
        for nom in sorted(anciennes):
            yield sql.SQL("DROP POLICY {} ON {}").format(sql.Identifier(nom), sql.Identifier(table))
        for (nom, suite), condition in voulues.items():
            clause = "WITH CHECK" if "FOR INSERT" in suite else "USING"
            yield sql.SQL("CREATE POLICY {} ON {} {} {} ({})").format(
                sql.Identifier(nom), sql.Identifier(table), sql.SQL(suite), sql.SQL(clause), sql.SQL(condition)
            )


def _nommer(entete: str, regle: str) -> tuple[str, str]:
    """A name that says what the rule is, so that one that has not changed is known; and the rest of its heading."""
    nom, suite = entete.split(" ", 1)
    return f"{nom}_{sha256(f'{suite} {regle}'.encode()).hexdigest()[:8]}", suite


REFUS = """
CREATE OR REPLACE FUNCTION refuser_ce_changement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE insufficient_privilege USING MESSAGE = format('permission denied for these columns of %I', TG_TABLE_NAME);
END $$
"""


def _figees(figees: Mapping[str, Mapping[str, Sequence[str]]], roles: Mapping[str, str]) -> Iterable[sql.Composed]:
    voulus = {
        (table, _nommer(f"figees_{site} {roles[site]}", ",".join(colonnes))[0]): (roles[site], colonnes)
        for table, sites in figees.items()
        for site, colonnes in sites.items()
    }
    with connection.cursor() as curseur:
        curseur.execute(r"SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname LIKE 'figees\_%'")
        anciens = set(curseur.fetchall())
    for table, nom in sorted(anciens - set(voulus)):
        yield sql.SQL("DROP TRIGGER {} ON {}").format(sql.Identifier(nom), sql.SQL(table))
    if voulus:
        yield sql.SQL(REFUS).format()
    for (table, nom), (role, colonnes) in voulus.items():
        if (table, nom) in anciens:
            continue
        avant, apres = (
            sql.SQL(", ").join(sql.SQL("{}.{}").format(sql.SQL(cote), sql.Identifier(colonne)) for colonne in colonnes)
            for cote in ("OLD", "NEW")
        )
        yield sql.SQL(
            "CREATE TRIGGER {} BEFORE UPDATE ON {} FOR EACH ROW"
            " WHEN (current_user = {} AND ROW({}) IS DISTINCT FROM ROW({}))"
            " EXECUTE FUNCTION refuser_ce_changement()"
        ).format(sql.Identifier(nom), sql.Identifier(table), sql.Literal(role), avant, apres)
