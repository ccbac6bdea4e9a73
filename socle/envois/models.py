"""What waits to leave, what has left, and how often each channel worked or failed."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class EnvoiQuerySet(models.QuerySet["Envoi"]):
    """Messages of the outbox."""

    def en_attente(self) -> EnvoiQuerySet:
        """Neither left nor given up."""
        return self.filter(parti_le=None, abandonne_le=None)

    def dus(self, moment: datetime) -> EnvoiQuerySet:
        """Those to try now, in the order in which they leave."""
        return self.en_attente().filter(prochain_le__lte=moment).order_by("-priorite", "prochain_le", "cree_le")

    def abandonnes(self) -> EnvoiQuerySet:
        """Given up after two days of refusals, until somebody tries them again."""
        return self.filter(parti_le=None).exclude(abandonne_le=None)

    def sur(self, *objets: str) -> EnvoiQuerySet:
        """Those about these people or things."""
        return self.filter(objet__in=objets)


class Envoi(models.Model):
    """A message to somebody, written in the transaction of what it tells; its id makes its Message-ID."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cle = models.CharField("clé", max_length=160, unique=True)
    """What it tells, and when: asked twice, a message leaves once."""
    genre = models.CharField(max_length=60)
    """Name of its ``genres.Genre``."""
    canal = models.CharField(max_length=20, default="courriel")
    destinataire = models.CharField(max_length=254)
    """Address for the channel: an e-mail, a telephone number."""
    objet = models.CharField(max_length=80, blank=True, db_index=True)
    """Whom or what it is about (« demande:… », « participant:… »), so that it can be erased with it."""
    contexte = models.JSONField(default=dict)
    """What cannot be read in the database when it leaves (a code, a link); emptied once it has left."""
    priorite = models.SmallIntegerField("priorité", default=0)
    cree_le = models.DateTimeField("créé le", default=timezone.now)
    prochain_le = models.DateTimeField("prochain essai le", default=timezone.now)
    tenu_jusqu_au = models.DateTimeField("tenu jusqu'au", null=True, blank=True)
    """While it is being sent, where the database cannot lock a row (SQLite)."""
    essais = models.PositiveSmallIntegerField(default=0)
    """Times that the server answered and refused; an outage says nothing of the message and is not counted."""
    derniere_erreur = models.CharField("dernière erreur", max_length=300, blank=True)
    parti_le = models.DateTimeField(null=True, blank=True)
    retour_le = models.DateTimeField("revenu le", null=True, blank=True)
    """It left, and came back undelivered."""
    retour = models.CharField(max_length=20, blank=True, default="", db_default="")
    """Code of the server that refused it (RFC 3463)."""
    abandonne_le = models.DateTimeField("abandonné le", null=True, blank=True)

    objects = EnvoiQuerySet.as_manager()

    class Meta:
        ordering = ("cree_le",)
        indexes = (
            models.Index(
                F("priorite").desc(),
                F("prochain_le"),
                name="envoi_en_attente",
                condition=Q(parti_le=None, abandonne_le=None),
            ),
        )

    def __str__(self) -> str:
        return self.cle

    @property
    def objet_id(self) -> str:
        """Identifier of whom or what it is about."""
        return self.objet.partition(":")[2]


class Sollicitation(models.Model):
    """A message that a stranger made us send, counted for a day (plafonds.py). The address is a keyed hash only."""

    cle = models.CharField(max_length=64)
    le = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = (models.Index(fields=("cle", "le"), name="envoi_sollicitation_cle"),)

    def __str__(self) -> str:
        return f"Sollicitation du {self.le:%d/%m/%Y}"


class Compte(models.Model):
    """How many messages of a channel have left, came back, and how many tries failed, since counting began."""

    canal = models.CharField(primary_key=True, max_length=20)
    partis = models.BigIntegerField(default=0)
    echecs = models.BigIntegerField("échecs", default=0)
    retours = models.BigIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return f"{self.canal} : {self.partis} partis, {self.echecs} échecs"
