"""Forms of panels."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from consultation.ecoute.ateliers.models import Atelier
from consultation.ecoute.cadre.forms import Formulaire, ModeleForm
from consultation.ecoute.panels.models import Panel, Quota, Volontaire
from socle.composants.courriels import ChampCourriel
from socle.composants.forms import Radios
from socle.composants.noms import ChampNomDePersonne
from socle.composants.telephones import ChampTelephone

ENGAGEMENT = "Venir à un atelier de deux heures, un soir de semaine. Une collation est offerte."


class PanelForm(ModeleForm):
    """What is asked of whom."""

    class Meta:
        model = Panel
        fields = ("titre", "taille", "un_par_foyer", "inscription_jusqua", "engagement")
        widgets: ClassVar[dict[str, Any]] = {"engagement": forms.Textarea({"rows": 3})}
        help_texts: ClassVar[dict[str, str]] = {
            "titre": "Par exemple : Panel des parents.",
            "taille": "Il faut bien plus de volontaires que de places : cinq fois plus est un bon début.",
            "un_par_foyer": "L'adresse est alors demandée ; elle s'efface quand la liste est publiée.",
            "engagement": "Dites tout avant : durée, dates, indemnité, garde d'enfants.",
        }

    def clean_inscription_jusqua(self) -> Any:
        """In the future, unless it is left as it was."""
        fin = self.cleaned_data["inscription_jusqua"]
        if fin <= timezone.now() and "inscription_jusqua" in self.changed_data:
            raise forms.ValidationError("Cette date est passée.")
        return fin


class QuotasForm(Formulaire):
    """Bounds of each value; what is impossible on its face is refused at once."""

    def __init__(self, *args: Any, panel: Panel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.panel = panel
        self.quotas = list(panel.quotas.select_related("modalite__critere"))
        for quota in self.quotas:
            nom = f"{quota.modalite.critere.nom}, {quota.modalite.nom}"
            for borne, mot in (("minimum", "au moins"), ("maximum", "au plus")):
                self.fields[f"{borne}_{quota.pk}"] = forms.IntegerField(
                    label=f"{nom} : {mot}", min_value=0, max_value=panel.taille, initial=getattr(quota, borne),
                    widget=forms.NumberInput({"inputmode": "numeric"}),
                )  # fmt: skip

    def lignes(self) -> list[tuple[Quota, forms.BoundField, forms.BoundField]]:
        """Rows of the table."""
        return [(q, self[f"minimum_{q.pk}"], self[f"maximum_{q.pk}"]) for q in self.quotas]

    def clean(self) -> dict[str, Any]:
        """Minimum under maximum; a criterion's bounds must hold the size."""
        lu = super().clean() or {}
        if self.errors:
            return lu
        totaux: dict[str, list[int]] = {}
        for quota in self.quotas:
            bas, haut = lu[f"minimum_{quota.pk}"], lu[f"maximum_{quota.pk}"]
            if bas > haut:
                self.add_error(f"minimum_{quota.pk}", f"{quota.modalite} : le minimum dépasse le maximum.")
            total = totaux.setdefault(quota.modalite.critere.nom, [0, 0])
            total[0] += bas
            total[1] += haut
        for nom, (bas, haut) in totaux.items():
            if not bas <= self.panel.taille <= haut:
                self.add_error(
                    None,
                    f"« {nom} » : les minimums font {bas} et les maximums {haut}, pour {self.panel.taille} places.",
                )
        return lu

    def valeurs(self) -> dict[int, tuple[int, int]]:
        """Bounds by quota."""
        lu = self.cleaned_data
        return {q.pk: (lu[f"minimum_{q.pk}"], lu[f"maximum_{q.pk}"]) for q in self.quotas}


class VolontaireForm(ModeleForm):
    """Only what the quotas need, and one way to be reached."""

    un_au_moins = ("courriel", "telephone")

    adresse = forms.CharField(
        label="Votre adresse", max_length=300, widget=forms.TextInput({"autocomplete": "street-address"}),
        help_text="Numéro, rue, appartement ou bâtiment, ville. Une seule personne par foyer est tirée : l'adresse "
        "sert à cela seulement, et s'efface quand la liste est publiée.",
    )  # fmt: skip

    class Meta:
        model = Volontaire
        fields = ("nom", "courriel", "telephone")
        field_classes: ClassVar[dict[str, Any]] = {
            "nom": ChampNomDePersonne,
            "courriel": ChampCourriel,
            "telephone": ChampTelephone,
        }
        widgets: ClassVar[dict[str, Any]] = {
            "nom": forms.TextInput({"autocomplete": "name"}),
            "telephone": forms.TextInput({"autocomplete": "tel", "inputmode": "tel"}),
        }
        help_texts: ClassVar[dict[str, str]] = {"courriel": "L'e-mail ou le téléphone suffit."}

    def __init__(self, *args: Any, panel: Panel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteres = list(panel.dossier.criteres.prefetch_related("modalites"))
        if not panel.un_par_foyer:
            del self.fields["adresse"]
        for critere in self.criteres:
            self.fields[f"critere_{critere.pk}"] = forms.ChoiceField(
                label=critere.question, choices=[(m.nom, m.nom) for m in critere.modalites.all()],
                widget=Radios, error_messages={"required": f"Répondez à : {critere.question}"},
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """One way to be reached."""
        lu = super().clean() or {}
        if "nom" in lu and "courriel" in lu and not lu.get("courriel") and not lu.get("telephone"):
            self.add_error("courriel", "Donnez une adresse e-mail ou un téléphone, pour vous prévenir du résultat.")
        return lu

    def adresse_dite(self) -> str:
        """As typed, to be turned into a digest; empty when the panel does not ask for it."""
        return str(self.cleaned_data.get("adresse", ""))

    def volontaire(self) -> Volontaire:
        """As the service takes it."""
        volontaire: Volontaire = self.save(commit=False)
        volontaire.valeurs = {c.nom: self.cleaned_data[f"critere_{c.pk}"] for c in self.criteres}
        return volontaire


class ImportForm(Formulaire):
    """A CSV file of volunteers."""

    fichier = forms.FileField(label="Fichier CSV", widget=forms.ClearableFileInput({"accept": ".csv,text/csv"}))


class NumeroForm(Formulaire):
    """The number drawn in public."""

    numero = forms.IntegerField(
        label="Numéro tiré en public", min_value=0, required=False, widget=forms.NumberInput({"inputmode": "numeric"}),
        help_text="Laissez vide pour que cet ordinateur le tire : ce sera dit publiquement.",
    )  # fmt: skip


class InviterPanelForm(Formulaire):
    """Which workshop."""

    atelier = forms.ModelChoiceField(Atelier.objects.none(), label="Atelier")

    def __init__(self, *args: Any, panel: Panel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champ = self.fields["atelier"]
        assert isinstance(champ, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        champ.queryset = panel.dossier.ateliers.filter(etat=Atelier.Etat.PREVU)
