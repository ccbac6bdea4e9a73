"""The life of one request, drawn through its own workflow: whatever the town invents, its transitions are followed.

Pure: nothing is read from the database, and no clock; the same seed gives the same year.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from guichet.demandes.delais import Suspension, est_ouvre
from guichet.demarches.definition_workflow import Acteur, Apres, Effet, Nature, TransitionDefinie, Workflow

VILLE = ZoneInfo("Europe/Paris")
PAS_MAX = 14
DELAI_PIECE = timedelta(days=30)

# How often agents choose what a status offers; what is decided is decided once.
_GOUTS = {
    Effet.PRENDRE_EN_CHARGE: 5.0,
    Effet.AUCUN: 3.0,
    Effet.ACCEPTER: 5.0,
    Effet.REPONDRE: 1.6,
    Effet.REFUSER: 0.45,
    Effet.DEMANDER: 0.9,
    Effet.ECRIRE: 0.25,
    Effet.NOTER: 0.3,
    Effet.TRANSFERER_SERVICE: 0.08,
    Effet.TRANSFERER_AUTORITE: 0.06,
    Effet.CLORE: 0.08,
}
_UNE_FOIS = {
    Effet.PRENDRE_EN_CHARGE,
    Effet.DEMANDER,
    Effet.NOTER,
    Effet.ECRIRE,
    Effet.TRANSFERER_SERVICE,
}
_ISSUES = {Effet.ACCEPTER: "accord", Effet.REFUSER: "refus"}
_Suite = tuple[TransitionDefinie, Acteur]


@dataclass(frozen=True)
class Pas:
    """One act of the history."""

    le: datetime
    transition: TransitionDefinie
    de: str
    vers: str
    acteur: Acteur


@dataclass
class Vie:
    """Where the request stands at the end of the year, and how it came there."""

    statut: str
    nature: Nature
    depuis: datetime
    pas: list[Pas] = field(default_factory=list)
    suspensions: list[Suspension] = field(default_factory=list)
    decidee_le: datetime | None = None
    close_le: datetime | None = None
    issue: str = ""


class WorkflowTirable:
    """A workflow with what each status offers, weighed once."""

    def __init__(self, workflow: Workflow) -> None:
        self.workflow = workflow
        self.natures = {statut.code: statut.nature for statut in workflow.statuts}
        accepte = any(t.effet is Effet.ACCEPTER for t in workflow.transitions)
        self.agents: dict[str, list[tuple[TransitionDefinie, float]]] = {}
        self.usager: dict[str, dict[Effet, TransitionDefinie]] = {}
        self.seul: dict[str, TransitionDefinie] = {}
        for statut in workflow.statuts:
            self.agents[statut.code] = [
                (t, (6.0 if t.effet is Effet.REPONDRE and not accepte else _GOUTS.get(t.effet, 0.0)))
                for t in workflow.depuis(statut.code, Acteur.AGENT)
            ]
            self.usager[statut.code] = {t.effet: t for t in workflow.depuis(statut.code, Acteur.USAGER)}
            attentes = [t for t in workflow.depuis(statut.code, Acteur.AUTOMATIQUE) if t.apres]
            if attentes:
                self.seul[statut.code] = attentes[0]


class _Tirage:
    """One life being drawn."""

    def __init__(self, tirable: WorkflowTirable, recue_le: datetime, hasard: Random) -> None:
        initial = tirable.workflow.initial
        self.vie = Vie(initial, tirable.natures[initial], recue_le)
        self._tirable, self._hasard = tirable, hasard
        self._oubliee = hasard.random() < 0.012
        self._instant = recue_le
        self._faits: set[Effet] = set()
        self._visites = {initial}

    def jusqua(self, fin: datetime) -> Vie:
        for _ in range(PAS_MAX):
            suite = self._suite()
            if suite is None:
                break
            instant = self._quand(*suite)
            if instant >= fin:
                break
            self._avancer(*suite, instant)
            if self.vie.nature is Nature.CLOSE:
                break
        return self.vie

    # --- What happens next --------------------------------------------------------------------------

    def _suite(self) -> _Suite | None:
        if self.vie.nature is Nature.ATTENTE_USAGER:
            return self._attente()
        if self.vie.nature in (Nature.REPONDUE, Nature.TRANSFEREE):
            return self._apres_la_reponse()
        return self._traitement()

    def _attente(self) -> _Suite | None:
        fournir = self._usager(Effet.FOURNIR)
        if fournir and self._hasard.random() < 0.85:
            return fournir
        if seul := self._seul():
            return seul
        refus = [t for t, _ in self._offres() if t.effet in (Effet.REFUSER, Effet.CLORE)]
        return (refus[0], Acteur.AGENT) if refus and self._hasard.random() < 0.8 else None

    def _apres_la_reponse(self) -> _Suite | None:
        ecrire = self._usager(Effet.ECRIRE)
        if ecrire and self._hasard.random() < 0.05 and len(self.vie.pas) < PAS_MAX - 3:
            return ecrire
        suites = [
            t
            for t, _ in self._offres()
            if t.effet is Effet.CLORE or (t.effet is Effet.AUCUN and t.vers not in self._visites)
        ]
        if suites and self._hasard.random() < 0.55:
            return suites[0], Acteur.AGENT
        return self._seul()

    def _traitement(self) -> _Suite | None:
        for effet, chance in ((Effet.ANNULER, 0.008), (Effet.ECRIRE, 0.04)):
            acte = self._usager(effet)
            if acte and effet not in self._faits and self._hasard.random() < chance:
                return acte
        offertes = [(t, poids) for t, poids in self._offres() if poids and not self._deja(t)]
        if not offertes:
            return None
        transitions, poids_ = zip(*offertes, strict=True)
        return self._hasard.choices(transitions, poids_)[0], Acteur.AGENT

    def _deja(self, transition: TransitionDefinie) -> bool:
        if transition.effet is Effet.AUCUN:
            return transition.vers in self._visites
        return transition.effet in _UNE_FOIS and transition.effet in self._faits

    def _offres(self) -> list[tuple[TransitionDefinie, float]]:
        return self._tirable.agents[self.vie.statut]

    def _usager(self, effet: Effet) -> _Suite | None:
        transition = self._tirable.usager[self.vie.statut].get(effet)
        return (transition, Acteur.USAGER) if transition else None

    def _seul(self) -> _Suite | None:
        transition = self._tirable.seul.get(self.vie.statut)
        return (transition, Acteur.AUTOMATIQUE) if transition else None

    # --- When ---------------------------------------------------------------------------------------

    def _quand(self, transition: TransitionDefinie, acteur: Acteur) -> datetime:
        hasard, vie = self._hasard, self.vie
        if acteur is Acteur.AUTOMATIQUE and transition.apres is not None:
            # The worker passes every few minutes.
            return _echue(vie.depuis, transition.apres) + timedelta(minutes=hasard.randint(1, 10))
        if acteur is Acteur.USAGER:
            return self._instant + timedelta(days=min(hasard.lognormvariate(1.0, 1.0), 60))
        jours = 0.8 if vie.pas else 70.0 if self._oubliee else 1.1
        if transition.effet is Effet.CLORE:
            jours = 6.0
        if vie.nature is Nature.ATTENTE_USAGER:
            jours = 36.0
        return _ouvrable(self._instant + timedelta(days=jours * hasard.lognormvariate(0, 0.9)), hasard)

    # --- The act ------------------------------------------------------------------------------------

    def _avancer(self, transition: TransitionDefinie, acteur: Acteur, instant: datetime) -> None:
        vie, effet = self.vie, transition.effet
        de, vers = vie.statut, self._tirable.workflow.arrivee(transition, vie.statut)
        attendait, jour = vie.nature is Nature.ATTENTE_USAGER, instant.astimezone(VILLE).date()
        if vers != de or effet is Effet.DEMANDER:
            vie.depuis = instant
        vie.statut, vie.nature = vers, self._tirable.natures[vers]
        if attendait and vie.nature is not Nature.ATTENTE_USAGER:
            vie.suspensions = [s if s.fin else Suspension(s.debut, jour, s.limite) for s in vie.suspensions]
        if effet is Effet.DEMANDER:
            vie.suspensions.append(Suspension(jour, None, jour + DELAI_PIECE))
        if effet.decide and vie.decidee_le is None:
            vie.decidee_le = instant
        vie.issue = _ISSUES.get(effet, vie.issue)
        if vie.nature is Nature.CLOSE:
            vie.close_le = instant
        vie.pas.append(Pas(instant, transition, de, vers, acteur))
        self._faits.add(effet)
        self._visites.add(vers)
        self._instant = instant


def vivre(tirable: WorkflowTirable, recue_le: datetime, fin: datetime, hasard: Random) -> Vie:
    """Follow the request from its receipt to its present state at ``fin``."""
    return _Tirage(tirable, recue_le, hasard).jusqua(fin)


def _echue(depuis: datetime, apres: Apres) -> datetime:
    if apres.unite == "mois":
        return depuis + relativedelta(months=apres.valeur)
    return depuis + timedelta(days=apres.valeur * (7 if apres.unite == "semaines" else 1))


def _ouvrable(instant: datetime, hasard: Random) -> datetime:
    """An agent acts on a working day, between 8.30 and 17.30 of the town."""
    local = instant.astimezone(VILLE)
    jour = local.date()
    if est_ouvre(jour) and 9 <= local.hour < 17:
        return instant
    if local.hour >= 17:
        jour += timedelta(days=1)
    while not est_ouvre(jour):
        jour += timedelta(days=1)
    return datetime.combine(jour, time(8, 30), VILLE) + timedelta(seconds=hasard.randint(0, 32_000))
