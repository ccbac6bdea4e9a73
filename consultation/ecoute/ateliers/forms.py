"""Forms of workshops."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.validators import validate_email

from consultation.ecoute.ateliers.modeles import MODELES
from consultation.ecoute.ateliers.models import Atelier, Finalite, Note, Participant, Sequence
from consultation.ecoute.cadre.forms import Formulaire, ModeleForm
from socle.composants.courriels import ChampCourriel
from socle.composants.forms import Radios
from socle.composants.noms import ChampNomDePersonne, nettoyer_nom, verifier_nom
from socle.composants.telephones import ChampTelephone, ranger_telephone
from socle.typographie.dates import moment


class AtelierForm(ModeleForm):
    """When, where, for whom."""

    class Meta:
        model = Atelier
        fields = (
            "titre", "debut", "fin", "lieu", "adresse", "acces", "plain_pied", "boucle", "interprete", "garde",
            "capacite", "tables", "inscription_publique",
        )  # fmt: skip
        help_texts: ClassVar[dict[str, str]] = {
            "titre": "Par exemple : Atelier avec les parents, école Jean-Macé.",
            "acces": "Arrêt de bus, entrée, étage, stationnement. C'est écrit sur l'invitation.",
            "capacite": "12 à 20 personnes : au-delà, on entend moins bien. Au-dessus, une liste d'attente se forme.",
            "tables": "Quatre à six personnes par table, avec quelqu'un pour noter.",
            "inscription_publique": "La page publique du dossier propose alors de s'inscrire.",
        }

    def clean(self) -> dict[str, Any]:
        """The end follows the beginning."""
        lu = super().clean() or {}
        if lu.get("debut") and lu.get("fin") and lu["fin"] <= lu["debut"]:
            self.add_error("fin", "La fin doit suivre le début.")
        ouverture = self.instance.dossier.ouverture
        if lu.get("debut") and ouverture is not None and lu["debut"] < ouverture and "debut" in self.changed_data:
            self.add_error("debut", f"La participation n'ouvre que le {moment(ouverture)} : choisissez une date après.")
        return lu


class InviterForm(Formulaire):
    """A list pasted from a spreadsheet."""

    qualite = forms.ChoiceField(label="Ces personnes viennent comme", choices=Participant.Qualite.choices,
                                widget=Radios, initial=Participant.Qualite.HABITANT)  # fmt: skip
    liste = forms.CharField(
        label="Les personnes, une par ligne",
        widget=forms.Textarea({"rows": 8}),
        help_text="Nom ; e-mail ; téléphone ; adresse postale ou organisme. Seul le nom est obligatoire. "
        "Par exemple : Léa Martin ; lea@exemple.fr ; 06 12 34 56 78 ; 3 rue des Lilas, 99000 Admiville",
    )

    def clean_liste(self) -> list[Participant]:
        """Read the lines."""
        gens: list[Participant] = []
        for rang, ligne in enumerate(str(self.cleaned_data["liste"]).splitlines(), start=1):
            if not ligne.strip():
                continue
            nom, courriel, telephone, reste = (
                *(m.strip() for m in ligne.replace("\t", ";").split(";", 3)),
                "",
                "",
                "",
            )[:4]
            if not (nom := nettoyer_nom(nom)):
                raise forms.ValidationError(f"Ligne {rang} : il manque le nom.")
            try:
                verifier_nom(nom)
            except forms.ValidationError as erreur:
                raise forms.ValidationError(f"Ligne {rang}, « {nom} ». {erreur.message}") from erreur
            if courriel:
                try:
                    validate_email(courriel)
                except forms.ValidationError as erreur:
                    raise forms.ValidationError(
                        f"Ligne {rang} : « {courriel} » n'est pas une adresse e-mail."
                    ) from erreur
            if telephone:
                try:
                    telephone = ranger_telephone(telephone)
                except forms.ValidationError as erreur:
                    raise forms.ValidationError(
                        f"Ligne {rang} : « {telephone} » n'est pas un numéro de téléphone."
                    ) from erreur
            gens.append(Participant(nom=nom[:120], courriel=courriel, telephone=telephone[:30], adresse=reste[:300]))
        if not gens:
            raise forms.ValidationError("Écrivez au moins un nom.")
        return gens

    def participants(self) -> list[Participant]:
        """As the service takes them."""
        qualite = self.cleaned_data["qualite"]
        for personne in self.cleaned_data["liste"]:
            personne.qualite = qualite
            if qualite != Participant.Qualite.HABITANT:
                personne.organisme, personne.adresse = personne.adresse[:120], ""
        gens: list[Participant] = self.cleaned_data["liste"]
        return gens


class InscriptionForm(ModeleForm):
    """Somebody registers: a name, and one way to be reached."""

    un_au_moins = ("courriel", "telephone")

    class Meta:
        model = Participant
        fields = ("nom", "courriel", "telephone", "besoins")
        field_classes: ClassVar[dict[str, Any]] = {
            "nom": ChampNomDePersonne,
            "courriel": ChampCourriel,
            "telephone": ChampTelephone,
        }
        widgets: ClassVar[dict[str, Any]] = {
            "nom": forms.TextInput({"autocomplete": "name"}),
            "telephone": forms.TextInput({"autocomplete": "tel", "inputmode": "tel"}),
        }
        help_texts: ClassVar[dict[str, str]] = {
            "courriel": "L'e-mail ou le téléphone suffit.",
            "besoins": "Par exemple : je viens en fauteuil, j'ai besoin d'un interprète, je viens avec un enfant. "
            "Ne dites rien de votre santé.",
        }

    def clean(self) -> dict[str, Any]:
        """One way to be reached."""
        lu = super().clean() or {}
        if not self.errors and not lu.get("courriel") and not lu.get("telephone"):
            self.add_error("courriel", "Donnez une adresse e-mail ou un téléphone, pour vous prévenir d'un changement.")
        return lu


class AccordsForm(Formulaire):
    """Yes, no or not yet, for each purpose on its own."""

    def __init__(self, *args: Any, participant: Participant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accords, reponses = participant.accords, participant.reponses
        for finalite in Finalite:
            dernier = reponses.get(finalite.value)
            deja = None if dernier is None else "oui" if finalite in accords else "non"
            self.fields[finalite.value] = forms.ChoiceField(
                label=finalite.label, required=False, choices=[("oui", "Oui"), ("non", "Non")], initial=deja,
                widget=Radios, help_text=f"Réponse : {dernier.phrase}." if dernier else "Pas de réponse.",
            )  # fmt: skip

    def reponses(self) -> dict[str, bool]:
        """What was answered; a purpose left alone is absent."""
        return {f: mot == "oui" for f, mot in self.cleaned_data.items() if mot}


class ParticipantForm(ModeleForm):
    """What the team keeps of a person; an e-mail serves once in a workshop."""

    class Meta:
        model = Participant
        fields = ("nom", "qualite", "organisme", "courriel", "telephone", "adresse", "besoins")
        field_classes: ClassVar[dict[str, Any]] = {"nom": ChampNomDePersonne, "telephone": ChampTelephone}
        widgets: ClassVar[dict[str, Any]] = {
            "qualite": Radios, "adresse": forms.Textarea({"rows": 2}),
            "telephone": forms.TextInput({"inputmode": "tel"}),
        }  # fmt: skip
        help_texts: ClassVar[dict[str, str]] = {"adresse": "Pour la lettre d'invitation."}

    def clean_courriel(self) -> str:
        """Nobody else of the workshop has it."""
        courriel: str = self.cleaned_data["courriel"]
        memes = Participant.objects.filter(atelier=self.instance.atelier_id, courriel__iexact=courriel)
        if courriel and memes.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("Cette adresse e-mail est déjà celle d'une autre personne de l'atelier.")
        return courriel


class ArriveeForm(ModeleForm):
    """Somebody at the door whom nobody expected: as little as can be asked."""

    class Meta:
        model = Participant
        fields = ("nom", "qualite", "organisme")
        field_classes: ClassVar[dict[str, Any]] = {"nom": ChampNomDePersonne}
        widgets: ClassVar[dict[str, Any]] = {"qualite": Radios}
        help_texts: ClassVar[dict[str, str]] = {"nom": "Un prénom suffit."}


class AnnulerForm(Formulaire):
    """Why."""

    motif = forms.CharField(label="Pourquoi l'atelier est-il annulé ?", max_length=300)


class MomentForm(ModeleForm):
    """One moment of the run sheet."""

    class Meta:
        model = Sequence
        fields = ("titre", "minutes", "consigne", "materiel")
        widgets: ClassVar[dict[str, Any]] = {"consigne": forms.Textarea({"rows": 5})}


class ModeleDerouleForm(Formulaire):
    """Start again from a template."""

    modele = forms.ChoiceField(
        label="Modèle", choices=[(c, f"{m.nom}. {m.pour}") for c, m in MODELES.items()], widget=Radios
    )


class NoteForm(Formulaire):
    """What is said at a table; as short as can be."""

    texte = forms.CharField(
        label="Ce qui est dit, dans les mots de la personne", widget=forms.Textarea({"rows": 4}), max_length=2000,
        error_messages={"required": "Écrivez ce qui est dit."},
    )  # fmt: skip
    qui = forms.ModelChoiceField(
        Participant.objects.none(), label="Qui le dit ?", required=False, empty_label="Je ne sais pas, ou plusieurs",
        help_text="Sert seulement à respecter son accord pour les citations. Le nom n'est jamais publié.",
    )  # fmt: skip
    cle = forms.CharField(widget=forms.HiddenInput, max_length=40)

    def __init__(self, *args: Any, atelier: Atelier, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champ = self.fields["qui"]
        assert isinstance(champ, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        champ.queryset = atelier.participants.exclude(statut__in=[*Participant.PAS_ATTENDUS, Participant.Statut.ABSENT])


class CorrigerNoteForm(NoteForm):
    """A note that was taken; `version` is the one on the screen."""

    cle = None  # type: ignore[assignment]
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, note: Note, **kwargs: Any) -> None:
        initial = {"texte": note.texte, "qui": note.participant_id, "version": note.version}
        super().__init__(*args, atelier=note.atelier, initial=initial, **kwargs)
