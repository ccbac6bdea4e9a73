"""What a dossier has made public: dated, versioned, never changed, and provable by a chain of digests.

Each publication carries the digest of the one before it: changing, removing or slipping in one breaks every digest
after it. Whoever kept the last digest (a newspaper, a resident, the minutes) can prove what was public and when.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

ORIGINE = "0" * 64
SOMMES = "SHA256SUMS"
MODE_D_EMPLOI = """\
Ce que la mairie a publié, et comment le vérifier soi-même

Chaque fichier de « publications » est une publication, telle qu'elle a été faite. Son empreinte SHA-256 est
celle que la mairie affiche. Le champ « precedente » est l'empreinte de la publication d'avant : changer,
retirer ou glisser une publication rompt la suite.

1. Dans ce dossier, sur Linux : sha256sum -c {sommes}
   Sur Mac : shasum -a 256 -c {sommes}
   Chaque ligne doit finir par « OK » (ou « Réussi »).
2. Ouvrez les fichiers dans l'ordre : chaque « precedente » est l'empreinte du fichier d'avant, lisible dans
   {sommes}. La première vaut soixante-quatre zéros.
3. La dernière empreinte est : {derniere}
   Comparez-la à celle que vous aviez notée, ou que porte une fiche de conformité imprimée plus tôt.

Une publication qui porte « passages_retires » contenait des paroles qu'une personne a retirées : elles n'y sont
plus, et son empreinte, qui reste celle du texte entier, ne se recalcule donc pas. La suite, elle, tient toujours.

Avec le programme libre de la mairie, tout se vérifie d'un coup :
   gru consultation check-publications publications.zip
Ajoutez --digest EMPREINTE pour savoir si une empreinte notée autrefois en fait partie.
"""


class Genre(StrEnum):
    """Kind of publication."""

    MODALITES = "modalites"
    INFORMATION = "information"
    TIRAGE = "tirage"
    PROLONGATION = "prolongation"
    SYNTHESE = "synthese"
    RESULTATS = "resultats"
    SUITES = "suites"
    ABANDON = "abandon"


PAR_TITRE = (Genre.INFORMATION, Genre.TIRAGE)
"""Kinds of which several stand side by side, each with its own versions."""


@dataclass(frozen=True)
class Publication:
    """One thing made public; `contenu` is the text, or the SHA-256 of a file kept elsewhere."""

    numero: int
    genre: Genre
    version: int
    titre: str
    contenu: str
    motif: str
    publie_le: datetime
    precedente: str
    empreinte: str
    retires: int = 0  # passages hidden in `contenu` at somebody's request: the digest is of the whole text

    def octets(self) -> bytes:
        """What the digest covers: everything but itself, in a form that other software can write again."""
        champs = self.en_json()
        del champs["empreinte"]
        champs.pop("passages_retires", None)
        return json.dumps(champs, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    def calculer(self) -> str:
        """SHA-256 of `octets`, in hexadecimal."""
        return hashlib.sha256(self.octets()).hexdigest()

    @property
    def nom_fichier(self) -> str:
        """Its name in the archive of the proof."""
        return f"publications/{self.numero:03d}-{self.genre.value}.json"

    def en_json(self) -> dict[str, Any]:
        """Fields as published in the proof."""
        return {
            "numero": self.numero,
            "genre": self.genre.value,
            "version": self.version,
            "titre": self.titre,
            "contenu": self.contenu,
            "motif": self.motif,
            "publie_le": self.publie_le.isoformat(),
            "precedente": self.precedente,
            "empreinte": self.empreinte,
            **({"passages_retires": self.retires} if self.retires else {}),
        }

    def fichier(self) -> tuple[bytes, str]:
        """Its file in the archive and the digest of that file; without hidden passages, the digest is its own."""
        if not self.retires:
            return self.octets(), self.empreinte
        octets = json.dumps(self.en_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        return octets, hashlib.sha256(octets).hexdigest()


def suivante(  # noqa: PLR0917
    publications: Sequence[Publication], genre: Genre, titre: str, contenu: str, motif: str, publie_le: datetime
) -> Publication:
    """Link a new publication to the chain."""
    version = 1 + sum(1 for p in publications if p.genre == genre and (genre not in PAR_TITRE or p.titre == titre))
    precedente = publications[-1].empreinte if publications else ORIGINE
    sans = Publication(len(publications) + 1, genre, version, titre, contenu, motif, publie_le, precedente, "")
    return Publication(sans.numero, genre, version, titre, contenu, motif, publie_le, precedente, sans.calculer())


def verifier_chaine(publications: Sequence[Publication]) -> list[str]:
    """What is wrong with a chain, in French; empty when nothing was changed, removed or added."""
    defauts = []
    precedente = ORIGINE
    for rang, publication in enumerate(publications, start=1):
        nom = f"Publication n° {publication.numero} (« {publication.titre} »)"
        if publication.numero != rang or publication.precedente != precedente:
            defauts.append(f"{nom} : ne suit pas celle qui la précède ; une publication manque ou a été ajoutée.")
        if not publication.retires and publication.empreinte != publication.calculer():
            defauts.append(f"{nom} : modifiée après sa publication.")
        if rang > 1 and publication.publie_le < publications[rang - 2].publie_le:
            defauts.append(f"{nom} : datée d'avant la précédente.")
        precedente = publication.empreinte
    return defauts


def preuve(publications: Sequence[Publication]) -> str:
    """The chain as JSON, to hand to anybody."""
    return json.dumps([publication.en_json() for publication in publications], ensure_ascii=False, indent=1)


def archive(publications: Sequence[Publication], documents: Mapping[str, bytes]) -> bytes:
    """The proof as a ZIP that anybody checks with `sha256sum`; `documents`: name to content of attached files."""
    fichiers = {p.nom_fichier: p.fichier() for p in publications}
    fichiers |= {f"documents/{nom}": (octets, hashlib.sha256(octets).hexdigest()) for nom, octets in documents.items()}
    sommes = "".join(f"{empreinte}  {nom}\n" for nom, (_, empreinte) in fichiers.items())
    derniere = publications[-1].empreinte if publications else ORIGINE
    contenus = {nom: octets for nom, (octets, _) in fichiers.items()} | {
        SOMMES: sommes.encode(),
        "LISEZMOI.txt": MODE_D_EMPLOI.format(sommes=SOMMES, derniere=derniere).encode(),
        "publications.json": preuve(publications).encode(),
    }
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w", zipfile.ZIP_DEFLATED) as sortie:
        for nom, octets in contenus.items():
            sortie.writestr(zipfile.ZipInfo(nom), octets, zipfile.ZIP_DEFLATED)  # a fixed date: same proof, same bytes
    return tampon.getvalue()


def lire_archive(octets: bytes) -> tuple[Publication, ...]:
    """Read back the proof of `archive`, or its JSON alone; raises `ValueError` or `KeyError` on anything else.

    In an archive each publication's own file is what counts, with the digest that the list of digests gives it.
    """
    if not octets.startswith(b"PK"):
        return lire_preuve(octets.decode())
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as entree:
            lignes = entree.read(SOMMES).decode().splitlines()
            sommes = {nom: empreinte for empreinte, nom in (ligne.split("  ", 1) for ligne in lignes)}
            for nom in entree.namelist():
                if nom.startswith("documents/") and hashlib.sha256(entree.read(nom)).hexdigest() != sommes[nom]:
                    raise ValueError(f"{nom} : modifié après sa publication.")
            noms = sorted(nom for nom in entree.namelist() if nom.startswith("publications/"))
            champs = [_lire_fichier(entree.read(nom), sommes[nom]) for nom in noms]
    except (zipfile.BadZipFile, UnicodeDecodeError) as erreur:
        raise ValueError("unreadable archive") from erreur
    return lire_preuve(json.dumps(champs))


def _lire_fichier(octets: bytes, somme: str) -> dict[str, Any]:
    """One file of the archive; its own digest is that of the publication, unless words were taken back from it."""
    champs: dict[str, Any] = json.loads(octets)
    if not champs.get("passages_retires"):
        return champs | {"empreinte": somme}
    if hashlib.sha256(octets).hexdigest() != somme:
        raise ValueError("modifié après sa publication.")
    return champs


def lire_preuve(texte: str) -> tuple[Publication, ...]:
    """Read a proof back; raises `ValueError` or `KeyError` on anything else."""
    return tuple(
        Publication(
            **{nom: valeur for nom, valeur in champs.items() if nom != "passages_retires"}
            | {"genre": Genre(champs["genre"]), "publie_le": datetime.fromisoformat(champs["publie_le"])},
            retires=champs.get("passages_retires", 0),
        )
        for champs in json.loads(texte)
    )
