"""The sheet of a dossier: why personal data, how long, who approved it; and the proofs of erasure."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from consultation.dossier import ProtectionDonnees
from consultation.ecoute.dossiers.models import Dossier


class Sorte(models.TextChoices):
    """Kinds of personal data, each with its own retention."""

    AVIS = "avis", "Textes d'origine des avis (une version sans nom reste)"
    CONTACTS = "contacts", "Coordonnées laissées avec un avis"
    VOLONTAIRES = "volontaires", "Volontaires du panel"
    PARTICIPANTS = "participants", "Participants aux ateliers"
    CONSENTEMENTS = "consentements", "Preuves des accords donnés, avec le nom de la personne"


class Sort(models.TextChoices):
    """How a retention ends: public archives are never silently deleted (Code du patrimoine, L.212-2)."""

    ELIMINATION = "elimination", "Élimination, avec le visa des archives"
    VERSEMENT = "versement", "Versement aux archives, puis élimination ici"


DEBUTS = {
    Sorte.AVIS: "la clôture du dossier",
    Sorte.CONTACTS: "la clôture du dossier",
    Sorte.VOLONTAIRES: "le tirage",
    Sorte.PARTICIPANTS: "l'atelier",
    Sorte.CONSENTEMENTS: "l'atelier",
}
MOIS_PROPOSES = {
    Sorte.AVIS: 12,
    Sorte.CONTACTS: 3,
    Sorte.VOLONTAIRES: 3,
    Sorte.PARTICIPANTS: 12,
    Sorte.CONSENTEMENTS: 60,
}
BASE_PROPOSEE = (
    "Mission d'intérêt public (RGPD, article 6, paragraphe 1, e). Accord de la personne pour ce qui est en plus : "
    "photo, enregistrement, citation, nouveau contact."
)
SAUVEGARDES_PROPOSEES = (
    "Une copie par semaine du dossier de données, sur un disque chiffré gardé en mairie. Chaque copie est détruite au "
    "bout de 30 jours : ce qui est effacé ici disparaît donc des copies 30 jours après au plus tard."
)


class Fiche(models.Model):
    """Data protection sheet of a dossier; any change takes the approval away."""

    dossier = models.OneToOneField(Dossier, models.CASCADE, related_name="fiche")
    finalite = models.TextField("à quoi servent les données", max_length=1000)
    base_legale = models.TextField("base légale", max_length=1000, default=BASE_PROPOSEE)
    destinataires = models.TextField("qui les voit", max_length=1000)
    sauvegardes = models.TextField("où sont les copies de sauvegarde", max_length=1000, default=SAUVEGARDES_PROPOSEES)
    visa = models.CharField("visa d'élimination des archives", max_length=200, blank=True)
    approuve_par = models.CharField("approuvée par", max_length=120, blank=True)
    approuve_le = models.DateTimeField("approuvée le", null=True, blank=True)
    reference = models.CharField("référence de l'accord", max_length=200, blank=True)
    # The DPO has no account.
    note_par = models.CharField("accord noté par", max_length=120, blank=True, default="", db_default="")

    class Meta:
        verbose_name = "fiche de protection des données"
        verbose_name_plural = "fiches de protection des données"

    def __str__(self) -> str:
        return f"Fiche de {self.dossier}"

    def vers_coeur(self) -> ProtectionDonnees:
        """As the rules know it."""
        durees = "; ".join(f"{d.get_sorte_display()} : {d.mois} mois" for d in self.durees.all())
        return ProtectionDonnees(
            self.base_legale, durees, self.approuve_par, self.approuve_le, self.note_par, self.reference
        )


class Duree(models.Model):
    """Retention of one kind, in months from its starting event."""

    fiche = models.ForeignKey(Fiche, models.CASCADE, related_name="durees")
    sorte = models.CharField("sorte", max_length=16, choices=Sorte.choices)
    mois = models.PositiveSmallIntegerField("mois")
    sort = models.CharField("à la fin", max_length=12, choices=Sort.choices, default=Sort.ELIMINATION)
    verse_le = models.DateTimeField("versé aux archives le", null=True, blank=True)
    verse_reference = models.CharField("référence du versement", max_length=200, blank=True)

    class Meta:
        verbose_name = "durée de conservation"
        verbose_name_plural = "durées de conservation"
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=["fiche", "sorte"], name="duree_sorte"),)

    def __str__(self) -> str:
        return f"{self.get_sorte_display()} : {self.mois} mois"

    @property
    def debut(self) -> str:
        """What the months run from."""
        return DEBUTS[Sorte(self.sorte)]


class Effacement(models.Model):
    """Proof that an erasure took place: what kind, how many, when, chained like publications; no name."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="effacements", null=True, blank=True)
    sorte = models.CharField("sorte", max_length=60)
    nombre = models.PositiveIntegerField("nombre")
    motif = models.CharField("motif", max_length=500)
    le = models.DateTimeField("le", default=timezone.now)
    precedente = models.CharField(max_length=64)
    empreinte = models.CharField("empreinte", max_length=64)

    class Meta:
        verbose_name = "effacement"
        verbose_name_plural = "effacements"
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.sorte} : {self.nombre}"
