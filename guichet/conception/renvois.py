"""What names an element of the definition: the file holds its code, the screen its words, and nobody types either.

``lisibles`` puts words in place of codes before a form is shown, ``resoudre`` gives the codes back to what was chosen.
An element whose words are another's is told apart by its code, between brackets.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, get_args

from guichet.demarches.conditions import COMPARAISONS, REUNIONS
from guichet.demarches.definition_workflow import TOUTES
from guichet.demarches.modele import Modele, Renvoi
from guichet.demarches.recherche import normaliser

Cles = dict[str, Any]
Chemin = tuple[int | str, ...]
TOUS_LES_STATUTS = "Tous les statuts qui ne sont pas terminés"
_VALEURS = ("egal", "different", "parmi", "contient")
# Where the elements of each list are, their words, and one of them in a sentence.
LISTES = {
    "statuts": ("code", "libelle", "de statut"),
    "transitions": ("code", "libelle", "d'action"),
    "modeles": ("code", "titre", "de modèle de réponse"),
    "questions": ("nom", "libelle", "de question"),
}


@dataclass
class Noms:
    """Codes and words of the elements of one list; ``ailleurs`` are those that other definitions bring."""

    paires: list[tuple[str, str]]
    ailleurs: Mapping[str, str] = field(default_factory=dict)

    def mots(self, code: str) -> str:
        """The words of a code, told apart where they are not its own; the code where there are none."""
        siens = next((mots for autre, mots in self.toutes if autre == code), "")
        if not siens:
            return code
        autres = [autre for autre in self.toutes if autre[0] != code]
        est_seul = all(siens not in autre and normaliser(siens) != normaliser(autre[1]) for autre in autres)
        return siens if est_seul else f"{siens} ({code})"

    def code(self, mots: str) -> str | None:
        """The code of these words; None where nothing, or more than one thing, has them."""
        codes = {code for code, _ in self.toutes}
        if mots in codes:
            return mots
        for pareil in (lambda a: a == mots, lambda a: normaliser(a) == normaliser(mots) != ""):
            if trouves := [code for code, siens in self.toutes if pareil(siens)]:
                return trouves[0] if len(trouves) == 1 else None
        return next((code for code in codes if mots.endswith(f"({code})")), None)

    @property
    def toutes(self) -> list[tuple[str, str]]:
        """Those of the definition, then those that come from elsewhere and bear another code."""
        siennes = {code for code, _ in self.paires}
        return [*self.paires, *((code, mots) for code, mots in self.ailleurs.items() if code not in siennes)]


Fautes = list[tuple[Chemin, str]]


def noms_de(brut: Cles, ailleurs: Mapping[str, Mapping[str, str]] | None = None) -> dict[str, Noms]:
    """The elements of each list of a definition that may be incomplete."""
    champs = [c for etape in liste_de(brut, "etapes") for c in liste_de(etape, "champs")]
    champs += [partie for champ in champs for partie in liste_de(champ, "champs")]
    listes = {"questions": champs, **{nom: liste_de(brut, nom) for nom in ("statuts", "transitions", "modeles")}}
    return {
        nom: Noms(
            [(e.get(LISTES[nom][0]) or "", e.get(LISTES[nom][1]) or "") for e in elements if e.get(LISTES[nom][0])],
            (ailleurs or {}).get(nom, {}),
        )
        for nom, elements in listes.items()
    }


def lisibles(modele: type[Modele], brut: Cles, ailleurs: Mapping[str, Mapping[str, str]] | None = None) -> Cles:
    """A copy of the definition with words in place of codes."""
    lu = copy.deepcopy(brut)
    noms, options = noms_de(lu, ailleurs), _options(lu)
    for porteur, cle, liste, _ in list(_places(modele, lu, ())):
        porteur[cle] = _chacun(porteur[cle], _en_mots(noms[liste]))
    for condition, _ in list(_conditions(lu, ())):
        siennes = options.get(condition["champ"], Noms([]))
        for cle in _VALEURS:
            if cle in condition:
                condition[cle] = _chacun(condition[cle], _en_mots(siennes))
        for porteur, cle in _questions(condition):
            porteur[cle] = noms["questions"].mots(porteur[cle])
    return lu


def resoudre(
    modele: type[Modele], brut: Cles, avant: Cles, ailleurs: Mapping[str, Mapping[str, str]] | None = None
) -> Fautes:
    """Give their codes back to what was chosen, in place.

    ``avant`` is the definition as it was shown: what was given other words since is still known by those it had.
    Returns the place and the sentence of each choice that nothing answers to; it stays as it was typed.
    """
    noms, anciens, options = noms_de(brut, ailleurs), noms_de(avant, ailleurs), _options(brut)
    fautes: Fautes = []

    def code_de(liste: str, mots: str, chemin: Chemin) -> str:
        code = noms[liste].code(mots)
        if code is None and (ancien := anciens[liste].code(mots)) in {c for c, _ in noms[liste].paires}:
            code = ancien
        if code is None:
            fautes.append((chemin, _inconnu(liste, mots, noms[liste])))
        return code or mots

    def lu(liste: str, chemin: Chemin, mots: str, rang: tuple[int, ...]) -> str:
        return TOUTES if mots in (TOUTES, TOUS_LES_STATUTS) else code_de(liste, mots, (*chemin, *rang))

    for porteur, cle, liste, chemin in list(_places(modele, brut, ())):
        porteur[cle] = _chacun(porteur[cle], partial(lu, liste, chemin))
        if isinstance(porteur[cle], list) and TOUTES in porteur[cle]:
            porteur[cle] = TOUTES
    for condition, chemin in list(_conditions(brut, ())):
        for porteur, cle in _questions(condition):
            porteur[cle] = code_de("questions", porteur[cle], chemin)
        siennes = options.get(condition["champ"], Noms([]))
        for cle in _VALEURS:
            if cle in condition:
                condition[cle] = _chacun(condition[cle], _en_code(siennes))
    return fautes


def _en_mots(noms: Noms) -> Callable[[str, tuple[int, ...]], str]:
    return lambda code, _rang: TOUS_LES_STATUTS if code == TOUTES else noms.mots(code)


def _en_code(noms: Noms) -> Callable[[str, tuple[int, ...]], str]:
    return lambda mots, _rang: noms.code(mots) or mots


def _inconnu(liste: str, valeur: str, noms: Noms) -> str:
    possibles = ", ".join(f"« {mots or code} »" for code, mots in noms.toutes)
    quoi = LISTES[liste][2]
    if sum(normaliser(mots) == normaliser(valeur) for _, mots in noms.toutes) > 1:
        return f"Plusieurs portent le nom « {valeur} » : donnez-leur des noms différents, puis choisissez."
    return f"Il n'y a pas {quoi} « {valeur} ». " + (
        f"Choisissez parmi : {possibles}." if possibles else "Ajoutez-le d'abord."
    )


def _options(brut: Cles) -> dict[str, Noms]:
    """The choices of each question, by the question's code."""
    champs = [c for etape in liste_de(brut, "etapes") for c in liste_de(etape, "champs")]
    champs += [partie for champ in champs for partie in liste_de(champ, "champs")]
    return {
        champ["nom"]: Noms([(o["valeur"], o.get("libelle", "")) for o in liste_de(champ, "options") if o.get("valeur")])
        for champ in champs
        if champ.get("nom")
    }


def liste_de(porteur: Any, cle: str) -> list[Cles]:
    """The groups of a list that may be missing, or something else, in a draft."""
    valeur = porteur.get(cle) if isinstance(porteur, Mapping) else None
    return [element for element in valeur if isinstance(element, dict)] if isinstance(valeur, list | tuple) else []


def _chacun(valeur: Any, traduire: Callable[[str, tuple[int, ...]], str]) -> Any:
    """Each text of a value that is one, or a list of them; ``traduire`` also takes its rank."""
    if isinstance(valeur, list | tuple):
        return [traduire(v, (rang,)) if isinstance(v, str) and v else v for rang, v in enumerate(valeur)]
    return traduire(valeur, ()) if isinstance(valeur, str) and valeur else valeur


def _places(modele: type[Modele], brut: Any, chemin: Chemin) -> Iterator[tuple[Cles, str, str, Chemin]]:
    """Each key marked as naming elements: who holds it, the list that it names, where it is."""
    if not isinstance(brut, dict):
        return
    for nom, info in modele.model_fields.items():
        valeur = brut.get(nom)
        if renvoi := next((m for m in info.metadata if isinstance(m, Renvoi)), None):
            if valeur:
                yield brut, nom, renvoi.liste, (*chemin, nom)
        elif isinstance(valeur, dict | list | tuple):
            for classe in _classes(info.annotation):
                for rang, element in enumerate(valeur) if isinstance(valeur, list | tuple) else [(None, valeur)]:
                    yield from _places(classe, element, (*chemin, nom) if rang is None else (*chemin, nom, rang))


def _classes(annotation: Any) -> Iterator[type[Modele]]:
    if isinstance(annotation, type) and issubclass(annotation, Modele):
        yield annotation
    for argument in get_args(annotation):
        yield from _classes(argument)


def _conditions(brut: Any, chemin: Chemin) -> Iterator[tuple[Cles, Chemin]]:
    """Each comparison, wherever it is, and the place of the whole condition that holds it."""
    if isinstance(brut, dict):
        if isinstance(brut.get("champ"), str) and any(cle in brut for cle in COMPARAISONS):
            yield brut, chemin
        for cle, valeur in brut.items():
            yield from _conditions(valeur, chemin if cle in REUNIONS else (*chemin, cle))
    elif isinstance(brut, list | tuple):
        dans_une_reunion = chemin and all(isinstance(e, dict) and _est_une_condition(e) for e in brut)
        for rang, element in enumerate(brut):
            yield from _conditions(element, chemin if dans_une_reunion else (*chemin, rang))


def _questions(condition: Cles) -> Iterator[tuple[Cles, str]]:
    """Where a comparison names a question: its own, a part of it, those that it is compared with."""
    yield condition, "champ"
    for porteur in (condition, *(v for v in condition.values() if isinstance(v, dict))):
        for cle in ("champ", "partie"):
            if isinstance(porteur.get(cle), str) and (porteur is not condition or cle != "champ"):
                yield porteur, cle


def _est_une_condition(brut: Cles) -> bool:
    return set(brut) <= {"champ", "mesure", "partie", *COMPARAISONS, *REUNIONS}
