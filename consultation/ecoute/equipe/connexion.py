"""Sign-in with an account kept here. Where `ECOUTE_CONNEXION` names the identity provider, see openid.py instead."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from consultation.ecoute.cadre.adresse import adresse_de
from consultation.ecoute.equipe.models import EssaiConnexion, Membre

ESSAIS = 5
FENETRE = timedelta(minutes=15)


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


def _cles(request: HttpRequest, courriel: str) -> list[str]:
    adresse = adresse_de(request)
    return [salted_hmac("equipe.essai", valeur).hexdigest() for valeur in (f"qui {courriel.strip().lower()}", adresse)]


def trop_d_essais(request: HttpRequest, courriel: str) -> bool:
    """Whether this account or this computer failed too often lately."""
    recents = EssaiConnexion.objects.filter(le__gte=timezone.now() - FENETRE)
    return any(recents.filter(cle=cle).count() >= ESSAIS * (1 + rang * 3)
               for rang, cle in enumerate(_cles(request, courriel)))  # fmt: skip


def noter_echec(request: HttpRequest, courriel: str) -> None:
    """Keep a failure, forget old ones."""
    EssaiConnexion.objects.filter(le__lt=timezone.now() - FENETRE).delete()
    EssaiConnexion.objects.bulk_create(EssaiConnexion(cle=cle) for cle in _cles(request, courriel))
