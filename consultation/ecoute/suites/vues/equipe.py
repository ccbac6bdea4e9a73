"""What the team does with the synthesis."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultation.ecoute.cadre.pages import fait, page_formulaire, soumis
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.dossiers.vues.equipe import trouver
from consultation.ecoute.equipe.acces import LIRE, PREPARER, reserve
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.journal.services import noter
from consultation.ecoute.suites import services
from consultation.ecoute.suites.formulaires import ActionForm, ConstatForm, DeciderForm, ExtraitForm, PropositionForm
from consultation.ecoute.suites.models import Action, Constat, Extrait, Proposition
from consultation.ecoute.suites.services import SuiteRefusee

formulaire_web = require_http_methods(["GET", "HEAD", "POST"])


def _retour(dossier: Dossier) -> tuple[str, str]:
    return "Suites", reverse("suites:suites", args=[dossier.slug])


@require_safe
@reserve(LIRE)
def suites(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """The whole thread, from quotes to actions."""
    dossier = trouver(slug)
    propositions = sorted(
        dossier.propositions.prefetch_related("constats", "actions"), key=lambda p: (-p.priorite, p.pk)
    )
    return render(request, "suites/suites.html", {
        "titre": "Suites", "dossier": dossier, "branches": services.arbre(dossier, tout=True),
        "propositions": propositions, "public": services.public(dossier), "page_active": "dossiers",
        "onglet": "suites",
    })  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def constat(request: HttpRequest, membre: Membre, slug: str, pk: int | None = None) -> HttpResponse:
    """A finding."""
    dossier = trouver(slug)
    existant = get_object_or_404(Constat, pk=pk, dossier=dossier) if pk else None
    form = ConstatForm(soumis(request), instance=existant or Constat(dossier=dossier, ordre=dossier.constats.count()))
    if form.is_valid():
        form.save()
        noter(membre, f"a {'modifié' if existant else 'écrit'} un constat", dossier)
        return fait(request, "Le constat est enregistré.", _retour(dossier)[1])
    return page_formulaire(
        request, form, "Modifier le constat" if existant else "Nouveau constat", bouton="Enregistrer",
        retour=_retour(dossier), page_active="dossiers",
    )  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def citer(request: HttpRequest, membre: Membre, slug: str, pk: int) -> HttpResponse:
    """Attach a quote."""
    trouve = get_object_or_404(Constat.objects.select_related("dossier"), pk=pk, dossier__slug=slug)
    form = ExtraitForm(soumis(request))
    if form.is_valid():
        try:
            services.citer(membre, trouve, form.cleaned_data["numero"], form.cleaned_data["citation"])
        except SuiteRefusee as refus:
            form.add_error("citation", str(refus))
        else:
            return fait(request, "L'extrait est rattaché au constat.", _retour(trouve.dossier)[1])
    return page_formulaire(
        request, form, "Citer un avis", bouton="Rattacher", retour=_retour(trouve.dossier), intro=trouve.texte,
        page_active="dossiers",
    )  # fmt: skip


@require_POST
@reserve(PREPARER)
def permettre(request: HttpRequest, membre: Membre, slug: str, pk: int) -> HttpResponse:
    """Allow or forbid the publication of a quote."""
    extrait = get_object_or_404(Extrait.objects.select_related("constat__dossier"), pk=pk, constat__dossier__slug=slug)
    try:
        services.permettre(membre, extrait, request.POST.get("publiable") == "1")
    except SuiteRefusee as refus:
        return fait(request, str(refus), _retour(extrait.constat.dossier)[1])
    phrase = "Cette citation peut être publiée." if extrait.publiable else "Cette citation n'est plus publiée."
    return fait(request, phrase, _retour(extrait.constat.dossier)[1])


@formulaire_web
@reserve(PREPARER)
def proposition(request: HttpRequest, membre: Membre, slug: str, pk: int | None = None) -> HttpResponse:
    """A proposal."""
    dossier = trouver(slug)
    existante = get_object_or_404(Proposition, pk=pk, dossier=dossier) if pk else None
    form = PropositionForm(soumis(request), instance=existante or Proposition(dossier=dossier), dossier=dossier)
    if form.is_valid():
        form.save()
        noter(membre, f"a {'modifié' if existante else 'écrit'} une proposition", dossier)
        return fait(request, "La proposition est enregistrée.", _retour(dossier)[1])
    return page_formulaire(
        request, form, "Modifier la proposition" if existante else "Nouvelle proposition", bouton="Enregistrer",
        retour=_retour(dossier), page_active="dossiers",
    )  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def decider(request: HttpRequest, membre: Membre, slug: str, pk: int) -> HttpResponse:
    """Keep or set aside."""
    trouvee = get_object_or_404(Proposition.objects.select_related("dossier"), pk=pk, dossier__slug=slug)
    form = DeciderForm(soumis(request))
    if form.is_valid():
        services.decider(membre, trouvee, form.cleaned_data["decision"], form.cleaned_data["motif"])
        return fait(request, "La décision est enregistrée.", _retour(trouvee.dossier)[1])
    return page_formulaire(
        request, form, "Décider", bouton="Décider", retour=_retour(trouvee.dossier), intro=trouvee.titre,
        page_active="dossiers",
    )  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def action(
    request: HttpRequest, membre: Membre, slug: str, pk: int | None = None, proposition: int | None = None
) -> HttpResponse:
    """An action: new under a proposal, or followed."""
    dossier = trouver(slug)
    if pk is not None:
        existante = get_object_or_404(Action, pk=pk, proposition__dossier=dossier)
    elif proposition is not None:
        existante = Action(proposition=get_object_or_404(Proposition, pk=proposition, dossier=dossier))
    else:
        raise Http404
    form = ActionForm(soumis(request), instance=existante)
    if form.is_valid():
        try:
            services.agir(membre, form.save(commit=False))
        except SuiteRefusee as refus:
            form.add_error(None, str(refus))
        else:
            return fait(request, "L'action est enregistrée.", _retour(dossier)[1])
    return page_formulaire(
        request, form, "Suivre l'action" if pk else "Nouvelle action", bouton="Enregistrer", retour=_retour(dossier),
        page_active="dossiers", intro=existante.proposition.titre,
    )  # fmt: skip
