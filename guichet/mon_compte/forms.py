"""Forms of sign-up and of the account. Sentences of error say how to mend."""

from __future__ import annotations

import re
from typing import Any
from unicodedata import is_normalized

from django import forms
from django.contrib.auth.password_validation import get_password_validators, validate_password
from django.core.exceptions import ValidationError

from guichet.comptes.models import CanalReponse, Inscription, Usager
from guichet.mon_compte.services import TEXTE_AVIS_NUMERIQUES
from guichet.questions.sortes.contact import champ_telephone
from socle.composants.courriels import ChampCourriel
from socle.composants.forms import Radios, TexteLong
from socle.composants.noms import ChampNomDePersonne

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
COMME_UNE_EMPREINTE = re.compile(r"\{[^{}]*\}")
"""How a directory writes a password that is hashed already (RFC 2307): it refuses one that comes so. The identity
provider has the same rule (roles/idp/files/perl/GruPasswords.pm)."""
# Django's own sentences describe the fault; these say what to do (UX 28).
PHRASES = {
    "password_too_similar": "Choisissez un mot de passe qui ne ressemble ni à votre nom ni à votre e-mail.",
    "password_too_short": f"Choisissez un mot de passe d'au moins {LONGUEUR_MIN} caractères.",
    "password_too_common": "Choisissez un autre mot de passe : celui-ci est trop connu.",
    "password_entirely_numeric": "Ajoutez au moins une lettre à votre mot de passe.",
}


class FormulaireNom(forms.Form):
    """First name and name; some people have one name only, whatever papers call it."""

    prenom = ChampNomDePersonne(
        label="Prénom",
        help_text="Si vous n'avez qu'un nom, laissez cette case vide.",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
        error_messages={"max_length": "Écrivez un prénom plus court."},
    )
    nom = ChampNomDePersonne(
        label="Nom",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
        error_messages={"required": "Indiquez votre nom.", "max_length": "Écrivez un nom plus court."},
    )


class FormulaireInscription(FormulaireNom):
    """Sign-up: name and e-mail address."""

    courriel = ChampCourriel(
        label="Adresse e-mail",
        help_text="Nous vous enverrons un lien pour choisir votre mot de passe. Par exemple : nom@exemple.fr.",
    )


class FormulaireAdresse(forms.Form):
    """The new e-mail address of an account."""

    courriel = ChampCourriel(
        label="Nouvelle adresse e-mail",
        help_text="Nous y enverrons un lien. Votre adresse change quand vous l'ouvrez.",
        error_messages={"required": "Indiquez votre nouvelle adresse e-mail."},
    )

    def __init__(self, *args: Any, usager: Usager, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.usager = usager

    def clean_courriel(self) -> str:
        """Raises ValidationError for the address that the account has already."""
        courriel: str = self.cleaned_data["courriel"]
        if courriel.lower() == self.usager.courriel.lower():
            raise ValidationError("C'est déjà l'adresse de votre compte.")
        return courriel


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
        """Raises ValidationError with one sentence a rule of passwords that is not met."""
        mot_de_passe: str = self.cleaned_data["mot_de_passe"]
        if COMME_UNE_EMPREINTE.match(mot_de_passe):
            raise ValidationError("Choisissez un mot de passe qui ne commence pas par un mot entre accolades.")
        if not is_normalized("NFC", mot_de_passe):  # a keyboard would give other bytes than these, and open nothing
            raise ValidationError(
                "Tapez ce mot de passe au lieu de le coller : ses accents sont écrits d'une façon que les claviers ne "
                "donnent pas."
            )
        try:
            validate_password(mot_de_passe, user=self.inscription, password_validators=VALIDATEURS)  # type: ignore[arg-type]
        except ValidationError as erreur:
            codes = [faute.code for faute in erreur.error_list]
            raise ValidationError(
                [PHRASES.get(code or "", "Choisissez un autre mot de passe.") for code in codes]
            ) from None
        return mot_de_passe

    def clean(self) -> dict[str, Any]:
        """Both passwords must be the same."""
        donnees: dict[str, Any] = super().clean() or {}
        premier, second = donnees.get("mot_de_passe"), donnees.get("confirmation")
        if premier and second and premier != second:
            self.add_error("confirmation", "Écrivez deux fois le même mot de passe.")
        return donnees


class FormulaireCoordonnees(forms.Form):
    """Telephone and postal address, both optional."""

    telephone = champ_telephone(label="Numéro de téléphone", aide="Par exemple : 06 12 34 56 78.", requis=False)
    adresse = TexteLong(
        label="Adresse postale",
        help_text="Sur plusieurs lignes, comme sur une enveloppe.",
        required=False,
        max_length=300,
        rows=3,
        attrs={"autocomplete": "street-address"},
    )


class FormulairePreferences(forms.Form):
    """An answer by post or by telephone needs the address or the number."""

    canal_reponse = forms.ChoiceField(
        label="Comment voulez-vous recevoir les réponses de la mairie ?",
        choices=CanalReponse.choices,
        widget=Radios,
        error_messages={
            "required": "Choisissez comment recevoir les réponses.",
            "invalid_choice": "Choisissez une réponse dans la liste.",
        },
    )
    avis_numeriques = forms.BooleanField(label=TEXTE_AVIS_NUMERIQUES, required=False)

    def __init__(self, *args: Any, usager: Usager, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.usager = usager
        avis: Any = self.fields["avis_numeriques"]  # template_name: unknown to the stubs
        avis.template_name = "mon_compte/champs/accord.html"

    def clean_canal_reponse(self) -> str:
        """The channel. Raises ValidationError when the account lacks what that channel needs."""
        canal: str = self.cleaned_data["canal_reponse"]
        if canal == CanalReponse.COURRIER and not self.usager.adresse:
            raise ValidationError("Pour recevoir du courrier, ajoutez d'abord votre adresse à vos coordonnées.")
        if canal == CanalReponse.TELEPHONE and not self.usager.telephone:
            raise ValidationError("Pour être appelé, ajoutez d'abord votre numéro à vos coordonnées.")
        if canal == CanalReponse.COURRIEL and not self.usager.courriel:
            raise ValidationError("Votre compte n'a pas d'adresse e-mail. Choisissez une autre façon.")
        return canal


class FormulaireSuppression(forms.Form):
    """The end of the account, confirmed by a word typed."""

    MOT = "supprimer"

    confirmation = forms.CharField(
        label="Pour confirmer, écrivez le mot : supprimer",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={
            "required": "Écrivez le mot « supprimer » pour confirmer.",
            "max_length": "Écrivez le mot « supprimer » pour confirmer.",
        },
    )

    def clean_confirmation(self) -> str:
        """Raises ValidationError for any other word; quotes, dots and capitals do not count."""
        mot: str = self.cleaned_data["confirmation"]
        if mot.strip(" «»\"'.").lower() != self.MOT:
            raise ValidationError("Écrivez le mot « supprimer » pour confirmer.")
        return mot
