"""Volunteering, one's own page, and what is published of a draw."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consultation.ecoute.ateliers.models import NOM_EFFACE
from consultation.ecoute.cadre.pages import PUBLIC, fait, page_confirmer, page_formulaire, soumis
from consultation.ecoute.contributions.services import AvisRefuse, ralentir
from consultation.ecoute.panels import services
from consultation.ecoute.panels.forms import VolontaireForm
from consultation.ecoute.panels.models import Panel, Tirage, Volontaire
from consultation.ecoute.panels.services import PanelRefuse
from socle.envois.plafonds import PlafondAtteint
from socle.securite.adresse import adresse_de
from socle.typographie.espaces import INSECABLE
from socle.typographie.nombres import nombre


def _panel(pk: int) -> Panel:
    panel = get_object_or_404(Panel.objects.select_related("dossier"), pk=pk)
    if not panel.dossier.public:
        raise Http404
    return panel


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def volontaire(request: HttpRequest, pk: int) -> HttpResponse:
    """Register for the draw."""
    panel = _panel(pk)
    if not panel.recrute:
        return render(request, "panels/public/termine.html", {"titre": "Les inscriptions sont terminées",
                                                              "panel": panel}, status=410)  # fmt: skip
    form = VolontaireForm(soumis(request), panel=panel)
    if form.is_valid():
        try:
            ralentir(adresse_de(request), "panel")
            ecrit = services.demander(panel, form.volontaire(), form.adresse_dite())
        except PlafondAtteint as plafond:
            form.add_error("courriel", str(plafond))
        except (PanelRefuse, AvisRefuse) as refus:
            form.add_error(None, str(refus))
        else:
            return redirect("public:candidature", pk=pk, suite="message" if ecrit else "appel")
    return page_formulaire(
        request, form, "Participer au tirage au sort", bouton="Je suis volontaire", base_page=PUBLIC, panel=panel,
        retour=(panel.dossier.titre, reverse("public:consultation", args=[panel.dossier.slug])),
        gabarit="panels/public/volontaire.html",
    )  # fmt: skip


@require_safe
def candidature(request: HttpRequest, pk: int, suite: str) -> HttpResponse:
    """What comes after it; the same for whoever is a volunteer already."""
    panel = _panel(pk)
    if suite not in ("message", "appel"):
        raise Http404
    return render(request, "panels/public/demande.html", {
        "titre": "Votre candidature est notée", "panel": panel, "par_message": suite == "message",
        "jours": services.DEMANDE_GARDEE.days,
    })  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def mon_tirage(request: HttpRequest, jeton: str) -> HttpResponse:
    """One's own page: code, result, changing one's mind."""
    gens = Volontaire.objects.exclude(nom=NOM_EFFACE).select_related("panel__dossier")
    trouve = get_object_or_404(gens, jeton=jeton)
    ici = reverse("public:mon_tirage", args=[jeton])
    if request.method == "POST":
        return fait(request, _geste(trouve, request.POST.get("geste", "")), ici)
    if request.GET.get("geste") == "renoncer" and not (trouve.retire_le or trouve.renonce_le):
        return _renoncer(request, trouve, ici)
    tirage = trouve.panel.tirages.filter(etat=Tirage.Etat.TIRE).first()
    resultat = tirage.resultat if tirage else {}
    return render(request, "panels/public/mon_tirage.html", {
        "titre": "Votre participation au tirage", "volontaire": trouve, "panel": trouve.panel, "tirage": tirage,
        "dans": trouve.code in resultat.get("panel", []), "reserve": trouve.code in resultat.get("reserve", []),
        "chance": _chance(trouve), "peut_revenir": services.peut_revenir(trouve),
    })  # fmt: skip


def _geste(volontaire: Volontaire, geste: str) -> str:
    """Do it; what to say."""
    try:
        if geste == "confirmer":
            services.confirmer(volontaire)
            return "C'est fait : vous êtes volontaire."
        if geste == "revenir":
            services.revenir(volontaire)
            return "C'est noté : vous participez de nouveau."
    except PanelRefuse as refus:
        return str(refus)
    services.retirer(volontaire)
    return "C'est noté : vous ne participez plus."


def _renoncer(request: HttpRequest, volontaire: Volontaire, ici: str) -> HttpResponse:
    """What is lost, before it is."""
    if volontaire.panel.annonce:
        consequences = ["Si vous êtes tiré au sort, quelqu'un d'autre prendra votre place.",
                        "Vous pourrez revenir tant que personne ne vous a remplacé."]  # fmt: skip
    else:
        consequences = ["Vous ne serez pas tiré au sort.", "Vous pourrez revenir tant que la liste n'est pas publiée."]
    return page_confirmer(
        request, "Ne plus participer au tirage", bouton="Je ne participe plus", retour=("Votre page", ici),
        base_page=PUBLIC, caches={"geste": "renoncer"}, vers=ici, consequences=consequences,
    )  # fmt: skip


def _chance(trouve: Volontaire) -> float | None:
    """The published chance of this person; None before the list is public."""
    annonce = trouve.panel.tirages.exclude(annonce_le=None).first()
    return annonce.resultat.get("probabilities", {}).get(trouve.code) if annonce else None


def ecart_en_mots(resultat: dict[str, Any]) -> str:
    """The gap between the proven bound and the smallest chance, in points of per cent."""
    ecart = 100 * float(resultat.get("gap", 0.0))
    return "aucun" if ecart < 1e-6 else f"{nombre(ecart, 4)}{INSECABLE}point"


def _annonce(pk: int) -> Tirage:
    return get_object_or_404(Tirage.objects.select_related("panel__dossier").exclude(annonce_le=None), panel=_panel(pk))


@require_safe
def tirage(request: HttpRequest, pk: int) -> HttpResponse:
    """What anybody may check: method, chances, bound, list, number."""
    trouve = _annonce(pk)
    return render(request, "panels/public/tirage.html", {
        "titre": "Le tirage au sort", "tirage": trouve, "panel": trouve.panel, "dossier": trouve.panel.dossier,
        "resultat": trouve.resultat, "ecart": ecart_en_mots(trouve.resultat),
    })  # fmt: skip


@require_safe
def liste(request: HttpRequest, pk: int) -> HttpResponse:
    """The numbered list, as its digest covers it."""
    reponse = HttpResponse(_annonce(pk).liste, content_type="text/csv; charset=utf-8")
    reponse["Content-Disposition"] = f'attachment; filename="liste-panel-{pk}.csv"'
    return reponse
