"""The calendar event of a workshop, as mail software expects it (RFC 5545 and 5546).

A mail carries a REQUEST (a higher SEQUENCE updates it) or a CANCEL addressed to one attendee; the file that a person
downloads from their page is a PUBLISH: it asks for no answer.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from icalendar import Alarm, Calendar, Event, vCalAddress

from consultation.ecoute.ateliers.models import Atelier, Participant
from consultation.ecoute.commune.models import Commune

RAPPEL = timedelta(days=-1)


def rang(atelier: Atelier, participant: Participant) -> int:
    """Its SEQUENCE now: each change of the workshop or of the seat is one more."""
    return atelier.sequence + participant.sequence


def joint(atelier: Atelier, participant: Participant, retire: bool, sequence: int) -> tuple[str, str, str]:
    """Name, content and type of the part that goes with a mail; `retire`: this person no longer comes.

    `sequence` is that of the moment it tells: mails that waited together still follow each other.
    """
    methode = "CANCEL" if retire or atelier.etat == Atelier.Etat.ANNULE else "REQUEST"
    return "atelier.ics", _calendrier(methode, atelier, participant, sequence), f"text/calendar; method={methode}"


def fichier(atelier: Atelier, participant: Participant) -> str:
    """The file downloaded from somebody's own page."""
    annule = atelier.etat == Atelier.Etat.ANNULE
    return _calendrier("CANCEL" if annule else "PUBLISH", atelier, participant, rang(atelier, participant))


def _calendrier(methode: str, atelier: Atelier, participant: Participant, sequence: int) -> str:
    agenda = Calendar()
    agenda.add("prodid", "-//gru//consultation//FR")
    agenda.add("version", "2.0")
    agenda.add("calscale", "GREGORIAN")
    agenda.add("method", methode)
    agenda.add_component(_evenement(methode, atelier, participant, sequence))
    return str(agenda.to_ical().decode())


def _evenement(methode: str, atelier: Atelier, participant: Participant, sequence: int) -> Event:
    commune = Commune.actuelle()
    page = f"{settings.URL_PUBLIQUE}{reverse('public:ma_place', args=[participant.jeton])}"
    evenement = Event()
    evenement.add("uid", f"{atelier.uid}@{urlsplit(settings.URL_PUBLIQUE).hostname or 'localhost'}")
    evenement.add("sequence", sequence)
    evenement.add("dtstamp", timezone.now())
    evenement.add("dtstart", atelier.debut)
    evenement.add("dtend", atelier.fin)
    evenement.add("summary", f"{atelier.titre} ({commune.nom})")
    evenement.add("location", f"{atelier.lieu}, {atelier.adresse}")
    evenement.add("description", "\n".join(mot for mot in (atelier.acces, f"Votre page : {page}") if mot))
    evenement.add("url", page)
    evenement.add("status", "CANCELLED" if methode == "CANCEL" else "CONFIRMED")
    evenement.add("organizer", _adresse(commune.courriel or settings.DEFAULT_FROM_EMAIL, commune.nom))
    if methode != "PUBLISH" and participant.courriel:
        invite = _adresse(participant.courriel)  # no name: whoever typed the address may not be its owner
        invite.params["ROLE"] = "REQ-PARTICIPANT"
        invite.params["PARTSTAT"] = "ACCEPTED" if participant.assis else "NEEDS-ACTION"
        invite.params["RSVP"] = "FALSE"  # the answer is given on their page, where seats are counted
        evenement.add("attendee", invite, encode=False)
    if methode != "CANCEL":
        rappel = Alarm()
        rappel.add("action", "DISPLAY")
        rappel.add("description", atelier.titre)
        rappel.add("trigger", RAPPEL)
        evenement.add_component(rappel)
    return evenement


def _adresse(courriel: str, nom: str = "") -> vCalAddress:
    adresse = vCalAddress(f"mailto:{courriel}")
    if nom:
        adresse.params["CN"] = nom.replace('"', "'")
    return adresse
