"""A draft kept without account: a code opens it again for thirty days.

The code is derived from the draft and this site's secret, like tracking codes: never stored in clear, except while
a mail that carries it waits to leave. One code is enough to find the draft: it has twelve letters, wrong ones are
counted, and a draft is only what somebody had begun to write.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import date

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from guichet.demandes.brouillons import GARDE_AVEC_CODE
from guichet.demandes.models import Brouillon
from guichet.demandes.references import ALPHABET, normaliser_code
from guichet.portail.models import CodeReprise
from guichet.portail.tentatives import PAR_EXPEDITEUR, cle, essai
from socle.envois.services import confier, preparer
from socle.securite.adresse import adresse_de
from socle.securite.cles import cles

DUREE = GARDE_AVEC_CODE
LONGUEUR = 12
MAILS = 3  # of one draft: the page must not become a way to flood somebody


class TropDeMails(Exception):
    """The code of this draft was mailed often enough."""


def code_de(brouillon: Brouillon) -> str:
    """Code of a draft: derived from its identifier and the site's secret, kept nowhere; LONGUEUR letters in groups of
    four. One that was given under the former secret stays, for as long as that one is good.
    """
    gardee = CodeReprise.objects.filter(brouillon=brouillon).values_list("empreinte", flat=True).first()
    for secret in cles():
        code = _code(brouillon, secret)
        if gardee == _empreinte(code, secret):
            return code
    return _code(brouillon, settings.SECRET_KEY)


def _code(brouillon: Brouillon, secret: str) -> str:
    cle = hmac.new(secret.encode(), b"code de reprise " + brouillon.pk.bytes, hashlib.sha256).digest()
    reste, lettres = int.from_bytes(cle, "big"), ""
    for _ in range(LONGUEUR):
        reste, rang = divmod(reste, len(ALPHABET))
        lettres += ALPHABET[rang]
    return "-".join(lettres[i : i + 4] for i in range(0, LONGUEUR, 4))


def _empreinte(code: str, secret: str) -> str:
    brut = f"reprise {normaliser_code(code)}".encode()
    return hmac.new(secret.encode(), brut, hashlib.sha256).hexdigest()


def garder(brouillon: Brouillon) -> CodeReprise:
    """Let a code open this draft from now on."""
    brouillon.save(update_fields=["modifie_le"])  # its thirty days begin now
    empreinte = _empreinte(code_de(brouillon), settings.SECRET_KEY)
    reprise = CodeReprise.objects.get_or_create(brouillon=brouillon, defaults={"empreinte": empreinte})[0]
    if all(reprise.empreinte != _empreinte(_code(brouillon, secret), secret) for secret in cles()):
        # Given under a key that is no longer good: nothing opens by that code, this one will.
        reprise.empreinte = empreinte
        reprise.save(update_fields=["empreinte"])
    return reprise


def jusqu_au(brouillon: Brouillon) -> date:
    """Last day on which the code opens the draft; each change puts it off."""
    return timezone.localdate(brouillon.modifie_le + DUREE)


def ouvrir_par_code(request: HttpRequest, code: str) -> Brouillon | None:
    """The draft of this code, if any. One that now belongs to an account is opened by signing in only.

    Raises TropDeTentatives.
    """
    with essai({cle("reprise", adresse_de(request)): PAR_EXPEDITEUR}) as reussi:
        brouillon = _verifier(code)
        if brouillon is not None:
            reussi()
    return brouillon


def _verifier(code: str) -> Brouillon | None:
    trouve = (
        CodeReprise.objects.filter(
            empreinte__in=[_empreinte(code, secret) for secret in cles()],
            brouillon__usager=None,
            brouillon__demarche__publiee=True,
            brouillon__modifie_le__gt=timezone.now() - DUREE,
        )
        .select_related("brouillon")
        .first()
    )
    return trouve.brouillon if trouve else None


def envoyer_code(reprise: CodeReprise, courriel: str) -> None:
    """Entrust a mail with the code. Raises TropDeMails for this draft, PlafondAtteint for this address."""
    with transaction.atomic():
        fraiche = CodeReprise.objects.select_for_update().get(pk=reprise.pk)
        if fraiche.mails >= MAILS:
            raise TropDeMails
        fraiche.mails += 1
        fraiche.save(update_fields=["mails"])
        identifiant, code = reprise.brouillon_id, code_de(reprise.brouillon)
        cle, objet = f"reprise:{identifiant}:{fraiche.mails}", f"brouillon:{identifiant}"
        envoi = preparer("portail.reprise", courriel, cle=cle, objet=objet, contexte={"code": code})
        confier([envoi], par_inconnu=reprise.brouillon.usager_id is None)
