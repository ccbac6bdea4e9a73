"""A request typed in by an agent for someone: which procedure, how it came, the questions, the check, the
acknowledgement to print or that leaves by mail. Any agent may: the front desk answers for every service.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.demandes import courriels, lettres, references, selectors, services
from guichet.demandes.accuse import accuse_de
from guichet.demandes.droits import peut_voir, services_de
from guichet.demandes.models import CanalReponse, Demande
from guichet.demandes.pdf import accuse_pdf
from guichet.demarches.catalogue import chercher
from guichet.demarches.champs import ChampGroupe
from guichet.demarches.models import Demarche
from guichet.instruction.acces import DemandeIntrouvable, agent_requis
from guichet.instruction.models import Agent
from guichet.instruction.saisie import DepartForm, Saisie, commencer
from guichet.questions import gestes
from guichet.questions.etape import FormulaireQuestions
from guichet.stockage.backend import reponse_fichier, servir
from socle import saisie_gardee


@require_safe
@agent_requis
def choisir(request: HttpRequest, agent: Agent) -> HttpResponse:
    """Procedures of the agent's services first, then the others: the same words as for residents."""
    miens = {service.pk for service in services_de(agent)}
    cherche = request.GET.get("q", "").replace("\x00", "")[:200].strip()
    toutes = chercher(cherche).demarches if cherche else list(Demarche.objects.publiees().order_by("titre"))
    groupes = [
        ("Vos services", [d for d in toutes if d.service_id in miens]),
        ("Les autres services", [d for d in toutes if d.service_id not in miens]),
    ]
    contexte = {"groupes": [g for g in groupes if g[1]], "cherche": cherche, "page_active": "saisie"}
    return render(request, "instruction/saisie/choisir.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
@agent_requis
def debut(request: HttpRequest, agent: Agent, slug: str) -> HttpResponse:
    """How the request came, and how the person is to be answered."""
    demarche = get_object_or_404(Demarche.objects.publiees(), pk=slug)
    formulaire = DepartForm(request.POST or None, initial={"recue_le": timezone.localdate()}, auto_id="id-%s")
    if request.method == "POST" and formulaire.is_valid():
        brouillon = commencer(agent, demarche, formulaire)
        return redirect("instruction:saisie", demarche.pk, brouillon.pk)
    contexte = {"form": formulaire, "demarche": demarche, "definition": demarche.lue, "page_active": "saisie"}
    return render(request, "instruction/saisie/debut.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
@agent_requis
def saisir(request: HttpRequest, agent: Agent, slug: str, identifiant: uuid.UUID) -> HttpResponse:
    """Every question of the procedure, on one page."""
    if deja := selectors.saisie_par(agent, identifiant):
        return redirect("instruction:saisie_faite", deja.reference)
    saisie = Saisie.ouvrir(agent, slug, identifiant)
    if request.method != "POST":
        reprise = saisie_gardee.reprendre(request)
        if reprise:
            messages.info(request, reprise[1])
        return _page(request, saisie, saisie.formulaire_entier(*([reprise[0], MultiValueDict()] if reprise else [])))
    formulaire = saisie.formulaire_entier(request.POST, request.FILES)
    if formulaire.is_valid() and not formulaire.nouvelles:
        formulaire.signaler(saisie.fautes(formulaire.valeurs()))
    valide = formulaire.is_valid()
    geste = gestes.geste_de(request.POST)
    saisie.garder(formulaire, valide=valide and geste is None)
    if geste:
        for phrase in formulaire.non_gardees():
            messages.warning(request, phrase)
        return _faire(request, geste, saisie)
    if not valide:
        return _page(request, saisie, formulaire)
    if formulaire.nouvelles:
        return redirect(f"{saisie.adresse('saisie')}#id_{formulaire.nouvelles[0].nom}")
    return redirect(saisie.url(None))  # which leads back where the person could not be answered


def _page(request: HttpRequest, saisie: Saisie, formulaire: FormulaireQuestions) -> HttpResponse:
    return render(
        request,
        "instruction/saisie/saisir.html",
        {
            "saisie": saisie,
            "demarche": saisie.demarche,
            "definition": saisie.definition,
            "form": formulaire,
            "parties": saisie.parties(formulaire),
            "page_active": "saisie",
        },
    )


def _faire(request: HttpRequest, geste: gestes.Geste, saisie: Saisie) -> HttpResponse:
    suite = gestes.faire(saisie, geste, request.POST[geste])
    if suite.perimee:
        messages.warning(request, gestes.PERIMEE)
    if suite.groupe is None:
        return redirect(saisie.adresse("saisie"))
    if suite.ouvrir is not None:
        return redirect(saisie.adresse("saisie_element", suite.groupe.nom, suite.ouvrir))
    return redirect(_apres(saisie, suite.groupe))


def _apres(saisie: Saisie, groupe: ChampGroupe) -> str:
    """The page, at this group."""
    return f"{saisie.adresse('saisie')}#id_{groupe.nom}_0"


@require_http_methods(["GET", "HEAD", "POST"])
@agent_requis
def element(
    request: HttpRequest, agent: Agent, slug: str, identifiant: uuid.UUID, *, champ: str, rang: int
) -> HttpResponse:
    """One element of a repeated group: a child, a vehicle…"""
    saisie = Saisie.ouvrir(agent, slug, identifiant)
    groupe = saisie.groupe(champ)
    if groupe is None:
        raise Http404
    retour = _apres(saisie, groupe)
    if not gestes.peut_ouvrir(saisie, groupe, rang):
        return redirect(retour)
    poste = request.method == "POST"
    envoi: list[Any] = [request.POST, request.FILES] if poste else []
    if reprise := saisie_gardee.reprendre(request):
        messages.info(request, reprise[1])
        envoi = [reprise[0], MultiValueDict()]
    formulaire = saisie.formulaire_element(groupe, rang, *envoi)
    if poste and gestes.garder_element(saisie, groupe, rang, formulaire):
        return redirect(retour)
    contexte = {
        "saisie": saisie, "demarche": saisie.demarche, "definition": saisie.definition, "form": formulaire,
        "groupe": groupe, "numero": rang, "retour": retour, "page_active": "saisie",
    }  # fmt: skip
    return render(request, "instruction/saisie/element.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
@agent_requis
def verifier(request: HttpRequest, agent: Agent, slug: str, identifiant: uuid.UUID) -> HttpResponse:
    """The answers read again with the person; filing happens here and only here."""
    if deja := selectors.saisie_par(agent, identifiant):
        return redirect("instruction:saisie_faite", deja.reference)
    saisie = Saisie.ouvrir(agent, slug, identifiant)
    if (incomplete := saisie.premiere_incomplete()) is not None:
        return redirect(saisie.url(incomplete))
    if injoignable := saisie.injoignable():
        messages.error(request, injoignable)
        return redirect(saisie.adresse("saisie"))
    if request.method == "POST":
        lus = request.POST.getlist("lu")
        saisie.passer([constat for constat in saisie.a_lire() if constat.cle in lus])
        try:
            demande = saisie.deposer(agent)
        except services.ReglesNonTenues:
            messages.warning(request, "Relisez ce que la démarche dit de ces réponses, puis enregistrez.")
            return redirect(saisie.url(None))
        return redirect("instruction:saisie_faite", demande.reference)
    contexte = {
        "saisie": saisie, "demarche": saisie.demarche, "definition": saisie.definition, "parties": saisie.relecture(),
        "avertissements": saisie.avertissements(), "page_active": "saisie",
    }  # fmt: skip
    return render(request, "instruction/saisie/verifier.html", contexte)


@require_safe
@agent_requis
def fichier(_request: HttpRequest, agent: Agent, slug: str, identifiant: uuid.UUID, *, cle: int) -> HttpResponse:
    """A file of what is being typed in."""
    return servir(Saisie.ouvrir(agent, slug, identifiant).piece(cle))


@require_POST
@agent_requis
def abandonner(_request: HttpRequest, agent: Agent, slug: str, identifiant: uuid.UUID) -> HttpResponse:
    """Drop what was being typed in."""
    services.abandonner_brouillon(Saisie.ouvrir(agent, slug, identifiant).brouillon)
    return redirect("instruction:saisie_choisir")


def _saisie_par(agent: Agent, reference: str) -> Demande:
    """The acknowledgement opens for who typed the request in, even for a service they are not in; and for the
    agents of its service. Nothing else of the request does."""
    demande = selectors.saisie_ou_visible(agent, reference)
    if demande is None:
        raise DemandeIntrouvable
    return demande


@require_safe
@agent_requis
def faite(request: HttpRequest, agent: Agent, reference: str) -> HttpResponse:
    """What to do once the request is filed; its tracking code only for who typed it in."""
    demande = _saisie_par(agent, reference)
    code = _code(agent, demande)
    par_courriel = courriels.acquitte(demande)
    contexte = {
        "demande": demande,
        "accuse": accuse_de(demande),
        "code": code,
        "par_courriel": par_courriel,
        "par_lettre": not par_courriel or courriels.canal_de_reponse(demande) == CanalReponse.COURRIER,
        "visible": peut_voir(agent, demande),
        "page_active": "saisie",
    }
    return render(request, "instruction/saisie/faite.html", contexte)


def _code(agent: Agent, demande: Demande) -> str:
    """The tracking code, for who typed the request in and gives it to the person; empty for anybody else."""
    if demande.saisie_par_sub != agent.sub or demande.usager_id is not None:
        return ""
    return references.code_de(demande)


@require_safe
@agent_requis
def accuse(request: HttpRequest, agent: Agent, reference: str) -> HttpResponse:
    """The acknowledgement, to print. Who typed the request in has the very letter that was due: it waits no more."""
    demande = _saisie_par(agent, reference)
    contenu = accuse_pdf(demande, _code(agent, demande))
    depot = demande.evenements.filter(code="saisie").first()
    if request.method == "GET" and depot is not None and demande.saisie_par_sub == agent.sub:
        lettres.remettre(agent, depot)
    return reponse_fichier(contenu, f"accuse-{demande.reference}.pdf", "application/pdf")
