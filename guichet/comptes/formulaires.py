"""Forms of sign-up. Sentences of error say how to mend."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import get_password_validators, validate_password
from django.core.exceptions import ValidationError

from .models import Inscription

LONGUEUR_MIN = 12
VALIDATEURS = get_password_validators(
    [
        {
            "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
            "OPTIONS": {"user_attributes": ("prenom", "nom", "courriel")},
        },
        {
            "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
            "OPTIONS": {"min_length": LONGUEUR_MIN},
        },
        {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
        {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    ]
)
# Django's own sentences describe the fault; these say what to do (UX 28).
PHRASES = {
    "password_too_similar": "Choisissez un mot de passe qui ne ressemble ni à votre nom ni à votre e-mail.",
    "password_too_short": f"Choisissez un mot de passe d'au moins {LONGUEUR_MIN} caractères.",
    "password_too_common": "Choisissez un autre mot de passe : celui-ci est trop connu.",
    "password_entirely_numeric": "Ajoutez au moins une lettre à votre mot de passe.",
}


class FormulaireInscription(forms.Form):
    prenom = forms.CharField(
        label="Prénom",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
        error_messages={"required": "Indiquez votre prénom.", "max_length": "Écrivez un prénom plus court."},
    )
    nom = forms.CharField(
        label="Nom",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
        error_messages={"required": "Indiquez votre nom.", "max_length": "Écrivez un nom plus court."},
    )
    courriel = forms.EmailField(
        label="Adresse e-mail",
        help_text="Nous vous enverrons un lien pour choisir votre mot de passe. Par exemple : nom@exemple.fr.",
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": "Indiquez votre adresse e-mail.",
            "invalid": "Écrivez une adresse e-mail complète, comme nom@exemple.fr.",
            "max_length": "Écrivez une adresse e-mail plus courte.",
        },
    )


class FormulaireMotDePasse(forms.Form):
    """Typed twice: without JavaScript a password cannot be shown, and a slip would shut the person out."""

    mot_de_passe = forms.CharField(
        label="Votre mot de passe",
        help_text=(
            f"Au moins {LONGUEUR_MIN} caractères. Une suite de quatre mots sans rapport est facile à retenir "
            "et difficile à deviner. Les espaces sont permis."
        ),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={
            "required": "Choisissez un mot de passe.",
            "max_length": "Choisissez un mot de passe plus court.",
        },
    )
    confirmation = forms.CharField(
        label="Le même mot de passe, encore une fois",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={
            "required": "Écrivez le mot de passe une seconde fois.",
            "max_length": "Choisissez un mot de passe plus court.",
        },
    )

    def __init__(self, *args: Any, inscription: Inscription, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.inscription = inscription

    def clean_mot_de_passe(self) -> str:
        mot_de_passe: str = self.cleaned_data["mot_de_passe"]
        try:
            validate_password(mot_de_passe, user=self.inscription, password_validators=VALIDATEURS)  # type: ignore[arg-type]
        except ValidationError as erreur:
            codes = [faute.code for faute in erreur.error_list]
            raise ValidationError(
                [PHRASES.get(code or "", "Choisissez un autre mot de passe.") for code in codes]
            ) from None
        return mot_de_passe

    def clean(self) -> dict[str, Any]:
        donnees: dict[str, Any] = super().clean() or {}
        premier, second = donnees.get("mot_de_passe"), donnees.get("confirmation")
        if premier and second and premier != second:
            self.add_error("confirmation", "Écrivez deux fois le même mot de passe.")
        return donnees
