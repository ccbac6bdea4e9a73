"""A mail that waits for somebody to read it; once decided, only its digest is left, to know it again."""

from __future__ import annotations

from django.db import models

from consultation.ecoute.contributions.models import Contribution
from consultation.ecoute.dossiers.models import Dossier


class Courriel(models.Model):
    """One mail received for a dossier."""

    class Etat(models.TextChoices):
        """What became of it."""

        A_LIRE = "a_lire", "à relire"
        AJOUTE = "ajoute", "ajouté aux avis"
        LAISSE = "laisse", "laissé de côté"

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="courriels")
    cle = models.CharField(max_length=64)  # digest of its Message-ID, or of the whole where it has none
    etat = models.CharField("état", max_length=8, choices=Etat.choices, default=Etat.A_LIRE)
    recu_le = models.DateTimeField("reçu le")
    objet = models.CharField("objet", max_length=300, blank=True, default="", db_default="")
    texte = models.TextField("texte", max_length=10_000, blank=True)
    retire = models.TextField("ce qui a été retiré", blank=True)
    expediteur = models.EmailField("adresse de l'expéditeur", blank=True)
    auteur = models.CharField(max_length=64, blank=True)  # keyed digest of the sender, in this dossier only: to count
    pieces = models.PositiveSmallIntegerField("pièces jointes non gardées", default=0)
    motif = models.CharField("pourquoi il est laissé de côté", max_length=200, blank=True)
    contribution = models.OneToOneField(Contribution, models.SET_NULL, null=True, blank=True, related_name="courriel")

    class Meta:
        verbose_name = "e-mail reçu"
        verbose_name_plural = "e-mails reçus"
        ordering = ("recu_le", "pk")
        constraints = (models.UniqueConstraint(fields=["dossier", "cle"], name="courriel_unique"),)

    def __str__(self) -> str:
        return f"e-mail du {self.recu_le:%d/%m/%Y}"

    @property
    def apercu(self) -> str:
        """What tells it from the others in a list: its subject, or its first words."""
        return self.objet or " ".join(self.texte.split())[:60] or "sans objet"

    @property
    def hors_periode(self) -> str:
        """What to know of its date, when it is not within the participation."""
        ouverture, fermeture = self.dossier.ouverture, self.dossier.fermeture
        if ouverture is not None and self.recu_le < ouverture:
            return "Écrit avant l'ouverture de la participation."
        if fermeture is not None and self.recu_le > fermeture:
            return "Arrivé après la fermeture : il ne peut plus compter."
        return ""
