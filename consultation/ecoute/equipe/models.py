"""Members of the team, and the town they work for."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone


class Role(models.TextChoices):
    """What somebody may do; one role a person, the least that the work needs."""

    RESPONSABLE = "responsable", "Responsable : tout, et les comptes de l'équipe"
    EQUIPE = "equipe", "Équipe : préparer, animer, analyser, publier"
    ACCUEIL = "accueil", "Accueil : saisir des avis, noter les présences"
    DPO = "dpo", "Délégué à la protection des données : tout lire, approuver les fiches"


class MembreManager(BaseUserManager["Membre"]):
    """Makes accounts; an empty password is one that never opens."""

    def installe(self) -> bool:
        """Whether somebody can sign in: the first run is over."""
        return self.filter(is_active=True).exists()

    def creer(self, courriel: str, nom: str, role: str, mot_de_passe: str | None = None) -> Membre:
        """Create an account; the e-mail is compared in lower case."""
        membre = self.model(courriel=courriel.strip().lower(), nom=nom.strip(), role=role)
        membre.set_password(mot_de_passe)
        membre.save(using=self._db)
        return membre


class Membre(AbstractBaseUser):
    """Somebody of the team. Never erased while their name signs decisions: closed instead."""

    courriel = models.EmailField("adresse e-mail")
    nom = models.CharField("nom", max_length=120)
    role = models.CharField("rôle", max_length=16, choices=Role.choices, default=Role.EQUIPE)
    is_active = models.BooleanField("compte ouvert", default=True)
    cree_le = models.DateTimeField("créé le", default=timezone.now)
    # Who the identity provider says they are (issuer, source and subject), where a deployment has one: such accounts
    # are keyed by it, never by e-mail. Empty: an account kept here, whose e-mail is its key.
    identite = models.CharField("identité", max_length=600, unique=True, null=True, blank=True)

    USERNAME_FIELD = "courriel"
    EMAIL_FIELD = "courriel"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["nom"]

    objects = MembreManager()

    class Meta:
        verbose_name = "membre de l'équipe"
        verbose_name_plural = "membres de l'équipe"
        ordering = ("nom",)
        constraints = (
            models.UniqueConstraint(
                fields=["courriel"], condition=models.Q(identite=None), name="membre_courriel_local"
            ),
        )

    def __str__(self) -> str:
        return self.nom

    @property
    def prepare(self) -> bool:
        """May prepare, run, analyse and publish."""
        return self.role in (Role.RESPONSABLE, Role.EQUIPE)

    @property
    def approuve(self) -> bool:
        """May approve a data protection sheet."""
        return self.role == Role.DPO


class EssaiConnexion(models.Model):
    """A failed sign-in, kept a quarter of an hour; the address is not kept, its keyed digest is."""

    cle = models.CharField(max_length=64, db_index=True)
    le = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = "essai de connexion"
        verbose_name_plural = "essais de connexion"

    def __str__(self) -> str:
        return f"{self.le:%d/%m/%Y %H:%M}"
