"""What may be shown without showing who: small groups hidden, known names and numbers masked.

Two nets, because the first one is a person's eye: names are hidden by a reader before coding (lecture/), and what
leaves the town passes here once more.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from consultation.analyse import proposer
from consultation.ecoute.ateliers.models import NOM_EFFACE, Participant
from consultation.ecoute.contributions.models import Contact
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.lecture.services import PETIT
from consultation.ecoute.panels.models import Volontaire

C = TypeVar("C", bound=Hashable)
MASQUE = "[nom]"
MOT_COURT = 3  # letters: a first name such as « Léo » counts, an initial does not


def cacher_petits(comptes: Iterable[tuple[C, int]]) -> list[tuple[C, str]]:
    """Counts that make up no total as they may be read: under `PETIT` they are hidden, zero is said.

    Groups that share a total need more than that: see `consultation.analyse.petits`.
    """
    return [(quoi, f"moins de {PETIT}" if 0 < n < PETIT else str(n)) for quoi, n in comptes]


def generaliser(lignes: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Rows of traits of which no combination belongs to fewer than `PETIT` rows, or is empty.

    The last traits are emptied first, one by one, in the rows that are still too rare: put first what matters most.
    Whatever stays in a row is then shared by `PETIT` rows at least (k-anonymity over these traits).
    """
    sortie = [list(ligne) for ligne in lignes]
    largeur = len(lignes[0]) if lignes else 0
    for garde in range(largeur - 1, -1, -1):
        comptes = Counter(tuple(ligne) for ligne in sortie)
        for ligne in sortie:
            if comptes[tuple(ligne)] < PETIT:
                ligne[garde] = ""
    return [tuple(ligne) for ligne in sortie]


def _plat(texte: str) -> str:
    """Lower case without accents, one character for one, so that positions stay the same."""
    return "".join((unicodedata.normalize("NFD", c)[:1] or c).lower()[:1] or c for c in texte)


MOT = re.compile(r"\w+")
ADRESSE = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
NUMERO = re.compile(r"(?<!\d)(?:\+|00)?\d(?:[ .()-]{0,2}\d){5,}(?!\d)")
FIN_DE_PHRASE = set(".!?:;«»\n")


def _telephone(texte: str) -> str:
    """Digits only, the French prefix as a zero."""
    chiffres = re.sub(r"\D", "", texte)
    return re.sub(r"^(?:00)?330?", "0", chiffres) if len(chiffres) > 10 else chiffres


@dataclass(frozen=True)
class Connus:
    """Names, e-mails and phone numbers that the dossier holds of the people it heard."""

    noms: dict[str, set[tuple[str, ...]]]  # first word: whole names that begin so
    mots: set[str]  # words of these names
    courriels: set[str]
    telephones: set[str]

    def dans(self, texte: str, mots_seuls: bool = True) -> list[tuple[int, int]]:
        """Where they occur, whatever the case, the accents and the spaces between digits.

        A word of a name alone counts with a capital inside a sentence, or alone as a signature: « Petit souci »
        is nobody.
        """
        plat = _plat(texte)
        places = [m.span() for m in ADRESSE.finditer(plat) if m.group() in self.courriels]
        places += [m.span() for m in NUMERO.finditer(plat) if _telephone(m.group()) in self.telephones]
        mots = list(MOT.finditer(plat))
        for rang, mot in enumerate(mots):
            entiers = [n for n in self.noms.get(mot.group(), ())
                       if tuple(m.group() for m in mots[rang : rang + len(n)]) == n]  # fmt: skip
            if entiers:
                places.append((mot.start(), mots[rang + max(map(len, entiers)) - 1].end()))
            elif mots_seuls and mot.group() in self.mots and texte[mot.start()].isupper():
                avant = texte[: mot.start()].rstrip(" \u00a0\u202f")
                dedans = bool(avant) and avant[-1] not in FIN_DE_PHRASE
                suivi = texte[mot.end() :].lstrip(" \u00a0\u202f")
                if dedans or not suivi[:1].islower():
                    places.append(mot.span())
        return _reunir(places)

    def masquer(self, texte: str, mots_seuls: bool = True) -> str:
        """The text with them hidden; `mots_seuls` False where a service may bear somebody's name."""
        for debut, fin in reversed(self.dans(texte, mots_seuls)):
            texte = texte[:debut] + MASQUE + texte[fin:]
        return texte


def _reunir(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Without overlap, in order."""
    reunies: list[tuple[int, int]] = []
    for debut, fin in sorted(places):
        if reunies and debut < reunies[-1][1]:
            reunies[-1] = (reunies[-1][0], max(fin, reunies[-1][1]))
        else:
            reunies.append((debut, fin))
    return reunies


def connus(dossier: Dossier) -> Connus:
    """Of contacts left, workshop participants and panel volunteers; associations and services are no persons."""
    gens = Connus({}, set(), set(), set())
    champs = ("nom", "courriel", "telephone")
    habitants = Participant.objects.filter(atelier__dossier=dossier, qualite=Participant.Qualite.HABITANT)
    sources = (
        Contact.objects.filter(contribution__dossier=dossier).values_list(*champs),
        habitants.values_list(*champs),
        Volontaire.objects.filter(panel__dossier=dossier).values_list(*champs),
    )
    for source in sources:
        for nom, courriel, telephone in source:
            mots = tuple(MOT.findall(_plat(nom)))
            if len(mots) > 1 and nom != NOM_EFFACE:
                for ordre in (mots, mots[::-1]):
                    gens.noms.setdefault(ordre[0], set()).add(ordre)
            gens.mots.update(mot for mot in mots if len(mot) >= MOT_COURT and nom != NOM_EFFACE)
            if courriel:
                gens.courriels.add(_plat(courriel.strip()))
            if len(_telephone(telephone)) >= 6:
                gens.telephones.add(_telephone(telephone))
    return gens


def reconnaissable(texte: str, gens: Connus) -> list[str]:
    """Passages of a quote that would say who spoke: people we know, and numbers whose shape leaves no doubt."""
    passages = [texte[debut:fin] for debut, fin in gens.dans(texte)]
    passages += [p.texte for p in proposer(texte) if p.sure]
    return list(dict.fromkeys(passages))
