"""Two people read apart, then compare."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from consultation.ecoute.cadre.pages import fait, page_confirmer, page_formulaire, soumis
from consultation.ecoute.contributions.models import Contribution
from consultation.ecoute.dossiers.acces import trouver
from consultation.ecoute.equipe.acces import LIRE, PREPARER, reserve
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.lecture import services
from consultation.ecoute.lecture.forms import ADeuxForm, RetenirForm
from consultation.ecoute.lecture.models import LectureADeux
from consultation.ecoute.lecture.services import LectureRefusee
from consultation.ecoute.lecture.services.a_deux import reste
from consultation.ecoute.lecture.views.commun import commun, formulaire_web, retour


def _trouver(slug: str, pk: int) -> LectureADeux:
    lectures = LectureADeux.objects.select_related("dossier", "premier", "second")
    return get_object_or_404(lectures, dossier__slug=slug, pk=pk)


@formulaire_web
@reserve(PREPARER)
def nouvelle(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """Entrust the same opinions to two people; those of before are listed."""
    dossier = trouver(slug)
    form = ADeuxForm(soumis(request), membre=membre)
    personnes = form.personnes.count()
    if form.is_valid():
        dit = form.cleaned_data
        try:
            lecture = services.lire_a_deux(membre, dossier, dit["premier"], dit["second"], dit["nombre"])
        except LectureRefusee as refus:
            form.add_error(None, str(refus))
        else:
            adresse = reverse("lecture:a_deux", args=[slug, lecture.pk])
            return fait(request, "C'est parti. Lisez chacun de votre côté, sans vous parler des thèmes.", adresse)
    return page_formulaire(
        request, form, bouton="Tirer les avis au sort et commencer", retour=retour(dossier),
        gabarit="lecture/nouvelle_a_deux.html", seule=personnes < 2,
        lectures=dossier.lectures_a_deux.select_related("premier", "second"),
        **commun(membre, dossier, "Lire à deux"),
    )  # fmt: skip


@require_safe
@reserve(LIRE)
def a_deux(request: HttpRequest, membre: Membre, slug: str, pk: int) -> HttpResponse:
    """How far each is; once both have finished, agreement and disagreements."""
    lecture = _trouver(slug, pk)
    dossier = lecture.dossier
    contexte = {
        **commun(membre, dossier, f"Lecture à deux : {lecture}"), "lecture": lecture, "nombre": lecture.avis.count(),
        "places": [(lecture.premier, reste(lecture, lecture.premier), lecture.premier_fini_le),
                   (lecture.second, reste(lecture, lecture.second), lecture.second_fini_le)],
        "premier_numero": lecture.avis.order_by("numero").values_list("numero", flat=True).first(),
        "a_lire": services.a_coder(dossier, membre, a_deux=False).exists(),
        "mien": membre.pk in (lecture.premier_id, lecture.second_id),
    }  # fmt: skip
    if lecture.finie:
        accords, lignes = services.comparer(lecture)
        contexte |= {
            "accords": accords, "desaccords": [un for un in lignes if un.desaccord],
            "pareils": sum(1 for un in lignes if not un.desaccord), "compares": len(lignes),
            "a_parler": sum(1 for un in lignes if un.desaccord and un.retenu is None),
        }  # fmt: skip
    return render(request, "lecture/a_deux.html", contexte)


@require_POST
@reserve(PREPARER)
def finir(request: HttpRequest, membre: Membre, slug: str, pk: int) -> HttpResponse:
    """« I have finished »."""
    lecture = _trouver(slug, pk)
    adresse = reverse("lecture:a_deux", args=[slug, pk])
    try:
        services.finir(membre, lecture)
    except LectureRefusee as refus:
        return page_confirmer(request, "Finir ma lecture", bouton="", retour=("Lecture à deux", adresse),
                              refus=[str(refus)], suite="Revenir à la lecture à deux",
                              page_active="dossiers")  # fmt: skip
    lecture.refresh_from_db()
    if lecture.finie:
        return fait(request, "Vous avez tous les deux fini. Comparez vos lectures.", adresse)
    return fait(request, "Vous avez fini. La comparaison s'ouvrira quand l'autre personne aura fini aussi.", adresse)


@formulaire_web
@reserve(PREPARER)
def retenir(request: HttpRequest, membre: Membre, slug: str, pk: int, numero: int) -> HttpResponse:
    """What is kept after talking."""
    lecture = _trouver(slug, pk)
    avis = get_object_or_404(Contribution, dossier=lecture.dossier, numero=numero)
    adresse = reverse("lecture:a_deux", args=[slug, pk])
    try:
        ligne = next((un for un in services.comparer(lecture)[1] if un.avis.pk == avis.pk), None)
    except LectureRefusee as refus:
        return page_confirmer(request, "Décider ensemble", bouton="", retour=("Lecture à deux", adresse),
                              refus=[str(refus)], suite="Revenir à la lecture à deux",
                              page_active="dossiers")  # fmt: skip
    form = RetenirForm(soumis(request), dossier=lecture.dossier, ligne=ligne)
    if form.is_valid():
        try:
            services.retenir(membre, lecture, avis, list(form.cleaned_data["themes"]), form.cleaned_data["motif"])
        except LectureRefusee as refus:
            form.add_error("motif", str(refus))
        else:
            return fait(request, f"Les thèmes de l'avis n° {numero} sont retenus.", adresse)
    return page_formulaire(
        request, form, bouton="Retenir ces thèmes", retour=("Lecture à deux", adresse), gabarit="lecture/retenir.html",
        avis=avis, ligne=ligne, lecture=lecture,
        **commun(membre, lecture.dossier, f"Décider ensemble, avis n° {numero}"),
    )  # fmt: skip
