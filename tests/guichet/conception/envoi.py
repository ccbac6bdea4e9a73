"""What a browser sends when an editor presses a button: the fields of a form, block by block."""

from __future__ import annotations

from datetime import date
from typing import Any

from wagtail import blocks
from wagtail.blocks import BlockField

from guichet.conception.models import Redige


def du_formulaire(redige: Redige, **autres: Any) -> dict[str, Any]:
    """The form of this object, filled as it is shown."""
    classe: Any = type(redige).edit_handler.bind_to_model(type(redige)).get_form_class()  # type: ignore[attr-defined]
    formulaire = classe(instance=redige)
    donnees: dict[str, Any] = {}
    for nom, champ in formulaire.fields.items():
        valeur = formulaire.initial.get(nom)
        if isinstance(champ, BlockField):
            donnees |= du_bloc(champ.block, valeur, nom)
        else:
            donnees |= _simple(nom, valeur)
    return {**donnees, **autres}


def du_bloc(bloc: blocks.Block, valeur: Any, prefixe: str) -> dict[str, Any]:
    if isinstance(bloc, blocks.StructBlock):
        return {
            cle: v
            for nom, enfant in bloc.child_blocks.items()
            for cle, v in du_bloc(enfant, valeur.get(nom), f"{prefixe}-{nom}").items()
        }
    if isinstance(bloc, blocks.ListBlock | blocks.StreamBlock):
        donnees = {f"{prefixe}-count": str(len(valeur))}
        for rang, element in enumerate(valeur):
            lieu = f"{prefixe}-{rang}"
            donnees |= {f"{lieu}-deleted": "", f"{lieu}-order": str(rang), f"{lieu}-id": ""}
            if isinstance(bloc, blocks.StreamBlock):
                donnees |= {f"{lieu}-type": element.block_type}
                donnees |= du_bloc(bloc.child_blocks[element.block_type], element.value, f"{lieu}-value")
            else:
                donnees |= {f"{lieu}-type": "item"} | du_bloc(bloc.child_block, element, f"{lieu}-value")
        return donnees
    return _simple(prefixe, valeur)


def _simple(nom: str, valeur: Any) -> dict[str, Any]:
    if isinstance(valeur, bool):
        return {nom: "on"} if valeur else {}
    if isinstance(valeur, date):
        return {nom: valeur.isoformat()}
    if isinstance(valeur, list):
        return {nom: [str(v) for v in valeur]}
    # A browser ends the lines of a text area in its own way.
    return {nom: "" if valeur is None else str(valeur).replace("\n", "\r\n")}
