"""Messages of the outbox, as tests ask for them."""

from __future__ import annotations

from typing import Any

from django.core.mail import EmailMultiAlternatives

from guichet.demandes import courriels
from guichet.demandes.models import Demande
from socle.envois.canaux import Courriel
from socle.envois.genres import genre_de
from socle.envois.models import Envoi


def envoi(genre: str, demande: Demande | None = None) -> Envoi:
    """The only mail of this kind about requests, or about this one."""
    envois = Envoi.objects.filter(genre=courriels.nom(genre))
    return envois.get() if demande is None else envois.sur(courriels.objet(demande)).get()


def genres(**filtres: Any) -> list[str]:
    """Kinds of the mails, in the order in which they were entrusted."""
    lignes = Envoi.objects.filter(**filtres)
    return [nom.removeprefix("demandes.") for nom in lignes.values_list("genre", flat=True)]


def mail(ligne: Envoi) -> EmailMultiAlternatives:
    """The mail as it would leave now."""
    return Courriel.message(ligne, genre_de(ligne.genre).ecrire(ligne))
