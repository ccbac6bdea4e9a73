"""Dossiers and their publications. Written by services.py only; pages read."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils import timezone

from consultation.dossier import Etat, Genre, Regime
from consultation.dossier.modele import NOMS

REGIMES = (
    (Regime.LIBRE.value, "Écoute libre : entendre les usagers, sans projet arrêté"),
    (Regime.L131_1.value, "Consultation du public sur un projet (CRPA, article L.131-1)"),
    (Regime.L132_1.value, "Consultation ouverte qui remplace une commission (CRPA, article L.132-1)"),
)
GENRES = {
    Genre.MODALITES: "Modalités",
    Genre.INFORMATION: "Information sur le projet",
    Genre.TIRAGE: "Tirage au sort",
    Genre.PROLONGATION: "Prolongation",
    Genre.SYNTHESE: "Synthèse des observations",
    Genre.RESULTATS: "Résultats",
    Genre.SUITES: "Suites données",
    Genre.ABANDON: "Abandon",
}
RETIRE = "[paroles retirées à la demande d'une personne]"
TONS = {
    Etat.PREPARATION: "neutre",
    Etat.ANNONCE: "info",
    Etat.OUVERT: "succes",
    Etat.DEPOUILLEMENT: "attention",
    Etat.CLOS: "neutre",
    Etat.ABANDONNE: "erreur",
}


class Dossier(models.Model):
    """One consultation."""

    titre = models.CharField("titre", max_length=150)
    slug = models.SlugField("adresse", max_length=80, unique=True)
    regime = models.CharField("cadre", max_length=12, choices=REGIMES, default=Regime.LIBRE.value)
    evenement_de_vie = models.CharField("événement de vie", max_length=120, blank=True)
    objet = models.TextField("objet", max_length=1000, blank=True)
    etat = models.CharField(
        "état", max_length=16, choices=[(e.value, NOMS[e]) for e in Etat], default=Etat.PREPARATION.value
    )
    ouverture = models.DateTimeField("ouverture", null=True, blank=True)
    fermeture = models.DateTimeField("fermeture", null=True, blank=True)
    justification_duree = models.TextField("pourquoi cette durée", max_length=1000, blank=True)
    perimetre_public = models.TextField("qui est consulté", max_length=500, blank=True)
    perimetre_justification = models.TextField("pourquoi ce public", max_length=1000, blank=True)
    mesure = models.TextField("mesure contre les avis multiples", max_length=1000, blank=True)
    proportion = models.TextField("pourquoi elle suffit", max_length=1000, blank=True)
    limite_par_appareil = models.PositiveSmallIntegerField("avis par appareil", default=3)
    question = models.TextField("question posée", max_length=500, blank=True)
    commission_remplacee = models.CharField("commission remplacée", max_length=200, blank=True)
    exclusions_ecartees = models.BooleanField("aucun cas exclu", default=False)
    cree_le = models.DateTimeField("créé le", default=timezone.now)
    ouvert_le = models.DateTimeField("participation ouverte le", null=True, blank=True)
    clos_le = models.DateTimeField("clos le", null=True, blank=True)

    class Meta:
        verbose_name = "dossier"
        verbose_name_plural = "dossiers"
        ordering = ("-cree_le",)

    def __str__(self) -> str:
        return self.titre

    @property
    def etape(self) -> Etat:
        """State as the core's word."""
        return Etat(self.etat)

    @property
    def ton(self) -> str:
        """Tone of the tag."""
        return TONS[self.etape]

    @property
    def public(self) -> bool:
        """Whether residents may read about it."""
        return self.etape != Etat.PREPARATION and (self.etape != Etat.ABANDONNE or self.publications.exists())

    @property
    def en_cours(self) -> bool:
        """Whether people may still take part: neither over nor given up."""
        return self.etape in (Etat.ANNONCE, Etat.OUVERT) and (self.fermeture is None or timezone.now() < self.fermeture)

    @property
    def en_retard(self) -> bool:
        """Announced, its hour has come, and something still keeps it from opening."""
        return self.etape == Etat.ANNONCE and self.ouverture is not None and self.ouverture <= timezone.now()

    @property
    def recoit(self) -> bool:
        """Whether contributions are taken now."""
        maintenant = timezone.now()
        return self.etape == Etat.OUVERT and (self.fermeture is None or maintenant < self.fermeture)


class Publication(models.Model):
    """One thing made public, linked to the one before it by its digest; never changed nor removed."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="publications")
    numero = models.PositiveIntegerField("numéro")
    genre = models.CharField("genre", max_length=16, choices=[(g.value, nom) for g, nom in GENRES.items()])
    version = models.PositiveIntegerField("version")
    titre = models.CharField("titre", max_length=200)
    contenu = models.TextField("contenu")
    motif = models.TextField("motif", blank=True)
    publie_le = models.DateTimeField("publié le")
    precedente = models.CharField("empreinte précédente", max_length=64)
    empreinte = models.CharField("empreinte", max_length=64)
    fichier = models.FileField("fichier", upload_to="publications/", blank=True)
    fichier_nom = models.CharField("nom du fichier", max_length=200, blank=True)

    class Meta:
        verbose_name = "publication"
        verbose_name_plural = "publications"
        ordering = ("numero",)
        constraints = (models.UniqueConstraint(fields=["dossier", "numero"], name="publication_numero"),)

    def __str__(self) -> str:
        return f"{self.titre} (version {self.version})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add, never change."""
        if not self._state.adding:
            raise PermissionDenied("Une publication ne se modifie pas : publiez une nouvelle version.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Never."""
        raise PermissionDenied("Une publication ne se retire pas.")

    @property
    def lisible(self) -> str:
        """What anybody may read now: the text, without the words that somebody took back."""
        texte = self.contenu
        for passage in sorted(self.retires.all(), key=lambda p: (p.debut, p.fin), reverse=True):
            texte = texte[: passage.debut] + RETIRE + texte[passage.fin :]
        return texte.replace(RETIRE + RETIRE, RETIRE)


class PassageRetire(models.Model):
    """Words of a publication that somebody took back: hidden at once wherever it is read, places only, no text.

    The publication itself stays whole in the database, as its digest covers it; a corrected version is asked for.
    """

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="retires")
    debut = models.PositiveIntegerField()
    fin = models.PositiveIntegerField()
    retire_le = models.DateTimeField("retiré le", default=timezone.now)

    class Meta:
        verbose_name = "passage retiré"
        verbose_name_plural = "passages retirés"
        ordering = ("debut",)
        constraints = (models.UniqueConstraint(fields=["publication", "debut", "fin"], name="passage_retire"),)

    def __str__(self) -> str:
        return f"passage retiré de {self.publication}"


class Critere(models.Model):
    """One criterion of who lives there: age, district… Used by panel quotas and by « who was heard »."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="criteres")
    nom = models.CharField("critère", max_length=60)
    question = models.CharField("question posée", max_length=150)
    source = models.CharField("source des chiffres", max_length=200, blank=True)
    ordre = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "critère"
        verbose_name_plural = "critères"
        ordering = ("ordre", "pk")
        constraints = (models.UniqueConstraint(fields=["dossier", "nom"], name="critere_nom"),)

    def __str__(self) -> str:
        return self.nom


class Modalite(models.Model):
    """One value of a criterion and its share of the population, in per cent."""

    critere = models.ForeignKey(Critere, models.CASCADE, related_name="modalites")
    nom = models.CharField("valeur", max_length=60)
    part = models.DecimalField("part de la population, en %", max_digits=5, decimal_places=2)
    ordre = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "valeur"
        verbose_name_plural = "valeurs"
        ordering = ("ordre", "pk")
        constraints = (models.UniqueConstraint(fields=["critere", "nom"], name="modalite_nom"),)

    def __str__(self) -> str:
        return self.nom
