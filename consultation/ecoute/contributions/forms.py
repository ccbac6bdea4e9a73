"""Forms of contributions."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from pathlib import Path
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone

from consultation.ecoute.cadre.forms import Formulaire
from consultation.ecoute.contributions.models import Canal
from consultation.ecoute.contributions.services import Saisie
from consultation.ecoute.dossiers.models import Dossier
from socle.composants.forms import Radios
from socle.composants.noms import ChampNomDePersonne
from socle.composants.telephones import ChampTelephone

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
    publier = forms.BooleanField(
        label="J'accepte que mon texte entier soit publié, sans mon nom, en données ouvertes", required=False,
        help_text="Chacun peut alors le lire et le réutiliser, une entreprise aussi. Sans cette case, votre avis "
        "compte autant, et son texte n'est pas publié.",
    )  # fmt: skip
    site = forms.CharField(label="Ne remplissez pas cette case", required=False, max_length=200,
                           widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}))  # fmt: skip

    envoi = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["envoi"].initial = secrets.token_urlsafe(16)  # of this page: sent again, it is the same opinion

    def saisie(self) -> Saisie:
        """As the service takes it."""
        lu = self.cleaned_data
        return Saisie(lu["texte"], Canal.WEB, self.profil, courriel=lu["courriel"], publier=lu["publier"])


class SaisieForm(AvisForm):
    """Two minutes, for somebody of the team."""

    canal = forms.ChoiceField(
        label="Comment cet avis nous est-il parvenu ?", widget=Radios, initial=Canal.PAPIER,
        choices=[(c.value, c.label) for c in Canal if c not in (Canal.WEB, Canal.ATELIER, Canal.SATISFACTION)],
    )  # fmt: skip
    recue = forms.DateField(label="Reçu le")
    bulletin = forms.CharField(label="Numéro du bulletin", max_length=20, required=False)
    nom = ChampNomDePersonne(label="Nom", max_length=120, required=False)
    courriel = forms.EmailField(label="Adresse e-mail", required=False)
    telephone = ChampTelephone(label="Téléphone", max_length=30, required=False)

    publier = forms.BooleanField(
        label="La personne accepte que son texte entier soit publié, sans son nom, en données ouvertes", required=False,
        help_text="Seulement si elle l'a coché sur le bulletin, ou dit. Sans réponse, c'est non.",
    )  # fmt: skip

    field_order = ("canal", "texte")

    def __init__(self, *args: Any, dossier: Dossier, suite: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, dossier=dossier, **kwargs)
        if suite and not self.is_bound:  # one was just entered: the keyboard is where the next one is typed
            self.fields["texte"].widget.attrs["autofocus"] = True
        self.fields["texte"].label = "Ce que la personne dit, dans ses mots"
        self.fields["texte"].help_text = dossier.question
        self.fields["recue"].initial = timezone.localdate()
        self.dossier = dossier

    def clean_recue(self) -> datetime:
        """Not in the future; noon of that day, or now if it is today."""
        jour = self.cleaned_data["recue"]
        if jour > timezone.localdate():
            raise forms.ValidationError("Cette date est dans le futur.")
        ouverture = self.dossier.ouverture
        if ouverture is not None and jour < timezone.localdate(ouverture):
            raise forms.ValidationError(
                f"La participation a ouvert le {timezone.localdate(ouverture):%d/%m/%Y} : un avis reçu avant ne peut "
                "pas compter."
            )
        if jour == timezone.localdate():
            return timezone.now()
        return timezone.make_aware(datetime.combine(jour, time(12)))

    def saisie(self) -> Saisie:
        """As the service takes it."""
        lu = self.cleaned_data
        return Saisie(
            lu["texte"], Canal(lu["canal"]), self.profil, lu["recue"], lu["bulletin"], lu["nom"], lu["courriel"],
            lu["telephone"], lu["publier"],
        )  # fmt: skip


class EcarterForm(Formulaire):
    """Why a contribution is set aside."""

    motif = forms.CharField(
        label="Pourquoi écarter cet avis ?", max_length=300,
        help_text="Par exemple : publicité ; injure ; hors sujet ; identique à l'avis n° 12.",
    )  # fmt: skip


COLONNES = {
    "texte": "La colonne de ce que les personnes ont dit", "canal": "La colonne du canal",
    "date": "La colonne de la date", "bulletin": "La colonne du numéro de bulletin",
    "publier": "La colonne de l'accord de publier le texte (oui ou vide)",
}  # fmt: skip
GARDE_MAX = 1_500_000  # bytes: a bigger file is chosen again, a page does not carry it


class ImportForm(Formulaire):
    """A spreadsheet; its columns are chosen on the page when their names do not tell, without choosing it again."""

    fichier = forms.FileField(
        label="Fichier CSV ou Excel (.xlsx)", required=False,
        widget=forms.ClearableFileInput({"accept": ".csv,text/csv,.xlsx"}),
    )  # fmt: skip
    canal = forms.ChoiceField(
        label="Si le fichier ne le dit pas, comment ces avis sont-ils arrivés ?", required=False, widget=Radios,
        choices=[(c.value, c.label) for c in Canal if c not in (Canal.ATELIER, Canal.SATISFACTION)],
    )  # fmt: skip
    tout_compter = forms.BooleanField(
        label="Ce sont d'autres personnes : compter toutes les lignes", required=False,
        help_text="À cocher si des lignes semblables à un fichier déjà importé viennent d'autres personnes.",
    )  # fmt: skip
    garde = forms.CharField(required=False, widget=forms.HiddenInput)
    garde_nom = forms.CharField(required=False, widget=forms.HiddenInput, max_length=200)
    octets, nom = b"", ""

    def clean(self) -> dict[str, Any]:
        """A file, just chosen or kept by the page."""
        lu = super().clean() or {}
        if lu.get("fichier"):
            self.octets, self.nom = lu["fichier"].read(), Path(str(lu["fichier"].name)).name
        elif lu.get("garde"):
            try:
                self.octets, self.nom = base64.b64decode(lu["garde"], validate=True), lu["garde_nom"] or "fichier.csv"
            except ValueError:
                self.octets = b""
        if not self.octets and "fichier" not in self.errors:
            self.add_error("fichier", "Choisissez un fichier qui n'est pas vide.")
        return lu

    def demander_les_colonnes(self, colonnes: Sequence[str], devinees: Mapping[str, str]) -> None:
        """Show which column is which, and carry the file along."""
        donnees = QueryDict(mutable=True)
        donnees.update({nom: str(valeur) for nom, valeur in self.data.items()})
        for champ, label in COLONNES.items():
            self.fields[f"colonne_{champ}"] = forms.ChoiceField(
                label=label, required=False, choices=[("", "Aucune"), *((c, c) for c in colonnes)]
            )
            donnees.setdefault(f"colonne_{champ}", devinees.get(champ, ""))
        if len(self.octets) <= GARDE_MAX:
            donnees["garde"], donnees["garde_nom"] = base64.b64encode(self.octets).decode(), self.nom
        self.data = donnees

    @property
    def colonnes(self) -> dict[str, str]:
        """Those that somebody chose."""
        dites = {champ: str(self.data.get(f"colonne_{champ}", "")) for champ in COLONNES}
        return {champ: colonne for champ, colonne in dites.items() if colonne}
