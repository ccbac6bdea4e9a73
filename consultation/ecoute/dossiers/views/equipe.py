"""Pages of the team over dossiers."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from consultation.dossier import DossierRefuse, Etat, Genre, Regime
from consultation.dossier.modele import NOMS, SUIVANTS
from consultation.ecoute.cadre.pages import fait, fichiers, page_confirmer, page_formulaire, pdf, soumis
from consultation.ecoute.commune.models import Commune
from consultation.ecoute.dossiers import services, textes
from consultation.ecoute.dossiers.acces import trouver
from consultation.ecoute.dossiers.etapes import ATTENTES, CONSEQUENCES, VERBES
from consultation.ecoute.dossiers.forms import (
    PARTIES,
    CadreForm,
    CritereForm,
    PopulationForm,
    ProlongerForm,
    PublierForm,
)
from consultation.ecoute.dossiers.models import GENRES, Critere, Dossier
from consultation.ecoute.equipe.acces import LIRE, PREPARER, reserve
from consultation.ecoute.equipe.models import Membre
from consultation.tirage.erreurs import FichiersInvalides

formulaire_web = require_http_methods(["GET", "HEAD", "POST"])

DUREES = ("delai", "quinze_jours")
OU_COMPLETER = {
    "objet": ("cadre", "Dire sur quoi elle porte"),
    "question": ("public", "Écrire la question"),
    "dates": ("dates", "Fixer les dates"),
    "perimetre": ("public", "Dire qui est consulté"),
    "anti_doublon": ("public", "Choisir une mesure"),
    "limite": ("public", "Accorder la mesure et la limite"),
    "delai": ("dates", "Fixer les dates"),
    "quinze_jours": ("dates", "Fixer les dates"),
    "commission": ("commission", "Nommer la commission"),
    "exclusions": ("commission", "Vérifier les exclusions"),
}
A_PUBLIER = {
    "modalites": Genre.MODALITES,
    "information": Genre.INFORMATION,
    "resultats": Genre.RESULTATS,
    "synthese": Genre.SYNTHESE,
    "abandon": Genre.ABANDON,
}


def _ou(dossier: Dossier, code: str) -> tuple[str, str]:
    """Text and address of the place where something missing is completed."""
    if code == "protection":
        fiche = getattr(dossier, "fiche", None)
        nom = "donnees:fiche" if fiche is None else "donnees:approuver"
        return ("Remplir la fiche" if fiche is None else "Faire approuver la fiche", reverse(nom, args=[dossier.slug]))
    if code in A_PUBLIER:
        genre = A_PUBLIER[code]
        return f"Publier : {GENRES[genre].lower()}", reverse("dossiers:publier", args=[dossier.slug, genre.value])
    if code in DUREES and dossier.etape == Etat.ANNONCE:
        return "Prolonger la participation", reverse("dossiers:prolonger", args=[dossier.slug])
    partie, texte = OU_COMPLETER[code]
    return texte, reverse("dossiers:modifier", args=[dossier.slug, partie])


@require_safe
@reserve(LIRE)
def liste(request: HttpRequest, membre: Membre) -> HttpResponse:
    """All dossiers, a search by word."""
    recherche = request.GET.get("q", "").replace("\x00", "")[:100].strip()
    dossiers = Dossier.objects.all()
    if recherche:
        dossiers = dossiers.filter(titre__icontains=recherche) | dossiers.filter(objet__icontains=recherche)
    return render(
        request,
        "dossiers/liste.html",
        {"titre": "Dossiers", "dossiers": dossiers, "recherche": recherche, "page_active": "dossiers"},
    )


@formulaire_web
@reserve(PREPARER)
def nouveau(request: HttpRequest, membre: Membre) -> HttpResponse:
    """Start a dossier."""
    form = CadreForm(soumis(request))
    if form.is_valid():
        dossier = services.creer(membre, form.save(commit=False))
        return fait(request, "Le dossier est créé.", reverse("dossiers:dossier", args=[dossier.slug]))
    return page_formulaire(
        request, form, "Nouveau dossier", bouton="Créer le dossier", retour=("Dossiers", reverse("dossiers:liste")),
        intro="Un dossier par sujet, de préférence un événement de vie.", page_active="dossiers",
    )  # fmt: skip


@require_safe
@reserve(LIRE)
def dossier(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """Where the dossier stands and what comes next."""
    trouve = trouver(slug)
    suivant = services.suivant(trouve)
    manquants = [] if suivant is None else [
        {"phrase": m.phrase, "source": m.source, "ou": _ou(trouve, m.code) if m.code not in ATTENTES else None}
        for m in services.ce_qui_manque(trouve, suivant)
    ]  # fmt: skip
    return render(request, "dossiers/dossier.html", {
        "titre": trouve.titre, "dossier": trouve, "suivant": suivant, "verbe": VERBES[suivant] if suivant else "",
        "manquants": manquants, "echeances": services.echeances(trouve), "publications": trouve.publications.all(),
        "abandonnable": Etat.ABANDONNE in SUIVANTS[trouve.etape],
        "prolongeable": trouve.etape in (Etat.ANNONCE, Etat.OUVERT),
        "genres": _genres(trouve), "parties": _parties(trouve), "fiche": getattr(trouve, "fiche", None),
        "page_active": "dossiers", "onglet": "dossier",
    })  # fmt: skip


def _genres(trouve: Dossier) -> list[tuple[str, str]]:
    if trouve.etape == Etat.ABANDONNE:
        return []
    if trouve.etape == Etat.CLOS:
        corriges = {Genre(p.genre) for p in services.a_corriger(trouve)} - {Genre.SUITES}
        return [(genre.value, GENRES[genre]) for genre in (Genre.SUITES, *sorted(corriges))]
    genres = [Genre.MODALITES, Genre.INFORMATION]
    if trouve.etape == Etat.DEPOUILLEMENT:
        genres = [Genre.RESULTATS, Genre.SUITES, Genre.INFORMATION]
        if trouve.regime == Regime.L132_1.value:
            genres.insert(0, Genre.SYNTHESE)
    return [(genre.value, GENRES[genre]) for genre in genres]


def _parties(trouve: Dossier) -> list[tuple[str, str]]:
    return [
        (code, nom)
        for code, (nom, _) in PARTIES.items()
        if code != "commission" or trouve.regime == Regime.L132_1.value
    ]


@formulaire_web
@reserve(PREPARER)
def modifier(request: HttpRequest, membre: Membre, slug: str, partie: str) -> HttpResponse:
    """Change one part; refused in words once announced."""
    trouve = trouver(slug)
    if partie not in PARTIES:
        raise Http404
    nom, classe = PARTIES[partie]
    retour = reverse("dossiers:dossier", args=[slug])
    titre = trouve.titre  # the form writes what was typed into its instance
    form = classe(soumis(request), instance=trouve)
    if form.is_valid():
        try:
            services.modifier(membre, trouve, {champ: form.cleaned_data[champ] for champ in form.fields})
        except DossierRefuse as refus:
            form.add_error(None, str(refus))
        else:
            return fait(request, "C'est enregistré.", retour)
    return page_formulaire(request, form, nom, bouton="Enregistrer", retour=(titre, retour), page_active="dossiers")


@formulaire_web
@reserve(PREPARER)
def publier(request: HttpRequest, membre: Membre, slug: str, genre: str) -> HttpResponse:
    """Publish a text, with a document if need be; what is published stays published."""
    trouve = trouver(slug)
    if genre not in {g.value for g in textes.TITRES}:
        raise Http404
    sorte = Genre(genre)
    titre, contenu = textes.proposer(trouve, sorte)
    retour = reverse("dossiers:dossier", args=[slug])
    deja = sorte != Genre.INFORMATION and trouve.publications.filter(genre=genre).exists()
    form = PublierForm(
        soumis(request), fichiers(request), nouvelle_version=deja,
        initial={"titre": titre, "contenu": contenu},
    )  # fmt: skip
    if form.is_valid():
        donnees = form.cleaned_data
        try:
            publication = services.publier(
                membre, trouve, sorte, donnees["titre"], donnees["contenu"].replace("\r\n", "\n"),
                motif=donnees.get("motif", ""), fichier=donnees["fichier"],
            )  # fmt: skip
        except DossierRefuse as refus:
            form.add_error(None, str(refus))
        else:
            return fait(request, f"« {publication.titre} » est publié (version {publication.version}).", retour)
    return page_formulaire(
        request, form, f"Publier : {GENRES[sorte].lower()}", bouton="Publier",
        retour=(trouve.titre, retour), page_active="dossiers",
        intro=_avant_de_publier(sorte),
    )  # fmt: skip


def _avant_de_publier(genre: Genre) -> str:
    if genre == Genre.ABANDON:
        return "Dites pourquoi : la raison est publiée, et le dossier s'arrête aussitôt. On n'y revient pas."
    suite = (
        " La machine ajoute à la fin l'objet, la question, le public, les dates et la mesure du dossier : ne les "
        "écrivez pas ici."
        if genre == Genre.MODALITES
        else ""
    )
    return (
        "Relisez bien : ce qui est publié est daté et ne se modifie plus. Une correction se publie comme nouvelle "
        f"version, avec sa raison.{suite}"
    )


@formulaire_web
@reserve(PREPARER)
def prolonger(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """Give more time."""
    trouve = trouver(slug)
    retour = reverse("dossiers:dossier", args=[slug])
    form = ProlongerForm(soumis(request))
    if form.is_valid():
        try:
            services.prolonger(membre, trouve, form.cleaned_data["fermeture"], form.cleaned_data["motif"])
        except DossierRefuse as refus:
            form.add_error(None, str(refus))
        else:
            return fait(request, "La participation est prolongée.", retour)
    return page_formulaire(
        request, form, "Prolonger la participation", bouton="Prolonger", retour=(trouve.titre, retour),
        intro="La nouvelle date et sa raison sont publiées tout de suite, et les modalités sont mises à jour dans une "
        "nouvelle version.", page_active="dossiers",
    )  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def avancer(request: HttpRequest, membre: Membre, slug: str, etat: str) -> HttpResponse:
    """Move on: what it changes, or everything that is missing."""
    trouve = trouver(slug)
    retour = reverse("dossiers:dossier", args=[slug])
    if trouve.etat == etat:  # it opened or closed by itself meanwhile
        return fait(request, f"Le dossier est {NOMS[trouve.etape]}.", retour)
    cible = next((e for e in SUIVANTS[trouve.etape] if e.value == etat), None)
    if cible is None:
        raise Http404
    refus: list[str] = [str(m) for m in services.ce_qui_manque(trouve, cible)]
    if request.method == "POST" and not refus:
        try:
            services.avancer(membre, trouve, cible)
        except DossierRefuse as erreur:
            refus = str(erreur).splitlines()
        else:
            return fait(request, f"Le dossier est maintenant {NOMS[cible]}.", retour)
    return page_confirmer(
        request, VERBES[cible], bouton=VERBES[cible], retour=(trouve.titre, retour), refus=refus,
        consequences=CONSEQUENCES[cible], danger=cible == Etat.ABANDONNE, page_active="dossiers",
    )  # fmt: skip


def _conformite(trouve: Dossier) -> dict[str, Any]:
    lignes = services.fiche_de_conformite(trouve)
    return {
        "titre": "Fiche de conformité", "dossier": trouve, "lignes": lignes, "au": timezone.now(),
        "publications": list(trouve.publications.all()), "manquants": sum(not ligne.satisfait for ligne in lignes),
        "commune": Commune.actuelle(),
    }  # fmt: skip


@require_safe
@reserve(LIRE)
def conformite(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """The compliance record, to read and print."""
    trouve = trouver(slug)
    contexte = {**_conformite(trouve), "page_active": "dossiers", "onglet": "conformite"}
    return render(request, "dossiers/conformite.html", contexte)


@require_safe
@reserve(LIRE)
def conformite_pdf(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """The same as a tagged PDF."""
    return pdf("dossiers/conformite_pdf.html", _conformite(trouver(slug)), f"conformite-{slug}")


@formulaire_web
@reserve(PREPARER)
def critere(request: HttpRequest, membre: Membre, slug: str, pk: int | None = None) -> HttpResponse:
    """One criterion of who lives there."""
    trouve = trouver(slug)
    existant = get_object_or_404(Critere, pk=pk, dossier=trouve) if pk else None
    retour = reverse("dossiers:population", args=[slug])
    form = CritereForm(soumis(request), dossier=trouve, critere=existant)
    if form.is_valid():
        donnees = form.cleaned_data
        garde = services.decrire(
            membre, trouve, existant, donnees["nom"], donnees["question"], donnees["source"], donnees["valeurs"]
        )
        return fait(request, f"Le critère « {garde.nom} » est enregistré.", retour)
    return page_formulaire(
        request, form, f"Critère {existant.nom}" if existant else "Nouveau critère", bouton="Enregistrer",
        retour=("La population", retour), page_active="dossiers",
    )  # fmt: skip


@require_safe
@reserve(LIRE)
def population(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """Who lives there, as the team described it."""
    trouve = trouver(slug)
    return render(request, "dossiers/population.html", {
        "titre": "La population", "dossier": trouve, "criteres": trouve.criteres.prefetch_related("modalites"),
        "page_active": "dossiers", "onglet": "population",
    })  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def importer_population(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """Who lives there, from a file as Insee gives it."""
    trouve = trouver(slug)
    retour = reverse("dossiers:population", args=[slug])
    form = PopulationForm(soumis(request), fichiers(request))
    if form.is_valid():
        try:
            noms = services.importer_population(membre, trouve, form.cleaned_data["fichier"])
        except FichiersInvalides as refus:
            for erreur in refus.erreurs[: refus.MONTREES]:
                form.add_error("fichier", str(erreur))
        else:
            return fait(request, f"La population est décrite : {', '.join(noms)}.", retour)
    return page_formulaire(
        request, form, "Importer la population", bouton="Importer", retour=("La population", retour),
        gabarit="dossiers/importer_population.html", page_active="dossiers", dossier=trouve,
    )  # fmt: skip
