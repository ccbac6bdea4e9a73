"""Procedures, workflows and sheets in the workshop's menu: lists, buttons, addresses of their own pages."""

from __future__ import annotations

import copy
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from laces.components import Component
from wagtail import hooks
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.widgets import ListingButton
from wagtail.permissions import page_permission_policy
from wagtail.snippets.action_menu import ActionMenuItem
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from guichet.conception import views
from guichet.conception.essai_regles import essayer_regles
from guichet.conception.models import CircuitRedige, DemarcheRedigee, OrientationRedigee, Redige
from guichet.conception.vues_atelier import Creer, Fermer, Modifier
from guichet.demandes.models import Demande
from guichet.demarches.conseils import conseils, conseils_du_circuit
from guichet.demarches.models import Demarche, Orientation, Workflow


class EtatColumn(Column):
    """Whether residents see it, and whether a draft waits, in the list."""

    cell_template_name = "conception/etat.html"

    def get_value(self, instance: Any) -> dict[str, Any]:
        """All that its template says."""
        return {
            "en_service": instance.live,
            "circuit": isinstance(instance, CircuitRedige),
            "ferme": not instance.live and instance.connue is not None,
            "jamais": not instance.live and instance.connue is None,
            "brouillon": instance.live and instance.has_unpublished_changes,
        }


ETAT = EtatColumn("etat", label="État")
QUAND = DateColumn("_updated_at", label="Dernier changement", sort_key="_updated_at")


class Atelier(SnippetViewSet):
    """Lists and pages common to procedures, workflows and sheets."""

    add_view_class = Creer
    edit_view_class = Modifier
    unpublish_view_class = Fermer
    copy_view_enabled = True
    inspect_view_enabled = False
    add_to_admin_menu = False
    search_fields: ClassVar[list[str]] = ["titre"]
    list_display: ClassVar[list[Any]] = ["titre", ETAT, QUAND]
    list_per_page = 50
    en_service: ClassVar[type[Demarche | Workflow | Orientation]]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Each with the address that it has in service, if any."""
        connues = self.en_service._default_manager.filter(pk=OuterRef("slug"))
        liste: QuerySet[Any] = self.model._default_manager.annotate(connue=Subquery(connues.values("pk")[:1]))
        return liste.defer("brut")


class AtelierDemarches(Atelier):
    """Procedures in the workshop."""

    model = DemarcheRedigee
    en_service = Demarche
    icon = "form"
    menu_label = "Démarches"
    url_prefix = "demarches"
    list_display: ClassVar[list[Any]] = [
        "titre",
        ETAT,
        Column("theme", label="Thème", accessor="theme"),
        Column("service", label="Service", accessor="service"),
        Column("demandes", label="Demandes reçues", accessor="demandes"),
        QUAND,
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Each with its theme, its service and how many requests came in."""
        connues = Demarche.objects.filter(pk=OuterRef("slug"))
        recues = Demande.objects.filter(demarche=OuterRef("slug")).order_by().values("demarche")
        redigees: QuerySet[Any] = (
            super()
            .get_queryset(request)
            .annotate(
                theme=Subquery(connues.values("theme")[:1]),
                service=Subquery(connues.values("service__nom")[:1]),
                demandes=Subquery(recues.annotate(nombre=Count("pk")).values("nombre")),
            )
        )
        return redigees


class AtelierWorkflows(Atelier):
    """Workflows in the workshop."""

    model = CircuitRedige
    en_service = Workflow
    icon = "tasks"
    menu_label = "Circuits de traitement"
    url_prefix = "circuits"


class AtelierOrientations(Atelier):
    """Sheets in the workshop."""

    model = OrientationRedigee
    en_service = Orientation
    icon = "redirect"
    menu_label = "Fiches d'orientation"
    url_prefix = "orientations"


class AteliersDesDemarches(SnippetViewSetGroup):
    """Their common entry of the menu."""

    items = (AtelierDemarches, AtelierOrientations, AtelierWorkflows)
    menu_label = "Démarches"
    menu_icon = "form"
    menu_order = 50


register_snippet(AteliersDesDemarches)


@hooks.register("register_admin_urls")
def adresses() -> list[URLPattern]:
    """Wagtail's hook: addresses of the dry run, of the drawing, of giving up a draft."""
    return [
        path("circuits/<int:cle>/essayer/", views.essayer, name="conception_essayer"),
        path("demarches/<int:cle>/essayer/", essayer_regles, name="conception_essayer_regles"),
        path("circuits/<int:cle>/dessin.svg", views.dessin, name="conception_dessin"),
        path("atelier/<str:genre>/<int:cle>/abandonner/", views.jeter, name="conception_jeter"),
    ]


class Debuts(Component):
    """What one may begin with, on the workshop's first page: what the agent has the right to."""

    order = 10
    template_name = "conception/debuts.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Address, title and sentence of each."""
        agent = parent_context["request"].user
        debuts = [
            (reverse(modele.snippet_viewset.get_url_name("list")), titre, aide)
            for modele, titre, aide in DEBUTS
            if agent.has_perm(f"conception.change_{modele._meta.model_name}")
        ]
        if agent.has_perm("wagtailcore.change_page") or page_permission_policy.user_has_any_permission(
            agent, {"change"}
        ):
            debuts.append(
                (reverse("wagtailadmin_explore_root"), "Les pages du site", "Accueil, aide, mentions légales…")
            )
        return {"debuts": debuts}


DEBUTS: tuple[tuple[Any, str, str], ...] = (
    (DemarcheRedigee, "Les démarches", "Écrire ou changer un formulaire, le mettre en ligne, le fermer."),
    (OrientationRedigee, "Les fiches d'orientation", "Dire qui s'occupe de ce que la mairie ne fait pas en ligne."),
    (CircuitRedige, "Les circuits de traitement", "Régler les étapes d'une demande, et les essayer."),
)


@hooks.register("construct_homepage_panels")
def pour_commencer(request: HttpRequest, panneaux: list[Any]) -> None:
    """Wagtail's hook: first on the workshop's first page."""
    panneaux.append(Debuts())


@hooks.register("insert_editor_js")
def choisir() -> str:
    """Wagtail's hook: the lists of what the form holds, drawn in the browser."""
    return format_html('<script src="{}"></script>', static("conception/choix.js"))


@hooks.register("insert_global_admin_css")
def feuille_de_l_atelier() -> str:
    """Wagtail's hook: our own pages and lists."""
    return format_html('<link rel="stylesheet" href="{}">', static("conception/conception.css"))


@hooks.register("register_snippet_listing_buttons")
def bouton_essayer(snippet: Any, user: Any, next_url: str | None = None) -> list[ListingButton]:
    """Wagtail's hook: a button to the dry run beside each workflow and each procedure."""
    if isinstance(snippet, DemarcheRedigee):
        adresse = reverse("conception_essayer_regles", args=[snippet.pk])
        return [ListingButton("Essayer les règles", adresse, icon_name="view", priority=15)]
    if not isinstance(snippet, CircuitRedige):
        return []
    adresse = reverse("conception_essayer", args=[snippet.pk])
    return [ListingButton("Voir et essayer", adresse, icon_name="view", priority=15)]


@hooks.register("construct_snippet_listing_buttons")
def boutons_utiles(boutons: list[Any], snippet: Any, user: Any) -> None:
    """Wagtail's hook: what was in service is not deleted: requests point at it."""
    if isinstance(snippet, Redige) and (snippet.connue if hasattr(snippet, "connue") else snippet.en_service()):
        adresse = reverse(type(snippet).snippet_viewset.get_url_name("delete"), args=[snippet.pk])
        boutons[:] = [bouton for bouton in boutons if getattr(bouton, "url", "") != adresse]


class Abandonner(ActionMenuItem):
    """Throws away what the draft changes."""

    label = "Abandonner les changements"
    name = "action-abandonner"
    icon_name = "undo"

    def is_shown(self, context: Any) -> bool:
        """Where there is something to give up, and something to go back to."""
        instance = context.get("instance")
        return bool(
            context["view"] == "edit"
            and isinstance(instance, Redige)
            and instance.live
            and instance.has_unpublished_changes
        )

    def get_url(self, parent_context: Any) -> str:
        """The page that asks before."""
        instance = parent_context["instance"]
        return reverse("conception_jeter", args=[instance.snippet_viewset.url_prefix, instance.pk])


@hooks.register("register_snippet_action_menu_item")
def proposer_d_abandonner(modele: type[Any]) -> ActionMenuItem | None:
    """Wagtail's hook: under the button that saves."""
    return Abandonner(order=25) if issubclass(modele, Redige) else None


@hooks.register("construct_snippet_action_menu")
def actions_utiles(entrees: list[Any], request: HttpRequest, contexte: dict[str, Any]) -> None:
    """Wagtail's hook: one word for what residents see, « en ligne »; a workflow is in service as long as it exists."""
    if not issubclass(contexte["model"], Redige):
        return
    circuit = issubclass(contexte["model"], CircuitRedige)
    mots = {
        "action-save": "Enregistrer le brouillon",
        "action-publish": "Mettre en service" if circuit else "Mettre en ligne",
        "action-unpublish": "Mettre hors ligne",
    }
    gardees = [copy.copy(e) for e in entrees if not (circuit and e.name == "action-unpublish")]
    for entree in gardees:
        entree.label = mots.get(entree.name, entree.label)
        if entree.name == "action-publish":
            entree.template_name = "conception/publier.html"
    entrees[:] = gardees


@hooks.register("before_delete_snippet")
def garder_ce_qui_a_servi(request: HttpRequest, objets: Any) -> HttpResponse | None:
    """Wagtail's hook: only what was never in service is removed; says what to do with the rest."""
    liste = objets if isinstance(objets, list | tuple | QuerySet) else [objets]
    servis = [objet for objet in liste if isinstance(objet, Redige) and objet.en_service() is not None]
    if not servis:
        return None
    messages.error(
        request,
        f"« {servis[0]} » a été en service : on ne le supprime pas, des demandes ou des habitants en dépendent. "
        + (
            "Un circuit qu'aucune démarche ne choisit ne gêne pas."
            if isinstance(servis[0], CircuitRedige)
            else "Mettez-le hors ligne : plus personne ne pourra le commencer."
        ),
    )
    return redirect(reverse(type(servis[0]).snippet_viewset.get_url_name("list")))


@hooks.register("before_unpublish")
def garder_les_circuits(request: HttpRequest, objet: Any) -> HttpResponse | None:
    """Wagtail's hook: a workflow stays in service, procedures name it."""
    if not isinstance(objet, CircuitRedige):
        return None
    messages.error(request, "Un circuit de traitement reste en service : des demandes le suivent.")
    return redirect(reverse(CircuitRedige.snippet_viewset.get_url_name("list")))


@hooks.register("after_publish")
def conseiller(request: HttpRequest, objet: Any) -> None:
    """Wagtail's hook: what deserves a second look in what was just put online; it changes nothing."""
    dits: list[str] = []
    if isinstance(objet, DemarcheRedigee):
        definition = Demarche.objects.get(pk=objet.slug).lue
        circuit = Workflow.objects.filter(pk=definition.workflow).first()
        dits = conseils(definition, circuit.lu if circuit else None)
    elif isinstance(objet, CircuitRedige):
        dits = conseils_du_circuit(Workflow.objects.get(pk=objet.slug).lu)
    for dit in dits:
        messages.warning(request, f"À vérifier. {dit}")
