"""CSV files that pages are sent: read whole, judged whole, so that every mistake is corrected in one go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from consultation.ecoute.dossiers import classeurs
from consultation.ecoute.dossiers.models import Dossier
from consultation.tirage.ecritures import cle, tranche_d_une_date
from consultation.tirage.erreurs import ErreurFichier, FichiersInvalides
from consultation.tirage.fichiers import Tableau, tableau_de

Valeurs = Mapping[str, Sequence[str]]


def lire_envoi(fichier: UploadedFile[Any]) -> Tableau:
    """The table of a file that was sent, CSV or .xlsx; raises `FichiersInvalides` when it is not one."""
    return lire_octets(Path(str(fichier.name)).name, b"".join(fichier.chunks()))


def lire_octets(nom: str, octets: bytes) -> Tableau:
    """The table that these bytes hold. Raises `FichiersInvalides` when they hold none."""
    if octets.startswith(b"PK") and nom.lower().endswith(".xlsx"):
        return tableau_de(nom, classeurs.en_csv(nom, octets))
    return tableau_de(nom, octets)


def valeurs_possibles(dossier: Dossier) -> dict[str, list[str]]:
    """Values of each criterion of the population."""
    return {c.nom: [m.nom for m in c.modalites.all()] for c in dossier.criteres.prefetch_related("modalites")}


class Lecture:
    """A table being read: columns by their names without capitals, mistakes kept until the end."""

    def __init__(self, tableau: Tableau, choix: Mapping[str, str] | None = None) -> None:
        """`choix`: for a name that is expected, the column that somebody chose on the page."""
        self.tableau = tableau
        self.colonnes = {cle(colonne): colonne for colonne in tableau.colonnes}
        self.colonnes |= {nom: colonne for nom, colonne in (choix or {}).items() if colonne in tableau.colonnes}
        self.fautes: list[ErreurFichier] = []

    def exiger(self, *noms: str) -> None:
        """Raises `FichiersInvalides`, which names the columns of `noms` that are not there."""
        absentes = [f"« {nom} »" for nom in noms if cle(nom) not in self.colonnes]
        if absentes:
            mots = "il manque la colonne" if len(absentes) == 1 else "colonnes absentes :"
            self.faute(1, None, f"{mots} {', '.join(absentes)}.")
        self.conclure()

    def lignes(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Number of each line (from 1, header included) and its values by name of column."""
        for ligne, cases in self.tableau.lignes:
            yield ligne, {nom: cases.get(colonne, "").strip() for nom, colonne in self.colonnes.items()}

    def profil(self, ligne: int, valeur: Mapping[str, str], criteres: Valeurs) -> dict[str, str]:
        """What a line says of each criterion that it has a column for, in the criterion's own spelling.

        The same to the eye is the same (tirage/ecritures.py); any other value is a mistake.
        """
        lu = {}
        for nom, possibles in criteres.items():
            dit = valeur.get(cle(nom), "")
            lu[nom] = next((une for une in possibles if cle(une) == cle(dit)), dit)
            if dit and lu[nom] not in possibles:
                avant = tranche_d_une_date(dit, possibles)
                change = (
                    f" Un tableur a changé « {avant} » en date : mettez la colonne au format Texte." if avant else ""
                )
                self.faute(ligne, nom, f"« {dit} » ; valeurs possibles : {', '.join(possibles)}.{change}")
        return lu

    def faute(self, ligne: int | None, colonne: str | None, message: str) -> None:
        """Keep a mistake; `message` ends the sentence that begins with the place."""
        self.fautes.append(ErreurFichier(self.tableau.nom, ligne, colonne, message))

    def conclure(self) -> None:
        """Raises `FichiersInvalides` with every mistake, if there was one."""
        if self.fautes:
            raise FichiersInvalides(self.fautes)
