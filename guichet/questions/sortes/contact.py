"""Ways to reach a person: name, e-mail address, telephone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from guichet.comptes.models import IdentiteVerifiee, Usager
from guichet.demarches import champs as c
from guichet.questions.adaptateur import Adaptateur, Champs, adapte
from guichet.questions.invention import PRENOMS, Invention, telephone
from socle.composants.courriels import ChampCourriel, SaisieCourriel
from socle.composants.noms import ChampNomDePersonne
from socle.composants.telephones import ECRIVEZ, ChampTelephone

NOM_MAX = 200
"""Characters of a name, as the column keeps it (`Demande.nom`)."""
COURRIEL_MAX = 254
"""Characters of an address that mail can reach (RFC 5321, 4.5.3.1.3), and of the column that keeps it."""


class _Contact(Adaptateur[c.ChampContact]):
    @property
    def _soi(self) -> bool:
        """Whether the person speaks of themselves: only then may the browser or the account fill the field."""
        return bool(self.champ.moyen_du_demandeur)

    def connu(self, usager: Usager) -> Any:
        moyen = self.champ.moyen_du_demandeur
        return getattr(usager, moyen) or None if moyen else None

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": 320}


@adapte(c.ChampNom)
class NomDePersonne(_Contact):
    """Somebody's name, on one line."""

    def champs(self) -> Champs:
        """One input; the browser may fill it only for the person who writes."""
        return {
            self.champ.nom: ChampNomDePersonne(
                max_length=NOM_MAX,
                widget=forms.TextInput(attrs={"autocomplete": "name" if self._soi else "off", "spellcheck": "false"}),
                error_messages={
                    "required": self._vide("Indiquez votre prénom et votre nom."),
                    "max_length": "Écrivez un nom plus court.",
                },
                **self._communs(),
            )
        }

    def verifie(self, identite: IdentiteVerifiee) -> str | None:
        """The name of whoever writes; never somebody else's."""
        return identite.nom_entier[:NOM_MAX] if self._soi else None

    def inventer(self, invention: Invention, autour: Mapping[str, Any]) -> str:
        """The invented person's name, or that of somebody of their family."""
        if self._soi:
            return invention.personne.entier
        return f"{invention.hasard.choice(PRENOMS)} {invention.personne.nom}"


@adapte(c.ChampCourriel)
class Courriel(_Contact):
    """An e-mail address."""

    def champs(self) -> Champs:
        """One input; the browser may fill it only for the person who writes."""
        return {
            self.champ.nom: ChampCourriel(
                max_length=COURRIEL_MAX,
                widget=SaisieCourriel("email" if self._soi else "off"),
                error_messages={"required": self._vide("Indiquez votre adresse e-mail.")},
                **self._communs(),
            )
        }

    def inventer(self, invention: Invention, autour: Mapping[str, Any]) -> str:
        """The invented person's address; nothing for somebody else's."""
        return invention.personne.courriel if self._soi else ""


def champ_telephone(*, label: str, aide: str, requis: bool, vide: str = "", soi: bool = True) -> forms.Field:
    """An input for a telephone number, here and on pages that ask for one outside a procedure; ``soi``: the writer's
    own.
    """
    return ChampTelephone(
        label=label,
        help_text=aide,
        required=requis,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel" if soi else "off"}),
        error_messages={
            "required": vide or "Indiquez votre numéro de téléphone.",
            "max_length": ECRIVEZ,
        },
    )


@adapte(c.ChampTelephone)
class Telephone(_Contact):
    """A telephone number."""

    def champs(self) -> Champs:
        """One input; the browser may fill it only for the person who writes."""
        champ = self.champ
        return {
            champ.nom: champ_telephone(
                label=champ.libelle, aide=champ.aide, requis=champ.obligatoire, vide=champ.si_vide, soi=self._soi
            )
        }

    def inventer(self, invention: Invention, autour: Mapping[str, Any]) -> str:
        """A number that reaches nobody."""
        return invention.personne.telephone if self._soi else telephone(invention.hasard)
