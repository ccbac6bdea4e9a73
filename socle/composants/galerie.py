"""Every component on one page, as a site would draw it: to look at them, and to check them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.messages import ERROR, INFO, SUCCESS
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from socle.composants.forms import Cases, Radios

MESSAGES = (
    (SUCCESS, "Votre message est envoyé."),
    (INFO, "Le service répond sous deux jours."),
    (ERROR, "Le fichier n'a pas pu être lu."),
)
TONS = ("info", "succes", "attention", "erreur", "neutre")


class Galerie(forms.Form):
    """One field of each kind."""

    use_required_attribute = False

    texte = forms.CharField(
        label="Votre nom", help_text="Par exemple : Camille Durand.", error_messages={"required": "Donnez votre nom."}
    )
    facultatif = forms.CharField(label="Votre téléphone", required=False)
    long = forms.CharField(
        label="Votre message", widget=forms.Textarea, error_messages={"required": "Écrivez un message."}
    )
    liste = forms.ChoiceField(label="Votre quartier", choices=[("nord", "Nord"), ("sud", "Sud")])
    un = forms.ChoiceField(
        label="Comment vous répondre ?",
        choices=[("courriel", "Par e-mail"), ("courrier", "Par courrier")],
        widget=Radios,
        error_messages={"required": "Dites comment vous répondre."},
    )
    plusieurs = forms.MultipleChoiceField(
        label="Ce qui vous intéresse", choices=[("a", "L'école"), ("b", "Les parcs")], widget=Cases, required=False
    )
    accord = forms.BooleanField(
        label="Je veux être tenu au courant",
        help_text="Deux messages par an au plus.",
        error_messages={"required": "Cochez la case pour continuer."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "auto_id": "id-%s", **kwargs})
        self.fields["un"].widget.aides = {"courrier": "Comptez trois jours de plus."}


def galerie(request: HttpRequest) -> HttpResponse:
    """The page: an empty form, then the same one sent empty."""
    contexte = {
        "commune": settings.COMMUNE,
        "form": Galerie({}, prefix="faux"),
        "vide": Galerie(),
        "tons": TONS,
        "page": Paginator(range(30), 10).page(2),
        "chemin": [("Accueil", "/"), ("Démarches", "/demarches/")],
        "messages": [Message(niveau, phrase) for niveau, phrase in MESSAGES],
    }
    return render(request, "composants/galerie.html", contexte)
