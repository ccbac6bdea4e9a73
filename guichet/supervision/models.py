"""Counters that must outlive processes and be common to all of them."""

from django.db import models


class Compteur(models.Model):
    nom = models.CharField(max_length=64, primary_key=True)
    valeur = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = "compteur"
        verbose_name_plural = "compteurs"

    def __str__(self) -> str:
        return f"{self.nom} = {self.valeur}"
