"""Sheet of a dossier and its approval."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from consultation.ecoute.cadre.pages import fait, page_confirmer, page_formulaire, soumis
from consultation.ecoute.donnees import effacement, services
from consultation.ecoute.donnees.formulaires import ApprouverForm, FicheForm
from consultation.ecoute.donnees.models import Fiche
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.acces import LIRE, PREPARER, reserve
from consultation.ecoute.equipe.models import Commune, Membre, Role
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
        services.enregistrer(membre, dossier, form.textes, form.mois)
        return fait(request, "La fiche est enregistrée. Le délégué doit l'approuver.", retour)
    approuvee = existante is not None and existante.approuve_le is not None
    return page_formulaire(
        request, form, "Protection des données", bouton="Enregistrer la fiche", retour=(dossier.titre, retour),
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
    if existante is None:
        return redirect("donnees:fiche", slug=slug)
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
                *(f"{d.get_sorte_display()} : {d.mois} mois après {d.debut}" for d in existante.durees.all()),
                "Le dossier pourra ouvrir. Toute modification de la fiche retirera votre approbation.",
            ],
            page_active="dossiers",
        )  # fmt: skip
    form = ApprouverForm(soumis(request), initial={"nom": Commune.actuelle().dpo_nom})
    if form.is_valid():
        services.approuver(membre, existante, form.cleaned_data["nom"], form.cleaned_data["reference"])
        return fait(request, fait_, retour)
    return page_formulaire(
        request, form, "Noter l'accord du délégué", bouton="Noter l'accord", retour=(dossier.titre, retour),
        intro="Le délégué à la protection des données a un compte ? Il approuve lui-même. Sinon, notez son accord.",
        page_active="dossiers",
    )  # fmt: skip


@require_safe
@reserve(LIRE)
def conservation(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """What goes when, what went, the register's entry."""
    dossier = get_object_or_404(Dossier.objects.select_related("fiche"), slug=slug)
    return render(request, "donnees/conservation.html", {
        "titre": "Données personnelles", "dossier": dossier, "fiche": getattr(dossier, "fiche", None),
        "echeances": effacement.echeances(dossier), "preuves": dossier.effacements.all(),
        "defauts": effacement.verifier(), "registre": effacement.registre(dossier), "page_active": "dossiers",
        "onglet": "donnees",
    })  # fmt: skip


@formulaire_web
@reserve(PREPARER | {Role.DPO})
def personne(request: HttpRequest, membre: Membre) -> HttpResponse:
    """A person asks what is kept about them, or that it goes."""
    mot = (request.POST if request.method == "POST" else request.GET).get("qui", "").replace("\x00", "").strip()[:200]
    if request.method == "POST" and mot:
        if request.POST.get("geste") == "effacer":
            n = effacement.effacer_personne(membre, mot)
            return fait(request, f"{n} enregistrements effacés. La preuve est gardée, sans nom.",
                        reverse("donnees:personne"))  # fmt: skip
        noter(membre, "a exporté les données d'une personne, à sa demande")
        reponse = JsonResponse(effacement.exporter(mot), json_dumps_params={"ensure_ascii": False, "indent": 1})
        reponse["Content-Disposition"] = 'attachment; filename="donnees-personne.json"'
        return reponse
    return render(request, "donnees/personne.html", {
        "titre": "La demande d'une personne", "qui": mot, "trouve": effacement.trouver(mot) if mot else None,
        "page_active": "aide",
    })  # fmt: skip
