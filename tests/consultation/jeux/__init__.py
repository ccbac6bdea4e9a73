"""Invented French opinions, marked by hand, that measure the proposals of pseudonymes.py."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

MARQUE = re.compile(r"\[\[([^|\]]+)\|([^\]]+)\]\]")


@dataclass(frozen=True)
class Avis:
    """A text without its marks, and the passages [debut, fin) that may name somebody, with their kind."""

    texte: str
    passages: tuple[tuple[int, int, str], ...]


def lire(nom: str) -> list[Avis]:
    """Read a set: « reglage » (used to set the patterns) or « controle » (not looked at meanwhile)."""
    lignes = Path(__file__).with_name(f"{nom}.txt").read_text(encoding="utf-8").splitlines()
    return [_avis(ligne) for ligne in lignes if ligne and not ligne.startswith("#")]


def _avis(ligne: str) -> Avis:
    texte, passages, position = "", [], 0
    for marque in MARQUE.finditer(ligne):
        texte += ligne[position : marque.start()]
        passages.append((len(texte), len(texte) + len(marque[2]), marque[1]))
        texte += marque[2]
        position = marque.end()
    return Avis(texte + ligne[position:], tuple(passages))


@dataclass
class Mesure:
    """Passages to find, found among the proposals, found among those ticked beforehand; proposals for nothing."""

    attendus: int = 0
    proposes: int = 0
    coches: int = 0
    inutiles: int = 0
    propositions: int = 0
    manques: tuple[str, ...] = ()

    @property
    def rappel(self) -> float:
        """Share of the passages that are proposed."""
        return self.proposes / self.attendus

    @property
    def precision(self) -> float:
        """Share of the proposals that touch a passage."""
        return 1 - self.inutiles / self.propositions


def mesurer(avis: list[Avis]) -> Mesure:
    """Compare what `proposer` says with the marks; a passage is found when every letter of it is covered."""
    from consultation.analyse import proposer

    mesure = Mesure()
    for un in avis:
        propositions = proposer(un.texte)
        couverts = {i for p in propositions for i in range(p.debut, p.fin)}
        surs = {i for p in propositions if p.sure for i in range(p.debut, p.fin)}
        vrais = {i for debut, fin, _ in un.passages for i in range(debut, fin)}
        for debut, fin, _ in un.passages:
            lettres = {i for i in range(debut, fin) if un.texte[i].isalnum()} - _titre(un.texte, debut, fin)
            mesure.attendus += 1
            mesure.proposes += lettres <= couverts
            mesure.coches += lettres <= surs
            if not lettres <= couverts:
                mesure.manques += (un.texte[debut:fin],)
        mesure.propositions += len(propositions)
        mesure.inutiles += sum(1 for p in propositions if not vrais & set(range(p.debut, p.fin)))
    return mesure


def _titre(texte: str, debut: int, fin: int) -> set[int]:
    """« Madame » at the head of a passage names nobody: it may stay."""
    trouve = re.match(r"(?:M\.|Mme|Madame|Monsieur|Mademoiselle)(?: et (?:Mme|Madame))? ", texte[debut:fin])
    return set(range(debut, debut + trouve.end())) if trouve else set()
