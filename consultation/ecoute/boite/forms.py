"""Forms of the mailbox."""

from __future__ import annotations

from typing import Any

from django import forms

from consultation.ecoute.boite.models import Courriel
from consultation.ecoute.cadre.forms import Formulaire

AJOUTER, LAISSER = "ajouter", "laisser"


class DeposerForm(Formulaire):
    """A file saved by one's mail software."""

    fichier = forms.FileField(
        label="Fichier .eml ou .mbox", help_text="Un message enregistré, ou tout un dossier exporté. 20 Mo au plus.",
        widget=forms.ClearableFileInput({"accept": ".eml,.mbox,message/rfc822,application/mbox"}),
    )  # fmt: skip

    def clean_fichier(self) -> Any:
        """Not too heavy for a page."""
        fichier = self.cleaned_data["fichier"]
        if fichier.size > 20_000_000:
            raise forms.ValidationError("Ce fichier dépasse 20 Mo : exportez moins de messages à la fois.")
        return fichier


class RelireForm(Formulaire):
    """What somebody does with one mail."""

    texte = forms.CharField(
        label="Ce que la personne dit", widget=forms.Textarea({"rows": 10}), max_length=10_000, required=False,
        help_text="Corrigez ce que la lecture a mal coupé. Les noms seront cachés plus tard, avant la lecture.",
    )  # fmt: skip
    tenir_au_courant = forms.BooleanField(
        label="La personne demande à savoir ce que nous en ferons : garder son adresse", required=False
    )
    motif = forms.CharField(
        label="Si vous le laissez de côté, dites pourquoi", max_length=200, required=False,
        help_text="Par exemple : publicité ; question sur une demande ; hors sujet.",
    )  # fmt: skip

    def __init__(self, *args: Any, courriel: Courriel, **kwargs: Any) -> None:
        kwargs["initial"] = {"texte": courriel.texte, "motif": courriel.motif}
        super().__init__(*args, **kwargs)
        if not courriel.expediteur:
            del self.fields["tenir_au_courant"]
