"""Export of the filtered list: a page that says what leaves, then the file."""

from __future__ import annotations

import logging

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from guichet.demandes.droits import services_de
from guichet.instruction import export, tableur
from guichet.instruction.acces import agent_requis
from guichet.instruction.models import Agent
from guichet.instruction.views.liste import filtres_de

logger = logging.getLogger(__name__)


@require_safe
@agent_requis
def page(request: HttpRequest, agent: Agent) -> HttpResponse:
    """How many requests the file would hold, and what it says of people."""
    services = services_de(agent)
    filtres = filtres_de(request.GET, services)
    nombre = export.compter(agent, services, filtres)
    return render(
        request,
        "instruction/export.html",
        {
            "filtres": filtres,
            "nombre": min(nombre, export.LIMITE),
            "limite": export.LIMITE,
            "depasse": nombre > export.LIMITE,
            "page_active": "demandes",
        },
    )


@require_safe
@agent_requis
def fichier(request: HttpRequest, agent: Agent, extension: str) -> HttpResponseBase:
    """The file, CSV or ODS, of at most LIMITE requests; each download is logged, without data. 404 for other
    extensions.
    """
    services = services_de(agent)
    feuille = export.feuille(agent, services, filtres_de(request.GET, services))
    nom = f"demandes-{timezone.localdate():%Y-%m-%d}.{extension}"
    # Data of residents leave the site: that is told to those who watch over it, without the data.
    logger.info("export %s par %s", extension, agent.sub)
    if extension == "csv":
        reponse: HttpResponseBase = StreamingHttpResponse(
            tableur.en_csv(feuille.entetes, feuille.lignes), content_type=tableur.CSV
        )
        reponse["Content-Disposition"] = f'attachment; filename="{nom}"'
        return reponse
    if extension == "ods":
        contenu = tableur.en_ods("Demandes", feuille.entetes, feuille.lignes)
        return FileResponse(contenu, as_attachment=True, filename=nom, content_type=tableur.ODS)
    raise Http404
