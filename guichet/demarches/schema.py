"""JSON Schema of the files that a town writes: text editors complete and check them with it.

Needs no Django: `gru schema` writes it from the operator's machine.
"""

from __future__ import annotations

import json
from typing import Any

from guichet.demarches.definition import Definition
from guichet.demarches.definition_workflow import Workflow
from guichet.demarches.modele import Modele
from guichet.demarches.orientations import OrientationsDefinies

MODELES: dict[str, tuple[type[Modele], str]] = {
    "demarche": (Definition, "Une démarche : stacks/<site>/demarches/<adresse>.yaml"),
    "workflow": (Workflow, "Un circuit de traitement : stacks/<site>/workflows/<nom>.yaml"),
    "orientations": (OrientationsDefinies, "Les fiches d'orientation : stacks/<site>/orientations.yaml"),
}


def schema(nom: str) -> dict[str, Any]:
    """JSON Schema 2020-12 of a kind of file, by its name in MODELES. Raises KeyError when the name is unknown."""
    modele, titre = MODELES[nom]
    produit = modele.model_json_schema()
    for partie in (produit, *produit["$defs"].values()):
        # The docstring and the name of the class: English, for developers.
        partie.pop("description", None)
        partie.pop("title", None)
        if "type" in (cles := partie.get("properties", {})):
            cles["type"] |= {"title": "Genre", "description": "Dit lequel c'est : les autres clés en dépendent."}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": titre, **produit}


def schema_en_texte(nom: str) -> str:
    """The schema as its file holds it: sorted keys, two spaces, a line break at the end."""
    return json.dumps(schema(nom), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
