"""Procedures and workflows in the workshop's menu: lists, buttons, addresses of their own pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from wagtail import hooks
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.widgets import ListingButton
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from guichet.conception import views
from guichet.conception.models import CircuitRedige, DemarcheRedigee, Redige

# Pages under this app's care end here: what the workshop offers by default and means nothing for a procedure.
SANS_OBJET = {"action-unpublish", "action-delete"}


class EtatColumn(Column):
    """Whether the object is in service and whether a draft waits, in the list."""

    cell_template_name = "conception/etat.html"

    def get_value(self, instance: Redige) -> dict[str, bool]:
        """Both, as its template takes them."""
        return {"en_service": instance.live, "brouillon": instance.has_unpublished_changes}


COLONNES = [
    "titre",
    EtatColumn("etat", label="État"),
    DateColumn("_updated_at", label="Dernier changement", sort_key="_updated_at"),
]


class Atelier(SnippetViewSet):
    """Lists and pages common to procedures and workflows."""

    copy_view_enabled = True
    inspect_view_enabled = False
    add_to_admin_menu = False
    search_fields: ClassVar[list[str]] = ["titre"]
    list_display: ClassVar[list[Any]] = COLONNES
    list_per_page = 50


class AtelierDemarches(Atelier):
    """Procedures in the workshop."""

    model = DemarcheRedigee
    icon = "form"
    menu_label = "Démarches"
    url_prefix = "demarches"


class AtelierWorkflows(Atelier):
    """Workflows in the workshop."""

    model = CircuitRedige
    icon = "tasks"
    menu_label = "Circuits de traitement"
    url_prefix = "circuits"


class AteliersDesDemarches(SnippetViewSetGroup):
    """Their common entry of the menu."""

    items = (AtelierDemarches, AtelierWorkflows)
    menu_label = "Démarches"
    menu_icon = "form"
    menu_order = 50


register_snippet(AteliersDesDemarches)


@hooks.register("register_admin_urls")
def adresses() -> list[URLPattern]:
    """Wagtail's hook: addresses of the dry run and of the drawing."""
    return [
        path("circuits/<int:cle>/essayer/", views.essayer, name="conception_essayer"),
        path("circuits/<int:cle>/dessin.svg", views.dessin, name="conception_dessin"),
    ]


@hooks.register("register_snippet_listing_buttons")
def bouton_essayer(snippet: Any, user: Any, next_url: str | None = None) -> list[ListingButton]:
    """Wagtail's hook: a button to the dry run beside each workflow."""
    if not isinstance(snippet, CircuitRedige):
        return []
    adresse = reverse("conception_essayer", args=[snippet.pk])
    return [ListingButton("Voir et essayer", adresse, icon_name="view", priority=15)]


@hooks.register("construct_snippet_action_menu")
def actions_utiles(entrees: list[Any], request: HttpRequest, contexte: dict[str, Any]) -> None:
    """A procedure is closed with its « En ligne » box: requests point at it."""
    if issubclass(contexte["model"], Redige):
        entrees[:] = [entree for entree in entrees if entree.name not in SANS_OBJET]


@hooks.register("before_delete_snippet")
@hooks.register("before_unpublish")
def refuser_le_retrait(request: HttpRequest, objets: Any) -> HttpResponse | None:
    """Wagtail's hooks: neither procedure nor workflow is removed or taken offline; says what to do instead."""
    liste = objets if isinstance(objets, list | tuple) else [objets]
    if not any(isinstance(objet, Redige) for objet in liste):
        return None
    messages.error(
        request,
        "Une démarche ne se supprime pas : des demandes y tiennent. Décochez « En ligne », puis publiez : "
        "plus personne ne pourra la commencer.",
    )
    return redirect(request.META.get("HTTP_REFERER") or "wagtailadmin_home")
