"""Sheet of a dossier, its approval, what goes and when, the rights of a person."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from consultation.ecoute.cadre.pages import fait, page_confirmer, page_formulaire, pdf, soumis
from consultation.ecoute.commune.models import Commune
from consultation.ecoute.donnees import effacement, preuves, registre, services
from consultation.ecoute.donnees import personne as droits
from consultation.ecoute.donnees.forms import (
    ApprouverForm,
    EffacerForm,
    FicheForm,
    PersonneForm,
    VersementForm,
    VisaForm,
)
from consultation.ecoute.donnees.models import Duree, Effacement, Fiche, Sort
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.acces import LIRE, PREPARER, reserve
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.journal.services import noter

formulaire_web = require_http_methods(["GET", "HEAD", "POST"])


@formulaire_web
@reserve(PREPARER)
def fiche(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """Fill in the sheet."""
    dossier = get_object_or_404(Dossier, slug=slug)
    existante = Fiche.objects.filter(dossier=dossier).first()
    form = FicheForm(soumis(request), fiche=existante)
    retour = reverse("dossiers:dossier", args=[slug])
    if form.is_valid():
        services.enregistrer(membre, dossier, form.textes, form.mois, form.sorts)
        return fait(request, "La fiche est enregistrée. Le délégué doit l'approuver.", retour)
    approuvee = existante is not None and existante.approuve_le is not None
    return page_formulaire(
        request, form, "Fiche de protection des données", bouton="Enregistrer la fiche", retour=(dossier.titre, retour),
        intro="Cette fiche est déjà approuvée. La modifier demande une nouvelle approbation." if approuvee else
        "Les durées sont des propositions : le délégué à la protection des données les valide ou les change.",
        page_active="dossiers",
    )  # fmt: skip


@formulaire_web
@reserve(LIRE)
def approuver(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """Approve, or record the approval."""
    dossier = get_object_or_404(Dossier, slug=slug)
    retour = reverse("dossiers:dossier", args=[slug])
    existante = Fiche.objects.filter(dossier=dossier).first()
    if existante is None:  # the DPO reads and approves; the team fills in
        return redirect("donnees:conservation" if membre.approuve else "donnees:fiche", slug=slug)
    fait_ = "La fiche est approuvée."
    if membre.approuve:
        if request.method == "POST":
            services.approuver(membre, existante)
            return fait(request, fait_, retour)
        return page_confirmer(
            request, "Approuver la fiche", bouton="Approuver", retour=(dossier.titre, retour),
            consequences=[
                f"Finalité : {existante.finalite}", f"Base légale : {existante.base_legale}",
                f"Destinataires : {existante.destinataires}",
                *(f"{d.get_sorte_display()} : {d.mois} mois après {d.debut}. {d.get_sort_display()}."
                  for d in existante.durees.all()),
                f"Copies de sauvegarde : {existante.sauvegardes}",
                f"Visa d'élimination des archives : {existante.visa or 'à demander'}",
                "Le dossier pourra ouvrir. Toute modification de la fiche retirera votre approbation.",
            ],
            page_active="dossiers",
        )  # fmt: skip
    if services.delegue_present():
        return page_confirmer(
            request, "Approuver la fiche", bouton="", retour=(dossier.titre, retour), refus=[services.DELEGUE_PRESENT],
            suite="Revenir au dossier", page_active="dossiers",
        )  # fmt: skip
    form = ApprouverForm(soumis(request), initial={"nom": Commune.actuelle().dpo_nom})
    if form.is_valid():
        services.approuver(membre, existante, form.cleaned_data["nom"], form.cleaned_data["reference"])
        return fait(request, fait_, retour)
    return page_formulaire(
        request, form, "Noter l'accord du délégué", bouton="Noter l'accord", retour=(dossier.titre, retour),
        intro="Le délégué à la protection des données n'a pas de compte ici : notez l'accord qu'il a donné par écrit. "
        "Le dossier dira qui l'a noté, et où cet écrit est gardé.",
        page_active="dossiers",
    )  # fmt: skip


@require_safe
@reserve(LIRE)
def conservation(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """What goes when, what went, the register's entry."""
    dossier = get_object_or_404(Dossier.objects.select_related("fiche"), slug=slug)
    fiche = getattr(dossier, "fiche", None)
    return render(request, "donnees/conservation.html", {
        "titre": "Données personnelles", "dossier": dossier, "fiche": fiche,
        "echeances": effacement.echeances(dossier), "preuves": dossier.effacements.all(),
        "a_verser": [d for d in fiche.durees.all() if d.sort == Sort.VERSEMENT and d.verse_le is None] if fiche else [],
        "oubli": registre.OUBLI, "defauts": preuves.verifier(), "registre": registre.entree(dossier),
        "page_active": "dossiers", "onglet": "donnees",
    })  # fmt: skip


@formulaire_web
@reserve(LIRE)
def visa(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """Note the archives' visa, whenever it comes."""
    fiche = get_object_or_404(Fiche.objects.select_related("dossier"), dossier__slug=slug)
    retour = reverse("donnees:conservation", args=[slug])
    form = VisaForm(soumis(request), initial={"visa": fiche.visa or services.dernier_visa()})
    if form.is_valid():
        services.noter_visa(membre, fiche, form.cleaned_data["visa"])
        return fait(request, "Le visa est noté. Ce qui est arrivé à sa date sera éliminé dans la journée.", retour)
    return page_formulaire(
        request, form, "Noter le visa des archives", bouton="Noter le visa", retour=("Données personnelles", retour),
        intro="Les avis et les listes sont des archives publiques. Avant de les détruire, la commune a besoin de "
        "l'accord écrit des archives. Un seul accord peut valoir pour tous vos dossiers.",
        page_active="dossiers",
    )  # fmt: skip


@formulaire_web
@reserve(LIRE)
def verser(request: HttpRequest, membre: Membre, slug: str, pk: int) -> HttpResponse:
    """Note that the archives took one kind of data."""
    duree = get_object_or_404(Duree.objects.select_related("fiche__dossier"), pk=pk, fiche__dossier__slug=slug)
    retour = reverse("donnees:conservation", args=[slug])
    form = VersementForm(soumis(request))
    if form.is_valid():
        services.noter_versement(membre, duree, form.cleaned_data["reference"])
        return fait(request, "Le versement est noté.", retour)
    return page_formulaire(
        request, form, f"Noter un versement : {duree.get_sorte_display().lower()}", bouton="Noter le versement",
        retour=("Données personnelles", retour), page_active="dossiers",
        intro="Remettez d'abord aux archives ce qu'elles gardent. À leur date, ces données seront effacées d'ici.",
    )  # fmt: skip


@require_safe
@reserve(LIRE)
def accueil(request: HttpRequest, membre: Membre) -> HttpResponse:
    """All of data protection in one place: sheets, what goes next, proofs, a person's request."""
    maintenant = timezone.now()
    return render(request, "donnees/accueil.html", {
        "titre": "Protection des données", "page_active": "donnees",
        "fiches": [(d, getattr(d, "fiche", None))
                   for d in Dossier.objects.select_related("fiche").order_by("-cree_le")],
        "echeances": effacement.a_venir(maintenant, timedelta(days=180)), "maintenant": maintenant,
        "preuves": Effacement.objects.select_related("dossier").order_by("-pk")[:50], "defauts": preuves.verifier(),
    })  # fmt: skip


@require_safe
@reserve(LIRE)
def registre_pdf(request: HttpRequest, membre: Membre, slug: str | None = None) -> HttpResponse:
    """The register, whole or for one dossier, as a tagged PDF."""
    entrees = [(d, lignes) for d, lignes in registre.tout() if slug in (None, d.slug)]
    if not entrees:
        raise Http404
    contexte = {"titre": "Registre des traitements", "entrees": entrees, "commune": Commune.actuelle(),
                "au": timezone.now()}  # fmt: skip
    return pdf("donnees/registre_pdf.html", contexte, f"registre-{slug or 'ecoute'}")


@formulaire_web
@reserve(LIRE)
def personne(request: HttpRequest, membre: Membre) -> HttpResponse:
    """A person asks what is kept about them. Sent, never in the address: addresses are written in logs."""
    form = PersonneForm(soumis(request))
    trouve = None
    if form.is_valid():
        mot = form.cleaned_data["qui"]
        geste = request.POST.get("geste", "")
        if geste in ("exporter", "imprimer"):
            noter(membre, "a exporté les données d'une personne, à sa demande")
            return _remettre(mot, geste)
        trouve = droits.trouver(mot)
    return page_formulaire(
        request, form, "La demande d'une personne", bouton="Chercher", retour=None, gabarit="donnees/personne.html",
        intro="Quelqu'un veut savoir ce que vous gardez, ou demande son effacement. Vérifiez d'abord que c'est bien "
        "cette personne.",
        trouve=trouve, page_active="aide",
    )  # fmt: skip


def _remettre(mot: str, geste: str) -> HttpResponse:
    donnees = droits.exporter(mot)
    if geste == "imprimer":
        contexte = {"titre": "Ce que nous gardons de vous", "donnees": donnees, "commune": Commune.actuelle(),
                    "au": timezone.now()}  # fmt: skip
        return pdf("donnees/personne_pdf.html", contexte, "donnees-personne")
    reponse = JsonResponse(donnees, json_dumps_params={"ensure_ascii": False, "indent": 1})
    reponse["Content-Disposition"] = 'attachment; filename="donnees-personne.json"'
    return reponse


def _ce_qui_reste(restes: list[droits.Reste]) -> str:
    """What is still kept, and why, in words."""
    phrases = [f"{r.quoi} : {r.pourquoi}" for r in restes]
    phrases += [
        "les copies de sauvegarde : jusqu'au délai dit dans la fiche",
        "les journaux du serveur de messagerie, s'il y en a un : jusqu'à leur propre terme",
        "la preuve de cet effacement : sans nom",
    ]
    return f"Ce qui reste : {' ; '.join(phrases)}."


@require_http_methods(["POST"])
@reserve(LIRE)
def effacer(request: HttpRequest, membre: Membre) -> HttpResponse:
    """What will go, then the erasure itself: two steps, for there is no way back."""
    retour = reverse("donnees:personne")
    choix = droits.choix(request.POST.get("qui", "").replace("\x00", ""))
    form = EffacerForm(request.POST, choix=choix)
    if not form.is_valid():
        return redirect(retour)
    mot = form.cleaned_data["qui"]
    if request.POST.get("geste") == "confirmer":
        # Sent from the page that shows the records, even when none is ticked.
        fiches = form.cleaned_data.get("fiches", []) if "choisies" in request.POST else None
        citations = form.cleaned_data["citations"]
        restes = [r for r in droits.restes(mot, fiches) if not (citations and r.par_autrui)]
        n = droits.effacer(
            membre, mot, paroles=form.cleaned_data["paroles"], citations=citations, fiches=fiches
        )  # fmt: skip
        mots = f"{n} enregistrement{'s' if n > 1 else ''} effacé{'s' if n > 1 else ''}"
        messages.info(request, _ce_qui_reste(restes))
        return fait(request, f"{mots}. La preuve est gardée, sans nom.", retour)
    trouve = droits.trouver(mot)
    if trouve.rien and not choix:
        return redirect(retour)
    return page_formulaire(
        request, EffacerForm(initial={"qui": mot}, choix=choix), "Effacer ce qui désigne cette personne",
        bouton="Effacer, sans retour possible", retour=("La demande d'une personne", retour),
        gabarit="donnees/effacer.html", trouve=trouve, danger=True, page_active="aide",
    )  # fmt: skip
