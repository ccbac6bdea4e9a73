from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """Health, figures and rights."""

    name = "guichet.supervision"
    label = "supervision"
    verbose_name = "Supervision"

    def ready(self) -> None:
        """Count each accepted request."""
        from functools import partial

        from guichet.demandes.depot import APRES_DEPOT
        from guichet.supervision import compteurs

        APRES_DEPOT.append(partial(compteurs.augmenter, compteurs.DEMANDES_ACCEPTEES))
