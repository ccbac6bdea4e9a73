"""Forms of the pages that follow a request or a draft."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from guichet.demandes.models import CanalReponse
from guichet.questions.sortes.fichiers import champ_pieces
from socle.composants.courriels import ChampCourriel
from socle.composants.forms import Radios, TexteLong

_CODE = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}


class TexteOuFichier(TexteLong):
    """Expected, and said so, but a file may stand in for it: the form decides."""

    def validate(self, value: Any) -> None:
        """Accepts an empty text: the form looks at text and files together."""
        del value


class FormulaireMessage(forms.Form):
    """A message of the resident on a request."""

    texte = TexteOuFichier(label="Votre message", max_length=5000)
    pieces = champ_pieces(label="Photo ou document")

    def clean(self) -> dict[str, Any]:
        """A text or a file is needed."""
        donnees: dict[str, Any] = super().clean() or {}
        if not donnees.get("texte") and not donnees.get("pieces") and not self.errors:
            self.add_error("texte", "Écrivez votre message.")
        return donnees


class FormulaireSuivi(forms.Form):
    """What opens a request without account."""

    reference = forms.CharField(
        label="Numéro de la demande",
        help_text="Par exemple : 2026-K7PX-3M9Q.",
        max_length=40,
        widget=forms.TextInput(attrs=_CODE),
        error_messages={
            "required": "Indiquez le numéro de la demande.",
            "max_length": "Indiquez le numéro de la demande, comme 2026-K7PX-3M9Q.",
        },
    )
    code = forms.CharField(
        label="Code de suivi",
        help_text="8 lettres et chiffres, donnés après l'envoi. Par exemple : CH3A-MRAA.",
        max_length=40,
        widget=forms.TextInput(attrs=_CODE),
        error_messages={
            "required": "Indiquez le code de suivi.",
            "max_length": "Indiquez le code de suivi, comme CH3A-MRAA.",
        },
    )


class FormulaireEnvoi(forms.Form):
    """How to be answered, chosen when sending; asked only where there is a choice."""

    canal_reponse = forms.ChoiceField(
        label="Comment voulez-vous recevoir la réponse ?",
        required=False,
        widget=Radios,
        error_messages={"invalid_choice": "Choisissez une réponse dans la liste."},
    )

    def __init__(self, data: Any = None, *, canaux: Sequence[str], prefere: str) -> None:
        super().__init__(data)
        self.defaut = prefere if prefere in canaux else (canaux[0] if canaux else str(CanalReponse.COURRIEL))
        self.a_poser = len(canaux) > 1
        champ: Any = self.fields["canal_reponse"]
        champ.choices = [(canal, _REPONSES[canal]) for canal in canaux]
        champ.initial = self.defaut
        champ.template_name = "portail/champs/canal.html"

    def clean_canal_reponse(self) -> str:
        """The channel chosen, or the only one there is."""
        return str(self.cleaned_data["canal_reponse"] or self.defaut)


_REPONSES = {"courriel": "Par e-mail", "courrier": "Par courrier, à mon adresse", "telephone": "Par téléphone"}


class FormulaireReprise(forms.Form):
    """The code of a draft, to take it up again."""

    code = forms.CharField(
        label="Code de reprise",
        help_text="12 lettres et chiffres, donnés quand vous avez enregistré. Par exemple : CH3A-MRAA-7KPX.",
        max_length=40,
        widget=forms.TextInput(attrs=_CODE),
        error_messages={
            "required": "Indiquez le code de reprise.",
            "max_length": "Indiquez le code de reprise, comme CH3A-MRAA-7KPX.",
        },
    )


class FormulaireEnvoiCode(forms.Form):
    """Where to mail the code of a draft."""

    courriel = ChampCourriel(
        label="Adresse e-mail",
        help_text="Nous y enverrons le code et la date limite. Elle ne servira à rien d'autre.",
        error_messages={"required": "Indiquez l'adresse e-mail où envoyer le code."},
    )


class FormulaireJoindre(forms.Form):
    """Where the answers to a request go, from now on."""

    un_au_moins = ("courriel", "adresse_postale")  # by the choice: neither is said to be optional

    courriel = ChampCourriel(
        label="Adresse e-mail",
        help_text="Il la faut pour recevoir les réponses par e-mail.",
        required=False,
    )
    canal_reponse = forms.ChoiceField(
        label="Comment voulez-vous recevoir les réponses ?",
        choices=[("courriel", "Par e-mail"), ("courrier", "Par courrier, à mon adresse")],
        widget=Radios,
        error_messages={
            "required": "Choisissez comment recevoir les réponses.",
            "invalid_choice": "Choisissez une réponse dans la liste.",
        },
    )
    adresse_postale = TexteLong(
        label="Adresse postale",
        help_text="Sur plusieurs lignes, comme sur une enveloppe. Il la faut pour recevoir les réponses par courrier.",
        required=False,
        max_length=500,
        rows=3,
        attrs={"autocomplete": "street-address"},
    )

    def clean(self) -> dict[str, Any]:
        """The channel chosen needs its address."""
        donnees: dict[str, Any] = super().clean() or {}
        canal = donnees.get("canal_reponse")
        if canal == "courriel" and "courriel" not in self.errors and not donnees.get("courriel"):
            self.add_error("courriel", "Écrivez l'adresse e-mail où recevoir les réponses.")
        if canal == "courrier" and not donnees.get("adresse_postale") and "adresse_postale" not in self.errors:
            self.add_error("adresse_postale", "Écrivez l'adresse postale où recevoir les réponses.")
        return donnees


class FormulaireRetrait(forms.Form):
    """Giving up a request."""

    texte = TexteLong(
        label="Pourquoi retirez-vous votre demande ?",
        help_text="Ce que vous écrivez est lu par le service.",
        required=False,
        max_length=1000,
        rows=3,
    )
