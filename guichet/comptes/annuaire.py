"""The town's directory (LDAPS), seen with an account that may only add, change and remove residents' entries."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from ldap3 import BASE, MODIFY_REPLACE, SUBTREE, Connection, Server, Tls
from ldap3.core.exceptions import LDAPBindError, LDAPException
from ldap3.utils.conv import escape_filter_chars
from ldap3.utils.dn import escape_rdn

DELAI = 5  # seconds, to connect and for each answer
DEJA_PRIS = {19, 68}  # constraintViolation (the unique overlay), entryAlreadyExists
ABSENT = 32  # noSuchObject


class AnnuaireIndisponible(Exception):
    """The directory does not answer, or refuses what it should accept; the cause is in the log."""


class HorsAnnuaire(Exception):
    """There is no such resident here: an agent's account, or an identity that came from elsewhere."""


class AdresseDejaPrise(Exception):
    """Another entry of the directory has this e-mail address."""


@contextmanager
def _connexion() -> Iterator[Connection]:
    reglages = settings.GUICHET_LDAP
    tls = Tls(
        validate=ssl.CERT_REQUIRED,
        ca_certs_file=os.environ.get("REQUESTS_CA_BUNDLE", "/etc/ssl/certs/ca-certificates.crt"),
    )
    try:
        serveur = Server(reglages["url"], tls=tls, connect_timeout=DELAI, get_info="NO_INFO")
        with _liee(serveur, reglages) as connexion:
            yield connexion
    except LDAPException as erreur:
        raise AnnuaireIndisponible(str(erreur)) from erreur


def _liee(serveur: Server, reglages: dict[str, str]) -> Connection:
    """A connection under this site's account, by the other password where the first is refused: it may be changing."""
    try:
        return _par(serveur, reglages["user"], reglages["password"])
    except LDAPBindError:
        if not reglages.get("autre_password"):
            raise
        return _par(serveur, reglages["user"], reglages["autre_password"])


def _par(serveur: Server, compte: str, mot_de_passe: str) -> Connection:
    return Connection(serveur, compte, mot_de_passe, auto_bind=True, receive_timeout=DELAI, raise_exceptions=False)


def adresse_connue(courriel: str) -> bool:
    """Whether anyone in the directory, resident or agent, has this address. Raises AnnuaireIndisponible."""
    with _connexion() as connexion:
        connexion.search(
            settings.GUICHET_LDAP["base"],
            f"(mail={escape_filter_chars(courriel)})",
            SUBTREE,
            attributes=["uid"],
            size_limit=1,
        )
        if connexion.result["result"] not in {0, 4}:  # 4: sizeLimitExceeded, so there is one
            raise AnnuaireIndisponible(connexion.result["description"])
        return bool(connexion.entries)


def nom_entier(prenom: str, nom: str) -> str:
    """The name as people and pages say it; `prenom` is empty for who has one name only."""
    return f"{prenom} {nom}".strip()


def _dn(uid: str) -> str:
    return f"uid={escape_rdn(uid)},ou=usagers,{settings.GUICHET_LDAP['base']}"


def creer_compte(*, uid: str, prenom: str, nom: str, courriel: str, mot_de_passe: str) -> None:
    """Write a resident's entry. Written again with the same uid, it takes the new password.

    The password goes in clear over TLS: the directory hashes it (Argon2) before it stores it.
    Raises AdresseDejaPrise when somebody else has the address, AnnuaireIndisponible on any other refusal.
    """
    dn = _dn(uid)
    entree = {
        "uid": uid,
        "cn": nom_entier(prenom, nom),
        "sn": nom,
        "mail": courriel,
        "userPassword": mot_de_passe,
        **({"givenName": prenom} if prenom else {}),
    }
    with _connexion() as connexion:
        connexion.search(dn, "(objectClass=inetOrgPerson)", BASE, attributes=["uid"])
        if connexion.result["result"] == 0 and connexion.entries:
            connexion.modify(dn, {"userPassword": [(MODIFY_REPLACE, [mot_de_passe])]})
        elif connexion.result["result"] in {0, ABSENT}:
            connexion.add(dn, ["inetOrgPerson"], entree)
        resultat = connexion.result
        if resultat["result"] in DEJA_PRIS:
            raise AdresseDejaPrise
        if resultat["result"] != 0:
            raise AnnuaireIndisponible(resultat["description"])


def identite(uid: str) -> tuple[str, str]:
    """First name and name of a resident. Raises HorsAnnuaire when there is no such entry, AnnuaireIndisponible."""
    with _connexion() as connexion:
        connexion.search(_dn(uid), "(objectClass=inetOrgPerson)", BASE, attributes=["givenName", "sn"])
        if connexion.result["result"] not in {0, ABSENT}:
            raise AnnuaireIndisponible(connexion.result["description"])
        if not connexion.entries:
            raise HorsAnnuaire
        attributs = connexion.entries[0].entry_attributes_as_dict
        return " ".join(attributs.get("givenName") or []), " ".join(attributs.get("sn") or [])


def renommer(uid: str, *, prenom: str, nom: str) -> None:
    """Change the name of an entry. Raises HorsAnnuaire when there is no such entry, AnnuaireIndisponible."""
    changements = {"givenName": [prenom] if prenom else [], "sn": [nom], "cn": [nom_entier(prenom, nom)]}
    with _connexion() as connexion:
        connexion.modify(_dn(uid), {cle: [(MODIFY_REPLACE, valeurs)] for cle, valeurs in changements.items()})
        if connexion.result["result"] == ABSENT:
            raise HorsAnnuaire
        if connexion.result["result"] != 0:
            raise AnnuaireIndisponible(connexion.result["description"])


def changer_adresse(uid: str, courriel: str) -> None:
    """Change the e-mail address that a resident signs in with, and where a lost password is sent.

    Raises AdresseDejaPrise when somebody else has it, HorsAnnuaire when there is no such entry, AnnuaireIndisponible.
    """
    with _connexion() as connexion:
        connexion.modify(_dn(uid), {"mail": [(MODIFY_REPLACE, [courriel])]})
        resultat = connexion.result
        if resultat["result"] in DEJA_PRIS:
            raise AdresseDejaPrise
        if resultat["result"] == ABSENT:
            raise HorsAnnuaire
        if resultat["result"] != 0:
            raise AnnuaireIndisponible(resultat["description"])


def supprimer_compte(uid: str) -> None:
    """Remove a resident's entry, and nobody else's. Already gone is well too. Raises AnnuaireIndisponible."""
    with _connexion() as connexion:
        connexion.delete(_dn(uid))
        if connexion.result["result"] not in {0, ABSENT}:
            raise AnnuaireIndisponible(connexion.result["description"])
