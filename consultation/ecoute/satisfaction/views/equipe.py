"""What the team reads and does with answers about procedures."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultation.ecoute.cadre.pages import fait, page_confirmer, page_formulaire, pdf, soumis
from consultation.ecoute.commune.models import Commune
from consultation.ecoute.contributions.services import AvisRefuse
from consultation.ecoute.equipe.acces import LIRE, PREPARER, SAISIR, reserve
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.journal.services import noter
from consultation.ecoute.satisfaction import catalogue, resultats, services
from consultation.ecoute.satisfaction.forms import (
    QUESTIONS,
    DemarcheForm,
    EcarterForm,
    QuestionnaireSaisiForm,
    ReprendreForm,
)
from consultation.ecoute.satisfaction.models import Demarche, Reponse, Source
from socle.mois import plus_mois
from socle.typographie.dates import mois

formulaire_web = require_http_methods(["GET", "HEAD", "POST"])
PERIODES = (
    ("12", "12 derniers mois"),
    ("3", "3 derniers mois"),
    ("24", "24 derniers mois"),
    ("tout", "Depuis le début"),
)
PAR_PAGE = 30


def _trouver(slug: str) -> Demarche:
    return get_object_or_404(Demarche, slug=slug)


def _periode(request: HttpRequest) -> tuple[str, date | None]:
    """The period asked for, and its first day: whole months, so that each month is the same in every period."""
    code = request.GET.get("periode", "")
    code = code if code in dict(PERIODES) else PERIODES[0][0]
    if code == "tout":
        return code, None
    debut = timezone.localtime().replace(day=1)
    return code, plus_mois(debut, 1 - int(code)).date()


@require_safe
@reserve(LIRE | SAISIR)
def demarches(request: HttpRequest, membre: Membre) -> HttpResponse:
    """All procedures, with how many answers each received."""
    catalogue.rafraichir()
    comptent = Q(reponses__ecartee_le=None)
    liste = Demarche.objects.annotate(
        nombre=Count("reponses", filter=comptent), dernier=Max("reponses__jour", filter=comptent)
    )
    return render(request, "satisfaction/demarches.html", {
        "titre": "Avis sur les démarches", "demarches": liste, "du_site": catalogue.tient_liste(),
        "page_active": "satisfaction",
    })  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def nouvelle(request: HttpRequest, membre: Membre) -> HttpResponse:
    """Add a procedure, where no portal gives the list."""
    retour = reverse("satisfaction:demarches")
    form = DemarcheForm(soumis(request))
    if form.is_valid():
        services.nommer(membre, form.save(commit=False))
        return fait(request, "La démarche est ajoutée. Imprimez son affiche, ou donnez son adresse.", retour)
    return page_formulaire(request, form, "Ajouter une démarche", bouton="Ajouter",
                           retour=("Avis sur les démarches", retour), page_active="satisfaction")  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def modifier(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """Rename it, or take no more answers."""
    demarche = _trouver(slug)
    retour = reverse("satisfaction:resultats", args=[slug])
    if demarche.du_fichier:
        return fait(request, "Cette démarche vient du portail : changez-la là-bas.", retour)
    form = DemarcheForm(soumis(request), instance=demarche)
    if form.is_valid():
        services.nommer(membre, form.save(commit=False))
        return fait(request, "C'est enregistré.", retour)
    return page_formulaire(request, form, "Modifier la démarche", bouton="Enregistrer",
                           retour=("Résultats", retour), page_active="satisfaction")  # fmt: skip


@require_safe
@reserve(LIRE)
def montrer(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """Figures, month by month, and texts."""
    demarche = _trouver(slug)
    code, depuis = _periode(request)
    lus = resultats.resultats(resultats.qui_comptent(demarche, depuis))
    rares = {mois.nom for mois in lus.mois if mois.parts is None}  # a month with few answers would say who wrote
    dates = [(mois(r.jour), r) for r in services.textes(demarche, depuis)]
    textes = [("" if mois in rares else mois, reponse) for mois, reponse in dates]
    return render(request, "satisfaction/resultats.html", {
        "titre": f"Avis sur « {demarche.titre} »", "demarche": demarche, "resultats": lus, "periodes": PERIODES,
        "periode": code, "tendance": resultats.tendance(lus.mois), "petit": resultats.PETIT,
        "page": Paginator(textes, PAR_PAGE).get_page(request.GET.get("page")), "parametres": f"&periode={code}",
        "ecartees": demarche.reponses.exclude(ecartee_le=None).count(),
        "suivie": demarche.abonnes.filter(pk=membre.pk).exists(), "mois": settings.ECOUTE_SATISFACTION_MOIS,
        "adresse": _adresse(demarche), "page_active": "satisfaction",
    })  # fmt: skip


def _adresse(demarche: Demarche) -> str:
    return f"{settings.URL_PUBLIQUE}{reverse('public:avis', args=[demarche.slug])}"


@require_safe
@reserve(LIRE)
def exporter(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """One line an answer; taking it away is written in the trail."""
    demarche = _trouver(slug)
    _, depuis = _periode(request)
    noter(membre, f"a téléchargé les réponses sur la démarche « {demarche.titre} »")
    texte = resultats.en_csv(resultats.qui_comptent(demarche, depuis))
    reponse = HttpResponse("\ufeff" + texte, content_type="text/csv; charset=utf-8")
    reponse["Content-Disposition"] = f'attachment; filename="avis-demarche-{slug}.csv"'
    return reponse


@require_POST
@reserve(LIRE)
def suivre(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """Be told by mail of new texts, or no longer."""
    voulu = request.POST.get("suivre") == "oui"
    services.suivre(membre, _trouver(slug), voulu)
    phrase = "Un e-mail vous préviendra des nouveaux avis." if voulu else "Vous ne recevrez plus d'e-mail."
    return fait(request, phrase, reverse("satisfaction:resultats", args=[slug]))


@formulaire_web
@reserve(SAISIR)
def saisir(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """An answer on paper, or heard at the counter; the next one comes at once."""
    demarche = get_object_or_404(Demarche, slug=slug, ouverte=True)
    ici = reverse("satisfaction:saisir", args=[slug])
    form = QuestionnaireSaisiForm(soumis(request))
    if form.is_valid():
        services.saisir(membre, demarche, form.dit(), Source(form.cleaned_data["source"]))
        return fait(request, "La réponse est enregistrée. Vous pouvez saisir la suivante.", ici)
    return page_formulaire(
        request, form, "Saisir une réponse", bouton="Enregistrer cette réponse", intro=demarche.titre,
        retour=("Avis sur les démarches", reverse("satisfaction:demarches")), page_active="satisfaction",
    )  # fmt: skip


@require_safe
@reserve(SAISIR)
def papier(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """A sheet to put at the counter: the code to scan, and the questionnaire to fill in by hand."""
    demarche = get_object_or_404(Demarche, slug=slug, ouverte=True)
    contexte: dict[str, Any] = {
        "demarche": demarche, "commune": Commune.actuelle(), "questions": QUESTIONS, "lignes": range(4),
        "adresse": f"{_adresse(demarche)}?source={Source.PAPIER_QR}", "adresse_courte": _adresse(demarche),
    }  # fmt: skip
    return pdf("satisfaction/papier_pdf.html", contexte, f"avis-{slug}")


@require_safe
@reserve(LIRE)
def ecartees(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """What does not count, and why."""
    demarche = _trouver(slug)
    return render(request, "satisfaction/ecartees.html", {
        "titre": "Réponses écartées", "demarche": demarche, "page_active": "satisfaction",
        "reponses": demarche.reponses.exclude(ecartee_le=None),
    })  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def ecarter(request: HttpRequest, membre: Membre, slug: str, pk: int) -> HttpResponse:
    """Set an answer aside, with a reason."""
    reponse = get_object_or_404(Reponse, pk=pk, demarche__slug=slug)
    retour = reverse("satisfaction:resultats", args=[slug])
    form = EcarterForm(soumis(request))
    if form.is_valid():
        services.ecarter(membre, reponse, form.cleaned_data["motif"])
        return fait(request, "La réponse est écartée. Vous pouvez la rétablir à tout moment.", retour)
    return page_formulaire(request, form, "Écarter une réponse", bouton="Écarter", intro=reponse.verbatim,
                           retour=("Résultats", retour), page_active="satisfaction")  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def retablir(request: HttpRequest, membre: Membre, slug: str, pk: int) -> HttpResponse:
    """Undo."""
    reponse = get_object_or_404(Reponse, pk=pk, demarche__slug=slug)
    retour = reverse("satisfaction:ecartees", args=[slug])
    if request.method == "POST":
        services.retablir(membre, reponse)
        return fait(request, "La réponse compte de nouveau.", retour)
    return page_confirmer(request, "Rétablir une réponse", bouton="Rétablir", retour=("Réponses écartées", retour),
                          page_active="satisfaction")  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def reprendre(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """Texts become opinions of a dossier; asking twice adds nothing."""
    demarche = _trouver(slug)
    _, depuis = _periode(request)
    retour = f"{reverse('satisfaction:resultats', args=[slug])}?{request.GET.urlencode()}".rstrip("?")
    form = ReprendreForm(soumis(request))
    if not form.fields["dossier"].queryset.exists():  # type: ignore[attr-defined]
        messages.warning(request, "Aucun dossier n'est ouvert à la participation. Ouvrez-en un, puis revenez ici.")
        return redirect(retour)
    if form.is_valid():
        dossier = form.cleaned_data["dossier"]
        try:
            bilan = services.reprendre(membre, demarche, dossier, depuis)
        except AvisRefuse as refus:
            form.add_error(None, str(refus))
        else:
            deja = f" {bilan.deja} y étaient déjà." if bilan.deja else ""
            tard = f" {bilan.trop_tard} sont arrivés après sa fermeture." if bilan.trop_tard else ""
            return fait(request, f"{bilan.repris} avis repris.{deja}{tard}",
                        f"{reverse('contributions:liste', args=[dossier.slug])}?canal=satisfaction")  # fmt: skip
    nombre = services.textes(demarche, depuis).count()
    return page_formulaire(
        request, form, "Reprendre ces avis dans un dossier", bouton="Reprendre", retour=("Résultats", retour),
        intro=f"Textes de la période choisie : {nombre}. Chacun devient un avis du dossier, une seule fois. Les noms "
        "y seront cachés avant lecture.",
        page_active="satisfaction",
    )  # fmt: skip
