"""A request's page: where it stands, what is asked, what was said; and what the resident may do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.demandes import (
    anonymisation,
    avis,
    decisions,
    droits,
    joignable,
    references,
    selectors,
    services,
    workflow,
)
from guichet.demandes.accuse import accuse_de
from guichet.demandes.models import Complement, Demande, Evenement, Message, Piece
from guichet.portail import acces
from guichet.portail.forms import FormulaireMessage, FormulaireRetrait
from guichet.portail.frise import frise
from guichet.portail.views.suivi import vers_suivi
from guichet.stockage.backend import reponse_fichier, servir
from socle import saisie_gardee
from socle.typographie import dates

FINIE = (
    "Votre session est terminée. Ce que vous avez écrit est gardé 30 minutes : ouvrez de nouveau votre demande avec "
    "son code, ou connectez-vous."
)
FINIE_AVEC_COMPTE = (
    "Votre session est terminée. Ce que vous avez écrit est gardé 30 minutes : connectez-vous avec le même compte, "
    "puis ouvrez de nouveau votre demande."
)
TERMINEE = "Cette demande est terminée. Pour reparler du sujet, faites une nouvelle demande."


def avec_demande(vue: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the view a request that this browser may open; anybody else is asked for the code."""

    @wraps(vue)
    def adresse(request: HttpRequest, reference: str, **kwargs: Any) -> HttpResponse:
        trouvee = selectors.du_demandeur(acces.demandeur_de(request), reference)
        if trouvee is None and saisie_gardee.garder(request):
            messages.warning(request, FINIE_AVEC_COMPTE if saisie_gardee.avec_compte(request) else FINIE)
        return vers_suivi(reference) if trouvee is None else vue(request, trouvee, **kwargs)

    return never_cache(adresse)


@require_http_methods(["GET", "HEAD", "POST"])
@avec_demande
def demande(request: HttpRequest, trouvee: Demande) -> HttpResponse:
    """The request, and the message that one may write under it."""
    formulaire = FormulaireMessage(request.POST, request.FILES) if request.method == "POST" else FormulaireMessage()
    if reprise := saisie_gardee.reprendre(request):
        messages.info(request, reprise[1])
        formulaire = FormulaireMessage(initial={"texte": reprise[0].get("texte", "")})
    if request.method == "POST" and formulaire.is_valid():
        try:
            evenement = services.ecrire_usager(
                trouvee,
                formulaire.cleaned_data["texte"],
                formulaire.cleaned_data["pieces"],
                par=acces.demandeur_de(request),
            )
        except workflow.TransitionImpossible:
            formulaire.add_error(None, TERMINEE)
        else:
            messages.success(request, "Votre message est envoyé à la mairie.")
            dire_sans_courriel(request, evenement)
            return redirect("portail:demande", trouvee.reference)
    return render(request, "portail/demande.html", _contexte(request, trouvee, formulaire))


def dire_sans_courriel(request: HttpRequest, evenement: Evenement) -> None:
    """Where the mail of this act does not leave, the page alone says that it was received, and when (CRPA L.112-11)."""
    if evenement.courriel_retenu:
        messages.warning(
            request,
            f"Aucun e-mail ne part : {evenement.demande.courriel} a déjà reçu plusieurs messages de la mairie. "
            f"La mairie a reçu votre envoi le {dates.jour_et_heure(evenement.le)}.",
        )


@dataclass
class Ligne:
    """One entry of the history as the resident reads it."""

    le: datetime
    phrase: str
    de_la_mairie: bool
    texte: str = ""
    pieces: list[Piece] = field(default_factory=list)


def _contexte(request: HttpRequest, trouvee: Demande, formulaire: FormulaireMessage) -> dict[str, object]:
    usager = acces.usager_de(request)
    pieces = list(trouvee.pieces.exclude(message__interne=True).defer("empreinte"))
    envoyees = [piece for piece in pieces if piece.message_id is None]
    reponses = list(trouvee.reponses())
    accuse = accuse_de(trouvee)
    complements = list(Complement.objects.filter(demande=trouvee).ouverts())
    return {
        "page_active": "espace" if usager is not None else "suivi",
        "onglet": "demandes",
        "demande": trouvee,
        "accuse": accuse,
        "etat": trouvee.etat_usager,
        "frise": frise(trouvee),
        "complements": [c for c in complements if not c.est_question],
        "question": any(c.est_question for c in complements),
        "reponses": [(r, [p for p in envoyees if p.champ == r.champ]) for r in reponses],
        "pieces": [piece for piece in envoyees if piece.champ not in {r.champ for r in reponses}],
        "historique": _historique(trouvee, pieces),
        "gardee_jusqu_au": anonymisation.gardee_jusqu_au(trouvee),
        "form": formulaire,
        "avis": _avis(trouvee),
        "peut_ecrire": workflow.peut_ecrire(trouvee),
        "peut_retirer": workflow.peut_annuler(trouvee),
        "retrait": _fin_du_retrait(trouvee),
        "revenu": joignable.revenu(trouvee),
        "attestable": decisions.tacite(trouvee) is not None,
        "peut_rattacher": usager is not None and trouvee.usager_id is None,
    }


def _fin_du_retrait(trouvee: Demande) -> datetime | None:
    """Until when the withdrawal may be taken back; None where there is none to take back."""
    retrait = services.retrait_annulable(trouvee)
    return retrait.le + services.RETRAIT_ANNULABLE if retrait else None


def _avis(trouvee: Demande) -> str:
    """Where to say how it went, once the town has answered or the request is over."""
    finie = trouvee.est_close or trouvee.decidee_le is not None
    return avis.lien(trouvee.demarche_id, avis.Source.DEMANDE_CLOSE) if finie else ""


def _historique(trouvee: Demande, pieces: list[Piece]) -> list[Ligne]:
    """Events in order of date, each with its message; the last first, as one looks for news."""
    textes = {m.pk: m for m in Message.objects.filter(demande=trouvee, interne=False)}
    lignes: list[Ligne] = []
    for evenement in Evenement.objects.filter(demande=trouvee, visible_usager=True):
        message = textes.get(evenement.donnees.get("message", 0))
        lignes.append(
            Ligne(
                le=evenement.le,
                phrase=evenement.phrase_usager,
                de_la_mairie=evenement.auteur_type != "usager",
                texte=message.texte if message else "",
                pieces=[p for p in pieces if message and p.message_id == message.pk],
            )
        )
    return lignes[::-1]


@require_safe
@avec_demande
def piece(request: HttpRequest, trouvee: Demande, cle: int) -> HttpResponse:
    """A file of the request, notes between agents left out; 404 for others."""
    jointe = trouvee.pieces.exclude(message__interne=True).select_related("message").filter(pk=cle).first()
    if jointe is None:
        raise Http404
    services.noter_ouverture(jointe)
    return servir(jointe)


@require_safe
@avec_demande
def accuse_pdf(request: HttpRequest, trouvee: Demande) -> HttpResponse:
    """The acknowledgement as a file; the page « accusé de réception » is its HTML twin (RGAA 13.3)."""
    from guichet.demandes import pdf

    # Who may open it without account gave the code, or sent the request from here.
    code = "" if trouvee.usager_id else references.code_de(trouvee)
    return reponse_fichier(
        pdf.accuse_pdf(trouvee, code), f"accuse-de-reception-{trouvee.reference}.pdf", "application/pdf"
    )


@require_safe
@avec_demande
def attestation_pdf(request: HttpRequest, trouvee: Demande) -> HttpResponse:
    """The attestation that silence accepted the request (CRPA L.232-3); 404 where it did not."""
    try:
        contenu = decisions.attestation_pdf(trouvee)
    except ValueError:
        raise Http404 from None
    return reponse_fichier(contenu, f"attestation-{trouvee.reference}.pdf", "application/pdf")


@require_http_methods(["GET", "HEAD", "POST"])
@avec_demande
def retirer(request: HttpRequest, trouvee: Demande) -> HttpResponse:
    """Give up a request: what it changes is said first (UX 46)."""
    if not workflow.peut_annuler(trouvee):
        messages.info(request, "Cette demande ne peut plus être retirée.")
        return redirect("portail:demande", trouvee.reference)
    reprise = saisie_gardee.reprendre(request)
    if reprise:
        messages.info(request, reprise[1])
    formulaire = FormulaireRetrait(
        request.POST if request.method == "POST" else None,
        initial={"texte": reprise[0].get("texte", "")} if reprise else {},
    )
    if request.method == "POST" and formulaire.is_valid():
        try:
            evenement = services.annuler(trouvee, formulaire.cleaned_data["texte"], par=acces.demandeur_de(request))
        except services.TexteManquant:
            formulaire.add_error("texte", "Dites en quelques mots pourquoi vous retirez votre demande.")
        except workflow.TransitionImpossible:
            return redirect("portail:demande", trouvee.reference)
        else:
            messages.success(request, "Votre demande est retirée. La mairie ne la traitera pas.")
            dire_sans_courriel(request, evenement)
            return redirect("portail:demande", trouvee.reference)
    return render(
        request,
        "portail/retirer.html",
        {
            "page_active": "espace" if acces.usager_de(request) else "suivi",
            "demande": trouvee,
            "titre": trouvee.definition.titre,
            "form": formulaire,
        },
    )


@require_POST
@avec_demande
def reprendre(request: HttpRequest, trouvee: Demande) -> HttpResponse:
    """Take back a withdrawal made by mistake."""
    try:
        services.reprendre(trouvee, par=acces.demandeur_de(request))
    except workflow.TransitionImpossible:
        messages.info(request, "Cette demande ne peut plus être reprise ici. Appelez le service : il peut la rouvrir.")
    else:
        messages.success(request, "Vous avez repris votre demande. La mairie continue de la traiter.")
    return redirect("portail:demande", trouvee.reference)


@require_POST
@avec_demande
def fermer(request: HttpRequest, trouvee: Demande) -> HttpResponse:
    """Close a request that was opened without account, on a computer that others use."""
    acces.fermer(request, trouvee)
    messages.success(
        request, "Cette demande est fermée sur cet appareil. Pour la revoir, il faut son numéro et son code."
    )
    return redirect("portail:suivi")


@require_POST
@avec_demande
def rattacher(request: HttpRequest, trouvee: Demande) -> HttpResponse:
    """Add to the account a request opened by its code in this session."""
    try:
        services.rattacher(trouvee, acces.demandeur_de(request))
    except droits.AccesRefuse as refus:
        messages.error(request, str(refus))
    else:
        messages.success(request, "Cette demande est maintenant dans vos démarches.")
    return redirect("portail:demande", trouvee.reference)
