"""Read a mailbox for a dossier, by hand or by a timer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from consultation.ecoute.boite import services, sources
from consultation.ecoute.boite.sources import BoiteInaccessible, Imap
from consultation.ecoute.contributions.services import PAPIER_APRES
from consultation.ecoute.dossiers.models import Dossier


class Command(BaseCommand):
    """Reads a mailbox into a dossier."""

    help = "Relever les e-mails d'un dossier ; ils attendent ensuite qu'une personne les relise."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which dossier, and a file or a folder instead of the IMAP mailbox."""
        parser.add_argument("dossier", help="Adresse du dossier, par exemple inscrire-son-enfant-a-lecole.")
        parser.add_argument(
            "--fichier", type=Path, metavar="CHEMIN", help="Fichier .mbox ou .eml, au lieu de la boîte."
        )
        parser.add_argument("--maildir", type=Path, metavar="CHEMIN", help="Boîte Maildir, au lieu de la boîte IMAP.")
        parser.add_argument("--boite", default="", help="Dossier de la boîte IMAP (sinon ECOUTE_IMAP_MAILBOX).")

    def handle(self, *args: Any, dossier: str, **options: Any) -> None:
        """Raises CommandError when the dossier is unknown or not open, or when the mailbox cannot be read."""
        trouve = Dossier.objects.filter(slug=dossier).first()
        if trouve is None:
            raise CommandError(f"Aucun dossier à l'adresse « {dossier} ».")
        if trouve.etape not in PAPIER_APRES:
            raise CommandError("Ce dossier n'est pas ouvert à la participation.")
        try:
            self.stdout.write(str(services.relever(None, trouve, self._messages(options))))
        except BoiteInaccessible as refus:
            raise CommandError(str(refus)) from refus

    def _messages(self, options: dict[str, Any]) -> Iterator[bytes]:
        if options["fichier"]:
            return sources.par_fichier(options["fichier"])
        if options["maildir"]:
            return sources.par_maildir(options["maildir"])
        acces = Imap.des_reglages()
        return sources.par_imap(acces if not options["boite"] else Imap(**{**vars(acces), "boite": options["boite"]}))
