"""The mails of accounts: the link of a sign-up, or the news that an account exists; a new address; the end.

The person waits in front of a screen: these go before acknowledgements. Nothing of them is kept once they have left.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from guichet.arriere_plan.redaction import rediger
from guichet.comptes.models import Inscription, Usager
from socle.envois.genres import Genre, Priorite, SansObjet, declarer
from socle.envois.models import Envoi
from socle.envois.services import confier, oublier, preparer


def confier_inscription(inscription: Inscription, lien: str) -> None:
    """Entrust the mail of a sign-up, in the transaction that keeps it; ``lien`` is empty where an account exists.

    Raises PlafondAtteint.
    """
    genre = COMPTE_EXISTANT if inscription.deja_inscrit else INSCRIPTION
    objet = _objet(inscription.pk)
    envoi = preparer(genre.nom, inscription.courriel, cle=objet, objet=objet, contexte={"lien": lien})
    confier([envoi], par_inconnu=True)


def oublier_inscriptions(identifiants: Iterable[uuid.UUID]) -> None:
    """Erase what still waits for sign-ups that are gone."""
    oublier(*map(_objet, identifiants))


def confier_depart(destinataire: str, demandes: list[dict[str, str]]) -> None:
    """Entrust the mail that confirms a closed account. The account is gone: the row holds what the mail says."""
    confier([preparer(DEPART.nom, destinataire, cle=f"depart:{uuid.uuid4()}", contexte={"demandes": demandes})])


def confier_adresse(usager: Usager, nouvelle: str, lien: str) -> None:
    """Entrust the mail that proves a new address; ``lien`` is empty where another account has it.

    Raises PlafondAtteint.
    """
    genre = ADRESSE if lien else COMPTE_EXISTANT_POUR
    contexte = {"lien": lien, "nom": usager.nom}
    confier([preparer(genre.nom, nouvelle, cle=f"adresse:{uuid.uuid4()}", contexte=contexte)], par_inconnu=True)


def confier_adresse_quittee(ancienne: str) -> None:
    """Entrust the mail that tells the former address of the change; not the new one, which is the person's to tell."""
    confier([preparer(ADRESSE_QUITTEE.nom, ancienne, cle=f"adresse-quittee:{uuid.uuid4()}")])


def _objet(identifiant: uuid.UUID) -> str:
    return f"inscription:{identifiant}"


def _inscription(envoi: Envoi) -> dict[str, Any]:
    inscription = Inscription.objects.filter(pk=envoi.objet_id).first()
    if inscription is None or inscription.perimee:
        raise SansObjet
    return {"inscription": inscription, "lien": envoi.contexte["lien"]}


def _tel_quel(envoi: Envoi) -> dict[str, Any]:
    return dict(envoi.contexte)


INSCRIPTION, COMPTE_EXISTANT, DEPART, ADRESSE, COMPTE_EXISTANT_POUR, ADRESSE_QUITTEE = (
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
    for nom, contexte in (
        ("inscription", _inscription),
        ("compte_existant", _inscription),
        ("depart", _tel_quel),
        ("adresse", _tel_quel),
        ("adresse_prise", _tel_quel),
        ("adresse_quittee", _tel_quel),
    )
)
