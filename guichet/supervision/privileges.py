"""Grants of the sites' PostgreSQL roles, from the table in guichet/configuration/droits.py."""

import re
from collections.abc import Iterable

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from guichet.configuration.droits import FONCTIONS, POLITIQUES, Droits, droits_de

MOTS = {"S": "SELECT", "I": "INSERT", "U": "UPDATE", "D": "DELETE"}
MOT = re.compile(r"([SIUD])(?:\(([^)]*)\))?")


class TableSansDroits(Exception):
    """A table exists for which nobody decided anything."""


def _tables() -> list[str]:
    with connection.cursor() as curseur:
        curseur.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        return [nom for (nom,) in curseur.fetchall()]


def _ordres(table: str, droits: str, role: str) -> Iterable[sql.Composed]:
    for lettre, colonnes in MOT.findall(droits):
        detail: sql.Composable = sql.SQL("")
        if colonnes:
            noms = sql.SQL(", ").join(sql.Identifier(nom.strip()) for nom in colonnes.split(","))
            detail = sql.SQL(" ({})").format(noms)
        yield sql.SQL("GRANT {}{} ON {} TO {}").format(
            sql.SQL(MOTS[lettre]), detail, sql.Identifier(table), sql.Identifier(role)
        )


def _sequences(tables: list[str], role: str) -> Iterable[sql.Composed]:
    """Give the use of the sequences behind the tables that the role adds to."""
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT s.relname FROM pg_class s JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i')"
            " JOIN pg_class t ON t.oid = d.refobjid WHERE s.relkind = 'S' AND t.relname = ANY(%s)",
            [tables],
        )
        noms = [nom for (nom,) in curseur.fetchall()]
    for nom in noms:
        yield sql.SQL("GRANT USAGE ON SEQUENCE {} TO {}").format(sql.Identifier(nom), sql.Identifier(role))


def _politiques(roles: dict[str, str]) -> Iterable[sql.Composed | sql.SQL]:
    for table, regles in POLITIQUES.items():
        yield sql.SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(sql.Identifier(table))
        with connection.cursor() as curseur:
            curseur.execute("SELECT policyname FROM pg_policies WHERE tablename = %s", [table])
            anciennes = [nom for (nom,) in curseur.fetchall()]
        for nom in anciennes:
            yield sql.SQL("DROP POLICY {} ON {}").format(sql.Identifier(nom), sql.Identifier(table))
        for entete, condition in regles.items():
            nom, suite = entete.format(**roles).split(" ", 1)
            clause = "WITH CHECK" if "FOR INSERT" in suite else "USING"
            yield sql.SQL("CREATE POLICY {} ON {} {} {} ({})").format(
                sql.Identifier(nom),
                sql.Identifier(table),
                sql.SQL(suite),
                sql.SQL(clause),
                sql.SQL(condition),
            )


def accorder() -> int:
    """Take back everything, then give what the table says, in one transaction. Returns the number of tables."""
    roles: dict[str, str] = settings.GUICHET_DB_ROLES
    tables = _tables()
    decisions: dict[str, Droits] = {}
    for table in tables:
        droits = droits_de(table)
        if droits is None:
            raise TableSansDroits(table)
        decisions[table] = droits
    with transaction.atomic(), connection.cursor() as curseur:
        for site, role in roles.items():
            identifiant = sql.Identifier(role)
            for objets in ("TABLES", "SEQUENCES"):
                curseur.execute(
                    sql.SQL("REVOKE ALL ON ALL {} IN SCHEMA public FROM {}").format(sql.SQL(objets), identifiant)
                )
            curseur.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(identifiant))
            ajouts = []
            for table, droits in decisions.items():
                voulu: str = getattr(droits, site)
                for ordre in _ordres(table, voulu, role):
                    curseur.execute(ordre)
                if "I" in voulu:
                    ajouts.append(table)
            for ordre in _sequences(ajouts, role):
                curseur.execute(ordre)
            for fonction, droits in FONCTIONS.items():
                curseur.execute(sql.SQL(f"REVOKE ALL ON FUNCTION {fonction} FROM PUBLIC, {{}}").format(identifiant))
                if getattr(droits, site) == "X":
                    curseur.execute(sql.SQL(f"GRANT EXECUTE ON FUNCTION {fonction} TO {{}}").format(identifiant))
        for politique in _politiques(roles):
            curseur.execute(politique)
    return len(tables)
