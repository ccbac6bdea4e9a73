"""What the answers say together. A group of fewer than five is never shown, nor what would let it be computed."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from consultation.ecoute.satisfaction.forms import QUESTIONS, Question
from consultation.ecoute.satisfaction.models import Demarche, Intention, Reponse, Source
from socle.tableaux import RedacteurCsv
from socle.typographie import dates

PETIT = 5  # answers; the town's choice, not a law
NOTES = {Intention.GOOD: 10, Intention.MEDIUM: 5, Intention.BAD: 0}  # the State's scale for `satisfaction`
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Part:
    """One answer: how many, and which share of those who answered the question (0 to 1)."""

    nom: str
    nombre: int
    part: float


@dataclass(frozen=True)
class Reponses:
    """A closed question: who answered, and what; no part when fewer than five did."""

    question: Question
    total: int
    parts: list[Part]


@dataclass(frozen=True)
class Barre:
    """A piece of a bar, written as SVG reads numbers: rank of the answer, where it starts, how wide."""

    rang: int
    x: str
    largeur: str


@dataclass(frozen=True)
class Groupe:
    """A month or a source: answers, and parts of `satisfaction`; None: too few to be shown."""

    nom: str
    total: int
    parts: list[Part] | None

    @property
    def bien(self) -> float | None:
        """Share of « bien »."""
        return self.parts[0].part if self.parts else None

    @property
    def barres(self) -> list[Barre]:
        """The parts side by side, 100 wide."""
        depart, barres = 0.0, []
        for rang, part in enumerate(self.parts or []):
            barres.append(Barre(rang, f"{depart:.2f}", f"{100 * part.part:.2f}"))
            depart += 100 * part.part
        return barres


@dataclass(frozen=True)
class Resultats:
    """All that the page shows of one procedure over a period."""

    total: int
    questions: list[Reponses]
    mois: list[Groupe]
    sources: list[Groupe]
    note: float | None

    @property
    def lisible(self) -> bool:
        """Whether enough people answered for anything to be shown."""
        return self.total >= PETIT

    @property
    def satisfaction(self) -> Reponses:
        """The first question."""
        return self.questions[0]


def a_cacher(comptes: Mapping[K, int]) -> set[K]:
    """Groups to hide: the small ones, and enough others for no small one to be what is left of the total."""
    rangs = sorted((n, i, cle) for i, (cle, n) in enumerate(comptes.items()) if n)
    cachees: set[K] = set()
    somme = 0
    for n, _, cle in rangs:
        if n >= PETIT and not 0 < somme < PETIT:
            break
        cachees.add(cle)
        somme += n
    return cachees


def qui_comptent(demarche: Demarche, depuis: date | None = None) -> list[Reponse]:
    """Answers that are not set aside, the oldest first."""
    reponses = demarche.reponses.filter(ecartee_le=None)
    return list((reponses.filter(jour__gte=depuis) if depuis else reponses).order_by("jour", "pk"))


def resultats(reponses: list[Reponse]) -> Resultats:
    """From answers to figures."""
    notes = [NOTES[Intention(r.satisfaction)] for r in reponses]
    return Resultats(
        total=len(reponses),
        questions=[_question(question, reponses) for question in QUESTIONS],
        mois=_groupes([(dates.mois(r.jour), r) for r in reponses]),
        sources=_groupes([(str(Source(r.source).label), r) for r in reponses]),
        note=sum(notes) / len(notes) if len(notes) >= PETIT else None,
    )


def _question(question: Question, reponses: Iterable[Reponse]) -> Reponses:
    dites = [_dites(reponse, question) for reponse in reponses]
    total = sum(bool(codes) for codes in dites)
    comptes = Counter(code for codes in dites for code in codes)
    parts = [Part(nom, comptes[code], comptes[code] / total) for code, nom in question.choix] if total >= PETIT else []
    return Reponses(question, total, parts)


def _dites(reponse: Reponse, question: Question) -> list[str]:
    dit = getattr(reponse, question.code)
    return dit if isinstance(dit, list) else [dit] if dit else []


def _groupes(reponses: list[tuple[str, Reponse]]) -> list[Groupe]:
    par_nom: dict[str, list[Reponse]] = {}
    for nom, reponse in reponses:
        par_nom.setdefault(nom, []).append(reponse)
    cachees = a_cacher({nom: len(groupe) for nom, groupe in par_nom.items()})
    return [
        Groupe(nom, len(groupe), None if nom in cachees else _question(QUESTIONS[0], groupe).parts)
        for nom, groupe in par_nom.items()
    ]


def tendance(mois: list[Groupe]) -> str:
    """The chart in one sentence: the last month that can be shown against the first."""
    lus = [(g.nom, g.bien) for g in mois if g.bien is not None]
    if len(lus) < 2:
        return "Il faut au moins deux mois de cinq réponses pour voir une évolution."
    (debut, avant), (fin, apres) = lus[0], lus[-1]
    ecart = round(100 * apres) - round(100 * avant)
    sens = "stable" if abs(ecart) < 5 else "en hausse" if ecart > 0 else "en baisse"
    return (
        f"La part de « bien » est {sens} : {round(100 * avant)} % en {debut}, {round(100 * apres)} % en {fin}."
    )  # fmt: skip


COLONNES = ("mois", "source", *(q.code for q in QUESTIONS), "verbatim")


def en_csv(reponses: list[Reponse]) -> str:
    """One line an answer, with the State's codes; month and source are left out where they would be a small group."""
    mois = a_cacher(Counter(f"{r.jour:%Y-%m}" for r in reponses))
    sources = a_cacher(Counter(r.source for r in reponses))
    sortie = io.StringIO()
    ecrire = RedacteurCsv(sortie).ligne
    ecrire(COLONNES)
    for r in reponses:
        quand = f"{r.jour:%Y-%m}"
        codes = [" ".join(_dites(r, question)) for question in QUESTIONS]
        ecrire(["" if quand in mois else quand, "" if r.source in sources else r.source, *codes, r.verbatim])
    return sortie.getvalue()
