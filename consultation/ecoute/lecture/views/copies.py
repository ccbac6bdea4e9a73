"""Nearly identical opinions."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from consultation.ecoute.cadre.pages import fait, page_confirmer, page_formulaire, soumis
from consultation.ecoute.contributions.models import Contribution
from consultation.ecoute.dossiers.acces import trouver
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.acces import LIRE, PREPARER, reserve
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.lecture import services
from consultation.ecoute.lecture.forms import MethodeForm
from consultation.ecoute.lecture.models import Distinction, Methode, Rapprochement
from consultation.ecoute.lecture.services import LectureRefusee
from consultation.ecoute.lecture.services.comptes import une_fois
from consultation.ecoute.lecture.views.commun import choisis, commun, formulaire_web, retour

PAR_PAGE = 20
MOTIFS = ("Lettre type", "Envoyé deux fois par la même personne", "Saisi deux fois")


@require_safe
@reserve(LIRE)
def proches(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """Nearly identical opinions, proposed; what was decided, with its reason."""
    dossier = trouver(slug)
    groupes = services.proches(dossier)
    faits = Rapprochement.objects.filter(contribution__dossier=dossier).select_related("contribution", "avec", "par")
    gardes = Distinction.objects.filter(contribution__dossier=dossier).select_related("contribution", "avec", "par")
    return render(request, "lecture/proches.html", {
        **commun(membre, dossier, "Avis qui se ressemblent"), "motifs": MOTIFS,
        "page": Paginator(groupes, PAR_PAGE).get_page(request.GET.get("page")), "faits": faits, "gardes": gardes,
        "methode": Methode.objects.filter(dossier=dossier).first(), "une_fois": une_fois(dossier),
    })  # fmt: skip


def _refus(request: HttpRequest, dossier: Dossier, refus: LectureRefusee) -> HttpResponse:
    return page_confirmer(
        request, "Avis qui se ressemblent", bouton="", retour=retour(dossier, "proches", "Avis qui se ressemblent"),
        refus=[str(refus)], suite="Revenir aux avis qui se ressemblent", page_active="dossiers",
    )  # fmt: skip


@require_POST
@reserve(PREPARER)
def rapprocher(request: HttpRequest, membre: Membre, slug: str, numero: int) -> HttpResponse:
    """Those ticked are the same text as this one, or opinions apart."""
    dossier = trouver(slug)
    avec = get_object_or_404(Contribution.objects.select_related("dossier"), dossier=dossier, numero=numero)
    decision = request.POST.get("decision", "")
    copies = choisis(request, dossier, "groupe" if decision.endswith("-tous") else "avis")
    motif, meme = request.POST.get("motif", "")[:300], not decision.startswith("distinct")
    acte = services.rapprocher if meme else services.distinguer
    try:
        acte(membre, copies, avec, motif)
    except LectureRefusee as refus:
        return _refus(request, dossier, refus)
    mots = f"{len(copies)} avis {'est' if len(copies) == 1 else 'sont'}"
    phrase = f"{mots} le même texte que le n° {numero}." if meme else f"{mots} à part du n° {numero}."
    return fait(request, phrase, reverse("lecture:proches", args=[slug]))


@require_POST
@reserve(PREPARER)
def separer(request: HttpRequest, membre: Membre, slug: str, numero: int) -> HttpResponse:
    """Not the same text after all."""
    avis = get_object_or_404(Contribution.objects.select_related("dossier"), dossier__slug=slug, numero=numero)
    services.separer(membre, avis)
    return fait(request, f"L'avis n° {numero} est de nouveau à part.", reverse("lecture:proches", args=[slug]))


@formulaire_web
@reserve(PREPARER)
def regler(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """Copies count once, or each."""
    dossier = trouver(slug)
    form = MethodeForm(soumis(request), methode=Methode.objects.filter(dossier=dossier).first())
    if form.is_valid():
        try:
            services.regler(membre, dossier, form.cleaned_data["copies"], form.cleaned_data["motif"])
        except LectureRefusee as refus:
            form.add_error("motif", str(refus))
        else:
            return fait(request, "La façon de compter est enregistrée.", reverse("lecture:proches", args=[slug]))
    return page_formulaire(
        request, form, bouton="Enregistrer", retour=retour(dossier, "proches", "Avis qui se ressemblent"),
        intro="Dites ici comment compte un texte reçu plusieurs fois. Restez fidèle à ce que vous avez annoncé aux "
        "habitants dans les modalités.",
        **commun(membre, dossier, "Compter les copies"),
    )  # fmt: skip
