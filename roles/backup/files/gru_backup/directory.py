"""The directory (OpenLDAP), written as LDIF and read again."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from gru_backup import system
from gru_backup.words import Refused, in_words

LDIF = "annuaire.ldif"


def written() -> bytes:
    """The whole directory. Raises Refused."""
    ldif = subprocess.run(["slapcat", "-n", "1", "-F", folder()], capture_output=True, check=False)
    if ldif.returncode or not ldif.stdout:
        raise Refused(f"l'annuaire ne se lit pas : {in_words(ldif.stderr.decode(errors='replace'))}")
    return ldif.stdout


def load(ldif: Path, place: Path, path: Path) -> None:
    """Make the directory's database of its LDIF, in `place`, from the configuration that slapd has for `path`."""
    work = place / "base"
    work.mkdir()
    copy = place / "slapd.d"
    shutil.copytree(folder(), copy)
    for file in copy.rglob("olcDatabase=*mdb.ldif"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(f"olcDbDirectory: {path}\n", f"olcDbDirectory: {work}\n"), "utf-8")
    system.call(["slapadd", "-q", "-n", "1", "-F", str(copy), "-l", str(ldif)])
    shutil.rmtree(copy)
    ldif.unlink()
    for file in list(work.iterdir()):
        file.rename(place / file.name)
    work.rmdir()


def folder() -> str:
    """Folder of slapd's configuration, as it is started with."""
    for line in Path("/etc/default/slapd").read_text(encoding="utf-8").splitlines():
        if line.startswith("SLAPD_CONF="):
            return line.partition("=")[2].strip('"') or "/etc/ldap/slapd.d"
    return "/etc/ldap/slapd.d"
