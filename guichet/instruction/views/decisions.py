"""A decision taken back by an agent, with what the law asks for; the attestation of a tacit acceptance."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from guichet.demandes import decisions, services, workflow
from guichet.demandes.models import Demande
from guichet.instruction.acces import agent_requis, demande_visible
from guichet.instruction.models import Agent
from guichet.stockage.backend import reponse_fichier
from socle.composants.forms import TexteLong


class RetraitForm(forms.Form):
    """Why the decision is taken back; that the person was heard, and the agent's quality, where they are needed."""

    raison = TexteLong(
        label="Pourquoi retirer cette décision ?",
        help_text="La personne le lit. Dites la règle qui n’était pas respectée, ou l’erreur faite.",
        max_length=5000,
        rows=6,
        error_messages={"required": "Écrivez pourquoi la décision est retirée : la personne doit le savoir."},
    )

    def __init__(self, decision: decisions.Decision, agent: Agent, donnees: object = None) -> None:
        super().__init__(donnees, auto_id="id-%s")  # type: ignore[arg-type]
        if decision.accord:
            self.fields["entendue"] = forms.BooleanField(
                label="La personne a pu s’expliquer avant ce retrait, par écrit ou de vive voix",
                error_messages={
                    "required": "Écrivez d’abord à la personne et laissez-lui le temps de répondre, puis cochez cette "
                    "case."
                },
            )
        if not agent.qualite:
            self.fields["qualite"] = forms.CharField(
                label="Votre fonction à la mairie",
                help_text="Par exemple : responsable de la voirie.",
                max_length=120,
                error_messages={"required": "Écrivez votre fonction : la décision la dit."},
            )


@require_http_methods(["GET", "HEAD", "POST"])
@agent_requis
def retirer(request: HttpRequest, agent: Agent, reference: str) -> HttpResponse:
    """What the law allows is said first."""
    trouvee = demande_visible(agent, reference)
    decision = decisions.retirable(trouvee, agent)
    if decision is None:
        return _trop_tard(request, trouvee)
    formulaire = RetraitForm(decision, agent, request.POST if request.method == "POST" else None)
    if request.method == "POST" and formulaire.is_valid():
        try:
            decisions.retirer(trouvee, agent, **formulaire.cleaned_data)
            agent.retenir_qualite(formulaire.cleaned_data.get("qualite", ""))
        except workflow.TransitionImpossible:
            return _trop_tard(request, trouvee)
        except services.SaisieRefusee as refus:
            formulaire.add_error(None, str(refus))
        else:
            messages.success(request, "La décision est retirée : la demande attend une nouvelle décision.")
            return redirect("instruction:demande", trouvee.reference)
    return render(
        request,
        "instruction/decision_retirer.html",
        {"demande": trouvee, "decision": decision, "formulaire": formulaire, "page_active": "demandes"},
    )


def _trop_tard(request: HttpRequest, trouvee: Demande) -> HttpResponse:
    messages.info(request, "Aucune décision de cette demande ne peut être retirée, ou ne peut plus l’être.")
    return redirect("instruction:demande", trouvee.reference)


@require_safe
@agent_requis
def attestation(request: HttpRequest, agent: Agent, reference: str) -> HttpResponse:
    """To give or to post to who asks for it (CRPA L.232-3)."""
    trouvee = demande_visible(agent, reference)
    try:
        contenu = decisions.attestation_pdf(trouvee)
    except ValueError:
        raise Http404 from None
    return reponse_fichier(contenu, f"attestation-{trouvee.reference}.pdf", "application/pdf")
