"""The public home: consultations, and the procedures one may rate."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consultation.dossier import Etat
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.dossiers.services import a_l_heure
from consultation.ecoute.satisfaction.models import Demarche

ORDRE_ETATS = {Etat.OUVERT: 0, Etat.ANNONCE: 1, Etat.DEPOUILLEMENT: 2, Etat.CLOS: 3, Etat.ABANDONNE: 4}


@require_safe
def accueil(request: HttpRequest) -> HttpResponse:
    """Consultations open now first, then announced, then past."""
    annonces = Dossier.objects.exclude(etat=Etat.PREPARATION.value).select_related("fiche")
    dossiers = [d for d in map(a_l_heure, annonces) if d.public]
    dossiers.sort(key=lambda d: ORDRE_ETATS[d.etape])
    return render(
        request,
        "dossiers/public/accueil.html",
        {
            "titre": "La mairie vous écoute",
            "dossiers": dossiers,
            "page_active": "consultations",
            "demarches": Demarche.objects.filter(ouverte=True).exists(),
        },
    )
