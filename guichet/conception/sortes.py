"""From a class of the definitions to the blocks that edit it, and back without loss.

Labels and help come from the keys themselves (``title`` and ``description``): a key added to a definition
appears in the workshop at once. Nothing is compulsory for a block, so that a draft may be incomplete; what is
missing is said when one publishes, by the same rules and sentences as for a file, beside the block concerned.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin

from django.core.exceptions import ValidationError
from django.forms import CheckboxSelectMultiple
from pydantic.fields import FieldInfo
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.blocks.struct_block import BlockGroup, StructBlockValidationError

from guichet.conception.libelles import (
    AIDES,
    LIBELLES,
    MESURES,
    OPERATEURS,
    RELATIONS,
    REPERES,
    REUNIONS,
    SANS_VALEUR,
    SINGULIERS,
    UNITES,
)
from guichet.demarches.champs import ChampBase, UneSorte
from guichet.demarches.conditions import PROFONDEUR_MAX, Condition
from guichet.demarches.modele import Long, Modele, Renvoi

RIEN: Any = object()
"""No answer: the key is left out."""

Fautes = list[tuple[tuple[Any, ...], str]]

# Keys hidden behind the wheel of a block: their default suits most cases.
REGLAGES = frozenset({
    "nom", "code", "valeur", "si_vide", "longueur_max", "format", "libelle_precision", "aide_precision", "decimales",
    "taille_max_mo", "modele", "ton", "groupes", "raccourci", "formats",
})  # fmt: skip
# Keys shown last, because they open long blocks.
FIN = ("si", "options", "champs", "regles")
ICONES = {
    "comparaison": "circle-check",
    "relation": "resubmit",
    "tous": "list-ul",
    "un_de": "list-ul",
    "aucun": "cross",
}


class Sorte:
    """A kind of value: its block, and its translation both ways."""

    simple: ClassVar[bool] = True
    """Whether the block holds one form field."""

    def bloc(self, **meta: Any) -> blocks.Block:
        """The block that edits such a value; ``meta`` is its label, help, icon…"""
        raise NotImplementedError

    def vers(self, brut: Any) -> Any:
        """What the block takes, from what the definition holds."""
        return "" if brut is None else brut

    def depuis(self, valeur: Any) -> Any:
        """What the definition holds, from what the block gives; RIEN when it is empty."""
        return RIEN if valeur in (None, "", []) else valeur

    def erreur(self, fautes: Fautes) -> ValidationError:
        """The sentences, each at its place inside the block."""
        return ValidationError([phrase for _, phrase in fautes])


class Ligne(Sorte):
    """A text on one line."""

    def bloc(self, **meta: Any) -> blocks.Block:
        """One line."""
        return blocks.CharBlock(required=False, **meta)


class Paragraphe(Sorte):
    """A text of several lines."""

    def bloc(self, **meta: Any) -> blocks.Block:
        """Several lines."""
        return blocks.TextBlock(required=False, rows=2, **meta)


class Entier(Sorte):
    """A whole number."""

    def bloc(self, **meta: Any) -> blocks.Block:
        """One number."""
        return blocks.IntegerBlock(required=False, **meta)

    def vers(self, brut: Any) -> Any:
        """None for what is no number."""
        return brut if isinstance(brut, int | float) else None


class Nombre(Entier):
    """A number."""

    def bloc(self, **meta: Any) -> blocks.Block:
        """One number."""
        return blocks.FloatBlock(required=False, **meta)

    def depuis(self, valeur: Any) -> Any:
        """3.0 is written 3."""
        if isinstance(valeur, float) and valeur.is_integer():
            return int(valeur)
        return super().depuis(valeur)


class OuiNon(Sorte):
    """Yes or no."""

    def bloc(self, **meta: Any) -> blocks.Block:
        """One box."""
        return blocks.BooleanBlock(required=False, **meta)

    def vers(self, brut: Any) -> Any:
        """What is not said is no."""
        return bool(brut)

    def depuis(self, valeur: Any) -> Any:
        """What is not ticked is no."""
        return bool(valeur)


class Jour(Sorte):
    """A day."""

    def bloc(self, **meta: Any) -> blocks.Block:
        """One date."""
        return blocks.DateBlock(required=False, **meta)

    def vers(self, brut: Any) -> Any:
        """AAAA-MM-JJ, or None."""
        return str(brut) if brut else None

    def depuis(self, valeur: Any) -> Any:
        """AAAA-MM-JJ; RIEN when it is empty."""
        return valeur.isoformat() if isinstance(valeur, date) else super().depuis(valeur)


class Choix(Sorte):
    """One value among a few."""

    def __init__(self, valeurs: Iterable[Any]) -> None:
        self.choix = [(str(valeur), libelle_de(valeur)) for valeur in valeurs if valeur != ""]

    def bloc(self, **meta: Any) -> blocks.Block:
        """A list to choose from."""
        return blocks.ChoiceBlock(choices=self.choix, required=False, **meta)


class PlusieursChoix(Choix):
    """Several values among a few."""

    def bloc(self, **meta: Any) -> blocks.Block:
        """Boxes to tick."""
        return blocks.MultipleChoiceBlock(choices=self.choix, required=False, widget=CheckboxSelectMultiple(), **meta)

    def vers(self, brut: Any) -> Any:
        """A list, empty when nothing is said."""
        return list(brut or ())

    def depuis(self, valeur: Any) -> Any:
        """A list, empty when nothing is ticked."""
        return list(valeur or ())


class UneParLigne(Sorte):
    """A list of short texts, one a line."""

    def bloc(self, **meta: Any) -> blocks.Block:
        """Several lines, whose help says how to type them."""
        meta["help_text"] = " ".join(filter(None, (meta.get("help_text", ""), "Un élément par ligne.")))
        return blocks.TextBlock(required=False, rows=2, **meta)

    def vers(self, brut: Any) -> Any:
        """One element a line."""
        return "\n".join(brut or ())

    def depuis(self, valeur: Any) -> Any:
        """Lines that are not blank."""
        lignes = [ligne.strip() for ligne in str(valeur or "").replace("\r", "\n").split("\n")]
        return [ligne for ligne in lignes if ligne]


class Codes(Sorte):
    """Codes on one line; « toutes » alone stays a word."""

    def bloc(self, **meta: Any) -> blocks.Block:
        """One line, whose help says how to type it."""
        meta["help_text"] = " ".join(filter(None, (meta.get("help_text", ""), "Séparés par des virgules.")))
        return blocks.CharBlock(required=False, **meta)

    def vers(self, brut: Any) -> Any:
        """Codes separated by commas, or the word itself."""
        return brut if isinstance(brut, str) else ", ".join(brut or ())

    def depuis(self, valeur: Any) -> Any:
        """A list of codes, or the word « toutes »."""
        codes = [code for code in str(valeur or "").replace(",", " ").split() if code]
        return "toutes" if codes == ["toutes"] else codes


class Renvois(Sorte):
    """One element of a list of the definition, or several, chosen by their words (renvois.py).

    The page's script makes it a list to choose from (static/conception/choix.js); what is sent is the words.
    """

    def __init__(self, liste: str, *, plusieurs: bool) -> None:
        self.liste, self.plusieurs = liste, plusieurs

    def bloc(self, **meta: Any) -> blocks.Block:
        """One line, or one line an element."""
        attributs = {"data-controller": "cc-choix", "data-cc-choix-liste-value": self.liste}
        if self.plusieurs:
            attributs["data-cc-choix-plusieurs-value"] = "true"
            bloc: blocks.Block = blocks.TextBlock(required=False, rows=3, **meta)
        else:
            bloc = blocks.CharBlock(required=False, **meta)
        bloc.field.widget.attrs |= attributs
        return bloc

    def vers(self, brut: Any) -> Any:
        """The words, one element a line."""
        return "\n".join(brut) if isinstance(brut, list | tuple) else brut or ""

    def depuis(self, valeur: Any) -> Any:
        """The words chosen; a list where there may be several."""
        lignes = UneParLigne().depuis(valeur)
        return lignes if self.plusieurs else (lignes[0] if lignes else RIEN)


class Groupe(Sorte):
    """Keys of a class, as a block of blocks."""

    simple = False

    def __init__(self, modele: type[Modele], sauf: frozenset[str] = frozenset()) -> None:
        self.modele = modele
        self.cles = {nom: info for nom, info in modele.model_fields.items() if nom not in sauf}
        self.sortes = {nom: sorte_de(info) for nom, info in self.cles.items()}

    def bloc(self, **meta: Any) -> blocks.Block:
        """A block a key; settings that are seldom changed are folded away where there are more than three."""
        enfants = [(nom, sorte.bloc(**meta_de(self.cles[nom], self.modele, nom))) for nom, sorte in self.sortes.items()]
        noms = sorted(self.sortes, key=lambda nom: FIN.index(nom) + 1 if nom in FIN else 0)
        regles = [nom for nom in noms if nom in REGLAGES] if len(noms) > 3 else []
        montres = [nom for nom in noms if nom not in regles]
        return blocks.StructBlock(enfants, form_layout=BlockGroup(children=montres, settings=regles), **meta)

    def vers(self, brut: Any) -> dict[str, Any]:
        """Each key in the form of its block; a missing one takes the default of its class."""
        connu: Mapping[str, Any] = brut if isinstance(brut, Mapping) else {}
        return {
            nom: sorte.vers(connu[nom] if nom in connu else defaut_de(self.cles[nom]))
            for nom, sorte in self.sortes.items()
        }

    def depuis(self, valeur: Any) -> dict[str, Any]:
        """Keys that say something."""
        lues = {nom: sorte.depuis((valeur or {}).get(nom)) for nom, sorte in self.sortes.items()}
        return {nom: lue for nom, lue in lues.items() if lue is not RIEN}

    def erreur(self, fautes: Fautes) -> ValidationError:
        """Sentences at the key they speak of, the others above the block."""
        par_cle, reste = _ranger(fautes, self.sortes)
        erreur: ValidationError = StructBlockValidationError(
            block_errors={nom: self.sortes[nom].erreur(siennes) for nom, siennes in par_cle.items()},
            non_block_errors=reste,
        )
        return erreur


class GroupeFacultatif(Groupe):
    """Keys of a class that may be absent as a whole."""

    def depuis(self, valeur: Any) -> Any:
        """RIEN when no key says anything."""
        return super().depuis(valeur) or RIEN


class Liste(Sorte):
    """A list of values of one kind."""

    simple = False

    def __init__(self, element: Sorte) -> None:
        self.element = element

    def bloc(self, **meta: Any) -> blocks.Block:
        """A list of blocks, folded where an element has a title to show."""
        libelle, titre = meta.get("label", ""), ""
        if isinstance(self.element, Groupe):
            titre = next(
                (f"{{{nom}}}" for nom in ("titre", "libelle", "nom", "type") if nom in self.element.sortes), ""
            )
        enfant = self.element.bloc(label=SINGULIERS.get(libelle, libelle), label_format=titre or None)
        return blocks.ListBlock(enfant, min_num=0, default=[], collapsed=len(titre) > 0, **meta)

    def vers(self, brut: Any) -> list[Any]:
        """Each element in the form of its block."""
        return [self.element.vers(element) for element in brut or ()]

    def depuis(self, valeur: Any) -> list[Any]:
        """Elements that say something."""
        lus = [self.element.depuis(element) for element in valeur or ()]
        return [lu for lu in lus if lu is not RIEN]

    def erreur(self, fautes: Fautes) -> ValidationError:
        """Sentences at the element they speak of, the others above the list."""
        par_rang, reste = _ranger(fautes)
        erreur: ValidationError = ListBlockValidationError(
            block_errors={rang: self.element.erreur(siennes) for rang, siennes in par_rang.items()},
            non_block_errors=reste,
        )
        return erreur


class Serie(Liste):
    """A list that is a field of its own: Wagtail's page expects a stream there."""

    def bloc(self, **meta: Any) -> blocks.Block:
        """A stream of one kind of block."""
        liste = super().bloc(**meta)
        return blocks.StreamBlock(
            [("element", liste.child_block)], required=False, collapsed=liste.meta.collapsed, **meta
        )

    def vers(self, brut: Any) -> list[Any]:
        """Each element as a block of the stream."""
        return [{"type": "element", "value": valeur} for valeur in super().vers(brut)]

    def depuis(self, valeur: Any) -> list[Any]:
        """Elements of the stream that say something."""
        return super().depuis([enfant.value for enfant in valeur or ()])

    def erreur(self, fautes: Fautes) -> ValidationError:
        """Sentences as a stream expects them."""
        liste: Any = super().erreur(fautes)
        erreur: ValidationError = StreamBlockValidationError(
            block_errors=liste.block_errors, non_block_errors=liste.non_block_errors
        )
        return erreur


class AuChoix(Sorte):
    """A list where each element is of one kind of field among several, told apart by ``type``."""

    simple = False

    def __init__(self, genres: Mapping[str, type[ChampBase]]) -> None:
        self._genres = genres
        self.sortes = {genre: Groupe(classe, frozenset({"type"})) for genre, classe in genres.items()}

    def bloc(self, **meta: Any) -> blocks.Block:
        """A stream, with one kind of block a kind of field."""
        enfants = [
            (
                genre,
                self.sortes[genre].bloc(label=classe.libelle_type, icon=classe.icone, label_format="{libelle}"),
            )
            for genre, classe in self._genres.items()
        ]
        return blocks.StreamBlock(enfants, required=False, collapsed=True, **meta)

    def vers(self, brut: Any) -> list[Any]:
        """Each element as a block of its kind; an unknown kind is left out."""
        return [
            {"type": element["type"], "value": self.sortes[element["type"]].vers(element)}
            for element in brut or ()
            if element.get("type") in self.sortes
        ]

    def depuis(self, valeur: Any) -> list[Any]:
        """Each block as a field of its kind."""
        return [{"type": enfant.block_type, **self.sortes[enfant.block_type].depuis(enfant.value)} for enfant in valeur]

    def erreur(self, fautes: Fautes) -> ValidationError:
        """Sentences at the element they speak of; the kind in their path is left out."""
        par_rang, reste = _ranger([((*chemin[:1], *chemin[2:]), phrase) for chemin, phrase in fautes])
        genres = {chemin[0]: chemin[1] for chemin, _ in fautes if len(chemin) > 1}
        erreur: ValidationError = StreamBlockValidationError(
            block_errors={
                rang: self.sortes[genres[rang]].erreur(siennes)
                if genres.get(rang) in self.sortes
                else StructBlockValidationError(non_block_errors=[phrase for _, phrase in siennes])
                for rang, siennes in par_rang.items()
            },
            non_block_errors=reste,
        )
        return erreur


class Si(Sorte):
    """A condition: one block at most, that may hold others."""

    simple = False

    def bloc(self, **meta: Any) -> blocks.Block:
        """A stream of at most one condition, that may hold others."""
        return _bloc_si(meta["label"], meta["help_text"])

    def vers(self, brut: Any) -> list[Any]:
        """The condition as blocks; « is ticked » and the like become comparisons without a value."""
        if not isinstance(brut, Mapping):
            return []
        if reunion := next((nom for nom in REUNIONS if brut.get(nom)), None):
            return [{"type": reunion, "value": [bloc for partie in brut[reunion] for bloc in self.vers(partie)]}]
        operateur, operande = next(((o, brut[o]) for o in OPERATEURS if brut.get(o) is not None), ("egal", ""))
        if brut.get("mesure") or isinstance(operande, Mapping):
            return [{"type": "relation", "value": _relation_vers(brut, operateur, operande)}]
        sans = next((nom for nom, forme in SANS_VALEUR.items() if forme == (operateur, operande)), None)
        if sans and isinstance(operande, bool):
            operateur, operande = sans, ""
        valeurs = operande if isinstance(operande, list | tuple) else [operande]
        return [
            {
                "type": "comparaison",
                "value": {
                    "champ": brut.get("champ", ""),
                    "operateur": operateur,
                    "valeur": "\n".join(str(valeur) for valeur in valeurs),
                },
            }
        ]

    def depuis(self, valeur: Any) -> Any:
        """The condition that the block says; RIEN without one."""
        formes = [self._forme(enfant) for enfant in valeur or ()]
        return formes[0] if formes else RIEN

    def _forme(self, enfant: Any) -> dict[str, Any]:
        if enfant.block_type in REUNIONS:
            return {enfant.block_type: [self._forme(partie) for partie in enfant.value]}
        dit = enfant.value
        if enfant.block_type == "relation":
            return _relation_depuis(dit)
        operateur, texte = dit.get("operateur") or "egal", str(dit.get("valeur") or "").strip()
        nom, operande = SANS_VALEUR.get(operateur, (operateur, texte))
        if nom == "parmi":
            operande = UneParLigne().depuis(texte)
        return {"champ": str(dit.get("champ") or "").strip(), nom: operande}

    def erreur(self, fautes: Fautes) -> ValidationError:
        """All sentences above the block."""
        erreur: ValidationError = StreamBlockValidationError(non_block_errors=[phrase for _, phrase in fautes])
        return erreur


def _relation_vers(brut: Mapping[str, Any], operateur: str, operande: Any) -> dict[str, Any]:
    """A comparison with another answer, with today or of a measure, as its block shows it."""
    repere: Mapping[str, Any] = operande if isinstance(operande, Mapping) else {}
    return {
        **{cle: brut.get(cle) or "" for cle in ("champ", "mesure", "partie")},
        "operateur": operateur,
        "repere": "aujourdhui" if repere.get("jour") else "champ" if repere else "valeur",
        "autre": repere.get("champ") or "",
        **{f"autre_{cle}": repere.get(cle) or "" for cle in ("mesure", "partie")},
        "decalage": repere.get("decalage") or None,
        "unite": repere.get("unite") or "jours",
        "valeur": "" if repere else str(operande),
    }


def _relation_depuis(dit: Mapping[str, Any]) -> dict[str, Any]:
    def texte(cle: str) -> str:
        return str(dit.get(cle) or "").strip()

    cote = {cle: texte(cle) for cle in ("champ", "mesure", "partie") if texte(cle)}
    operateur = texte("operateur") or "moins_de"
    if texte("repere") == "valeur":
        return {"champ": "", **cote, operateur: texte("valeur")}
    repere: dict[str, Any] = {"jour": "aujourdhui"} if texte("repere") == "aujourdhui" else {"champ": texte("autre")}
    if "champ" in repere:
        repere |= {cle: texte(f"autre_{cle}") for cle in ("mesure", "partie") if texte(f"autre_{cle}")}
    if dit.get("decalage"):
        repere |= {"decalage": int(dit["decalage"]), "unite": texte("unite") or "jours"}
    return {"champ": "", **cote, operateur: repere}


@cache
def _bloc_si(label: str, aide: str) -> blocks.Block:
    """The same block in every kind of field: the editor's page describes it once."""
    return blocks.StreamBlock(
        _formes(PROFONDEUR_MAX), required=False, max_num=1, label=label, help_text=aide, icon="circle-check"
    )


@cache
def _formes(niveau: int) -> list[tuple[str, blocks.Block]]:
    """One comparison, and from the second level on, conditions put together."""
    comparaison = blocks.StructBlock(
        [
            ("champ", Renvois("questions", plusieurs=False).bloc(
                label="La réponse à la question", help_text="Une question posée plus haut.",
            )),
            ("operateur", blocks.ChoiceBlock(
                label="Comparaison", choices=list(OPERATEURS.items()), default="egal", required=False,
            )),
            ("valeur", blocks.TextBlock(
                label="Valeur", required=False, rows=1,
                help_text="Le choix tel qu'il est écrit, un nombre, ou une date (2026-09-01). "
                "Rien pour « a une réponse ».",
            )),
        ],
        label="Une réponse",
        icon=ICONES["comparaison"],
        label_format="{champ} {operateur} {valeur}",
    )  # fmt: skip
    formes: list[tuple[str, blocks.Block]] = [("comparaison", comparaison), ("relation", _relation())]
    if niveau > 1:
        for nom, libelle in REUNIONS.items():
            parties = blocks.StreamBlock(_formes(niveau - 1), label=libelle, icon=ICONES[nom], required=False)
            formes.append((nom, parties))
    return formes


def _question(label: str, aide: str = "") -> blocks.Block:
    return Renvois("questions", plusieurs=False).bloc(label=label, help_text=aide)


@cache
def _relation() -> blocks.Block:
    """An answer beside another one, or beside today."""
    return blocks.StructBlock(
        [
            ("champ", _question("La réponse à la question")),
            ("mesure", blocks.ChoiceBlock(label="Ou seulement", choices=list(MESURES.items()), required=False)),
            ("partie", _question("Question du groupe", "Pour un groupe répété.")),
            ("operateur", blocks.ChoiceBlock(
                label="Comparaison", choices=list(RELATIONS.items()), default="moins_de", required=False,
            )),
            ("repere", blocks.ChoiceBlock(
                label="Comparée à", choices=list(REPERES.items()), default="champ", required=False,
            )),
            ("autre", _question("Autre question")),
            ("autre_mesure", blocks.ChoiceBlock(
                label="Ou seulement, de l'autre question", choices=list(MESURES.items()), required=False,
            )),
            ("autre_partie", _question("Question de l'autre groupe")),
            ("decalage", blocks.IntegerBlock(
                label="Décalage", required=False, help_text="Pour une date : 21 pour après, -16 pour avant.",
            )),
            ("unite", blocks.ChoiceBlock(
                label="Unité du décalage", choices=list(UNITES.items()), default="jours", required=False,
            )),
            ("valeur", blocks.CharBlock(label="Valeur", required=False, help_text="Un nombre ou une date AAAA-MM-JJ.")),
        ],
        label="Une réponse et une autre, ou aujourd'hui",
        icon=ICONES["relation"],
        label_format="{champ} {operateur} {autre}",
        form_layout=BlockGroup(
            children=["champ", "operateur", "repere", "autre", "decalage", "unite", "valeur"],
            settings=["mesure", "partie", "autre_mesure", "autre_partie"],
        ),
    )  # fmt: skip


# --- From a key of a class to its kind ------------------------------------------------------------------


def sorte_de(info: FieldInfo) -> Sorte:
    """The kind of value of a key, from its annotation and marks."""
    if renvoi := next((marque for marque in info.metadata if isinstance(marque, Renvoi)), None):
        return Renvois(renvoi.liste, plusieurs=_est_une_liste(info.annotation))
    long = any(isinstance(marque, Long) for marque in info.metadata)
    return _sorte(info.annotation, long=long)


def _est_une_liste(annotation: Any) -> bool:
    return get_origin(annotation) is tuple or any(get_origin(possible) is tuple for possible in get_args(annotation))


def _sorte(annotation: Any, *, long: bool = False, facultatif: bool = False) -> Sorte:  # noqa: PLR0911 - a table
    origine, arguments = get_origin(annotation), get_args(annotation)
    if origine is Annotated:
        return _sorte(arguments[0], long=long or any(isinstance(m, Long) for m in arguments[1:]))
    if origine in (Union, types.UnionType):
        return _sorte_union([a for a in arguments if a is not type(None)], long=long)
    if origine is tuple:
        return _sorte_liste(arguments[0])
    if origine is Literal:
        return Choix(arguments)
    if isinstance(annotation, type):
        if issubclass(annotation, Condition):
            return Si()
        if issubclass(annotation, Modele):
            return (GroupeFacultatif if facultatif else Groupe)(annotation)
        if issubclass(annotation, StrEnum):
            return Choix(annotation)
        return {bool: OuiNon, int: Entier, float: Nombre, date: Jour}.get(annotation, Paragraphe if long else Ligne)()
    raise TypeError(f"no block for {annotation}")


def _sorte_union(possibles: list[Any], *, long: bool) -> Sorte:
    if len(possibles) == 1:
        return _sorte(possibles[0], long=long, facultatif=True)
    if set(possibles) == {int, float}:
        return Nombre()
    if any(get_origin(p) is tuple for p in possibles):
        return Codes()
    raise TypeError(f"no block for {possibles}")


def _sorte_liste(element: Any) -> Sorte:
    marques = get_args(element)[1:] if get_origin(element) is Annotated else ()
    if marque := next((m for m in marques if isinstance(m, UneSorte)), None):
        return AuChoix(marque.sortes())
    sorte = _sorte(element)
    if isinstance(sorte, Choix):
        return PlusieursChoix([valeur for valeur, _ in sorte.choix])
    if isinstance(sorte, Ligne):
        return Codes() if _est_un_code(element) else UneParLigne()
    return Liste(sorte)


def _est_un_code(element: Any) -> bool:
    return any(getattr(marque, "metadata", None) and "pattern" in repr(marque) for marque in get_args(element)[1:])


def libelle_de(valeur: Any) -> str:
    """What an editor reads in place of a value of files."""
    dit = getattr(valeur, "libelle", None) or LIBELLES.get(str(valeur), str(valeur))
    return dit[:1].upper() + dit[1:]


def meta_de(info: FieldInfo, modele: type[Modele] | None = None, nom: str = "") -> dict[str, Any]:
    """Label, help and default of a key, as a block takes them; ``modele`` and ``nom`` say which key it is."""
    aide = AIDES.get(f"{modele.__name__}.{nom}", info.description) if modele else info.description
    meta: dict[str, Any] = {"label": info.title or "", "help_text": aide or ""}
    if isinstance(info.default, bool | str | int) and not info.is_required():
        meta["default"] = str(info.default) if isinstance(info.default, StrEnum) else info.default
    return meta


def defaut_de(info: FieldInfo) -> Any:
    """What a key is when it is not said; None for one that must be said."""
    return None if info.is_required() else info.get_default(call_default_factory=True)


def _ranger(fautes: Fautes, connus: Iterable[Any] | None = None) -> tuple[dict[Any, Fautes], list[str]]:
    """Sentences by the first part of their place; apart, those that belong here."""
    par_cle: dict[Any, Fautes] = {}
    reste: list[str] = []
    for chemin, phrase in fautes:
        if not chemin or (connus is not None and chemin[0] not in connus):
            reste.append(phrase)
        else:
            par_cle.setdefault(chemin[0], []).append((chemin[1:], phrase))
    return par_cle, reste
