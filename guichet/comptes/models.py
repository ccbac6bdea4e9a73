"""Residents. They are not users of Django: a resident can never be an agent, by construction."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property

from socle.typographie import calendrier


class CanalReponse(models.TextChoices):
    """How the town's answer reaches the person; the values are those of ``Demande.canal_reponse``."""

    COURRIEL = "courriel", "Par e-mail"
    COURRIER = "courrier", "Par courrier"
    TELEPHONE = "telephone", "Par téléphone"


FRANCECONNECT = "franceconnect"
"""Source of the accounts whose identity is verified; the identity provider says it (roles/idp)."""


class Usager(models.Model):
    """A resident who signed in once. Known by issuer, source and subject; never by e-mail."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    issuer = models.CharField(max_length=200)
    source = models.CharField(max_length=40)
    sub = models.CharField(max_length=200)
    courriel = models.EmailField(blank=True)
    nom = models.CharField(max_length=200, blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    adresse = models.TextField(blank=True)
    adresse_en_panne = models.EmailField(blank=True, default="", db_default="")
    """Address from which a mail came back undelivered; of no consequence once ``courriel`` is another."""
    adresse_quittee = models.EmailField(blank=True, default="", db_default="")
    """Former address: an identity provider's session that is older than the change still tells it."""
    canal_reponse = models.CharField(max_length=20, choices=CanalReponse, default=CanalReponse.COURRIEL)
    avis_numeriques_depuis = models.DateTimeField(null=True, blank=True)
    """Since when the person agrees to digital notices; the proof is the open ``Consentement``."""
    cree_le = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("issuer", "source", "sub"), name="usager_unique_par_identite"),)

    def __str__(self) -> str:
        return self.nom or "Usager"

    @property
    def injoignable(self) -> bool:
        """Whether mails to this account's address come back."""
        return self.injoignable_a(self.courriel)

    @cached_property
    def identite_verifiee(self) -> IdentiteVerifiee | None:
        """What FranceConnect verified of this person; None for an account of the town."""
        return self.identites.filter(remplacee_le=None).first() if self.source == FRANCECONNECT else None

    def injoignable_a(self, adresse: str) -> bool:
        """Whether mails to this address came back."""
        return bool(adresse) and adresse.lower() == self.adresse_en_panne.lower()


class IdentiteVerifiee(models.Model):
    """The civil status that FranceConnect verified of an account, and those that it told before (a marriage).

    Formats are FranceConnect's (https://docs.partenaires.franceconnect.gouv.fr/): all given names, the name at birth, a
    date AAAA-MM-JJ, INSEE's codes of the commune (empty for a birth abroad) and of the country.
    """

    usager = models.ForeignKey(Usager, on_delete=models.CASCADE, related_name="identites", db_constraint=False)
    """The database removes them with the account (migration 0007), whichever release deletes it."""
    prenoms = models.CharField(max_length=256)
    nom = models.CharField(max_length=256)
    nom_usage = models.CharField(max_length=256, blank=True)
    naissance = models.CharField(max_length=10, blank=True)
    lieu_naissance = models.CharField(max_length=5, blank=True)
    pays_naissance = models.CharField(max_length=5, blank=True)
    recue_le = models.DateTimeField(default=timezone.now)
    remplacee_le = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-recue_le",)
        constraints = (
            models.UniqueConstraint(
                fields=("usager",), condition=models.Q(remplacee_le=None), name="identite_verifiee_unique"
            ),
        )

    def __str__(self) -> str:
        return f"Identité du {self.recue_le:%d/%m/%Y}"

    @property
    def nom_entier(self) -> str:
        """Given names and name, as the person signs: the name used, else the one at birth."""
        return f"{self.prenoms} {self.nom_usage or self.nom}"

    @property
    def naissance_dite(self) -> str:
        """The day of birth in words, or what is known of it; empty where FranceConnect did not say it."""
        return calendrier.jour_connu(self.naissance)


class Consentement(models.Model):
    """What a person agreed to, word for word, and until when (GDPR art. 7). Never changed but to be withdrawn."""

    AVIS_NUMERIQUES = "avis_numeriques"

    usager = models.ForeignKey(Usager, on_delete=models.CASCADE, related_name="consentements")
    objet = models.CharField(max_length=40)
    texte = models.TextField()
    donne_le = models.DateTimeField(default=timezone.now)
    retire_le = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-donne_le",)
        constraints = (
            models.UniqueConstraint(
                fields=("usager", "objet"), condition=models.Q(retire_le=None), name="consentement_ouvert_unique"
            ),
        )

    def __str__(self) -> str:
        return f"Consentement du {self.donne_le:%d/%m/%Y}"


class CourrielDepart(models.Model):
    """Former outbox (now socle.envois): only an older release writes here. Dropped in the next one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    destinataire = models.EmailField()
    contexte = models.JSONField(default=dict)
    cree_le = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Courriel du {self.cree_le:%d/%m/%Y}"


class Inscription(models.Model):
    """A sign-up under way: whoever opens the mailed link, once and within a day, owns the address.

    ``uid`` is drawn here and not when the link is used, so that a link used twice because an answer got
    lost writes the same entry of the directory.
    """

    VALIDITE = timedelta(hours=24)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    uid = models.CharField(max_length=32, unique=True)
    nom = models.CharField(max_length=100)
    prenom = models.CharField(max_length=100)
    courriel = models.EmailField()
    deja_inscrit = models.BooleanField(default=False)
    """The directory already knew this address: the mail says so instead of giving a link."""
    lien_a_envoyer = models.TextField(blank=True)
    """Former outbox, like ``courriel_envoye_le``: only an older release writes here. Dropped in the next one."""
    creee_le = models.DateTimeField(default=timezone.now)
    courriel_envoye_le = models.DateTimeField(null=True, blank=True)
    utilisee_le = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=("creee_le",), name="inscription_creee_le"),)

    def __str__(self) -> str:
        return f"Inscription du {self.creee_le:%d/%m/%Y}"

    @property
    def perimee(self) -> bool:
        """Whether its link has ended."""
        return timezone.now() > self.creee_le + self.VALIDITE
