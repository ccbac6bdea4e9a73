"""Themes given to opinions, one after the other; what was given, found again."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from consultation.ecoute.cadre.pages import fait, page_formulaire, soumis
from consultation.ecoute.contributions.models import Contribution
from consultation.ecoute.dossiers.acces import trouver
from consultation.ecoute.equipe.acces import LIRE, PREPARER, reserve
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.lecture import services
from consultation.ecoute.lecture.forms import CoderForm
from consultation.ecoute.lecture.models import Lecture
from consultation.ecoute.lecture.services import LectureRefusee
from consultation.ecoute.lecture.services.comptes import en_cours
from consultation.ecoute.lecture.views.commun import commun, formulaire_web, retour

PAR_PAGE = 50


@formulaire_web
@reserve(PREPARER)
def coder(request: HttpRequest, membre: Membre, slug: str, numero: int | None = None) -> HttpResponse:
    """Give themes, one opinion after the other, without seeing what others gave."""
    dossier = trouver(slug)
    if not dossier.themes.exists():
        return fait(request, "Écrivez d'abord deux ou trois thèmes.", reverse("lecture:nouveau_theme", args=[slug]))
    if numero is None:
        suivante = services.a_coder(dossier, membre).first()
        mienne = en_cours(dossier, membre).first()
        if mienne is not None and (suivante is None or services.a_finir(mienne, membre)):
            return redirect("lecture:a_deux", slug=slug, pk=mienne.pk)  # « J'ai fini » before the other opinions
        if suivante is None:
            return fait(request, "Vous avez lu tous les avis relus.", retour(dossier)[1])
        return redirect("lecture:coder", slug=slug, numero=suivante.numero)
    avis = get_object_or_404(Contribution.objects.select_related("dossier"), dossier=dossier, numero=numero)
    faite = Lecture.objects.filter(contribution=avis, codeur=membre).first()
    proches = services.avis_proches(avis, membre)
    form = CoderForm(soumis(request), themes=services.ranger(dossier, proches), lecture=faite)
    if form.is_valid():
        try:
            services.coder(membre, avis, list(form.cleaned_data["themes"]), form.cleaned_data["memo"])
        except LectureRefusee as refus:
            form.add_error(None, str(refus))
        else:
            return redirect("lecture:coder_suivant", slug=slug)
    a_deux = en_cours(dossier, membre).filter(avis=avis).exists()
    return page_formulaire(
        request, form, bouton="Valider et passer au suivant", retour=retour(dossier), gabarit="lecture/coder.html",
        avis=avis, proches=proches, a_deux=a_deux,
        reste=services.a_coder(dossier, membre, True if a_deux else None).count(),
        **commun(membre, dossier, f"Donner des thèmes, avis n° {numero}"),
    )  # fmt: skip


@require_safe
@reserve(LIRE)
def lus(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """Opinions with their themes, found by theme or by word; those of a double reading under way are left out."""
    dossier = trouver(slug)
    filtres = {nom: request.GET.get(nom, "").replace("\x00", "")[:100].strip() for nom in ("q", "theme")}
    themes = services.themes_de(dossier, services.a_part(dossier))
    choisi = dossier.themes.filter(pk=filtres["theme"]).first() if filtres["theme"].isdecimal() else None
    trouves = sorted(pk for pk, noms in themes.items() if choisi is None or choisi.nom in noms)  # as they came
    if filtres["q"]:
        mots = set(dossier.contributions.filter(texte_relu__icontains=filtres["q"]).values_list("pk", flat=True))
        trouves = [pk for pk in trouves if pk in mots]
    page = Paginator(trouves, PAR_PAGE).get_page(request.GET.get("page"))
    avis = Contribution.objects.in_bulk(list(page))
    suite = urlencode({nom: valeur for nom, valeur in filtres.items() if valeur})
    return render(request, "lecture/lus.html", {
        **commun(membre, dossier, "Avis et thèmes"), "page": page, "filtres": filtres, "choisi": choisi,
        "lignes": [(avis[pk], sorted(themes[pk])) for pk in page], "themes": dossier.themes.all(),
        "parametres": f"&{suite}" if suite else "",
    })  # fmt: skip
