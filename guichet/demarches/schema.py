"""JSON Schema of the files that a town writes: text editors complete and check them with it.

Needs no Django: `gru schema` writes it from the operator's machine.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from .definition import Definition
from .definition_workflow import Workflow
from .socle import Modele

MODELES: dict[str, tuple[type[Modele], str]] = {
    "demarche": (Definition, "Une démarche : stacks/<site>/demarches/<adresse>.yaml"),
    "workflow": (Workflow, "Un circuit de traitement : stacks/<site>/workflows/<nom>.yaml"),
}


class _Generateur(GenerateJsonSchema):
    """Without the docstrings, that speak English to developers."""

    def model_schema(self, schema: Any) -> dict[str, Any]:
        produit = self._sans_docstring(super().model_schema(schema))
        if "type" in (cles := produit.get("properties", {})):
            cles["type"].setdefault("description", "Dit lequel c'est : les autres clés en dépendent.")
            cles["type"]["title"] = "Genre"
        return produit

    def enum_schema(self, schema: Any) -> dict[str, Any]:
        return self._sans_docstring(super().enum_schema(schema))

    @staticmethod
    def _sans_docstring(produit: dict[str, Any]) -> dict[str, Any]:
        return {cle: valeur for cle, valeur in produit.items() if cle not in {"description", "title"}}


def schema(nom: str) -> dict[str, Any]:
    modele, titre = MODELES[nom]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": titre,
        **modele.model_json_schema(schema_generator=_Generateur),
    }


def schema_en_texte(nom: str) -> str:
    return json.dumps(schema(nom), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
