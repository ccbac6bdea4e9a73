"""Procedures that may be rated, and anonymous answers about them. Written by services only; pages read.

Codes of questions and answers are those of the State's questionnaire (« Je donne mon avis »), so that a town can
compare: satisfaction, comprehension, contact_tried, contact_reached, contact_satisfaction, verbatim, and the six
intentions. An answer keeps the day, not the hour: next to the date of a request, an hour would say who answered.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from consultation.ecoute.contributions.models import Contribution


class Intention(models.TextChoices):
    """What an answer means, from best to worst."""

    VERY_GOOD = "very_good", "très bien"
    GOOD = "good", "bien"
    MEDIUM = "medium", "moyen"
    BAD = "bad", "mal"
    VERY_BAD = "very_bad", "très mal"
    NEUTRAL = "neutral", "sans avis"


class Source(models.TextChoices):
    """Where the person followed the link."""

    CONFIRMATION = "confirmation", "Fin de la démarche"
    COURRIEL = "courriel", "E-mail de la mairie"
    PAGE = "page", "Page de la démarche"
    CLOSE = "demande-close", "Demande terminée"
    PAPIER_QR = "papier-qr", "Code imprimé"
    DIRECTE = "directe", "Adresse tapée"
    PAPIER = "papier", "Papier, saisi par l'équipe"
    GUICHET = "guichet", "Guichet ou téléphone, saisi par l'équipe"


SAISIES = (Source.PAPIER, Source.GUICHET)
LIENS = tuple(source for source in Source if source not in SAISIES)


class Demarche(models.Model):
    """A procedure of the town, by its address in the portal."""

    slug = models.SlugField("adresse", max_length=80, unique=True)
    titre = models.CharField("nom de la démarche", max_length=200)
    service = models.CharField("service", max_length=200, blank=True)
    ouverte = models.BooleanField("reçoit des avis", default=True)
    du_fichier = models.BooleanField(default=False, editable=False)  # known from the site's list, not typed here
    # New texts not yet told to the team: since when, the last one, how many.
    alerte_depuis = models.DateTimeField(null=True, blank=True, editable=False)
    alerte_dernier = models.DateTimeField(null=True, blank=True, editable=False)
    alerte_nombre = models.PositiveIntegerField(default=0, editable=False)
    abonnes = models.ManyToManyField("equipe.Membre", related_name="+", blank=True)

    class Meta:
        verbose_name = "démarche"
        verbose_name_plural = "démarches"
        ordering = ("titre",)

    def __str__(self) -> str:
        return self.titre


class Reponse(models.Model):
    """One anonymous answer; its text goes after the retention, its ticks stay to be counted."""

    demarche = models.ForeignKey(Demarche, models.CASCADE, related_name="reponses")
    jour = models.DateField("jour", default=timezone.localdate, db_index=True)
    source = models.CharField("d'où vient la réponse", max_length=16, choices=Source.choices)
    satisfaction = models.CharField(max_length=10, choices=Intention.choices)
    comprehension = models.CharField(max_length=10, choices=Intention.choices, blank=True)
    contact_tried = models.JSONField(default=list, blank=True)  # codes of formulaires.AIDES
    contact_reached = models.CharField(max_length=10, choices=Intention.choices, blank=True)
    contact_satisfaction = models.CharField(max_length=10, choices=Intention.choices, blank=True)
    verbatim = models.TextField("texte", max_length=5_000, blank=True)
    # Keyed digests of the device and of the answer, of this procedure and this day only; emptied the day after.
    appareil = models.CharField(max_length=64, blank=True, db_index=True)
    empreinte = models.CharField(max_length=64, blank=True)
    ecartee_le = models.DateTimeField("écartée le", null=True, blank=True)
    ecartee_motif = models.CharField("motif", max_length=300, blank=True)
    efface_le = models.DateTimeField("texte effacé le", null=True, blank=True)

    class Meta:
        verbose_name = "réponse"
        verbose_name_plural = "réponses"
        ordering = ("-pk",)
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["demarche", "jour"], name="reponse_par_jour")]

    def __str__(self) -> str:
        return f"réponse du {self.jour:%d/%m/%Y}"


class Reprise(models.Model):
    """A text that became an opinion of a dossier, once."""

    reponse = models.ForeignKey(Reponse, models.CASCADE, related_name="reprises")
    contribution = models.OneToOneField(Contribution, models.CASCADE, related_name="reprise")
    dossier = models.ForeignKey("dossiers.Dossier", models.CASCADE, related_name="+")

    class Meta:
        verbose_name = "reprise"
        verbose_name_plural = "reprises"
        constraints = (models.UniqueConstraint(fields=["reponse", "dossier"], name="reprise_unique"),)

    def __str__(self) -> str:
        return f"reprise dans {self.dossier}"
