"""What the draw refuses, in plain French: the text of each error is meant for the project team."""

from __future__ import annotations

from dataclasses import dataclass


class TirageErreur(Exception):
    """Base of every refusal; `str()` is a French sentence that says what to do."""


class TirageAnnule(TirageErreur):
    """Raised by a progress callback to stop; nothing has been drawn."""

    def __init__(self) -> None:
        super().__init__("Tirage arrêté à votre demande : personne n'a été tiré.")


class DemandeImpossible(TirageErreur):
    """An argument that makes no sense (size of the panel, number drawn…)."""


@dataclass(frozen=True)
class ErreurFichier:
    """One mistake in a file; `ligne` counts from 1, the header included, as a spreadsheet does."""

    fichier: str
    ligne: int | None
    colonne: str | None
    message: str

    def __str__(self) -> str:
        lieu = [self.fichier]
        if self.ligne is not None:
            lieu.append(f"ligne {self.ligne}")
        if self.colonne is not None:
            lieu.append(f"colonne « {self.colonne} »")
        return f"{', '.join(lieu)} : {self.message}"


class FichiersInvalides(TirageErreur):
    """All the mistakes found, so that they are corrected in one go."""

    MONTREES = 20

    def __init__(self, erreurs: list[ErreurFichier]) -> None:
        self.erreurs = erreurs
        nombre = len(erreurs)
        titre = "1 erreur à corriger" if nombre == 1 else f"{nombre} erreurs à corriger"
        lignes = [f"- {erreur}" for erreur in erreurs[: self.MONTREES]]
        if nombre > self.MONTREES:
            lignes.append(f"- … et {nombre - self.MONTREES} autres du même ordre.")
        super().__init__(f"{titre} avant de tirer :\n" + "\n".join(lignes))


@dataclass(frozen=True)
class Assouplissement:
    """One quota to move, in persons, so that a panel becomes possible."""

    critere: str
    valeur: str
    borne: str  # "minimum" or "maximum"
    avant: int
    apres: int
    dans_les_marges: bool

    def __str__(self) -> str:
        reserve = "" if self.dans_les_marges else " (au-delà de la marge que vous aviez prévue)"
        quota = f"« {self.critere} : {self.valeur} »"
        return f"{quota} : passer le {self.borne} de {self.avant} à {self.apres}{reserve}"


class QuotasImpossibles(TirageErreur):
    """No panel meets all quotas: nothing is drawn, the smallest relaxation is proposed."""

    def __init__(self, raisons: list[str], assouplissements: list[Assouplissement]) -> None:
        self.raisons = raisons
        self.assouplissements = assouplissements
        lignes = ["Aucun panel ne respecte tous les quotas : personne n'a été tiré."]
        lignes += [f"- {raison}" for raison in raisons]
        if assouplissements:
            lignes.append("Le plus petit changement qui rend le tirage possible :")
            lignes += [f"- {un}" for un in assouplissements]
            lignes.append("Décidez, corrigez le fichier des quotas, puis relancez le tirage.")
        else:
            lignes.append("Changer les quotas n'y suffit pas : il faut d'autres volontaires ou un panel plus petit.")
        super().__init__("\n".join(lignes))
