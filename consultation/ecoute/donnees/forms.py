"""Forms of the sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from consultation.ecoute.cadre.forms import Formulaire
from consultation.ecoute.donnees.models import (
    BASE_PROPOSEE,
    DEBUTS,
    MOIS_PROPOSES,
    SAUVEGARDES_PROPOSEES,
    Fiche,
    Sort,
    Sorte,
)
from consultation.ecoute.donnees.personne import Choix
from consultation.ecoute.donnees.services import dernier_visa
from socle.composants.forms import Cases
from socle.composants.noms import ChampNomDePersonne

FINALITE = "Entendre les usagers, publier ce qui a été dit sans dire par qui, améliorer le service."
DESTINATAIRES = (
    "L'équipe de l'écoute et l'accueil de la mairie. Aucun prestataire. Avec l'accord de la personne, le texte sans "
    "nom est publié en données ouvertes : chacun peut alors le réutiliser."
)


TEXTES = ("finalite", "base_legale", "destinataires", "sauvegardes", "visa")


class FicheForm(Formulaire):
    """The sheet, filled in beforehand: the team reads and corrects."""

    finalite = forms.CharField(
        label="À quoi servent les données ?", widget=forms.Textarea({"rows": 2}), initial=FINALITE, max_length=1000
    )
    base_legale = forms.CharField(
        label="Sur quelle base légale ?", widget=forms.Textarea({"rows": 3}), initial=BASE_PROPOSEE, max_length=1000
    )
    destinataires = forms.CharField(
        label="Qui les voit ?", widget=forms.Textarea({"rows": 2}), initial=DESTINATAIRES, max_length=1000
    )
    sauvegardes = forms.CharField(
        label="Où sont les copies de sauvegarde, et quand sont-elles détruites ?",
        widget=forms.Textarea({"rows": 3}), initial=SAUVEGARDES_PROPOSEES, max_length=1000,
    )  # fmt: skip
    visa = forms.CharField(
        label="Visa d'élimination des archives", max_length=200, required=False,
        help_text="Rien n'est détruit sans l'accord des archives (Code du patrimoine, article L.212-2). Demandez-le "
        "aux archives de la commune ou du département, et notez ici où il est gardé. Vous pourrez le noter plus tard.",
    )  # fmt: skip

    def __init__(self, *args: Any, fiche: Fiche | None = None, **kwargs: Any) -> None:
        if fiche is not None:
            kwargs["initial"] = {nom: getattr(fiche, nom) for nom in TEXTES}
            kwargs["initial"] |= {f"mois_{d.sorte}": d.mois for d in fiche.durees.all()}
            kwargs["initial"] |= {f"sort_{d.sorte}": d.sort for d in fiche.durees.all()}
        else:
            kwargs["initial"] = {"visa": dernier_visa()}
        super().__init__(*args, **kwargs)
        for sorte in Sorte:
            self.fields[f"mois_{sorte.value}"] = forms.IntegerField(
                label=f"{sorte.label} : mois de conservation",
                min_value=0,
                max_value=120,
                initial=MOIS_PROPOSES[sorte],
                help_text=f"Comptés depuis {DEBUTS[sorte]}.",
                error_messages={"required": f"Dites combien de mois garder : {sorte.label.lower()}."},
            )
            self.fields[f"sort_{sorte.value}"] = forms.ChoiceField(
                label=f"{sorte.label} : que se passe-t-il ensuite ?",
                choices=Sort.choices,
                initial=Sort.ELIMINATION,
                error_messages={"required": f"Dites ce que deviennent ensuite : {sorte.label.lower()}."},
            )

    @property
    def mois(self) -> dict[str, int]:
        """Months per kind."""
        return {sorte.value: int(self.cleaned_data[f"mois_{sorte.value}"]) for sorte in Sorte}

    @property
    def sorts(self) -> dict[str, str]:
        """How each kind ends."""
        return {sorte.value: self.cleaned_data[f"sort_{sorte.value}"] for sorte in Sorte}

    @property
    def textes(self) -> dict[str, str]:
        """The rest."""
        return {nom: self.cleaned_data[nom] for nom in TEXTES}


class ApprouverForm(Formulaire):
    """The approval, recorded for a DPO who has no account here."""

    nom = ChampNomDePersonne(label="Nom du délégué à la protection des données", max_length=120)
    reference = forms.CharField(
        label="Où son accord écrit est gardé", max_length=200,
        help_text="Par exemple : message du 3 mars 2027, classé dans le dossier RGPD.",
    )  # fmt: skip


class VisaForm(Formulaire):
    """The archives' visa, noted when it comes."""

    visa = forms.CharField(
        label="Visa d'élimination des archives", max_length=200,
        help_text="Par exemple : courriel des archives départementales du 12 mai 2027, classé dans le dossier RGPD.",
    )  # fmt: skip


class VersementForm(Formulaire):
    """What the archives took."""

    reference = forms.CharField(
        label="Où est le bordereau de versement ?", max_length=200,
        help_text="Par exemple : bordereau n° 2027-14, signé le 3 juin 2027.",
    )  # fmt: skip


class PersonneForm(Formulaire):
    """What a person gives of themselves."""

    qui = forms.CharField(
        label="Ce que la personne donne", max_length=200,
        help_text="Son adresse e-mail, son téléphone, son nom entier, le code d'un bulletin papier ou d'un tirage. "
        "Cherchez une fois avec chacun.",
        error_messages={"required": "Écrivez ce que la personne donne : une adresse, un téléphone, un nom ou un code."},
    )  # fmt: skip

    def clean_qui(self) -> str:
        """One line, plain."""
        return " ".join(str(self.cleaned_data["qui"]).replace("\x00", "").split())


class EffacerForm(Formulaire):
    """What goes, besides what names the person; `choix`: the records that may be theirs."""

    qui = forms.CharField(max_length=200, widget=forms.HiddenInput)
    paroles = forms.BooleanField(
        label="Effacer aussi ce que cette personne a dit", required=False,
        help_text="Sinon ses avis restent, sans rien qui la désigne. Demandez-lui ce qu'elle préfère.",
    )  # fmt: skip
    fiches = forms.MultipleChoiceField(
        label="Ce qui est à cette personne", widget=Cases, required=False,
        help_text="Coché d'avance : ce qui est à elle sans doute. Un homonyme, ou un nom voisin, ne l'est pas : "
        "cochez-le seulement après avoir vérifié.",
    )  # fmt: skip
    citations = forms.BooleanField(
        label="Cacher son nom dans ce que d'autres ont dit", required=False,
        help_text="Vérifiez d'abord qu'il s'agit bien d'elle : un nom peut être partagé.",
    )  # fmt: skip

    def __init__(self, *args: Any, choix: Sequence[Choix] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champ = self.fields["fiches"]
        assert isinstance(champ, forms.MultipleChoiceField)  # noqa: S101 - for the type checker
        champ.choices = [(c.cle, c.mots) for c in choix]
        champ.initial = [c.cle for c in choix if c.sure]
        if not choix:
            del self.fields["fiches"]
