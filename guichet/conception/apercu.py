"""Preview: the procedure's page and its form pages as a resident will see them, and the drawing of a workflow.

Drawn with the residents' own templates, over the same questions (guichet.questions), with their addresses, on the
agents' site: nothing is written, no address leads anywhere from here.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.contrib.sessions.backends.base import SessionBase
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import get_urlconf, reverse, set_urlconf

from guichet.conception.fautes import fautes_a_l_ecran
from guichet.demandes.models import Brouillon
from guichet.demarches.champs import ChampBase
from guichet.demarches.definition import Definition, DefinitionRefusee, Etape, lire, lire_definition
from guichet.demarches.definition_workflow import Workflow as WorkflowLu
from guichet.demarches.definition_workflow import lire_workflow
from guichet.demarches.dessin import dessiner, en_mots
from guichet.demarches.modele import Modele
from guichet.demarches.models import Demarche, Service
from guichet.demarches.orientations import OrientationDefinie
from guichet.questions.parcours import Parcours
from guichet.questions.presentation import contexte_demarche, contexte_etape

if TYPE_CHECKING:
    from guichet.conception.models import CircuitRedige, DemarcheRedigee, OrientationRedigee, Redige

PAGE = ""
ETAPE = "page-"


class ParcoursApercu(Parcours):
    """A form where every page shows, whatever its condition, with every question."""

    @property
    def etapes(self) -> list[Etape]:
        """All pages, whatever their condition."""
        return list(self.definition.etapes)

    def champs_de(self, etape: Etape) -> list[ChampBase]:
        """All questions of the page, whatever their condition."""
        return list(etape.champs)

    def url_avant(self, etape: Etape) -> str:
        """The page before this one; the procedure's own before the first."""
        precedente = self.precedente(etape)
        if precedente is None:
            return reverse("portail:demarche", args=[self.demarche.pk])
        return reverse("portail:etape", args=[self.demarche.pk, self.brouillon.pk, precedente.nom])


def modes(brut: Any) -> list[tuple[str, str]]:
    """The procedure's page, then each page of the form."""
    etapes = brut.get("etapes") if isinstance(brut, dict) else None
    pages = [
        (f"{ETAPE}{rang}", f"Formulaire, page {rang} : {etape.get('titre_court') or etape.get('titre') or '…'}")
        for rang, etape in enumerate(etapes or [], 1)
        if isinstance(etape, dict)
    ]
    return [(PAGE, "Page de la démarche"), *pages]


def apercu_demarche(request: HttpRequest, redigee: DemarcheRedigee, mode: str) -> HttpResponse:
    """The procedure's page, or one of its form in a mode ``page-…``; or what is missing, in words."""
    try:
        definition = lire_definition(redigee.brut, redigee.titre)
    except DefinitionRefusee as refus:
        return _incomplet(request, redigee, Definition, refus)
    demarche = Demarche(
        slug=redigee.slug or "apercu",
        titre=definition.titre,
        resume=definition.resume,
        theme=definition.theme,
        service=Service.objects.filter(pk=definition.service).first() or Service(nom="Service à choisir"),
        definition=definition.model_dump(mode="json"),
        publiee=True,
    )
    with _comme_un_usager(request):
        if mode.startswith(ETAPE):
            return _page_du_formulaire(request, demarche, definition, mode)
        return render(request, "portail/demarche.html", {"page_active": "demarches", **contexte_demarche(demarche)})


def _page_du_formulaire(request: HttpRequest, demarche: Demarche, definition: Definition, mode: str) -> HttpResponse:
    rang = int(mode.removeprefix(ETAPE)) - 1
    if not 0 <= rang < len(definition.etapes):
        raise Http404
    brouillon = Brouillon(id=uuid.uuid4(), demarche=demarche)
    parcours = ParcoursApercu(demarche, brouillon, None, True)
    etape = definition.etapes[rang]
    contexte = {
        "page_active": "demarches",
        **contexte_etape(parcours, etape, parcours.formulaire(etape)),
        "est_derniere": etape == definition.etapes[-1],
        "url_retour": parcours.url_avant(etape),
    }
    return render(request, "portail/etape.html", contexte)


def apercu_orientation(request: HttpRequest, redigee: OrientationRedigee) -> HttpResponse:
    """The sheet's page; or what is missing, in words."""
    try:
        fiche = lire(OrientationDefinie, redigee.brut, redigee.titre)
    except DefinitionRefusee as refus:
        return _incomplet(request, redigee, OrientationDefinie, refus)
    with _comme_un_usager(request):
        return render(
            request, "portail/orientation.html", {"page_active": "demarches", "fiche": fiche, "ailleurs": "#"}
        )


def _incomplet(request: HttpRequest, redige: Redige, modele: type[Modele], refus: DefinitionRefusee) -> HttpResponse:
    fautes = fautes_a_l_ecran(modele, redige.brut) or refus.fautes
    return render(request, "conception/incomplet.html", {"titre": redige.titre, "fautes": fautes})


def apercu_workflow(request: HttpRequest, redige: CircuitRedige) -> HttpResponse:
    """The drawing and the words of a workflow; what is missing, in words, when it cannot be read."""
    try:
        workflow = lire_workflow(redige.brut, redige.titre)
    except DefinitionRefusee as refus:
        return _incomplet(request, redige, WorkflowLu, refus)
    return render(
        request,
        "conception/dessin.html",
        {"workflow": workflow, "dessin": dessiner(workflow), "mots": en_mots(workflow)},
    )


@contextmanager
def _comme_un_usager(request: HttpRequest) -> Iterator[None]:
    """The residents' addresses and frame, nobody signed in, a session that is thrown away."""
    requete: Any = request
    avant, session = get_urlconf(), requete.session
    requete.usager, requete.session = None, SessionBase()
    requete.site_guichet = "portail"
    set_urlconf("guichet.configuration.urls_portail")
    try:
        yield
    finally:
        set_urlconf(avant)
        requete.session = session  # the agent's own: an empty one would sign them out
