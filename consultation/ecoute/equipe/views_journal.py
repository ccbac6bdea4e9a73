"""The trail, most recent first."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consultation.ecoute.equipe.acces import LIRE, reserve
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.journal.models import Trace


@require_safe
@reserve(LIRE)
def journal(request: HttpRequest, membre: Membre) -> HttpResponse:
    """All that was done, by page of a hundred."""
    traces = Trace.objects.select_related("dossier")
    page = Paginator(traces, 100).get_page(request.GET.get("page"))
    return render(request, "journal/journal.html", {"titre": "Journal", "page": page, "page_active": "reglages"})
