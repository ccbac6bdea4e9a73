"""Who verified claims say somebody is, and whether they may enter a site of the town's staff.

Accounts are keyed by issuer, source and sub together, never by e-mail: an identity that asserts somebody's
address does not become that person.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

ANNUAIRE = "annuaire"
SUB_MAX = 200
"""Characters of a `sub`, as accounts keep it; FranceConnect's have 66, the standard allows 255 (OIDC Core, 2)."""
COURRIEL_MAX = 254
NOM_MAX = 120
QUALITE_MAX = 120


class AccesRefuse(Exception):
    """The identity is genuine but may not enter this site; the text is for the person."""


@dataclass(frozen=True)
class Identite:
    """What the provider says of somebody. `issuer`, `source` and `sub` make the key; the rest may change."""

    issuer: str
    source: str
    sub: str
    courriel: str
    nom: str
    groupes: tuple[str, ...]
    acr: str
    qualite: str = ""
    """What the person is in the town (attribute `title` of the directory): it goes with their decisions."""

    @property
    def cle(self) -> dict[str, Any]:
        """The three fields that make an account."""
        return {"issuer": self.issuer, "source": self.source, "sub": self.sub}


def identite(claims: dict[str, Any]) -> Identite:
    """Return the identity that verified claims describe. Raises AccesRefuse when the key is not whole, or too long
    to be kept.
    """
    sub, source = str(claims.get("sub") or ""), str(claims.get("auth_source") or "")
    if not sub or not source or len(sub) > SUB_MAX:
        raise AccesRefuse("Votre compte n'est pas complet. Contactez la mairie pour le faire corriger.")
    courriel = str(claims.get("email") or "")
    return Identite(
        issuer=str(claims["iss"]),
        source=source,
        sub=sub,
        courriel=courriel if len(courriel) <= COURRIEL_MAX else "",
        nom=str(claims.get("name") or "")[:NOM_MAX],
        groupes=_groupes(claims.get("groups") or []),
        acr=str(claims.get("acr") or ""),
        qualite=" ".join(str(claims.get("title") or "").split())[:QUALITE_MAX],
    )


def verifier_personnel(qui: Identite, groupes: Collection[str], acr: Collection[str], sans_groupe: str) -> None:
    """Refuse whoever is not of the town's own directory, in one of `groupes`, signed in with a second factor.

    `acr`: values that prove the second factor (empty: none is asked). `sans_groupe`: what to tell who is in no group.
    Raises AccesRefuse, whose text is for the person.
    """
    if qui.source != ANNUAIRE:
        raise AccesRefuse("Ce site est réservé aux agents de la commune, avec leur compte professionnel.")
    if not set(groupes).intersection(qui.groupes):
        raise AccesRefuse(sans_groupe)
    if acr and qui.acr not in acr:
        raise AccesRefuse("Une double authentification est demandée pour ce site. Reconnectez-vous avec votre code.")


def _groupes(dits: Any) -> tuple[str, ...]:
    if isinstance(dits, str):
        dits = dits.replace(";", " ").replace(",", " ").split()
    return tuple(sorted({str(groupe) for groupe in dits}))
