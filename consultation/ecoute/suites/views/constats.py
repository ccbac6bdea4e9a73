"""Findings and their quotes; the thread seen by the team."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from consultation.ecoute.cadre.pages import fait, page_confirmer, page_formulaire, soumis
from consultation.ecoute.contributions.models import Contribution
from consultation.ecoute.dossiers.acces import trouver
from consultation.ecoute.equipe.acces import LIRE, PREPARER, reserve
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.lecture.services import comptent
from consultation.ecoute.suites import fil, services, verification
from consultation.ecoute.suites.forms import ConstatForm, ExtraitForm, VerifierForm
from consultation.ecoute.suites.models import Constat, Extrait
from consultation.ecoute.suites.services import SuiteRefusee
from consultation.ecoute.suites.views.commun import dire, formulaire_web, retour

PAR_PAGE = 20


@require_safe
@reserve(LIRE)
def suites(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """The whole thread, from quotes to actions, and what is missing in it."""
    dossier = trouver(slug)
    branches = fil.arbre(dossier, tout=True)
    return render(request, "suites/suites.html", {
        "titre": "Suites", "dossier": dossier, "groupes": fil.par_theme(branches), "bilan": fil.bilan(dossier),
        "trous": list(fil.trous(dossier, branches)),
        "public": fil.public(dossier), "page_active": "dossiers", "onglet": "suites",
    })  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def verifier(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """Read the texts whose authors agreed to publication, and say that they name nobody."""
    dossier = trouver(slug)
    reste = len(verification.en_attente(dossier))
    if not reste:
        return fait(request, "Aucun texte n'attend d'être vérifié avant publication.", retour(dossier)[1])
    form = VerifierForm(soumis(request), textes=verification.a_verifier(dossier))
    if form.is_valid():
        n = verification.verifier(membre, dossier, form.cles())
        phrase = f"{n} texte{'s' if n > 1 else ''} vérifié{'s' if n > 1 else ''} : publiable{'s' if n > 1 else ''}."
        return fait(request, phrase, request.path if n < reste else retour(dossier)[1])
    return page_formulaire(
        request, form, "Vérifier les textes avant de les publier", bouton="Ces textes ne nomment personne",
        retour=retour(dossier), page_active="dossiers",
        intro=f"Restent {reste} avis dont l'auteur accepte la publication. Sans cette vérification, leur texte ne sort "
        "pas en données ouvertes.",
    )  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def constat(request: HttpRequest, membre: Membre, slug: str, pk: int | None = None) -> HttpResponse:
    """A finding."""
    dossier = trouver(slug)
    existant = get_object_or_404(Constat, pk=pk, dossier=dossier) if pk else None
    base = existant or Constat(dossier=dossier, ordre=dossier.constats.count())
    form = ConstatForm(soumis(request), instance=base, dossier=dossier)
    if form.is_valid():
        garde = services.constater(membre, form.save(commit=False))
        if existant is None:
            messages.success(request, "Le constat est enregistré. Citez maintenant un avis qui le montre.")
            return redirect("suites:citer", slug=slug, pk=garde.pk)
        return fait(request, "Le constat est enregistré.", retour(dossier)[1])
    return page_formulaire(
        request, form, "Modifier le constat" if existant else "Nouveau constat", bouton="Enregistrer",
        retour=retour(dossier), page_active="dossiers",
    )  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def citer(request: HttpRequest, membre: Membre, slug: str, pk: int) -> HttpResponse:
    """Attach a quote: choose an opinion in the list, keep its passage."""
    trouve = get_object_or_404(Constat.objects.select_related("dossier", "theme"), pk=pk, dossier__slug=slug)
    dossier = trouve.dossier
    # Filters are read when the page opens only: an empty choice then means every theme.
    choisi = request.GET.get("numero", "")
    avis = _relu(dossier.pk, choisi)
    form = ExtraitForm(soumis(request), initial={"numero": avis.numero, "citation": avis.texte_relu} if avis else {})
    if form.is_valid():
        try:
            services.citer(membre, trouve, form.cleaned_data["numero"], form.cleaned_data["citation"])
        except SuiteRefusee as refus:
            dire(form, refus)
        else:
            return fait(request, "L'extrait est rattaché au constat. Relisez-le avant de permettre sa publication.",
                        retour(dossier)[1])  # fmt: skip
    mots = request.GET.get("q", "").replace("\x00", "")[:100].strip()
    theme = request.GET.get("theme", str(trouve.theme_id or ""))
    citables = comptent(dossier).exclude(relu_le=None)
    if theme.isdigit():
        citables = citables.filter(lectures__themes=int(theme)).distinct()
    if mots:
        citables = citables.filter(texte_relu__icontains=mots)
    suite = urlencode({"q": mots, "theme": theme})
    return page_formulaire(
        request, form, "Citer un avis", bouton="Rattacher", retour=retour(dossier), intro=trouve.texte,
        gabarit="suites/citer.html", page_active="dossiers", avis=avis, constat=trouve, dossier=dossier,
        page=Paginator(citables.order_by("numero"), PAR_PAGE).get_page(request.GET.get("page")), q=mots, theme=theme,
        themes=dossier.themes.all(), parametres=f"&{suite}",
    )  # fmt: skip


def _relu(dossier: int, numero: str) -> Contribution | None:
    if not numero.isdigit() or len(numero) > 9:
        return None
    return Contribution.objects.filter(dossier=dossier, numero=int(numero)).exclude(relu_le=None).first()


def _extrait(slug: str, pk: int) -> Extrait:
    trouves = Extrait.objects.select_related("constat__dossier", "contribution")
    return get_object_or_404(trouves, pk=pk, constat__dossier__slug=slug)


@require_POST
@reserve(PREPARER)
def permettre(request: HttpRequest, membre: Membre, slug: str, pk: int) -> HttpResponse:
    """Allow or forbid the publication of a quote."""
    extrait = _extrait(slug, pk)
    try:
        services.permettre(membre, extrait, request.POST.get("publiable") == "1")
    except SuiteRefusee as refus:
        messages.error(request, str(refus))
        return redirect("suites:suites", slug=slug)
    phrase = "Cette citation peut être publiée." if extrait.publiable else "Cette citation n'est plus publiée."
    return fait(request, phrase, retour(extrait.constat.dossier)[1])


@formulaire_web
@reserve(PREPARER)
def retirer(request: HttpRequest, membre: Membre, slug: str, pk: int) -> HttpResponse:
    """Take a quote away, after a page that says what it changes."""
    extrait = _extrait(slug, pk)
    if request.method == "POST":
        services.retirer(membre, extrait)
        return fait(request, "La citation est retirée du constat.", retour(extrait.constat.dossier)[1])
    return page_confirmer(
        request, "Retirer cette citation", bouton="Retirer", retour=retour(extrait.constat.dossier), danger=True,
        consequences=[
            f"« {extrait.citation} » ne montre plus ce constat : {extrait.constat.texte}",
            f"L'avis n° {extrait.contribution.numero} reste dans le dossier. Vous pourrez le citer à nouveau.",
        ],
        page_active="dossiers",
    )  # fmt: skip


@require_safe
@reserve(LIRE)
def devenir(request: HttpRequest, membre: Membre, slug: str, numero: int) -> HttpResponse:
    """From one opinion to what became of it."""
    dossier = trouver(slug)
    avis = get_object_or_404(Contribution, dossier=dossier, numero=numero)
    return render(request, "suites/devenir.html", {
        "titre": f"Ce qu'est devenu l'avis n° {numero}", "dossier": dossier, "avis": avis,
        "extraits": fil.devenir(avis), "constats": dossier.constats.all(), "page_active": "dossiers",
        "onglet": "suites",
    })  # fmt: skip
