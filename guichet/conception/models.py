"""Procedures and workflows as editors write them: drafts, revisions, preview, publication.

``brut`` holds what a file would hold, maybe incomplete. What is published is checked by the same rules as a file
and recorded by guichet.demarches, which the residents' site reads: it knows nothing of this app.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from wagtail.models import DraftStateMixin, PreviewableMixin, RevisionMixin
from wagtail.search import index

from guichet.conception.forms import Ailleurs, FormulaireDemarche, FormulaireOrientation, FormulaireWorkflow, onglets
from guichet.demarches import services
from guichet.demarches.definition import lire, lire_definition
from guichet.demarches.definition_workflow import lire_workflow
from guichet.demarches.models import Demarche, Orientation, Workflow
from guichet.demarches.orientations import OrientationDefinie


class Redige(PreviewableMixin, DraftStateMixin, RevisionMixin, index.Indexed, models.Model):
    """What is common to things written in the workshop: drafts in revisions, ``brut`` as a file would hold it."""

    slug = models.SlugField("adresse", unique=True)
    titre = models.CharField("titre", max_length=200, blank=True)
    brut = models.JSONField(default=dict, blank=True, editable=False)
    cle_creation = models.UUIDField(null=True, unique=True, editable=False)
    """Drawn by the page that creates it: a page that is sent twice makes one draft (vues_atelier.py)."""

    search_fields: ClassVar[list[Any]] = [index.SearchField("titre"), index.AutocompleteField("titre")]

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.titre or self.slug

    def publish(self, revision: Any, *args: Any, **kwargs: Any) -> None:
        """Publishing is putting in service: both or neither."""
        with transaction.atomic():
            super().publish(revision, *args, **kwargs)
            type(self)._default_manager.get(pk=self.pk).mettre_en_service()

    def mettre_en_service(self) -> None:
        """Make what is published current. Raises DefinitionRefusee when it is not complete."""
        raise NotImplementedError

    def en_service(self) -> models.Model | None:
        """What was ever put in service under this address; None for what was never more than a draft."""
        raise NotImplementedError

    def fermer(self) -> None:
        """Take it off the residents' site: nobody may begin it. What was sent goes on."""
        raise NotImplementedError

    def save_revision(self, *args: Any, **kwargs: Any) -> Any:
        """A revision without Wagtail's check: a draft may be incomplete."""
        # Wagtail's full_clean would ask a draft for what only a publication needs.
        return super().save_revision(*args, **{**kwargs, "clean": False})


class DemarcheRedigee(Redige):
    """A procedure as its editors write it."""

    _revisions = GenericRelation(
        "wagtailcore.Revision",
        content_type_field="base_content_type",
        object_id_field="object_id",
        for_concrete_model=False,
        related_query_name="demarche_redigee",
    )

    edit_handler = onglets(
        FormulaireDemarche,
        ("L'essentiel", "Ce qui fait connaître la démarche, et qui s'en occupe.", (
            "titre", "slug", "resume", "theme", "mots_cles", "service", "workflow", "alerte", "compte",
        )),
        ("Avant de commencer", "Ce que la page de la démarche dit avant « Commencer ».", (
            "presentation", "canaux", "aide",
        )),
        ("Formulaire", "Une page par question, ou par petit groupe de questions qui vont ensemble.", (
            "etapes", "essais",
        )),
        ("Délai et réponses", "Ce que la mairie promet, et ce qu'elle répond.", ("delai", "accuse", "modeles")),
        ("Données personnelles", "Ce que l'usager lit sur ses données. Demandez son avis au délégué à la "
         "protection des données.", ("donnees",)),
    )  # fmt: skip

    class Meta:
        verbose_name = "démarche"
        verbose_name_plural = "démarches"
        ordering = ("titre",)

    @property
    def revisions(self) -> Any:
        """Wagtail's hook: the revisions of this object."""
        return self._revisions

    def mettre_en_service(self) -> None:
        """Make the definition current, as a new version. Raises DefinitionRefusee when it is not complete."""
        services.enregistrer_demarche(self.slug, lire_definition({**self.brut, "publiee": True}, self.slug))

    def en_service(self) -> Demarche | None:
        """The procedure that residents know, online or closed."""
        return Demarche.objects.filter(pk=self.slug).first()

    def fermer(self) -> None:
        """Close the procedure that residents know, whatever the draft says."""
        if demarche := self.en_service():
            services.enregistrer_demarche(self.slug, demarche.lue.model_copy(update={"publiee": False}))

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        """Wagtail's hook: the procedure's page, then each page of its form."""
        from guichet.conception.apercu import modes

        return modes(self.brut)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Wagtail's hook: the page chosen, drawn by the residents' templates."""
        from guichet.conception.apercu import apercu_demarche

        return apercu_demarche(request, self, mode_name)


class CircuitRedige(Redige):
    """A workflow as its editors write it (« circuit de traitement » on screens)."""

    _revisions = GenericRelation(
        "wagtailcore.Revision",
        content_type_field="base_content_type",
        object_id_field="object_id",
        for_concrete_model=False,
        related_query_name="circuit_redige",
    )

    edit_handler = onglets(
        FormulaireWorkflow,
        ("L'essentiel", "", ("titre", "slug", "description", "initial")),
        ("Statuts", "Où une demande peut se trouver, dit aux agents et dit à l'usager.", ("statuts",)),
        ("Actions", "Ce qui peut se faire, par qui, et où cela mène.", ("transitions",), Ailleurs()),
        ("Modèles de réponse", "", ("modeles",)),
        ("Essais", "Des suites d'actions rejouées à chaque publication : si l'arrivée n'est plus la même, "
         "la publication est refusée.", ("essais",)),
    )  # fmt: skip

    class Meta:
        verbose_name = "circuit de traitement"
        verbose_name_plural = "circuits de traitement"
        ordering = ("titre",)

    @property
    def revisions(self) -> Any:
        """Wagtail's hook: the revisions of this object."""
        return self._revisions

    def mettre_en_service(self) -> None:
        """Make the workflow current. Raises DefinitionRefusee when it does not stand."""
        services.enregistrer_workflow(self.slug, lire_workflow(self.brut, self.slug))

    def en_service(self) -> Workflow | None:
        """The workflow that procedures may name."""
        return Workflow.objects.filter(pk=self.slug).first()

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        """Wagtail's hook: there is one preview, the drawing."""
        return [("", "Dessin du circuit")]

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Wagtail's hook: the drawing."""
        from guichet.conception.apercu import apercu_workflow

        return apercu_workflow(request, self)


class OrientationRedigee(Redige):
    """A sheet that leads to who does it, as its editors write it."""

    _revisions = GenericRelation(
        "wagtailcore.Revision",
        content_type_field="base_content_type",
        object_id_field="object_id",
        for_concrete_model=False,
        related_query_name="orientation_redigee",
    )

    edit_handler = onglets(
        FormulaireOrientation,
        ("La fiche", "Ce que l'on cherche sur le site et qui se fait ailleurs, ou seulement sur place.", (
            "titre", "slug", "organisme", "explication", "mairie", "liens", "mots_cles",
        )),
    )  # fmt: skip

    class Meta:
        verbose_name = "fiche d'orientation"
        verbose_name_plural = "fiches d'orientation"
        ordering = ("titre",)

    @property
    def revisions(self) -> Any:
        """Wagtail's hook: the revisions of this object."""
        return self._revisions

    def mettre_en_service(self) -> None:
        """Show the sheet. Raises DefinitionRefusee when it is not complete."""
        lue = lire(OrientationDefinie, {**self.brut, "publiee": True}, self.slug)
        services.enregistrer_orientation(self.slug, lue)

    def en_service(self) -> Orientation | None:
        """The sheet that residents know, online or not."""
        return Orientation.objects.filter(pk=self.slug).first()

    def fermer(self) -> None:
        """Show the sheet to nobody."""
        if orientation := self.en_service():
            services.enregistrer_orientation(self.slug, orientation.lue.model_copy(update={"publiee": False}))

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        """Wagtail's hook: there is one preview, the page."""
        return [("", "Page de la fiche")]

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Wagtail's hook: the page, drawn by the residents' template."""
        from guichet.conception.apercu import apercu_orientation

        return apercu_orientation(request, self)
