from django.apps import AppConfig


class StockageConfig(AppConfig):
    """Files kept in the database."""

    name = "guichet.stockage"
    label = "stockage"
    verbose_name = "Stockage"
