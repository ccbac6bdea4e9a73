"""What the team's pages of the follow-ups share."""

from __future__ import annotations

from django.forms import Form
from django.forms.models import BaseModelForm
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.suites.models import Action
from consultation.ecoute.suites.services import SuiteRefusee

formulaire_web = require_http_methods(["GET", "HEAD", "POST"])


def retour(dossier: Dossier) -> tuple[str, str]:
    """Back to the thread."""
    return "Suites", reverse("suites:suites", args=[dossier.slug])


def retour_action(action: Action) -> tuple[str, str]:
    """Back to one action."""
    return action.titre, reverse("suites:action", args=[action.proposition.dossier.slug, action.pk])


def dire(form: Form | BaseModelForm, refus: SuiteRefusee) -> None:  # type: ignore[type-arg]
    """Put a refusal beside the field it is about, if the page has it."""
    form.add_error(refus.champ if refus.champ in form.fields else None, str(refus))
