"""What the team does with panels."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultation.ecoute.cadre.pages import fait, page_confirmer, page_formulaire, soumis
from consultation.ecoute.dossiers.acces import trouver
from consultation.ecoute.equipe.acces import LIRE, PREPARER, reserve
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.panels import foyers, services
from consultation.ecoute.panels.forms import ENGAGEMENT, InviterPanelForm, NumeroForm, PanelForm, QuotasForm
from consultation.ecoute.panels.models import Panel, Tirage
from consultation.ecoute.panels.services import PanelRefuse
from consultation.ecoute.panels.views.public import ecart_en_mots

formulaire_web = require_http_methods(["GET", "HEAD", "POST"])


def trouver_panel(pk: int) -> Panel:
    """The panel, with its dossier."""
    return get_object_or_404(Panel.objects.select_related("dossier"), pk=pk)


def retour_panel(panel: Panel) -> tuple[str, str]:
    """Back to the panel."""
    return panel.titre, reverse("panels:panel", args=[panel.pk])


def _tirage(pk: int) -> Tirage:
    dernier = Tirage.objects.select_related("panel__dossier").filter(panel_id=pk).first()
    if dernier is None:
        raise Http404
    return dernier


@require_safe
@reserve(LIRE)
def liste(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """Panels of a dossier."""
    dossier = trouver(slug)
    return render(request, "panels/liste.html", {
        "titre": "Panels", "dossier": dossier, "panels": dossier.panels.all(), "page_active": "dossiers",
        "onglet": "panels", "criteres": dossier.criteres.count(),
    })  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def nouveau(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """Prepare a panel."""
    dossier = trouver(slug)
    form = PanelForm(soumis(request), instance=Panel(dossier=dossier), initial={"engagement": ENGAGEMENT})
    if form.is_valid():
        panel = services.creer(membre, form.save(commit=False))
        return fait(request, "Le panel est préparé. Vérifiez les quotas.", reverse("panels:quotas", args=[panel.pk]))
    return page_formulaire(
        request, form, "Préparer un panel", bouton="Préparer", page_active="dossiers",
        retour=("Panels", reverse("panels:liste", args=[slug])),
    )  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def modifier(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """Change it, until its list is public."""
    trouve = trouver_panel(pk)
    form = PanelForm(soumis(request), instance=trouve)
    if form.is_valid():
        try:
            services.modifier(membre, form.save(commit=False))
        except PanelRefuse as refus:
            form.add_error(None, str(refus))
        else:
            return fait(request, "Le panel est à jour.", retour_panel(trouve)[1])
    return page_formulaire(
        request, form, "Modifier le panel", bouton="Enregistrer", retour=retour_panel(trouve), page_active="dossiers",
        intro="Si le nombre de places change, les quotas sont recalculés d'après la population.",
    )  # fmt: skip


@require_POST
@reserve(PREPARER)
def proposer(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """Quotas of the population again."""
    trouve = trouver_panel(pk)
    if trouve.annonce:
        return fait(request, "La liste est publiée : les quotas ne changent plus.", retour_panel(trouve)[1])
    services.proposer_quotas(trouve)
    return fait(request, "Les quotas suivent de nouveau la population.", reverse("panels:quotas", args=[pk]))


@require_safe
@reserve(PREPARER)
def fichier(request: HttpRequest, membre: Membre, pk: int, quoi: str) -> HttpResponse:
    """The files of the draw, for anybody who comes to the town hall to count again: codes and profiles, no name."""
    tirage = _tirage(pk)
    contenus = {
        "volontaires": ("csv", tirage.personnes), "quotas": ("csv", tirage.quotas),
        "resultat": ("json", json.dumps(tirage.resultat, ensure_ascii=False, indent=1)),
    }  # fmt: skip
    if quoi not in contenus:
        raise Http404
    suffixe, texte = contenus[quoi]
    sorte = "text/csv" if suffixe == "csv" else "application/json"
    reponse = HttpResponse(texte, content_type=f"{sorte}; charset=utf-8")
    reponse["Content-Disposition"] = f'attachment; filename="{quoi}-panel-{pk}.{suffixe}"'
    return reponse


@require_safe
@reserve(LIRE)
def panel(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """Where the panel stands and what comes next."""
    trouve = trouver_panel(pk)
    tirage = trouve.tirages.first()
    gens = {v.code: v for v in trouve.volontaires.all()}
    tires = [gens[c] for c in (tirage.resultat.get("panel", []) if tirage else []) if c in gens]
    return render(request, "panels/panel.html", {
        "titre": trouve.titre, "panel": trouve, "dossier": trouve.dossier, "tirage": tirage, "tires": tires,
        "resultat": tirage.resultat if tirage else {}, "volontaires": trouve.en_lice.count(),
        "lignes": _avancement(trouve), "page_active": "dossiers", "onglet": "panels",
        "ecart": ecart_en_mots(tirage.resultat) if tirage else "",
        "pour_cent": round(100 * tirage.part) if tirage else 0,
        "a_appeler": trouve.a_appeler.count(), "a_decider": 0 if trouve.annonce else len(foyers.a_decider(trouve)),
    })  # fmt: skip


def _avancement(trouve: Panel) -> list[dict[str, Any]]:
    """Volunteers counted against each quota: who is still to be found."""
    valeurs = list(trouve.en_lice.values_list("valeurs", flat=True))
    lignes = []
    for quota in trouve.quotas.select_related("modalite__critere"):
        n = sum(v.get(quota.modalite.critere.nom) == quota.modalite.nom for v in valeurs)
        lignes.append({"quota": quota, "nombre": n, "manque": max(0, quota.minimum - n)})
    return lignes


@formulaire_web
@reserve(PREPARER)
def quotas(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """Bounds of each value."""
    trouve = trouver_panel(pk)
    if trouve.annonce:
        return fait(request, "La liste est publiée : les quotas ne changent plus.", retour_panel(trouve)[1])
    form = QuotasForm(soumis(request), panel=trouve)
    if form.is_valid():
        services.changer_quotas(membre, trouve, form.valeurs())
        return fait(request, "Les quotas sont enregistrés.", retour_panel(trouve)[1])
    return page_formulaire(
        request, form, "Quotas", bouton="Enregistrer les quotas", retour=retour_panel(trouve),
        gabarit="panels/quotas.html", page_active="dossiers", panel=trouve,
    )  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def lancer(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """Start the computation."""
    trouve = trouver_panel(pk)
    refus: list[str] = []
    if request.method == "POST":
        try:
            services.lancer(membre, trouve)
        except PanelRefuse as erreur:
            refus = [str(erreur)]
        else:
            return redirect("panels:panel", pk=pk)
    return page_confirmer(
        request, "Calculer la liste du tirage", bouton="Calculer", retour=retour_panel(trouve), refus=refus,
        consequences=[
            f"{trouve.en_lice.count()} volontaires, {trouve.taille} places.",
            "Le calcul cherche les chances les plus égales possibles. Il dure de quelques secondes à une minute.",
            "Personne n'est tiré : vous obtenez une liste de panels de même chance, à publier avant le tirage.",
        ],
        page_active="dossiers",
    )  # fmt: skip


@require_safe
@reserve(LIRE)
def suivi(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """Progress, for the page's script."""
    tirage = _tirage(pk)
    return JsonResponse({
        "fini": tirage.etat != Tirage.Etat.EN_COURS or tirage.interrompu, "part": round(100 * tirage.part),
        "libelle": tirage.libelle,
    })  # fmt: skip


@require_POST
@reserve(PREPARER)
def arreter(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """Stop the computation."""
    services.arreter(_tirage(pk))
    return fait(request, "Le calcul est arrêté : personne n'a été tiré.", reverse("panels:panel", args=[pk]))


@require_POST
@reserve(PREPARER)
def assouplir(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """Take the smallest relaxation and compute again."""
    tirage = _tirage(pk)
    try:
        services.assouplir(membre, tirage)
        services.lancer(membre, tirage.panel)
    except PanelRefuse as refus:
        return fait(request, str(refus), retour_panel(tirage.panel)[1])
    return redirect("panels:panel", pk=pk)


@formulaire_web
@reserve(PREPARER)
def annoncer(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """Publish the list before the number is drawn."""
    tirage = _tirage(pk)
    refus: list[str] = []
    if request.method == "POST":
        try:
            services.annoncer(membre, tirage)
        except PanelRefuse as erreur:
            refus = [str(erreur)]
        else:
            return fait(request, "La liste est publique. Vous pouvez tirer le numéro.", retour_panel(tirage.panel)[1])
    return page_confirmer(
        request, "Publier la liste avant le tirage", bouton="Publier la liste", retour=retour_panel(tirage.panel),
        refus=refus, page_active="dossiers", consequences=[
            "La liste, les chances et la règle du tirage deviennent publiques, avec leur empreinte.",
            "Les inscriptions sont finies à la date annoncée. La liste ne se recalcule plus.",
            "Seuls des codes sont publiés : aucun nom, aucun profil.",
        ],
    )  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def tirer(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """Draw the number."""
    tirage = _tirage(pk)
    form = NumeroForm(soumis(request))
    if form.is_valid():
        try:
            services.tirer(membre, tirage, form.cleaned_data["numero"])
        except PanelRefuse as refus:
            form.add_error(None, str(refus))
        else:
            return fait(request, "Le panel est tiré et publié.", retour_panel(tirage.panel)[1])
    return page_formulaire(
        request, form, "Tirer le numéro", bouton="Tirer le panel", retour=retour_panel(tirage.panel),
        intro=tirage.resultat.get("rule", "Publiez d'abord la liste."), page_active="dossiers",
    )  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def remplacer(request: HttpRequest, membre: Membre, pk: int, code: str) -> HttpResponse:
    """Somebody declines."""
    tirage = _tirage(pk)
    refus: list[str] = []
    if request.method == "POST":
        try:
            choisis = services.remplacer(membre, tirage, code)
        except PanelRefuse as erreur:
            refus = str(erreur).splitlines()
        else:
            return fait(request, f"{code} est remplacé par {', '.join(choisis)}.", retour_panel(tirage.panel)[1])
    return page_confirmer(
        request, f"Remplacer {code}", bouton="Remplacer", retour=retour_panel(tirage.panel), refus=refus,
        page_active="dossiers", consequences=[
            "La personne suivante de la réserve qui respecte les quotas prend sa place.",
            "Personne ne choisit : l'ordre de la réserve vient du tirage.",
        ],
    )  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def inviter(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """Bring the panel to a workshop."""
    tirage = _tirage(pk)
    form = InviterPanelForm(soumis(request), panel=tirage.panel)
    if form.is_valid():
        atelier = form.cleaned_data["atelier"]
        n = services.inviter(membre, tirage, atelier)
        return fait(request, f"{n} personnes sur la liste des invités.", reverse("ateliers:atelier", args=[atelier.pk]))
    return page_formulaire(
        request, form, "Inviter le panel à un atelier", bouton="Mettre sur la liste des invités",
        retour=retour_panel(tirage.panel), page_active="dossiers",
    )  # fmt: skip
