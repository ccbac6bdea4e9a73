"""Forms of the synthesis and of its actions."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from consultation.ecoute.cadre.forms import Formulaire, ModeleForm
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.suites import plateforme, preuves
from consultation.ecoute.suites.models import Action, Constat, Indicateur, Livraison, Proposition, Releve
from consultation.ecoute.suites.verification import AVerifier
from socle.composants.forms import Cases, Radios

VERSION = re.compile(r"[\w.+:/ -]{1,80}")
REFERENCE = re.compile(r"\d{4}-[A-Z0-9]{4}-[A-Z0-9]{4}")


class VerifierForm(Formulaire):
    """Texts about to be published: those in which the machine sees nobody, ticked beforehand, and its doubts, not."""

    clairs = forms.MultipleChoiceField(label="La machine n'y voit personne : lisez, décochez au moindre doute",
                                       widget=Cases, required=False)  # fmt: skip
    douteux = forms.MultipleChoiceField(
        label="La machine hésite : cochez seulement si personne n'est reconnaissable", widget=Cases, required=False,
        help_text="Sinon, laissez : le texte n'est pas publié. Vous pouvez cacher d'autres passages depuis la lecture.",
    )  # fmt: skip

    def __init__(self, *args: Any, textes: list[AVerifier], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choix = {
            "clairs": [(str(t.avis.pk), f"n° {t.avis.numero} : {t.avis.texte_relu}") for t in textes if not t.doutes],
            "douteux": [
                (str(t.avis.pk), f"n° {t.avis.numero} : {t.avis.texte_relu} (à regarder : {', '.join(t.doutes)})")
                for t in textes if t.doutes
            ],
        }  # fmt: skip
        for nom, possibles in choix.items():
            champ = self.fields[nom]
            assert isinstance(champ, forms.MultipleChoiceField)  # noqa: S101 - for the type checker
            champ.choices = possibles
            if not possibles:
                del self.fields[nom]
        if "clairs" in self.fields:
            self.fields["clairs"].initial = [cle for cle, _ in choix["clairs"]]

    def clean(self) -> dict[str, Any]:
        """At least one."""
        lu = super().clean() or {}
        if not self.errors and not self.cles():
            raise forms.ValidationError("Cochez au moins un texte que vous avez lu, et où personne n'est nommé.")
        return lu

    def cles(self) -> list[int]:
        """Those ticked."""
        return [int(cle) for nom in ("clairs", "douteux") for cle in self.cleaned_data.get(nom, ())]


class ConstatForm(ModeleForm):
    """A finding."""

    class Meta:
        model = Constat
        fields = ("texte", "theme")
        widgets: ClassVar[dict[str, Any]] = {"texte": forms.Textarea({"rows": 3})}
        help_texts: ClassVar[dict[str, str]] = {
            "texte": "Une phrase, sans juger. Par exemple : On demande le même justificatif à trois guichets.",
            "theme": "La page publique est rangée par thème.",
        }

    def __init__(self, *args: Any, dossier: Dossier, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champ = self.fields["theme"]
        assert isinstance(champ, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        champ.queryset, champ.empty_label = dossier.themes.all(), "Aucun thème"


class ExtraitForm(Formulaire):
    """A quote."""

    numero = forms.IntegerField(label="Numéro de l'avis", min_value=1,
                                widget=forms.NumberInput({"inputmode": "numeric"}))  # fmt: skip
    citation = forms.CharField(
        label="Le passage, mot pour mot", widget=forms.Textarea({"rows": 5}), max_length=1000,
        help_text="Gardez le passage qui montre le constat, effacez le reste. Ne changez aucun mot.",
    )  # fmt: skip


class PropositionForm(ModeleForm):
    """A proposal, with marks to discuss from and the reasons for them."""

    class Meta:
        model = Proposition
        fields = ("titre", "constats", "impact", "portee", "effort", "raisons")
        widgets: ClassVar[dict[str, Any]] = {
            "constats": Cases,
            "raisons": forms.Textarea({"rows": 3}),
        }
        help_texts: ClassVar[dict[str, str]] = {
            "impact": "Ce que ça change pour une personne concernée.",
            "portee": "Appuyez-vous sur le nombre d'avis et sur les chiffres du service.",
            "effort": "Temps, argent, accords à obtenir.",
            "raisons": "Dites comment vous êtes arrivés à ces notes, ensemble. C'est publié.",
        }

    def __init__(self, *args: Any, dossier: Dossier, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champ = self.fields["constats"]
        assert isinstance(champ, forms.ModelMultipleChoiceField)  # noqa: S101 - for the type checker
        champ.queryset = dossier.constats.all()
        self.fields["raisons"].required = True


class DeciderForm(Formulaire):
    """Kept or not, by whom, and why."""

    decision = forms.ChoiceField(label="Décision", widget=Radios)
    instance = forms.CharField(
        label="Qui a décidé", max_length=150, required=False,
        help_text="Par exemple : comité de pilotage du 3 mars. C'est publié.",
    )  # fmt: skip
    motif = forms.CharField(label="Pourquoi", widget=forms.Textarea({"rows": 3}), max_length=1000,
                            help_text="Cette raison est publiée.")  # fmt: skip

    def __init__(self, *args: Any, proposition: Proposition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choix = [
            (d.value, str(d.label).capitalize()) for d in (Proposition.Decision.RETENUE, Proposition.Decision.ECARTEE)
        ]
        if proposition.decision != Proposition.Decision.A_DECIDER:
            choix.append((Proposition.Decision.A_DECIDER.value, "Rouvrir : décider plus tard"))
        champ = self.fields["decision"]
        assert isinstance(champ, forms.ChoiceField)  # noqa: S101 - for the type checker
        champ.choices = choix


class ActionForm(ModeleForm):
    """An action, new or followed."""

    pourquoi = forms.CharField(
        label="Pourquoi ce changement", widget=forms.Textarea({"rows": 2}), max_length=1000, required=False,
        help_text="Demandé si la date est repoussée, si l'action est abandonnée ou si elle reprend. C'est publié.",
    )  # fmt: skip
    preuve_lien = forms.URLField(label="Page qui le montre", max_length=300, required=False, assume_scheme="https")
    document = forms.FileField(
        label="Document qui le montre", required=False, help_text="PDF ou image, 10 Mo au plus.",
        widget=forms.FileInput({"accept": ".pdf,.png,.jpg,.jpeg"}),
    )  # fmt: skip

    class Meta:
        model = Action
        fields = (
            "titre",
            "responsable",
            "courriel",
            "echeance",
            "etat",
            "faite_le",
            "preuve",
            "preuve_lien",
            "preuve_publique",
        )
        widgets: ClassVar[dict[str, Any]] = {"etat": Radios, "preuve": forms.Textarea({"rows": 3})}
        labels: ClassVar[dict[str, str]] = {
            "preuve_publique": "Publier ce document. J'ai vérifié qu'il ne nomme aucun usager"
        }
        help_texts: ClassVar[dict[str, str]] = {
            "responsable": "Un service ou une fonction, pas « la mairie ». C'est publié.",
            "courriel": "Pour lui rappeler la date, en plus de l'équipe. Jamais publié.",
            "faite_le": "Quand l'action est faite. Vide : aujourd'hui.",
            "preuve": "Demandé quand l'action est faite : un texte, une page ou un document. C'est publié.",
        }

    field_order = (
        "titre", "responsable", "courriel", "echeance", "etat", "faite_le", "pourquoi", "preuve", "preuve_lien",
        "document", "preuve_publique",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            for nom in ("etat", "faite_le", "pourquoi", "preuve", "preuve_lien", "document", "preuve_publique"):
                del self.fields[nom]  # asked for once there is something to say
        elif self.instance.preuve_fichier:
            self.fields["document"].help_text = "Un document est déjà joint : un autre le remplace. 10 Mo au plus."

    def clean_faite_le(self) -> Any:
        """Not in the future."""
        jour = self.cleaned_data["faite_le"]
        if jour is not None and jour > timezone.localdate():
            raise forms.ValidationError("Choisissez un jour passé, ou laissez vide.")
        return jour

    def clean_document(self) -> preuves.Preuve | None:
        """Checked by its content."""
        fichier: UploadedFile[Any] | None = self.cleaned_data["document"]
        if fichier is None:
            return None
        try:
            return preuves.lire(fichier)
        except preuves.PreuveRefusee as refus:
            raise forms.ValidationError(str(refus)) from refus


class LivraisonForm(ModeleForm):
    """The change that delivered an action."""

    class Meta:
        model = Livraison
        fields = ("genre", "reference", "precision", "le")
        widgets: ClassVar[dict[str, Any]] = {"genre": Radios}
        help_texts: ClassVar[dict[str, str]] = {
            "reference": "Version : son numéro. Démarche : la fin de son adresse, par exemple inscription-scolaire. "
            "Demande : son numéro, jamais publié. Délibération : son numéro ou l'adresse de sa page.",
            "precision": "Pour une démarche : le numéro de la révision, si vous le connaissez.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champ = self.fields["genre"]
        assert isinstance(champ, forms.ChoiceField)  # noqa: S101 - for the type checker
        champ.choices = Livraison.Genre.choices  # nothing chosen in advance, and no empty choice

    def clean(self) -> dict[str, Any]:
        """Each kind of change has its own kind of reference."""
        donnees: dict[str, Any] = super().clean() or {}
        genre, reference = donnees.get("genre"), str(donnees.get("reference") or "").strip()
        if not reference:
            return donnees
        if genre == Livraison.Genre.DEMARCHE:
            reference = reference.rstrip("/").rsplit("/", maxsplit=1)[-1].lower()
            if not plateforme.DEMARCHE.fullmatch(reference):
                self.add_error("reference", "Écrivez la fin de l'adresse de la démarche : inscription-scolaire.")
            if not donnees.get("precision") and not donnees.get("le"):
                self.add_error("le", "Dites quelle révision : sa date, ou son numéro dans « version ou précision ».")
        elif genre == Livraison.Genre.DEMANDE:
            lettres = re.sub(r"[^A-Z0-9]", "", reference.upper())
            reference = f"{lettres[:4]}-{lettres[4:8]}-{lettres[8:]}"
            if not REFERENCE.fullmatch(reference):
                self.add_error("reference", "Écrivez le numéro de la demande ainsi : 2026-AC47-WX39.")
        elif genre == Livraison.Genre.VERSION and not VERSION.fullmatch(reference):
            self.add_error("reference", "Écrivez le numéro de la version : 80 signes au plus, sans phrase.")
        donnees["reference"] = reference
        return donnees


class IndicateurForm(ModeleForm):
    """What will be measured, the same way before and after."""

    mesure = forms.ChoiceField(
        label="Mesure de la plateforme", required=False,
        help_text="Les mesures du portail et du site des agents. Ou « à la main », puis décrivez le chiffre.",
    )  # fmt: skip
    field_order = ("mesure", "demarche", "nom", "definition", "unite", "sens", "origine")

    class Meta:
        model = Indicateur
        fields = ("mesure", "demarche", "nom", "definition", "unite", "sens", "origine")
        widgets: ClassVar[dict[str, Any]] = {
            "definition": forms.Textarea({"rows": 2}), "sens": Radios, "demarche": forms.TextInput,
        }  # fmt: skip
        help_texts: ClassVar[dict[str, str]] = {
            "demarche": "La fin de son adresse sur le portail, par exemple inscription-scolaire. Vide : toutes.",
            "nom": "Par exemple : dossiers incomplets. Vide : le nom de la mesure choisie.",
            "definition": "Dites-le assez précisément pour recompter pareil plus tard.",
            "unite": "Par exemple : %, jours, demandes.",
            "origine": "Par exemple : tableau de suivi du service scolaire.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champ = self.fields["mesure"]
        assert isinstance(champ, forms.ChoiceField)  # noqa: S101 - for the type checker
        champ.choices = [("", "Aucune : chiffre relevé à la main"),
                         *((code, f"{m.nom} ({m.unite})") for code, m in plateforme.MESURES.items())]  # fmt: skip
        if not plateforme.branchee() and not self.instance.mesure:
            del self.fields["mesure"], self.fields["demarche"]
            self.fields["origine"].required = True
            self.fields["nom"].help_text = "Par exemple : dossiers incomplets."
        else:
            self.fields["nom"].required = self.fields["sens"].required = False

    def clean(self) -> dict[str, Any]:
        """A measure of the catalogue brings its own name, definition and unit."""
        donnees: dict[str, Any] = super().clean() or {}
        mesure = plateforme.MESURES.get(str(donnees.get("mesure") or ""))
        if mesure is not None:
            self.instance.source = Indicateur.Source.PLATEFORME
            donnees["nom"] = donnees.get("nom") or mesure.nom
            donnees["definition"] = donnees.get("definition") or mesure.definition
            donnees["unite"], donnees["sens"] = mesure.unite, mesure.mieux
            if not mesure.par_demarche and donnees.get("demarche"):
                self.add_error("demarche", "Cette mesure vaut pour tout le site : laissez ce champ vide.")
        else:
            self.instance.source = Indicateur.Source.MAIN
            donnees["sens"] = donnees.get("sens") or Indicateur.Sens.BAISSE
            if not donnees.get("nom"):
                self.add_error("nom", "Dites ce qu'on mesure.")
            if not donnees.get("origine"):
                self.add_error("origine", "Dites d'où vient le chiffre.")
        return donnees


class ReleveForm(Formulaire):
    """One value: typed, or left empty to be read on the platform."""

    quand = forms.ChoiceField(label="Quand", choices=Releve.Quand.choices, widget=Radios)
    au = forms.DateField(label="Valeur au", help_text="Le jour que le chiffre décrit.")
    valeur = forms.DecimalField(label="Valeur", max_digits=14, decimal_places=2, localize=True)

    def __init__(self, *args: Any, indicateur: Indicateur, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valeur"].label = f"Valeur ({indicateur.unite})" if indicateur.unite else "Valeur"
        self.fields["valeur"].widget.attrs["inputmode"] = "decimal"
        self.fields["au"].widget.attrs["max"] = f"{timezone.localdate():%Y-%m-%d}"
        if indicateur.source == Indicateur.Source.PLATEFORME:
            self.fields["valeur"].required = False
            self.fields["valeur"].help_text = "Laissez vide pour la lire sur la plateforme. Sinon, écrivez-la."

    def clean_au(self) -> Any:
        """Not in the future."""
        au = self.cleaned_data["au"]
        if au > timezone.localdate():
            raise forms.ValidationError("Choisissez un jour passé : une valeur ne se relève pas d'avance.")
        return au
