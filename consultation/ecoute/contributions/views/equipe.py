"""What the team does with contributions: read, enter, import, set aside."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from consultation.dossier import Etat
from consultation.ecoute.cadre.pages import fait, fichiers, page_confirmer, page_formulaire, pdf, soumis
from consultation.ecoute.commune.models import Commune
from consultation.ecoute.contributions import importation, services
from consultation.ecoute.contributions.forms import EcarterForm, ImportForm, SaisieForm
from consultation.ecoute.contributions.models import Canal, Contact, Contribution
from consultation.ecoute.contributions.services import PAPIER_APRES, AvisRefuse
from consultation.ecoute.dossiers.acces import trouver
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.dossiers.tableaux import lire_octets
from consultation.ecoute.equipe.acces import LIRE, PREPARER, SAISIR, reserve
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.journal.services import noter
from consultation.tirage.erreurs import FichiersInvalides
from socle.tableaux import RedacteurCsv
from socle.typographie.nombres import compte

formulaire_web = require_http_methods(["GET", "HEAD", "POST"])
PAR_PAGE = 50


@require_safe
@reserve(LIRE)
def liste(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """All contributions of a dossier, with a search."""
    dossier = trouver(slug)
    filtres, avis = _chercher(request, dossier)
    comptes = dict(dossier.contributions.filter(ecarte_le=None).order_by().values_list("canal").annotate(n=Count("pk")))
    suite = urlencode({nom: valeur for nom, valeur in filtres.items() if valeur})
    return render(request, "contributions/liste.html", {
        "titre": "Avis reçus", "dossier": dossier, "page": Paginator(avis, PAR_PAGE).get_page(request.GET.get("page")),
        "filtres": filtres, "canaux": Canal.choices, "parametres": f"&{suite}" if suite else "",
        "comptes": [(Canal(c).label, n) for c, n in comptes.items()], "total": sum(comptes.values()),
        "ecartes": dossier.contributions.exclude(ecarte_le=None).count(),
        "saisissable": dossier.etape in PAPIER_APRES, "page_active": "dossiers", "onglet": "avis",
    })  # fmt: skip


def _chercher(request: HttpRequest, dossier: Dossier) -> tuple[dict[str, str], QuerySet[Contribution]]:
    """What is asked for in the address, and the opinions that answer."""
    filtres = {nom: request.GET.get(nom, "").replace("\x00", "")[:100].strip() for nom in ("q", "canal", "etat")}
    avis = dossier.contributions.all()
    if filtres["q"]:
        avis = avis.filter(texte__icontains=filtres["q"])
    if filtres["canal"] in Canal.values:
        avis = avis.filter(canal=filtres["canal"])
    return filtres, avis.filter(ecarte_le__isnull=filtres["etat"] != "ecartes")


@formulaire_web
@reserve(PREPARER)
def ensemble(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """Several set aside at once, or put back: those ticked, or all that a search found."""
    dossier = trouver(slug)
    filtres, trouves = _chercher(request, dossier)
    numeros = [int(n) for n in request.GET.getlist("avis") if n.isascii() and n.isdigit() and len(n) < 10]
    tous = "tous" in request.GET and bool(filtres["q"] or filtres["canal"])
    choisis = trouves if tous else trouves.filter(numero__in=numeros)
    n = choisis.count()
    retour = ("Avis reçus", f"{reverse('contributions:liste', args=[slug])}?{urlencode(filtres)}")
    commun: dict[str, Any] = {"page_active": "dossiers", "onglet": "avis", "dossier": dossier}
    if not n:
        return page_confirmer(request, "Plusieurs avis à la fois", bouton="", retour=retour, suite="Revenir aux avis",
                              refus=["Cochez au moins un avis dans la liste."], **commun)  # fmt: skip
    mots = compte(n, "avis", "avis").replace("\u00a0", " ")
    if filtres["etat"] == "ecartes":
        if request.method == "POST":
            services.retablir_ensemble(membre, dossier, choisis)
            return fait(request, f"{mots} : de nouveau comptés.", retour[1])
        return page_confirmer(request, f"Rétablir {mots}", bouton="Rétablir", retour=retour, **commun)
    form = EcarterForm(soumis(request))
    if form.is_valid():
        services.ecarter_ensemble(membre, dossier, choisis, form.cleaned_data["motif"])
        return fait(request, f"{mots} : écartés. Vous pouvez les rétablir à tout moment.", retour[1])
    montres = ", ".join(str(un) for un in choisis.values_list("numero", flat=True)[:20])
    return page_formulaire(
        request, form, f"Écarter {mots}", bouton=f"Écarter {mots}", retour=retour,
        intro=f"Avis n° {montres}{'…' if n > 20 else ''}. Ils restent dans la liste de ceux qui sont écartés.",
        **commun,
    )  # fmt: skip


def _avis(slug: str, numero: int) -> Contribution:
    return get_object_or_404(Contribution.objects.select_related("dossier"), dossier__slug=slug, numero=numero)


@require_safe
@reserve(LIRE)
def avis(request: HttpRequest, membre: Membre, slug: str, numero: int) -> HttpResponse:
    """One contribution."""
    trouve = _avis(slug, numero)
    return render(request, "contributions/avis.html", {
        "titre": f"Avis n° {numero}", "avis": trouve, "dossier": trouve.dossier,
        "contact": getattr(trouve, "contact", None), "page_active": "dossiers", "onglet": "avis",
    })  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def ecarter(request: HttpRequest, membre: Membre, slug: str, numero: int) -> HttpResponse:
    """Set aside, with a reason."""
    trouve = _avis(slug, numero)
    retour = reverse("contributions:avis", args=[slug, numero])
    form = EcarterForm(soumis(request))
    if form.is_valid():
        services.ecarter(membre, trouve, form.cleaned_data["motif"])
        return fait(request, "L'avis est écarté. Vous pouvez le rétablir à tout moment.", retour)
    return page_formulaire(
        request, form, f"Écarter l'avis n° {numero}", bouton="Écarter", retour=(f"Avis n° {numero}", retour),
        page_active="dossiers",
    )  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def retablir(request: HttpRequest, membre: Membre, slug: str, numero: int) -> HttpResponse:
    """Undo."""
    trouve = _avis(slug, numero)
    retour = reverse("contributions:avis", args=[slug, numero])
    if request.method == "POST":
        services.retablir(membre, trouve)
        return fait(request, "L'avis compte de nouveau.", retour)
    return page_confirmer(
        request, f"Rétablir l'avis n° {numero}", bouton="Rétablir", retour=(f"Avis n° {numero}", retour),
        page_active="dossiers",
    )  # fmt: skip


@require_safe
@reserve(SAISIR)
def choisir(request: HttpRequest, membre: Membre) -> HttpResponse:
    """Which dossier the opinion is about."""
    dossiers = Dossier.objects.filter(etat__in=[e.value for e in PAPIER_APRES])
    return render(
        request,
        "contributions/choisir.html",
        {"titre": "Saisir un avis", "dossiers": dossiers, "page_active": "saisie"},
    )


@formulaire_web
@reserve(SAISIR)
def saisir(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """Two minutes: what was said, by which channel; the next one comes at once."""
    dossier = get_object_or_404(Dossier, slug=slug, etat__in=[e.value for e in PAPIER_APRES])
    ici = reverse("saisir", args=[slug])
    avant = request.session.get("saisie", {})  # a pile: same channel, same day, straight to the words
    form = SaisieForm(soumis(request), dossier=dossier, initial={"canal": "papier", **avant}, suite=bool(avant))
    if form.is_valid():
        try:
            avis = services.saisir(membre, dossier, form.saisie())
        except AvisRefuse as refus:
            form.add_error(None, str(refus))
        else:
            jour = timezone.localtime(form.cleaned_data["recue"]).date()
            request.session["saisie"] = {"canal": form.cleaned_data["canal"], "recue": jour.isoformat()}
            return fait(request, f"L'avis n° {avis.numero} est enregistré. Vous pouvez saisir le suivant.", ici)
    return page_formulaire(
        request, form, "Saisir un avis", bouton="Enregistrer cet avis", retour=("Choisir un autre dossier",
        reverse("choisir")), gabarit="contributions/saisir.html", page_active="saisie", dossier=dossier,
    )  # fmt: skip


def _importer(membre: Membre, dossier: Dossier, form: ImportForm) -> str:
    """What was done, in words. Raises FichiersInvalides; the page then asks which column is which."""
    tableau = lire_octets(form.nom, form.octets)
    lu = form.cleaned_data
    try:
        bilan = importation.importer(
            membre, dossier, tableau, canal=Canal(lu["canal"]) if lu["canal"] else None, colonnes=form.colonnes,
            tout_compter=lu["tout_compter"],
        )  # fmt: skip
    except FichiersInvalides:
        form.demander_les_colonnes(tableau.colonnes, importation.deviner(tableau) | form.colonnes)
        raise
    phrases = [f"{compte(bilan.ajoutes, 'avis importé', 'avis importés')}."]
    if bilan.deja:
        phrases.append(f"{compte(bilan.deja, 'était déjà là', 'étaient déjà là')}.")
    if bilan.hors_periode:
        mis = compte(bilan.hors_periode, "est mis de côté", "sont mis de côté")
        phrases.append(f"{mis}, datés hors de la participation : vous pouvez les rétablir.")
    return " ".join(phrases).replace("\u00a0", " ")


@formulaire_web
@reserve(PREPARER)
def importer(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """A CSV file: every line, or none with all the mistakes."""
    dossier = trouver(slug)
    retour = reverse("contributions:liste", args=[slug])
    form = ImportForm(soumis(request), fichiers(request))
    if form.is_valid():
        if dossier.etape not in (*PAPIER_APRES, Etat.ANNONCE):
            form.add_error(None, "Annoncez d'abord le dossier : on n'importe pas d'avis avant.")
        else:
            try:
                return fait(request, _importer(membre, dossier, form), retour)
            except FichiersInvalides as refus:
                for erreur in refus.erreurs[: refus.MONTREES]:
                    form.add_error(None, str(erreur))
    return page_formulaire(
        request, form, "Importer des avis", bouton="Importer", retour=("Avis reçus", retour),
        gabarit="contributions/importer.html", page_active="dossiers", dossier=dossier,
        criteres=dossier.criteres.all(),
    )  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def contacts(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """Who asked to be told what becomes of it; taking the list away is written in the trail."""
    dossier = trouver(slug)
    gens = Contact.objects.filter(contribution__dossier=dossier, contribution__ecarte_le=None)
    gens = gens.select_related("contribution").order_by("contribution__numero")
    if request.method == "POST":
        noter(membre, "a exporté les coordonnées des personnes à tenir au courant", dossier)
        reponse = HttpResponse(content_type="text/csv; charset=utf-8")
        reponse["Content-Disposition"] = f'attachment; filename="a-tenir-au-courant-{slug}.csv"'
        reponse.write("\ufeff")  # a French spreadsheet reads accents and columns at a double click
        sortie = RedacteurCsv(reponse, lineterminator="\r\n", delimiter=";")
        sortie.ligne(["avis", "nom", "courriel", "telephone"])
        sortie.lignes([c.contribution.numero, c.nom, c.courriel, c.telephone] for c in gens)
        return reponse
    return render(request, "contributions/contacts.html", {
        "titre": "Personnes à tenir au courant", "dossier": dossier, "contacts": gens, "page_active": "dossiers",
        "onglet": "avis",
    })  # fmt: skip


def _entier(texte: str | None, defaut: int, maximum: int) -> int:
    return min(maximum, max(1, int(texte))) if texte and texte.isdigit() and len(texte) < 7 else defaut


@require_safe
@reserve(SAISIR)
def bulletins(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """Paper forms, numbered, one a page, with the QR code of the public page."""
    dossier = get_object_or_404(Dossier, slug=slug)
    debut, nombre = _entier(request.GET.get("debut"), 1, 99_999), _entier(request.GET.get("nombre"), 1, 200)
    contexte: dict[str, Any] = {
        "dossier": dossier, "commune": Commune.actuelle(), "criteres": dossier.criteres.prefetch_related("modalites"),
        "numeros": [f"{n:04d}" for n in range(debut, debut + nombre)], "lignes": range(11),
        "adresse": f"{settings.URL_PUBLIQUE}{reverse('public:donner', args=[slug])}",
    }  # fmt: skip
    return pdf("contributions/bulletin_pdf.html", contexte, f"bulletins-{slug}")
