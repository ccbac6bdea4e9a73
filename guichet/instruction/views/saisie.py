"""A request typed in by an agent for someone: which procedure, how it came, the questions, the check, the
acknowledgement to print or that leaves by mail. Any agent may: the front desk answers for every service.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.demandes import courriels, references, services
from guichet.demandes.accuse import accuse_de
from guichet.demandes.droits import peut_voir, services_de
from guichet.demandes.models import Demande
from guichet.demandes.pdf import accuse_pdf
from guichet.demarches.champs import ChampGroupe
from guichet.demarches.models import Demarche
from guichet.instruction.acces import DemandeIntrouvable, agent_requis
from guichet.instruction.models import Agent
from guichet.instruction.saisie import DepartForm, Saisie, commencer
from guichet.portail.forms.champs import lignes_de
from guichet.stockage.backend import reponse_fichier

GESTES = ("retirer", "ajouter", "modifier", "oter")


@require_safe
@agent_requis
def choisir(request: HttpRequest, agent: Agent) -> HttpResponse:
    """Procedures of the agent's services first, then the others: the same words as for residents."""
    miens = {service.pk for service in services_de(agent)}
    cherche = request.GET.get("q", "").replace("\x00", "")[:200].strip()
    demarches = Demarche.objects.publiees()
    if cherche:
        demarches = demarches.cherchees(cherche)
    toutes = list(demarches.order_by("titre"))
    groupes = [
        ("Vos services", [d for d in toutes if d.service_id in miens]),
        ("Les autres services", [d for d in toutes if d.service_id not in miens]),
    ]
    contexte = {"groupes": [g for g in groupes if g[1]], "cherche": cherche, "page_active": "saisie"}
    return render(request, "instruction/saisie/choisir.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
@agent_requis
def debut(request: HttpRequest, agent: Agent, slug: str) -> HttpResponse:
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
    if deja := _deja_enregistree(agent, identifiant):
        return redirect("instruction:saisie_faite", deja.reference)
    saisie = Saisie.ouvrir(agent, slug, identifiant)
    if request.method != "POST":
        return _page(request, saisie, saisie.formulaire_entier())
    formulaire = saisie.formulaire_entier(request.POST, request.FILES)
    valide = formulaire.is_valid()
    geste = next((g for g in GESTES if g in request.POST), None)
    saisie.garder(formulaire, valide=valide and geste is None)
    if geste:
        return _faire(geste, request.POST[geste], saisie)
    if not valide:
        return _page(request, saisie, formulaire)
    if formulaire.nouvelles:
        return redirect(f"{saisie.adresse('saisie')}#id_{formulaire.nouvelles[0].nom}")
    return redirect(saisie.url(None))


def _page(request: HttpRequest, saisie: Saisie, formulaire: Any) -> HttpResponse:
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


def _faire(geste: str, valeur: str, saisie: Saisie) -> HttpResponse:
    """A button other than the main one: a file removed, an element of a group added, changed or removed."""
    if geste == "retirer":
        for piece in saisie.pieces:
            if str(piece.pk) == valeur:
                services.retirer_du_brouillon(piece)
        return redirect(saisie.adresse("saisie"))
    nom, _, brut = valeur.partition(":")
    groupe = saisie.groupe(nom)
    if groupe is None:
        return redirect(saisie.adresse("saisie"))
    elements = saisie.elements(groupe)
    rang = len(elements) + 1 if geste == "ajouter" else int(brut) if brut.isdecimal() else 0
    if geste in ("ajouter", "modifier"):
        return redirect(saisie.adresse("saisie_element", groupe.nom, rang))
    if 1 <= rang <= len(elements):
        del elements[rang - 1]
        saisie.noter({groupe.nom: elements})
    return redirect(f"{saisie.adresse('saisie')}#id_{groupe.nom}_0")


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
    elements = saisie.elements(groupe)
    retour = f"{saisie.adresse('saisie')}#id_{groupe.nom}_0"
    if not 1 <= rang <= min(len(elements) + 1, groupe.maximum):
        return redirect(retour)
    poste = request.method == "POST"
    formulaire = saisie.formulaire_element(groupe, rang, *([request.POST, request.FILES] if poste else []))
    if poste and formulaire.is_valid() and not formulaire.nouvelles:
        elements[rang - 1 : rang] = [formulaire.valeurs()]
        saisie.noter({groupe.nom: elements})
        return redirect(retour)
    contexte = {
        "saisie": saisie, "demarche": saisie.demarche, "definition": saisie.definition, "form": formulaire,
        "groupe": groupe, "numero": rang, "retour": retour, "page_active": "saisie",
    }  # fmt: skip
    return render(request, "instruction/saisie/element.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
@agent_requis
def verifier(request: HttpRequest, agent: Agent, slug: str, identifiant: uuid.UUID) -> HttpResponse:
    if deja := _deja_enregistree(agent, identifiant):
        return redirect("instruction:saisie_faite", deja.reference)
    saisie = Saisie.ouvrir(agent, slug, identifiant)
    if (incomplete := saisie.premiere_incomplete()) is not None:
        return redirect(saisie.url(incomplete))
    if request.method == "POST":
        demande = saisie.deposer(agent)
        return redirect("instruction:saisie_faite", demande.reference)
    contexte = {
        "saisie": saisie, "demarche": saisie.demarche, "definition": saisie.definition, "parties": _reponses(saisie),
        "page_active": "saisie",
    }  # fmt: skip
    return render(request, "instruction/saisie/verifier.html", contexte)


def _reponses(saisie: Saisie) -> list[tuple[Any, list[tuple[str, str, Any]]]]:
    """Each step with its questions: label, answer, files."""
    utiles, deja = saisie.utiles, saisie.deja()
    parties = []
    for etape in saisie.etapes:
        lignes: list[tuple[str, str, Any]] = []
        for champ in etape.champs_visibles(utiles):
            if isinstance(champ, ChampGroupe):
                for rang, valeurs in enumerate(utiles.get(champ.nom) or [], 1):
                    texte = "\n".join(f"{libelle} : {valeur}" for libelle, valeur in lignes_de(champ, valeurs))
                    lignes.append((f"{champ.libelle_element} {rang}", texte, []))
            elif champ.depose_des_fichiers:
                lignes.append((champ.libelle, "", deja.get(champ.nom, [])))
            else:
                lignes.append((champ.libelle, champ.afficher(utiles.get(champ.nom)), []))
        parties.append((etape, lignes))
    return parties


@require_safe
@agent_requis
def fichier(_request: HttpRequest, agent: Agent, slug: str, identifiant: uuid.UUID, *, cle: int) -> HttpResponse:
    saisie = Saisie.ouvrir(agent, slug, identifiant)
    piece = next((p for p in saisie.pieces if p.pk == cle), None)
    if piece is None:
        raise Http404
    with piece.fichier.open() as flux:
        return reponse_fichier(flux.read(), piece.nom, piece.type_mime)


@require_POST
@agent_requis
def abandonner(_request: HttpRequest, agent: Agent, slug: str, identifiant: uuid.UUID) -> HttpResponse:
    services.abandonner_brouillon(Saisie.ouvrir(agent, slug, identifiant).brouillon)
    return redirect("instruction:saisie_choisir")


def _deja_enregistree(agent: Agent, identifiant: uuid.UUID) -> Demande | None:
    """The form was sent: the agent pressed twice, or came back with the browser's button."""
    return Demande.objects.filter(cle_envoi=identifiant, saisie_par_sub=agent.sub).first()


def _saisie_par(agent: Agent, reference: str) -> Demande:
    """The acknowledgement opens for who typed the request in, even for a service they are not in; and for the
    agents of its service. Nothing else of the request does."""
    demande = Demande.objects.pour_page().filter(reference=references.normaliser_reference(reference)).first()
    if demande is None or not (demande.saisie_par_sub == agent.sub or peut_voir(agent, demande)):
        raise DemandeIntrouvable
    return demande


@require_safe
@agent_requis
def faite(request: HttpRequest, agent: Agent, reference: str) -> HttpResponse:
    demande = _saisie_par(agent, reference)
    code = ""
    if demande.saisie_par_sub == agent.sub and demande.usager_id is None:
        code = references.code_suivi(demande.cle_envoi)
        if not references.code_correspond(demande.pk, code, demande.code_suivi_empreinte):
            code = ""
    contexte = {
        "demande": demande,
        "accuse": accuse_de(demande),
        "code": code,
        "par_courriel": courriels.acquitte(demande),
        "visible": peut_voir(agent, demande),
        "page_active": "saisie",
    }
    return render(request, "instruction/saisie/faite.html", contexte)


@require_safe
@agent_requis
def accuse(_request: HttpRequest, agent: Agent, reference: str) -> HttpResponse:
    demande = _saisie_par(agent, reference)
    return reponse_fichier(accuse_pdf(demande), f"accuse-{demande.reference}.pdf", "application/pdf")
