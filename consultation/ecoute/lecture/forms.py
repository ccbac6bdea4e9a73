"""Forms of the reading."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.text import Truncator

from consultation.analyse import Proposition, proposer
from consultation.ecoute.cadre.forms import Formulaire, ModeleForm
from consultation.ecoute.contributions.models import Contribution
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre, Role
from consultation.ecoute.lecture.models import Lecture, Masque, Methode, Theme
from consultation.ecoute.lecture.services import Comparaison
from socle.composants.forms import Cases, Radios


def _morceaux(texte: str, propositions: list[Proposition]) -> list[tuple[str, bool]]:
    """The text cut in pieces; True for those proposed, to be shown in their sentence."""
    morceaux, position = [], 0
    for p in propositions:
        morceaux += [(texte[position : p.debut], False), (p.texte, True)]
        position = p.fin
    return [(mots, propose) for mots, propose in [*morceaux, (texte[position:], False)] if mots]


class RelireForm(Formulaire):
    """Passages to hide: sure ones are ticked, the person decides."""

    passages = forms.MultipleChoiceField(
        label="Passages à cacher", required=False, widget=Cases,
        help_text="Le programme propose, vous décidez. Décochez ce qui ne désigne personne.",
    )  # fmt: skip
    autres = forms.CharField(
        label="Autres passages à cacher, un par ligne", required=False, widget=forms.Textarea({"rows": 2}),
        help_text="Recopiez le passage tel qu'il est : un nom, un métier rare, un lieu qui désigne quelqu'un.",
    )  # fmt: skip

    def __init__(self, *args: Any, contribution: Contribution, **kwargs: Any) -> None:
        texte, propositions = contribution.texte, proposer(contribution.texte)
        coches, autres = [rang for rang, p in enumerate(propositions) if p.sure], []
        masque: Masque | None = getattr(contribution, "masque", None)
        if masque is not None:  # done before: as it was left
            caches = [(debut, fin) for debut, fin, _ in masque.passages]
            places = {(p.debut, p.fin): rang for rang, p in enumerate(propositions)}
            coches = [places[cache] for cache in caches if cache in places]
            autres = list(dict.fromkeys(texte[debut:fin] for debut, fin in caches if (debut, fin) not in places))
        kwargs["initial"] = {"passages": [str(rang) for rang in coches], "autres": "\n".join(autres)}
        super().__init__(*args, **kwargs)
        choix = self.fields["passages"]
        assert isinstance(choix, forms.MultipleChoiceField)  # noqa: S101 - for the type checker
        choix.choices = [(str(rang), f"{p.texte} ({p.genre.value})") for rang, p in enumerate(propositions)]
        self.morceaux = _morceaux(texte, propositions)
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


class EnsembleForm(Formulaire):
    """Opinions read whole where nobody is named; none is ticked beforehand."""

    avis = forms.ModelMultipleChoiceField(
        Contribution.objects.none(), label="Avis lus, où personne n'est nommé", widget=Cases,
        help_text="Laissez les autres : vous les reprendrez un par un.",
        error_messages={"required": "Cochez les avis que vous avez lus, et où personne n'est nommé."},
    )  # fmt: skip

    def __init__(self, *args: Any, avis: list[Contribution], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champ = self.fields["avis"]
        assert isinstance(champ, forms.ModelMultipleChoiceField)  # noqa: S101 - for the type checker
        champ.queryset = Contribution.objects.filter(pk__in=[a.pk for a in avis])
        champ.choices = [(a.pk, f"n° {a.numero} : {a.texte}") for a in avis]
        self.vide = not avis


class ThemeForm(ModeleForm):
    """An entry of the code book."""

    class Meta:
        model = Theme
        fields = ("nom", "definition", "exemple")
        widgets: ClassVar[dict[str, Any]] = {
            "definition": forms.Textarea({"rows": 3}),
            "exemple": forms.Textarea({"rows": 3}),
        }
        help_texts: ClassVar[dict[str, str]] = {
            "nom": "Deux ou trois mots. Par exemple : Pièces demandées deux fois.",
            "exemple": "Des phrases qui ont ce thème, et une qui ne l'a pas. Sans nom de personne.",
            "definition": "Assez précise pour que deux personnes donnent le même thème au même avis.",
        }


class CoderForm(Formulaire):
    """Themes of one opinion."""

    themes = forms.ModelMultipleChoiceField(
        Theme.objects.none(), label="Thèmes de cet avis", required=False, widget=Cases,
        help_text="Aucun, un ou plusieurs. En tête, ceux des avis proches ; rien n'est coché d'avance.",
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


class FusionForm(Formulaire):
    """Where a theme goes."""

    dans = forms.ModelChoiceField(Theme.objects.none(), label="Avec quel thème", empty_label="Choisissez")

    def __init__(self, *args: Any, theme: Theme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champ = self.fields["dans"]
        assert isinstance(champ, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        champ.queryset = theme.dossier.themes.exclude(pk=theme.pk)


class ScinderForm(Formulaire):
    """A new theme, and the opinions that go to it."""

    nom = forms.CharField(label="Nouveau thème", max_length=80)
    definition = forms.CharField(
        label="Quand le donner, quand ne pas le donner", max_length=1000, widget=forms.Textarea({"rows": 3})
    )
    avis = forms.ModelMultipleChoiceField(
        Contribution.objects.none(), label="Avis qui passent au nouveau thème", widget=Cases
    )

    def __init__(self, *args: Any, avis: QuerySet[Contribution], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champ = self.fields["avis"]
        assert isinstance(champ, forms.ModelMultipleChoiceField)  # noqa: S101 - for the type checker
        champ.queryset = avis
        champ.choices = [(a.pk, f"n° {a.numero} : {Truncator(a.lisible).words(40)}") for a in avis]


class ADeuxForm(Formulaire):
    """Who reads, and how many opinions."""

    premier = forms.ModelChoiceField(Membre.objects.none(), label="Première personne", empty_label="Choisissez")
    second = forms.ModelChoiceField(Membre.objects.none(), label="Seconde personne", empty_label="Choisissez")
    nombre = forms.IntegerField(
        label="Nombre d'avis", min_value=2, max_value=500, initial=30,
        help_text="Tirés au sort parmi ceux que ni l'une ni l'autre n'a lus. Trente ou plus, si possible.",
    )  # fmt: skip

    def __init__(self, *args: Any, membre: Membre, **kwargs: Any) -> None:
        kwargs["initial"] = {"premier": membre}
        super().__init__(*args, **kwargs)
        self.personnes = Membre.objects.filter(is_active=True, role__in=[Role.RESPONSABLE, Role.EQUIPE])
        for nom in ("premier", "second"):
            champ = self.fields[nom]
            assert isinstance(champ, forms.ModelChoiceField)  # noqa: S101 - for the type checker
            champ.queryset = self.personnes


class RetenirForm(Formulaire):
    """What is kept together."""

    themes = forms.ModelMultipleChoiceField(Theme.objects.none(), label="Thèmes retenus", required=False, widget=Cases)
    motif = forms.CharField(
        label="Pourquoi", max_length=300, help_text="Par exemple : l'attente est citée, mais l'avis parle des papiers."
    )

    def __init__(self, *args: Any, dossier: Dossier, ligne: Comparaison | None, **kwargs: Any) -> None:
        if ligne is not None and ligne.retenu is not None:
            kwargs["initial"] = {"themes": list(ligne.retenu.themes.all()), "motif": ligne.retenu.motif}
        elif ligne is not None:  # what both gave is agreed already
            kwargs["initial"] = {"themes": list(dossier.themes.filter(nom__in=ligne.communs))}
        super().__init__(*args, **kwargs)
        champ = self.fields["themes"]
        assert isinstance(champ, forms.ModelMultipleChoiceField)  # noqa: S101 - for the type checker
        champ.queryset = dossier.themes.all()
        champ.choices = [(t.pk, f"{t.nom} : {t.definition}" if t.definition else t.nom) for t in dossier.themes.all()]


class MethodeForm(Formulaire):
    """How copies count."""

    copies = forms.ChoiceField(
        label="Un texte reçu plusieurs fois compte", choices=Methode.Copies.choices, widget=Radios
    )
    motif = forms.CharField(label="Pourquoi", max_length=300)

    def __init__(self, *args: Any, methode: Methode | None, **kwargs: Any) -> None:
        if methode is not None:
            kwargs["initial"] = {"copies": methode.copies, "motif": methode.motif}
        super().__init__(*args, **kwargs)
