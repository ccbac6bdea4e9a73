"""What participants are written, by mail with the event of their calendar, or by SMS for who has no e-mail."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from consultation.ecoute.ateliers import agenda
from consultation.ecoute.ateliers.models import Participant
from consultation.ecoute.cadre.courriels import rediger, rediger_sms
from socle.envois import sms
from socle.envois.genres import Genre, Joint, SansObjet, declarer
from socle.envois.models import Envoi
from socle.envois.services import confier, preparer

MESSAGES = (
    "demande",
    "invitation",
    "inscrit",
    "attente",
    "place_liberee",
    "changement",
    "annulation",
    "rappel",
    "desiste",
)


def lien(participant: Participant) -> str:
    """The person's own page."""
    return f"{settings.URL_PUBLIQUE}{reverse('public:ma_place', args=[participant.jeton])}"


def objet(participant: Participant) -> str:
    """What their messages are about in the outbox."""
    return f"participant:{participant.pk}"


def joignable(participant: Participant) -> bool:
    """Whether something can be sent to them, by mail or SMS; a letter or a call otherwise."""
    return bool(participant.courriel) or sms.possible(participant.telephone)


def ecrire(
    message: str,
    participant: Participant,
    avec_agenda: bool = True,
    retire: bool = False,
    par_inconnu: bool = False,
) -> None:
    """Write to them, in the transaction of what it tells; `retire` takes the event out of their calendar.

    `par_inconnu`: because of what was done on a public page; raises then PlafondAtteint.
    """
    if not joignable(participant):
        if message in Participant.Appel.values:  # nothing reaches them: somebody of the team has to call
            participant.appel = message
            participant.save(update_fields=["appel"])
        return
    par_courriel = bool(participant.courriel)
    sequence = agenda.rang(participant.atelier, participant)
    confier(
        [
            preparer(
                f"ateliers.{message}" if par_courriel else f"ateliers.sms.{message}",
                participant.courriel if par_courriel else participant.telephone,
                cle=f"ateliers.{message}:{participant.pk}:{uuid.uuid4().hex}",
                objet=objet(participant),
                contexte={"agenda": avec_agenda, "retire": retire, "sequence": sequence},
            )
        ],
        par_inconnu=par_inconnu,
    )


def _participant(envoi: Envoi) -> Participant:
    pk = envoi.objet_id
    participant = Participant.objects.select_related("atelier__dossier").filter(pk=pk).first()
    if participant is None:
        raise SansObjet
    return participant


def _contexte(envoi: Envoi) -> dict[str, Any]:
    participant = _participant(envoi)
    return {"participant": participant, "atelier": participant.atelier, "lien": lien(participant)}


def _agenda(envoi: Envoi, _contexte: Mapping[str, Any]) -> Sequence[Joint]:
    if not envoi.contexte["agenda"]:
        return ()
    participant, contexte = _participant(envoi), envoi.contexte
    return (Joint(*agenda.joint(participant.atelier, participant, contexte["retire"], contexte["sequence"])),)


def _suivre(envoi: Envoi, parti: bool) -> None:
    """The list of the team shows whom nothing has reached yet, and who may be called."""
    gens = Participant.objects.filter(pk=envoi.objet_id)
    if parti:
        gens.exclude(echec_le=None).update(echec_le=None)
    else:
        gens.update(echec_le=timezone.now())


_commun = partial(Genre, contexte=_contexte)
for _message in MESSAGES:
    declarer(
        _commun(
            nom=f"ateliers.{_message}",
            gabarit=f"ateliers/courriels/{_message}",
            rediger=rediger,
            joints=_agenda,
            suivi=_suivre,
        )
    )
    declarer(
        _commun(nom=f"ateliers.sms.{_message}", gabarit=f"ateliers/sms/{_message}", rediger=rediger_sms, canal="sms")
    )
