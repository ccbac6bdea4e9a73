"""Volunteering, one's own page, and what is published of a draw."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consultation.ecoute.ateliers.models import NOM_EFFACE
from consultation.ecoute.cadre.pages import PUBLIC, fait, page_formulaire, soumis
from consultation.ecoute.contributions.services import AvisRefuse, ralentir
from consultation.ecoute.panels import services
from consultation.ecoute.panels.forms import VolontaireForm
from consultation.ecoute.panels.models import Panel, Tirage, Volontaire
from consultation.ecoute.panels.services import PanelRefuse
from socle.envois.plafonds import PlafondAtteint
from socle.securite.adresse import adresse_de
from socle.typographie.espaces import INSECABLE
from socle.typographie.nombres import nombre

DEJA_VOLONTAIRE = (
    "Vous êtes déjà volontaire. Si vous aviez donné votre e-mail, nous venons d'y envoyer le lien de votre page. "
    "Sinon, appelez-nous."
)


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
            inscrit = services.inscrire_en_ligne(panel, form.volontaire(), form.adresse_dite())
        except PlafondAtteint as plafond:
            form.add_error("courriel", str(plafond))
        except (PanelRefuse, AvisRefuse) as refus:
            form.add_error(None, str(refus))
        else:
            if inscrit is not None:
                return redirect("public:mon_tirage", jeton=inscrit.jeton)
            form.add_error(None, DEJA_VOLONTAIRE)
    return page_formulaire(
        request, form, "Participer au tirage au sort", bouton="Je suis volontaire", base_page=PUBLIC, panel=panel,
        retour=(panel.dossier.titre, reverse("public:consultation", args=[panel.dossier.slug])),
        gabarit="panels/public/volontaire.html",
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def mon_tirage(request: HttpRequest, jeton: str) -> HttpResponse:
    """One's own page: code, result, changing one's mind."""
    gens = Volontaire.objects.exclude(nom=NOM_EFFACE).select_related("panel__dossier")
    trouve = get_object_or_404(gens, jeton=jeton)
    if request.method == "POST":
        services.retirer(trouve)
        return fait(request, "C'est noté : vous ne participez plus.", reverse("public:mon_tirage", args=[jeton]))
    tirage = trouve.panel.tirages.filter(etat=Tirage.Etat.TIRE).first()
    resultat = tirage.resultat if tirage else {}
    return render(request, "panels/public/mon_tirage.html", {
        "titre": "Votre participation au tirage", "volontaire": trouve, "panel": trouve.panel, "tirage": tirage,
        "dans": trouve.code in resultat.get("panel", []), "reserve": trouve.code in resultat.get("reserve", []),
        "chance": _chance(trouve),
    })  # fmt: skip


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
