"""Workshops and who comes. Written by services.py only; pages read."""

from __future__ import annotations

import secrets
import uuid

from django.db import models
from django.utils import timezone

from consultation.ecoute.contributions.models import Contribution
from consultation.ecoute.dossiers.models import Dossier

NOM_EFFACE = "Personne effacée"  # what erasure leaves where a row has to stay


class Atelier(models.Model):
    """One workshop."""

    class Etat(models.TextChoices):
        """Where it stands."""

        PREVU = "prevu", "prévu"
        TENU = "tenu", "tenu"
        ANNULE = "annule", "annulé"

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="ateliers")
    titre = models.CharField("titre", max_length=150)
    debut = models.DateTimeField("début")
    fin = models.DateTimeField("fin")
    lieu = models.CharField("lieu", max_length=150)
    adresse = models.CharField("adresse", max_length=300)
    acces = models.TextField("comment venir", max_length=1000, blank=True)
    plain_pied = models.BooleanField("accessible en fauteuil roulant", default=True)
    boucle = models.BooleanField("boucle magnétique", default=False)
    interprete = models.BooleanField("interprète en langue des signes sur demande", default=False)
    garde = models.BooleanField("garde d'enfants sur place", default=False)
    capacite = models.PositiveSmallIntegerField("nombre de places", default=16)
    tables = models.PositiveSmallIntegerField("nombre de tables", default=3)
    inscription_publique = models.BooleanField("inscription ouverte à tous", default=False)
    etat = models.CharField("état", max_length=8, choices=Etat.choices, default=Etat.PREVU)
    motif_annulation = models.CharField("motif de l'annulation", max_length=300, blank=True)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)  # of the calendar event

    class Meta:
        verbose_name = "atelier"
        verbose_name_plural = "ateliers"
        ordering = ("debut",)

    def __str__(self) -> str:
        return self.titre

    @property
    def places_prises(self) -> int:
        """Seats taken."""
        return self.participants.filter(statut__in=Participant.ASSIS).count()

    @property
    def places_libres(self) -> int:
        """Seats left."""
        return max(0, self.capacite - self.places_prises)

    @property
    def accessibilites(self) -> list[str]:
        """What is arranged, in words."""
        champs = ("plain_pied", "boucle", "interprete", "garde")
        return [str(self._meta.get_field(c).verbose_name) for c in champs if getattr(self, c)]  # type: ignore[union-attr]


def _jeton() -> str:
    return secrets.token_urlsafe(12)


class Participant(models.Model):
    """Somebody invited or registered; `jeton` opens their own page and nothing else."""

    class Qualite(models.TextChoices):
        """As whom they come."""

        HABITANT = "habitant", "Habitant"
        ASSOCIATION = "association", "Association"
        AGENT = "agent", "Agent de la commune"

    class Statut(models.TextChoices):
        """Where their invitation stands."""

        DEMANDE = "demande", "demande une place, à confirmer"
        INVITE = "invite", "invité, sans réponse"
        INSCRIT = "inscrit", "inscrit"
        ATTENTE = "attente", "en liste d'attente"
        DESISTE = "desiste", "ne viendra pas"
        PRESENT = "present", "présent"
        ABSENT = "absent", "absent"

    class Appel(models.TextChoices):
        """What has to be said by phone to somebody whom no message can reach."""

        DEMANDE = "demande", "vérifier que la demande de place est bien la sienne"
        PLACE_LIBEREE = "place_liberee", "dire qu'une place s'est libérée"
        CHANGEMENT = "changement", "dire que la date ou le lieu change"
        ANNULATION = "annulation", "dire que l'atelier est annulé"

    ASSIS = (Statut.INSCRIT, Statut.PRESENT)
    PAS_ATTENDUS = (Statut.DEMANDE, Statut.DESISTE)

    atelier = models.ForeignKey(Atelier, models.CASCADE, related_name="participants")
    nom = models.CharField("nom", max_length=120)
    courriel = models.EmailField("adresse e-mail", blank=True)
    telephone = models.CharField("téléphone", max_length=30, blank=True)
    adresse = models.TextField("adresse postale", max_length=300, blank=True)
    qualite = models.CharField("vient comme", max_length=12, choices=Qualite.choices, default=Qualite.HABITANT)
    organisme = models.CharField("organisme", max_length=120, blank=True)
    besoins = models.CharField("ce qu'il faut prévoir", max_length=300, blank=True)
    statut = models.CharField("réponse", max_length=8, choices=Statut.choices, default=Statut.INVITE)
    jeton = models.CharField(max_length=24, unique=True, default=_jeton, editable=False)
    cree_le = models.DateTimeField(default=timezone.now)
    invite_le = models.DateTimeField("invité le", null=True, blank=True)
    relance_le = models.DateTimeField("relancé le", null=True, blank=True)
    attente_le = models.DateTimeField("attend depuis le", null=True, blank=True)  # order of the waiting list
    echec_le = models.DateTimeField("dernier e-mail non parti le", null=True, blank=True)
    appel = models.CharField("à appeler pour", max_length=16, choices=Appel.choices, blank=True, default="",
                             db_default="")  # fmt: skip
    sequence = models.PositiveIntegerField(default=0, editable=False)  # of their own copy of the calendar event

    class Meta:
        verbose_name = "participant"
        verbose_name_plural = "participants"
        ordering = ("nom", "pk")

    def __str__(self) -> str:
        return self.nom

    @property
    def assis(self) -> bool:
        """Has a seat."""
        return self.statut in self.ASSIS

    @property
    def accords(self) -> set[str]:
        """Purposes agreed to now."""
        return {c.finalite for c in self.consentements.all() if c.accorde and c.retire_le is None}

    @property
    def reponses(self) -> dict[str, Consentement]:
        """Last answer given for each purpose; a purpose never answered is absent."""
        return {c.finalite: c for c in self.consentements.all()}  # in the order they were given

    @property
    def rang_attente(self) -> int:
        """Place in the waiting list, from 1."""
        devant = self.atelier.participants.filter(statut=self.Statut.ATTENTE, attente_le__lt=self.attente_le)
        return 1 + devant.count() if self.attente_le else 0


class Finalite(models.TextChoices):
    """What an agreement is for; each on its own, none needed to come."""

    ENREGISTREMENT = "enregistrement", "Enregistrer ma voix, pour que les notes soient justes"
    IMAGE = "image", "Me prendre en photo ou me filmer"
    CITATION = "citation", "Citer mes paroles, sans mon nom, dans ce que la mairie publie"
    RECONTACT = "recontact", "Me recontacter pour un autre atelier"


class Consentement(models.Model):
    """An answer for one purpose, and perhaps its end; both moments are kept as proof.

    Without `recueilli_par`, the person answered on their own page; otherwise that member entered what they signed.
    """

    participant = models.ForeignKey(Participant, models.CASCADE, related_name="consentements")
    finalite = models.CharField("finalité", max_length=16, choices=Finalite.choices)
    accorde = models.BooleanField("accepte", default=True)
    donne_le = models.DateTimeField("répondu le", default=timezone.now)
    retire_le = models.DateTimeField("retiré le", null=True, blank=True)
    recueilli_par = models.ForeignKey("equipe.Membre", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "accord"
        verbose_name_plural = "accords"
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.get_finalite_display()

    @property
    def phrase(self) -> str:
        """« accepté le 24/11/2026 », « retiré le … », « refusé le … »."""
        if not self.accorde:
            return f"refusé le {timezone.localtime(self.donne_le):%d/%m/%Y}"
        if self.retire_le is not None:
            return f"retiré le {timezone.localtime(self.retire_le):%d/%m/%Y}"
        return f"accepté le {timezone.localtime(self.donne_le):%d/%m/%Y}"


class Sequence(models.Model):
    """One moment of the run sheet."""

    atelier = models.ForeignKey(Atelier, models.CASCADE, related_name="sequences")
    ordre = models.PositiveSmallIntegerField(default=0)
    minutes = models.PositiveSmallIntegerField("durée en minutes")
    titre = models.CharField("moment", max_length=120)
    consigne = models.TextField("ce que dit et fait l'animateur", max_length=1500, blank=True)
    materiel = models.CharField("matériel", max_length=200, blank=True)

    class Meta:
        verbose_name = "moment"
        verbose_name_plural = "moments"
        ordering = ("ordre", "pk")

    def __str__(self) -> str:
        return self.titre


class Note(models.Model):
    """Something said at a table. `cle` comes from the phone: a note sent twice is kept once.

    `participant` is who said it, when the table noted it: their agreement decides whether it may be quoted.
    `version` grows at each correction: two writers do not erase each other's words without seeing them.
    """

    atelier = models.ForeignKey(Atelier, models.CASCADE, related_name="notes")
    table = models.PositiveSmallIntegerField("table")
    texte = models.TextField("ce qui est dit", max_length=2000)
    cle = models.CharField(max_length=40, unique=True)
    notee_le = models.DateTimeField(default=timezone.now)
    notee_par = models.ForeignKey("equipe.Membre", models.SET_NULL, null=True, blank=True, related_name="+")
    participant = models.ForeignKey(Participant, models.SET_NULL, null=True, blank=True, related_name="notes")
    version = models.PositiveIntegerField(default=1)
    corrigee_par = models.ForeignKey("equipe.Membre", models.SET_NULL, null=True, blank=True, related_name="+")
    contribution = models.OneToOneField(Contribution, models.SET_NULL, null=True, blank=True, related_name="note")

    class Meta:
        verbose_name = "note"
        verbose_name_plural = "notes"
        ordering = ("table", "notee_le", "pk")

    def __str__(self) -> str:
        return f"table {self.table}"
