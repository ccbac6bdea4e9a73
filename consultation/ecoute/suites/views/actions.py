"""Actions: promised, followed, shown to be done, tied to what delivered them and to what it changed."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from consultation.ecoute.cadre.pages import fait, fichiers, page_formulaire, soumis
from consultation.ecoute.equipe.acces import LIRE, PREPARER, reserve
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.suites import fil, plateforme, preuves, services
from consultation.ecoute.suites.forms import ActionForm, IndicateurForm, LivraisonForm, ReleveForm
from consultation.ecoute.suites.models import Action, Indicateur, Livraison, Proposition, Releve
from consultation.ecoute.suites.plateforme import MesureIndisponible
from consultation.ecoute.suites.services import SuiteRefusee
from consultation.ecoute.suites.views.commun import dire, formulaire_web, retour, retour_action


def _action(slug: str, pk: int) -> Action:
    return get_object_or_404(fil.actions_completes(), pk=pk, proposition__dossier__slug=slug)


@require_safe
@reserve(LIRE)
def action(request: HttpRequest, membre: Membre, slug: str, pk: int) -> HttpResponse:
    """One action: what people said, what was decided, what was done, what it changed, and its history."""
    trouvee = _action(slug, pk)
    return render(request, "suites/action.html", {
        "titre": trouvee.titre, "dossier": trouvee.proposition.dossier, "suite": fil.suite(trouvee, tout=True),
        "action": trouvee, "origine": fil.origine(trouvee, tout=True),
        "suivis": trouvee.suivis.select_related("par"), "public": fil.public(trouvee.proposition.dossier),
        "page_active": "dossiers", "onglet": "suites",
    })  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def nouvelle(request: HttpRequest, membre: Membre, slug: str, pk: int) -> HttpResponse:
    """A new action, under a proposal that was kept."""
    proposition = get_object_or_404(Proposition.objects.select_related("dossier"), pk=pk, dossier__slug=slug)
    form = ActionForm(soumis(request), fichiers(request), instance=Action(proposition=proposition))
    if form.is_valid():
        try:
            creee = services.agir(membre, form.save(commit=False))
        except SuiteRefusee as refus:
            dire(form, refus)
        else:
            return fait(request, "L'action est enregistrée. Dites maintenant ce que vous mesurerez.",
                        retour_action(creee)[1])  # fmt: skip
    return page_formulaire(
        request, form, "Nouvelle action", bouton="Enregistrer", retour=retour(proposition.dossier),
        intro=proposition.titre, page_active="dossiers",
    )  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def suivre(request: HttpRequest, membre: Membre, slug: str, pk: int) -> HttpResponse:
    """Where an action stands."""
    trouvee = _action(slug, pk)
    lien = retour_action(trouvee)
    form = ActionForm(soumis(request), fichiers(request), instance=trouvee)
    if form.is_valid():
        try:
            services.agir(membre, form.save(commit=False), form.cleaned_data["pourquoi"], form.cleaned_data["document"])
        except SuiteRefusee as refus:
            dire(form, refus)
        else:
            return fait(request, "L'action est enregistrée.", lien[1])
    return page_formulaire(
        request, form, "Suivre l'action", bouton="Enregistrer", retour=lien, intro=lien[0], page_active="dossiers"
    )


def servir(action: Action) -> HttpResponse:
    """The document that shows that an action was done (10 MB at most), named by us."""
    if not action.preuve_fichier:
        raise Http404
    with action.preuve_fichier.open() as fichier:
        reponse = HttpResponse(fichier.read(), content_type=preuves.TYPES[action.preuve_nom.rpartition(".")[2]])
    reponse["Content-Disposition"] = f'attachment; filename="action-{action.pk}-{action.preuve_nom}"'
    return reponse


@require_safe
@reserve(LIRE)
def document(request: HttpRequest, membre: Membre, slug: str, pk: int) -> HttpResponse:
    """The evidence, for the team."""
    return servir(_action(slug, pk))


@formulaire_web
@reserve(PREPARER)
def relier(request: HttpRequest, membre: Membre, slug: str, pk: int) -> HttpResponse:
    """Which change delivered it."""
    trouvee = _action(slug, pk)
    form = LivraisonForm(soumis(request), instance=Livraison(action=trouvee))
    if form.is_valid():
        services.relier(membre, form.save(commit=False))
        return fait(request, "Le changement est relié à l'action.", retour_action(trouvee)[1])
    return page_formulaire(
        request, form, "Relier à un changement", bouton="Relier", retour=retour_action(trouvee), intro=trouvee.titre,
        page_active="dossiers",
    )  # fmt: skip


@require_POST
@reserve(PREPARER)
def delier(request: HttpRequest, membre: Membre, slug: str, pk: int) -> HttpResponse:
    """Undo."""
    livraison = get_object_or_404(
        Livraison.objects.select_related("action__proposition__dossier"),
        pk=pk, action__proposition__dossier__slug=slug,
    )  # fmt: skip
    adresse = retour_action(livraison.action)[1]
    services.delier(membre, livraison)
    return fait(request, "Le changement n'est plus relié à l'action.", adresse)


@formulaire_web
@reserve(PREPARER)
def indicateur(request: HttpRequest, membre: Membre, slug: str, pk: int, cle: int | None = None) -> HttpResponse:
    """What is measured."""
    trouvee = _action(slug, pk)
    existant = get_object_or_404(Indicateur, pk=cle, action=trouvee) if cle else None
    form = IndicateurForm(soumis(request), instance=existant or Indicateur(action=trouvee))
    if form.is_valid():
        try:
            garde = services.suivre_indicateur(membre, form.save(commit=False))
        except SuiteRefusee as refus:
            dire(form, refus)
        else:
            if existant is None:
                messages.success(request, "L'indicateur est enregistré. Relevez maintenant sa valeur avant l'action.")
                return redirect("suites:relever", slug=slug, pk=garde.pk)
            return fait(request, "L'indicateur est enregistré.", retour_action(trouvee)[1])
    return page_formulaire(
        request, form, "Modifier l'indicateur" if existant else "Nouvel indicateur", bouton="Enregistrer",
        retour=retour_action(trouvee), intro=trouvee.titre, page_active="dossiers",
    )  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def relever(request: HttpRequest, membre: Membre, slug: str, pk: int) -> HttpResponse:
    """A value before or after, typed or read on the platform; when that one is silent, nothing typed is lost."""
    trouve = get_object_or_404(
        Indicateur.objects.select_related("action__proposition__dossier"),
        pk=pk, action__proposition__dossier__slug=slug,
    )  # fmt: skip
    deja = set(trouve.releves.values_list("quand", flat=True))
    quand = Releve.Quand.APRES if Releve.Quand.AVANT.value in deja else Releve.Quand.AVANT
    form = ReleveForm(soumis(request), indicateur=trouve, initial={"quand": quand.value})
    if form.is_valid():
        lu = form.cleaned_data
        try:
            if lu["valeur"] is None:
                releve = services.mesurer(membre, trouve, lu["quand"], lu["au"])
            else:
                releve = services.relever(membre, trouve, lu["quand"], lu["valeur"], lu["au"])
        except MesureIndisponible as panne:
            form.add_error("valeur", str(panne))
        except SuiteRefusee as refus:
            dire(form, refus)
        else:
            unite = f" {trouve.unite}" if trouve.unite else ""
            return fait(request, f"Valeur enregistrée : {releve.nombre}{unite}.", retour_action(trouve.action)[1])
    return page_formulaire(
        request, form, "Relever une valeur", bouton="Enregistrer", retour=retour_action(trouve.action),
        intro=f"{trouve.nom}. {trouve.definition}".strip(), page_active="dossiers",
        lisible=trouve.source == Indicateur.Source.PLATEFORME and plateforme.branchee(),
    )  # fmt: skip
