"""What an agent types and chooses with an act: one form, whose fields the transition decides.

Templates of answers are chosen without JavaScript: a button of the form shows the page again with the text in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils import timezone

from guichet.demandes import promesses
from guichet.demandes.actes_agent import DELAI_COMPLEMENT, porte_des_documents
from guichet.demandes.auteur import qualite_demandee
from guichet.demandes.droits import Agent
from guichet.demandes.models import Demande
from guichet.demandes.reponses_types import ReponseOfferte
from guichet.demandes.services import Autorite, DemandeDePiece, Saisie
from guichet.demarches.definition_workflow import Effet
from guichet.demarches.models import Service
from guichet.instruction.actions import Action
from guichet.questions.sortes.fichiers import champ_pieces
from socle.composants.courriels import ChampCourriel, SaisieCourriel
from socle.composants.forms import Cases, Radios, TexteLong

AUTRES_PIECES = 2
"""Free lines for pieces that the form does not name: the page can be sent again for more."""

SANS_DOCUMENT = "sans_document"
PIECE = "piece:"
DOCUMENT = "document:"


@dataclass(frozen=True)
class Section:
    """Fields of a form that go together, under a title where there is one."""

    titre: str
    champs: Sequence[BoundField]
    en_paires: bool = False
    """Two by two on a wide screen."""
    replie: bool = False


class ActeForm(forms.Form):
    """Version of the page, then what this act asks: reason, pieces, corrections, day, service, authority, text."""

    version = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def __init__(
        self,
        action: Action,
        demande: Demande,
        agent: Agent,
        donnees: Any = None,
        fichiers: Any = None,
        *,
        initial: Mapping[str, Any] | None = None,
        en_lot: bool = False,
    ) -> None:
        super().__init__(donnees, fichiers, initial=dict(initial or {}), auto_id="id-%s")
        self.action, self.demande, self.en_lot = action, demande, en_lot
        self.fichiers_perdus = bool(fichiers)
        """Whether files were chosen: shown again, the page has to say that the browser does not keep them."""
        self.modeles: list[ReponseOfferte] = action.modeles(demande, agent)
        if action.effet is Effet.DEMANDER:
            self._demander()
        elif action.effet is Effet.TRANSFERER_SERVICE:
            self._transferer_service()
        elif action.effet is Effet.TRANSFERER_AUTORITE:
            self._transferer_autorite()
        if action.transition.motifs:
            self.fields["motif"] = forms.ChoiceField(
                label="Motif",
                choices=[(motif, motif) for motif in action.transition.motifs],
                widget=Radios,
                error_messages={"required": "Choisissez un motif dans la liste."},
            )
        if action.avec_texte:
            mots = action.mots
            self.fields["texte"] = TexteLong(
                label=mots.libelle,
                help_text=mots.aide,
                required=action.texte_obligatoire,
                max_length=10_000,
                rows=8,
                error_messages={"required": mots.oubli},
            )
        if qualite_demandee(action.transition, agent):
            self.fields["qualite"] = forms.CharField(
                label="Votre fonction à la mairie",
                help_text="Par exemple : responsable de la voirie. La décision la dit, avec votre nom.",
                max_length=120,
                error_messages={
                    "required": "Écrivez votre fonction : une décision doit dire qui la prend, et à quel titre.",
                    "max_length": "Écrivez une fonction plus courte : 120 caractères au plus.",
                },
            )
        if porte_des_documents(action.transition) and not en_lot:
            self.fields["documents"] = champ_pieces(label="Documents à joindre")
            if not action.effet.decide:
                self.fields["documents"].label = "Documents à joindre au message"
            self.fields["sans_document"] = forms.BooleanField(
                label="Envoyer quand même, sans document",
                required=False,
                widget=forms.CheckboxInput() if donnees and SANS_DOCUMENT in donnees else forms.HiddenInput(),
            )

    # --- Fields of some effects ---------------------------------------------------------------------

    def _demander(self) -> None:
        pieces = self._pieces_connues()
        if pieces:
            self.fields["pieces"] = forms.MultipleChoiceField(
                label="Les pièces de la démarche à demander", required=False, choices=pieces, widget=Cases
            )
        for rang in range(1, AUTRES_PIECES + 1):
            self.fields[f"autre_{rang}"] = forms.CharField(
                label="Encore une pièce" if rang > 1 else "Une autre pièce" if pieces else "La pièce à demander",
                help_text="Par exemple : justificatif de domicile de moins de trois mois." if rang == 1 else "",
                required=False,
                max_length=300,
                error_messages={"max_length": "Écrivez un nom plus court : 300 caractères au plus."},
            )
            self.fields[f"pourquoi_{rang}"] = forms.CharField(
                label="Pourquoi" if rang == 1 else "Pourquoi celle-là",
                required=False,
                max_length=500,
                error_messages={"max_length": "Écrivez une raison plus courte : 500 caractères au plus."},
            )
        corrections = self._reponses_a_corriger()
        if corrections:
            self.fields["corrections"] = forms.MultipleChoiceField(
                label="Les réponses à corriger", required=False, choices=corrections, widget=Cases
            )
        self.fields["limite"] = forms.DateField(
            label="À envoyer avant le",
            help_text="Pour une pièce ou une correction. Laissez au moins deux semaines à la personne.",
            required=False,
            initial=timezone.localdate() + DELAI_COMPLEMENT,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={"invalid": "Indiquez un jour, comme 24/12/2026."},
        )

    def _pieces_connues(self) -> list[tuple[str, str]]:
        """Files that the form asks for, then documents that the procedure names."""
        definition = self.demande.definition
        champs = [
            (f"{PIECE}{champ.nom}", champ.libelle)
            for champ in definition.champs_poses(self.demande.donnees)
            if champ.depose_des_fichiers
        ]
        deja = {libelle for _, libelle in champs}
        documents = [
            (f"{DOCUMENT}{rang}", document.nom)
            for rang, document in enumerate(definition.presentation.documents)
            if document.nom not in deja
        ]
        return champs + documents

    def _reponses_a_corriger(self) -> list[tuple[str, str]]:
        """Questions that were asked of this person; a whole group is corrected by writing."""
        definition = self.demande.definition
        utiles = definition.elaguer(self.demande.donnees)
        return [
            (champ.nom, f"{champ.libelle} : {_court(champ.afficher(utiles.get(champ.nom)))}")
            for champ in definition.champs_poses(utiles)
            if champ.se_corrige
        ]

    def _transferer_service(self) -> None:
        services = Service.objects.exclude(pk=self.demande.service_id).only("nom")
        self.fields["service"] = forms.ChoiceField(
            label="À quel service ?",
            choices=[("", "Choisissez un service"), *((s.pk, s.nom) for s in services)],
            error_messages={"required": "Choisissez le service.", "invalid_choice": "Choisissez le service."},
        )

    def _transferer_autorite(self) -> None:
        self.fields["organisme"] = forms.CharField(
            label="Nom de l’organisme",
            help_text="Par exemple : préfecture de l’Essonne.",
            max_length=200,
            error_messages={
                "required": "Écrivez le nom de l’organisme.",
                "max_length": "Écrivez un nom plus court : 200 caractères au plus.",
            },
        )
        self.fields["organisme_adresse"] = TexteLong(
            label="Son adresse postale",
            help_text="Sans adresse e-mail, vous imprimerez la lettre et la demande, prêtes à poster.",
            required=False,
            max_length=500,
            rows=3,
        )
        self.fields["organisme_courriel"] = ChampCourriel(
            label="Son adresse e-mail",
            help_text="La demande y part aussitôt, avec ses fichiers.",
            required=False,
            widget=SaisieCourriel("off"),
        )

    # --- What is read -------------------------------------------------------------------------------

    def clean_limite(self) -> date | None:
        """Raises ValidationError unless the day is after today."""
        limite: date | None = self.cleaned_data["limite"]
        if limite is not None and limite <= timezone.localdate():
            raise forms.ValidationError("Choisissez un jour dans l’avenir.")
        return limite

    def clean(self) -> dict[str, Any]:
        """Where something is asked of the resident, at least one piece, correction or question is needed."""
        donnees: dict[str, Any] = super().clean() or {}
        self._blancs_remplis(donnees)
        self._promesse_tenue(donnees)
        joignable = donnees.get("organisme_courriel") or donnees.get("organisme_adresse")
        if self.action.effet is Effet.TRANSFERER_AUTORITE and not self.errors and not joignable:
            self.add_error(
                "organisme_courriel",
                "Écrivez l’adresse e-mail de l’organisme, ou son adresse postale : la demande y part.",
            )
        if self.action.effet is Effet.DEMANDER and not self.errors:
            saisie = self.saisie()
            if not (saisie.pieces or saisie.corrections or saisie.texte):
                premier = next(nom for nom in ("pieces", "autre_1") if nom in self.fields)
                self.add_error(premier, "Choisissez une pièce ou une réponse à corriger, ou écrivez votre question.")
        return donnees

    def _blancs_remplis(self, donnees: Mapping[str, Any]) -> None:
        """No blank of a template leaves as it is: « Une équipe passera le [date]. »."""
        texte = str(donnees.get("texte", ""))
        blanc = next((b for modele in self.modeles for b in promesses.blancs(modele.texte) if b in texte), "")
        if blanc:
            self.add_error("texte", f"Écrivez ce qu’il faut à la place de « {blanc} ».")

    def _promesse_tenue(self, donnees: Mapping[str, Any]) -> None:
        """A text that says « joint à ce message » leaves with a document, or once the agent has said that it is right.

        The box to say so appears with the refusal.
        """
        if "texte" not in self.fields or "texte" in self.errors or "documents" in self.errors:
            return
        if donnees.get("documents") or donnees.get(SANS_DOCUMENT):
            return
        if not promesses.annonce_un_document(str(donnees.get("texte", ""))):
            return
        if self.en_lot:
            self.add_error("texte", "Votre texte annonce un document joint : envoyez-le demande par demande.")
        elif "documents" in self.fields:
            case = forms.CheckboxInput()
            self.fields[SANS_DOCUMENT].widget = case
            self.add_error("documents", "Votre texte annonce un document joint : choisissez-le, ou changez le texte.")

    def saisie(self) -> Saisie:
        """What was typed, as services.executer takes it. After is_valid() only."""
        lu = self.cleaned_data
        organisme = lu.get("organisme", "")
        return Saisie(
            texte=lu.get("texte", ""),
            motif=lu.get("motif", ""),
            service=lu.get("service", ""),
            autorite=Autorite(organisme, lu.get("organisme_adresse", ""), lu.get("organisme_courriel", ""))
            if organisme
            else None,
            pieces=tuple(self._pieces()),
            corrections=tuple(lu.get("corrections", ())),
            limite=lu.get("limite"),
            fichiers=tuple(lu.get("documents") or ()),
            qualite=lu.get("qualite", ""),
        )

    def _pieces(self) -> list[DemandeDePiece]:
        connues = dict(getattr(self.fields.get("pieces"), "choices", ()))
        documents = self.demande.definition.presentation.documents
        trouvees = []
        for cle in self.cleaned_data.get("pieces", ()):
            if cle.startswith(PIECE):
                champ = self.demande.definition.champ(cle.removeprefix(PIECE))
                pourquoi = champ.pourquoi if champ else ""
                trouvees.append(DemandeDePiece(str(connues[cle]), pourquoi, cle.removeprefix(PIECE)))
            else:
                document = documents[int(cle.removeprefix(DOCUMENT))]
                trouvees.append(DemandeDePiece(document.nom, document.pourquoi))
        for rang in range(1, AUTRES_PIECES + 1):
            if nom := self.cleaned_data.get(f"autre_{rang}"):
                trouvees.append(DemandeDePiece(nom, self.cleaned_data.get(f"pourquoi_{rang}", "")))
        return trouvees

    # --- What is shown ------------------------------------------------------------------------------

    def avec_modele(self, code: str) -> dict[str, Any]:
        """What was typed so far, with the text of this template: to show the page again."""
        texte = next((modele.texte for modele in self.modeles if modele.code == code), "")
        donnees = cast("QueryDict", self.data)
        garde = {nom: donnees.getlist(nom) if nom in _LISTES else donnees.get(nom) for nom in self.fields}
        garde.pop(SANS_DOCUMENT, None)
        return {nom: valeur for nom, valeur in garde.items() if valeur} | {"texte": texte}

    @property
    def sections(self) -> list[Section]:
        """Everything but the version and the text, which has its place after the templates."""
        if self.action.effet is not Effet.DEMANDER:
            return [Section("", [champ for champ in self if champ.name not in _A_PART])]
        libres = [self[f"{nom}_{rang}"] for rang in range(1, AUTRES_PIECES + 1) for nom in ("autre", "pourquoi")]
        sections = [
            Section("Demander une pièce", [self["pieces"]] if "pieces" in self.fields else []),
            Section("", libres, en_paires=True),
        ]
        if "corrections" in self.fields:
            sections.append(Section("Faire corriger une réponse", [self["corrections"]], replie=not self._corrige))
        return [*sections, Section("Date limite et message", [self["limite"]])]

    @property
    def champ_documents(self) -> BoundField | None:
        """The input of the documents to join; None where none may be."""
        return self["documents"] if "documents" in self.fields else None

    @property
    def champ_sans_document(self) -> BoundField | None:
        """The box that answers « your text announces a document »; None before it was said."""
        champ = self.fields.get(SANS_DOCUMENT)
        return self[SANS_DOCUMENT] if champ is not None and isinstance(champ.widget, forms.CheckboxInput) else None

    @property
    def _corrige(self) -> bool:
        return bool(self["corrections"].value() or self["corrections"].errors)

    @property
    def champ_texte(self) -> BoundField | None:
        """The input of the text; None where this act has none."""
        return self["texte"] if "texte" in self.fields else None


_A_PART = ("version", "texte", "documents", SANS_DOCUMENT)
"""What the page draws at its own place."""
_LISTES = ("pieces", "corrections")


def _court(valeur: str) -> str:
    une_ligne = " ".join(valeur.split())
    if not une_ligne:
        return "sans réponse"
    return une_ligne if len(une_ligne) <= 80 else f"{une_ligne[:79]}…"
