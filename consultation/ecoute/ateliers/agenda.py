"""The calendar file of a workshop, as mail software expects it."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from icalendar import Alarm, Calendar, Event

from consultation.ecoute.ateliers.models import Atelier
from consultation.ecoute.equipe.models import Commune


def fichier(atelier: Atelier) -> str:
    """iCalendar text: a request, an update (higher SEQUENCE) or a cancellation."""
    annule = atelier.etat == Atelier.Etat.ANNULE
    commune = Commune.actuelle()
    agenda = Calendar()
    agenda.add("prodid", "-//gru//consultation//FR")
    agenda.add("version", "2.0")
    agenda.add("method", "CANCEL" if annule else "REQUEST")
    evenement = Event()
    evenement.add("uid", str(atelier.uid))
    evenement.add("sequence", atelier.sequence)
    evenement.add("dtstamp", timezone.now())
    evenement.add("dtstart", atelier.debut)
    evenement.add("dtend", atelier.fin)
    evenement.add("summary", f"{atelier.titre} ({commune.nom})")
    evenement.add("location", f"{atelier.lieu}, {atelier.adresse}")
    evenement.add("description", atelier.acces)
    evenement.add("status", "CANCELLED" if annule else "CONFIRMED")
    evenement.add("organizer", f"mailto:{commune.courriel or settings.DEFAULT_FROM_EMAIL}")
    if not annule:
        rappel = Alarm()
        rappel.add("action", "DISPLAY")
        rappel.add("description", atelier.titre)
        rappel.add("trigger", timedelta(days=-1))
        evenement.add_component(rappel)
    agenda.add_component(evenement)
    return str(agenda.to_ical().decode())
