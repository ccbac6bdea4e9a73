"""Code book, readings, codes, confirmed duplicates."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from consultation.ecoute.contributions.models import Contribution
from consultation.ecoute.dossiers.models import Dossier


class Theme(models.Model):
    """One entry of the code book."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="themes")
    nom = models.CharField("thème", max_length=80)
    definition = models.TextField("quand le donner, quand ne pas le donner", max_length=1000)
    exemple = models.TextField("exemple", max_length=500, blank=True)
    ordre = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "thème"
        verbose_name_plural = "thèmes"
        ordering = ("ordre", "pk")
        constraints = (models.UniqueConstraint(fields=["dossier", "nom"], name="theme_nom"),)

    def __str__(self) -> str:
        return self.nom


class Lecture(models.Model):
    """Somebody read an opinion and gave its themes, perhaps none. Two people read without seeing each other's."""

    contribution = models.ForeignKey(Contribution, models.CASCADE, related_name="lectures")
    codeur = models.ForeignKey("equipe.Membre", models.PROTECT, related_name="lectures")
    themes = models.ManyToManyField(Theme, blank=True, related_name="lectures")
    memo = models.CharField("mémo", max_length=500, blank=True)
    le = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "lecture"
        verbose_name_plural = "lectures"
        constraints = (models.UniqueConstraint(fields=["contribution", "codeur"], name="lecture_codeur"),)

    def __str__(self) -> str:
        return f"{self.contribution}, {self.codeur}"


class Rapprochement(models.Model):
    """A person said that this opinion is the same text as another: counted once."""

    contribution = models.OneToOneField(Contribution, models.CASCADE, related_name="rapprochement")
    avec = models.ForeignKey(Contribution, models.CASCADE, related_name="copies")
    par = models.ForeignKey("equipe.Membre", models.SET_NULL, null=True, related_name="+")
    le = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "rapprochement"
        verbose_name_plural = "rapprochements"

    def __str__(self) -> str:
        return f"{self.contribution} = {self.avec}"
