"""A workflow on paper: its drawing, and a dry run where one goes step by step with an imaginary request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from wagtail.admin.auth import require_admin_access

from guichet.conception.models import CircuitRedige
from guichet.demarches.definition import DefinitionRefusee
from guichet.demarches.definition_workflow import Acteur, StatutDefini, TransitionDefinie, lire_workflow
from guichet.demarches.definition_workflow import Workflow as WorkflowLu
from guichet.demarches.dessin import dessiner, en_mots

PAS_MAX = 60
ENVOIS = {"usager": "e-mail à l'usager", "service": "e-mail au service"}


@dataclass(frozen=True)
class Pas:
    """One step already done in the dry run."""

    transition: TransitionDefinie
    arrivee: StatutDefini

    @property
    def envois(self) -> list[str]:
        """Whom the step writes to, in French."""
        return envois(self.transition)


@dataclass(frozen=True)
class Bouton:
    """A step that may be done now in the dry run, and the address that does it."""

    transition: TransitionDefinie
    arrivee: StatutDefini
    adresse: str

    @property
    def demande(self) -> list[str]:
        """What the button asks of whoever presses it."""
        transition = self.transition
        dits = {"obligatoire": "un texte", "facultatif": "un texte, si on veut"}
        demandes = [dits[transition.texte]] if transition.texte in dits else []
        if transition.motifs:
            demandes.append(f"un motif parmi {len(transition.motifs)}")
        if transition.groupes:
            demandes.append("d'être du groupe " + " ou ".join(transition.groupes))
        if transition.apres:
            demandes.append(f"{transition.apres.en_mots} sans que rien ne bouge")
        return demandes

    @property
    def envois(self) -> list[str]:
        """Whom the step would write to, in French."""
        return envois(self.transition)


def envois(transition: TransitionDefinie) -> list[str]:
    """Whom a transition writes to, in French."""
    return [ENVOIS[qui] for qui in transition.previent]


def _workflow(request: HttpRequest, cle: int) -> tuple[CircuitRedige, WorkflowLu | None, list[str]]:
    """The draft if there is one, else what is in service; nothing, and why, while it does not hold together."""
    if not request.user.has_perm("conception.view_circuitredige"):
        raise PermissionDenied
    redige = get_object_or_404(CircuitRedige, pk=cle).get_latest_revision_as_object()
    try:
        return redige, lire_workflow(redige.brut, redige.titre), []
    except DefinitionRefusee as refus:
        return redige, None, refus.fautes


@require_safe
@require_admin_access
def essayer(request: HttpRequest, cle: int) -> HttpResponse:
    """Statuses and buttons of an imaginary request; ``pas`` in the address holds what was done so far."""
    redige, workflow, fautes = _workflow(request, cle)
    contexte: dict[str, Any] = {"redige": redige, "workflow": workflow, "fautes": fautes}
    if workflow is not None:
        codes = [code for code in request.GET.get("pas", "").split(",") if code][:PAS_MAX]
        contexte |= {**_jouer(workflow, codes), "mots": en_mots(workflow)}
    return render(request, "conception/essayer.html", contexte)


def _jouer(workflow: WorkflowLu, codes: list[str]) -> dict[str, Any]:
    statut, faits = workflow.initial, []
    for code in codes:
        transition = workflow.transition(code)
        if transition is None or transition not in workflow.depuis(statut):
            break  # an address written by hand, or a workflow changed since
        statut = workflow.arrivee(transition, statut)
        faits.append(Pas(transition, workflow.statuts_par_code[statut]))
    joues = [pas.transition.code for pas in faits]
    groupes = []
    for acteur in Acteur:
        boutons = [
            Bouton(
                transition,
                workflow.statuts_par_code[workflow.arrivee(transition, statut)],
                "?" + urlencode({"pas": ",".join([*joues, transition.code])}),
            )
            for transition in workflow.depuis(statut, acteur)
        ]
        if boutons:
            groupes.append((acteur, boutons))
    return {
        "statut": workflow.statuts_par_code[statut],
        "faits": faits,
        "groupes": groupes,
        "retour": "?" + urlencode({"pas": ",".join(joues[:-1])}) if joues else "",
    }


@require_safe
@require_admin_access
def dessin(request: HttpRequest, cle: int) -> HttpResponse:
    """The drawing as SVG; 404 for a workflow that cannot be read."""
    _, workflow, _ = _workflow(request, cle)
    if workflow is None:
        raise Http404
    return HttpResponse(dessiner(workflow), content_type="image/svg+xml")
