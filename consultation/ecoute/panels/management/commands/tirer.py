"""The computation of a draw, in its own process: pages stay quick, and it survives them."""

from __future__ import annotations

import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections
from django.utils import timezone

from consultation.ecoute.panels.models import Tirage
from consultation.ecoute.panels.services import calculer

SIGNE_DE_VIE_S = 10.0


class Command(BaseCommand):
    """Computes one draw."""

    help = "Calculer la liste d'un tirage (lancé par l'application)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Key of the draw."""
        parser.add_argument("tirage", type=int)

    def handle(self, *args: Any, tirage: int, **options: Any) -> None:
        """Computes, and gives a sign of life meanwhile."""
        fini = threading.Event()
        vivant = threading.Thread(target=self._signe_de_vie, args=(tirage, fini), daemon=True)
        vivant.start()
        try:
            calculer(tirage)
        finally:
            fini.set()

    @staticmethod
    def _signe_de_vie(pk: int, fini: threading.Event) -> None:
        while not fini.wait(SIGNE_DE_VIE_S):
            Tirage.objects.filter(pk=pk).update(vu_le=timezone.now())
            close_old_connections()
