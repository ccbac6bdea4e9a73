"""Forms of a dossier, in small groups; each field says what it is for."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile

from consultation.ecoute.cadre.fichiers import phrase
from consultation.ecoute.cadre.forms import Formulaire, ModeleForm
from consultation.ecoute.dossiers.models import Critere, Dossier
from consultation.tirage.ecritures import a_la_place, changee_en_date
from socle.composants.forms import Radios
from socle.fichiers import isolement
from socle.fichiers.reponse import Refuse

TAILLE_MAX = 20 * 1024 * 1024  # bytes
PAGES_MAX = 2_000


class CadreForm(ModeleForm):
    """What it is about."""

    class Meta:
        model = Dossier
        fields = ("titre", "regime", "evenement_de_vie", "objet")
        widgets: ClassVar[dict[str, Any]] = {"regime": Radios, "objet": forms.Textarea}
        labels: ClassVar[dict[str, str]] = {"objet": "Sur quoi porte-t-elle ? Une phrase."}
        help_texts: ClassVar[dict[str, str]] = {
            "titre": "Par exemple : Inscrire son enfant à l'école.",
            "regime": "En cas de doute : écoute libre pour entendre, L.131-1 dès qu'un projet ou une décision est en "
            "jeu. Ce n'est ni un vote des électeurs, ni un référendum local.",
            "evenement_de_vie": "Par exemple : une naissance, une rentrée, un décès, un déménagement.",
        }


class PublicForm(ModeleForm):
    """Who is heard, and how one person counts once."""

    a_completer = True

    class Meta:
        model = Dossier
        fields = (
            "perimetre_public", "perimetre_justification", "question", "limite_par_appareil", "mesure", "proportion",
        )  # fmt: skip
        labels: ClassVar[dict[str, str]] = {
            "perimetre_public": "Qui est consulté ?",
            "perimetre_justification": "Pourquoi ces personnes sont-elles les bonnes ?",
            "question": "La question que vous posez",
            "limite_par_appareil": "Nombre d'avis acceptés depuis un même appareil",
            "mesure": "Ce qui empêche une personne de compter plusieurs fois",
            "proportion": "Pourquoi cela suffit, sans demander plus que nécessaire",
        }
        help_texts: ClassVar[dict[str, str]] = {
            "question": "Une seule question ouverte, dans les mots des habitants. Par exemple : Qu'est-ce qui a été "
            "difficile quand vous avez inscrit votre enfant à l'école ? Qu'est-ce qui vous aurait aidé ?",
            "limite_par_appareil": "Une famille partage souvent un téléphone : 3 est un bon début.",
            "mesure": "Par exemple : 3 avis par appareil ; les textes identiques comptent une fois ; les bulletins "
            "papier sont numérotés. Ce texte est publié.",
        }
        widgets: ClassVar[dict[str, Any]] = {
            nom: forms.Textarea({"rows": 3})
            for nom in ("perimetre_public", "perimetre_justification", "question", "mesure", "proportion")
        }


class DatesForm(ModeleForm):
    """When."""

    a_completer = True

    class Meta:
        model = Dossier
        fields = ("ouverture", "fermeture", "justification_duree")
        labels: ClassVar[dict[str, str]] = {
            "ouverture": "La participation ouvre le",
            "fermeture": "La participation ferme le",
            "justification_duree": "Pourquoi cette durée est raisonnable",
        }
        help_texts: ClassVar[dict[str, str]] = {
            "fermeture": "30 jours est une habitude, non une loi. Le cadre L.132-1 impose 15 jours au moins.",
            "justification_duree": "À remplir si vous laissez moins de 15 jours.",
        }
        widgets: ClassVar[dict[str, Any]] = {"justification_duree": forms.Textarea({"rows": 3})}


class CommissionForm(ModeleForm):
    """L.132-1 only."""

    a_completer = True

    class Meta:
        model = Dossier
        fields = ("commission_remplacee", "exclusions_ecartees")
        labels: ClassVar[dict[str, str]] = {
            "commission_remplacee": "Commission dont la consultation obligatoire est remplacée",
            "exclusions_ecartees": "J'ai vérifié qu'aucun cas exclu par la loi ne s'applique",
        }
        help_texts: ClassVar[dict[str, str]] = {
            "exclusions_ecartees": "Autorité indépendante, avis conforme, liberté publique, exigence "
            "constitutionnelle, pouvoir de proposition, principe de participation.",
        }


PARTIES: dict[str, tuple[str, type[ModeleForm]]] = {
    "cadre": ("De quoi s'agit-il ?", CadreForm),
    "public": ("Qui est consulté, et comment ?", PublicForm),
    "dates": ("Quand ?", DatesForm),
    "commission": ("La commission remplacée", CommissionForm),
}


class PublierForm(Formulaire):
    """Something to make public."""

    titre = forms.CharField(label="Titre", max_length=200)
    contenu = forms.CharField(label="Texte", widget=forms.Textarea({"rows": 14}), max_length=50_000)
    fichier = forms.FileField(
        label="Document joint", required=False, help_text="PDF, 20 Mo au plus.",
        widget=forms.ClearableFileInput({"accept": ".pdf,application/pdf"}),
    )  # fmt: skip
    motif = forms.CharField(
        label="Pourquoi cette nouvelle version", widget=forms.Textarea({"rows": 2}), max_length=1000,
        help_text="Publié à côté du texte. L'ancienne version reste lisible.",
        error_messages={"required": "Dites pourquoi vous remplacez la version publiée."},
    )  # fmt: skip

    def __init__(self, *args: Any, nouvelle_version: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not nouvelle_version:
            del self.fields["motif"]

    def clean_fichier(self) -> UploadedFile[Any] | None:
        """PDF files only, written again without what could act (socle/fichiers)."""
        fichier: UploadedFile[Any] | None = self.cleaned_data["fichier"]
        if fichier is None:
            return None
        if (fichier.size or 0) > TAILLE_MAX:
            raise forms.ValidationError("Ce fichier dépasse 20 Mo : réduisez-le.")
        octets = fichier.read()
        if not octets.startswith(b"%PDF-"):
            raise forms.ValidationError("Choisissez un fichier PDF.")
        try:
            ecrit = isolement.reecrire_pdf(octets, PAGES_MAX)
        except Refuse as refus:
            raise forms.ValidationError(phrase(refus.faute, PAGES_MAX)) from refus
        return SimpleUploadedFile(fichier.name or "document.pdf", ecrit, "application/pdf")


class ProlongerForm(Formulaire):
    """More time, and why."""

    fermeture = forms.DateTimeField(label="Nouvelle fermeture")
    motif = forms.CharField(
        label="Pourquoi", widget=forms.Textarea({"rows": 3}), max_length=1000, help_text="Le motif est publié."
    )


class PopulationForm(Formulaire):
    """A CSV file of who lives there."""

    fichier = forms.FileField(label="Fichier CSV", widget=forms.ClearableFileInput({"accept": ".csv,text/csv"}))


class CritereForm(Formulaire):
    """One criterion with its values, one a line."""

    nom = forms.CharField(label="Critère", max_length=60, help_text="Par exemple : âge, quartier, situation.")
    question = forms.CharField(
        label="Question posée aux habitants", max_length=150, help_text="Par exemple : Quel âge avez-vous ?"
    )
    valeurs = forms.CharField(
        label="Valeurs et part de la population, une par ligne",
        widget=forms.Textarea({"rows": 6}),
        help_text="Par exemple : 16 à 29 ans ; 22,5. Les parts font 100 en tout.",
    )
    source = forms.CharField(
        label="D'où viennent ces chiffres", max_length=200, required=False, help_text="Par exemple : Insee, RP 2022."
    )

    def __init__(self, *args: Any, dossier: Dossier, critere: Critere | None = None, **kwargs: Any) -> None:
        if critere is not None:
            lignes = (f"{m.nom} ; {m.part.normalize():f}".replace(".", ",") for m in critere.modalites.all())
            kwargs["initial"] = {"nom": critere.nom, "question": critere.question, "source": critere.source,
                                 "valeurs": "\n".join(lignes)}  # fmt: skip
        super().__init__(*args, **kwargs)
        self.dossier, self.critere = dossier, critere

    def clean_nom(self) -> str:
        """Unique in the dossier."""
        nom = str(self.cleaned_data["nom"]).strip()
        autres = self.dossier.criteres.exclude(pk=self.critere.pk if self.critere else 0)
        if autres.filter(nom__iexact=nom).exists():
            raise forms.ValidationError("Ce critère existe déjà.")
        return nom

    def clean_valeurs(self) -> list[tuple[str, float]]:
        """Lines « value ; share »."""
        valeurs: list[tuple[str, float]] = []
        for rang, ligne in enumerate(str(self.cleaned_data["valeurs"]).splitlines(), start=1):
            if not ligne.strip():
                continue
            nom, _, part = ligne.rpartition(";")
            try:
                nombre = float(part.replace("%", "").replace(",", ".").strip())
            except ValueError:
                nombre = -1.0
            if not nom.strip() or not 0 <= nombre <= 100:
                raise forms.ValidationError(f"Ligne {rang} : écrivez la valeur, un point-virgule, puis sa part en %.")
            if changee_en_date(nom):
                raise forms.ValidationError(
                    f"Ligne {rang} : un tableur changerait « {nom.strip()} » en date. Écrivez « {a_la_place(nom)} »."
                )
            valeurs.append((nom.strip()[:60], nombre))
        if len(valeurs) < 2:
            raise forms.ValidationError("Il faut au moins deux valeurs.")
        if len({nom.casefold() for nom, _ in valeurs}) < len(valeurs):
            raise forms.ValidationError("Une valeur figure deux fois.")
        total = sum(part for _, part in valeurs)
        if not 99 <= total <= 101:
            raise forms.ValidationError(f"Les parts font {total:.1f} en tout, au lieu de 100.".replace(".", ",", 1))
        return valeurs
