from django.apps import AppConfig


class SuitesConfig(AppConfig):
    """What comes of opinions: findings, proposals, actions."""

    name = "consultation.ecoute.suites"
    label = "suites"
    verbose_name = "Suites"

    def ready(self) -> None:
        """Offer what was heard and decided as first words of a publication."""
        from consultation.dossier import Genre
        from consultation.ecoute.dossiers.textes import PROPOSES
        from consultation.ecoute.suites import fil

        PROPOSES.update(
            {
                Genre.RESULTATS: fil.texte_resultats,
                Genre.SYNTHESE: fil.texte_resultats,
                Genre.SUITES: fil.texte_suites,
            }
        )
