"""Dry runs kept with a procedure: these answers, on that day, and the rules that must speak. No more, no less.

Checked when the procedure is read: a rule that was changed without its dry run is refused before any resident sees it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field

from guichet.demarches.champs import (
    ChampAdresse,
    ChampBase,
    ChampChoixMultiple,
    ChampDeclaration,
    ChampFichiers,
    ChampGroupe,
    ChampNombre,
)
from guichet.demarches.conditions import nombre
from guichet.demarches.constats import constats
from guichet.demarches.modele import Modele, Nom, Renvoi, Texte

if TYPE_CHECKING:
    from guichet.demarches.definition import Definition


def _en_texte(brut: Any) -> Any:
    """YAML reads 2026-09-01 as a date and 12 as a number: here it is what somebody would type."""
    if isinstance(brut, bool):
        return "oui" if brut else "non"
    return str(brut) if isinstance(brut, int | float | date) else brut


class ReponseEssai(Modele):
    """One answer of a dry run."""

    question: Annotated[Nom, Renvoi("questions")] = Field(title="Question", description="Son nom interne.")
    reponse: Annotated[Texte, BeforeValidator(_en_texte)] = Field(
        title="Réponse",
        description="Valeur du choix (plusieurs : séparées par des virgules), nombre, date AAAA-MM-JJ, oui ou non.",
    )


class EssaiDemarche(Modele):
    """One dry run. Answers to questions of a repeated group make one element of it."""

    nom: Texte = Field(title="Ce que l'essai montre", description="« Une fin avant le début se corrige ».")
    jour: date = Field(title="Comme si on était le", description="Date AAAA-MM-JJ.")
    reponses: Annotated[tuple[ReponseEssai, ...], Field(min_length=1)] = Field(title="Réponses de l'essai")
    attend: tuple[Nom, ...] = Field(
        default=(), title="Règles qui doivent parler", description="Leurs noms internes. Rien : aucune ne parle."
    )


def fautes_des_essais(definition: Definition) -> Iterator[str]:
    """Why dry runs fail, one French sentence each."""
    for essai in definition.essais:
        dit = f"l'essai « {essai.nom} »"
        if inconnues := [r.question for r in essai.reponses if _question(definition, r.question) is None]:
            yield f"{dit} répond à « {inconnues[0]} », qui n'est pas une question"
            continue
        titres = {regle.code: regle.titre for regle in definition.regles()}
        if inconnues := [code for code in essai.attend if code not in titres]:
            yield f"{dit} attend la règle « {inconnues[0]} », qui n'existe pas"
            continue
        parlent = {constat.regle.code for constat in constats(definition, reponses_de(definition, essai), essai.jour)}
        if muettes := [titres[code] for code in essai.attend if code not in parlent]:
            yield f"{dit} attend « {muettes[0]} », et cette règle ne parle pas"
        if bavardes := [titre for code, titre in titres.items() if code in parlent and code not in essai.attend]:
            yield f"{dit} n'attend pas « {bavardes[0]} », et cette règle parle"


def reponses_de(definition: Definition, essai: EssaiDemarche) -> dict[str, Any]:
    """The answers of a dry run as a draft would hold them."""
    donnees: dict[str, Any] = {}
    for dite in essai.reponses:
        champ = _question(definition, dite.question)
        if champ is None:
            continue
        groupe = next((g for g in definition.champs() if isinstance(g, ChampGroupe) and champ in g.champs), None)
        porteur = donnees if groupe is None else donnees.setdefault(groupe.nom, [{}])[0]
        porteur[champ.nom] = _lire(champ, dite.reponse)
    return donnees


def _question(definition: Definition, nom: str) -> ChampBase | None:
    return next((champ for champ in definition.tous_les_champs() if champ.nom == nom), None)


def _lire(champ: ChampBase, texte: str) -> Any:  # noqa: PLR0911 - a table
    if isinstance(champ, ChampNombre):
        lu = nombre(texte)
        return texte if lu is None else str(lu) if champ.decimales else int(lu)
    if isinstance(champ, ChampChoixMultiple):
        return [valeur for brute in texte.split(",") if (valeur := brute.strip())]
    if isinstance(champ, ChampDeclaration):
        return texte.lower() in {"oui", "true", "1"}
    if isinstance(champ, ChampAdresse):
        return {"adresse": texte, "precision": ""}
    if isinstance(champ, ChampFichiers):
        return int(nombre(texte) or 0)
    if isinstance(champ, ChampGroupe):
        return [{}] * int(nombre(texte) or 0)
    return texte
