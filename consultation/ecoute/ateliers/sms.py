"""The short words of a workshop's mails, for who has a mobile phone and no e-mail."""

from __future__ import annotations

import logging
from functools import partial

from django.db import transaction

from consultation.ecoute.ateliers.models import Participant
from consultation.ecoute.cadre import sms

journal = logging.getLogger(__name__)


def joignable(participant: Participant) -> bool:
    """Whether something can be sent to them, by mail or SMS; a letter or a call otherwise."""
    return bool(participant.courriel) or sms.possible(participant.telephone)


def ecrire(gabarit: str, participant: Participant, lien: str) -> None:
    """Send the message once what it tells is kept; nothing where there is no gateway or no mobile number."""
    contexte: dict[str, object] = {"participant": participant, "atelier": participant.atelier}
    transaction.on_commit(partial(_partir, f"ateliers/sms/{gabarit}", contexte, participant.telephone, lien))


def _partir(gabarit: str, contexte: dict[str, object], telephone: str, lien: str) -> None:
    try:
        sms.envoyer(gabarit, contexte, telephone, lien)
    except OSError:  # the gateway is down: what was recorded stays, the list shows who to call
        journal.warning("un SMS n'est pas parti", exc_info=True)
