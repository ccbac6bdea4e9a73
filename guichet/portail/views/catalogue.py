"""Finding a procedure, and what is said about it before one begins."""

from __future__ import annotations

from itertools import groupby
from urllib.parse import quote_plus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from guichet.demandes.models import Brouillon
from guichet.demarches.catalogue import chercher
from guichet.demarches.models import Demarche, Orientation
from guichet.portail import acces
from guichet.portail.fermeture import DemarcheFermee, offerte, page_fermee
from guichet.portail.pages import COMMUNES
from guichet.questions.presentation import contexte_demarche

BROUILLONS = 5
CHERCHER_AILLEURS = "https://www.service-public.gouv.fr/particuliers/recherche?keyword="
"""Search of the State's site, an address to follow: nothing is asked of it by our pages."""


@require_safe
@COMMUNES.garder()
def liste(request: HttpRequest) -> HttpResponse:
    """All procedures by theme and all sheets, or those that answer the words searched."""
    recherche = request.GET.get("q", "").strip()[:100]
    contexte: dict[str, object] = {"page_active": "demarches", "recherche": recherche}
    if recherche:
        contexte |= {"resultats": chercher(recherche), "ailleurs": CHERCHER_AILLEURS + quote_plus(recherche)}
    else:
        demarches = Demarche.objects.publiees()
        contexte["themes"] = [(theme, list(groupe)) for theme, groupe in groupby(demarches, key=lambda d: d.theme)]
        contexte["orientations"] = Orientation.objects.publiees().only("pk", "titre")
    return render(request, "portail/catalogue.html", contexte)


def _montre_des_brouillons(request: HttpRequest, slug: str) -> bool:
    """Whether the page shows this person something to take up again: then it is theirs."""
    request.brouillons_montres = _brouillons(request, slug)  # type: ignore[attr-defined]  # read once a request
    return bool(request.brouillons_montres)  # type: ignore[attr-defined]


@require_safe
@COMMUNES.garder(_montre_des_brouillons)
def demarche(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of a procedure that is online, with the drafts of it that one may take up again.

    404 for others: one that was online says that it is closed, and whom to ask.
    """
    try:
        trouvee = offerte(slug)
    except DemarcheFermee:
        return page_fermee(request, slug)
    return render(
        request,
        "portail/demarche.html",
        {
            "page_active": "demarches",
            **contexte_demarche(trouvee),
            "brouillons": request.brouillons_montres,  # type: ignore[attr-defined]
            "connecte": acces.usager_de(request) is not None,
        },
    )


@require_safe
@COMMUNES.garder()
def orientation(request: HttpRequest, slug: str) -> HttpResponse:
    """The sheet that says who does what the town's site does not; 404 for one that is not online."""
    trouvee = get_object_or_404(Orientation.objects.publiees(), pk=slug)
    contexte = {
        "page_active": "demarches",
        "orientation": trouvee,
        "fiche": trouvee.lue,
        "ailleurs": CHERCHER_AILLEURS + quote_plus(trouvee.titre),
    }
    return render(request, "portail/orientation.html", contexte)


def _brouillons(request: HttpRequest, slug: str) -> list[Brouillon]:
    """The drafts of this procedure that the person may take up again, the last first."""
    brouillons = Brouillon.objects.filter(demarche=slug).only("pk", "cree_le", "modifie_le")
    usager = acces.usager_de(request)
    if usager is not None:
        return list(brouillons.filter(usager=usager)[:BROUILLONS])
    tenus = acces.brouillons_tenus(request)
    return list(brouillons.filter(pk__in=tenus, usager=None)[:BROUILLONS]) if tenus else []
