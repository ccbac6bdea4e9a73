"""Plausible answers to any procedure's questions: whatever the town writes, its form is filled as a person would."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from guichet.demarches.champs import (
    ChampAdresse,
    ChampBase,
    ChampChoix,
    ChampChoixMultiple,
    ChampContact,
    ChampCourriel,
    ChampDate,
    ChampDeclaration,
    ChampFichiers,
    ChampGroupe,
    ChampNom,
    ChampNombre,
    ChampTexte,
    ChampTexteLong,
)
from guichet.demarches.definition import Definition
from guichet.demarches.recherche import normaliser

from . import listes
from .reperes import identifiant

_LETTRES = "ABCDEFGHJKLMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Personne:
    prenom: str
    nom: str
    courriel: str
    telephone: str
    adresse: str
    compte: str
    """Primary key of the account, empty without one."""

    @property
    def entier(self) -> str:
        return f"{self.prenom} {self.nom}"


class Repondant:
    """Fills the form of one procedure. Conditions are obeyed: what is not asked is not answered."""

    def __init__(self, definition: Definition) -> None:
        self._etapes = definition.etapes

    def remplir(self, hasard: Random, personne: Personne, jour: date) -> dict[str, Any]:
        donnees: dict[str, Any] = {}
        for etape in self._etapes:
            if etape.si is None or etape.si.vraie(donnees):
                donnees |= _reponses(etape.champs, donnees, hasard, personne, jour)
        return donnees


def _reponses(
    champs: Sequence[Any], autour: dict[str, Any], hasard: Random, personne: Personne, jour: date
) -> dict[str, Any]:
    """Answers to these questions, given what was answered around them."""
    dites: dict[str, Any] = {}
    for champ in champs:
        if champ.si is not None and not champ.si.vraie({**autour, **dites}):
            continue
        if not champ.obligatoire and hasard.random() < 0.4:
            continue
        if isinstance(champ, ChampGroupe):
            combien = max(champ.minimum, 1) + (hasard.random() < 0.3) + (hasard.random() < 0.08)
            dites[champ.nom] = [
                _reponses(champ.champs, {**autour, **dites}, hasard, personne, jour)
                for _ in range(min(combien, champ.maximum))
            ]
            continue
        valeur = repondre(champ, hasard, personne, jour)
        if valeur or isinstance(champ, ChampNombre):
            dites[champ.nom] = valeur
    return dites


def repondre(champ: ChampBase, hasard: Random, personne: Personne, jour: date) -> Any:
    """One answer, of the form that this kind of field stores."""
    facon = next((facon for genre, facon in _FACONS.items() if isinstance(champ, genre)), None)
    return facon(champ, hasard, personne, jour) if facon else ""


def _contact(champ: ChampContact, hasard: Random, personne: Personne) -> str:
    if not champ.est_du_demandeur:
        if isinstance(champ, ChampNom):
            return f"{hasard.choice(listes.PRENOMS)} {personne.nom}"
        return "" if isinstance(champ, ChampCourriel) else _telephone(hasard)
    if isinstance(champ, ChampNom):
        return personne.entier
    return personne.courriel if isinstance(champ, ChampCourriel) else personne.telephone


def _option(champ: ChampChoix, hasard: Random) -> str:
    """First options are the usual ones: each is chosen a little less than the one before."""
    rang = min(int(hasard.expovariate(0.9)), len(champ.options) - 1)
    return champ.options[rang].valeur


def _date(champ: ChampDate, hasard: Random, jour: date) -> date:
    if champ.periode == "future":
        voulue = jour + timedelta(days=hasard.randint(7, 120))
    elif champ.periode == "passee":
        voulue = jour - timedelta(days=int(hasard.triangular(400, 26_000, 3_000)))
    else:
        voulue = jour + timedelta(days=hasard.randint(-40, 60))
    voulue = max(voulue, champ.minimum) if champ.minimum else voulue
    return min(voulue, champ.maximum) if champ.maximum else voulue


def _nombre(champ: ChampNombre, hasard: Random) -> Any:
    bas = champ.minimum if champ.minimum is not None else 1
    haut = champ.maximum if champ.maximum is not None else bas + 10
    valeur = bas + (haut - bas) * min(hasard.expovariate(8), 1)
    return f"{valeur:.{champ.decimales}f}" if champ.decimales else round(valeur)


def _telephone(hasard: Random) -> str:
    # Numbers kept for fiction (ARCEP): nobody is called.
    return f"06 39 98 {hasard.randint(0, 99):02d} {hasard.randint(0, 99):02d}"


def _plaque(hasard: Random) -> str:
    lettres = [hasard.choice(_LETTRES) for _ in range(4)]
    return f"{lettres[0]}{lettres[1]}-{hasard.randint(1, 999):03d}-{lettres[2]}{lettres[3]}"


def _siret(hasard: Random) -> str:
    """Fourteen digits whose last one is the check digit (Luhn), as of every real number."""
    chiffres = [hasard.randint(0, 9) for _ in range(13)]
    doubles = (sum(divmod(2 * c, 10)) if rang % 2 == 0 else c for rang, c in enumerate(chiffres))
    return "".join(map(str, chiffres)) + str(-sum(doubles) % 10)


_FORMATS: dict[str, Callable[[Random], str]] = {
    "code_postal": lambda _: "99000",
    "siret": _siret,
    "rna": lambda hasard: f"W99{hasard.randint(0, 9_999_999):07d}",
    "immatriculation": _plaque,
    "iban": lambda _: "FR7630006000011234567890189",
}
_MOTS = ("Admiville", "Les amis du quartier", "de 8 h à 18 h", "Compagnie des Lilas")


def _texte(champ: ChampTexte, hasard: Random, personne: Personne) -> str:
    if champ.format:
        return _FORMATS[champ.format](hasard)
    if "prenom" in champ.nom:
        return hasard.choice(listes.PRENOMS)
    if "parent" in champ.nom:
        return f"{hasard.choice(listes.PRENOMS)} {personne.nom}"
    return personne.nom if champ.nom.endswith("nom") else hasard.choice(_MOTS)[: champ.longueur_max]


def _plusieurs(champ: ChampChoixMultiple, hasard: Random) -> list[str]:
    combien = min(max(champ.minimum, 1) + (hasard.random() < 0.4), champ.maximum or len(champ.options))
    choisies = set(hasard.sample([o.valeur for o in champ.options], min(combien, len(champ.options))))
    return [o.valeur for o in champ.options if o.valeur in choisies]


# The kind of field, and how it is answered; a subclass comes before its parent.
_FACONS: dict[type[ChampBase], Callable[[Any, Random, Personne, date], Any]] = {
    ChampContact: lambda champ, hasard, personne, _: _contact(champ, hasard, personne),
    ChampChoix: lambda champ, hasard, _, __: _option(champ, hasard),
    ChampChoixMultiple: lambda champ, hasard, _, __: _plusieurs(champ, hasard),
    ChampAdresse: lambda _, hasard, personne, __: {
        "adresse": personne.adresse,
        "precision": hasard.choice(listes.LIEUX),
    },
    ChampDate: lambda champ, hasard, _, jour: _date(champ, hasard, jour).isoformat(),
    ChampNombre: lambda champ, hasard, _, __: _nombre(champ, hasard),
    ChampDeclaration: lambda *_: True,
    ChampFichiers: lambda *_: 1,
    ChampTexteLong: lambda champ, hasard, _, __: hasard.choice(listes.DESCRIPTIONS)[: champ.longueur_max],
    ChampTexte: lambda champ, hasard, personne, _: _texte(champ, hasard, personne),
}


def personnes(hasard: Random, nombre: int) -> list[Personne]:
    """People of the town who ask for something in the year; one in three has an account."""
    trouvees = []
    for rang in range(nombre):
        prenom, nom = hasard.choice(listes.PRENOMS), hasard.choice(listes.NOMS)
        boite = f"{normaliser(prenom)}.{normaliser(nom)}.{rang}".replace(" ", "-")
        adresse = f"{hasard.randint(1, 180)} {hasard.choice(listes.VOIES)}"
        trouvees.append(
            Personne(
                prenom,
                nom,
                f"{boite}@exemple.invalid" if hasard.random() < 0.8 else "",
                _telephone(hasard) if hasard.random() < 0.7 else "",
                adresse,
                str(identifiant(hasard)) if hasard.random() < 0.35 else "",
            )
        )
    return trouvees
