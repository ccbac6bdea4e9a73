"""What these pages share: where they belong, the last act with its undo."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from consultation.ecoute.contributions.models import Contribution
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.lecture.models import Geste

formulaire_web = require_http_methods(["GET", "HEAD", "POST"])
RECENT = timedelta(hours=12)


def retour(dossier: Dossier, nom: str = "lecture", texte: str = "Lecture") -> tuple[str, str]:
    """Back link."""
    return texte, reverse(f"lecture:{nom}", args=[dossier.slug])


def commun(membre: Membre, dossier: Dossier, titre: str) -> dict[str, Any]:
    """Context of every page of the reading."""
    return {"titre": titre, "dossier": dossier, "dernier": dernier(membre, dossier), "page_active": "dossiers",
            "onglet": "lecture"}  # fmt: skip


def dernier(membre: Membre, dossier: Dossier) -> Geste | None:
    """This person's last act of the day, to be undone at once if it was a slip."""
    gestes = Geste.objects.filter(dossier=dossier, par=membre, annule_le=None, le__gte=timezone.now() - RECENT)
    return gestes.first()


def choisis(request: HttpRequest, dossier: Dossier, nom: str = "avis") -> list[Contribution]:
    """Opinions ticked, by number; unknown ones are ignored."""
    numeros = [int(n) for n in request.POST.getlist(nom) if n.isascii() and n.isdigit() and len(n) < 10]
    return list(Contribution.objects.filter(dossier=dossier, numero__in=numeros).select_related("dossier"))
