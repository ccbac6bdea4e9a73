"""What is said of a procedure that was online and no longer is, at any of its addresses."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from guichet.demarches.models import Demarche
from socle.postgresql.lecture import LectureFixe

_OFFERTE = LectureFixe(lambda slug: Demarche.objects.publiees().filter(pk=slug)[:1], "slug")


class DemarcheFermee(Exception):
    """The procedure exists and can no longer be begun, nor sent."""


def offerte(slug: str) -> Demarche:
    """The procedure, while it is online. Raises DemarcheFermee once it is closed, Http404 where there never was one."""
    demarche = _OFFERTE.une(slug)
    if demarche is None:
        get_object_or_404(Demarche.objects.only("pk"), pk=slug)
        raise DemarcheFermee
    return demarche


def page_fermee(request: HttpRequest, slug: str, *, brouillon: bool = False) -> HttpResponse:
    """What to do instead; ``brouillon`` where somebody was filling it. Not found (404), for machines."""
    connue = get_object_or_404(Demarche.objects.select_related("service"), pk=slug)
    contexte = {"page_active": "demarches", "demarche": connue, "definition": connue.lue, "brouillon": brouillon}
    return render(request, "portail/demarche_fermee.html", contexte, status=404)
