"""What a procedure must say about itself before the town may publish it.

The law asks for most of it: the purpose and legal basis of the data (GDPR art. 13), the time limit and
the effect of silence (CRPA L.231-1, R.112-5), terms of use and channels (L.112-9), a way in that is not
digital (Conseil d'État, 3 June 2022). A definition that lacks one of these is refused, in words.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, ValidationError, model_validator

from .champs import Champ, ChampContact, Modele, Texte

M = TypeVar("M", bound=Modele)


class Silence(StrEnum):
    """What the town's silence means once the time limit has passed (CRPA L.231-1 to L.231-4)."""

    ACCORD = "accord"
    REJET = "rejet"


class Document(Modele):
    """A piece the person should have at hand before starting."""

    nom: Texte
    pourquoi: Texte
    obligatoire: bool = True


class Presentation(Modele):
    pour_qui: Texte
    duree_minutes: Annotated[int, Field(gt=0, le=120)]
    documents: tuple[Document, ...] = ()
    modalites: Texte
    """Terms of use of the online service, published before use (CRPA L.112-9)."""
    avertissement: str = ""


class Donnees(Modele):
    """What people are told about their data (GDPR art. 13)."""

    finalite: Texte
    base_legale: Texte
    destinataires: Texte
    conservation_mois: Annotated[int, Field(gt=0, le=120)]
    """Months after closing before the request is made anonymous."""


class Canal(Modele):
    type: Literal["guichet", "telephone", "courrier", "courriel"]
    texte: Texte

    @property
    def est_numerique(self) -> bool:
        return self.type == "courriel"

    @property
    def libelle(self) -> str:
        return {
            "guichet": "Sur place",
            "telephone": "Par téléphone",
            "courrier": "Par courrier",
            "courriel": "Par e-mail",
        }[self.type]


class Delai(Modele):
    """Time limit of the procedure, counted from date to date, and what silence then means."""

    valeur: Annotated[int, Field(gt=0)]
    unite: Literal["jours", "mois", "jours_ouvres"]
    silence: Silence
    fondement: Texte
    habituel: Texte
    """How long it takes in fact, in words."""

    @property
    def en_mots(self) -> str:
        un, plusieurs = {
            "jours": ("jour", "jours"),
            "mois": ("mois", "mois"),
            "jours_ouvres": ("jour ouvré", "jours ouvrés"),
        }[self.unite]
        return f"{self.valeur} {plusieurs if self.valeur > 1 else un}"


class Accuse(Modele):
    """Wording of the acknowledgement: what happens next, in one or more sentences."""

    suite: Annotated[tuple[Texte, ...], Field(min_length=1)]
    recours: str = ""
    """Time limits and ways of appeal; compulsory where silence means refusal (CRPA R.112-5)."""
    attestation: str = ""
    """How to get the attestation of a tacit acceptance (CRPA L.232-3); compulsory there."""


class Aide(Modele):
    texte: Texte
    telephone: Texte
    courriel: Texte
    horaires: Texte


class Etape(Modele):
    """One page of the form: one question, or one small group that makes sense together."""

    nom: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    titre: Texte
    titre_court: Texte
    introduction: str = ""
    champs: Annotated[tuple[Champ, ...], Field(min_length=1)]


class Definition(Modele):
    titre: Texte
    resume: Texte
    theme: Texte
    service: Texte
    mots_cles: tuple[Texte, ...] = ()
    publiee: bool
    compte: Literal["inutile", "facultatif", "obligatoire"]
    presentation: Presentation
    donnees: Donnees
    canaux: Annotated[tuple[Canal, ...], Field(min_length=1)]
    delai: Delai
    accuse: Accuse
    aide: Aide
    etapes: Annotated[tuple[Etape, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def complete(self) -> Definition:
        if all(canal.est_numerique for canal in self.canaux):
            raise ValueError(
                "« canaux » n'offre aucune autre voie que le numérique : "
                "ajoutez au moins « guichet », « telephone » ou « courrier »"
            )
        if self.delai.silence is Silence.REJET and not self.accuse.recours:
            raise ValueError("le silence vaut refus : « accuse.recours » doit donner les délais et voies de recours")
        if self.delai.silence is Silence.ACCORD and not self.accuse.attestation:
            raise ValueError("le silence vaut accord : « accuse.attestation » doit dire comment obtenir l'attestation")
        noms = [champ.nom for champ in self.champs()]
        if doubles := {nom for nom in noms if noms.count(nom) > 1}:
            raise ValueError(f"plusieurs champs portent le nom {en_liste(doubles)}")
        etapes = [etape.nom for etape in self.etapes]
        if doubles := {nom for nom in etapes if etapes.count(nom) > 1}:
            raise ValueError(f"plusieurs étapes portent le nom {en_liste(doubles)}")
        if reserves := {"verifier", "abandonner", "fichiers"} & set(etapes):
            # These words are addresses of the form already.
            raise ValueError(f"nom d'étape réservé : {en_liste(reserves)}")
        contacts = [type(c) for c in self.champs() if isinstance(c, ChampContact)]
        if len(contacts) != len(set(contacts)):
            raise ValueError("un même moyen de contact (nom, courriel, telephone) est demandé deux fois")
        return self

    def champs(self) -> Iterator[Champ]:
        for etape in self.etapes:
            yield from etape.champs

    def champ(self, nom: str) -> Champ | None:
        return next((champ for champ in self.champs() if champ.nom == nom), None)


class ServiceDefini(Modele):
    """A service of the town: a queue of requests and a group of agents of the directory."""

    slug: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,49}$")]
    nom: Texte
    courriel: Texte
    telephone: Texte
    adresse: Texte
    horaires: Texte
    groupe: str = ""

    @property
    def groupe_annuaire(self) -> str:
        return self.groupe or f"service-{self.slug}"


class ServicesDefinis(Modele):
    services: Annotated[tuple[ServiceDefini, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def distincts(self) -> ServicesDefinis:
        slugs = [service.slug for service in self.services]
        if doubles := {slug for slug in slugs if slugs.count(slug) > 1}:
            raise ValueError(f"plusieurs services portent le nom {en_liste(doubles)}")
        return self


class DefinitionRefusee(ValueError):
    """A definition that cannot be published; ``fautes`` are French sentences."""

    def __init__(self, source: str, fautes: list[str]) -> None:
        self.source, self.fautes = source, fautes
        super().__init__("\n".join(f"{source} : {faute}" for faute in fautes))


def en_liste(noms: set[str]) -> str:
    return ", ".join(f"« {nom} »" for nom in sorted(noms))


def lire_definition(brut: Any, source: str) -> Definition:
    """Check a procedure read from a file or an editor's page; ``source`` names it in the refusal."""
    return lire(Definition, brut, source)


def lire_services(brut: Any, source: str) -> ServicesDefinis:
    return lire(ServicesDefinis, brut, source)


def lire(modele: type[M], brut: Any, source: str) -> M:
    try:
        return modele.model_validate(brut)
    except ValidationError as erreur:
        raise DefinitionRefusee(source, [_en_mots(faute) for faute in erreur.errors()]) from None


# What to say of each fault of Pydantic, by its type; {lieu}, {saisie} and Pydantic's own context fill it.
_TOURNURES = {
    "missing": "il manque « {lieu} »",
    "extra_forbidden": "« {lieu} » n'est pas une clé connue (faute de frappe ?)",
    "string_too_short": "« {lieu} » est vide",
    "too_short": "« {lieu} » est vide",
    "string_pattern_mismatch": "« {lieu} » ({saisie}) : minuscules sans accent, chiffres et tirets seulement",
    "enum": "« {lieu} » ({saisie}) doit être l'une de ces valeurs : {expected}",
    "literal_error": "« {lieu} » ({saisie}) doit être l'une de ces valeurs : {expected}",
    "union_tag_invalid": "« {lieu}.type » doit être l'une de ces valeurs : {expected_tags}",
    "union_tag_not_found": "il manque « {lieu}.type »",
    "greater_than": "« {lieu} » ({saisie}) est hors des bornes permises",
    "less_than_equal": "« {lieu} » ({saisie}) est hors des bornes permises",
    "string_type": "« {lieu} » doit être un texte",
    "int_type": "« {lieu} » doit être un nombre entier",
    "int_parsing": "« {lieu} » doit être un nombre entier",
    "bool_type": "« {lieu} » doit être oui ou non (true, false)",
    "bool_parsing": "« {lieu} » doit être oui ou non (true, false)",
    "tuple_type": "« {lieu} » doit être une liste",
    "model_type": "« {lieu} » doit être un groupe de clés",
}


def _en_mots(faute: Any) -> str:
    """One fault of Pydantic as a French sentence that says where it is and what to do."""
    lieu = ".".join(str(p + 1) if isinstance(p, int) else str(p) for p in faute["loc"]) or "fichier"
    contexte = faute.get("ctx", {})
    if faute["type"] == "value_error":
        return f"{lieu} : {contexte['error']}" if faute["loc"] else str(contexte["error"])
    tournure = _TOURNURES.get(faute["type"], "« {lieu} » a une forme que le site ne comprend pas")
    return tournure.format_map({**contexte, "lieu": lieu, "saisie": faute["input"]})
