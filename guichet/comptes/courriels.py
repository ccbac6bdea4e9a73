"""The mails of accounts: the link of a sign-up, or the news that an account exists; the end of an account.

The person waits in front of a screen: these go before acknowledgements. Nothing of them is kept once they have left.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from guichet.arriere_plan.redaction import rediger
from guichet.comptes.models import Inscription
from socle.envois.genres import Genre, Priorite, SansObjet, declarer
from socle.envois.models import Envoi
from socle.envois.services import confier, oublier, preparer


def confier_inscription(inscription: Inscription, lien: str) -> None:
    """Entrust the mail of a sign-up, in the transaction that keeps it; ``lien`` is empty where an account exists."""
    genre = COMPTE_EXISTANT if inscription.deja_inscrit else INSCRIPTION
    objet = _objet(inscription.pk)
    confier([preparer(genre.nom, inscription.courriel, cle=objet, objet=objet, contexte={"lien": lien})])


def oublier_inscriptions(identifiants: Iterable[uuid.UUID]) -> None:
    """Erase what still waits for sign-ups that are gone."""
    oublier(*map(_objet, identifiants))


def confier_depart(destinataire: str, demandes: list[dict[str, str]]) -> None:
    """Entrust the mail that confirms a closed account. The account is gone: the row holds what the mail says."""
    confier([preparer(DEPART.nom, destinataire, cle=f"depart:{uuid.uuid4()}", contexte={"demandes": demandes})])


def _objet(identifiant: uuid.UUID) -> str:
    return f"inscription:{identifiant}"


def _inscription(envoi: Envoi) -> dict[str, Any]:
    inscription = Inscription.objects.filter(pk=envoi.objet_id).first()
    if inscription is None or inscription.perimee:
        raise SansObjet
    return {"inscription": inscription, "lien": envoi.contexte["lien"]}


def _depart(envoi: Envoi) -> dict[str, Any]:
    return dict(envoi.contexte)


INSCRIPTION, COMPTE_EXISTANT, DEPART = (
    declarer(
        Genre(
            nom=f"comptes.{nom}",
            gabarit=f"comptes/courriels/{nom}_usager",
            rediger=rediger,
            contexte=contexte,
            priorite=Priorite.ATTENDUE,
            garde=timedelta(0),
        )
    )
    for nom, contexte in (("inscription", _inscription), ("compte_existant", _inscription), ("depart", _depart))
)
