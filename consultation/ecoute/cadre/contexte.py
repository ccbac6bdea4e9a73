"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from consultation.ecoute.equipe.models import Commune, Membre, Role

MENU = (
    ("dossiers", "Dossiers", "/equipe/dossiers/", {Role.RESPONSABLE, Role.EQUIPE, Role.DPO}),
    ("ateliers", "Ateliers", "/equipe/ateliers/", {Role.RESPONSABLE, Role.EQUIPE, Role.ACCUEIL}),
    ("saisie", "Saisir un avis", "/equipe/saisie/", {Role.RESPONSABLE, Role.EQUIPE, Role.ACCUEIL}),
    ("recherche", "Chercher", "/equipe/recherche/", {Role.RESPONSABLE, Role.EQUIPE, Role.DPO}),
    ("donnees", "Données", "/equipe/donnees/", {Role.DPO}),
    ("satisfaction", "Démarches", "/equipe/demarches/", set(Role)),
    ("reglages", "Équipe", "/equipe/comptes/", {Role.RESPONSABLE}),
    ("aide", "Aide", "/equipe/aide/", set(Role)),
)


def commune(request: HttpRequest) -> dict[str, Any]:
    """`commune` (the town), `membre` (who is signed in, or None), public address."""
    qui: object = getattr(request, "user", None)
    membre = qui if isinstance(qui, Membre) else None
    return {
        "commune": Commune.actuelle(),
        "membre": membre,
        "menu": [
            {"code": code, "nom": nom, "adresse": adresse}
            for code, nom, adresse, roles in MENU
            if membre is not None and membre.role in roles
        ],
        "accessibilite": settings.ACCESSIBILITE,
        "adresse_publique": settings.URL_PUBLIQUE,
    }
