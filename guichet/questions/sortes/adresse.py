"""A place: one line, and how to find the exact spot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from guichet.comptes.models import Usager
from guichet.demarches import champs as c
from guichet.questions.adaptateur import Adaptateur, Champs, DejaLa, Relue, adapte
from guichet.questions.invention import LIEUX, Invention

LONGUEUR, LONGUEUR_PRECISION = 200, 300  # characters


@adapte(c.ChampAdresse)
class Adresse(Adaptateur[c.ChampAdresse]):
    """A place: an address on one line and, apart, what helps to find the spot."""

    suffixes = ("precision",)
    porte_le_titre = False

    def champs(self) -> Champs:
        """Two inputs: the address, and the precision (never required)."""
        champ = self.champ
        return {
            champ.nom: forms.CharField(
                max_length=LONGUEUR,
                widget=forms.TextInput(
                    attrs={"autocomplete": "street-address" if self.champ.est_le_domicile else "off"}
                ),
                error_messages={
                    "required": self._vide(f"Indiquez « {champ.libelle} »."),
                    "max_length": f"Écrivez une adresse plus courte : {LONGUEUR} caractères au plus.",
                },
                **self._communs(),
            ),
            self._nom("precision"): forms.CharField(
                label=champ.libelle_precision,
                help_text=champ.aide_precision,
                required=False,
                max_length=LONGUEUR_PRECISION,
                error_messages={
                    "max_length": f"Écrivez une précision plus courte : {LONGUEUR_PRECISION} caractères au plus."
                },
            ),
        }

    def initial(self, valeur: Any) -> dict[str, Any]:
        """The address kept, in its two inputs."""
        connue: Mapping[str, str] = valeur or {}
        return {self.champ.nom: connue.get("adresse", ""), self._nom("precision"): connue.get("precision", "")}

    def connu(self, usager: Usager) -> Any:
        """The account's address on one line, for the person's own address only; None otherwise."""
        if not self.champ.est_le_domicile or not usager.adresse:
            return None
        return {"adresse": " ".join(usager.adresse.split()), "precision": ""}

    def lire(self, nettoyees: Mapping[str, Any]) -> dict[str, Any]:
        """Both inputs as one answer: ``adresse`` and ``precision``."""
        precision = nettoyees.get(self._nom("precision"), "")
        return {self.champ.nom: {"adresse": nettoyees.get(self.champ.nom, ""), "precision": precision}}

    def en_faute(self, fautes: Mapping[str, Any]) -> bool:
        """Whether the address itself is refused."""
        return self.champ.nom in fautes  # the address is worth keeping while what helps to find it is mended

    def relire(self, valeur: Any, deja: list[DejaLa]) -> Relue:
        """The answer, with the precision that was left out: one sees that it may still be given."""
        relue = super().relire(valeur, deja)
        if relue.valeur and not valeur.get("precision"):
            relue = Relue(valeur=f"{relue.valeur}\n{self.champ.libelle_precision} : non indiqué")
        return relue

    def inventer(self, invention: Invention, autour: Mapping[str, Any]) -> dict[str, str]:
        """The invented person's address, and a spot near it."""
        return {"adresse": invention.personne.adresse, "precision": invention.hasard.choice(LIEUX)}

    def schema(self) -> dict[str, Any]:
        """An object of two texts."""
        return {
            "type": "object",
            "properties": {
                "adresse": {"type": "string", "maxLength": LONGUEUR},
                "precision": {"type": "string", "maxLength": LONGUEUR_PRECISION},
            },
            "required": ["adresse", "precision"],
            "additionalProperties": False,
        }
