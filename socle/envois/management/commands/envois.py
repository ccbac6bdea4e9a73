"""Say what waits to leave and why; try again what was given up."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from socle.envois.models import Envoi
from socle.envois.services import reprendre

LIGNES = 50


class Command(BaseCommand):
    """Says what waits to leave, and tries again what was given up."""

    help = "Dit quels messages attendent de partir, et pourquoi ; relance ceux qui ont été abandonnés."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which given-up messages to try again."""
        parser.add_argument("--reprendre", metavar="CLÉ", help="Relancer ce message abandonné.")
        parser.add_argument("--reprendre-tout", action="store_true", help="Relancer tous les messages abandonnés.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run. Raises CommandError where the key is that of no message given up."""
        del args
        if options["reprendre"] or options["reprendre_tout"]:
            choix = Envoi.objects.all()
            if options["reprendre"]:
                choix = choix.filter(cle=options["reprendre"])
            repris = reprendre(choix)
            if not repris and options["reprendre"]:
                raise CommandError(f"Aucun message abandonné n'a la clé « {options['reprendre']} ».")
            self.stdout.write(f"{repris} message(s) relancé(s).")
            return
        self._lister("En attente", Envoi.objects.en_attente())
        self._lister("Abandonnés", Envoi.objects.abandonnes())

    def _lister(self, titre: str, envois: Any) -> None:
        nombre = envois.count()
        self.stdout.write(f"{titre} : {nombre}")
        for envoi in envois[:LIGNES]:
            quand = timezone.localtime(envoi.cree_le)
            etat = envoi.derniere_erreur or "pas encore essayé"
            suite = "" if envoi.abandonne_le else f" ; nouvel essai à {timezone.localtime(envoi.prochain_le):%H:%M}"
            self.stdout.write(
                f"  {quand:%d/%m/%Y %H:%M}  {envoi.genre}  à {envoi.destinataire}  [{envoi.cle}]\n"
                f"    {etat} ({envoi.essais} refus){suite}"
            )
        if nombre > LIGNES:
            self.stdout.write(f"  et {nombre - LIGNES} autres")
