"""« Vérifiez vos réponses », sending, and the acknowledgement on screen."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from guichet.demandes import avis, references, selectors, services
from guichet.demandes.accuse import accuse_de
from guichet.portail import acces
from guichet.portail.forms import FormulaireEnvoi
from guichet.portail.parcours import ParcoursPortail, avec_parcours
from guichet.portail.views.depot import RETOUR

COPIE_RETENUE = "copie_retenue"  # of the session: the request whose copy by e-mail does not leave
LIGNES_SANS_TITRES = 8  # beyond, the answers are read page by page


@require_http_methods(["GET", "HEAD", "POST"])
@avec_parcours
def verifier(request: HttpRequest, parcours: ParcoursPortail) -> HttpResponse:
    """Sending happens here and only here."""
    parcours.reprendre_l_identite()
    incomplete = parcours.premiere_incomplete() if parcours.enregistre else parcours.etapes[0]
    if incomplete is not None:
        return redirect(parcours.url(incomplete))
    if a_lire := parcours.a_lire():
        return redirect(parcours.url_obstacle(a_lire[0]) + RETOUR)
    prefere = parcours.usager.canal_reponse if parcours.usager else ""
    canaux = parcours.canaux_possibles()
    formulaire = FormulaireEnvoi(request.POST if request.method == "POST" else None, canaux=canaux, prefere=prefere)
    if request.method == "POST" and formulaire.is_valid():
        try:
            depot = services.deposer_brouillon(
                parcours.brouillon, canal_reponse=formulaire.cleaned_data["canal_reponse"]
            )
        except services.ReglesNonTenues as refus:  # the day or the procedure changed since the page was shown
            return redirect(parcours.url_obstacle(refus.constats[0]) + RETOUR)
        acces.ouvrir(request, depot.demande)
        if depot.copie_retenue:
            request.session[COPIE_RETENUE] = depot.demande.reference
        return redirect("portail:envoyee", depot.demande.reference)
    parties = parcours.relecture()
    return render(
        request,
        "portail/verifier.html",
        {
            "page_active": "demarches",
            "parcours": parcours,
            "demarche": parcours.demarche,
            "definition": parcours.definition,
            "form": formulaire,
            "parties": [(partie, parcours.url(partie.etape) + RETOUR) for partie in parties],
            "avertissements": parcours.avertissements(),
            "titres": sum(len(partie.lignes) for partie in parties) > LIGNES_SANS_TITRES,
            "url_retour": parcours.url(parcours.etapes[-1]),
        },
    )


@never_cache
@require_safe
def envoyee(request: HttpRequest, reference: str) -> HttpResponse:
    """Acknowledgement on screen. Can be opened again as long as the session holds the request."""
    demande = selectors.du_demandeur(acces.demandeur_de(request), reference)
    if demande is None:
        return redirect(f"{reverse('portail:suivi')}?reference={references.normaliser_reference(reference)}")
    return render(
        request,
        "portail/envoyee.html",
        {
            "demande": demande,
            "accuse": accuse_de(demande),
            "code": "" if demande.usager_id else references.code_de(demande),
            "copie_retenue": request.session.get(COPIE_RETENUE) == demande.reference,
            "avis": avis.lien(demande.demarche_id, avis.Source.CONFIRMATION),
        },
    )
