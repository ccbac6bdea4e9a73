"""How a kind of field is asked, read, shown and invented: one class a kind (see ``sortes``).

A kind has one input or several. The first bears the name of the question; the others add a suffix to it, and only
their adapter knows them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from django import forms

from guichet.comptes.models import IdentiteVerifiee, Usager
from guichet.demandes.fichiers import Fichier
from guichet.demarches.champs import ChampBase
from guichet.demarches.conditions import est_rempli
from guichet.questions.invention import Invention

Champs = dict[str, forms.Field]
C = TypeVar("C", bound=ChampBase)


@dataclass(frozen=True)
class DejaLa:
    """A file that a draft holds already, as its field shows it. ``taille`` is in bytes."""

    cle: int
    nom: str
    url: str
    est_image: bool
    taille: int


@dataclass(frozen=True)
class Relue:
    """An answer as it is read again before sending: words, files, or elements (title, then question and answer)."""

    valeur: str = ""
    fichiers: list[DejaLa] = field(default_factory=list)
    elements: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)


class Adaptateur(Generic[C]):
    """One question of one kind, on the side of the pages."""

    suffixes: ClassVar[tuple[str, ...]] = ()
    """Suffixes of the inputs beyond the first one."""
    porte_le_titre: ClassVar[bool] = True
    """Whether its label may be the title of a page where it is alone."""

    def __init__(self, champ: C) -> None:
        self.champ = champ

    @property
    def noms(self) -> tuple[str, ...]:
        """Names of its inputs in a form, without the form's prefix."""
        return (self.champ.nom, *(self._nom(suffixe) for suffixe in self.suffixes))

    def _nom(self, suffixe: str) -> str:
        return f"{self.champ.nom}_{suffixe}"

    # --- Asking -------------------------------------------------------------------------------------

    def champs(self) -> Champs:
        """Its inputs as Django's form fields, by name, in the order of ``noms``."""
        raise NotImplementedError

    def initial(self, valeur: Any) -> dict[str, Any]:
        """What its inputs show of an answer already given."""
        return {self.champ.nom: valeur}

    def preparer(self, champs: Mapping[str, forms.Field], valeur: Any, deja: list[DejaLa]) -> None:
        """Tell its inputs what is kept apart from a form: files, elements of a group."""

    def connu(self, usager: Usager) -> Any:
        """The answer that an account gives already, proposed and not asked again; None where it gives none."""
        return None

    def verifie(self, identite: IdentiteVerifiee) -> Any:
        """The answer that FranceConnect verified, shown and not to be changed; None where it verified none."""
        return None

    # --- Reading ------------------------------------------------------------------------------------

    def lire(self, nettoyees: Mapping[str, Any]) -> dict[str, Any]:
        """What the draft keeps of its inputs once clean, by name of question; nothing of what is kept apart."""
        return {self.champ.nom: nettoyees.get(self.champ.nom, "")}

    def en_faute(self, fautes: Mapping[str, Any]) -> bool:
        """Whether these faults of a form, by input, keep the answer from being read."""
        return any(nom in fautes for nom in self.noms)

    def verifier(self, nettoyees: Mapping[str, Any], champs: Mapping[str, forms.Field]) -> dict[str, str]:
        """Faults that no input shows alone, by input; asked only where each input is right by itself."""
        return {}

    def fichiers(self, champs: Mapping[str, forms.Field]) -> list[Fichier]:
        """Files just sent and good to keep, unless there would be too many."""
        return []

    # --- Showing ------------------------------------------------------------------------------------

    def afficher(self, valeur: Any) -> str:
        """The answer as a person reads it; empty when there is none."""
        return self.champ.afficher(valeur)

    def relire(self, valeur: Any, deja: list[DejaLa]) -> Relue:
        """The answer as the page « Vérifiez vos réponses » shows it."""
        return Relue(valeur=self.afficher(valeur))

    # --- Inventing, describing ----------------------------------------------------------------------

    def inventer(self, invention: Invention, autour: Mapping[str, Any]) -> Any:
        """A plausible answer, in the form that is kept. ``autour``: what was answered before it."""
        return ""

    def schema(self) -> dict[str, Any]:
        """JSON Schema (2020-12) of an answer as it is kept with the request."""
        return {"type": "string"}

    # --- For the kinds ------------------------------------------------------------------------------

    def _communs(self) -> dict[str, Any]:
        champ = self.champ
        return {"label": champ.libelle, "help_text": champ.aide, "required": champ.obligatoire}

    def _vide(self, sinon: str = "") -> str:
        """What to say where nothing is answered: the town's words, else those of the kind."""
        return self.champ.si_vide or sinon or f"Remplissez « {self.champ.libelle} »."


_ADAPTATEURS: dict[type[ChampBase], type[Adaptateur[Any]]] = {}
A = TypeVar("A", bound=type[Adaptateur[Any]])


def adapte(*sortes: type[ChampBase]) -> Callable[[A], A]:
    """Give these kinds their adapter."""

    def noter(classe: A) -> A:
        _ADAPTATEURS.update(dict.fromkeys(sortes, classe))
        return classe

    return noter


def adaptateur_de(champ: ChampBase) -> Adaptateur[Any]:
    """The adapter of a question. Raises KeyError for a kind that has none: a fault of the code."""
    return _ADAPTATEURS[type(champ)](champ)


def inventer(champs: Sequence[ChampBase], autour: Mapping[str, Any], invention: Invention) -> dict[str, Any]:
    """Answers to these questions, given what was answered around them. Conditions are obeyed; two optional
    questions in five are left empty."""
    dites: dict[str, Any] = {}
    for champ in champs:
        if champ.si is not None and not champ.si.vraie({**autour, **dites}):
            continue
        if not champ.obligatoire and invention.hasard.random() < 0.4:
            continue
        valeur = adaptateur_de(champ).inventer(invention, {**autour, **dites})
        if est_rempli(valeur):
            dites[champ.nom] = valeur
    return dites
