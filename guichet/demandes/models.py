"""Requests and what hangs on them. Written by services.py only; pages read."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

from guichet.demandes import delais, phrases, workflow
from guichet.demandes.workflow import EtatUsager
from guichet.demarches.definition import Definition
from guichet.demarches.definition_workflow import NATURES_FINIES, StatutDefini, Workflow
from guichet.demarches.definition_workflow import Nature as NatureDefinie
from guichet.demarches.models import Demarche, Service, VersionDemarche
from guichet.stockage.backend import stockage_pieces
from socle.postgresql.lecture import LectureFixe

if TYPE_CHECKING:
    from guichet.demandes.droits import Agent


def chemin_piece(_objet: models.Model, _nom: str) -> str:
    """Nothing of what the person called the file: neither a secret nor a path can hide in it."""
    return uuid.uuid4().hex


class Auteur(models.TextChoices):
    """Whose act a line of history or a message is."""

    USAGER = "usager", "L'usager"
    AGENT = "agent", "Un agent"
    SYSTEME = "systeme", "Le site"


DE_LA_MAIRIE = (Auteur.AGENT, Auteur.SYSTEME)
"""Who writes for the town."""


class Canal(models.TextChoices):
    """How a request came in."""

    WEB = "web", "Site internet"
    GUICHET = "guichet", "Guichet"
    TELEPHONE = "telephone", "Téléphone"
    COURRIER = "courrier", "Courrier"
    COURRIEL = "courriel", "E-mail"


class CanalReponse(models.TextChoices):
    """How the person wishes to be answered, which may be another way than the one they came by."""

    COURRIEL = "courriel", "E-mail"
    COURRIER = "courrier", "Courrier"
    TELEPHONE = "telephone", "Téléphone"


class Nature(models.TextChoices):
    """What the status means (definition_workflow.Nature), as a column that lists and figures may look at."""

    A_TRAITER = "a_traiter", NatureDefinie.A_TRAITER.libelle
    EN_COURS = "en_cours", NatureDefinie.EN_COURS.libelle
    ATTENTE_USAGER = "attente_usager", NatureDefinie.ATTENTE_USAGER.libelle
    TRANSFEREE = "transferee", NatureDefinie.TRANSFEREE.libelle
    REPONDUE = "repondue", NatureDefinie.REPONDUE.libelle
    CLOSE = "close", NatureDefinie.CLOSE.libelle


class Issue(models.TextChoices):
    """What the town decided."""

    ACCORD = "accord", "Acceptée"
    REFUS = "refus", "Refusée"


@dataclass(frozen=True)
class Reponse:
    """One answer of a form as people read it."""

    champ: str
    etape: str
    libelle: str
    valeur: str
    type: str


class DemandeQuerySet(models.QuerySet["Demande"]):
    """Requests, narrowed by who reads them."""

    def visibles_par(self, agent: Agent) -> DemandeQuerySet:
        """Requests that are with one of the agent's services (the rule of droits.peut_voir, in SQL)."""
        return self.filter(service__groupe__in=list(agent.groupes))

    def pour_liste(self) -> DemandeQuerySet:
        """With what a row shows, and without the weight of answers and definitions."""
        return (
            self.select_related("demarche", "service")
            .defer("donnees", "demarche__definition", "demarche__recherche", "demarche__workflow")
            .order_by("-recue_le")
        )

    def pour_page(self) -> DemandeQuerySet:
        """With what a page shows, in one query; what is long is left out: a request is read with its own version,
        which the process reads once.
        """
        return self.select_related("demarche", "service", "version").defer(
            "demarche__definition",
            "demarche__recherche",
            "demarche__workflow",
            "version__definition",
            "version__workflow",
        )


class Demande(models.Model):
    """One request of one person: its answers, where it stands, whose it is. Changed by what services.py offers."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=20, unique=True)
    demarche = models.ForeignKey(Demarche, on_delete=models.PROTECT, related_name="demandes")
    version = models.ForeignKey(VersionDemarche, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="demandes")
    usager = models.ForeignKey(
        "comptes.Usager", on_delete=models.SET_NULL, null=True, blank=True, related_name="demandes"
    )
    canal = models.CharField(max_length=20, choices=Canal, default=Canal.WEB)
    canal_reponse = models.CharField(max_length=20, choices=CanalReponse, default=CanalReponse.COURRIEL)
    statut = models.CharField(max_length=40, default="recue")
    """A code of the request's own workflow."""
    nature = models.CharField(max_length=20, choices=Nature, default=Nature.A_TRAITER)
    statut_depuis = models.DateTimeField(default=timezone.now)
    donnees = models.JSONField(default=dict)
    nom = models.CharField(max_length=200, blank=True)
    courriel = models.EmailField(blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    adresse_postale = models.TextField(blank=True)
    code_suivi_empreinte = models.CharField(max_length=64)
    recue_le = models.DateTimeField(default=timezone.now)
    competente_le = models.DateField(null=True, blank=True)
    """Day the town received it from another authority, where it was not filed here first (CRPA L.114-3)."""
    ressaisie_le = models.DateField(null=True, blank=True)
    """Day on which the town had to decide again: its former decision was taken back. The whole time runs from it."""
    echeance_le = models.DateField(null=True, blank=True)
    """Day at which the town's silence takes effect; none while the clock waits or once it no longer counts."""
    suspendue_depuis = models.DateField(null=True, blank=True)
    decidee_le = models.DateTimeField(null=True, blank=True)
    """When the town first answered: the clock stopped."""
    issue = models.CharField(max_length=10, choices=Issue, blank=True)
    close_le = models.DateTimeField(null=True, blank=True)
    anonymisee_le = models.DateTimeField(null=True, blank=True)
    """When everything that tells who asked was removed (anonymisation.py). Nothing can be done to it any more."""
    autorite = models.CharField(max_length=200, blank=True)
    """To whom the request was passed on, outside the town (CRPA L.114-2)."""
    saisie_par_sub = models.CharField(max_length=200, blank=True)
    saisie_par_nom = models.CharField(max_length=200, blank=True)
    """The agent who typed it in for the person: counter, telephone, letter."""
    agent_sub = models.CharField(max_length=200, blank=True)
    agent_nom = models.CharField(max_length=200, blank=True)
    modifiee_le = models.DateTimeField(auto_now=True)
    cle_envoi = models.UUIDField(unique=True)
    """Key of the form that was sent: the same form sent twice is one request."""

    objects = DemandeQuerySet.as_manager()

    class Meta:
        ordering = ("-recue_le",)
        indexes = (
            models.Index(fields=("service", "nature", "-recue_le"), name="demande_liste_service"),
            models.Index(fields=("usager", "-recue_le"), name="demande_liste_usager"),
            # What the automatic steps look through, several times an hour.
            models.Index(
                fields=("version", "statut", "statut_depuis"),
                condition=~models.Q(nature="close") & models.Q(anonymisee_le=None),
                name="demande_etapes_dues",
            ),
            # Time to answer, which the monitoring counts over 90 days.
            models.Index(
                fields=("decidee_le",),
                include=("recue_le", "demarche"),
                condition=models.Q(decidee_le__isnull=False),
                name="demande_par_decision",
            ),
            # What is looked through each night for requests to make anonymous.
            models.Index(
                fields=("statut_depuis",),
                condition=models.Q(anonymisee_le=None, nature__in=tuple(map(str, NATURES_FINIES))),
                name="demande_a_anonymiser",
            ),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def definition(self) -> Definition:
        """The definition this request answered, which may no longer be the current one."""
        return self.version.lue

    @property
    def workflow(self) -> Workflow:
        """The workflow of the version it answered."""
        return workflow.de(self)

    @property
    def statut_defini(self) -> StatutDefini:
        """Its present status, as that workflow defines it."""
        return workflow.statut_de(self)

    @property
    def etat_usager(self) -> EtatUsager:
        """Its present status in the resident's words."""
        return workflow.etat_usager(self)

    @property
    def est_close(self) -> bool:
        """Whether nothing more is expected of anybody."""
        return self.nature == Nature.CLOSE

    @property
    def recue_le_jour(self) -> date:
        """Day of receipt in the town, not in UTC."""
        return timezone.localtime(self.recue_le).date()

    def faits(self) -> delais.Faits:
        """What happened to the request and counts for its clock, in days of the town."""
        arret = self.decidee_le or self.close_le
        return delais.Faits(
            recue_le=self.ressaisie_le or self.recue_le_jour,
            competente_le=self.competente_le,
            suspensions=tuple(
                delais.Suspension(s.debut, s.fin, s.limite) for s in SUSPENSIONS.toutes(self.pk) if s.opposable
            ),
            decidee_le=timezone.localtime(arret).date() if arret else None,
        )

    def horloge(self, aujourdhui: date | None = None) -> delais.Horloge:
        """Its clock on the day given, today by default. Reads its suspensions."""
        return delais.horloge(self.definition.delai, self.faits(), aujourdhui or timezone.localdate())

    def reponses(self, *, avec_contact: bool = True) -> Iterator[Reponse]:
        """Answers given, in the order of the form; questions left empty are not shown.

        Without ``avec_contact``, those that are columns of the request are left out: what reaches whoever asked, and
        nobody else.
        """
        for etape in self.definition.etapes:
            for champ in etape.champs:
                if champ.moyen_du_demandeur and not avec_contact:
                    continue
                valeur = champ.afficher(self.donnees.get(champ.nom))
                if valeur:
                    yield Reponse(champ.nom, etape.nom, champ.libelle, valeur, champ.type)


class ComplementQuerySet(models.QuerySet["Complement"]):
    """What was asked of residents."""

    def ouverts(self) -> ComplementQuerySet:
        """Asked and still missing."""
        return self.filter(fourni_le=None, leve_le=None)


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

    courriel_retenu = False
    """Not kept: said by the act just done, whose mail does not leave (socle/envois/plafonds.py)."""

    class Meta:
        ordering = ("le", "pk")
        indexes = (models.Index(fields=("demande", "le"), name="evenement_historique"),)

    def __str__(self) -> str:
        return self.phrase()

    def phrase(self, *, pour_usager: bool = False) -> str:
        """The line in French. Raises KeyError when its code has no sentence in phrases.py."""
        return phrases.phrase(
            self.code,
            auteur_type=self.auteur_type,
            auteur_nom=self.auteur_nom,
            donnees=self.donnees,
            pour_usager=pour_usager,
        )

    @property
    def phrase_usager(self) -> str:
        """The line as the resident reads it, for templates."""
        return self.phrase(pour_usager=True)


class Message(models.Model):
    """One message of the exchange between a resident and the town, or a note between agents (``interne``)."""

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
        """Whether an agent or the site wrote it."""
        return self.auteur_type != Auteur.USAGER


class Complement(models.Model):
    """One thing the town asked the resident for. The resident gives just that."""

    class Genre(models.TextChoices):
        """What kind of thing it is: the first two stop the clock (CRPA L.114-5), a question does not."""

        PIECE = "piece", "Une pièce"
        CORRECTION = "correction", "Une correction"
        QUESTION = "question", "Une question"

    demande = models.ForeignKey(Demande, on_delete=models.CASCADE, related_name="complements")
    genre = models.CharField(max_length=12, choices=Genre)
    champ = models.CharField(max_length=40, blank=True)
    """The field to correct, or the one that the piece answers; a piece may answer none."""
    libelle = models.CharField(max_length=300)
    explication = models.TextField(blank=True)
    demande_le = models.DateTimeField(default=timezone.now)
    limite_le = models.DateField(null=True, blank=True)
    fourni_le = models.DateTimeField(null=True, blank=True)
    leve_le = models.DateTimeField(null=True, blank=True)
    """When the town went on without it."""

    objects = ComplementQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        indexes = (models.Index(fields=("demande", "fourni_le"), name="complement_demande"),)

    def __str__(self) -> str:
        return self.libelle

    @property
    def est_question(self) -> bool:
        """Whether an answer in words is awaited."""
        return self.genre == self.Genre.QUESTION

    @property
    def est_correction(self) -> bool:
        """Whether an answer of the form is to be corrected."""
        return self.genre == self.Genre.CORRECTION

    @property
    def est_ouvert(self) -> bool:
        """Whether it is still awaited: neither given nor given up by the town."""
        return self.fourni_le is None and self.leve_le is None


class Suspension(models.Model):
    """A time during which the clock waits for the resident (CRPA L.114-3, L.114-5)."""

    demande = models.ForeignKey(Demande, on_delete=models.CASCADE, related_name="suspensions")
    debut = models.DateField()
    fin = models.DateField(null=True, blank=True)
    limite = models.DateField(null=True, blank=True)
    opposable = models.BooleanField(default=True, db_default=True)
    """False: the mail that asked never reached the person, so that the clock goes on (horloges.py)."""

    class Meta:
        ordering = ("debut", "pk")

    def __str__(self) -> str:
        return f"Suspension du {self.debut:%d/%m/%Y}"


SUSPENSIONS = LectureFixe(lambda demande: Suspension.objects.filter(demande=demande), "demande")


class Transfert(models.Model):
    """A request passed on, to another service or to another authority (CRPA L.114-2)."""

    demande = models.ForeignKey(Demande, on_delete=models.CASCADE, related_name="transferts")
    le = models.DateTimeField(default=timezone.now)
    de = models.CharField(max_length=200)
    vers = models.CharField(max_length=200)
    autorite = models.BooleanField(default=False)
    par_nom = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("le", "pk")

    def __str__(self) -> str:
        return f"{self.de} → {self.vers}"


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
        """Whether a browser can show it as a picture."""
        return self.type_mime.startswith("image/")


class Piece(FichierJoint):
    """A file of a request: answers the question named ``champ``, or comes with a message."""

    demande = models.ForeignKey(Demande, on_delete=models.CASCADE, related_name="pieces")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, null=True, blank=True, related_name="pieces")
    ajoutee_le = models.DateTimeField(default=timezone.now)
    ouverte_le = models.DateTimeField(null=True, blank=True)
    """When the resident first opened it on the site, of a document that the town joined."""

    class Meta:
        ordering = ("pk",)
        # The database itself refuses to remove a file that a request holds, and looks it up by name.
        indexes = (models.Index(fields=("fichier",), name="piece_fichier"),)


class Lettre(models.Model):
    """A letter that an act of the history calls for, until an agent has printed it (lettres.py)."""

    class Pour(models.TextChoices):
        """To whom it goes."""

        USAGER = "usager", "L'usager"
        ORGANISME = "organisme", "L'organisme à qui la demande est transmise"

    demande = models.ForeignKey(Demande, on_delete=models.CASCADE, related_name="lettres")
    evenement = models.ForeignKey(Evenement, on_delete=models.CASCADE, related_name="lettres")
    pour = models.CharField(max_length=10, choices=Pour, default=Pour.USAGER)
    due_le = models.DateTimeField(default=timezone.now)
    imprimee_le = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("due_le", "pk")
        constraints = (models.UniqueConstraint(fields=("evenement", "pour"), name="lettre_unique"),)
        indexes = (models.Index(fields=("demande",), condition=models.Q(imprimee_le=None), name="lettre_a_imprimer"),)

    def __str__(self) -> str:
        return f"Lettre du {self.due_le:%d/%m/%Y}"


class BrouillonQuerySet(models.QuerySet["Brouillon"]):
    """Drafts."""

    def avec_demarche(self) -> BrouillonQuerySet:
        """With what a page of the form needs, in one query; ``a_des_pieces``: whether files are to be read too."""
        pieces = PieceBrouillon.objects.filter(brouillon=models.OuterRef("pk"))
        return (
            self.select_related("demarche__service")
            .defer("demarche__definition", "demarche__workflow", "demarche__recherche")
            .annotate(a_des_pieces=models.Exists(pieces))
        )


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

    objects = BrouillonQuerySet.as_manager()

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
    """Former outbox (now socle.envois): only an older release writes here. Dropped in the next one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cle = models.CharField(max_length=120, unique=True)
    genre = models.CharField(max_length=40)
    demande = models.ForeignKey(Demande, on_delete=models.CASCADE, related_name="courriels", null=True, blank=True)
    destinataire = models.EmailField()
    contexte = models.JSONField(default=dict)
    cree_le = models.DateTimeField(default=timezone.now)
    envoye_le = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("cree_le",)

    def __str__(self) -> str:
        return self.cle
