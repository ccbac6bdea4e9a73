"""The editors' workshop: what it shows and what it refuses."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.models import Page

from guichet.editorial.models import Accueil, PageObligatoire

REFUS = "Cette page est obligatoire : vous pouvez changer son texte, mais pas la supprimer ni la mettre hors ligne."
# Entries of the workshop that belong to operators or to the directory.
ENTREES_CACHEES = {"reports", "help", "documents"}


def _refuser(request: HttpRequest, page: Page) -> HttpResponse | None:
    if isinstance(page.specific, PageObligatoire | Accueil):
        messages.error(request, REFUS)
        return redirect("wagtailadmin_pages:edit", page.pk)
    return None


@hooks.register("before_delete_page")
def refuser_suppression(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Wagtail's hook: refuses for pages that must exist."""
    return _refuser(request, page)


@hooks.register("before_unpublish_page")
def refuser_depublication(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Wagtail's hook: refuses for pages that must exist."""
    return _refuser(request, page)


@hooks.register("construct_main_menu")
def alleger_menu(request: HttpRequest, entrees: list[Any]) -> None:
    """Wagtail's hook: hides entries that are of no use here."""
    entrees[:] = [entree for entree in entrees if getattr(entree, "name", "") not in ENTREES_CACHEES]


@hooks.register("register_admin_menu_item")
def revenir_aux_demandes() -> MenuItem:
    """Wagtail's hook: the way back to the agents' site, first."""
    return MenuItem("Retour aux demandes", "/", name="retour", icon_name="arrow-left", order=1)
