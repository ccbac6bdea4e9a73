"""Forms of the team: first run, sign-in, accounts."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.password_validation import validate_password

from consultation.ecoute.cadre.forms import Formulaire, ModeleForm
from consultation.ecoute.commune.models import Commune
from consultation.ecoute.equipe.models import Membre, Role
from socle.composants.forms import Radios
from socle.composants.noms import ChampNomDePersonne

AIDE_MOT_DE_PASSE = "12 caractères au moins. Trois mots sans rapport se retiennent bien."


class MotDePasse(forms.CharField):
    """A new password, checked against common ones."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Mot de passe")
        kwargs.setdefault("help_text", AIDE_MOT_DE_PASSE)
        widget = forms.PasswordInput({"autocomplete": "new-password"})
        super().__init__(max_length=200, strip=False, widget=widget, **kwargs)

    def validate(self, value: Any) -> None:
        """Refuse weak ones in words."""
        super().validate(value)
        validate_password(str(value))


class PremierCompteForm(Formulaire):
    """First step of the first run."""

    code = forms.CharField(
        label="Code affiché dans la fenêtre où vous avez lancé le programme", max_length=40,
        help_text="Il prouve que c'est bien vous qui installez.",
    )  # fmt: skip
    nom = ChampNomDePersonne(label="Votre nom", max_length=120, widget=forms.TextInput({"autocomplete": "name"}))
    courriel = forms.EmailField(label="Votre adresse e-mail", widget=forms.EmailInput({"autocomplete": "email"}))
    mot_de_passe = MotDePasse()


class CommuneForm(ModeleForm):
    """The town, as residents read it."""

    class Meta:
        model = Commune
        fields = ("nom", "adresse", "telephone", "courriel", "horaires", "dpo_nom", "dpo_courriel")
        help_texts: ClassVar[dict[str, str]] = {
            "telephone": "Pour les personnes qui préfèrent appeler.",
            "courriel": "Les réponses aux invitations y arrivent.",
            "dpo_nom": "Il approuve la fiche de chaque dossier avant son ouverture.",
        }


class ConnexionForm(Formulaire):
    """Sign-in."""

    courriel = forms.EmailField(label="Adresse e-mail", widget=forms.EmailInput({"autocomplete": "username"}))
    mot_de_passe = forms.CharField(
        label="Mot de passe",
        strip=False,
        max_length=200,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )


class CompteForm(Formulaire):
    """A new account; its first password is given by hand, in person."""

    nom = ChampNomDePersonne(label="Nom", max_length=120)
    courriel = forms.EmailField(label="Adresse e-mail")
    role = forms.ChoiceField(label="Rôle", choices=Role.choices, initial=Role.EQUIPE, widget=Radios)
    mot_de_passe = MotDePasse(
        label="Premier mot de passe",
        help_text=f"{AIDE_MOT_DE_PASSE} Donnez-le de vive voix ; la personne le change ensuite.",
    )

    def clean_courriel(self) -> str:
        """Refuse an address that has an account."""
        courriel = str(self.cleaned_data["courriel"]).lower()
        if Membre.objects.filter(courriel=courriel, identite=None).exists():
            raise forms.ValidationError("Un compte existe déjà avec cette adresse.")
        return courriel


class RoleForm(ModeleForm):
    """Change of role, closing of an account."""

    class Meta:
        model = Membre
        fields = ("nom", "role", "is_active")
        widgets: ClassVar[dict[str, Any]] = {"role": Radios}


class AccesForm(ModeleForm):
    """Closing of an account whose name and role the town's directory decides."""

    class Meta:
        model = Membre
        fields = ("is_active",)
        help_texts: ClassVar[dict[str, str]] = {
            "is_active": "Décochez pour fermer l'accès tout de suite, sans attendre l'annuaire.",
        }


class DelegueForm(ModeleForm):
    """What the platform's description does not say of the town."""

    class Meta:
        model = Commune
        fields = ("dpo_nom",)
        help_texts: ClassVar[dict[str, str]] = {
            "dpo_nom": "Il approuve la fiche de chaque dossier avant son ouverture."
        }


class ChangerMotDePasseForm(Formulaire):
    """One's own password."""

    actuel = forms.CharField(
        label="Mot de passe actuel",
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    nouveau = MotDePasse(label="Nouveau mot de passe")

    def __init__(self, *args: Any, membre: Membre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.membre = membre

    def clean_actuel(self) -> str:
        """The current one must be known."""
        actuel = str(self.cleaned_data["actuel"])
        if not self.membre.check_password(actuel):
            raise forms.ValidationError("Ce n'est pas votre mot de passe actuel.")
        return actuel
