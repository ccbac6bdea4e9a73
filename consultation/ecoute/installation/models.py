"""What the last installation brought the database to."""

from __future__ import annotations

from django.db import models


class Marque(models.Model):
    """`version` (of the program) and `site` (of the town's values), as role `django_site` reads them."""

    cle = models.CharField("clé", max_length=20, primary_key=True)
    valeur = models.CharField("valeur", max_length=64)

    class Meta:
        db_table = "supervision_installation"  # the name that socle.marques reads, in every application
        verbose_name = "marque d'installation"
        verbose_name_plural = "marques d'installation"

    def __str__(self) -> str:
        return f"{self.cle} {self.valeur}"
