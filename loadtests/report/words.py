"""Words of the report, in both languages."""

from __future__ import annotations

import html
import re
from typing import Literal

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")

WORDS: dict[str, tuple[str, str]] = {
    "title": ("Essai de charge", "Load test"),
    "verdict": ("Verdict", "Verdict"),
    "kept": ("Les promesses sont tenues", "The promises are kept"),
    "missed": ("Des promesses sont manquées", "Promises are missed"),
    "invalid": ("Cet essai ne prouve rien", "This run proves nothing"),
    "promises": ("Promesses et validité", "Promises and validity"),
    "state": ("État", "State"),
    "what": ("Ce qui est vérifié", "What is checked"),
    "measured": ("Mesuré", "Measured"),
    "limit": ("Limite", "Limit"),
    "over_time": ("Minute par minute", "Minute by minute"),
    "arrivals": ("Arrivées par seconde", "Arrivals per second"),
    "response": ("Temps de réponse des pages (s)", "Response time of pages (s)"),
    "median": ("médiane", "median"),
    "p95": ("95e centile", "95th percentile"),
    "promised": ("promis (95 %)", "promised (95 %)"),
    "cpu": ("Processeurs de la machine (%)", "Machine's processors (%)"),
    "connections": ("Connexions à la base", "Database connections"),
    "queue": ("Tâches en attente", "Tasks waiting"),
    "seconds": ("Secondes depuis le début", "Seconds since the start"),
    "waits": ("Ce que les personnes ont attendu", "What people waited"),
    "waits_axis": ("Temps de réponse, depuis l'intention d'agir (s)", "Response time, from the intended moment (s)"),
    "honest": ("Réponse vue par la personne, service vu du serveur", "Response seen by people, service by the server"),
    "honest_axis": ("Part des requêtes plus rapides", "Share of requests that were faster"),
    "response_curve": ("réponse", "response"),
    "service_curve": ("service", "service"),
    "lag_curve": ("retard du générateur", "generator's lag"),
    "components": ("Processeur par composant", "Processor time by component"),
    "components_axis": ("Secondes de processeur pour 1 000 requêtes", "Processor seconds per 1,000 requests"),
    "memory": ("Mémoire par composant", "Memory by component"),
    "category": ("Sorte de page", "Kind of page"),
    "count": ("Requêtes", "Requests"),
    "mean_service": ("Service médian", "Median service"),
    "steps": ("Étape par étape", "Step by step"),
    "step": ("Étape", "Step"),
    "journeys": ("Parcours", "Journeys"),
    "journey": ("Parcours", "Journey"),
    "done": ("Faits", "Done"),
    "failed": ("Échecs", "Failed"),
    "example": ("Premier motif", "First reason"),
    "conditions": ("Conditions", "Conditions"),
    "profile": ("Profil", "Profile"),
    "target": ("Cible", "Target"),
    "date": ("Date", "Date"),
    "seed": ("Graine et empreinte de l'horaire", "Seed and digest of the schedule"),
    "machine": ("Machine du générateur", "Generator's machine"),
    "notes": ("Pendant l'essai", "During the run"),
    "front": ("Vu par le frontal", "Seen by the front"),
    "losses": ("Demandes acquittées", "Acknowledged requests"),
    "capacity": ("Recherche de la capacité", "Search for capacity"),
    "capacity_known": ("La capacité est connue", "The capacity is known"),
    "plateaus": ("Palier par palier", "Plateau by plateau"),
    "plateaus_plot": ("Ce que donne chaque débit", "What each rate gives"),
    "between": ("Entre le débit tenu et le débit manqué", "Between the rate kept and the rate missed"),
    "pages_p95": ("Pages, 95e centile", "Pages, 95th percentile"),
    "sign_in_p95": ("Connexion complète, 95e centile", "Whole sign-in, 95th percentile"),
    "none": ("Aucune mesure", "No measure"),
}

STATES: dict[str, str] = {
    "tenue": "kept",
    "manquée": "missed",
    "incertaine": "unsure",
    "non mesurée": "not measured",
    "invalide": "invalid",
}

CHECKS_EN: dict[str, str] = {
    "plateforme": "the platform answered what it was asked after the run",
    "arrivees": "every arrival was played",
    "processus": "every process handed over its measures",
    "generateur": "no journey failed by the generator's own fault",
    "retard": "the generator's own lag, 99th percentile (ms)",
    "processeur-generateur": "share of a core used by each generator process",
    "frontal": "gap between requests sent and those the front counted",
}


def word(key: str, language: Language) -> str:
    """A word of the report."""
    return WORDS[key][LANGUAGES.index(language)]


def figure(value: float | None, language: Language, decimals: int | None = None) -> str:
    """A number in the language's way; a dash where there is none."""
    if value is None:
        return "–"
    size = abs(value)
    if decimals is None:
        decimals = 0 if size >= 100 or size == int(size) else 1 if size >= 10 else 2 if size >= 1 else 3
    text = f"{value:,.{decimals}f}"
    return text.replace(",", "\u202f").replace(".", ",") if language == "fr" else text


def prose(sentence: str) -> str:
    """A sentence as a page takes it, escaped; a number and its unit stay on one line."""
    return html.escape(re.sub(r"(?<=\d) (?=[%\w])", "\u00a0", sentence))
