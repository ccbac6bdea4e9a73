"""Forms of the synthesis."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from consultation.ecoute.cadre.formulaires import Formulaire, ModeleForm
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.suites.models import Action, Constat, Proposition


class ConstatForm(ModeleForm):
    """A finding."""

    class Meta:
        model = Constat
        fields = ("texte",)
        widgets: ClassVar[dict[str, Any]] = {"texte": forms.Textarea({"rows": 3})}
        help_texts: ClassVar[dict[str, str]] = {
            "texte": "Une phrase, sans juger. Par exemple : On demande le même justificatif à trois guichets."
        }


class ExtraitForm(Formulaire):
    """A quote."""

    numero = forms.IntegerField(label="Numéro de l'avis", min_value=1,
                                widget=forms.NumberInput({"inputmode": "numeric"}))  # fmt: skip
    citation = forms.CharField(
        label="Le passage, mot pour mot", widget=forms.Textarea({"rows": 3}), max_length=1000,
        help_text="Recopiez-le de l'avis, une fois les noms cachés.",
    )  # fmt: skip


class PropositionForm(ModeleForm):
    """A proposal, with marks to discuss from."""

    class Meta:
        model = Proposition
        fields = ("titre", "constats", "impact", "portee", "effort", "raisons")
        widgets: ClassVar[dict[str, Any]] = {
            "constats": forms.CheckboxSelectMultiple,
            "raisons": forms.Textarea({"rows": 3}),
        }
        help_texts: ClassVar[dict[str, str]] = {"raisons": "Dites comment vous êtes arrivés à ces notes, ensemble."}

    def __init__(self, *args: Any, dossier: Dossier, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champ = self.fields["constats"]
        assert isinstance(champ, forms.ModelMultipleChoiceField)  # noqa: S101 - for the type checker
        champ.queryset = dossier.constats.all()


class DeciderForm(Formulaire):
    """Kept or not, and why."""

    decision = forms.ChoiceField(
        label="Décision",
        choices=[(d.value, d.label.capitalize()) for d in Proposition.Decision if d != Proposition.Decision.A_DECIDER],
        widget=forms.RadioSelect,
    )
    motif = forms.CharField(label="Pourquoi", widget=forms.Textarea({"rows": 3}), max_length=1000,
                            help_text="Cette raison est publiée.")  # fmt: skip


class ActionForm(ModeleForm):
    """An action."""

    class Meta:
        model = Action
        fields = (
            "titre", "responsable", "echeance", "etat", "preuve", "lien_genre", "lien", "indicateur", "avant", "apres",
        )  # fmt: skip
        widgets: ClassVar[dict[str, Any]] = {"etat": forms.RadioSelect, "preuve": forms.Textarea({"rows": 3})}
        help_texts: ClassVar[dict[str, str]] = {
            "responsable": "Un nom ou un service, pas « la mairie ».",
            "preuve": "Demandé quand l'action est faite.",
            "indicateur": "Par exemple : part des demandes incomplètes.",
            "avant": "Par exemple : 42 %.",
        }
