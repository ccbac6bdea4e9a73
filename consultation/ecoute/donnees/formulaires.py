"""Forms of the sheet."""

from __future__ import annotations

from typing import Any

from django import forms

from consultation.ecoute.cadre.formulaires import Formulaire
from consultation.ecoute.donnees.models import BASE_PROPOSEE, DEBUTS, MOIS_PROPOSES, Fiche, Sorte

FINALITE = "Entendre les usagers, publier ce qui a été dit sans dire par qui, améliorer le service."
DESTINATAIRES = "L'équipe de l'écoute et l'accueil de la mairie. Aucun prestataire."


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

    def __init__(self, *args: Any, fiche: Fiche | None = None, **kwargs: Any) -> None:
        if fiche is not None:
            kwargs["initial"] = {nom: getattr(fiche, nom) for nom in ("finalite", "base_legale", "destinataires")}
            kwargs["initial"] |= {f"mois_{d.sorte}": d.mois for d in fiche.durees.all()}
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

    @property
    def mois(self) -> dict[str, int]:
        """Months per kind."""
        return {sorte.value: int(self.cleaned_data[f"mois_{sorte.value}"]) for sorte in Sorte}

    @property
    def textes(self) -> dict[str, str]:
        """The rest."""
        return {nom: self.cleaned_data[nom] for nom in ("finalite", "base_legale", "destinataires")}


class ApprouverForm(Formulaire):
    """The approval, recorded for a DPO who has no account here."""

    nom = forms.CharField(label="Nom du délégué à la protection des données", max_length=120)
    reference = forms.CharField(
        label="Où son accord écrit est gardé", max_length=200,
        help_text="Par exemple : message du 3 mars 2027, classé dans le dossier RGPD.",
    )  # fmt: skip
