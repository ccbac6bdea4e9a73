"""Volunteers as the team sees them: who is there, somebody who calls, a file, somebody who leaves."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultation.ecoute.cadre.pages import fait, fichiers, page_confirmer, page_formulaire, soumis
from consultation.ecoute.equipe.acces import LIRE, PREPARER, reserve
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.panels import foyers, importation, services
from consultation.ecoute.panels.forms import ImportForm, VolontaireForm
from consultation.ecoute.panels.models import Volontaire
from consultation.ecoute.panels.services import PanelRefuse
from consultation.ecoute.panels.views.equipe import trouver_panel
from consultation.tirage.erreurs import FichiersInvalides

formulaire_web = require_http_methods(["GET", "HEAD", "POST"])
PAR_PAGE = 50


@require_safe
@reserve(LIRE)
def liste(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """Volunteers, by code; found by name, code or contact."""
    panel = trouver_panel(pk)
    cherche = request.GET.get("q", "").strip()
    gens = panel.volontaires.all()
    if cherche:
        contacts = Q(courriel__icontains=cherche) | Q(telephone__icontains=cherche)
        gens = gens.filter(Q(nom__icontains=cherche) | Q(code__iexact=cherche) | contacts)
    return render(request, "panels/volontaires.html", {
        "titre": "Volontaires", "panel": panel, "dossier": panel.dossier, "q": cherche, "page_active": "dossiers",
        "onglet": "panels", "page": Paginator(gens, PAR_PAGE).get_page(request.GET.get("page")),
        "total": panel.en_lice.count(), "parametres": f"&{urlencode({'q': cherche})}" if cherche else "",
    })  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def nouveau(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """Somebody volunteers by phone, at the counter or on paper."""
    panel = trouver_panel(pk)
    retour = reverse("panels:volontaires", args=[pk])
    form = VolontaireForm(soumis(request), panel=panel)
    if form.is_valid():
        try:
            inscrit = services.inscrire(panel, form.volontaire(), form.adresse_dite())
        except PanelRefuse as refus:
            form.add_error(None, str(refus))
        else:
            return fait(request, f"{inscrit.nom} est volontaire. Donnez-lui son code : {inscrit.code}.", retour)
    return page_formulaire(
        request, form, "Inscrire un volontaire", bouton="Inscrire", retour=("Volontaires", retour),
        page_active="dossiers", intro="Par téléphone, au guichet ou sur papier : lisez les questions telles quelles.",
    )  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def importer(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """A CSV file: every line, or none with all the mistakes."""
    panel = trouver_panel(pk)
    retour = reverse("panels:volontaires", args=[pk])
    form = ImportForm(soumis(request), fichiers(request))
    if form.is_valid():
        try:
            fait_ = importation.importer(membre, panel, form.cleaned_data["fichier"])
        except (FichiersInvalides, PanelRefuse) as refus:
            for ligne in str(refus).splitlines():
                form.add_error("fichier", ligne.removeprefix("- "))
        else:
            deja = f" {fait_.deja} l'étaient déjà." if fait_.deja else ""
            return fait(request, f"{fait_.ajoutes} volontaires inscrits.{deja}", retour)
    return page_formulaire(
        request, form, "Importer des volontaires", bouton="Importer", retour=("Volontaires", retour),
        gabarit="panels/importer_volontaires.html", page_active="dossiers", panel=panel,
        criteres=panel.dossier.criteres.prefetch_related("modalites"),
    )  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def retirer(request: HttpRequest, membre: Membre, pk: int, code: str) -> HttpResponse:
    """Somebody calls to leave."""
    volontaire = get_object_or_404(Volontaire.objects.select_related("panel__dossier"), panel_id=pk, code=code)
    retour = reverse("panels:volontaires", args=[pk])
    if request.method == "POST":
        services.retirer(volontaire, membre)
        return fait(request, f"{volontaire.nom} ne participe plus.", retour)
    suite = (
        "La liste est publique : la personne renonce, et se remplace si elle est tirée."
        if volontaire.panel.annonce
        else "La personne sort du tirage. Si la liste est déjà calculée, il faudra la recalculer."
    )
    return page_confirmer(
        request, f"Retirer {volontaire.nom} ({code})", bouton="Retirer", retour=("Volontaires", retour),
        consequences=[suite], page_active="dossiers", panel=volontaire.panel,
    )  # fmt: skip


@require_POST
@reserve(PREPARER)
def confirmer(request: HttpRequest, membre: Membre, pk: int, code: str) -> HttpResponse:
    """Somebody who left a phone only was called, and said yes."""
    volontaire = get_object_or_404(Volontaire.objects.select_related("panel__dossier"), panel_id=pk, code=code)
    retour = reverse("panels:volontaires", args=[pk])
    try:
        services.confirmer(volontaire, membre)
    except PanelRefuse as refus:
        return fait(request, str(refus), retour)
    return fait(request, f"{volontaire.nom} est volontaire, sous le code {code}.", retour)


@formulaire_web
@reserve(PREPARER)
def foyers_(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """Addresses that look alike, or that many share: one home, or each their own."""
    panel = trouver_panel(pk)
    if request.method == "POST" and not panel.annonce:
        ensemble = request.POST.get("decision") == "ensemble"
        foyers.decider(membre, panel, request.POST.get("codes", "").split(","), ensemble)
        phrase = (
            "Ces volontaires comptent comme un seul foyer." if ensemble else "Chacun compte comme son propre foyer."
        )
        return fait(request, phrase, reverse("panels:foyers", args=[pk]))
    return render(request, "panels/foyers.html", {
        "titre": "Les foyers", "panel": panel, "dossier": panel.dossier, "page_active": "dossiers", "onglet": "panels",
        "groupes": sorted(foyers.groupes(panel), key=lambda groupe: groupe.decide),
    })  # fmt: skip
