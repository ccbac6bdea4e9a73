"""What a procedure must say about itself before the town may publish it.

The law asks for most of it: the purpose and legal basis of the data (GDPR art. 13), the time limit and
the effect of silence (CRPA L.231-1, R.112-5), terms of use and channels (L.112-9), a way in that is not
digital (Conseil d'État, 3 June 2022). A definition that lacks one of these is refused, in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, ValidationError, ValidationInfo, model_validator

from guichet.demarches import controle
from guichet.demarches.champs import Champ, champs_visibles
from guichet.demarches.conditions import MARQUE, Condition
from guichet.demarches.essais_demarche import EssaiDemarche, fautes_des_essais
from guichet.demarches.modele import Modele, Paragraphe, ParagrapheFacultatif, Slug, Texte
from guichet.demarches.modeles_reponse import ModeleReponse
from guichet.demarches.regles import Regle

M = TypeVar("M", bound=Modele)

STANDARD = "standard"
ACCEPTEE = "acceptee"
"""Context in which a definition that was accepted once is read again: its rules are not tried anew."""


class Silence(StrEnum):
    """What the town's silence means once the time limit has passed (CRPA L.231-1 to L.231-4)."""

    ACCORD = "accord"
    REJET = "rejet"


class Document(Modele):
    """A piece the person should have at hand before starting."""

    nom: Texte = Field(title="Document", description="Comme l'usager l'appelle : « Justificatif de domicile ».")
    pourquoi: Texte = Field(title="Pourquoi il faut ce document")
    obligatoire: bool = Field(default=True, title="Document obligatoire")


class Presentation(Modele):
    """What the procedure's page says before « Commencer »."""

    pour_qui: Paragraphe = Field(title="Pour qui", description="Qui peut faire cette démarche, à quelles conditions.")
    duree_minutes: Annotated[int, Field(gt=0, le=120)] = Field(
        title="Durée, en minutes", description="Temps qu'il faut pour remplir le formulaire, documents en main."
    )
    documents: tuple[Document, ...] = Field(
        default=(), title="Documents à préparer", description="Ne demandez un document que si la décision en dépend."
    )
    modalites: Paragraphe = Field(
        title="Conditions d'utilisation",
        description="Gratuité, disponibilité, usages abusifs. La loi veut qu'elles soient publiées (CRPA, L. 112-9).",
    )
    avertissement: ParagrapheFacultatif = Field(
        default="",
        title="Avertissement",
        description="Ce qu'il faut lire avant tout : une urgence, un cas où s'adresser ailleurs.",
    )


class Donnees(Modele):
    """What people are told about their data (GDPR art. 13)."""

    finalite: Paragraphe = Field(title="Finalité", description="À quoi servent les réponses.")
    base_legale: Paragraphe = Field(title="Base légale", description="Mission d'intérêt public, obligation légale…")
    destinataires: Paragraphe = Field(title="Destinataires", description="Qui lit les réponses.")
    conservation_mois: Annotated[int, Field(gt=0, le=120)] = Field(
        title="Conservation, en mois", description="Mois après la fin de la demande, avant qu'elle soit rendue anonyme."
    )
    visa_archives: Annotated[str, Field(max_length=200)] = Field(
        default="",
        title="Visa des archives",
        description="L'accord écrit du directeur des archives départementales : son numéro et sa date. Sans lui, rien "
        "n'est détruit (Code du patrimoine, L. 212-2).",
    )


class Canal(Modele):
    """Another way in than the form."""

    type: Literal["guichet", "telephone", "courrier", "courriel"] = Field(title="Voie")
    texte: Paragraphe = Field(title="Comment faire", description="Adresse, horaires, ce qu'il faut apporter.")

    @property
    def est_numerique(self) -> bool:
        """Whether it needs a computer: a procedure has at least one way in that does not."""
        return self.type == "courriel"

    @property
    def libelle(self) -> str:
        """The way in, as residents read it."""
        return {
            "guichet": "Sur place",
            "telephone": "Par téléphone",
            "courrier": "Par courrier",
            "courriel": "Par e-mail",
        }[self.type]


class Delai(Modele):
    """Time limit of the procedure, counted from date to date, and what silence then means."""

    valeur: Annotated[int, Field(gt=0)] = Field(
        title="Délai", description="Au bout de ce délai, le silence a un effet."
    )
    unite: Literal["jours", "mois", "jours_ouvres"] = Field(title="Unité du délai")
    silence: Silence = Field(
        title="Effet du silence",
        description="accord : le silence vaut acceptation ; rejet : il vaut refus (CRPA, L. 231-1 à L. 231-4).",
    )
    fondement: Paragraphe = Field(title="Texte qui le dit", description="Article de loi ou de décret.")
    habituel: Paragraphe = Field(title="Délai habituel", description="Le temps réel, en une phrase.")

    @property
    def en_mots(self) -> str:
        """The time limit in French: « 2 mois », « 15 jours ouvrés »."""
        if self.unite == "mois":
            return f"{self.valeur} mois"
        pluriel = "s" if self.valeur > 1 else ""
        return f"{self.valeur} jour{pluriel}{' ouvré' + pluriel if self.unite == 'jours_ouvres' else ''}"


class Accuse(Modele):
    """Wording of the acknowledgement: what happens next, in one or more sentences."""

    suite: Annotated[tuple[Paragraphe, ...], Field(min_length=1)] = Field(
        title="Ce qui se passe ensuite", description="Une étape par ligne, dans l'ordre, avec les délais."
    )
    recours: ParagrapheFacultatif = Field(
        default="",
        title="Délais et voies de recours",
        description="Obligatoire quand le silence vaut refus (CRPA, R. 112-5).",
    )
    attestation: ParagrapheFacultatif = Field(
        default="",
        title="Comment obtenir l'attestation",
        description="Obligatoire quand le silence vaut accord (CRPA, L. 232-3).",
    )


class Aide(Modele):
    """Whom to ask for help while filling the form."""

    texte: Paragraphe = Field(title="Phrase d'accueil")
    telephone: Texte = Field(title="Téléphone")
    courriel: Texte = Field(title="Adresse e-mail")
    horaires: Texte = Field(title="Horaires")


class Etape(Modele):
    """One page of the form: one question, or one small group that makes sense together."""

    nom: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")] = Field(
        title="Nom dans l'adresse", description="Unique dans la démarche : minuscules, chiffres et tirets."
    )
    titre: Texte = Field(title="Titre de la page", description="Une question, si possible : « Où est le problème ? ».")
    titre_court: Texte = Field(title="Titre court", description="Deux ou trois mots, pour la liste des étapes.")
    si: Condition | None = Field(
        default=None,
        title="Montrer seulement si",
        description="Condition sur des réponses données dans les pages d'avant.",
    )
    introduction: ParagrapheFacultatif = Field(
        default="", title="Introduction", description="Une ou deux phrases, si elles sont utiles."
    )
    champs: Annotated[tuple[Champ, ...], Field(min_length=1)] = Field(title="Questions de la page")
    regles: tuple[Regle, ...] = Field(
        default=(),
        title="Règles de la page",
        description="Entre ses réponses, celles d'avant et aujourd'hui : faire corriger, avertir ou arrêter.",
    )

    def champs_visibles(self, donnees: Mapping[str, Any]) -> list[Champ]:
        """Questions to ask on this page, given the answers of the form (see ``Definition.elaguer``)."""
        if self.si is not None and not self.si.vraie(donnees):
            return []
        return champs_visibles(self.champs, donnees)


class Definition(Modele):
    """A procedure: what it is, who answers, in what time, what silence means, and what is asked."""

    titre: Texte = Field(title="Titre", description="Commence par un verbe : « Inscrire un enfant à l'école ».")
    resume: Paragraphe = Field(title="Résumé", description="Une phrase, lue dans la liste des démarches.")
    theme: Texte = Field(title="Thème", description="Rubrique de la liste des démarches.")
    service: Slug = Field(title="Service", description="Nom du service dans services.yaml : il reçoit les demandes.")
    publiee: bool = Field(title="En ligne", description="Sinon, personne ne peut commencer cette démarche.")
    compte: Literal["inutile", "facultatif", "obligatoire"] = Field(
        title="Compte de l'usager",
        description="Ne l'exigez que si la démarche ne peut s'en passer ; sans compte, un code permet le suivi.",
    )
    workflow: Slug = Field(
        default=STANDARD,
        title="Circuit de traitement",
        description="Nom d'un fichier du dossier workflows, sans « .yaml ».",
    )
    alerte: Literal["chaque", "resume", "aucune"] = Field(
        default="chaque",
        title="Alerte au service",
        description="chaque : un e-mail à chaque demande ; resume : un par jour ; aucune : pas d'e-mail.",
    )
    mots_cles: tuple[Texte, ...] = Field(
        default=(), title="Mots de la recherche", description="Les mots que les gens tapent, même familiers."
    )
    presentation: Presentation = Field(title="Présentation")
    donnees: Donnees = Field(title="Données personnelles")
    canaux: Annotated[tuple[Canal, ...], Field(min_length=1)] = Field(
        title="Autres façons de faire",
        description="Une au moins n'est pas numérique : sur place, téléphone ou courrier.",
    )
    delai: Delai = Field(title="Délai et silence de la mairie")
    accuse: Accuse = Field(title="Accusé de réception")
    aide: Aide = Field(title="Aide")
    modeles: tuple[ModeleReponse, ...] = Field(
        default=(),
        title="Modèles de réponse",
        description="Textes proposés aux agents, en plus de ceux du circuit de traitement.",
    )
    etapes: Annotated[tuple[Etape, ...], Field(min_length=1)] = Field(title="Pages du formulaire")
    essais: tuple[EssaiDemarche, ...] = Field(
        default=(),
        title="Essais des règles",
        description="Des réponses imaginaires et les règles qui doivent parler : vérifiés à chaque publication.",
    )

    @model_validator(mode="after")
    def complete(self, info: ValidationInfo) -> Definition:
        """Raises ValueError when something the law or the site needs is missing, or when a name is given twice."""
        if all(canal.est_numerique for canal in self.canaux):
            raise ValueError(
                "« canaux » n'offre aucune autre voie que le numérique : "
                "ajoutez au moins « guichet », « telephone » ou « courrier »"
            )
        if self.delai.silence is Silence.REJET and not self.accuse.recours:
            raise ValueError("le silence vaut refus : « accuse.recours » doit donner les délais et voies de recours")
        if self.delai.silence is Silence.ACCORD and not self.accuse.attestation:
            raise ValueError("le silence vaut accord : « accuse.attestation » doit dire comment obtenir l'attestation")
        noms = [champ.nom for champ in self.tous_les_champs()]
        if doubles := {nom for nom in noms if noms.count(nom) > 1}:
            raise ValueError(f"plusieurs champs portent le nom {en_liste(doubles)}")
        etapes = [etape.nom for etape in self.etapes]
        if doubles := {nom for nom in etapes if etapes.count(nom) > 1}:
            raise ValueError(f"plusieurs étapes portent le nom {en_liste(doubles)}")
        if reserves := {"verifier", "abandonner", "enregistrer", "fichiers"} & set(etapes):
            # These words are addresses of the form already.
            raise ValueError(f"nom d'étape réservé : {en_liste(reserves)}")
        contacts = [champ.moyen_du_demandeur for champ in self.champs() if champ.moyen_du_demandeur]
        if len(contacts) != len(set(contacts)):
            raise ValueError(
                "un même moyen de contact (nom, courriel, telephone) est demandé deux fois : "
                "écrivez « pour: autre » à celui qui n'est pas celui du demandeur"
            )
        codes = [modele.code for modele in self.modeles]
        if doubles := {code for code in codes if codes.count(code) > 1}:
            raise ValueError(f"plusieurs modèles portent le code {en_liste(doubles)}")
        if info.context == ACCEPTEE:
            return self
        if fautes := controle.fautes(self.etapes):
            raise ValueError("\n".join(fautes))
        if fautes_d_essais := list(fautes_des_essais(self)):
            raise ValueError("\n".join(fautes_d_essais))
        return self

    def champs(self) -> Iterator[Champ]:
        """Fields of the form; those of a group belong to the group."""
        for etape in self.etapes:
            yield from etape.champs

    def tous_les_champs(self) -> Iterator[Champ]:
        """Fields of the form and of its groups."""
        for champ in self.champs():
            yield champ
            yield from champ.parties

    def regles(self) -> Iterator[Regle]:
        """Every rule of the form and of its groups, in order."""
        return controle.toutes_les_regles(self.etapes)

    def champ(self, nom: str) -> Champ | None:
        """The field of this name that is asked outside groups; None where there is none."""
        return next((champ for champ in self.champs() if champ.nom == nom), None)

    def adresse_postale(self, donnees: Mapping[str, Any]) -> str:
        """Where letters reach whoever asks, in lines: the one answer that letters, pages and mails read; may be empty.

        A postcode and a commune asked apart follow it.
        """
        utiles = self.elaguer(donnees)
        for champ in self.champs():
            if adresse := champ.adresse_postale(utiles.get(champ.nom)):
                autres = (str(utiles.get(nom) or "") for nom in ("code_postal", "ville", "commune"))
                return "\n".join(filter(None, (adresse, " ".join(filter(None, autres)))))
        return ""

    def etapes_visibles(self, donnees: Mapping[str, Any]) -> list[Etape]:
        """Pages to show, given the answers: a page whose questions are all hidden is hidden."""
        utiles = self.elaguer(donnees)
        return [etape for etape in self.etapes if etape.champs_visibles(utiles)]

    def champs_poses(self, donnees: Mapping[str, Any]) -> list[Champ]:
        """Every question to ask, given the answers, in the order of the form."""
        utiles = self.elaguer(donnees)
        return [champ for etape in self.etapes for champ in etape.champs_visibles(utiles)]

    def elaguer(self, donnees: Mapping[str, Any]) -> dict[str, Any]:
        """The answers without those to questions that are not asked: someone changed their mind on the way.

        Read in the order of the form: an answer dropped counts for nothing in what follows.
        """
        gardees = dict(donnees)
        for etape in self.etapes:
            poses = {champ.nom for champ in etape.champs_visibles(gardees)}
            for champ in etape.champs:
                if champ.nom not in poses:
                    gardees.pop(champ.nom, None)
                elif gardees.get(champ.nom):
                    gardees[champ.nom] = champ.elaguer(gardees[champ.nom], gardees)
        return gardees


class ServiceDefini(Modele):
    """A service of the town: a queue of requests and a group of agents of the directory."""

    slug: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,49}$")]
    nom: Texte
    courriel: Texte
    telephone: Texte
    adresse: Paragraphe
    horaires: Texte
    groupe: str = ""

    @property
    def groupe_annuaire(self) -> str:
        """Group of the directory whose members read its requests: the one given, or ``service-<slug>``."""
        return self.groupe or f"service-{self.slug}"


class ServicesDefinis(Modele):
    """The file of a town's services."""

    services: Annotated[tuple[ServiceDefini, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def distincts(self) -> ServicesDefinis:
        """Raises ValueError when two services have one name."""
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
    """Names between French quotes, sorted, separated by commas."""
    return ", ".join(f"« {nom} »" for nom in sorted(noms))


def lire_definition(brut: Any, source: str) -> Definition:
    """Check a procedure read from a file or an editor's page; ``source`` names it in the refusal."""
    return lire(Definition, brut, source)


def lire(modele: type[M], brut: Any, source: str) -> M:
    """A definition of the class given. Raises DefinitionRefusee, with one French sentence a fault and the name of its
    source.
    """
    try:
        return modele.model_validate(brut)
    except ValidationError as erreur:
        raise DefinitionRefusee(source, list(phrases(erreur))) from None


def phrases(erreur: ValidationError) -> Iterator[str]:
    """The faults in French, without those that only follow from another (fautes_utiles)."""
    for faute in fautes_utiles(erreur):
        yield from en_mots(faute).split("\n")


def fautes_utiles(erreur: ValidationError) -> Iterator[Any]:
    """The faults to tell. A list is not too short when it is one of its elements that is wrong."""
    fautes = erreur.errors()
    for faute in fautes:
        lieu = faute["loc"]
        if faute["type"] == "too_short" and any(f["loc"][: len(lieu)] == lieu != f["loc"] for f in fautes):
            continue
        yield faute


# What to say of each fault of Pydantic, by its type; {lieu}, {saisie} and Pydantic's own context fill it.
_TOURNURES = {
    "missing": "il manque « {lieu} »",
    "extra_forbidden": "« {lieu} » n'est pas une clé connue (faute de frappe ?)",
    "string_too_short": "« {lieu} » est vide",
    "string_too_long": "« {lieu} » est trop long : {max_length} caractères au plus",
    "too_short": "« {lieu} » n'a pas assez d'éléments : il en faut au moins {min_length}",
    "too_long": "« {lieu} » a trop d'éléments : {max_length} au plus",
    "string_pattern_mismatch": "« {lieu} » ({saisie}) : minuscules sans accent, chiffres et tirets seulement",
    "enum": "« {lieu} » ({saisie}) doit être l'une de ces valeurs : {expected}",
    "literal_error": "« {lieu} » ({saisie}) doit être l'une de ces valeurs : {expected}",
    "union_tag_invalid": "« {lieu}.type » doit être l'une de ces valeurs : {expected_tags}",
    "union_tag_not_found": "il manque « {lieu}.type »",
    "greater_than": "« {lieu} » ({saisie}) est hors des bornes permises : il faut plus de {gt}",
    "greater_than_equal": "« {lieu} » ({saisie}) est hors des bornes permises : il faut au moins {ge}",
    "less_than": "« {lieu} » ({saisie}) est hors des bornes permises : il faut moins de {lt}",
    "less_than_equal": "« {lieu} » ({saisie}) est hors des bornes permises : il faut au plus {le}",
    "finite_number": "« {lieu} » doit être un nombre",
    "string_type": "« {lieu} » doit être un texte",
    "int_type": "« {lieu} » doit être un nombre entier",
    "int_parsing": "« {lieu} » doit être un nombre entier",
    "int_from_float": "« {lieu} » doit être un nombre entier",
    "float_type": "« {lieu} » doit être un nombre",
    "float_parsing": "« {lieu} » doit être un nombre",
    "bool_type": "« {lieu} » doit être oui ou non (true, false)",
    "bool_parsing": "« {lieu} » doit être oui ou non (true, false)",
    "date_type": "« {lieu} » doit être une date AAAA-MM-JJ",
    "date_parsing": "« {lieu} » ({saisie}) doit être une date AAAA-MM-JJ",
    "date_from_datetime_parsing": "« {lieu} » ({saisie}) doit être une date AAAA-MM-JJ",
    "date_from_datetime_inexact": "« {lieu} » ({saisie}) doit être une date AAAA-MM-JJ",
    "tuple_type": "« {lieu} » doit être une liste",
    "model_type": "« {lieu} » doit être un groupe de clés",
    "model_attributes_type": "« {lieu} » doit être un groupe de clés",
}


def lieu_de(chemin: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Where a fault is, in the words of the file: Pydantic also names the kind of the field it read."""
    lieu: list[int | str] = []
    for rang, part in enumerate(chemin):
        avant = chemin[max(rang - 2, 0) : rang]
        if isinstance(part, str) and len(avant) == 2 and avant[0] == "champs" and isinstance(avant[1], int):
            continue  # the kind, that only says how it was read
        if isinstance(part, str) and part.startswith(MARQUE):
            continue
        lieu.append(part)
    return tuple(lieu)


def en_mots(faute: Any, lieu: str = "") -> str:
    """One fault of Pydantic as a French sentence that says where it is and what to do.

    ``lieu`` names the place otherwise than by the keys of the file.
    """
    chemin = lieu_de(faute["loc"])
    lieu = lieu or ".".join(str(p + 1) if isinstance(p, int) else str(p) for p in chemin) or "fichier"
    contexte = faute.get("ctx", {})
    if "expected" in contexte:
        contexte = {**contexte, "expected": contexte["expected"].replace(" or ", " ou ")}
    if faute["type"] == "value_error":
        return f"{lieu} : {contexte['error']}" if chemin else str(contexte["error"])
    tournure = _TOURNURES.get(faute["type"], "« {lieu} » a une forme que le site ne comprend pas")
    return tournure.format_map({**contexte, "lieu": lieu, "saisie": faute["input"]})
