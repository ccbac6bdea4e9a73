"""The code book."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from consultation.ecoute.cadre.pages import fait, page_confirmer, page_formulaire, soumis
from consultation.ecoute.contributions.models import Contribution
from consultation.ecoute.dossiers.acces import trouver
from consultation.ecoute.equipe.acces import LIRE, PREPARER, reserve
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.lecture import services
from consultation.ecoute.lecture.forms import FusionForm, ScinderForm, ThemeForm
from consultation.ecoute.lecture.models import Theme
from consultation.ecoute.lecture.services import LectureRefusee
from consultation.ecoute.lecture.services.comptes import en_cours
from consultation.ecoute.lecture.views.commun import commun, formulaire_web, retour

LIVRE = ("livre", "Livre de codes")


@require_safe
@reserve(LIRE)
def livre(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """All entries, to read before coding, to print."""
    dossier = trouver(slug)
    return render(request, "lecture/livre.html", {
        **commun(membre, dossier, "Livre de codes"), "en_cours": en_cours(dossier).exists(),
        "themes": services.compter_themes(dossier, services.a_part(dossier)),
    })  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def theme(request: HttpRequest, membre: Membre, slug: str, pk: int | None = None) -> HttpResponse:
    """An entry of the code book."""
    dossier = trouver(slug)
    existant = get_object_or_404(Theme, pk=pk, dossier=dossier) if pk else None
    ancien = existant.nom if existant else ""
    form = ThemeForm(soumis(request), instance=existant or Theme(dossier=dossier, ordre=dossier.themes.count()))
    if form.is_valid():
        try:
            services.ecrire_theme(membre, form.instance)
        except LectureRefusee as refus:
            form.add_error("nom", str(refus))
        else:
            return fait(request, f"Le thème « {form.instance.nom} » est enregistré.", retour(dossier, *LIVRE)[1])
    return page_formulaire(
        request, form, bouton="Enregistrer le thème", retour=retour(dossier, *LIVRE),
        **commun(membre, dossier, f"Thème {ancien}" if existant else "Nouveau thème"),
    )  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def fusionner(request: HttpRequest, membre: Membre, slug: str, pk: int) -> HttpResponse:
    """Two entries become one."""
    dossier = trouver(slug)
    ici = get_object_or_404(Theme.objects.select_related("dossier"), pk=pk, dossier=dossier)
    form = FusionForm(soumis(request), theme=ici)
    if form.is_valid():
        dans = form.cleaned_data["dans"]
        try:
            nombre = services.fusionner(membre, ici, dans)
        except LectureRefusee as refus:
            form.add_error(None, str(refus))
        else:
            phrase = f"« {ici.nom} » est réuni avec « {dans.nom} » ({nombre} lecture{'s' if nombre > 1 else ''})."
            return fait(request, phrase, retour(dossier, *LIVRE)[1])
    return page_formulaire(
        request, form, bouton="Réunir les deux thèmes", retour=retour(dossier, *LIVRE),
        intro=f"Les avis qui ont « {ici.nom} » recevront l'autre thème, et « {ici.nom} » disparaîtra du livre. "
        "Vous pourrez l'annuler.",
        **commun(membre, dossier, f"Réunir {ici.nom} avec un autre thème"),
    )  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def scinder(request: HttpRequest, membre: Membre, slug: str, pk: int) -> HttpResponse:
    """One entry becomes two."""
    dossier = trouver(slug)
    ici = get_object_or_404(Theme.objects.select_related("dossier"), pk=pk, dossier=dossier)
    porteurs = Contribution.objects.filter(lectures__themes=ici).exclude(pk__in=services.a_part(dossier)).distinct()
    form = ScinderForm(soumis(request), avis=porteurs)
    if form.is_valid():
        dit = form.cleaned_data
        nouveau = Theme(dossier=dossier, nom=dit["nom"].strip(), definition=dit["definition"])
        try:
            services.scinder(membre, ici, nouveau, dit["avis"])
        except LectureRefusee as refus:
            form.add_error(None if "lecture" in str(refus) else "nom", str(refus))
        else:
            phrase = f"« {nouveau.nom} » est séparé de « {ici.nom} »."
            return fait(request, phrase, reverse("lecture:theme", args=[slug, ici.pk]))
    return page_formulaire(
        request, form, bouton="Séparer en deux thèmes", retour=retour(dossier, *LIVRE),
        intro=f"Cochez les avis qui passent au nouveau thème. Les autres gardent « {ici.nom} », "
        "dont vous pourrez préciser la définition ensuite.",
        **commun(membre, dossier, f"Séparer {ici.nom} en deux"),
    )  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def retirer(request: HttpRequest, membre: Membre, slug: str, pk: int) -> HttpResponse:
    """Take an entry out."""
    dossier = trouver(slug)
    ici = get_object_or_404(Theme.objects.select_related("dossier"), pk=pk, dossier=dossier)
    titre, refus = f"Retirer {ici.nom}", []
    if request.method == "POST":
        try:
            services.retirer(membre, ici)
        except LectureRefusee as erreur:
            refus = [str(erreur)]
        else:
            return fait(request, f"Le thème « {ici.nom} » est retiré du livre.", retour(dossier, *LIVRE)[1])
    nombre = ici.lectures.count()
    consequences = [
        f"{nombre} lecture{'s' if nombre > 1 else ''} l'{'ont' if nombre > 1 else 'a'} donné : elles ne l'auront plus."
        if nombre else "Personne ne l'a encore donné.",
        "Vous pourrez annuler tout de suite, ou plus tard dans « Ce qui a été fait ».",
    ]  # fmt: skip
    return page_confirmer(
        request, bouton="Retirer ce thème", retour=retour(dossier, *LIVRE), consequences=consequences, refus=refus,
        suite="Revenir au livre de codes", **commun(membre, dossier, titre),
    )  # fmt: skip
