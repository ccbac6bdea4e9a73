"""Mails to reread: bring them in, read one, decide, the next."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from consultation.ecoute.boite import services
from consultation.ecoute.boite.forms import AJOUTER, DeposerForm, RelireForm
from consultation.ecoute.boite.models import Courriel
from consultation.ecoute.boite.sources import BoiteInaccessible, Imap, deposes, par_imap
from consultation.ecoute.cadre.pages import fait, fichiers, page_formulaire, soumis
from consultation.ecoute.contributions.services import PAPIER_APRES, AvisRefuse
from consultation.ecoute.dossiers.acces import trouver
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.acces import PREPARER, reserve
from consultation.ecoute.equipe.models import Membre

formulaire_web = require_http_methods(["GET", "HEAD", "POST"])
FERME = "Ce dossier n'est pas ouvert à la participation : les e-mails ne peuvent pas y entrer."


def _adresse(nom: str, dossier: Dossier) -> str:
    return reverse(f"boite:{nom}", args=[dossier.slug])


@require_safe
@reserve(PREPARER)
def liste(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """What waits, what seems to be something else, what was left aside."""
    dossier = trouver(slug)
    attente = dossier.courriels.filter(etat=Courriel.Etat.A_LIRE)
    return render(request, "boite/liste.html", {
        "titre": "E-mails reçus", "dossier": dossier, "a_lire": attente.filter(motif=""),
        "douteux": attente.exclude(motif=""), "laisses": dossier.courriels.filter(etat=Courriel.Etat.LAISSE),
        "ajoutes": dossier.courriels.filter(etat=Courriel.Etat.AJOUTE).count(),
        "ouvert": dossier.etape in PAPIER_APRES, "page_active": "dossiers", "onglet": "avis",
    })  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def deposer(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """Bring in a file."""
    dossier = trouver(slug)
    form = DeposerForm(soumis(request), fichiers(request))
    if form.is_valid():
        if dossier.etape not in PAPIER_APRES:
            form.add_error(None, FERME)
        else:
            bilan = services.relever(membre, dossier, deposes([form.cleaned_data["fichier"]]))
            return fait(request, str(bilan), _adresse("liste", dossier))
    return page_formulaire(
        request, form, "Importer des e-mails", bouton="Importer", retour=("E-mails reçus", _adresse("liste", dossier)),
        intro="Chaque message sera relu avant de compter. Les pièces jointes ne sont pas gardées.",
        page_active="dossiers",
    )  # fmt: skip


@require_http_methods(["POST"])
@reserve(PREPARER)
def relever(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """Read the team's mailbox now."""
    dossier = trouver(slug)
    retour = _adresse("liste", dossier)
    try:
        if dossier.etape not in PAPIER_APRES:
            raise BoiteInaccessible(FERME)
        bilan = services.relever(membre, dossier, par_imap(Imap.des_reglages()))
    except BoiteInaccessible as refus:
        messages.error(request, str(refus))
        return redirect(retour)
    return fait(request, str(bilan), retour)


@formulaire_web
@reserve(PREPARER)
def relire(request: HttpRequest, membre: Membre, slug: str, pk: int) -> HttpResponse:
    """One mail: what was kept, what was set apart; add it or leave it, then the next."""
    courriel = get_object_or_404(
        Courriel.objects.select_related("dossier"), pk=pk, dossier__slug=slug, etat=Courriel.Etat.A_LIRE
    )
    retour = _adresse("liste", courriel.dossier)
    form = RelireForm(soumis(request), courriel=courriel)
    if form.is_valid():
        lu = form.cleaned_data
        champ = "texte" if request.POST.get("geste") == AJOUTER else "motif"
        try:
            if champ == "texte":
                services.ajouter(membre, courriel, lu["texte"], lu.get("tenir_au_courant", False))
                phrase = "L'e-mail est ajouté aux avis."
            else:
                services.laisser(membre, courriel, lu["motif"])
                phrase = "L'e-mail est laissé de côté."
        except AvisRefuse as refus:
            form.add_error(None if lu[champ].strip() else champ, str(refus))
        else:
            suivant = courriel.dossier.courriels.filter(etat=Courriel.Etat.A_LIRE, motif="").first()
            return fait(request, phrase, reverse("boite:relire", args=[slug, suivant.pk]) if suivant else retour)
    return render(request, "boite/relire.html", {
        "titre": "Relire un e-mail", "dossier": courriel.dossier, "courriel": courriel, "form": form,
        "page_active": "dossiers", "onglet": "avis",
    }, status=422 if form.errors else 200)  # fmt: skip
