"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from consultation.ecoute.cadre import adresse
from consultation.ecoute.commune.models import Commune

# Roles by the words that equipe.models.Role keeps: the frame knows no app that stands on it.
TOUS = {"responsable", "equipe", "dpo", "accueil"}
MENU = (
    ("dossiers", "Dossiers", "/equipe/dossiers/", {"responsable", "equipe", "dpo"}),
    ("ateliers", "Ateliers", "/equipe/ateliers/", {"responsable", "equipe", "accueil"}),
    ("saisie", "Saisir un avis", "/equipe/saisie/", {"responsable", "equipe", "accueil"}),
    ("recherche", "Chercher", "/equipe/recherche/", {"responsable", "equipe", "dpo"}),
    ("donnees", "Données", "/equipe/donnees/", {"dpo"}),
    ("satisfaction", "Démarches", "/equipe/demarches/", TOUS),
    ("reglages", "Équipe", "/equipe/comptes/", {"responsable"}),
    ("aide", "Aide", "/equipe/aide/", TOUS),
)


def commune(request: HttpRequest) -> dict[str, Any]:
    """`commune` (the town), `membre` (who is signed in, or None), who hosts, public address."""
    qui: Any = getattr(request, "user", None)
    membre = qui if getattr(qui, "is_authenticated", False) else None
    return {
        "commune": Commune.actuelle(),
        "membre": membre,
        "menu": [
            {"code": code, "nom": nom, "adresse": adresse}
            for code, nom, adresse, roles in MENU
            if membre is not None and membre.role in roles
        ],
        "accessibilite": settings.ACCESSIBILITE,
        "hebergeur": settings.HEBERGEUR,
        "adresse_publique": settings.URL_PUBLIQUE,
        "adresse_locale": adresse.a_donner() if membre is not None and adresse.locale() else "",
    }
