"""A definition as a file that people read: the inverse of reading it.

Same keys in the same order as the files written by hand, nothing that is only a default, long texts as blocks,
short conditions and lists of codes on one line. Comments of a hand-written file are not kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from guichet.demarches.modele import Modele

LARGEUR = 105
"""Column after which a block goes to the next line: the word under way ends first."""
LONG = 96
"""A text longer than this is written as a block."""

# Keys of a field or of a page that do not come in the order of their class.
PREMIERES = ("nom", "type", "format", "libelle", "titre", "titre_court", "aide", "introduction", "obligatoire")
DERNIERES = ("si", "si_vide", "pourquoi", "options", "champs", "regles")
# Said even where it is the default: a reader looks for it.
DITES = ("workflow",)
_CODE = re.compile(r"[a-z][a-z0-9_-]*")


def en_yaml(objet: Modele, titre: str = "", schema: str = "") -> str:
    """The file of a procedure or of a workflow; ``titre`` is its comment, ``schema`` where its schema is."""
    utile = objet.model_dump(mode="json", exclude_defaults=True)
    # In the order of the class, whichever keys are only said for the reader's sake.
    brut = {
        cle: utile.get(cle, getattr(objet, cle)) for cle in type(objet).model_fields if cle in utile or cle in DITES
    }
    entete = [f"# yaml-language-server: $schema={schema}"] if schema else []
    entete += [f"# {titre}"] if titre else []
    lignes: list[str] = []
    for cle, valeur in brut.items():
        if _est_une_partie(valeur) and lignes:
            lignes.append("")
        lignes.append(_bloc({cle: valeur}))
    return "\n".join([*entete, *lignes]) + "\n"


def _est_une_partie(valeur: Any) -> bool:
    """Set apart by an empty line: a group of keys, or a list of them."""
    return isinstance(valeur, dict) or (isinstance(valeur, list) and any(isinstance(v, dict) for v in valeur))


def _bloc(brut: Any) -> str:
    return yaml.dump(
        _preparer(brut), Dumper=Scribe, allow_unicode=True, width=LARGEUR, sort_keys=False, default_flow_style=False
    ).rstrip("\n")


class EnLigne(dict[str, Any]):
    """A group of keys written between braces."""


class ListeEnLigne(list[Any]):
    """A list written between brackets."""


def _preparer(valeur: Any, cle: str = "") -> Any:
    if isinstance(valeur, Mapping):
        rangee = {nom: _preparer(v, nom) for nom, v in _dans_l_ordre(valeur)}
        return EnLigne(rangee) if _tient_sur_une_ligne(valeur) else rangee
    if isinstance(valeur, list | tuple):
        liste = [_preparer(v) for v in valeur]
        return ListeEnLigne(liste) if cle != "mots_cles" and _sont_des_codes(valeur) else liste
    return valeur


def _dans_l_ordre(groupe: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if not {"type", "pourquoi"} <= set(groupe) and "titre_court" not in groupe:
        yield from groupe.items()
        return
    milieu = [nom for nom in groupe if nom not in PREMIERES and nom not in DERNIERES]
    for nom in (*PREMIERES, *milieu, *DERNIERES):
        if nom in groupe:
            yield nom, groupe[nom]


def _tient_sur_une_ligne(groupe: Mapping[str, Any]) -> bool:
    """A comparison, or a duration."""
    simple = ("champ" in groupe and "libelle" not in groupe and "texte" not in groupe) or set(groupe) in (
        {"valeur", "unite"},
        {"question", "reponse"},
    )
    return simple and len(str(groupe)) < LONG


def _sont_des_codes(valeurs: Iterable[Any]) -> bool:
    dits = list(valeurs)
    return bool(dits) and all(isinstance(v, str) and _CODE.fullmatch(v) for v in dits) and len(str(dits)) < LONG


class Scribe(yaml.SafeDumper):
    """PyYAML's writer, with lists set in under their key and double quotes where there is an apostrophe."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Lists are set in under their key."""
        del indentless
        super().increase_indent(flow, False)

    def choose_scalar_style(self) -> str:
        """Double quotes where PyYAML would put single ones: French has apostrophes."""
        style: str = super().choose_scalar_style()
        return '"' if style == "'" else style

    def ignore_aliases(self, data: Any) -> bool:
        """What is said twice is written twice: no anchors."""
        del data
        return True


def _texte(scribe: yaml.SafeDumper, texte: str) -> yaml.ScalarNode:
    style = "|" if "\n" in texte else ">" if len(texte) > LONG else None
    if style and not _se_relit(texte, style):
        style = '"'
    return scribe.represent_scalar("tag:yaml.org,2002:str", texte, style=style)


def _se_relit(texte: str, style: str) -> bool:
    """Whether the block style gives the text back: a tab or a double space may be lost where a line is folded."""
    noeud = yaml.ScalarNode("tag:yaml.org,2002:str", texte, style=style)
    rendu = yaml.serialize(noeud, allow_unicode=True, width=LARGEUR)
    return bool(yaml.safe_load(rendu) == texte)


def _groupe(scribe: yaml.SafeDumper, groupe: EnLigne) -> yaml.MappingNode:
    return scribe.represent_mapping("tag:yaml.org,2002:map", groupe.items(), flow_style=True)


def _liste(scribe: yaml.SafeDumper, liste: ListeEnLigne) -> yaml.SequenceNode:
    return scribe.represent_sequence("tag:yaml.org,2002:seq", liste, flow_style=True)


Scribe.add_representer(str, _texte)
Scribe.add_representer(EnLigne, _groupe)
Scribe.add_representer(ListeEnLigne, _liste)
