"""Counters that must outlive processes and be common to all of them."""

from django.db import models


class Compteur(models.Model):
    """A counter by its name."""

    nom = models.CharField(max_length=64, primary_key=True)
    valeur = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = "compteur"
        verbose_name_plural = "compteurs"

    def __str__(self) -> str:
        return f"{self.nom} = {self.valeur}"


class Installation(models.Model):
    """Marks of the last complete installation: `version` (hash of the release) and `site` (of its settings)."""

    cle = models.CharField(max_length=32, primary_key=True)
    valeur = models.CharField(max_length=128)

    class Meta:
        verbose_name = "marque d'installation"
        verbose_name_plural = "marques d'installation"

    def __str__(self) -> str:
        return f"{self.cle} = {self.valeur}"
