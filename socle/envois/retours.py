"""Mails that come back: the address that brings each to its message, and what a notice of non-delivery says.

Each mail leaves under an envelope address of its own (VERP), ``retours+<site>-<token>@<domain>``. The token holds the
message's identifier and a signature: who was not given it cannot make one. Pure: no database, no clock.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import uuid
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message

SIGNATURE = 10  # bytes: with the identifier, 42 letters, which an address has room for (64 before the @, RFC 5321)
JETON = re.compile(r"[a-z2-7]{42}")
STATUT = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")


class JetonFaux(Exception):
    """The token was not made by us."""


class AvisIllisible(Exception):
    """Nothing in this mail says in a known way what became of ours."""


@dataclass(frozen=True)
class Avis:
    """What a server says of a message: its code (RFC 3463), and whether it will not try again."""

    statut: str
    definitif: bool

    @property
    def raison(self) -> str:
        """Why, in French, to go after « n'a pas pu être remis : »."""
        _, sujet, detail = self.statut.split(".")
        return RAISONS.get(f"{sujet}.{detail}") or RAISONS_PAR_SUJET.get(sujet) or AUTRE_RAISON


AUTRE_RAISON = "le serveur de messagerie du destinataire l'a refusé"
RAISONS = {
    "1.0": "l'adresse n'est pas bonne",
    "1.1": "l'adresse n'existe pas",
    "1.2": "la fin de l'adresse, après @, n'existe pas",
    "1.3": "l'adresse est mal écrite",
    "1.6": "la boîte a changé d'adresse",
    "1.10": "la fin de l'adresse, après @, ne reçoit pas d'e-mails",
    "2.1": "la boîte est fermée",
    "2.2": "la boîte est pleine",
    "2.3": "l'e-mail est trop gros pour cette boîte",
    "3.4": "l'e-mail est trop gros pour cette boîte",
    "4.4": "la fin de l'adresse, après @, n'existe pas ou ne reçoit pas d'e-mails",
}
RAISONS_PAR_SUJET = {
    "1": "l'adresse n'est pas bonne",
    "2": "la boîte ne reçoit plus d'e-mails",
    "4": "le serveur de messagerie du destinataire n'a pas répondu pendant plusieurs jours",
    "7": "le serveur de messagerie du destinataire l'a refusé par mesure de sécurité",
}


# --- Addresses ------------------------------------------------------------------------------------


def jeton(identifiant: uuid.UUID, *, site: str, cle: str) -> str:
    """The token of a message, in letters that survive a change of case."""
    octets = identifiant.bytes + _signature(identifiant, site, cle)
    return base64.b32encode(octets).decode().rstrip("=").lower()


def identifiant_du(lu: str, *, site: str, cle: str) -> uuid.UUID:
    """The message of a token. Raises JetonFaux."""
    lu = lu.lower()
    if not JETON.fullmatch(lu):
        raise JetonFaux
    try:
        octets = base64.b32decode(lu.upper() + "=" * (-len(lu) % 8))
    except binascii.Error:
        raise JetonFaux from None
    identifiant = uuid.UUID(bytes=octets[:16])
    if not hmac.compare_digest(octets[16:], _signature(identifiant, site, cle)):
        raise JetonFaux
    return identifiant


def adresse(identifiant: uuid.UUID, *, site: str, cle: str, domaine: str) -> str:
    """The envelope address under which a message leaves."""
    return f"retours+{site}-{jeton(identifiant, site=site, cle=cle)}@{domaine}"


def _signature(identifiant: uuid.UUID, site: str, cle: str) -> bytes:
    dit = b"retours:" + site.encode() + b":" + identifiant.bytes
    return hmac.new(cle.encode(), dit, hashlib.sha256).digest()[:SIGNATURE]


# --- Notices --------------------------------------------------------------------------------------


def lire(octets: bytes) -> Avis | None:
    """What a returned mail says (RFC 3464); None when it is no notice but somebody's automatic answer, or a receipt.

    Raises AvisIllisible when it is neither.
    """
    courriel = message_from_bytes(octets, policy=policy.compat32)
    for partie in courriel.walk():
        if partie.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            if avis := _avis(partie):
                return avis
            break
    sorte = str(courriel.get_param("report-type", "") or "").lower()
    automatique = str(courriel.get("Auto-Submitted", "")).strip().lower().startswith("auto-replied")
    repondeur = any(courriel.get(entete) for entete in ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress"))
    if sorte == "disposition-notification" or (sorte != "delivery-status" and (automatique or repondeur)):
        return None
    raise AvisIllisible


def _avis(partie: Message) -> Avis | None:
    """The worst that the blocks of a notice say, one a recipient; ours have one."""
    blocs = partie.get_payload()
    lus = [_bloc(bloc) for bloc in blocs if isinstance(bloc, Message)] if isinstance(blocs, list) else []
    trouves = [avis for avis in lus if avis is not None]
    return max(trouves, key=lambda avis: avis.definitif, default=None)


def _bloc(bloc: Message) -> Avis | None:
    action = str(bloc.get("Action", "")).strip().lower()
    if not action:
        return None
    statut = STATUT.search(str(bloc.get("Status", "")))
    diagnostic = STATUT.search(str(bloc.get("Diagnostic-Code", "")))
    # A server that only says x.0.0 often says more in its own words.
    if diagnostic and (statut is None or statut[2] == "0"):
        statut = diagnostic
    return Avis(statut[0] if statut else "5.0.0", definitif=action == "failed")
