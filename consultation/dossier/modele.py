"""A consultation dossier as plain data: what was decided, what was published, where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from consultation.dossier.publications import Genre, Publication


class Regime(StrEnum):
    """Legal regime; none of them is a consultation of electors (CGCT L.1112-15) nor a referendum (L.O.1112-1)."""

    L131_1 = "L.131-1"  # CRPA: the town chooses to associate the public
    L132_1 = "L.132-1"  # CRPA: open consultation in place of a mandatory advisory commission
    LIBRE = "libre"  # listening to users, nothing decided on it


class Etat(StrEnum):
    """Where a dossier stands."""

    PREPARATION = "preparation"
    ANNONCE = "annonce"
    OUVERT = "ouvert"
    DEPOUILLEMENT = "depouillement"
    CLOS = "clos"
    ABANDONNE = "abandonne"


SUIVANTS: dict[Etat, tuple[Etat, ...]] = {
    Etat.PREPARATION: (Etat.ANNONCE, Etat.ABANDONNE),
    Etat.ANNONCE: (Etat.OUVERT, Etat.ABANDONNE),
    Etat.OUVERT: (Etat.DEPOUILLEMENT, Etat.ABANDONNE),
    Etat.DEPOUILLEMENT: (Etat.CLOS, Etat.ABANDONNE),
    Etat.CLOS: (),
    Etat.ABANDONNE: (),
}

NOMS: dict[Etat, str] = {
    Etat.PREPARATION: "en préparation",
    Etat.ANNONCE: "annoncé",
    Etat.OUVERT: "ouvert à la participation",
    Etat.DEPOUILLEMENT: "en dépouillement",
    Etat.CLOS: "clos",
    Etat.ABANDONNE: "abandonné",
}


@dataclass(frozen=True)
class Perimetre:
    """Who is consulted, and why they are the ones concerned."""

    public: str
    justification: str


@dataclass(frozen=True)
class MesureAntiDoublon:
    """What keeps one person from weighing several times, and why it is enough here and not too much."""

    mesure: str
    proportion: str


@dataclass(frozen=True)
class ProtectionDonnees:
    """Legal basis and retention of personal data, approved by the data protection officer."""

    base_legale: str
    conservation: str
    approuve_par: str
    approuve_le: datetime | None
    note_par: str = ""  # who recorded it, when the DPO has no account and approved in writing
    reference: str = ""  # where that writing is kept


@dataclass(frozen=True)
class Politique:
    """The town's own habits, in days; the law fixes none of these figures and messages say so."""

    duree_habituelle_j: int = 30
    duree_a_justifier_j: int = 15
    resultats_sous_j: int = 90
    rappel_j: int = 7


@dataclass(frozen=True)
class Dossier:
    """One consultation; every change goes through `transitions` and gives a new value."""

    titre: str
    regime: Regime
    objet: str = ""
    question: str = ""  # what people are asked, in their words
    ouverture: datetime | None = None
    fermeture: datetime | None = None
    justification_duree: str = ""
    perimetre: Perimetre | None = None
    anti_doublon: MesureAntiDoublon | None = None
    protection: ProtectionDonnees | None = None
    commission_remplacee: str = ""  # L.132-1: the mandatory consultation that this one replaces
    exclusions_ecartees: bool = False  # L.132-1: none of the cases that the article excludes
    limite_par_appareil: int | None = None  # opinions that the public page takes from one device
    ouvert_le: datetime | None = None  # when participation really opened
    politique: Politique = field(default_factory=Politique)
    etat: Etat = Etat.PREPARATION
    publications: tuple[Publication, ...] = ()
    a_corriger: frozenset[Genre] = frozenset()  # kinds that hold words somebody took back: a new version may be made

    def publiees(self, *genres: Genre) -> tuple[Publication, ...]:
        """Publications of these kinds, oldest first."""
        return tuple(publication for publication in self.publications if publication.genre in genres)

    @property
    def jours(self) -> float | None:
        """Length of the participation window in days, when both dates are set."""
        if self.ouverture is None or self.fermeture is None:
            return None
        return (self.fermeture - self.ouverture).total_seconds() / 86_400

    @property
    def jours_de_retard(self) -> int:
        """Whole days between the opening that was announced and the real one; 0 before it, and on the same day."""
        if self.ouverture is None or self.ouvert_le is None:
            return 0
        return max(0, (self.ouvert_le.astimezone(self.ouverture.tzinfo).date() - self.ouverture.date()).days)

    def jours_laisses(self, maintenant: datetime) -> float | None:
        """Days that people will really have: a dossier that opens late, on a later day, leaves fewer."""
        if self.ouverture is None or self.fermeture is None or self.etat not in (Etat.PREPARATION, Etat.ANNONCE):
            return self.jours
        locale = maintenant.astimezone(self.ouverture.tzinfo)
        if locale.date() <= self.ouverture.date():
            return self.jours
        return float((self.fermeture.date() - locale.date()).days)
