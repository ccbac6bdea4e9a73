"""Templates of answers: what agents would otherwise type again every day."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import Field, field_validator

from guichet.demarches.modele import Modele, Nom, Paragraphe, Texte

REPERES = {
    "reference": "numéro de la demande",
    "nom": "nom de la personne",
    "demarche": "titre de la démarche",
    "service": "nom du service",
    "agent": "nom de l'agent",
}
"""What a template may name between braces, and what each is."""

_REPERE = re.compile(r"\{([^{}]*)\}")


class ModeleReponse(Modele):
    """A text offered to agents, with marks that stand for words of the request."""

    code: Nom = Field(title="Code", description="Court et stable : minuscules, chiffres et _.")
    titre: Texte = Field(title="Titre", description="Ce que l'agent lit dans la liste des modèles.")
    texte: Paragraphe = Field(
        title="Texte",
        description=(
            "Peut contenir {reference}, {nom}, {demarche}, {service} et {agent} : ceux de la demande. Entre crochets, "
            "ce que l'agent doit remplir avant d'envoyer : [date]."
        ),
    )

    @field_validator("texte")
    @classmethod
    def reperes_connus(cls, texte: str) -> str:
        """Raises ValueError when the text holds a mark that nothing would replace."""
        if inconnus := [repere for repere in _REPERE.findall(texte) if repere not in REPERES]:
            connus = ", ".join(f"{{{repere}}}" for repere in REPERES)
            raise ValueError(f"« {{{inconnus[0]}}} » n'est pas un repère connu (repères permis : {connus})")
        return texte

    def remplir(self, valeurs: Mapping[str, str]) -> str:
        """The text for one request; a mark without value is left out."""
        return _REPERE.sub(lambda trouve: valeurs.get(trouve[1], ""), self.texte)
