"""Lines of the audit trail."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Trace(models.Model):
    """« Camille Durand a publié les modalités ». No content of contributions, no name of a resident."""

    le = models.DateTimeField("le", default=timezone.now, db_index=True)
    qui = models.ForeignKey("equipe.Membre", models.SET_NULL, null=True, blank=True, related_name="+")
    qui_nom = models.CharField("qui", max_length=120)
    phrase = models.CharField("quoi", max_length=500)
    dossier = models.ForeignKey("dossiers.Dossier", models.SET_NULL, null=True, blank=True, related_name="traces")

    class Meta:
        verbose_name = "trace"
        verbose_name_plural = "traces"
        ordering = ("-le", "-pk")

    def __str__(self) -> str:
        return f"{self.qui_nom} {self.phrase}"
