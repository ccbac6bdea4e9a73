"""A workflow on paper: its drawing, and a dry run where one goes step by step with an imaginary request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin.auth import require_admin_access
from wagtail.admin.models import EditingSession
from wagtail.admin.views.editing_sessions import ping
from wagtail.models import Revision

from guichet.conception.fautes import fautes_a_l_ecran
from guichet.conception.models import CircuitRedige, DemarcheRedigee, OrientationRedigee
from guichet.conception.services import abandonner_les_changements
from guichet.demarches.definition import DefinitionRefusee
from guichet.demarches.definition_workflow import Acteur, StatutDefini, TransitionDefinie, lire_workflow
from guichet.demarches.definition_workflow import Workflow as WorkflowLu
from guichet.demarches.dessin import dessiner, en_mots

PAS_MAX = 60
PRESENCE = timedelta(seconds=30)
"""Without a word from a window for so long, it is closed."""
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
        return redige, None, fautes_a_l_ecran(WorkflowLu, redige.brut) or refus.fautes


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


ATELIER = {"demarches": DemarcheRedigee, "circuits": CircuitRedige, "orientations": OrientationRedigee}


@require_http_methods(["GET", "POST"])
@require_admin_access
def jeter(request: HttpRequest, genre: str, cle: int) -> HttpResponse:
    """Give up what a draft changes to what is in service, after one has read what that means."""
    modele = ATELIER.get(genre)
    if modele is None:
        raise Http404
    if not request.user.has_perm(f"conception.change_{modele._meta.model_name}"):
        raise PermissionDenied
    redige = get_object_or_404(modele, pk=cle)
    retour = reverse(modele.snippet_viewset.get_url_name("edit"), args=[cle])
    if redige.en_service() is None:
        return redirect(reverse(modele.snippet_viewset.get_url_name("delete"), args=[cle]))
    if request.method == "POST":
        abandonner_les_changements(redige, request.user)
        messages.success(request, f"Les changements de « {redige} » sont abandonnés.")
        return redirect(retour)
    return render(request, "conception/jeter.html", {"redige": redige, "retour": retour})


@require_POST
@require_admin_access
def signaler_sa_presence(request: HttpRequest, app_label: str, model_name: str, object_id: str, session_id: int) -> Any:
    """Wagtail's watch over who else writes: what the same window saved by itself is no other window's.

    Wagtail compares the version that the page knows with the last one: a save that goes on by itself and has not yet
    come back to the page made it accuse « une autre fenêtre ». Where nobody else, and no other window of this person,
    is at work, the last version is their own.
    """
    autres = EditingSession.objects.filter(
        content_type__app_label=app_label,
        content_type__model=model_name,
        object_id=object_id,
        last_seen_at__gt=timezone.now() - PRESENCE,
    ).exclude(pk=session_id)
    derniere = (
        Revision.objects.filter(
            base_content_type__app_label=app_label, base_content_type__model=model_name, object_id=object_id
        )
        .order_by("-created_at", "-pk")
        .only("pk", "created_at", "user_id")
        .first()
    )
    if derniere and derniere.user_id == request.user.pk and not autres.filter(user=request.user).exists():
        donnees = request.POST.copy()
        donnees["revision_id"], donnees["revision_created_at"] = str(derniere.pk), derniere.created_at.isoformat()
        request.POST = donnees  # type: ignore[assignment]
    return ping(request, app_label, model_name, object_id, session_id)
