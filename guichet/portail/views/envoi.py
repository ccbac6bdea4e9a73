"""« Vérifiez vos réponses », sending, and the acknowledgement on screen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from guichet.demandes import avis, references, services
from guichet.demandes.accuse import accuse_de
from guichet.demandes.models import Demande
from guichet.demarches.champs import ChampGroupe
from guichet.portail import acces
from guichet.portail.forms import DejaLa, FormulaireEnvoi
from guichet.portail.forms.champs import lignes_de
from guichet.portail.parcours import Parcours
from guichet.portail.views.depot import RETOUR, avec_parcours

LIGNES_SANS_TITRES = 8  # beyond, the answers are read page by page


@require_http_methods(["GET", "HEAD", "POST"])
@avec_parcours
def verifier(request: HttpRequest, parcours: Parcours) -> HttpResponse:
    """Sending happens here and only here."""
    incomplete = parcours.premiere_incomplete() if parcours.enregistre else parcours.etapes[0]
    if incomplete is not None:
        return redirect(parcours.url(incomplete))
    prefere = parcours.usager.canal_reponse if parcours.usager else ""
    canaux = parcours.canaux_possibles()
    formulaire = FormulaireEnvoi(request.POST if request.method == "POST" else None, canaux=canaux, prefere=prefere)
    if request.method == "POST" and formulaire.is_valid():
        depot = services.deposer_brouillon(
            parcours.brouillon,
            canal_reponse=formulaire.cleaned_data["canal_reponse"],
            adresse_postale=parcours.adresse_postale(),
        )
        acces.ouvrir(request, depot.demande)
        return redirect("portail:envoyee", depot.demande.reference)
    parties = _parties(parcours)
    return render(
        request,
        "portail/verifier.html",
        {
            "page_active": "demarches",
            "parcours": parcours,
            "demarche": parcours.demarche,
            "definition": parcours.definition,
            "form": formulaire,
            "parties": parties,
            "titres": sum(len(partie.lignes) for partie in parties) > LIGNES_SANS_TITRES,
            "url_retour": parcours.url(parcours.etapes[-1]),
        },
    )


@dataclass
class Ligne:
    """A question with its answer, and the page that changes it; what was left empty is said so."""

    libelle: str
    url: str
    valeur: str = ""
    fichiers: list[DejaLa] = field(default_factory=list)
    elements: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)


@dataclass
class Partie:
    titre: str
    lignes: list[Ligne]


def _parties(parcours: Parcours) -> list[Partie]:
    utiles, deja = parcours.utiles, parcours.deja()
    parties: list[Partie] = []
    for courante in parcours.etapes:
        url = parcours.url(courante) + RETOUR
        lignes = [_ligne(champ, utiles.get(champ.nom), url, deja) for champ in courante.champs_visibles(utiles)]
        parties.append(Partie(courante.titre_court, lignes))
    return parties


def _ligne(champ: Any, valeur: Any, url: str, deja: dict[str, list[DejaLa]]) -> Ligne:
    if champ.depose_des_fichiers:
        return Ligne(champ.libelle, url, fichiers=deja.get(champ.nom, []))
    if isinstance(champ, ChampGroupe):
        elements = [
            (f"{champ.libelle_element} {rang}", lignes_de(champ, element))
            for rang, element in enumerate(valeur or [], 1)
        ]
        return Ligne(champ.libelle, url, elements=elements)
    return Ligne(champ.libelle, url, champ.afficher(valeur))


@never_cache
@require_safe
def envoyee(request: HttpRequest, reference: str) -> HttpResponse:
    """Acknowledgement on screen. Can be opened again as long as the session holds the request."""
    demandeur = acces.demandeur_de(request)
    demande = Demande.objects.pour_page().du_demandeur(demandeur).filter(reference=reference).first()
    if demande is None:
        return redirect(f"{reverse('portail:suivi')}?reference={references.normaliser_reference(reference)}")
    return render(
        request,
        "portail/envoyee.html",
        {
            "demande": demande,
            "accuse": accuse_de(demande),
            "code": code_de(demande),
            "avis": avis.lien(demande.demarche_id, avis.Source.CONFIRMATION),
        },
    )


def code_de(demande: Demande) -> str:
    """The tracking code, for a request without account; empty if this site's secret has changed since."""
    if demande.usager_id is not None:
        return ""
    code = references.code_suivi(demande.cle_envoi)
    return code if references.code_correspond(demande.pk, code, demande.code_suivi_empreinte) else ""
