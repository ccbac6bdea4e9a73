"""Forms of contributions."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone

from consultation.ecoute.cadre.forms import Formulaire
from consultation.ecoute.contributions.models import Canal
from consultation.ecoute.contributions.services import Saisie
from consultation.ecoute.dossiers.models import Dossier
from socle.composants.forms import Radios

SANS_REPONSE = "Je préfère ne pas répondre"
TEXTE_MAX = 5_000


class AvisForm(Formulaire):
    """The dossier's question, then what helps to see who was not heard; everything but the text is free."""

    texte = forms.CharField(
        widget=forms.Textarea({"rows": 7}),
        max_length=TEXTE_MAX,
        error_messages={
            "required": "Écrivez votre avis, même en quelques mots.",
            "max_length": "Votre texte dépasse 5 000 caractères : raccourcissez-le.",
        },
    )

    def __init__(self, *args: Any, dossier: Dossier, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["texte"].label = dossier.question or "Votre avis"
        self.criteres = list(dossier.criteres.prefetch_related("modalites"))
        for critere in self.criteres:
            self.fields[f"critere_{critere.pk}"] = forms.ChoiceField(
                label=critere.question,
                required=False,
                choices=[("", SANS_REPONSE), *((m.nom, m.nom) for m in critere.modalites.all())],
            )

    @property
    def profil(self) -> dict[str, str]:
        """Criteria answered."""
        lus = {c.nom: self.cleaned_data.get(f"critere_{c.pk}", "") for c in self.criteres}
        return {nom: valeur for nom, valeur in lus.items() if valeur}

    @property
    def champs_profil(self) -> list[forms.BoundField]:
        """Fields of the profile."""
        return [self[f"critere_{critere.pk}"] for critere in self.criteres]


class AvisPublicForm(AvisForm):
    """From the public page; `site` is a trap for robots, hidden from people."""

    courriel = forms.EmailField(
        label="Votre adresse e-mail", required=False, widget=forms.EmailInput({"autocomplete": "email"}),
        help_text="Seulement si vous voulez savoir ce que nous en ferons. Elle est gardée à part et ne sera pas "
        "publiée.",
    )  # fmt: skip
    site = forms.CharField(label="Ne remplissez pas cette case", required=False, max_length=200,
                           widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}))  # fmt: skip

    def saisie(self) -> Saisie:
        """As the service takes it."""
        return Saisie(self.cleaned_data["texte"], Canal.WEB, self.profil, courriel=self.cleaned_data["courriel"])


class SaisieForm(AvisForm):
    """Two minutes, for somebody of the team."""

    canal = forms.ChoiceField(
        label="Comment cet avis nous est-il parvenu ?", widget=Radios, initial=Canal.PAPIER,
        choices=[(c.value, c.label) for c in Canal if c not in (Canal.WEB, Canal.ATELIER, Canal.SATISFACTION)],
    )  # fmt: skip
    recue = forms.DateField(label="Reçu le")
    bulletin = forms.CharField(label="Numéro du bulletin", max_length=20, required=False)
    nom = forms.CharField(label="Nom", max_length=120, required=False)
    courriel = forms.EmailField(label="Adresse e-mail", required=False)
    telephone = forms.CharField(label="Téléphone", max_length=30, required=False)

    field_order = ("canal", "texte")

    def __init__(self, *args: Any, dossier: Dossier, suite: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, dossier=dossier, **kwargs)
        if suite and not self.is_bound:  # one was just entered: the keyboard is where the next one is typed
            self.fields["texte"].widget.attrs["autofocus"] = True
        self.fields["texte"].label = "Ce que la personne dit, dans ses mots"
        self.fields["texte"].help_text = dossier.question
        self.fields["recue"].initial = timezone.localdate()

    def clean_recue(self) -> datetime:
        """Not in the future; noon of that day, or now if it is today."""
        jour = self.cleaned_data["recue"]
        if jour > timezone.localdate():
            raise forms.ValidationError("Cette date est dans le futur.")
        if jour == timezone.localdate():
            return timezone.now()
        return timezone.make_aware(datetime.combine(jour, time(12)))

    def saisie(self) -> Saisie:
        """As the service takes it."""
        lu = self.cleaned_data
        return Saisie(
            lu["texte"], Canal(lu["canal"]), self.profil, lu["recue"], lu["bulletin"], lu["nom"], lu["courriel"],
            lu["telephone"],
        )  # fmt: skip


class EcarterForm(Formulaire):
    """Why a contribution is set aside."""

    motif = forms.CharField(
        label="Pourquoi écarter cet avis ?", max_length=300,
        help_text="Par exemple : publicité ; injure ; hors sujet ; identique à l'avis n° 12.",
    )  # fmt: skip


class ImportForm(Formulaire):
    """A CSV file."""

    fichier = forms.FileField(label="Fichier CSV", widget=forms.ClearableFileInput({"accept": ".csv,text/csv"}))
