"""The town, as residents read it."""

from __future__ import annotations

from typing import Any

from django.db import models


class Commune(models.Model):
    """The town, one row, as residents read it."""

    nom = models.CharField("nom de la commune", max_length=120, default="La commune")
    adresse = models.CharField("adresse de la mairie", max_length=300, blank=True)
    telephone = models.CharField("téléphone", max_length=30, blank=True)
    courriel = models.EmailField("adresse e-mail de contact", blank=True)
    horaires = models.CharField("horaires d'ouverture", max_length=300, blank=True)
    dpo_nom = models.CharField("délégué à la protection des données", max_length=120, blank=True)
    dpo_courriel = models.EmailField("adresse e-mail du délégué", blank=True)

    class Meta:
        verbose_name = "commune"
        verbose_name_plural = "commune"
        db_table = "equipe_commune"  # where it was kept first

    def __str__(self) -> str:
        return self.nom

    def save(self, *args: Any, **kwargs: Any) -> None:
        """One row only."""
        self.pk = 1
        super().save(*args, **kwargs)

    @classmethod
    def actuelle(cls) -> Commune:
        """The town; its defaults before the first run."""
        return cls.objects.filter(pk=1).first() or cls()
