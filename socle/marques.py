"""``python -m socle.marques``: print the marks of the last installation as JSON, without Django.

Hosts ask at each deployment whether the database is at their release; starting Django would cost seconds.
The database is that of the environment (SITE_DB_*). Each application keeps its marks in a table
`supervision_installation` (cle, valeur).
Exit status: 0 when the marks were read (an empty object on a blank database), 1 when nothing answers.
"""

import json
import os
import sys

import psycopg


def lire() -> dict[str, str]:
    """Return the marks that the application left. Raises psycopg.Error when nothing answers."""

    def variable(nom: str, defaut: str = "") -> str:
        return os.environ.get(f"SITE_DB_{nom}", "") or defaut

    parametres = {
        "host": variable("HOST"),
        "port": variable("PORT", "5432"),
        "dbname": variable("NAME"),
        "user": variable("USER"),
        "password": variable("PASSWORD"),
        "connect_timeout": "5",
    }
    if racine := variable("SSLROOTCERT"):
        parametres |= {"sslmode": "verify-full", "sslrootcert": racine}
    try:
        connexion = psycopg.connect(**parametres)  # type: ignore[arg-type]
    except psycopg.OperationalError:
        if not variable("PASSWORD_OTHER"):
            raise
        # The password is being changed: the host knows both.
        connexion = psycopg.connect(**parametres | {"password": variable("PASSWORD_OTHER")})  # type: ignore[arg-type]
    with connexion:
        try:
            return dict(connexion.execute("SELECT cle, valeur FROM supervision_installation").fetchall())
        except (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege):
            return {}


if __name__ == "__main__":
    try:
        print(json.dumps(lire()))
    except psycopg.Error as erreur:
        print(f"Base de données injoignable : {erreur}", file=sys.stderr)
        sys.exit(1)
