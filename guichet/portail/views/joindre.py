"""Where the town writes to the person of a request: they correct it themselves, with an account or with the code."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from guichet.demandes import joignable, services
from guichet.demandes.models import CanalReponse, Demande
from guichet.portail import acces
from guichet.portail.forms import FormulaireJoindre
from guichet.portail.views.demande import avec_demande, dire_sans_courriel


@require_http_methods(["GET", "HEAD", "POST"])
@avec_demande
def joindre(request: HttpRequest, trouvee: Demande) -> HttpResponse:
    """E-mail address, postal address, and which of them the answers take."""
    canal = trouvee.canal_reponse if trouvee.canal_reponse in joignable.CANAUX else CanalReponse.COURRIEL
    formulaire = FormulaireJoindre(
        request.POST if request.method == "POST" else None,
        initial={
            "courriel": trouvee.courriel,
            "canal_reponse": canal,
            "adresse_postale": trouvee.adresse_postale,
        },
    )
    if request.method == "POST" and formulaire.is_valid():
        avant = trouvee.courriel
        try:
            evenement = joignable.changer(trouvee, **formulaire.cleaned_data, par=acces.demandeur_de(request))
        except services.SaisieRefusee as refus:
            formulaire.add_error(None, str(refus))
        else:
            change = trouvee.courriel.casefold() != avant.casefold()
            _dire(request, trouvee.courriel if change else "")
            if evenement is not None:
                dire_sans_courriel(request, evenement)
            return redirect("portail:demande", trouvee.reference)
    return render(
        request,
        "portail/joindre.html",
        {
            "page_active": "espace" if acces.usager_de(request) else "suivi",
            "demande": trouvee,
            "titre": trouvee.definition.titre,
            "revenu": joignable.revenu(trouvee),
            "form": formulaire,
        },
    )


def _dire(request: HttpRequest, nouvelle: str) -> None:
    if nouvelle:
        messages.success(request, f"Votre adresse est corrigée : la mairie vous écrit maintenant à {nouvelle}.")
    else:
        messages.success(request, "Vos coordonnées sont enregistrées pour cette demande.")
