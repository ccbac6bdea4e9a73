"""One name, many ways to write it: what a person gives, found in lists and in texts whatever the keyboard.

Folded before comparing: case, accents composed or not, ligatures, the kinds of apostrophe, of hyphen and of space; a
phone number with or without the prefix of its country. Places in the folded text lead back to the text itself.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

CACHE = "[effacé]"
COURT = 4  # letters: below, a word would be found everywhere
MOTS_MAX = 6  # words of a name that are tried in every order of rotation
LIGATURES = {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i"}
ENTRE = r"[\W_]{0,4}"  # between two words of a name: space, hyphen, apostrophe, of any kind, or nothing
# France and its overseas territories: « +262 692 12 34 56 » is dialled 0692 12 34 56.
INDICATIFS = ("33", "262", "590", "594", "596", "508", "687", "689", "681")
_INDICATIF = re.compile(rf"^(?:00)?(?:{'|'.join(INDICATIFS)})0?(?=\d{{9}}$)")


def plier(texte: str) -> str:
    """As compared: without case, accents, ligatures."""
    return _plier(texte)[0]


def _plier(texte: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters its place in `texte`."""
    plat: list[str] = []
    places: list[int] = []
    for place, lettre in enumerate(texte):
        for nue in unicodedata.normalize("NFKD", LIGATURES.get(lettre.lower(), lettre)):
            if not unicodedata.combining(nue):
                plat.append(nue.lower()[:1] or nue)
                places.append(place)
    return "".join(plat), places


def mots(nom: str) -> list[str]:
    """Words of a name, folded, cut at whatever is not a letter or a digit."""
    return re.findall(r"[^\W_]+", plier(nom))


def colle(nom: str) -> str:
    """Words of a name, in order and stuck together: « Jean-Pierre d’Almeida » is « D Almeida Jean Pierre »."""
    return "".join(sorted(mots(nom)))


def chiffres(texte: str) -> str:
    """« +33 6 12 34 56 78 », « 0033 (0)6 12… » and « 06.12.34.56.78 » are one number."""
    nus = re.sub(r"\D", "", texte)
    return _INDICATIF.sub("0", nus)


@dataclass(frozen=True)
class Recherche:
    """What a person gave: an e-mail, a phone, a name in any order, the code of a paper form or of a draw."""

    mot: str

    @property
    def numero(self) -> str:
        """Its digits when it is a phone number."""
        nus = chiffres(self.mot)
        return nus if len(nus) >= 9 and not re.search(r"[^\W\d_]", self.mot) else ""

    @property
    def courriel(self) -> bool:
        """Whether it is an e-mail."""
        return "@" in self.mot

    @property
    def mots(self) -> list[str]:
        """Its words, folded."""
        return mots(self.mot)

    def est(self, nom: str, courriel: str, telephone: str) -> bool:
        """Whether these are the person's."""
        if self.courriel:
            return plier(courriel.strip()) == plier(self.mot)
        if self.numero:
            return chiffres(telephone) == self.numero
        return bool(nom) and sorted(mots(nom)) == sorted(self.mots)

    def ressemble(self, nom: str) -> bool:
        """Whether a name may be theirs, written otherwise or in part: for a person to look at, never decided here."""
        if self.courriel or self.numero or not nom:
            return False
        siens, autres = set(self.mots), set(mots(nom))
        communs = {mot for mot in siens & autres if len(mot) >= COURT - 1}
        return colle(nom) == colle(self.mot) or (bool(communs) and (siens <= autres or autres <= siens))

    def est_code(self, code: str) -> bool:
        """Whether this is the code they hold."""
        return bool(code) and plier(code) == plier(self.mot)

    @cached_property
    def motif(self) -> re.Pattern[str] | None:
        """To find them inside a folded text; None when the word is too short to mean anything."""
        if len(self.mot) < COURT:
            return None
        if self.numero:
            reste = r"[\s.\-/()]*".join(self.numero[1:] if self.numero.startswith("0") else self.numero)
            prefixe = rf"(?:(?:\+|00)\s?(?:{'|'.join(INDICATIFS)})[\s.\-]*(?:\(0\))?|0)?"
            return re.compile(rf"(?<![\d+]){prefixe}[\s.\-]*{reste}(?!\d)")
        if self.courriel:
            return re.compile(rf"(?<![\w.+-]){re.escape(plier(self.mot))}(?![\w-])")
        if not self.mots:
            return None
        return re.compile(rf"(?<!\w){ENTRE.join(map(re.escape, self.mots))}(?!\w)")

    def places(self, texte: str) -> list[tuple[int, int]]:
        """Where a text names them."""
        motif = self.motif
        if motif is None:
            return []
        plat, places = _plier(texte)
        trouves = []
        for trouve in motif.finditer(plat):
            debut, fin = places[trouve.start()], places[trouve.end() - 1] + 1
            while fin < len(texte) and unicodedata.combining(texte[fin]):  # the accents of the last letter go with it
                fin += 1
            trouves.append((debut, fin))
        return trouves

    def cite(self, texte: str) -> bool:
        """Whether a text names them."""
        motif = self.motif
        return motif is not None and motif.search(plier(texte)) is not None

    def cacher(self, texte: str) -> str:
        """The text without them."""
        return effacer_places(texte, self.places(texte))

    def autour(self, texte: str) -> str:
        """The passage that names them."""
        trouves = self.places(texte)
        if not trouves:
            return ""
        debut, fin = trouves[0]
        return f"…{texte[max(0, debut - 60) : fin + 60]}…"


def effacer_places(texte: str, places: list[tuple[int, int]]) -> str:
    """The text without these passages, which may overlap."""
    unies: list[tuple[int, int]] = []
    for debut, fin in sorted(places):
        if unies and debut < unies[-1][1]:
            unies[-1] = (unies[-1][0], max(fin, unies[-1][1]))
        else:
            unies.append((debut, fin))
    for debut, fin in reversed(unies):
        texte = texte[:debut] + CACHE + texte[fin:]
    return texte


def rotations(nom: str) -> list[str]:
    """A name in the orders in which people write it: « Léa Valjean », « Valjean Léa », « d'Almeida Jean-Pierre »."""
    siens = mots(nom)[:MOTS_MAX]
    return [" ".join(siens[n:] + siens[:n]) for n in range(len(siens))] if len(siens) > 1 else [nom]


@dataclass(frozen=True)
class Marques:
    """All that designates one person, as their records say it."""

    noms: frozenset[str]
    courriels: frozenset[str]
    telephones: frozenset[str]

    @cached_property
    def recherches(self) -> list[Recherche]:
        """In anybody's words: whole names in any order, addresses, numbers."""
        entiers = [ordre for nom in self.noms for ordre in rotations(nom)]
        return [Recherche(mot) for mot in dict.fromkeys([*entiers, *self.courriels, *self.telephones])]

    @cached_property
    def dans_ses_mots(self) -> list[Recherche]:
        """In the person's own words: each word of their names as well."""
        seuls = [mot for nom in self.noms for mot in mots(nom) if len(mot) >= COURT]
        return [*self.recherches, *map(Recherche, dict.fromkeys(seuls))]

    def places(self, texte: str, *, siens: bool = False) -> list[tuple[int, int]]:
        """Where a text designates them; `siens`: it is their own."""
        return [p for r in (self.dans_ses_mots if siens else self.recherches) for p in r.places(texte)]

    def cacher(self, texte: str, *, siens: bool = False) -> str:
        """The text without them."""
        return effacer_places(texte, self.places(texte, siens=siens))
