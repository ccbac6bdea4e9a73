"""`fermer_sessions IDENTIFIANT`: end the sessions of somebody whom the directory no longer lets in."""

from __future__ import annotations

from argparse import ArgumentParser
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.management.base import BaseCommand
from django.utils import timezone

from socle.openid.site import site


class Command(BaseCommand):
    """Their next click finds no session, and the provider does not open another."""

    help = "Fermer les sessions ouvertes d'une personne de l'annuaire."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who."""
        parser.add_argument("identifiant", help="identifiant de la personne dans l'annuaire (exemple : paul.henry)")

    def handle(self, *, identifiant: str, **_: Any) -> None:
        """Say how many were open."""
        sessions = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class()
        comptes = {str(cle) for cle in site().comptes(identifiant).values_list("pk", flat=True)}
        ouvertes = [
            session.pk
            for session in sessions.objects.filter(expire_date__gt=timezone.now()).iterator()
            if session.get_decoded().get(SESSION_KEY) in comptes
        ]
        sessions.objects.filter(pk__in=ouvertes).delete()
        self.stdout.write(f"{identifiant} : sessions fermées, {len(ouvertes)}")
