"""The kinds of field a procedure may ask for.

One class a kind, told apart by ``type``. A class knows what the town may write about the field, what it means
that an answer is missing, and how an answer is read back to a person; how it is asked on a page belongs to its
adapter (guichet/questions/sortes/). A new kind = one class here, one adapter there, and its template if it needs one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeVar, get_args

from pydantic import Field, GetCoreSchemaHandler, field_validator, model_validator
from pydantic_core import CoreSchema, core_schema

from guichet.demarches import adresses
from guichet.demarches.conditions import Condition, est_rempli, nombre
from guichet.demarches.modele import Ligne, Modele, Nom, Texte
from guichet.demarches.regles import Regle
from socle.typographie import calendrier
from socle.typographie.espaces import INSECABLE

__all__ = ["SORTES", "Champ", "ChampBase", "ChampSimple", "Modele", "Nom", "Option", "Texte", "UneSorte", "sorte"]

Donnees = Mapping[str, Any]

# An address so named is the home of whoever asks: the account and the browser fill it.
DOMICILE = frozenset({"adresse", "adresse_postale", "domicile", "mon_adresse"})
COURRIER = DOMICILE | {"adresse_envoi", "nouvelle_adresse"}
"""Where letters go, among the names of addresses."""
Format = Literal["pdf", "jpeg", "png", "webp", "heic"]
ORDRE = ("au_moins", "au_plus", "moins_de", "plus_de")
AGREGATS = ("plus_petit", "plus_grand", "somme")


def agreger(mesure: str, nombres: Iterable[Decimal | None]) -> Decimal | None:
    """The least, the greatest or the sum of those that are numbers; None without any."""
    connus = [connu for connu in nombres if connu is not None]
    if not connus:
        return None
    return {"plus_petit": min, "plus_grand": max, "somme": sum}[mesure](connus)  # type: ignore[operator,no-any-return]


class ChampBase(Modele):
    """What every kind of field has; what is true of a kind is said on its class."""

    libelle_type: ClassVar[str] = ""
    """The kind, as editors read it."""
    icone: ClassVar[str] = "help"
    """Its icon in the editors' workshop (a name of Wagtail's)."""
    dans_un_groupe: ClassVar[bool] = True
    """Whether a repeated group may ask for it."""
    se_corrige: ClassVar[bool] = True
    """Whether an agent may have the answer corrected by itself."""
    se_compte: ClassVar[bool] = False
    """Whether ``au_moins`` and ``au_plus`` count the elements of the answer."""
    moyen: ClassVar[str] = ""
    """Way to reach a person that it asks for: nom, courriel or telephone; empty for any other question."""
    depose_des_fichiers: ClassVar[bool] = False
    operateurs: ClassVar[frozenset[str]] = frozenset({"egal", "different", "parmi", "rempli"})
    """What a condition may ask of an answer of this kind (see conditions.py)."""
    mesures: ClassVar[frozenset[str]] = frozenset()
    """What a rule may look at of an answer of this kind, where it is not the answer itself."""
    mesure_une_partie: ClassVar[bool] = False
    """Whether a measure looks at one of its parts."""
    nature: ClassVar[str] = "texte"
    """Answers of one nature are compared together: texte, date, nombre; empty for what is compared with none."""

    nom: Nom = Field(
        title="Nom interne",
        description="Court, stable, unique dans la démarche : minuscules, chiffres et _. L'usager ne le voit pas.",
    )
    libelle: Texte = Field(title="Question", description="Ce que l'usager lit au-dessus du champ.")
    si: Condition | None = Field(
        default=None, title="Poser seulement si", description="Condition sur des réponses données plus haut."
    )
    aide: Ligne = Field(
        default="",
        title="Aide",
        description="Une phrase courte, avant le champ, avec un exemple : « Par exemple : … ».",
    )
    obligatoire: bool = Field(
        default=True, title="Réponse obligatoire", description="Sinon, la question porte la mention « facultatif »."
    )
    si_vide: Ligne = Field(
        default="",
        title="Phrase si rien n'est répondu",
        description="Elle dit comment corriger, par exemple « Indiquez votre date de naissance. ».",
    )
    pourquoi: Texte = Field(
        title="Pourquoi cette question",
        description="Ce que la mairie fait de la réponse ; dit à l'usager. Une réponse inutile ne se demande pas.",
    )

    if TYPE_CHECKING:  # each kind declares its own, beside its keys

        @property
        def type(self) -> str:
            """Name of the kind, as files write it."""

    @property
    def parties(self) -> tuple[ChampBase, ...]:
        """The questions it is made of, asked for each element; none but for a group."""
        return ()

    @property
    def moyen_du_demandeur(self) -> str:
        """The way to reach whoever asks that it asks for; empty where it is somebody else's, or no such question."""
        return ""

    def adresse_postale(self, valeur: Any) -> str:
        """Where a letter would reach whoever asks, in lines; empty for a question that does not ask it."""
        return ""

    def champs_visibles(self, element: Donnees, donnees: Donnees | None = None) -> list[ChampBase]:
        """Questions of one element, given its own answers and those of the form; none but for a group."""
        return []

    def afficher(self, valeur: Any) -> str:
        """The answer as a person reads it; empty when there is none."""
        return str(valeur or "")

    def elaguer(self, valeur: Any, donnees: Donnees | None = None) -> Any:
        """The answer without what is no longer asked, given the answers of the form."""
        return valeur

    def manque(self, valeur: Any, donnees: Donnees | None = None) -> bool:
        """Whether a compulsory answer is missing, or is no longer one that this field takes.

        ``donnees``: the answers of the form, on which conditions inside a group may hang.
        """
        return self.obligatoire and not est_rempli(valeur)

    def refus_comparaison(self, valeur: Any) -> str:
        """Why an answer can never be compared with this value; empty when it can."""
        return "" if isinstance(valeur, str) else "il faut un texte"

    def mesurer(self, valeur: Any, mesure: str, partie: str, jour: date) -> Decimal | None:
        """What a rule looks at of an answer on this day: an age in years, or the numbers of the options chosen (the
        least, the greatest, their sum). None where it says nothing."""
        return None

    def est_situe(self, valeur: Any) -> adresses.Situation:
        """In which commune an address is; empty for any other question, and where nothing tells."""
        return ""


S = TypeVar("S", bound=ChampBase)

SORTES: dict[str, type[ChampBase]] = {}
"""Kinds of field by their ``type``, in the order in which editors are offered them."""


def sorte(classe: type[S]) -> type[S]:
    """Make a kind known: procedures may ask for it from then on (models built before must be built again)."""
    SORTES[get_args(classe.model_fields["type"].annotation)[0]] = classe
    return classe


class UneSorte:
    """Mark of a field that is of any known kind, told apart by ``type``; of those alone that fit in a group."""

    def __init__(self, *, dans_un_groupe: bool = False) -> None:
        self._dans_un_groupe = dans_un_groupe

    def sortes(self) -> dict[str, type[ChampBase]]:
        """Classes that may stand here, by the name of their kind."""
        return {nom: classe for nom, classe in SORTES.items() if classe.dans_un_groupe or not self._dans_un_groupe}

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        choix = {nom: handler.generate_schema(classe) for nom, classe in self.sortes().items()}
        return core_schema.tagged_union_schema(choix, discriminator="type")


@sorte
class ChampTexte(ChampBase):
    """A text on one line, free or of a known shape."""

    libelle_type: ClassVar[str] = "Texte court"
    icone: ClassVar[str] = "pilcrow"

    type: Literal["texte"]
    longueur_max: Annotated[int, Field(gt=0, le=500)] = Field(default=200, title="Longueur maximale, en caractères")
    format: Literal["", "code_postal", "siret", "rna", "immatriculation", "iban"] = Field(
        default="", title="Forme attendue", description="La réponse est vérifiée : code postal, numéro SIRET, etc."
    )


@sorte
class ChampTexteLong(ChampBase):
    """A text of several lines; no condition can look at its words."""

    libelle_type: ClassVar[str] = "Texte long"
    icone: ClassVar[str] = "doc-full"
    nature: ClassVar[str] = ""
    operateurs: ClassVar[frozenset[str]] = frozenset({"rempli"})

    type: Literal["texte_long"]
    longueur_max: Annotated[int, Field(gt=0, le=10_000)] = Field(default=2000, title="Longueur maximale, en caractères")


@sorte
class ChampDate(ChampBase):
    """A day, stored « AAAA-MM-JJ ». Of a birth, papers may give the year alone, or the month and the year: the rest is
    then stored as 00, and rules that look at an age say nothing.
    """

    libelle_type: ClassVar[str] = "Date"
    icone: ClassVar[str] = "calendar-alt"
    operateurs: ClassVar[frozenset[str]] = frozenset({"egal", "different", "rempli", *ORDRE})
    mesures: ClassVar[frozenset[str]] = frozenset({"age", "age_rentree", "age_annee_scolaire"})
    nature: ClassVar[str] = "date"

    type: Literal["date"]
    periode: Literal["", "passee", "future"] = Field(
        default="", title="Période", description="passee : aujourd'hui ou avant ; future : aujourd'hui ou après."
    )
    minimum: date | None = Field(default=None, title="Au plus tôt", description="Date AAAA-MM-JJ.")
    maximum: date | None = Field(default=None, title="Au plus tard", description="Date AAAA-MM-JJ.")

    @model_validator(mode="after")
    def bornes_en_ordre(self) -> ChampDate:
        """Raises ValueError when the bounds are in the wrong order."""
        if self.minimum and self.maximum and self.minimum > self.maximum:
            raise ValueError("« minimum » est après « maximum »")
        return self

    def afficher(self, valeur: Any) -> str:
        """The day in French words, or what is known of it; what is no date is given back as it is."""
        return calendrier.jour_connu(str(valeur or ""))

    def mesurer(self, valeur: Any, mesure: str, partie: str, jour: date) -> Decimal | None:
        """Full years on this day; or the age reached within the year of the next 1 September, or of the last one: it is
        that of a class (code de l'éducation, L. 113-1 and D. 113-1)."""
        try:
            naissance = date.fromisoformat(str(valeur))
        except ValueError:
            return None
        if mesure == "age":
            return Decimal(jour.year - naissance.year - ((jour.month, jour.day) < (naissance.month, naissance.day)))
        prochaine = jour.year + ((jour.month, jour.day) > (9, 1))
        return Decimal(prochaine - (mesure == "age_annee_scolaire") - naissance.year)

    def refus_comparaison(self, valeur: Any) -> str:
        """A date is compared with a date."""
        try:
            date.fromisoformat(valeur)
        except (TypeError, ValueError):
            return "il faut une date AAAA-MM-JJ"
        return ""


@sorte
class ChampNombre(ChampBase):
    """A number: an integer, or the text of a decimal number where decimals are allowed."""

    libelle_type: ClassVar[str] = "Nombre"
    icone: ClassVar[str] = "order"
    operateurs: ClassVar[frozenset[str]] = frozenset({"egal", "different", "parmi", "rempli", *ORDRE})
    nature: ClassVar[str] = "nombre"

    type: Literal["nombre"]
    minimum: int | float | None = Field(default=None, title="Au moins", allow_inf_nan=False)
    maximum: int | float | None = Field(default=None, title="Au plus", allow_inf_nan=False)
    decimales: Annotated[int, Field(ge=0, le=4)] = Field(
        default=0, title="Chiffres après la virgule", description="0 : nombre entier."
    )
    unite: Ligne = Field(default="", title="Unité", description="Écrite après le nombre : m², enfants, €…")

    @model_validator(mode="after")
    def bornes_en_ordre(self) -> ChampNombre:
        """Raises ValueError when the bounds are in the wrong order."""
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError("« minimum » est plus grand que « maximum »")
        return self

    def afficher(self, valeur: Any) -> str:
        """The number with a comma and its unit, that no line break parts."""
        if valeur is None or valeur == "":
            return ""
        dit = str(valeur).replace(".", ",")
        return f"{dit}{INSECABLE}{self.unite}" if self.unite else dit

    def refus_comparaison(self, valeur: Any) -> str:
        """A number is compared with a number."""
        return "" if isinstance(valeur, int | float) and not isinstance(valeur, bool) else "il faut un nombre"


class Option(Modele):
    """One of the answers offered."""

    valeur: Nom = Field(
        title="Valeur", description="Nom court et stable, conservé avec la réponse : minuscules, chiffres et _."
    )
    libelle: Texte = Field(title="Ce que l'usager lit")
    aide: Ligne = Field(default="", title="Aide", description="Une phrase sous ce choix, si elle est utile.")
    nombre: int | float | None = Field(
        default=None,
        title="Nombre",
        description="Pour les règles : les places d'une salle, l'âge d'une classe. L'usager ne le voit pas.",
        allow_inf_nan=False,
    )


Options = Annotated[tuple[Option, ...], Field(min_length=2)]


class ChampAOptions(ChampBase):
    """What both kinds of choice share."""

    mesures: ClassVar[frozenset[str]] = frozenset(AGREGATS)

    options: Options = Field(title="Choix possibles", description="Deux au moins.")

    @field_validator("options")
    @classmethod
    def valeurs_distinctes(cls, options: tuple[Option, ...]) -> tuple[Option, ...]:
        """Raises ValueError when two options have the same value."""
        valeurs = [option.valeur for option in options]
        if len(set(valeurs)) != len(valeurs):
            raise ValueError("deux options ont la même « valeur »")
        return options

    @property
    def valeurs(self) -> frozenset[str]:
        """Values that may be answered."""
        return frozenset(option.valeur for option in self.options)

    def mesurer(self, valeur: Any, mesure: str, partie: str, jour: date) -> Decimal | None:
        """The least, the greatest or the sum of the numbers of the options chosen."""
        choisies = valeur if isinstance(valeur, list) else [valeur]
        nombres = [nombre(option.nombre) for option in self.options if option.valeur in choisies]
        return agreger(mesure, nombres)

    def libelle_de(self, valeur: Any) -> str:
        """What people read for a value; an option that is no more is given back as it was kept."""
        return next((o.libelle for o in self.options if o.valeur == valeur), str(valeur or ""))

    def refus_comparaison(self, valeur: Any) -> str:
        """An option is compared with one of the options."""
        if valeur in self.valeurs:
            return ""
        return f"ce n'est pas une de ses options ({', '.join(option.valeur for option in self.options)})"


@sorte
class ChampChoix(ChampAOptions):
    """Buttons, one of which is chosen; the answer is the option's value."""

    libelle_type: ClassVar[str] = "Choix d'une réponse"
    icone: ClassVar[str] = "radio-full"

    type: Literal["choix"]

    def afficher(self, valeur: Any) -> str:
        """The option chosen, as people read it."""
        return self.libelle_de(valeur)

    def manque(self, valeur: Any, donnees: Donnees | None = None) -> bool:
        """An option that is no more is no answer."""
        return self.obligatoire and valeur not in self.valeurs


@sorte
class ChampChoixMultiple(ChampAOptions):
    """Boxes to tick; the answer is the list of the options chosen."""

    libelle_type: ClassVar[str] = "Choix de plusieurs réponses"
    icone: ClassVar[str] = "tasks"
    se_compte: ClassVar[bool] = True
    nature: ClassVar[str] = ""
    operateurs: ClassVar[frozenset[str]] = frozenset({"contient", "rempli", *ORDRE})

    type: Literal["choix_multiple"]
    minimum: Annotated[int, Field(ge=0)] = Field(default=0, title="Nombre de réponses, au moins")
    maximum: Annotated[int, Field(gt=0)] | None = Field(default=None, title="Nombre de réponses, au plus")

    @model_validator(mode="after")
    def bornes_possibles(self) -> ChampChoixMultiple:
        """Raises ValueError when more is asked than there are options, or than may be chosen."""
        if self.minimum > min(self.maximum or len(self.options), len(self.options)):
            raise ValueError("« minimum » est plus grand que le nombre de réponses possibles")
        return self

    def afficher(self, valeur: Any) -> str:
        """The options chosen, one a line."""
        return "\n".join(self.libelle_de(choisie) for choisie in valeur or ())

    def manque(self, valeur: Any, donnees: Donnees | None = None) -> bool:
        """Options that are no more do not count."""
        connues = [choisie for choisie in valeur or () if choisie in self.valeurs]
        return self.obligatoire and len(connues) < max(self.minimum, 1)


@sorte
class ChampAdresse(ChampBase):
    """A place in the town: one line, and how to find the exact spot."""

    libelle_type: ClassVar[str] = "Adresse ou lieu"
    icone: ClassVar[str] = "site"
    nature: ClassVar[str] = ""
    operateurs: ClassVar[frozenset[str]] = frozenset({"rempli", "commune"})

    type: Literal["adresse"]
    libelle_precision: Texte = Field(default="Précision sur le lieu", title="Question sur l'endroit exact")
    aide_precision: Ligne = Field(default="", title="Aide sur l'endroit exact")
    commune: Ligne = Field(
        default="",
        title="Commune attendue",
        description="Pour une règle sur l'adresse : le nom de la commune où elle doit être.",
    )
    codes_postaux: tuple[Annotated[str, Field(pattern=r"^\d{5}$")], ...] = Field(
        default=(), title="Codes postaux de la commune"
    )

    @model_validator(mode="after")
    def commune_entiere(self) -> ChampAdresse:
        """Raises ValueError when postcodes are those of no town."""
        if self.codes_postaux and not self.commune:
            raise ValueError("« codes_postaux » va avec « commune »")
        return self

    @property
    def est_le_domicile(self) -> bool:
        """Whether it is the address of whoever asks, by the field's name."""
        return self.nom in DOMICILE

    def est_situe(self, valeur: Any) -> adresses.Situation:
        """In which commune the address is; the precision only counts where it names one for sure."""
        dite: Mapping[str, str] = valeur if isinstance(valeur, Mapping) else {}
        adresse, precision = dite.get("adresse", ""), dite.get("precision", "")
        situee = adresses.situation(adresse, self.commune, self.codes_postaux)
        if situee or not precision:
            return situee
        precisee = adresses.situation(f"{adresse}\n{precision}", self.commune, self.codes_postaux)
        return "" if precisee == "incertaine" else precisee

    def adresse_postale(self, valeur: Any) -> str:
        """The answer if letters go there; empty otherwise."""
        return self.afficher(valeur) if self.nom in COURRIER else ""

    def afficher(self, valeur: Any) -> str:
        """The address, then the precision on a line of its own."""
        if not valeur:
            return ""
        return "\n".join(filter(None, (valeur.get("adresse", ""), valeur.get("precision", ""))))

    def manque(self, valeur: Any, donnees: Donnees | None = None) -> bool:
        """The precision is never compulsory."""
        return self.obligatoire and not (valeur or {}).get("adresse")


class ChampFichiers(ChampBase):
    """Files. Their content is stored apart (demandes.Piece); the answer itself is their number."""

    depose_des_fichiers: ClassVar[bool] = True
    dans_un_groupe: ClassVar[bool] = False
    se_corrige: ClassVar[bool] = False
    nature: ClassVar[str] = ""
    # A draft holds the files beside the answers: what is asked cannot hang on them.
    operateurs: ClassVar[frozenset[str]] = frozenset()


@sorte
class ChampFichier(ChampFichiers):
    """Documents to join, in the formats that the procedure takes."""

    libelle_type: ClassVar[str] = "Document à joindre"
    icone: ClassVar[str] = "upload"

    type: Literal["fichier"]
    formats: Annotated[tuple[Format, ...], Field(min_length=1)] = Field(
        default=("pdf", "jpeg", "png", "webp", "heic"), title="Formats acceptés"
    )
    nombre_max: Annotated[int, Field(gt=0, le=10)] = Field(default=1, title="Nombre de fichiers, au plus")
    taille_max_mo: Annotated[int, Field(gt=0, le=8)] = Field(default=8, title="Taille d'un fichier, au plus, en Mo")
    modele: Annotated[str, Field(pattern=r"^(|(/|https://)\S*)$")] = Field(
        default="", title="Modèle à remplir", description="Adresse d'un document vierge : /page/ du site, ou https://…"
    )

    def afficher(self, valeur: Any) -> str:
        """How many files: « 2 fichiers »."""
        nombre_ = int(valeur or 0)
        return "" if not nombre_ else f"{nombre_} fichier{'s' if nombre_ > 1 else ''}"


@sorte
class ChampPhoto(ChampFichiers):
    """Photographs."""

    libelle_type: ClassVar[str] = "Photo"
    icone: ClassVar[str] = "image"

    type: Literal["photo"]
    nombre_max: Annotated[int, Field(gt=0, le=5)] = Field(default=3, title="Nombre de photos, au plus")

    def afficher(self, valeur: Any) -> str:
        """How many: « 2 photos »."""
        nombre_ = int(valeur or 0)
        return "" if not nombre_ else f"{nombre_} photo{'s' if nombre_ > 1 else ''}"


@sorte
class ChampDeclaration(ChampBase):
    """A sentence that the person vouches for by ticking a box."""

    libelle_type: ClassVar[str] = "Case à cocher (déclaration)"
    icone: ClassVar[str] = "check"
    nature: ClassVar[str] = ""
    se_corrige: ClassVar[bool] = False
    operateurs: ClassVar[frozenset[str]] = frozenset({"egal", "rempli"})

    type: Literal["declaration"]

    def afficher(self, valeur: Any) -> str:
        """« Oui » when it is ticked, nothing otherwise."""
        return "Oui" if valeur is True else ""

    def manque(self, valeur: Any, donnees: Donnees | None = None) -> bool:
        """Only a box that is ticked is an answer."""
        return self.obligatoire and valeur is not True

    def refus_comparaison(self, valeur: Any) -> str:
        """A box is compared with true or false."""
        return "" if isinstance(valeur, bool) else "il faut true (cochée) ou false (non cochée)"


class ChampContact(ChampBase):
    """A way to reach a person. That of whoever asks is kept on the request itself."""

    pour: Literal["demandeur", "autre"] = Field(
        default="demandeur",
        title="De qui ?",
        description="demandeur : la personne à qui la mairie répond ; autre : un enfant, un voisin, un témoin…",
    )

    @property
    def moyen_du_demandeur(self) -> str:
        """What it asks for when it is asked of whoever makes the request; empty for somebody else's."""
        return self.moyen if self.pour == "demandeur" else ""


@sorte
class ChampNom(ChampContact):
    """Somebody's first name and name, on one line."""

    libelle_type: ClassVar[str] = "Prénom et nom"
    icone: ClassVar[str] = "user"
    moyen: ClassVar[str] = "nom"

    type: Literal["nom"]


@sorte
class ChampCourriel(ChampContact):
    """An e-mail address."""

    libelle_type: ClassVar[str] = "Adresse e-mail"
    icone: ClassVar[str] = "mail"
    moyen: ClassVar[str] = "courriel"

    type: Literal["courriel"]


@sorte
class ChampTelephone(ChampContact):
    """A telephone number."""

    libelle_type: ClassVar[str] = "Numéro de téléphone"
    icone: ClassVar[str] = "mobile-alt"
    moyen: ClassVar[str] = "telephone"

    type: Literal["telephone"]


ChampSimple = Annotated[ChampBase, UneSorte(dans_un_groupe=True)]


@sorte
class ChampGroupe(ChampBase):
    """The same few questions for each child, each vehicle…: the answer is a list of sets of answers."""

    libelle_type: ClassVar[str] = "Groupe de questions répété"
    icone: ClassVar[str] = "copy"
    dans_un_groupe: ClassVar[bool] = False
    se_corrige: ClassVar[bool] = False
    se_compte: ClassVar[bool] = True
    nature: ClassVar[str] = ""
    operateurs: ClassVar[frozenset[str]] = frozenset({"rempli", *ORDRE})
    mesures: ClassVar[frozenset[str]] = frozenset(AGREGATS)
    mesure_une_partie: ClassVar[bool] = True

    type: Literal["groupe"]
    libelle_element: Texte = Field(
        title="Nom d'un élément", description="Au singulier, avec majuscule : « Enfant », « Véhicule »."
    )
    minimum: Annotated[int, Field(ge=0)] = Field(default=0, title="Nombre d'éléments, au moins")
    maximum: Annotated[int, Field(gt=0, le=20)] = Field(default=5, title="Nombre d'éléments, au plus")
    champs: Annotated[tuple[ChampSimple, ...], Field(min_length=1)] = Field(
        title="Questions du groupe", description="Posées pour chaque élément. Ni document, ni photo, ni autre groupe."
    )
    regles: tuple[Regle, ...] = Field(
        default=(), title="Règles du groupe", description="Entre les réponses d'un même élément, ou avec aujourd'hui."
    )

    @model_validator(mode="after")
    def tient_debout(self) -> ChampGroupe:
        """Raises ValueError when the bounds are in the wrong order or a question asks how to reach the writer."""
        if self.minimum > self.maximum:
            raise ValueError("« minimum » est plus grand que « maximum »")
        if any(champ.moyen_du_demandeur for champ in self.champs):
            raise ValueError("dans un groupe, un nom, un e-mail ou un téléphone est celui d'un autre : « pour: autre »")
        return self

    @property
    def parties(self) -> tuple[ChampBase, ...]:
        """The questions of an element."""
        return self.champs

    def champs_visibles(self, element: Donnees, donnees: Donnees | None = None) -> list[ChampBase]:
        """Questions whose condition holds; in a group it may look at the element and at the form."""
        return champs_visibles(self.champs, {**(donnees or {}), **element})

    def mesurer(self, valeur: Any, mesure: str, partie: str, jour: date) -> Decimal | None:
        """The least, the greatest or the sum of a part over the elements."""
        champ = next((champ for champ in self.champs if champ.nom == partie), None)
        reponses = [element.get(partie) for element in valeur or () if isinstance(element, Mapping)]
        if champ is None:
            return None
        if champ.nature == "nombre":
            return agreger(mesure, [nombre(reponse) for reponse in reponses])
        return agreger(mesure, [champ.mesurer(reponse, "somme", "", jour) for reponse in reponses])

    def elaguer(self, valeur: Any, donnees: Donnees | None = None) -> list[dict[str, Any]]:
        """Each element without the answers to questions that are not asked of it."""
        elements = []
        for element in valeur or ():
            poses = {champ.nom for champ in self.champs_visibles(element, donnees)}
            elements.append({nom: reponse for nom, reponse in element.items() if nom in poses})
        return elements

    def afficher(self, valeur: Any) -> str:
        """Each element with its number, its questions and answers, one a line."""
        return "\n\n".join(
            "\n".join([f"{self.libelle_element} {rang}", *self._lignes(element)])
            for rang, element in enumerate(valeur or (), 1)
        )

    def _lignes(self, element: Donnees) -> list[str]:
        dites = ((champ.libelle, champ.afficher(element.get(champ.nom))) for champ in self.champs)
        return [f"{libelle} : {dit.replace(chr(10), ', ')}" for libelle, dit in dites if dit]

    def manque(self, valeur: Any, donnees: Donnees | None = None) -> bool:
        """Whether there are too few elements, or one of them lacks a compulsory answer."""
        elements = valeur or ()
        if self.obligatoire and len(elements) < max(self.minimum, 1):
            return True
        return any(
            champ.manque(element.get(champ.nom))
            for element in elements
            for champ in self.champs_visibles(element, donnees)
        )


Champ = Annotated[ChampBase, UneSorte()]


def champs_visibles(champs: tuple[ChampBase, ...], donnees: Donnees) -> list[ChampBase]:
    """Questions to ask, given the answers; an answer to a question that is not asked counts for nothing."""
    connues, visibles = dict(donnees), []
    for champ in champs:
        if champ.si is None or champ.si.vraie(connues):
            visibles.append(champ)
        else:
            connues.pop(champ.nom, None)
    return visibles
