"""Names hidden, one opinion after the other."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from consultation.ecoute.cadre.pages import fait, page_confirmer, page_formulaire, soumis
from consultation.ecoute.contributions.models import Contribution
from consultation.ecoute.dossiers.acces import trouver
from consultation.ecoute.equipe.acces import PREPARER, reserve
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.lecture import services
from consultation.ecoute.lecture.forms import EnsembleForm, RelireForm
from consultation.ecoute.lecture.services import LectureRefusee
from consultation.ecoute.lecture.views.commun import commun, formulaire_web, retour

ENSEMBLE = 10  # opinions on one page: more would be skimmed


@formulaire_web
@reserve(PREPARER)
def relire(request: HttpRequest, membre: Membre, slug: str, numero: int | None = None) -> HttpResponse:
    """Hide names, one opinion after the other."""
    dossier = trouver(slug)
    if numero is None:
        suivante = services.a_relire(dossier).first()
        if suivante is None:
            return fait(request, "Tous les avis sont relus.", retour(dossier)[1])
        return redirect("lecture:relire", slug=slug, numero=suivante.numero)
    avis = get_object_or_404(Contribution.objects.select_related("masque"), dossier=dossier, numero=numero)
    if avis.efface_le is not None:
        raise Http404
    form = RelireForm(soumis(request), contribution=avis)
    if form.is_valid():
        try:
            services.relire(membre, avis, form.acceptees, form.lignes)
        except LectureRefusee as refus:
            form.add_error("autres", str(refus))
        else:
            return redirect("lecture:relire_suivant", slug=slug)
    return page_formulaire(
        request, form, bouton="Valider et passer au suivant", retour=retour(dossier), gabarit="lecture/relire.html",
        avis=avis, morceaux=form.morceaux, reste=services.a_relire(dossier).count(),
        **commun(membre, dossier, f"Cacher les noms, avis n° {numero}"),
    )  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def ensemble(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """Several opinions on one page, where nothing is proposed; a person still reads each."""
    dossier = trouver(slug)
    form = EnsembleForm(soumis(request), avis=services.sans_proposition(dossier, ENSEMBLE))
    if form.is_valid():
        try:
            nombre = services.rien_a_cacher(membre, dossier, form.cleaned_data["avis"])
        except LectureRefusee as refus:
            form.add_error("avis", str(refus))
        else:
            phrase = f"{nombre} avis relu{'s' if nombre > 1 else ''}, sans rien cacher."
            return fait(request, phrase, reverse("lecture:relire_ensemble", args=[slug]))
    return page_formulaire(
        request, form, bouton="Rien à cacher dans les avis cochés", retour=retour(dossier),
        gabarit="lecture/relire_ensemble.html", reste=services.a_relire(dossier).count(),
        **commun(membre, dossier, "Relire plusieurs avis"),
    )  # fmt: skip


@require_POST
@reserve(PREPARER)
def rouvrir(request: HttpRequest, membre: Membre, slug: str, numero: int) -> HttpResponse:
    """Take back the hiding of names of one opinion."""
    dossier = trouver(slug)
    avis = get_object_or_404(Contribution.objects.select_related("dossier"), dossier=dossier, numero=numero)
    try:
        services.rouvrir(membre, avis)
    except LectureRefusee as refus:
        return page_confirmer(request, "Reprendre la relecture", bouton="", retour=retour(dossier), refus=[str(refus)],
                              suite="Revenir à la lecture", page_active="dossiers")  # fmt: skip
    phrase = f"L'avis n° {numero} est à relire de nouveau."
    return fait(request, phrase, reverse("lecture:relire", args=[slug, numero]))
