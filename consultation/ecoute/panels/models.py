"""Panels, their quotas, volunteers and draws."""

from __future__ import annotations

import math
import secrets
from datetime import timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from consultation.dossier import Etat
from consultation.ecoute.dossiers.models import Dossier, Modalite

SILENCE = timedelta(seconds=90)  # a computation that says nothing for so long was interrupted


class Panel(models.Model):
    """A panel to be drawn."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="panels")
    titre = models.CharField("titre", max_length=150)
    taille = models.PositiveSmallIntegerField("nombre de places", default=20)
    un_par_foyer = models.BooleanField("une seule personne par foyer", default=True)
    inscription_jusqua = models.DateTimeField("inscription des volontaires jusqu'au")
    engagement = models.TextField("ce qu'on demande aux personnes tirées", max_length=1000)
    cree_le = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "panel"
        verbose_name_plural = "panels"
        ordering = ("-cree_le",)

    def __str__(self) -> str:
        return self.titre

    @property
    def en_lice(self) -> models.QuerySet[Volontaire]:
        """Volunteers who said themselves that they are, and did not withdraw."""
        return self.volontaires.filter(retire_le=None, a_confirmer=False)

    @property
    def a_appeler(self) -> models.QuerySet[Volontaire]:
        """Who asked to be a volunteer and left a phone only: nothing but a call can confirm it."""
        return self.volontaires.filter(retire_le=None, a_confirmer=True, courriel="")

    @property
    def recrute(self) -> bool:
        """Whether volunteers may register now."""
        arrete = self.dossier.etape in (Etat.CLOS, Etat.ABANDONNE)
        return self.dossier.public and not arrete and timezone.now() < self.inscription_jusqua and not self.annonce

    @property
    def annonce(self) -> bool:
        """Whether a list is public: nobody enters nor leaves it any more."""
        return self.tirages.exclude(annonce_le=None).exists()


class Quota(models.Model):
    """Seats for one value of one criterion."""

    panel = models.ForeignKey(Panel, models.CASCADE, related_name="quotas")
    modalite = models.ForeignKey(Modalite, models.CASCADE, related_name="+")
    minimum = models.PositiveSmallIntegerField("au moins")
    maximum = models.PositiveSmallIntegerField("au plus")

    class Meta:
        verbose_name = "quota"
        verbose_name_plural = "quotas"
        ordering = ("modalite__critere__ordre", "modalite__ordre", "pk")
        constraints = (models.UniqueConstraint(fields=["panel", "modalite"], name="quota_modalite"),)

    def __str__(self) -> str:
        return f"{self.modalite} : {self.minimum} à {self.maximum}"


def bornes(taille: int, part: float) -> tuple[int, int]:
    """Seats that come nearest to a share of the population, in per cent."""
    exact = round(taille * part / 100, 6)
    return math.floor(exact), math.ceil(exact)


class Volontaire(models.Model):
    """Somebody who is willing: a code, one way to be reached, and what the quotas need."""

    panel = models.ForeignKey(Panel, models.CASCADE, related_name="volontaires")
    code = models.CharField("code", max_length=8)
    nom = models.CharField("nom", max_length=120)
    courriel = models.EmailField("adresse e-mail", blank=True)
    telephone = models.CharField("téléphone", max_length=30, blank=True)
    foyer = models.CharField(max_length=64, blank=True)  # keyed digest of the address: who lives together
    # Kept until the list is public, so that the team may see that two spellings are one home.
    adresse = models.CharField("adresse", max_length=300, blank=True, default="", db_default="")
    foyer_vu = models.BooleanField("foyer vérifié par l'équipe", default=False, db_default=False)
    a_confirmer = models.BooleanField("à confirmer par la personne", default=False, db_default=False)
    valeurs = models.JSONField("profil", default=dict)
    jeton = models.CharField(max_length=24, unique=True, default=secrets.token_urlsafe, editable=False)
    inscrit_le = models.DateTimeField("inscrit le", default=timezone.now)
    retire_le = models.DateTimeField("retiré le", null=True, blank=True)
    renonce_le = models.DateTimeField("a renoncé le", null=True, blank=True)

    class Meta:
        verbose_name = "volontaire"
        verbose_name_plural = "volontaires"
        ordering = ("code",)
        constraints = (models.UniqueConstraint(fields=["panel", "code"], name="volontaire_code"),)

    def __str__(self) -> str:
        return self.code

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The key of their page fits its column."""
        self.jeton = self.jeton[:24]
        super().save(*args, **kwargs)


class Tirage(models.Model):
    """One draw: its files, its progress, its list, then the number."""

    class Etat(models.TextChoices):
        """Where it stands."""

        EN_COURS = "en_cours", "calcul en cours"
        IMPOSSIBLE = "impossible", "impossible avec ces quotas"
        ARRETE = "arrete", "arrêté"
        PRET = "pret", "liste prête, personne n'est tiré"
        TIRE = "tire", "panel tiré"

    panel = models.ForeignKey(Panel, models.CASCADE, related_name="tirages")
    etat = models.CharField("état", max_length=12, choices=Etat.choices, default=Etat.EN_COURS)
    part = models.FloatField("avancement", default=0.0)
    libelle = models.CharField("étape", max_length=120, default="En attente")
    lance_le = models.DateTimeField("lancé le", default=timezone.now)
    vu_le = models.DateTimeField(default=timezone.now)  # last sign of life of the computation
    termine_le = models.DateTimeField("terminé le", null=True, blank=True)
    personnes = models.TextField("volontaires (CSV)", blank=True)
    quotas = models.TextField("quotas (CSV)", blank=True)
    liste = models.TextField("liste numérotée (CSV)", blank=True)
    resultat = models.JSONField("résultat", default=dict, blank=True)
    message = models.TextField("message", blank=True)
    assouplissements = models.JSONField(default=list, blank=True)
    annonce_le = models.DateTimeField("liste publiée le", null=True, blank=True)
    numero = models.PositiveIntegerField("numéro tiré", null=True, blank=True)
    tire_le = models.DateTimeField("tiré le", null=True, blank=True)
    efface_le = models.DateTimeField("effacé le", null=True, blank=True)

    class Meta:
        verbose_name = "tirage"
        verbose_name_plural = "tirages"
        ordering = ("-lance_le", "-pk")

    def __str__(self) -> str:
        return f"tirage de {self.panel}"

    @property
    def interrompu(self) -> bool:
        """Whether the computation died."""
        return self.etat == self.Etat.EN_COURS and timezone.now() - self.vu_le > SILENCE
