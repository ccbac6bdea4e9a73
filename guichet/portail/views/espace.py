"""The residents' space: « Mes démarches », messages, documents, and a copy of all one's data."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from guichet.comptes.models import Usager
from guichet.demandes import selectors, workflow
from guichet.demandes.models import Brouillon, Demande, Message, Piece
from guichet.portail import acces, donnees

PAR_PAGE = 20
DOSSIERS_PAR_PAGE = 10


@never_cache
@require_safe
def mes_demarches(request: HttpRequest) -> HttpResponse:
    """What waits for the person first, then the latest."""
    usager = acces.usager_de(request)
    if usager is None:
        return render(request, "portail/sans_compte.html", {"page_active": "espace"})
    page = Paginator(selectors.du_compte(usager), PAR_PAGE).get_page(request.GET.get("page"))
    workflow.precharger(demande.version_id for demande in page)
    brouillons = Brouillon.objects.filter(usager=usager).select_related("demarche").defer("demarche__definition")
    return render(
        request,
        "portail/mes_demarches.html",
        {"page_active": "espace", "onglet": "demandes", "page": page, "brouillons": brouillons},
    )


def avec_compte(
    vue: Callable[[HttpRequest, Usager], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Give the view who is signed in; lead to the sign-in and back whoever is not."""

    @wraps(vue)
    def adresse(request: HttpRequest) -> HttpResponseBase:
        usager = acces.usager_de(request)
        return redirect(f"/connexion/?next={request.path}") if usager is None else vue(request, usager)

    return never_cache(adresse)


@require_safe
@avec_compte
def messages(request: HttpRequest, usager: Usager) -> HttpResponse:
    """All that was written on all requests, the latest first."""
    tous = (
        Message.objects.filter(demande__usager=usager, interne=False)
        .select_related("demande__demarche")
        .only("texte", "envoye_le", "auteur_type", "auteur_nom", "demande__reference", "demande__demarche__titre")
        .prefetch_related(Prefetch("pieces", Piece.objects.defer("empreinte")))
        .order_by("-envoye_le", "-pk")
    )
    page = Paginator(tous, PAR_PAGE).get_page(request.GET.get("page"))
    return render(request, "portail/messages.html", {"page_active": "espace", "onglet": "messages", "page": page})


@require_safe
@avec_compte
def documents(request: HttpRequest, usager: Usager) -> HttpResponse:
    """Every file sent or received, by request, and each acknowledgement."""
    pieces = Piece.objects.exclude(message__interne=True).select_related("message").defer("empreinte", "message__texte")
    demandes = (
        Demande.objects.filter(usager=usager)
        .select_related("demarche")
        .only("reference", "recue_le", "usager_id", "demarche__titre")
        .prefetch_related(Prefetch("pieces", pieces, to_attr="documents"))
        .order_by("-recue_le")
    )
    page = Paginator(demandes, DOSSIERS_PAR_PAGE).get_page(request.GET.get("page"))
    return render(request, "portail/documents.html", {"page_active": "espace", "onglet": "documents", "page": page})


@require_safe
@avec_compte
def mes_donnees(request: HttpRequest, usager: Usager) -> HttpResponseBase:
    """A copy of all that is kept under this account (GDPR art. 15 and 20)."""
    nom = f"mes-donnees-{timezone.localdate():%Y-%m-%d}.zip"
    return FileResponse(donnees.archive(usager), as_attachment=True, filename=nom, content_type="application/zip")


@never_cache
@require_safe
def prolonger(request: HttpRequest) -> HttpResponse:
    """The button « Rester connecté »: the middleware has put off the end; the page learns whether it was in time."""
    return HttpResponse(status=204 if request.session.keys() else 410)
