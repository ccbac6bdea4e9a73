"""Finding pages by the words that people type: whole words, plurals and spelling mistakes aside, nothing by chance.

A word counts when a page has it, or has a word that begins with it; never in the middle of another (« pacs » is not in
« espaces »). A word that no page has is taken for a misspelling of one that some page has as a title or key word, and
the answer says so. Everything is in memory: a town has tens of pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from guichet.demarches.orthographe import DEBUT, mot_voisin
from guichet.demarches.recherche import normaliser

MOTS_LUS = 8
"""Words of a search that are looked at."""
_VIDES = """
a ai au aux avec c ce ces cette comment d dans de des dois du elle en est et faut il ils j je l la le les leur ma me mes
mon n ne nos notre nous on ou par pas peut pour puis que quel quelle qui quoi s sa sans se ses son sont sur t ta te tes
ton tu un une veux vos votre voudrais vous y
"""
VIDES = frozenset(_VIDES.split())
"""Say nothing of what is sought."""
_FAIBLES = """
acheter aide avoir besoin changer chercher commander creer declaration declarer demande demander demarche demarches
donner enlever etablir faire formulaire imprimer info information infos inscription inscrire mairie mettre nouveau
nouvelle obtenir payer perdre perdu perdue poser prendre prix quand refaire remplir rendez renouveler renouvellement
reserver savoir signaler trouver urgent vol vole volee vouloir
"""
FAIBLES = frozenset(_FAIBLES.split())
"""Say what one does, of anything: they help to choose and never exclude."""


@dataclass(frozen=True)
class Entree:
    """A page as it is searched: its title, the phrases that people type for it, and the rest of what it says."""

    cle: str
    titre: str
    mots_cles: tuple[str, ...] = ()
    texte: str = ""


@dataclass(frozen=True)
class Trouvailles:
    """Keys of pages, the best first; misspelt words with what they were taken for; words that were set aside."""

    cles: tuple[str, ...] = ()
    corriges: tuple[tuple[str, str], ...] = ()
    ignores: tuple[str, ...] = ()


def racine(mot: str) -> str:
    """A word without the marks of its plural and of its feminine."""
    simple = mot[:-1] if len(mot) > 3 and mot[-1] in "sx" else mot
    return simple[:-1] if len(simple) > 5 and simple[-1] == "e" else simple


def _separes(ecrit: str) -> Iterator[tuple[str, str]]:
    """Words as they are written, without capitals nor apostrophe, and as they are compared."""
    for mot in re.findall(r"\w+", ecrit.lower()):
        yield mot, normaliser(mot)


def _mots(texte: str) -> list[str]:
    return [racine(mot) for mot in normaliser(texte).split()]


@dataclass(frozen=True)
class _Page:
    titre: frozenset[str]
    forts: frozenset[str]
    """Words of its title and key words."""
    tous: frozenset[str]
    phrases: frozenset[str]


class Moteur:
    """The pages of a site, made once for all searches of them."""

    def __init__(self, entrees: Iterable[Entree]) -> None:
        entrees = list(entrees)
        self._pages: dict[str, _Page] = {}
        for entree in entrees:
            forts = frozenset(m for phrase in (entree.titre, *entree.mots_cles) for m in _mots(phrase))
            phrases = frozenset(_utile(phrase) for phrase in (entree.titre, *entree.mots_cles))
            self._pages[entree.cle] = _Page(
                frozenset(_mots(entree.titre)), forts, forts | frozenset(_mots(entree.texte)), phrases
            )
        self._vocabulaire: frozenset[str] = frozenset().union(*(page.tous for page in self._pages.values()))
        self._forts: frozenset[str] = frozenset().union(*(page.forts for page in self._pages.values()))
        ecrits = (mot for entree in entrees for phrase in (entree.titre, *entree.mots_cles) for mot in phrase.split())
        # A short word is near too many others to be guessed.
        self._longs = {simple: mot for ecrit in ecrits for mot, simple in _separes(ecrit) if len(simple) > DEBUT}

    def chercher(self, recherche: str) -> Trouvailles:
        """Pages that hold every word that matters; some of them where one word alone says enough."""
        tapes = [mot for mot in normaliser(recherche).split() if mot not in VIDES][:MOTS_LUS]
        if not tapes:
            return Trouvailles()
        mots, corriges = self._comprendre(tapes)
        utiles = [mot for mot in mots if mot not in FAIBLES] or mots
        phrase = _utile(" ".join(mots))
        notes = {cle: self._note(page, utiles, mots, phrase) for cle, page in self._pages.items()}
        ignores: list[str] = []
        if not any(notes.values()) and len(utiles) > 1:
            gardes = [mot for mot in utiles if 0 < self._nombre(mot) <= 2]  # what is on many pages says too little
            ignores = [mot for mot in utiles if mot not in gardes] if gardes else []
            notes = {
                cle: max((self._note(page, [mot], mots, phrase) for mot in gardes), default=0)
                for cle, page in self._pages.items()
            }
        meilleure = max(notes.values(), default=0)
        # Where a page is about it, one that only mentions it is noise.
        retenues = [cle for cle, note in notes.items() if note and (note >= FORT or meilleure < FORT)]
        retenues.sort(key=lambda cle: -notes[cle])
        return Trouvailles(tuple(retenues), tuple(corriges), tuple(ignores))

    def _nombre(self, mot: str) -> int:
        return sum(racine(mot) in page.forts for page in self._pages.values())

    def _comprendre(self, tapes: list[str]) -> tuple[list[str], list[tuple[str, str]]]:
        """The words to look for, and those that were corrected. Words cut or joined by mistake are put right first."""
        mots: list[str] = []
        corriges: list[tuple[str, str]] = []
        for tape in self._joints(tapes, corriges):
            if self._connu(tape) or tape in FAIBLES:
                mots.append(tape)
                continue
            compris = self._coupe(tape) or ([voisin] if (voisin := mot_voisin(tape, self._longs)) else [])
            if compris:
                corriges.append((tape, " ".join(self._longs.get(mot, mot) for mot in compris)))
            mots += compris or [tape]
        return mots, corriges

    def _joints(self, tapes: list[str], corriges: list[tuple[str, str]]) -> Iterator[str]:
        """« passe port » is one word."""
        reste = list(tapes)
        while reste:
            mot = reste.pop(0)
            if reste and racine(mot + reste[0]) in self._forts and not (self._exact(mot) and self._exact(reste[0])):
                corriges.append((f"{mot} {reste[0]}", mot + reste[0]))
                mot += reste.pop(0)
            yield mot

    def _exact(self, mot: str) -> bool:
        return racine(mot) in self._forts

    def _connu(self, mot: str) -> bool:
        return racine(mot) in self._vocabulaire or (
            len(mot) >= DEBUT and any(autre.startswith(mot) for autre in self._vocabulaire)
        )

    def _coupe(self, mot: str) -> list[str]:
        """« cartegrise » is two words, « didentite » has lost its apostrophe."""
        if mot[0] in "dl" and mot[1:2] in "aeiouyh" and len(mot) > DEBUT and self._exact(mot[1:]):
            return [mot[1:]]
        for rang in range(4, len(mot) - 3):
            debut, fin = mot[:rang], mot[rang:]
            if self._exact(debut) and self._exact(fin):
                return [debut, fin]
        return []

    def _note(self, page: _Page, utiles: list[str], tous: list[str], phrase: str) -> int:
        """How well a page answers; 0 unless it has every word that matters."""
        notes = [_note_du_mot(page, mot, debut=not self._exact(mot)) for mot in utiles]
        if not notes or not all(notes):
            return 0
        moindre = FORT if min(notes) >= FORT else 1
        faibles = sum(racine(mot) in page.forts for mot in tous if mot not in utiles)
        return moindre + sum(notes) + faibles + (20 if phrase in page.phrases else 0)


FORT = 100
"""From here, each word is in the title or the key words of the page."""


def _note_du_mot(page: _Page, mot: str, *, debut: bool) -> int:
    simple = racine(mot)
    if simple in page.forts:
        return FORT + 4 + 2 * (simple in page.titre)
    if debut and len(mot) >= DEBUT and any(autre.startswith(mot) for autre in page.forts):
        return FORT
    return 2 if simple in page.tous else 0


def _utile(phrase: str) -> str:
    """A phrase without what says nothing, to be compared with another."""
    return " ".join(racine(mot) for mot in normaliser(phrase).split() if mot not in VIDES)
