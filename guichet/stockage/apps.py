from django.apps import AppConfig


class StockageConfig(AppConfig):
    name = "guichet.stockage"
    label = "stockage"
    verbose_name = "Stockage"
