"""What timers and `gru` ask: `gru-backup` and its verbs. People read French, programs JSON on the standard output."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys

from gru_backup import places
from gru_backup.figures import publish
from gru_backup.host import Host
from gru_backup.locks import locked
from gru_backup.memory import PLATFORM, note
from gru_backup.postgresql import DATABASE
from gru_backup.words import Refused


def keep_site() -> None:
    """Keep the archive of the site's folder that arrives on the standard input, for the next snapshot."""
    folder = places.KEPT / "site"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = folder / "site.new"
    with new.open("wb") as stream:
        shutil.copyfileobj(sys.stdin.buffer, stream)
    new.chmod(0o600)
    new.replace(folder / "site.tar.gz")


def arguments() -> argparse.Namespace:
    """What is asked."""
    parser = argparse.ArgumentParser(prog="gru-backup", description="Sauvegardes de cet hôte.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    save = verbs.add_parser("save")
    save.add_argument("what", choices=(DATABASE, "files"))
    save.add_argument("--due", action="store_true")
    save.add_argument("--kind", choices=("full", "diff", "incr"))
    for verb in ("list", "keep-site"):
        verbs.add_parser(verb)
    verbs.add_parser("check").add_argument("--strict", action="store_true", help="1 s'il y a quelque chose à corriger")
    examine = verbs.add_parser("examine")
    examine.add_argument("--to", type=int, required=True)
    examine.add_argument("--sets", required=True)
    restore = verbs.add_parser("restore")
    restore.add_argument("what")
    restore.add_argument("--to", type=int, required=True)
    restore.add_argument("--run", type=int, default=0, help="numéro que « undo --run » redira")
    fingerprint = verbs.add_parser("fingerprint", help="comptes et sommes de contrôle, pour comparer deux hôtes")
    fingerprint.add_argument("what")
    fingerprint.add_argument("--quiet", action="store_true", help="à une seconde où rien ne s'écrit, qui est dite")
    verbs.add_parser("arrived").add_argument("journal", help="journal de PostgreSQL, 24 chiffres hexadécimaux")
    drilled = verbs.add_parser("drilled", help="retenir qu'une restauration d'exercice a réussi")
    drilled.add_argument("--at", type=int, required=True)
    undo = verbs.add_parser("undo")
    undo.add_argument("what")
    undo.add_argument("--run", type=int, help="seulement si ce qui est en place vient de cette restauration")
    return parser.parse_args()


def main() -> int:
    """Do what is asked; 1 with a French sentence when it cannot be."""
    asked = arguments()
    os.umask(0o077)
    try:
        if asked.verb == "keep-site":
            keep_site()
            return 0
        if asked.verb == "drilled":
            note(PLATFORM, "drill", asked.at)
            publish()
            return 0
        host = Host(json.loads(places.CONFIGURATION.read_text(encoding="utf-8")))
        if asked.verb == "save":
            with locked(alone=False):
                host.save(asked.what, due=asked.due, kind=asked.kind)
        elif asked.verb == "list":
            print(json.dumps(host.listed()))
        elif asked.verb == "check":
            problems = host.check()
            print(json.dumps(problems, ensure_ascii=False))
            return int(asked.strict and bool(problems))
        elif asked.verb == "examine":
            print(json.dumps(host.examine(asked.to, asked.sets.split(","))))
        elif asked.verb == "fingerprint":
            print(json.dumps(host.fingerprint(asked.what, quiet=asked.quiet), ensure_ascii=False))
        elif asked.verb == "arrived":
            print(json.dumps(host.arrived(asked.journal)))
        elif asked.verb == "undo":
            with locked(alone=True):
                host.undo(asked.what, asked.run)
        else:
            with locked(alone=True):
                print(json.dumps(host.restore(asked.what, asked.to, asked.run)))
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0
