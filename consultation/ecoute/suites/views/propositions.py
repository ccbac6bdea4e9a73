"""Proposals: written, compared, decided."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from consultation.ecoute.cadre.pages import fait, page_formulaire, soumis
from consultation.ecoute.dossiers.acces import trouver
from consultation.ecoute.equipe.acces import LIRE, PREPARER, reserve
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.suites import graphiques, services
from consultation.ecoute.suites.forms import DeciderForm, PropositionForm
from consultation.ecoute.suites.models import Constat, Etape, Proposition
from consultation.ecoute.suites.services import SuiteRefusee
from consultation.ecoute.suites.views.commun import dire, formulaire_web, retour


@formulaire_web
@reserve(PREPARER)
def proposition(
    request: HttpRequest, membre: Membre, slug: str, pk: int | None = None, constat: int | None = None
) -> HttpResponse:
    """A proposal: new, new under a finding, or changed."""
    dossier = trouver(slug)
    existante = get_object_or_404(Proposition, pk=pk, dossier=dossier) if pk else None
    depart = {"constats": [get_object_or_404(Constat, pk=constat, dossier=dossier)]} if constat else {}
    form = PropositionForm(
        soumis(request), instance=existante or Proposition(dossier=dossier), dossier=dossier, initial=depart
    )
    if form.is_valid():
        try:
            services.proposer(membre, form.save(commit=False), form.cleaned_data["constats"])
        except SuiteRefusee as refus:
            dire(form, refus)
        else:
            return fait(request, "La proposition est enregistrée.", retour(dossier)[1])
    titre = "Modifier la proposition" if existante else "Nouvelle proposition"
    if constat:
        titre = "Répondre à un constat"
    return page_formulaire(request, form, titre, bouton="Enregistrer", retour=retour(dossier), page_active="dossiers")


@formulaire_web
@reserve(PREPARER)
def decider(request: HttpRequest, membre: Membre, slug: str, pk: int) -> HttpResponse:
    """Keep, set aside, open again."""
    trouvee = get_object_or_404(Proposition.objects.select_related("dossier"), pk=pk, dossier__slug=slug)
    form = DeciderForm(soumis(request), proposition=trouvee)
    if form.is_valid():
        lu = form.cleaned_data
        try:
            services.decider(membre, trouvee, lu["decision"], lu["motif"], lu["instance"])
        except SuiteRefusee as refus:
            dire(form, refus)
        else:
            if trouvee.decision == Proposition.Decision.RETENUE and not trouvee.actions.exists():
                suite = reverse("suites:nouvelle_action", args=[slug, trouvee.pk])
                return fait(request, "La proposition est retenue. Dites maintenant ce qui sera fait.", suite)
            return fait(request, "La décision est enregistrée.", retour(trouvee.dossier)[1])
    return page_formulaire(
        request, form, "Décider", bouton="Décider", retour=retour(trouvee.dossier), intro=trouvee.titre,
        page_active="dossiers",
    )  # fmt: skip


@require_safe
@reserve(LIRE)
def priorites(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """Proposals side by side: chart, sentence, table, and the history of marks and decisions."""
    dossier = trouver(slug)
    propositions = sorted(dossier.propositions.select_related("decide_par"), key=lambda p: (-p.priorite, p.pk))
    return render(request, "suites/priorites.html", {
        "titre": "Priorités", "dossier": dossier, "propositions": propositions,
        "graphe": graphiques.priorites(propositions), "phrase": graphiques.phrase(propositions),
        "etapes": Etape.objects.filter(proposition__dossier=dossier).select_related("proposition", "par"),
        "page_active": "dossiers", "onglet": "suites",
    })  # fmt: skip
