"""Pages of the reading."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultation.ecoute.cadre.pages import fait, page_formulaire, soumis
from consultation.ecoute.contributions.models import Contribution
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.dossiers.vues.equipe import trouver
from consultation.ecoute.equipe.acces import LIRE, PREPARER, reserve
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.journal.services import noter
from consultation.ecoute.lecture import services
from consultation.ecoute.lecture.formulaires import CoderForm, RelireForm, ThemeForm
from consultation.ecoute.lecture.models import Lecture, Rapprochement, Theme
from consultation.ecoute.lecture.services import LectureRefusee

formulaire_web = require_http_methods(["GET", "HEAD", "POST"])


def _retour(dossier: Dossier) -> tuple[str, str]:
    return "Lecture", reverse("lecture:lecture", args=[dossier.slug])


@require_safe
@reserve(LIRE)
def lecture(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """How far the reading is, and what it says."""
    dossier = trouver(slug)
    doubles, accords = services.accords(dossier)
    parts, dits, total = services.representativite(dossier)
    return render(request, "lecture/lecture.html", {
        "titre": "Lecture", "dossier": dossier, "total": total, "a_relire": services.a_relire(dossier).count(),
        "a_coder": services.a_coder(dossier, membre).count(), "themes": services.compter_themes(dossier),
        "doubles": doubles, "accords": accords, "parts": parts, "dits": dits, "canaux": services.par_canal(dossier),
        "rapproches": Rapprochement.objects.filter(contribution__dossier=dossier).count(),
        "page_active": "dossiers", "onglet": "lecture",
    })  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def relire(request: HttpRequest, membre: Membre, slug: str, numero: int | None = None) -> HttpResponse:
    """Hide names, one opinion after the other."""
    dossier = trouver(slug)
    if numero is None:
        suivante = services.a_relire(dossier).first()
        if suivante is None:
            return fait(request, "Tous les avis sont relus.", _retour(dossier)[1])
        return redirect("lecture:relire", slug=slug, numero=suivante.numero)
    avis = get_object_or_404(Contribution, dossier=dossier, numero=numero)
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
        request, form, f"Cacher les noms, avis n° {numero}", bouton="Valider et passer au suivant",
        retour=_retour(dossier), gabarit="lecture/relire.html", page_active="dossiers", avis=avis, dossier=dossier,
        reste=services.a_relire(dossier).count(),
    )  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def theme(request: HttpRequest, membre: Membre, slug: str, pk: int | None = None) -> HttpResponse:
    """An entry of the code book."""
    dossier = trouver(slug)
    existant = get_object_or_404(Theme, pk=pk, dossier=dossier) if pk else None
    ancien = existant.nom if existant else ""
    form = ThemeForm(soumis(request), instance=existant or Theme(dossier=dossier, ordre=dossier.themes.count()))
    if form.is_valid():
        nom = form.cleaned_data["nom"]
        if dossier.themes.filter(nom__iexact=nom).exclude(pk=pk or 0).exists():
            form.add_error("nom", "Ce thème existe déjà.")
        else:
            form.save()
            noter(membre, f"a {'modifié' if existant else 'ajouté'} le thème « {nom} »", dossier)
            return fait(request, f"Le thème « {nom} » est enregistré.", _retour(dossier)[1])
    return page_formulaire(
        request, form, f"Thème {ancien}" if existant else "Nouveau thème", bouton="Enregistrer le thème",
        retour=_retour(dossier), page_active="dossiers",
    )  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def coder(request: HttpRequest, membre: Membre, slug: str, numero: int | None = None) -> HttpResponse:
    """Give themes, one opinion after the other, without seeing what others gave."""
    dossier = trouver(slug)
    if not dossier.themes.exists():
        return fait(request, "Écrivez d'abord deux ou trois thèmes.", reverse("lecture:nouveau_theme", args=[slug]))
    if numero is None:
        suivante = services.a_coder(dossier, membre).first()
        if suivante is None:
            return fait(request, "Vous avez lu tous les avis relus.", _retour(dossier)[1])
        return redirect("lecture:coder", slug=slug, numero=suivante.numero)
    avis = get_object_or_404(Contribution.objects.select_related("dossier"), dossier=dossier, numero=numero)
    faite = Lecture.objects.filter(contribution=avis, codeur=membre).first()
    form = CoderForm(soumis(request), themes=services.ranger(avis), lecture=faite)
    if form.is_valid():
        try:
            services.coder(membre, avis, list(form.cleaned_data["themes"]), form.cleaned_data["memo"])
        except LectureRefusee as refus:
            form.add_error(None, str(refus))
        else:
            return redirect("lecture:coder_suivant", slug=slug)
    return page_formulaire(
        request, form, f"Donner des thèmes, avis n° {numero}", bouton="Valider et passer au suivant",
        retour=_retour(dossier), gabarit="lecture/coder.html", page_active="dossiers", avis=avis, dossier=dossier,
        reste=services.a_coder(dossier, membre).count(),
    )  # fmt: skip


@require_safe
@reserve(LIRE)
def proches(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """Nearly identical opinions, proposed."""
    dossier = trouver(slug)
    faits = Rapprochement.objects.filter(contribution__dossier=dossier).select_related("contribution", "avec")
    return render(request, "lecture/proches.html", {
        "titre": "Avis qui se ressemblent", "dossier": dossier, "groupes": services.proches(dossier)[:50],
        "faits": faits, "page_active": "dossiers", "onglet": "lecture",
    })  # fmt: skip


@require_POST
@reserve(PREPARER)
def rapprocher(request: HttpRequest, membre: Membre, slug: str, numero: int) -> HttpResponse:
    """Confirm, or undo."""
    avis = get_object_or_404(Contribution.objects.select_related("dossier"), dossier__slug=slug, numero=numero)
    retour = reverse("lecture:proches", args=[slug])
    if request.POST.get("avec"):
        avec = get_object_or_404(Contribution, dossier=avis.dossier, numero=request.POST["avec"])
        services.rapprocher(membre, avis, avec)
        return fait(request, f"L'avis n° {avis.numero} ne compte plus à part. Vous pouvez le séparer.", retour)
    services.separer(membre, avis)
    return fait(request, f"L'avis n° {avis.numero} compte de nouveau à part.", retour)
