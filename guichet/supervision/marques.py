"""``python -m guichet.supervision.marques``: print the marks of the last installation as JSON, without Django.

Hosts ask at each deployment whether the database is at their release; starting Django would cost seconds.
Exit status: 0 when the marks were read (an empty object on a blank database), 1 when nothing answers.
"""

import json
import sys

import psycopg

from guichet.configuration import environnement as env


def lire() -> dict[str, str]:
    parametres = {
        "host": env.texte("GUICHET_DB_HOST"),
        "port": env.texte("GUICHET_DB_PORT", "5432"),
        "dbname": env.texte("GUICHET_DB_NAME", "guichet"),
        "user": env.texte("GUICHET_DB_USER"),
        "password": env.texte("GUICHET_DB_PASSWORD", ""),
        "connect_timeout": "5",
    }
    racine = env.texte("GUICHET_DB_SSLROOTCERT", "")
    if racine:
        parametres |= {"sslmode": "verify-full", "sslrootcert": racine}
    with psycopg.connect(**parametres) as connexion:  # type: ignore[arg-type]
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
