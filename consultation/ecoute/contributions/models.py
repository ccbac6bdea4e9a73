"""Contributions (« avis »), anonymous unless somebody leaves a way to be reached."""

from __future__ import annotations

import hashlib

from django.db import models
from django.utils import timezone

from consultation.ecoute.dossiers.models import Dossier


class Canal(models.TextChoices):
    """How it reached us."""

    WEB = "web", "Internet"
    PAPIER = "papier", "Bulletin papier"
    GUICHET = "guichet", "Guichet"
    TELEPHONE = "telephone", "Téléphone"
    COURRIEL = "courriel", "E-mail ou courrier"
    ATELIER = "atelier", "Atelier"
    SATISFACTION = "satisfaction", "Questionnaire après une démarche"


def empreinte_exacte(texte: str) -> str:
    """Digest of a text to the letter: another passage hidden or shown is another text, to be checked again."""
    return hashlib.sha256(texte.encode()).hexdigest()


class Contribution(models.Model):
    """One person's words, as they came; `texte_relu` is the version without names, made by a reader."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="contributions")
    numero = models.PositiveIntegerField("numéro")
    canal = models.CharField("canal", max_length=12, choices=Canal.choices)
    texte = models.TextField("texte", max_length=10_000)
    recue_le = models.DateTimeField("reçu le", default=timezone.now)
    saisie_le = models.DateTimeField("saisi le", default=timezone.now)
    saisie_par = models.ForeignKey("equipe.Membre", models.SET_NULL, null=True, blank=True, related_name="+")
    bulletin = models.CharField("numéro du bulletin", max_length=20, blank=True)
    profil = models.JSONField("profil", default=dict, blank=True)  # criterion: value, both free to be absent
    empreinte = models.CharField(max_length=64, db_index=True)  # of the text, spaces and case aside
    appareil = models.CharField(max_length=64, blank=True)  # keyed digest, to count; erased at the end
    # Digest of the form it was sent with: sent again, it is the same; another person's is another.
    envoi = models.CharField(max_length=64, blank=True, default="", db_default="")
    # Digest of its whole row, in the file it came from.
    ligne = models.CharField(max_length=64, blank=True, default="", db_default="", db_index=True)
    # Digest of all the rows of that file.
    lot = models.CharField(max_length=64, blank=True, default="", db_default="")
    ecarte_le = models.DateTimeField("écarté le", null=True, blank=True)
    ecarte_motif = models.CharField("motif", max_length=300, blank=True)
    texte_relu = models.TextField("texte sans nom", max_length=12_000, blank=True)
    relu_le = models.DateTimeField("relu le", null=True, blank=True)
    relu_par = models.ForeignKey("equipe.Membre", models.SET_NULL, null=True, blank=True, related_name="+")
    efface_le = models.DateTimeField("original effacé le", null=True, blank=True)
    # Whether the person chose, told beforehand, that the text may be published as open data. No answer is no.
    publication_acceptee = models.BooleanField("accepte que son texte soit publié", default=False, db_default=False)
    # Digest of the text that somebody checked for publication.
    verifie = models.CharField(max_length=64, blank=True, default="", db_default="")
    verifie_le = models.DateTimeField("vérifié le", null=True, blank=True)
    verifie_par = models.ForeignKey("equipe.Membre", models.SET_NULL, null=True, blank=True, related_name="+")
    citable = models.BooleanField("peut être cité mot pour mot", default=True)  # False: an agreement is missing

    class Meta:
        verbose_name = "avis"
        verbose_name_plural = "avis"
        ordering = ("numero",)
        constraints = (models.UniqueConstraint(fields=["dossier", "numero"], name="contribution_numero"),)

    def __str__(self) -> str:
        return f"avis n° {self.numero}"

    @property
    def accord_de_publier(self) -> bool:
        """Whether whoever spoke agreed that these words be published; in a workshop, to be quoted is that agreement."""
        return self.citable and (self.publication_acceptee or self.canal == Canal.ATELIER)

    @property
    def publie(self) -> bool:
        """Whether the text may leave as open data: agreed to, names hidden, and checked since as it now reads."""
        return self.accord_de_publier and self.relu_le is not None and self.verifie == empreinte_exacte(self.texte_relu)

    @property
    def lisible(self) -> str:
        """What the analysis reads: the version without names once there is one."""
        return self.texte_relu if self.relu_le else self.texte


class Contact(models.Model):
    """How to reach somebody who asked for it; kept apart, erased sooner."""

    contribution = models.OneToOneField(Contribution, models.CASCADE, related_name="contact")
    nom = models.CharField("nom", max_length=120, blank=True)
    courriel = models.EmailField("adresse e-mail", blank=True)
    telephone = models.CharField("téléphone", max_length=30, blank=True)
    laisse_le = models.DateTimeField("laissé le", default=timezone.now)

    class Meta:
        verbose_name = "coordonnées"
        verbose_name_plural = "coordonnées"

    def __str__(self) -> str:
        return self.nom or self.courriel or self.telephone


class Depot(models.Model):
    """A visit that sent something, to slow down floods; a keyed digest, forgotten after an hour."""

    cle = models.CharField(max_length=64, db_index=True)
    le = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = "dépôt récent"
        verbose_name_plural = "dépôts récents"

    def __str__(self) -> str:
        return f"{self.le:%d/%m/%Y %H:%M}"
