"""The campaign of the bad days: each breakdown is a stage, and stands on the platform alone."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

from tests.breakdowns.platform import HOSTS, SITE
from tests.campaign import Campaign, Stage
from tests.steps import BIN


def platform_is_up() -> bool:
    """Whether every host of the platform runs."""
    listed = ["docker", "ps", "-q", "--filter", f"label=gru.stack={SITE.name}", "--filter", "status=running"]
    return len(subprocess.run(listed, capture_output=True, text=True, check=False).stdout.split()) == len(HOSTS)


def _stage(name: str, word: str, minutes: float, holds: Callable[[], bool] = lambda: True) -> Stage:
    return Stage(name, (str(BIN / "python"), "-m", "tests.breakdowns", word), minutes, holds)


BREAKDOWNS = Campaign(
    name="pannes",
    title="Ce qui casse pendant que des habitants déposent : rien d'acquitté ne se perd, tout revient",
    stages=(
        _stage("une plateforme de trois hôtes", "up", 40, platform_is_up),
        _stage("l'hôte de la base et son disque sont perdus", "database", 40),
        _stage("le disque du dépôt est plein", "repository", 20),
        _stage("le disque de la base est plein", "disk", 20),
        _stage("le serveur de courrier est arrêté", "mail", 20),
        _stage("Debian est mis à jour, hôte après hôte", "debian", 30),
        _stage("les paquets Debian ne s'obtiennent plus", "mirror", 40),
        _stage("tout est retiré", "remove", 5),
    ),
)
