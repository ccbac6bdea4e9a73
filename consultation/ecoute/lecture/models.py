"""Code book, readings, double readings, confirmed duplicates, and the acts that can be undone."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from consultation.ecoute.contributions.models import Contribution
from consultation.ecoute.dossiers.models import Dossier


class Theme(models.Model):
    """One entry of the code book."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="themes")
    nom = models.CharField("thème", max_length=80)
    definition = models.TextField("quand le donner, quand ne pas le donner", max_length=1000)
    exemple = models.TextField("exemples, un par ligne", max_length=1000, blank=True)
    ordre = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "thème"
        verbose_name_plural = "thèmes"
        ordering = ("ordre", "pk")
        constraints = (models.UniqueConstraint(fields=["dossier", "nom"], name="theme_nom"),)

    def __str__(self) -> str:
        return self.nom

    @property
    def exemples(self) -> list[str]:
        """One a line."""
        return [ligne.strip() for ligne in self.exemple.splitlines() if ligne.strip()]


class Masque(models.Model):
    """Where names were hidden in the original text: [start, end, kind]; places only, so that it can be redone."""

    contribution = models.OneToOneField(Contribution, models.CASCADE, related_name="masque")
    passages = models.JSONField(default=list)

    class Meta:
        verbose_name = "passages cachés"
        verbose_name_plural = "passages cachés"

    def __str__(self) -> str:
        return str(self.contribution)


class Lecture(models.Model):
    """Somebody read an opinion and gave its themes, perhaps none. Two people read without seeing each other's."""

    contribution = models.ForeignKey(Contribution, models.CASCADE, related_name="lectures")
    codeur = models.ForeignKey("equipe.Membre", models.PROTECT, related_name="lectures")
    themes = models.ManyToManyField(Theme, blank=True, related_name="lectures")
    memo = models.CharField("mémo", max_length=500, blank=True)
    le = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "lecture"
        verbose_name_plural = "lectures"
        constraints = (models.UniqueConstraint(fields=["contribution", "codeur"], name="lecture_codeur"),)

    def __str__(self) -> str:
        return f"{self.contribution}, {self.codeur}"


class LectureADeux(models.Model):
    """Two people read the same opinions, drawn at random; neither sees the other's themes before both have finished."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="lectures_a_deux")
    premier = models.ForeignKey("equipe.Membre", models.PROTECT, related_name="+", verbose_name="première personne")
    second = models.ForeignKey("equipe.Membre", models.PROTECT, related_name="+", verbose_name="seconde personne")
    avis = models.ManyToManyField(Contribution, related_name="lectures_a_deux")
    cree_le = models.DateTimeField(default=timezone.now)
    premier_fini_le = models.DateTimeField(null=True, blank=True)
    second_fini_le = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "lecture à deux"
        verbose_name_plural = "lectures à deux"
        ordering = ("-cree_le",)

    def __str__(self) -> str:
        return f"{self.premier} et {self.second}"

    @property
    def finie(self) -> bool:
        """Both finished: themes may be compared, and no longer change."""
        return self.premier_fini_le is not None and self.second_fini_le is not None


class Retenu(models.Model):
    """Themes kept together after a disagreement, and why; the two readings stay as they were."""

    contribution = models.OneToOneField(Contribution, models.CASCADE, related_name="retenu")
    themes = models.ManyToManyField(Theme, blank=True, related_name="retenus")
    motif = models.CharField("pourquoi", max_length=300)
    par = models.ForeignKey("equipe.Membre", models.SET_NULL, null=True, related_name="+")
    le = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "thèmes retenus"
        verbose_name_plural = "thèmes retenus"

    def __str__(self) -> str:
        return str(self.contribution)


class Methode(models.Model):
    """How the dossier counts texts that come several times, and why."""

    class Copies(models.TextChoices):
        """Counted once, or each."""

        UNE_FOIS = "une_fois", "Une fois : dix copies d'une lettre font un avis"
        CHACUNE = "chacune", "Chacune : dix personnes qui signent la même lettre font dix avis"

    dossier = models.OneToOneField(Dossier, models.CASCADE, related_name="methode")
    copies = models.CharField(
        "un texte reçu plusieurs fois compte", max_length=10, choices=Copies.choices, default=Copies.UNE_FOIS
    )
    motif = models.CharField("pourquoi", max_length=300)
    par = models.ForeignKey("equipe.Membre", models.SET_NULL, null=True, related_name="+")
    le = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "façon de compter"
        verbose_name_plural = "façons de compter"

    def __str__(self) -> str:
        return self.get_copies_display()


class Rapprochement(models.Model):
    """A person said that this opinion is the same text as another."""

    contribution = models.OneToOneField(Contribution, models.CASCADE, related_name="rapprochement")
    avec = models.ForeignKey(Contribution, models.CASCADE, related_name="copies")
    motif = models.CharField("pourquoi", max_length=300, blank=True)
    par = models.ForeignKey("equipe.Membre", models.SET_NULL, null=True, related_name="+")
    le = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "rapprochement"
        verbose_name_plural = "rapprochements"

    def __str__(self) -> str:
        return f"{self.contribution} = {self.avec}"


class Distinction(models.Model):
    """A person said that two texts that look alike are two opinions: not proposed again."""

    contribution = models.ForeignKey(Contribution, models.CASCADE, related_name="distinctions")
    avec = models.ForeignKey(Contribution, models.CASCADE, related_name="+")
    motif = models.CharField("pourquoi", max_length=300, blank=True)
    par = models.ForeignKey("equipe.Membre", models.SET_NULL, null=True, related_name="+")
    le = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "avis distincts"
        verbose_name_plural = "avis distincts"
        constraints = (models.UniqueConstraint(fields=["contribution", "avec"], name="distinction_paire"),)

    def __str__(self) -> str:
        return f"{self.contribution} ≠ {self.avec}"


class Geste(models.Model):
    """One act of the reading, with what it changed, before and after: enough to undo it. No text of an opinion."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="gestes")
    par = models.ForeignKey("equipe.Membre", models.SET_NULL, null=True, related_name="+")
    le = models.DateTimeField(default=timezone.now, db_index=True)
    phrase = models.CharField(max_length=500)
    avant = models.JSONField(encoder=DjangoJSONEncoder)
    apres = models.JSONField(encoder=DjangoJSONEncoder)
    annule_le = models.DateTimeField(null=True, blank=True)
    annule_par = models.ForeignKey("equipe.Membre", models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = "geste"
        verbose_name_plural = "gestes"
        ordering = ("-le", "-pk")

    def __str__(self) -> str:
        return self.phrase

    @property
    def fait(self) -> str:
        """The phrase after « vous avez »."""
        return self.phrase.removeprefix("a ")
