"""How far the reading is, what it says, who was heard, what was done and can be undone."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from consultation.analyse import SEUIL
from consultation.analyse.ecarts import ASSEZ
from consultation.ecoute.cadre.pages import fait, page_confirmer
from consultation.ecoute.dossiers.acces import trouver
from consultation.ecoute.equipe.acces import LIRE, PREPARER, reserve
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.lecture import services
from consultation.ecoute.lecture.models import Geste, Methode, Rapprochement
from consultation.ecoute.lecture.services import LectureRefusee
from consultation.ecoute.lecture.services.comptes import en_cours
from consultation.ecoute.lecture.views.commun import commun, retour


@require_safe
@reserve(LIRE)
def lecture(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """How far the reading is, and what it says."""
    dossier = trouver(slug)
    caches = services.a_part(dossier)
    donnes = services.themes_de(dossier, caches)
    lus, themes = len(donnes), services.compter_themes(dossier, caches, donnes)
    doubles, accords = services.accords(dossier)
    return render(request, "lecture/lecture.html", {
        **commun(membre, dossier, "Lecture"), "total": services.comptent(dossier).count(),
        "a_relire": services.a_relire(dossier).count(), "a_coder": services.a_coder(dossier, membre).count(),
        "themes": [(theme, n, round(100 * n / lus) if lus else 0) for theme, n in themes], "lus": lus,
        "premier": themes[0] if themes and themes[0][1] else None, "caches": len(caches),
        "doubles": doubles, "accords": accords, "methode": Methode.objects.filter(dossier=dossier).first(),
        "en_cours": en_cours(dossier).select_related("premier", "second").first(),
        "rapproches": Rapprochement.objects.filter(contribution__dossier=dossier).count(),
        "canaux": services.par_canal(dossier),
    })  # fmt: skip


@require_safe
@reserve(LIRE)
def entendus(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """Who was heard, against who lives there."""
    dossier = trouver(slug)
    return render(request, "lecture/entendus.html", {
        **commun(membre, dossier, "Qui a été entendu"), "entendus": services.entendus(dossier), "seuil": SEUIL,
        "assez": ASSEZ,
    })  # fmt: skip


@require_safe
@reserve(LIRE)
def gestes(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """What was done in this reading, last first, each with its undo."""
    dossier = trouver(slug)
    tous = Geste.objects.filter(dossier=dossier).select_related("par", "annule_par").defer("avant", "apres")
    return render(request, "lecture/gestes.html", {
        **commun(membre, dossier, "Ce qui a été fait"), "page": Paginator(tous, 50).get_page(request.GET.get("page")),
    })  # fmt: skip


@require_POST
@reserve(PREPARER)
def annuler(request: HttpRequest, membre: Membre, slug: str, pk: int) -> HttpResponse:
    """Undo one act, then back to the page it was asked from."""
    dossier = trouver(slug)
    acte = get_object_or_404(Geste, pk=pk, dossier=dossier)
    vers = request.POST.get("vers", "")
    if not vers.startswith("/equipe/") or not url_has_allowed_host_and_scheme(vers, allowed_hosts=None):
        vers = reverse("lecture:gestes", args=[slug])
    try:
        services.annuler(membre, acte)
    except LectureRefusee as refus:
        return page_confirmer(
            request, "Annuler", bouton="", retour=retour(dossier, "gestes", "Ce qui a été fait"), refus=[str(refus)],
            suite="Voir ce qui a été fait", page_active="dossiers",
        )  # fmt: skip
    return fait(request, f"C'est annulé. ({acte.phrase[:1].upper()}{acte.phrase[1:]}.)", vers)
