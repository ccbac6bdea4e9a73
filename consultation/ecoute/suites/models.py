"""Findings with their quotes, proposals with their reasons, actions with what delivered them and what it changed."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

from consultation.ecoute.contributions.models import Contribution
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.lecture.models import Theme
from socle.typographie import nombres

ECHELLE = ((1, "1, faible"), (2, "2"), (3, "3"), (4, "4, fort"))


def chemin_preuve(_objet: models.Model, _nom: str) -> str:
    """Nothing of what the person called the file: no name can hide in it."""
    return f"preuves/{uuid.uuid4().hex}"


class Constat(models.Model):
    """What several opinions say together."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="constats")
    theme = models.ForeignKey(
        Theme, models.SET_NULL, null=True, blank=True, related_name="constats", verbose_name="thème"
    )
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

    @property
    def publie(self) -> bool:
        """Whether everybody may read it now: allowed, and still what the opinion says once names are hidden.

        An opinion set aside, read again or with another passage hidden takes its quotes back by itself, and so does
        the agreement of who spoke in a workshop, when it is missing or withdrawn.
        """
        avis = self.contribution
        dit = " ".join(avis.texte_relu.split())
        return (
            self.publiable
            and avis.citable
            and avis.relu_le is not None
            and avis.ecarte_le is None
            and " ".join(self.citation.split()) in dit
        )


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
    instance = models.CharField("qui a décidé", max_length=150, blank=True)
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
        """Effect times reach over effort, from 0.25 to 16: an order to discuss from, never a decision."""
        return self.impact * self.portee / self.effort


class Etape(models.Model):
    """One line of a proposal's history, marks or decision as they were then; only ever added to."""

    class Genre(models.TextChoices):
        """What happened."""

        NOTES = "notes", "Notes"
        DECISION = "decision", "Décision"

    proposition = models.ForeignKey(Proposition, models.CASCADE, related_name="etapes")
    genre = models.CharField(max_length=10, choices=Genre.choices)
    impact = models.PositiveSmallIntegerField("effet")
    portee = models.PositiveSmallIntegerField("portée")
    effort = models.PositiveSmallIntegerField("effort")
    decision = models.CharField("décision", max_length=10, choices=Proposition.Decision.choices)
    pourquoi = models.TextField("pourquoi", max_length=1000, blank=True)
    instance = models.CharField("qui a décidé", max_length=150, blank=True)
    le = models.DateTimeField("le", default=timezone.now)
    par = models.ForeignKey(Membre, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = "étape de la proposition"
        verbose_name_plural = "étapes de la proposition"
        ordering = ("-le", "-pk")

    def __str__(self) -> str:
        return f"{self.proposition} : {self.get_genre_display()}"


class Action(models.Model):
    """Something that will be done, by whom, by when; then the evidence that it was."""

    class Etat(models.TextChoices):
        """Where it stands."""

        PREVUE = "prevue", "prévue"
        EN_COURS = "en_cours", "en cours"
        FAITE = "faite", "faite"
        ABANDONNEE = "abandonnee", "abandonnée"

    OUVERTES = (Etat.PREVUE, Etat.EN_COURS)
    TONS = {Etat.PREVUE: "neutre", Etat.EN_COURS: "info", Etat.FAITE: "succes", Etat.ABANDONNEE: "erreur"}  # noqa: RUF012

    proposition = models.ForeignKey(Proposition, models.CASCADE, related_name="actions")
    titre = models.CharField("ce que nous ferons", max_length=200)
    responsable = models.CharField("qui en répond", max_length=120)
    courriel = models.EmailField("e-mail de cette personne", blank=True)
    echeance = models.DateField("pour le")
    etat = models.CharField("état", max_length=10, choices=Etat.choices, default=Etat.PREVUE)
    explication = models.TextField("pourquoi ce changement", max_length=1000, blank=True)
    preuve = models.TextField("ce qui montre que c'est fait", max_length=1000, blank=True)
    preuve_lien = models.URLField("page qui le montre", max_length=300, blank=True)
    preuve_fichier = models.FileField("document qui le montre", upload_to=chemin_preuve, blank=True)
    preuve_nom = models.CharField(max_length=120, blank=True)
    preuve_publique = models.BooleanField("publier ce document", default=False)
    faite_le = models.DateField("faite le", null=True, blank=True)
    rappelee_le = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "action"
        verbose_name_plural = "actions"
        ordering = ("echeance", "pk")

    def __str__(self) -> str:
        return self.titre

    @property
    def en_retard(self) -> bool:
        """Past its date and not done."""
        return self.etat in self.OUVERTES and self.echeance < timezone.localdate()

    @property
    def prouvee(self) -> bool:
        """Whether something shows that it was done."""
        return bool(self.preuve.strip() or self.preuve_lien or self.preuve_fichier)

    @property
    def mots(self) -> str:
        """State in words, lateness included."""
        return f"{self.get_etat_display()}, en retard" if self.en_retard else str(self.get_etat_display())

    @property
    def ton(self) -> str:
        """Tone of the tag."""
        return "attention" if self.en_retard else self.TONS[Action.Etat(self.etat)]


class Suivi(models.Model):
    """One line of an action's history: state and date as they became, and why; only ever added to."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="suivis")
    etat = models.CharField("état", max_length=10, choices=Action.Etat.choices)
    echeance = models.DateField("pour le")
    phrase = models.CharField("quoi", max_length=300)
    pourquoi = models.TextField("pourquoi", max_length=1000, blank=True)
    le = models.DateTimeField("le", default=timezone.now)
    par = models.ForeignKey(Membre, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = "suivi"
        verbose_name_plural = "suivis"
        ordering = ("-le", "-pk")

    def __str__(self) -> str:
        return self.phrase


class Livraison(models.Model):
    """The change that delivered an action: where to look for it in the brick that changed."""

    class Genre(models.TextChoices):
        """Which brick changed, and how."""

        VERSION = "version", "Version publiée d'un logiciel"
        DEMARCHE = "demarche", "Révision d'une démarche en ligne"
        DEMANDE = "demande", "Demande traitée par un service"
        DECISION = "decision", "Délibération ou arrêté"

    action = models.ForeignKey(Action, models.CASCADE, related_name="livraisons")
    genre = models.CharField("sorte de changement", max_length=10, choices=Genre.choices)
    reference = models.CharField("référence", max_length=300)
    precision = models.CharField("version ou précision", max_length=120, blank=True)
    le = models.DateField("en service depuis le", null=True, blank=True)
    par = models.ForeignKey(Membre, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = "changement relié"
        verbose_name_plural = "changements reliés"
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.get_genre_display()} : {self.reference}"

    @property
    def publique(self) -> bool:
        """A request belongs to the person who made it: its reference is never shown to others."""
        return self.genre != self.Genre.DEMANDE


class Indicateur(models.Model):
    """What is measured, the same way before and after."""

    class Sens(models.TextChoices):
        """Which way is better."""

        BAISSE = "baisse", "Il faut que ça baisse"
        HAUSSE = "hausse", "Il faut que ça monte"

    class Source(models.TextChoices):
        """Where the figure comes from."""

        MAIN = "main", "Relevé à la main"
        PLATEFORME = "plateforme", "Mesuré par la plateforme"

    action = models.ForeignKey(Action, models.CASCADE, related_name="indicateurs")
    nom = models.CharField("ce qu'on mesure", max_length=150)
    definition = models.TextField("comment c'est compté", max_length=500, blank=True)
    unite = models.CharField("unité", max_length=40, blank=True)
    sens = models.CharField("ce qui est mieux", max_length=10, choices=Sens.choices, default=Sens.BAISSE)
    source = models.CharField("source", max_length=12, choices=Source.choices, default=Source.MAIN)
    origine = models.CharField("d'où vient le chiffre", max_length=200, blank=True)
    mesure = models.CharField("mesure de la plateforme", max_length=40, blank=True)
    demarche = models.SlugField("démarche", max_length=80, blank=True)

    class Meta:
        verbose_name = "indicateur"
        verbose_name_plural = "indicateurs"
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.nom


class Releve(models.Model):
    """One value of an indicator; a new one replaces the old one of the same moment, and the trail keeps both."""

    class Quand(models.TextChoices):
        """Before the action, or after it."""

        AVANT = "avant", "Avant l'action"
        APRES = "apres", "Après l'action"

    indicateur = models.ForeignKey(Indicateur, models.CASCADE, related_name="releves")
    quand = models.CharField("quand", max_length=6, choices=Quand.choices)
    valeur = models.DecimalField("valeur", max_digits=14, decimal_places=2)
    au = models.DateField("valeur au", null=True, blank=True)
    mesure_le = models.DateTimeField(default=timezone.now)
    par = models.ForeignKey(Membre, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = "relevé"
        verbose_name_plural = "relevés"
        ordering = ("quand",)
        constraints = (models.UniqueConstraint(fields=["indicateur", "quand"], name="releve_quand"),)

    def __str__(self) -> str:
        return f"{self.indicateur} : {self.valeur}"

    @property
    def nombre(self) -> str:
        """« 12,5 », « 1 234 »: as people write it."""
        return nombres.nombre(self.valeur)
