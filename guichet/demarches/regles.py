"""A rule between answers, or between an answer and today: when it speaks, what it says, what follows.

Held by the page (or the repeated group) whose questions complete what it looks at: it speaks as soon as that page is
answered, again before the answers are sent, and once more when they are. What holds for given answers: constats.py.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from guichet.demarches.conditions import Condition
from guichet.demarches.modele import Ligne, Modele, Nom, Paragraphe, Renvoi, Texte


class Effet(StrEnum):
    """What follows when a rule speaks."""

    CORRIGER = "corriger"
    AVERTIR = "avertir"
    ARRETER = "arreter"

    @property
    def libelle(self) -> str:
        """As editors read it."""
        return {
            "corriger": "Faire corriger : l'usager ne peut pas continuer avec ces réponses",
            "avertir": "Avertir : une page le dit, puis l'usager continue s'il le veut",
            "arreter": "Arrêter : une page dit pourquoi, et quoi faire à la place",
        }[self.value]


class Regle(Modele):
    """One rule: « the last day is not before the first », « this danger is for 112 »…"""

    code: Nom = Field(title="Nom interne", description="Unique dans la démarche : minuscules, chiffres et _.")
    titre: Texte = Field(
        title="Titre",
        description="Titre de la page qui avertit ou arrête : « Appelez maintenant le 112 ».",
    )
    effet: Effet = Field(title="Ce qui suit")
    texte: Paragraphe = Field(
        title="Ce que l'usager lit",
        description="Ce qui ne va pas, et ce qu'il peut faire. À côté du champ quand il y a une réponse à corriger.",
    )
    champ: Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]{0,39}|)$"), Renvoi("questions")] = Field(
        default="",
        title="Question à corriger",
        description="Nom interne d'une question de la page. Rien : la première dont parle la règle.",
    )
    telephone: Annotated[str, Field(pattern=r"^(|\+?\d[\d .]{1,20})$")] = Field(
        default="", title="Numéro à appeler", description="Montré en grand sur la page qui avertit ou arrête."
    )
    lien: Annotated[str, Field(pattern=r"^(|(/|https://)\S*)$")] = Field(
        default="", title="Lien", description="Où aller à la place : /page/ du site, ou https://…"
    )
    lien_texte: Ligne = Field(default="", title="Texte du lien", description="Il dit où mène le lien.")
    si: Condition = Field(title="Quand la règle parle", description="Condition sur les réponses données jusque-là.")

    @model_validator(mode="after")
    def dite_en_entier(self) -> Regle:
        """Raises ValueError when something would never be shown, or a link has no words."""
        if bool(self.lien) is not bool(self.lien_texte):
            raise ValueError("« Lien » et « Texte du lien » vont ensemble")
        if self.effet is Effet.CORRIGER and (self.telephone or self.lien):
            raise ValueError(
                "un numéro ou un lien se montre sur une page qui avertit ou arrête : écrivez-le dans le texte, "
                "ou changez « Ce qui suit »"
            )
        if self.effet is not Effet.CORRIGER and self.champ:
            raise ValueError("« Question à corriger » ne sert que pour faire corriger une réponse")
        return self

    @property
    def tel(self) -> str:
        """The number as a telephone takes it."""
        return self.telephone.replace(" ", "").replace(".", "")
