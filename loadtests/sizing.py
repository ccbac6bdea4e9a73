"""What to give a town of N inhabitants: measured costs times modelled rates, every assumption printed."""

from __future__ import annotations

import math
from dataclasses import dataclass

from loadtests.finished import Finished
from loadtests.model_page import number
from loadtests.workload import Model, Workload

TARGET_BUSY = 0.6
"""Processors are bought so that the worst minute keeps them this busy: beyond, waiting grows faster than load."""
HEADROOM_MEMORY = 1.5
YEARS_KEPT = 3
KIBIBYTES_PER_REQUEST = 40
KIBIBYTES_PER_ATTACHMENT = 400
ATTACHMENTS_PER_REQUEST = 0.5


@dataclass(frozen=True)
class Component:
    """What one component needs in the worst minute."""

    name: str
    cores: float
    memory: float
    """Bytes."""


@dataclass(frozen=True)
class Size:
    """What to give, and why."""

    population: int
    requests_per_second: float
    cores: int
    memory_gibibytes: int
    disk_gibibytes: int
    concurrent: float
    """Requests being served at once in the worst minute."""
    components: tuple[Component, ...]
    assumptions: tuple[str, ...]

    def sentences(self) -> list[str]:
        """French."""
        told = [
            f"Commune de {number(self.population, 0)} habitants, pire minute :"
            f" {number(self.requests_per_second)} requêtes par seconde, {number(self.concurrent)} servies à la fois.",
            f"Prévoir {self.cores} cœurs, {self.memory_gibibytes} Gio de mémoire, {self.disk_gibibytes} Gio de disque.",
            "",
            "Par composant, dans la pire minute :",
        ]
        told += [
            f"  {item.name:<28} {number(item.cores, 2):>6} cœur  {number(item.memory / 2**20, 0):>6} Mio"
            for item in self.components
        ]
        return [*told, "", "Hypothèses :", *(f"  - {assumption}" for assumption in self.assumptions)]


def size(run: Finished, workload: Workload, model: Model) -> Size:
    """Size a platform from a measured run. Its costs per request are taken as they are; rates are the model's.

    Raises:
        ValueError: the run did not see what the components used.
    """
    # The model counts dynamic requests; style sheets and pictures are in their cost, not in their number.
    pages = [s for s in run.recording.samples if s.status > 0 and s.category != "ressource"]
    if not run.components or not pages:
        raise ValueError("cet essai n'a pas mesuré ce que les composants consomment")
    rate = workload.opening.requests_first_minute_reloads + workload.agents.refreshes + workload.agents.pages
    merged: dict[str, Component] = {}
    for item in run.components:
        before = merged.get(item.name, Component(item.name, 0, 0))
        # What watches costs the same however many come.
        steady = item.function in ("base", "monitoring")
        cores = before.cores + (item.cpu / run.plan.duration if steady else item.cpu / len(pages) * rate)
        merged[item.name] = Component(item.name, cores, before.memory + item.memory)
    components = tuple(sorted(merged.values(), key=lambda item: -item.cores))
    busy = sum(item.cores for item in components)
    memory = sum(item.memory for item in components) * HEADROOM_MEMORY
    mean = sum(sample.service for sample in pages) / len(pages)
    kept = workload.year.requests * YEARS_KEPT
    disk = kept * (KIBIBYTES_PER_REQUEST + ATTACHMENTS_PER_REQUEST * KIBIBYTES_PER_ATTACHMENT) / 2**20
    machine = run.conditions
    return Size(
        population=workload.population,
        requests_per_second=rate,
        cores=max(2, math.ceil(busy / TARGET_BUSY)),
        memory_gibibytes=max(4, math.ceil(memory / 2**30)),
        disk_gibibytes=max(20, math.ceil(disk * 2)),
        concurrent=rate * mean,
        components=tuple(item for item in components if item.cores >= 0.005 or item.memory >= 50 * 2**20),
        assumptions=(
            f"coûts mesurés par l'essai « {run.plan.profile} » sur {machine.get('processors', '?')} cœurs"
            f" {machine.get('model', '?')}, {len(pages)} requêtes ; une autre machine, d'autres coûts",
            f"processeurs occupés à {number(TARGET_BUSY * 100, 0)} % au plus dans la pire minute"
            " (première minute d'ouverture, rechargements et agents compris)",
            f"mémoire mesurée × {number(HEADROOM_MEMORY, 1)}",
            f"{YEARS_KEPT} ans de demandes, {KIBIBYTES_PER_REQUEST} Kio chacune,"
            f" {number(ATTACHMENTS_PER_REQUEST, 1)} pièce jointe de {KIBIBYTES_PER_ATTACHMENT} Kio ; × 2 pour les"
            " sauvegardes, les journaux et l'entretien",
            f"débits du modèle de charge (« gru load model ») : {number(workload.opening.households, 0)} foyers le"
            " premier jour",
            *(
                f"{quantity.libelle} : {number(quantity.valeur)} ({quantity.origin})"
                for quantity in model.quantities.values()
                if quantity.varie
            ),
        ),
    )
