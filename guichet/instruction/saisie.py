"""Typing in a request for someone at the counter, on the telephone, or whose letter came: same questions, same
checks, same acknowledgement as on the residents' site, on one page.

The questions are those of guichet.questions, as on the residents' site: a procedure cannot be asked in two ways.
What only the counter knows (channel, day of receipt, who types) travels in the draft under a key that no field
can have; the draft opens for the agent who began it and for nobody else.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from guichet.comptes.models import Usager
from guichet.demandes import services
from guichet.demandes.models import Brouillon, Canal, CanalReponse, Demande, PieceBrouillon
from guichet.demarches.champs import ChampGroupe
from guichet.demarches.constats import Constat, constats
from guichet.demarches.definition import Etape
from guichet.demarches.models import Demarche
from guichet.instruction.models import Agent
from guichet.questions.etape import FormulaireQuestions
from guichet.questions.parcours import Parcours
from socle.composants.courriels import ChampCourriel, SaisieCourriel
from socle.composants.forms import Radios, TexteLong

SAISIE = "_saisie"

CANAUX = {
    Canal.GUICHET: "Au guichet : la personne est devant vous",
    Canal.TELEPHONE: "Au téléphone",
    Canal.COURRIER: "Par courrier",
    Canal.COURRIEL: "Par e-mail",
}
REPONSES = {
    CanalReponse.COURRIEL: "Par e-mail",
    CanalReponse.COURRIER: "Par courrier",
    CanalReponse.TELEPHONE: "Par téléphone",
}


class DepartForm(forms.Form):
    """What the counter knows before the first question."""

    canal = forms.ChoiceField(
        label="Comment la demande vous arrive-t-elle ?",
        choices=list(CANAUX.items()),
        widget=Radios,
        error_messages={"required": "Dites comment la demande vous arrive."},
    )
    recue_le = forms.DateField(
        label="Reçue le",
        help_text="Pour un courrier, le jour où la mairie l’a reçu : le délai de la loi part de ce jour.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Indiquez le jour de réception.", "invalid": "Indiquez le jour de réception."},
    )
    canal_reponse = forms.ChoiceField(
        label="Comment la personne veut-elle recevoir la réponse ?",
        choices=list(REPONSES.items()),
        initial=CanalReponse.COURRIEL,
        widget=Radios,
        error_messages={"required": "Choisissez comment répondre à la personne."},
    )
    adresse_postale = TexteLong(
        label="Adresse postale de la personne",
        help_text="Nécessaire seulement si la réponse part par courrier.",
        required=False,
        max_length=500,
        rows=3,
    )
    compte = ChampCourriel(
        label="Adresse e-mail de son compte sur le site",
        help_text="Seulement si la personne a un compte et veut y retrouver la demande.",
        required=False,
        widget=SaisieCourriel("off"),
    )

    usager: Usager | None = None

    def clean_recue_le(self) -> date:
        """Raises ValidationError when the day is after today."""
        jour: date = self.cleaned_data["recue_le"]
        if jour > timezone.localdate():
            raise forms.ValidationError("Le jour de réception ne peut pas être dans l’avenir.")
        return jour

    def clean_compte(self) -> str:
        """Finds the account of this address. Raises ValidationError unless there is exactly one."""
        adresse: str = self.cleaned_data["compte"]
        if adresse:
            trouves = list(Usager.objects.filter(courriel__iexact=adresse)[:2])
            if len(trouves) != 1:
                raise forms.ValidationError(
                    "Aucun compte n’a cette adresse. Vérifiez-la, ou laissez la case vide."
                    if not trouves
                    else "Plusieurs comptes ont cette adresse. Laissez la case vide : la personne aura un code."
                )
            self.usager = trouves[0]
        return adresse

    def clean(self) -> dict[str, Any]:
        """An answer by post needs an address."""
        donnees: dict[str, Any] = super().clean() or {}
        if donnees.get("canal_reponse") == CanalReponse.COURRIER and not donnees.get("adresse_postale"):
            self.add_error("adresse_postale", "Écrivez l’adresse où envoyer la réponse.")
        return donnees

    @property
    def contexte(self) -> dict[str, Any]:
        """What the draft keeps of it."""
        return {
            "canal": self.cleaned_data["canal"],
            "recue_le": self.cleaned_data["recue_le"].isoformat(),
            "canal_reponse": self.cleaned_data["canal_reponse"],
            "adresse_postale": self.cleaned_data["adresse_postale"],
            "usager": str(self.usager.pk) if self.usager else None,
        }


@dataclass(frozen=True)
class Partie:
    """Questions of one step of the procedure, under its title."""

    etape: Etape
    champs: Sequence[BoundField]


class Saisie(Parcours):
    """The course of a form on one page, at the agents' addresses."""

    @classmethod
    def ouvrir(cls, agent: Agent, slug: str, identifiant: uuid.UUID) -> Saisie:
        """What this agent began to type in. Raises Http404 for any other draft."""
        demarche = get_object_or_404(Demarche.objects.publiees(), pk=slug)
        brouillon = Brouillon.objects.filter(pk=identifiant, demarche=demarche).first()
        if brouillon is None or brouillon.donnees.get(SAISIE, {}).get("agent") != agent.sub:
            raise Http404
        brouillon.demarche = demarche
        cle = brouillon.donnees[SAISIE]["usager"]
        usager = Usager.objects.filter(pk=cle).first() if cle else None
        return cls(demarche, brouillon, usager, True, list(brouillon.pieces.all()))

    @property
    def debut(self) -> dict[str, Any]:
        """What the counter said before the first question, as the draft keeps it."""
        debut: dict[str, Any] = self.donnees[SAISIE]
        return debut

    @property
    def canal(self) -> Canal:
        """How the request came in."""
        return Canal(self.debut["canal"])

    # --- Rules --------------------------------------------------------------------------------------

    sans_arret = True

    @property
    def jour(self) -> date:
        """A letter is judged on the day it came."""
        return date.fromisoformat(self.debut["recue_le"])

    def fautes(self, reponses: dict[str, Any]) -> list[Constat]:
        """Rules of the whole form that want one of the answers just given corrected."""
        return [c for c in constats(self.definition, {**self.donnees, **reponses}, self.jour) if c.corrige]

    def injoignable(self) -> str:
        """Why the answer cannot reach the person in the way chosen, in words; empty where it can."""
        canal = self.debut["canal_reponse"]
        if canal == CanalReponse.TELEPHONE and canal not in self.canaux_possibles():
            return (
                "La personne veut une réponse par téléphone : notez un numéro où l’appeler, ou recommencez la saisie "
                "en choisissant une autre réponse."
            )
        return ""

    # --- Addresses ----------------------------------------------------------------------------------

    def adresse(self, nom: str, *suite: object) -> str:
        """Address of a page of this course on the agents' site."""
        return reverse(f"instruction:{nom}", args=[self.demarche.pk, self.brouillon.pk, *suite])

    def url(self, etape: Etape | None) -> str:
        """Where a page of questions is: a place of the one long page; None is the last look."""
        if etape is None:
            return self.adresse("saisie_verifier")
        return f"{self.adresse('saisie')}#etape-{etape.nom}"

    def url_element(self, etape: Etape, groupe: ChampGroupe, rang: int) -> str:
        """Where an element of a group is asked; ``rang`` counts from 1."""
        return self.adresse("saisie_element", groupe.nom, rang)

    def url_fichier(self, piece: PieceBrouillon) -> str:
        """Where a file of the draft is read."""
        return self.adresse("saisie_fichier", piece.pk)

    # --- One page -----------------------------------------------------------------------------------

    def formulaire_entier(self, *saisie: Any) -> FormulaireQuestions:
        """All questions on one page, which the browser fills with nothing of the agent's own."""
        return _d_autrui(super().formulaire_entier(*saisie))

    def formulaire_element(self, groupe: ChampGroupe, rang: int, *saisie: Any) -> FormulaireQuestions:
        """The page of an element, which the browser fills with nothing of the agent's own; ``rang`` counts from 1."""
        return _d_autrui(super().formulaire_element(groupe, rang, *saisie))

    def parties(self, formulaire: FormulaireQuestions) -> list[Partie]:
        """The page in parts, a part for each step that asks something."""
        poses = {champ.nom for champ in formulaire.poses}
        parties = []
        for etape in self.definition.etapes:
            champs = [entree for champ in etape.champs if champ.nom in poses for entree in formulaire.entrees(champ)]
            if champs:
                parties.append(Partie(etape, champs))
        return parties

    # --- Filing -------------------------------------------------------------------------------------

    def deposer(self, agent: Agent) -> Demande:
        """File what was typed in, for the person. Raises droits.AccesRefuse for who may not type requests in."""
        self.brouillon.usager = self.usager
        depot = services.deposer_brouillon(
            self.brouillon,
            canal=self.canal,
            par_agent=agent,
            recue_le=_instant(date.fromisoformat(self.debut["recue_le"])),
            canal_reponse=self.debut["canal_reponse"],
            adresse_postale=self.debut["adresse_postale"],
        )
        return depot.demande


def commencer(agent: Agent, demarche: Demarche, formulaire: DepartForm) -> Brouillon:
    """Never in the account's own drafts: the person did not write it."""
    return Brouillon.objects.create(demarche=demarche, donnees={SAISIE: {**formulaire.contexte, "agent": agent.sub}})


def _d_autrui(formulaire: FormulaireQuestions) -> FormulaireQuestions:
    """The person is not who sits at the keyboard: the browser must not offer the agent's own name and address."""
    for champ in formulaire.fields.values():
        if "autocomplete" in champ.widget.attrs:
            champ.widget.attrs["autocomplete"] = "off"
    return formulaire


def _instant(jour: date) -> datetime:
    """Now for today; noon for an earlier day, whose hour nobody noted."""
    if jour >= timezone.localdate():
        return timezone.now()
    return timezone.make_aware(datetime.combine(jour, time(12)))
