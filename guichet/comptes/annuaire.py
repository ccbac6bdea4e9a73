"""The town's directory (LDAPS), seen with an account that may only add and change residents' entries."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from ldap3 import BASE, MODIFY_REPLACE, SUBTREE, Connection, Server, Tls
from ldap3.core.exceptions import LDAPException
from ldap3.utils.conv import escape_filter_chars
from ldap3.utils.dn import escape_rdn

DELAI = 5  # seconds, to connect and for each answer
DEJA_PRIS = {19, 68}  # constraintViolation (the unique overlay), entryAlreadyExists
ABSENT = 32  # noSuchObject


class AnnuaireIndisponible(Exception):
    """The directory does not answer, or refuses what it should accept; the cause is in the log."""


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
        with Connection(
            serveur,
            reglages["user"],
            reglages["password"],
            auto_bind=True,
            receive_timeout=DELAI,
            raise_exceptions=False,
        ) as connexion:
            yield connexion
    except LDAPException as erreur:
        raise AnnuaireIndisponible(str(erreur)) from erreur


def adresse_connue(courriel: str) -> bool:
    """Whether anyone in the directory, resident or agent, has this address."""
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


def creer_compte(*, uid: str, prenom: str, nom: str, courriel: str, mot_de_passe: str) -> None:
    """Write a resident's entry. Written again with the same uid, it takes the new password.

    The password goes in clear over TLS: the directory hashes it (Argon2) before it stores it.
    """
    dn = f"uid={escape_rdn(uid)},ou=usagers,{settings.GUICHET_LDAP['base']}"
    entree = {
        "uid": uid,
        "cn": f"{prenom} {nom}",
        "sn": nom,
        "givenName": prenom,
        "mail": courriel,
        "userPassword": mot_de_passe,
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
