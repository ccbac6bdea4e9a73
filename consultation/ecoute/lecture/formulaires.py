"""Forms of the reading."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from consultation.analyse import proposer
from consultation.ecoute.cadre.formulaires import Formulaire, ModeleForm
from consultation.ecoute.contributions.models import Contribution
from consultation.ecoute.lecture.models import Lecture, Theme


class RelireForm(Formulaire):
    """Passages to hide: sure ones are ticked, the person decides."""

    passages = forms.MultipleChoiceField(
        label="Passages à cacher", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Le programme propose, vous décidez. Décochez ce qui ne désigne personne.",
    )  # fmt: skip
    autres = forms.CharField(
        label="Autres passages à cacher, un par ligne", required=False, widget=forms.Textarea({"rows": 2}),
        help_text="Recopiez le passage tel qu'il est : un nom, un métier rare, un lieu qui désigne quelqu'un.",
    )  # fmt: skip

    def __init__(self, *args: Any, contribution: Contribution, **kwargs: Any) -> None:
        propositions = proposer(contribution.texte)
        kwargs["initial"] = {"passages": [str(rang) for rang, p in enumerate(propositions) if p.sure]}
        super().__init__(*args, **kwargs)
        choix = self.fields["passages"]
        assert isinstance(choix, forms.MultipleChoiceField)  # noqa: S101 - for the type checker
        choix.choices = [(str(rang), f"{p.texte} ({p.genre.value})") for rang, p in enumerate(propositions)]
        if not propositions:
            del self.fields["passages"]

    @property
    def acceptees(self) -> set[int]:
        """Ranks ticked."""
        return {int(rang) for rang in self.cleaned_data.get("passages", [])}

    @property
    def lignes(self) -> list[str]:
        """Other passages."""
        return [ligne.strip() for ligne in self.cleaned_data["autres"].splitlines() if ligne.strip()]


class ThemeForm(ModeleForm):
    """An entry of the code book."""

    class Meta:
        model = Theme
        fields = ("nom", "definition", "exemple")
        widgets: ClassVar[dict[str, Any]] = {
            "definition": forms.Textarea({"rows": 3}),
            "exemple": forms.Textarea({"rows": 2}),
        }
        help_texts: ClassVar[dict[str, str]] = {
            "nom": "Deux ou trois mots. Par exemple : Pièces demandées deux fois.",
            "definition": "Assez précise pour que deux personnes donnent le même thème au même avis.",
        }


class CoderForm(Formulaire):
    """Themes of one opinion."""

    themes = forms.ModelMultipleChoiceField(
        Theme.objects.none(), label="Thèmes de cet avis", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Aucun, un ou plusieurs. En tête, ceux d'avis qui se ressemblent.",
    )  # fmt: skip
    memo = forms.CharField(
        label="Mémo", required=False, max_length=500, help_text="Un doute, une idée : visible de l'équipe seulement."
    )

    def __init__(self, *args: Any, themes: list[Theme], lecture: Lecture | None, **kwargs: Any) -> None:
        if lecture is not None:
            kwargs["initial"] = {"themes": list(lecture.themes.all()), "memo": lecture.memo}
        super().__init__(*args, **kwargs)
        champ = self.fields["themes"]
        assert isinstance(champ, forms.ModelMultipleChoiceField)  # noqa: S101 - for the type checker
        champ.queryset = Theme.objects.filter(pk__in=[t.pk for t in themes])
        champ.choices = [(t.pk, f"{t.nom} : {t.definition}" if t.definition else t.nom) for t in themes]
