"""Requests and what hangs on them. Written by services.py only; pages read."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

from guichet.demarches.champs import ChampContact
from guichet.demarches.definition import Definition
from guichet.demarches.models import Demarche, Service, VersionDemarche
from guichet.stockage.backend import stockage_pieces

from . import delais, phrases
from .workflow import ETATS_USAGER, EtatUsager, Statut

if TYPE_CHECKING:
    from .droits import Agent, Demandeur


def chemin_piece(_objet: models.Model, _nom: str) -> str:
    """Nothing of what the person called the file: neither a secret nor a path can hide in it."""
    return uuid.uuid4().hex


class Auteur(models.TextChoices):
    USAGER = "usager", "L'usager"
    AGENT = "agent", "Un agent"
    SYSTEME = "systeme", "Le site"


class Canal(models.TextChoices):
    WEB = "web", "Site internet"
    GUICHET = "guichet", "Guichet"
    TELEPHONE = "telephone", "Téléphone"
    COURRIER = "courrier", "Courrier"
    COURRIEL = "courriel", "E-mail"


@dataclass(frozen=True)
class Reponse:
    """One answer of a form as people read it."""

    champ: str
    etape: str
    libelle: str
    valeur: str
    type: str


class DemandeQuerySet(models.QuerySet["Demande"]):
    def visibles_par(self, agent: Agent) -> DemandeQuerySet:
        return self.filter(service__groupe__in=list(agent.groupes))

    def du_demandeur(self, demandeur: Demandeur) -> DemandeQuerySet:
        droit = models.Q(pk__in=list(demandeur.ouvertes_par_code))
        if demandeur.usager is not None:
            droit |= models.Q(usager_id=demandeur.usager.pk)
        return self.filter(droit)

    def pour_liste(self) -> DemandeQuerySet:
        """With what a row shows, and without the weight of answers and definitions."""
        return (
            self.select_related("demarche", "service")
            .defer("donnees", "demarche__definition", "demarche__recherche", "demarche__workflow")
            .order_by("-recue_le")
        )

    def pour_page(self) -> DemandeQuerySet:
        return self.select_related("demarche", "service", "version").defer(
            "demarche__definition", "demarche__recherche", "demarche__workflow"
        )


class Demande(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=20, unique=True)
    demarche = models.ForeignKey(Demarche, on_delete=models.PROTECT, related_name="demandes")
    version = models.ForeignKey(VersionDemarche, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="demandes")
    usager = models.ForeignKey(
        "comptes.Usager", on_delete=models.SET_NULL, null=True, blank=True, related_name="demandes"
    )
    canal = models.CharField(max_length=20, choices=Canal, default=Canal.WEB)
    statut = models.CharField(max_length=20, choices=Statut, default=Statut.RECUE)
    donnees = models.JSONField(default=dict)
    nom = models.CharField(max_length=200, blank=True)
    courriel = models.EmailField(blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    code_suivi_empreinte = models.CharField(max_length=64)
    recue_le = models.DateTimeField(default=timezone.now)
    echeance_le = models.DateField()
    """Day at which the town's silence takes effect."""
    close_le = models.DateTimeField(null=True, blank=True)
    agent_sub = models.CharField(max_length=200, blank=True)
    agent_nom = models.CharField(max_length=200, blank=True)
    modifiee_le = models.DateTimeField(auto_now=True)
    cle_envoi = models.UUIDField(unique=True)
    """Key of the form that was sent: the same form sent twice is one request."""

    objects = DemandeQuerySet.as_manager()

    class Meta:
        ordering = ("-recue_le",)
        indexes = (
            models.Index(fields=("service", "statut", "-recue_le"), name="demande_liste_service"),
            models.Index(fields=("usager", "-recue_le"), name="demande_liste_usager"),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def definition(self) -> Definition:
        """The definition this request answered, which may no longer be the current one."""
        return self.version.lue

    @property
    def etat_usager(self) -> EtatUsager:
        return ETATS_USAGER[Statut(self.statut)]

    @property
    def est_close(self) -> bool:
        return self.statut == Statut.CLOSE

    @property
    def recue_le_jour(self) -> date:
        """Day of receipt in the town, not in UTC."""
        return timezone.localtime(self.recue_le).date()

    def calculer_echeance(self) -> date:
        return delais.echeance(self.recue_le_jour, self.definition.delai)

    def reponses(self, *, avec_contact: bool = True) -> Iterator[Reponse]:
        """Answers given, in the order of the form; questions left empty are not shown."""
        for etape in self.definition.etapes:
            for champ in etape.champs:
                if isinstance(champ, ChampContact) and not avec_contact:
                    continue
                valeur = champ.afficher(self.donnees.get(champ.nom))
                if valeur:
                    yield Reponse(champ.nom, etape.nom, champ.libelle, valeur, champ.type)


class Evenement(models.Model):
    """One line of the history; ``phrase()`` says it to people."""

    demande = models.ForeignKey(Demande, on_delete=models.CASCADE, related_name="evenements")
    code = models.CharField(max_length=40)
    auteur_type = models.CharField(max_length=10, choices=Auteur)
    auteur_cle = models.CharField(max_length=200, blank=True)
    auteur_nom = models.CharField(max_length=200, blank=True)
    le = models.DateTimeField(default=timezone.now)
    donnees = models.JSONField(default=dict)
    visible_usager = models.BooleanField(default=True)

    class Meta:
        ordering = ("le", "pk")
        indexes = (models.Index(fields=("demande", "le"), name="evenement_historique"),)

    def __str__(self) -> str:
        return self.phrase()

    def phrase(self, *, pour_usager: bool = False) -> str:
        return phrases.phrase(
            self.code,
            auteur_type=self.auteur_type,
            auteur_nom=self.auteur_nom,
            donnees=self.donnees,
            pour_usager=pour_usager,
        )

    @property
    def phrase_usager(self) -> str:
        return self.phrase(pour_usager=True)


class Message(models.Model):
    demande = models.ForeignKey(Demande, on_delete=models.CASCADE, related_name="messages")
    auteur_type = models.CharField(max_length=10, choices=Auteur)
    auteur_cle = models.CharField(max_length=200, blank=True)
    auteur_nom = models.CharField(max_length=200, blank=True)
    texte = models.TextField()
    interne = models.BooleanField(default=False)
    envoye_le = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("envoye_le", "pk")
        indexes = (models.Index(fields=("demande", "envoye_le"), name="message_fil"),)

    def __str__(self) -> str:
        return f"Message du {self.envoye_le:%d/%m/%Y}"

    @property
    def de_la_mairie(self) -> bool:
        return self.auteur_type == Auteur.AGENT


class FichierJoint(models.Model):
    """A file as it was cleaned and stored (guichet/demandes/fichiers.py)."""

    champ = models.CharField(max_length=40, blank=True)
    fichier = models.FileField(storage=stockage_pieces, upload_to=chemin_piece, max_length=200)
    nom = models.CharField(max_length=200)
    type_mime = models.CharField(max_length=100)
    taille = models.PositiveIntegerField()
    empreinte = models.CharField(max_length=64)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.nom

    @property
    def est_image(self) -> bool:
        return self.type_mime.startswith("image/")


class Piece(FichierJoint):
    demande = models.ForeignKey(Demande, on_delete=models.CASCADE, related_name="pieces")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, null=True, blank=True, related_name="pieces")
    ajoutee_le = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("pk",)
        # The database itself refuses to remove a file that a request holds, and looks it up by name.
        indexes = (models.Index(fields=("fichier",), name="piece_fichier"),)


class Brouillon(models.Model):
    """A request not sent yet. Its identifier becomes the request's ``cle_envoi``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    demarche = models.ForeignKey(Demarche, on_delete=models.CASCADE, related_name="brouillons")
    usager = models.ForeignKey(
        "comptes.Usager", on_delete=models.CASCADE, null=True, blank=True, related_name="brouillons"
    )
    donnees = models.JSONField(default=dict)
    cree_le = models.DateTimeField(default=timezone.now)
    modifie_le = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-modifie_le",)
        indexes = (models.Index(fields=("modifie_le",), name="brouillon_modifie_le"),)

    def __str__(self) -> str:
        return f"Brouillon du {self.cree_le:%d/%m/%Y}"


class PieceBrouillon(FichierJoint):
    """A file of a draft. On submission the request's piece takes the same stored file over."""

    brouillon = models.ForeignKey(Brouillon, on_delete=models.CASCADE, related_name="pieces")

    class Meta:
        ordering = ("pk",)


class Courriel(models.Model):
    """A mail to send. Written in the transaction of what it tells; ``cle`` keeps it from being sent twice."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cle = models.CharField(max_length=120, unique=True)
    genre = models.CharField(max_length=40)
    demande = models.ForeignKey(Demande, on_delete=models.CASCADE, related_name="courriels")
    destinataire = models.EmailField()
    contexte = models.JSONField(default=dict)
    """What only this mail knows (the tracking code); emptied once it is sent."""
    cree_le = models.DateTimeField(default=timezone.now)
    envoye_le = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("cree_le",)

    def __str__(self) -> str:
        return self.cle
