"""Findings with their quotes, proposals with their reasons, actions with their evidence."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from consultation.ecoute.contributions.models import Contribution
from consultation.ecoute.dossiers.models import Dossier

ECHELLE = ((1, "1, faible"), (2, "2"), (3, "3"), (4, "4, fort"))


class Constat(models.Model):
    """What several opinions say together."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="constats")
    texte = models.TextField("constat", max_length=500)
    ordre = models.PositiveSmallIntegerField(default=0)
    cree_le = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "constat"
        verbose_name_plural = "constats"
        ordering = ("ordre", "pk")

    def __str__(self) -> str:
        return self.texte


class Extrait(models.Model):
    """A passage that shows a finding, word for word; public only once somebody checked that it names nobody."""

    constat = models.ForeignKey(Constat, models.CASCADE, related_name="extraits")
    contribution = models.ForeignKey(Contribution, models.CASCADE, related_name="extraits")
    citation = models.TextField("passage, mot pour mot", max_length=1000)
    publiable = models.BooleanField("relu : ne permet de reconnaître personne", default=False)

    class Meta:
        verbose_name = "extrait"
        verbose_name_plural = "extraits"
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.citation


class Proposition(models.Model):
    """What could be done about findings; kept or not, with the reason."""

    class Decision(models.TextChoices):
        """What was decided."""

        A_DECIDER = "a_decider", "à décider"
        RETENUE = "retenue", "retenue"
        ECARTEE = "ecartee", "écartée"

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="propositions")
    constats = models.ManyToManyField(Constat, related_name="propositions", verbose_name="répond à")
    titre = models.CharField("proposition", max_length=200)
    impact = models.PositiveSmallIntegerField("effet pour les personnes", choices=ECHELLE, default=2)
    portee = models.PositiveSmallIntegerField("nombre de personnes concernées", choices=ECHELLE, default=2)
    effort = models.PositiveSmallIntegerField("effort pour la commune", choices=ECHELLE, default=2)
    raisons = models.TextField("pourquoi ces notes", max_length=1000, blank=True)
    decision = models.CharField("décision", max_length=10, choices=Decision.choices, default=Decision.A_DECIDER)
    motif = models.TextField("pourquoi", max_length=1000, blank=True)
    decide_le = models.DateTimeField("décidé le", null=True, blank=True)
    decide_par = models.ForeignKey("equipe.Membre", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "proposition"
        verbose_name_plural = "propositions"
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.titre

    @property
    def priorite(self) -> float:
        """Effect times reach over effort: an order to discuss from, never a decision."""
        return self.impact * self.portee / self.effort


class Action(models.Model):
    """Something that will be done, by whom, by when; then the evidence that it was."""

    class Etat(models.TextChoices):
        """Where it stands."""

        PREVUE = "prevue", "prévue"
        EN_COURS = "en_cours", "en cours"
        FAITE = "faite", "faite"
        ABANDONNEE = "abandonnee", "abandonnée"

    class Lien(models.TextChoices):
        """What delivered it."""

        AUCUN = "", "Rien à relier"
        VERSION = "version", "Mise à jour d'un logiciel"
        DEMARCHE = "demarche", "Révision d'une démarche en ligne"
        DEMANDE = "demande", "Demande traitée par un service"
        DECISION = "decision", "Délibération ou arrêté"

    proposition = models.ForeignKey(Proposition, models.CASCADE, related_name="actions")
    titre = models.CharField("ce que nous ferons", max_length=200)
    responsable = models.CharField("qui en répond", max_length=120)
    echeance = models.DateField("pour le")
    etat = models.CharField("état", max_length=10, choices=Etat.choices, default=Etat.PREVUE)
    preuve = models.TextField("ce qui montre que c'est fait", max_length=1000, blank=True)
    lien_genre = models.CharField("relié à", max_length=10, choices=Lien.choices, blank=True)
    lien = models.CharField("numéro ou adresse", max_length=300, blank=True)
    indicateur = models.CharField("ce qu'on mesure", max_length=150, blank=True)
    avant = models.CharField("avant", max_length=60, blank=True)
    apres = models.CharField("après", max_length=60, blank=True)
    faite_le = models.DateField("faite le", null=True, blank=True)

    class Meta:
        verbose_name = "action"
        verbose_name_plural = "actions"
        ordering = ("echeance", "pk")

    def __str__(self) -> str:
        return self.titre

    @property
    def en_retard(self) -> bool:
        """Past its date and not done."""
        return self.etat in (self.Etat.PREVUE, self.Etat.EN_COURS) and self.echeance < timezone.localdate()
