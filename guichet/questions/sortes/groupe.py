"""The same few questions for each child, each vehicle…: an element a page."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django import forms

from guichet.demarches import champs as c
from guichet.demarches.recherche import normaliser
from guichet.questions.adaptateur import Adaptateur, Champs, DejaLa, Relue, adaptateur_de, adapte, inventer
from guichet.questions.invention import Invention

_MASCULINS = frozenset({
    "adulte", "arbre", "bien", "chien", "creneau", "document", "dossier", "element", "emplacement",
    "encombrant", "enfant", "equipement", "evenement", "frere", "horaire", "jour", "justificatif",
    "logement", "lot", "materiel", "meuble", "mineur", "objet", "occupant", "panneau", "parent",
    "responsable", "stand", "temoin", "titulaire", "vehicule", "voisin",
})  # fmt: skip
_FEMININES = frozenset({
    "activite", "adresse", "annee", "association", "benne", "chaise", "date", "depense", "personne",
    "piece", "plage", "plaque", "place", "prestation", "recette", "remorque", "rue", "salle", "soeur",
    "subvention", "table", "vignette", "voiture", "zone",
})  # fmt: skip


def ajouter(element: str, *, encore: bool = False) -> str:
    """« Ajouter un enfant », « Ajouter une autre personne »; without article for a word not known here."""
    mot = element[:1].lower() + element[1:]
    premier = normaliser(element).split()[:1]
    autre = "autre " if encore else ""
    if premier and premier[0] in _MASCULINS:
        return f"Ajouter un {autre}{mot}"
    if premier and premier[0] in _FEMININES:
        return f"Ajouter une {autre}{mot}"
    return f"Ajouter : {mot}"


class Elements(forms.Widget):
    """The elements already given; adding and changing one are pages of their own."""

    use_fieldset = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> None:
        """Nothing: elements are sent by pages of their own."""
        del data, files, name

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        """Raises NotImplementedError: the template draws it."""
        raise NotImplementedError("un groupe est dessiné par questions/groupe.html")


class ListeElements(forms.Field):
    """A repeated group on its page. What is checked is how many elements there are."""

    def __init__(self, *, groupe: c.ChampGroupe, **kwargs: Any) -> None:
        super().__init__(widget=Elements(), **kwargs)
        self.groupe = groupe
        self.elements: list[dict[str, Any]] = []
        self.template_name = "questions/groupe.html"

    @property
    def au_moins(self) -> int:
        """Fewest elements that will do."""
        return max(self.groupe.minimum, 1 if self.groupe.obligatoire else 0)

    @property
    def peut_ajouter(self) -> bool:
        """Whether one element more is allowed."""
        return len(self.elements) < self.groupe.maximum

    @property
    def ajouter(self) -> str:
        """Text of the button that adds an element."""
        return ajouter(self.groupe.libelle_element, encore=bool(self.elements))

    @property
    def resumes(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Each element: which it is, and its (question, answer) pairs; what was left empty is not shown."""
        return [(empreinte_de(element), lignes_de(self.groupe, element)) for element in self.elements]

    def clean(self, value: Any) -> list[dict[str, Any]]:
        """The elements. Raises ValidationError when there are too few."""
        del value
        nombre = len(self.elements)
        if nombre < self.au_moins and (self.required or nombre):
            vide = self.groupe.si_vide if not nombre else ""
            if not vide and self.au_moins == 1:
                vide = f"Utilisez le bouton « {ajouter(self.groupe.libelle_element)} »."
            raise forms.ValidationError(
                vide or f"Il en faut au moins {self.au_moins} : « {ajouter(self.groupe.libelle_element)} »."
            )
        return self.elements


def empreinte_de(element: Mapping[str, Any]) -> str:
    """Which element it is, wherever it stands in the list: some hexadecimal digits of its answers."""
    return hashlib.sha256(json.dumps(element, sort_keys=True).encode()).hexdigest()[:12]


def lignes_de(groupe: c.ChampGroupe, element: dict[str, Any]) -> list[tuple[str, str]]:
    """Questions and answers of an element, without those left empty or not asked."""
    lignes = [(champ.libelle, champ.afficher(element.get(champ.nom))) for champ in groupe.champs_visibles(element)]
    return [(libelle, valeur) for libelle, valeur in lignes if valeur]


@adapte(c.ChampGroupe)
class Groupe(Adaptateur[c.ChampGroupe]):
    """A few questions asked again for each element."""

    porte_le_titre = False

    def champs(self) -> Champs:
        """One field, drawn as a list with its buttons."""
        return {self.champ.nom: ListeElements(groupe=self.champ, **self._communs())}

    def initial(self, valeur: Any) -> dict[str, Any]:
        """Nothing: elements are handed over by ``preparer``."""
        return {}

    def preparer(self, champs: Mapping[str, forms.Field], valeur: Any, deja: list[DejaLa]) -> None:
        """Gives the field the elements already given."""
        liste: Any = champs[self.champ.nom]
        liste.elements = list(valeur or [])

    def lire(self, nettoyees: Mapping[str, Any]) -> dict[str, Any]:
        """Nothing: each element is read on its own page."""
        return {}  # each element has a page of its own

    def relire(self, valeur: Any, deja: list[DejaLa]) -> Relue:
        """One part an element, numbered from 1."""
        return Relue(
            elements=[
                (f"{self.champ.libelle_element} {rang}", lignes_de(self.champ, element))
                for rang, element in enumerate(valeur or (), 1)
            ]
        )

    def inventer(self, invention: Invention, autour: Mapping[str, Any]) -> list[dict[str, Any]]:
        """As few elements as allowed, rarely one or two more."""
        champ, hasard = self.champ, invention.hasard
        combien = max(champ.minimum, 1) + (hasard.random() < 0.3) + (hasard.random() < 0.08)
        return [inventer(champ.champs, autour, invention) for _ in range(min(combien, champ.maximum))]

    def schema(self) -> dict[str, Any]:
        """A list of objects, one property a question."""
        element = {
            "type": "object",
            "properties": {champ.nom: adaptateur_de(champ).schema() for champ in self.champ.champs},
            "additionalProperties": False,
        }
        return {"type": "array", "items": element, "maxItems": self.champ.maximum}
