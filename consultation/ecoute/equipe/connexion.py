"""Sign-in with an account kept here. Where `ECOUTE_CONNEXION` names the identity provider, see openid.py instead."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from consultation.ecoute.equipe.models import EssaiConnexion, Membre
from socle.securite.adresse import adresse_de
from socle.securite.limites import Limite

ECHECS = Limite(EssaiConnexion, timedelta(minutes=15), "equipe.connexion")
PAR_COMPTE = 5
PAR_EXPEDITEUR = 20  # a school or a town hall shares one address


class CompteLocal(BaseBackend):
    """E-mail and password; accounts that are closed never open."""

    def authenticate(  # type: ignore[override]
        self, request: HttpRequest | None, courriel: str | None = None, mot_de_passe: str | None = None, **_: Any
    ) -> Membre | None:
        """The member, or nothing; the time taken says nothing of whether the account exists."""
        if settings.ECOUTE_CONNEXION != "local" or not courriel or mot_de_passe is None:
            return None
        membre = Membre.objects.filter(courriel=courriel.strip().lower(), identite=None).first()
        if membre is None:
            Membre().set_password(mot_de_passe)  # the same work
            return None
        return membre if membre.check_password(mot_de_passe) and membre.is_active else None

    def get_user(self, user_id: Any) -> Membre | None:  # type: ignore[override]
        """The member of a session, if the account is still open."""
        return Membre.objects.filter(pk=user_id, is_active=True).first()


def _permis(request: HttpRequest, courriel: str) -> dict[str, int]:
    """How many failures this account and this computer may have."""
    return {
        ECHECS.cle("compte", courriel.strip().lower()): PAR_COMPTE,
        ECHECS.cle("expediteur", adresse_de(request)): PAR_EXPEDITEUR,
    }


def trop_d_essais(request: HttpRequest, courriel: str) -> bool:
    """Whether this account or this computer failed too often lately."""
    return ECHECS.depassee(_permis(request, courriel))


def noter_echec(request: HttpRequest, courriel: str) -> None:
    """Keep a failure, forget old ones."""
    ECHECS.compter(_permis(request, courriel))
