"""Services of the town and the procedures they answer."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from django.db import models

from guichet.demarches.definition import ACCEPTEE, Definition
from guichet.demarches.definition_workflow import STANDARD
from guichet.demarches.definition_workflow import Workflow as WorkflowLu
from guichet.demarches.orientations import OrientationDefinie


class Service(models.Model):
    """A queue of requests; ``groupe`` is the directory group whose members may read it."""

    slug = models.SlugField(primary_key=True)
    nom = models.CharField(max_length=200)
    groupe = models.CharField(max_length=80, unique=True)
    courriel = models.EmailField()
    telephone = models.CharField(max_length=40)
    adresse = models.TextField()
    horaires = models.TextField()

    class Meta:
        ordering = ("nom",)

    def __str__(self) -> str:
        return self.nom


class Workflow(models.Model):
    """The life that requests of a procedure follow, as the town last wrote it."""

    slug = models.SlugField(primary_key=True)
    titre = models.CharField(max_length=200)
    definition = models.JSONField()
    empreinte = models.CharField(max_length=64, default="", editable=False)
    """Of the file last loaded; ``services.SANS_FICHIER`` when it was written by editors (see services.py)."""
    modifie_le = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("titre",)

    def __str__(self) -> str:
        return self.titre

    @cached_property
    def lu(self) -> WorkflowLu:
        """The workflow, typed. Raises pydantic's ValidationError if what is stored is no longer valid."""
        return WorkflowLu.model_validate(self.definition)


class DemarcheQuerySet(models.QuerySet["Demarche"]):
    """Procedures."""

    def publiees(self) -> DemarcheQuerySet:
        """What people are shown, without what is long: ``lue`` then comes from the memory of the process."""
        return self.filter(publiee=True).select_related("service").defer("definition", "workflow", "recherche")


class Demarche(models.Model):
    """A procedure: its current definition, and what lists need of it in plain columns."""

    slug = models.SlugField(primary_key=True)
    titre = models.CharField(max_length=200)
    resume = models.TextField()
    theme = models.CharField(max_length=100)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="demarches")
    definition = models.JSONField()
    workflow = models.JSONField(null=True)
    """The workflow as it was when this version was made."""
    publiee = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    empreinte = models.CharField(max_length=64, default="", editable=False)
    """Of the file last loaded; ``services.SANS_FICHIER`` when it was written by editors (see services.py)."""
    modifiee_le = models.DateTimeField(auto_now=True)
    recherche = models.TextField(editable=False, default="")
    """Read by the release before, that searched in it; dropped by the next one."""

    objects = DemarcheQuerySet.as_manager()

    class Meta:
        ordering = ("theme", "titre")

    def __str__(self) -> str:
        return self.titre

    @cached_property
    def lue(self) -> Definition:
        """The definition as an object, to be read only; the table holds only definitions that were accepted."""
        if "definition" in self.get_deferred_fields():
            return _lue_une_fois(self.pk, self.modifiee_le)
        return Definition.model_validate(self.definition, context=ACCEPTEE)


@lru_cache(maxsize=256)
def _lue_une_fois(slug: str, modifiee_le: datetime) -> Definition:
    """Read once a process: whoever changes a procedure saves it, and the moment of that is part of the question."""
    del modifiee_le
    definition = Demarche.objects.values_list("definition", flat=True).get(pk=slug)
    return Definition.model_validate(definition, context=ACCEPTEE)


class OrientationQuerySet(models.QuerySet["Orientation"]):
    """Sheets."""

    def publiees(self) -> OrientationQuerySet:
        """What people are shown."""
        return self.filter(publiee=True)


class Orientation(models.Model):
    """A sheet that leads to who does it, where the town's site does not."""

    slug = models.SlugField(primary_key=True)
    titre = models.CharField(max_length=200)
    definition = models.JSONField()
    publiee = models.BooleanField(default=True)
    empreinte = models.CharField(max_length=64, default="", editable=False)
    """Of the file last loaded; ``services.SANS_FICHIER`` when it was written by editors (see services.py)."""
    modifiee_le = models.DateTimeField(auto_now=True)

    objects = OrientationQuerySet.as_manager()

    class Meta:
        ordering = ("titre",)

    def __str__(self) -> str:
        return self.titre

    @cached_property
    def lue(self) -> OrientationDefinie:
        """The sheet, typed; the table holds only those that were accepted."""
        return OrientationDefinie.model_validate(self.definition)


class VersionDemarche(models.Model):
    """Each definition that was ever current: a request is always read with the one it answered."""

    demarche = models.ForeignKey(Demarche, on_delete=models.PROTECT, related_name="versions")
    numero = models.PositiveIntegerField()
    definition = models.JSONField()
    workflow = models.JSONField(null=True)
    creee_le = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("demarche", "-numero")
        constraints = (models.UniqueConstraint(fields=("demarche", "numero"), name="version_unique_par_demarche"),)

    def __str__(self) -> str:
        return f"{self.demarche_id}, version {self.numero}"

    @cached_property
    def lue(self) -> Definition:
        """The definition as an object, to be read only. Raises pydantic's ValidationError if what is stored is no
        longer valid."""
        if "definition" in self.get_deferred_fields():
            return _version_lue_une_fois(self.pk)
        definition: Any = self.definition
        return Definition.model_validate(definition, context=ACCEPTEE)

    @cached_property
    def workflow_lu(self) -> WorkflowLu:
        """A version older than workflows follows the one that is standard now."""
        if self.workflow is None:
            return Workflow.objects.get(pk=STANDARD).lu
        return WorkflowLu.model_validate(self.workflow)


@lru_cache(maxsize=256)
def _version_lue_une_fois(cle: int) -> Definition:
    """Read once a process: the definition of a version does not change."""
    return Definition.model_validate(VersionDemarche.objects.values_list("definition", flat=True).get(pk=cle))
