"""« Mes démarches », a request's page, and the way to it with a tracking code."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.demandes import droits, references, services, workflow
from guichet.demandes.accuse import accuse_de
from guichet.demandes.models import Brouillon, Demande, Evenement, Message, Piece
from guichet.portail import acces
from guichet.portail.formulaires import FormulaireMessage, FormulaireSuivi
from guichet.portail.suivi import TropDEssais, ouvrir_par_code
from guichet.portail.vues.depot import servir

PAR_PAGE = 20


@never_cache
@require_safe
def mes_demarches(request: HttpRequest) -> HttpResponse:
    usager = acces.usager_de(request)
    if usager is None:
        return render(request, "portail/sans_compte.html", {"page_active": "espace"})
    page = Paginator(Demande.objects.filter(usager=usager).pour_liste(), PAR_PAGE).get_page(request.GET.get("page"))
    brouillons = Brouillon.objects.filter(usager=usager).select_related("demarche").defer("demarche__definition")
    return render(
        request, "portail/mes_demarches.html", {"page_active": "espace", "page": page, "brouillons": brouillons}
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def demande(request: HttpRequest, reference: str) -> HttpResponse:
    trouvee = _demande(request, reference)
    if trouvee is None:
        return _vers_suivi(reference)
    formulaire = FormulaireMessage(request.POST, request.FILES) if request.method == "POST" else FormulaireMessage()
    if request.method == "POST" and formulaire.is_valid():
        try:
            services.ecrire_usager(
                trouvee,
                formulaire.cleaned_data["texte"],
                formulaire.cleaned_data["pieces"],
                par=acces.demandeur_de(request),
            )
        except workflow.TransitionImpossible:
            formulaire.add_error(
                None, "Cette demande est terminée. Pour reparler du sujet, faites une nouvelle demande."
            )
        else:
            messages.success(request, "Votre message est envoyé à la mairie.")
            return redirect("portail:demande", trouvee.reference)
    return render(request, "portail/demande.html", _contexte(request, trouvee, formulaire))


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
    return {
        "page_active": "espace" if usager is not None else "suivi",
        "demande": trouvee,
        "accuse": accuse_de(trouvee),
        "etat": trouvee.etat_usager,
        "reponses": list(trouvee.reponses()),
        "pieces": [piece for piece in pieces if piece.message_id is None],
        "historique": _historique(trouvee, pieces),
        "form": formulaire,
        "peut_ecrire": workflow.peut_ecrire(trouvee),
        "peut_rattacher": usager is not None and trouvee.usager_id is None,
    }


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
                de_la_mairie=evenement.auteur_type == "agent",
                texte=message.texte if message else "",
                pieces=[p for p in pieces if message and p.message_id == message.pk],
            )
        )
    return lignes[::-1]


@never_cache
@require_safe
def piece(request: HttpRequest, reference: str, cle: int) -> HttpResponse:
    trouvee = _demande(request, reference)
    if trouvee is None:
        return _vers_suivi(reference)
    jointe = trouvee.pieces.exclude(message__interne=True).filter(pk=cle).first()
    if jointe is None:
        raise Http404
    return servir(jointe)


@require_POST
def rattacher(request: HttpRequest, reference: str) -> HttpResponse:
    """Add to the account a request opened by its code in this session."""
    trouvee = _demande(request, reference)
    if trouvee is None:
        return _vers_suivi(reference)
    try:
        services.rattacher(trouvee, acces.demandeur_de(request))
    except droits.AccesRefuse as refus:
        messages.error(request, str(refus))
    else:
        messages.success(request, "Cette demande est maintenant dans vos démarches.")
    return redirect("portail:demande", trouvee.reference)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def suivi(request: HttpRequest) -> HttpResponse:
    initial = {"reference": request.GET.get("reference", "")[:40]}
    formulaire = FormulaireSuivi(request.POST if request.method == "POST" else None, initial=initial)
    statut = 200
    if request.method == "POST" and formulaire.is_valid():
        try:
            trouvee = ouvrir_par_code(request, formulaire.cleaned_data["reference"], formulaire.cleaned_data["code"])
        except TropDEssais as trop:
            formulaire.add_error(None, str(trop))
            statut = 429
        else:
            if trouvee is not None:
                acces.ouvrir(request, trouvee)
                return redirect("portail:demande", trouvee.reference)
            formulaire.add_error(
                "code",
                "Le numéro et le code ne vont pas ensemble. Recopiez-les depuis votre accusé de réception.",
            )
    return render(request, "portail/suivi.html", {"page_active": "suivi", "form": formulaire}, status=statut)


def _demande(request: HttpRequest, reference: str) -> Demande | None:
    return Demande.objects.pour_page().du_demandeur(acces.demandeur_de(request)).filter(reference=reference).first()


def _vers_suivi(reference: str) -> HttpResponse:
    """The same answer whether the request is somebody else's or does not exist."""
    return redirect(f"{reverse('portail:suivi')}?reference={quote(references.normaliser_reference(reference))}")
