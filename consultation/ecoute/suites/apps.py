from django.apps import AppConfig


class SuitesConfig(AppConfig):
    """What comes of opinions: findings, proposals, actions."""

    name = "consultation.ecoute.suites"
    label = "suites"
    verbose_name = "Suites"

    def ready(self) -> None:
        """Offer what was heard and decided as first words of a publication."""
        from consultation.dossier import Genre
        from consultation.ecoute.donnees import personne
        from consultation.ecoute.dossiers.textes import PROPOSES
        from consultation.ecoute.suites import fil
        from consultation.ecoute.suites.models import Constat, Proposition

        PROPOSES.update(
            {
                Genre.RESULTATS: fil.texte_resultats,
                Genre.SYNTHESE: fil.texte_resultats,
                Genre.SUITES: fil.texte_suites,
            }
        )
        personne.TEXTES_DE_L_EQUIPE.extend((
            (Constat, ("texte",)), (Proposition, ("titre", "raisons", "motif")),
        ))  # fmt: skip
