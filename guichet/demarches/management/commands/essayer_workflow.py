"""``manage.py essayer_workflow FILE [codes…]``: walk a workflow on paper, before it is imported."""

from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError, CommandParser

from guichet.demarches import essais
from guichet.demarches.definition import DefinitionRefusee
from guichet.demarches.definition_workflow import Workflow, lire_workflow
from guichet.demarches.dessin import dessiner


class Command(BaseCommand):
    """Checks a workflow file and walks it."""

    help = (
        "Vérifie un circuit de traitement et le déroule à blanc : ce que chaque statut permet, ce qui est demandé, "
        "envoyé, et l'effet sur le délai. Sans étapes, déroule les essais gardés dans le fichier."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, the transitions to walk, and where to draw it."""
        parser.add_argument("fichier", type=Path)
        parser.add_argument("etapes", nargs="*", help="Codes de transitions, dans l'ordre.")
        parser.add_argument("--dessin", type=Path, help="Écrit aussi le dessin du workflow (SVG) dans ce fichier.")

    def handle(self, *_args: Any, fichier: Path, etapes: list[str], **options: Any) -> None:
        """Raises CommandError when the file is refused or the walk given on the command line stops."""
        workflow = self._lire(fichier)
        self.stdout.write(
            f"{workflow.titre} : {len(workflow.statuts)} statuts, {len(workflow.transitions)} transitions."
        )
        if options["dessin"]:
            options["dessin"].write_text(dessiner(workflow), "utf-8")
            self.stdout.write(f"Dessin écrit dans {options['dessin']}.")
        if etapes:
            deroule = essais.essayer(workflow, etapes)
            self._montrer(deroule)
            if not deroule.reussi:
                raise CommandError("Cet essai échoue.")
            return
        for essai in workflow.essais:
            self.stdout.write(f"\n{essai.nom}")
            self._montrer(essais.essayer_defini(workflow, essai))
        conseils = essais.conseils(workflow)
        self.stdout.write("\nRien ne bloque dans ce circuit." + (" À relire :" if conseils else ""))
        for conseil in conseils:
            self.stdout.write(f"- {conseil}")

    def _montrer(self, deroule: essais.Deroule) -> None:
        for ligne in essais.raconter(deroule):
            self.stdout.write(ligne)

    def _lire(self, fichier: Path) -> Workflow:
        try:
            return lire_workflow(yaml.safe_load(fichier.read_text("utf-8")), fichier.name)
        except OSError as erreur:
            raise CommandError(f"Impossible de lire {fichier} : {erreur.strerror}.") from None
        except yaml.YAMLError:
            raise CommandError(f"{fichier.name} n'est pas du YAML correct.") from None
        except DefinitionRefusee as refus:
            fautes = "\n".join(f"- {faute}" for faute in refus.fautes)
            raise CommandError(f"Ce workflow est refusé. Corrigez ceci dans {fichier.name} :\n{fautes}") from None
