"""Giving just what the town asked for: pieces, corrections, the answer to a question."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_http_methods

from guichet.demandes import services, workflow
from guichet.demandes.models import Complement, Demande
from guichet.portail import acces
from guichet.portail.forms import FormulaireComplements
from guichet.portail.views.demande import avec_demande, dire_sans_courriel
from socle import saisie_gardee


@require_http_methods(["GET", "HEAD", "POST"])
@avec_demande
def completer(request: HttpRequest, trouvee: Demande) -> HttpResponse:
    """Gives what was asked; leads back to the request where nothing but a message is awaited."""
    complements = list(Complement.objects.filter(demande=trouvee).ouverts())
    if not any(not c.est_question for c in complements):  # nothing is missing: a message is enough
        return redirect("portail:demande", trouvee.reference)
    saisie: tuple[Any, ...] = (request.POST, request.FILES) if request.method == "POST" else ()
    if reprise := saisie_gardee.reprendre(request):
        messages.info(request, reprise[1])
        saisie = (reprise[0], MultiValueDict())
    formulaire = FormulaireComplements(complements, trouvee, *saisie)
    if request.method == "POST" and formulaire.is_valid():
        try:
            evenement = services.fournir(
                trouvee,
                formulaire.donnees(),
                formulaire.pieces(),
                formulaire.texte(),
                par=acces.demandeur_de(request),
            )
        except workflow.TransitionImpossible:
            messages.info(request, "La mairie n'attend plus rien pour cette demande.")
        except (services.SaisieRefusee, services.TexteManquant) as refus:
            messages.error(request, str(refus))
        else:
            messages.success(request, _fait(trouvee))
            dire_sans_courriel(request, evenement)
        return redirect("portail:demande", trouvee.reference)
    return render(
        request,
        "portail/completer.html",
        {
            "page_active": "espace" if acces.usager_de(request) else "suivi",
            "demande": trouvee,
            "definition": trouvee.definition,
            "form": formulaire,
            "limite": max((c.limite_le for c in complements if c.limite_le), default=None),
        },
    )


def _fait(trouvee: Demande) -> str:
    reste = Complement.objects.filter(demande=trouvee).ouverts().count()
    if reste:
        return f"C'est envoyé. Il manque encore {reste} élément{'s' if reste > 1 else ''}."
    return "C'est envoyé. Il ne manque plus rien : la mairie reprend votre demande."
