"""What members were already told of by mail."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Rappel(models.Model):
    """One thing to do that was mailed to one member; forgotten after a month."""

    membre = models.ForeignKey("equipe.Membre", models.CASCADE, related_name="+")
    cle = models.CharField(max_length=32)  # digest of the words and the address of what is to do
    le = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = "rappel envoyé"
        verbose_name_plural = "rappels envoyés"

    def __str__(self) -> str:
        return f"{self.membre}, {self.le:%d/%m/%Y}"
