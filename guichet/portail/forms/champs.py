"""How each kind of field is asked on a page: one builder a kind (guichet/demarches/champs.py has the kinds)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from guichet.demarches import champs as c
from guichet.demarches.recherche import normaliser

from .dates import ChampDateFormulaire, exemple
from .fichiers import PHOTOS, ChampFichiers, regles
from .formats import FORMATS, Format, MauvaisFormat

# A date of birth so named is the person's own: the browser may fill it (RGAA 11.13).
NAISSANCE = frozenset({"naissance", "date_naissance", "date_de_naissance"})
# So is an address so named: the account fills it.
DOMICILE = frozenset({"adresse", "adresse_postale", "domicile", "mon_adresse"})
Champs = dict[str, forms.Field]


class _AvecAides:
    """Options with a line of help each (GDS radios, checkboxes)."""

    aides: dict[str, str]

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)  # type: ignore[misc]
        option["aide"] = getattr(self, "aides", {}).get(str(value), "")
        return option


class ChoixRadio(_AvecAides, forms.RadioSelect):
    """Radios drawn with the charter's .choix: a target as large as the line."""

    template_name = "components/choix.html"


class ChoixCases(_AvecAides, forms.CheckboxSelectMultiple):
    template_name = "components/choix.html"


def _communs(champ: c.ChampBase) -> dict[str, Any]:
    return {"label": champ.libelle, "help_text": champ.aide, "required": champ.obligatoire}


def _vide(champ: c.ChampBase, sinon: str = "") -> str:
    return champ.si_vide or sinon or f"Remplissez « {champ.libelle} »."


# --- Texts ------------------------------------------------------------------------------------------


class ChampFormate(forms.CharField):
    """A text of a known shape, kept in one way however it was typed."""

    def __init__(self, *, format_: Format, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs=dict(format_.attributs)), **kwargs)
        self.format = format_

    def clean(self, value: Any) -> str:
        saisie: str = super().clean(value)
        if not saisie:
            return ""
        try:
            return self.format.nettoyer(saisie)
        except MauvaisFormat as faute:
            raise forms.ValidationError(str(faute)) from None


def _texte(champ: c.ChampTexte) -> Champs:
    messages = {
        "required": _vide(champ),
        "max_length": f"Écrivez {champ.longueur_max} caractères au plus.",
    }
    if champ.format:
        return {champ.nom: ChampFormate(format_=FORMATS[champ.format], error_messages=messages, **_communs(champ))}
    return {champ.nom: forms.CharField(max_length=champ.longueur_max, error_messages=messages, **_communs(champ))}


def _texte_long(champ: c.ChampTexteLong) -> Champs:
    return {
        champ.nom: forms.CharField(
            max_length=champ.longueur_max,
            widget=forms.Textarea(attrs={"rows": 7}),
            error_messages={
                "required": _vide(champ),
                "max_length": f"Écrivez un texte plus court : {champ.longueur_max} caractères au plus.",
            },
            **_communs(champ),
        )
    }


def _adresse(champ: c.ChampAdresse) -> Champs:
    domicile = champ.nom in DOMICILE
    return {
        champ.nom: forms.CharField(
            max_length=200,
            widget=forms.TextInput(attrs={"autocomplete": "street-address" if domicile else "off"}),
            error_messages={
                "required": _vide(champ, f"Indiquez « {champ.libelle} »."),
                "max_length": "Écrivez une adresse plus courte : 200 caractères au plus.",
            },
            **_communs(champ),
        ),
        f"{champ.nom}_precision": forms.CharField(
            label=champ.libelle_precision,
            help_text=champ.aide_precision,
            required=False,
            max_length=300,
            error_messages={"max_length": "Écrivez une précision plus courte : 300 caractères au plus."},
        ),
    }


# --- Dates and numbers ------------------------------------------------------------------------------


def _en_date(valeur: Any) -> date | None:
    return date.fromisoformat(str(valeur)) if valeur else None


def _date(champ: c.ChampDate) -> Champs:
    return {
        champ.nom: ChampDateFormulaire(
            vide=_vide(champ, f"Indiquez « {champ.libelle} »."),
            periode=str(champ.periode or ""),
            minimum=_en_date(champ.minimum),
            maximum=_en_date(champ.maximum),
            naissance=champ.nom in NAISSANCE,
            label=champ.libelle,
            help_text=champ.aide or f"Par exemple : {exemple(str(champ.periode or ''))}.",
            required=champ.obligatoire,
        )
    }


class ChampNombreFormulaire(forms.CharField):
    """« 1 200 », « 12,5 » or « 12.5 »; kept as a whole number, or as a text where decimals are allowed."""

    def __init__(
        self, *, decimales: int, minimum: Any, maximum: Any, unite: str, suffixe: bool = True, **kwargs: Any
    ) -> None:
        mode = "decimal" if decimales else "numeric"
        super().__init__(widget=forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off"}), **kwargs)
        self.decimales, self.unite = decimales, unite
        self.minimum = None if minimum is None else Decimal(str(minimum))
        self.maximum = None if maximum is None else Decimal(str(maximum))
        if suffixe and unite:
            self.template_name = "portail/champs/nombre.html"

    def clean(self, value: Any) -> int | str | None:
        saisie: str = super().clean(value)
        if not saisie:
            return None
        brut = re.sub(r"[\s_]", "", saisie).replace(",", ".")
        if self.unite and brut.lower().endswith(self.unite.replace(" ", "").lower()):
            brut = brut[: -len(self.unite.replace(" ", ""))]
        if not re.fullmatch(r"[+-]?\d{1,12}(\.\d{1,12})?", brut, re.ASCII):
            raise forms.ValidationError("Écrivez un nombre en chiffres, comme 12.")
        nombre = Decimal(brut)
        if -int(nombre.normalize().as_tuple().exponent) > self.decimales:
            raise forms.ValidationError(
                f"Écrivez au plus {self.decimales} chiffre{'s' if self.decimales > 1 else ''} après la virgule."
                if self.decimales
                else "Écrivez un nombre entier, sans virgule."
            )
        if self.minimum is not None and nombre < self.minimum:
            raise forms.ValidationError(f"Indiquez {self._dire(self.minimum)} ou plus.")
        if self.maximum is not None and nombre > self.maximum:
            raise forms.ValidationError(f"Indiquez {self._dire(self.maximum)} ou moins.")
        return f"{nombre:f}" if self.decimales else int(nombre)

    def _dire(self, nombre: Decimal) -> str:
        return f"{nombre.normalize():f}".replace(".", ",") + (
            f" {self.unite}" if self.unite and abs(nombre) >= 2 else ""
        )


def _nombre(champ: c.ChampNombre) -> Champs:
    return {
        champ.nom: ChampNombreFormulaire(
            decimales=champ.decimales,
            minimum=champ.minimum,
            maximum=champ.maximum,
            unite=champ.unite,
            error_messages={"required": _vide(champ, f"Indiquez « {champ.libelle} ».")},
            **_communs(champ),
        )
    }


# --- Choices ----------------------------------------------------------------------------------------


def _choix(champ: c.ChampChoix) -> Champs:
    widget = ChoixRadio()
    widget.aides = {o.valeur: o.aide for o in champ.options}
    return {
        champ.nom: forms.ChoiceField(
            choices=[(o.valeur, o.libelle) for o in champ.options],
            widget=widget,
            error_messages={
                "required": champ.si_vide or "Choisissez une réponse dans la liste.",
                "invalid_choice": "Choisissez une réponse dans la liste.",
            },
            **_communs(champ),
        )
    }


class ChampPlusieurs(forms.MultipleChoiceField):
    def __init__(self, *, minimum: int = 0, maximum: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.minimum, self.maximum = minimum, maximum

    def clean(self, value: Any) -> list[str]:
        choisies: list[str] = super().clean(value)
        if choisies and len(choisies) < self.minimum:
            raise forms.ValidationError(f"Cochez au moins {self.minimum} réponses.")
        if self.maximum and len(choisies) > self.maximum:
            raise forms.ValidationError(f"Cochez au plus {self.maximum} réponse{'s' if self.maximum > 1 else ''}.")
        return choisies


def _choix_multiple(champ: c.ChampChoixMultiple) -> Champs:
    widget = ChoixCases()
    widget.aides = {o.valeur: o.aide for o in champ.options}
    communs = _communs(champ)
    communs["help_text"] = champ.aide or "Cochez toutes les réponses qui conviennent."
    return {
        champ.nom: ChampPlusieurs(
            choices=[(o.valeur, o.libelle) for o in champ.options],
            widget=widget,
            minimum=champ.minimum or 0,
            maximum=champ.maximum,
            error_messages={
                "required": champ.si_vide or "Cochez au moins une réponse.",
                "invalid_choice": "Choisissez des réponses dans la liste.",
                "invalid_list": "Choisissez des réponses dans la liste.",
            },
            **communs,
        )
    }


def _declaration(champ: c.ChampDeclaration) -> Champs:
    declaration: Any = forms.BooleanField(  # template_name: unknown to the stubs
        error_messages={"required": champ.si_vide or "Cochez la case pour continuer, si la phrase est exacte."},
        **_communs(champ),
    )
    declaration.template_name = "portail/champs/declaration.html"
    return {champ.nom: declaration}


# --- Files ------------------------------------------------------------------------------------------


def _fichiers(champ: c.ChampBase, formats: tuple[str, ...], nombre_max: int, taille_max_mo: int, quoi: str) -> Champs:
    depot = ChampFichiers(
        label=champ.libelle,
        help_text=f"{champ.aide} {regles(formats, nombre_max, taille_max_mo, quoi)}".strip(),
        required=False,  # checked by the form, which knows the files already kept
        formats=formats,
        nombre_max=nombre_max,
        taille_max_mo=taille_max_mo,
    )
    depot.facultatif = not champ.obligatoire
    return {champ.nom: depot}


def _photo(champ: c.ChampPhoto) -> Champs:
    return _fichiers(champ, PHOTOS, champ.nombre_max, 8, "photo")


def _fichier(champ: c.ChampFichier) -> Champs:
    return _fichiers(champ, tuple(champ.formats), champ.nombre_max, champ.taille_max_mo, "fichier")


# --- Ways to reach a person -------------------------------------------------------------------------


def _soi(champ: c.ChampContact) -> bool:
    """Whether the person speaks of themselves: only then may the browser fill the field."""
    return str(getattr(champ, "pour", "demandeur")) == "demandeur"


def _nom(champ: c.ChampNom) -> Champs:
    return {
        champ.nom: forms.CharField(
            max_length=200,
            widget=forms.TextInput(attrs={"autocomplete": "name" if _soi(champ) else "off", "spellcheck": "false"}),
            error_messages={
                "required": champ.si_vide or "Indiquez votre prénom et votre nom.",
                "max_length": "Écrivez un nom plus court.",
            },
            **_communs(champ),
        )
    }


def _courriel(champ: c.ChampCourriel) -> Champs:
    suite = "email" if _soi(champ) else "off"
    return {
        champ.nom: forms.EmailField(
            widget=forms.EmailInput(attrs={"autocomplete": suite, "spellcheck": "false", "autocapitalize": "none"}),
            error_messages={
                "required": champ.si_vide or "Indiquez votre adresse e-mail.",
                "invalid": "Écrivez une adresse e-mail complète, comme nom@exemple.fr.",
                "max_length": "Écrivez une adresse e-mail plus courte.",
            },
            **_communs(champ),
        )
    }


class ChampTelephoneFormulaire(forms.CharField):
    """Any usual way to write a number; kept as « 06 12 34 56 78 » or « +32 470 12 34 56 » as typed."""

    def clean(self, value: Any) -> str:
        saisie: str = super().clean(value)
        if not saisie:
            return ""
        chiffres = re.sub(r"[\s.\-()/]", "", saisie)
        chiffres = re.sub(r"^(\+33|0033)0?", "0", chiffres)
        if re.fullmatch(r"0\d{9}", chiffres):
            return " ".join(chiffres[i : i + 2] for i in range(0, 10, 2))
        if re.fullmatch(r"\+\d{8,15}", chiffres):
            return saisie.strip()
        raise forms.ValidationError("Écrivez un numéro de 10 chiffres, comme 06 12 34 56 78.")


def champ_telephone(*, label: str, aide: str, requis: bool, vide: str = "", soi: bool = True) -> forms.Field:
    return ChampTelephoneFormulaire(
        label=label,
        help_text=aide,
        required=requis,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel" if soi else "off"}),
        error_messages={
            "required": vide or "Indiquez votre numéro de téléphone.",
            "max_length": "Écrivez un numéro de 10 chiffres, comme 06 12 34 56 78.",
        },
    )


def _telephone(champ: c.ChampTelephone) -> Champs:
    return {
        champ.nom: champ_telephone(
            label=champ.libelle, aide=champ.aide, requis=champ.obligatoire, vide=champ.si_vide, soi=_soi(champ)
        )
    }


# --- Groups -----------------------------------------------------------------------------------------


_MASCULINS = frozenset({
    "adulte", "arbre", "bien", "chien", "creneau", "document", "dossier", "element", "emplacement",
    "encombrant", "enfant", "equipement", "evenement", "frere", "horaire", "jour", "justificatif",
    "logement", "lot", "materiel", "meuble", "mineur", "objet", "occupant", "panneau", "parent",
    "responsable", "stand", "temoin", "titulaire", "vehicule", "voisin",
})  # fmt: skip
_FEMININES = frozenset({
    "activite", "adresse", "annee", "association", "benne", "chaise", "date", "depense", "personne",
    "piece", "plage", "plaque", "place", "prestation", "recette", "remorque", "rue", "salle", "soeur",
    "subvention", "table", "vignette", "voiture", "zone",
})  # fmt: skip


def ajouter(element: str, *, encore: bool = False) -> str:
    """« Ajouter un enfant », « Ajouter une autre personne »; without article for a word not known here."""
    mot = element[:1].lower() + element[1:]
    premier = normaliser(element).split()[:1]
    autre = "autre " if encore else ""
    if premier and premier[0] in _MASCULINS:
        return f"Ajouter un {autre}{mot}"
    if premier and premier[0] in _FEMININES:
        return f"Ajouter une {autre}{mot}"
    return f"Ajouter : {mot}"


class Elements(forms.Widget):
    """The elements already given; adding and changing one are pages of their own."""

    use_fieldset = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> None:
        del data, files, name

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        raise NotImplementedError("un groupe est dessiné par portail/champs/groupe.html")


class ChampElements(forms.Field):
    """A repeated group on its page. What is checked is how many elements there are."""

    def __init__(self, *, groupe: c.ChampGroupe, **kwargs: Any) -> None:
        super().__init__(widget=Elements(), **kwargs)
        self.groupe = groupe
        self.elements: list[dict[str, Any]] = []
        self.template_name = "portail/champs/groupe.html"

    @property
    def au_moins(self) -> int:
        return max(self.groupe.minimum, 1 if self.groupe.obligatoire else 0)

    @property
    def peut_ajouter(self) -> bool:
        return len(self.elements) < self.groupe.maximum

    @property
    def ajouter(self) -> str:
        return ajouter(self.groupe.libelle_element, encore=bool(self.elements))

    @property
    def resumes(self) -> list[list[tuple[str, str]]]:
        """Each element as (question, answer) pairs; what was left empty is not shown."""
        return [lignes_de(self.groupe, element) for element in self.elements]

    def clean(self, value: Any) -> list[dict[str, Any]]:
        del value
        nombre = len(self.elements)
        if nombre < self.au_moins and (self.required or nombre):
            vide = self.groupe.si_vide if not nombre else ""
            if not vide and self.au_moins == 1:
                vide = f"Utilisez le bouton « {ajouter(self.groupe.libelle_element)} »."
            raise forms.ValidationError(
                vide or f"Il en faut au moins {self.au_moins} : « {ajouter(self.groupe.libelle_element)} »."
            )
        return self.elements


def lignes_de(groupe: c.ChampGroupe, element: dict[str, Any]) -> list[tuple[str, str]]:
    lignes = [(champ.libelle, champ.afficher(element.get(champ.nom))) for champ in groupe.champs_visibles(element)]
    return [(libelle, valeur) for libelle, valeur in lignes if valeur]


def _groupe(champ: c.ChampGroupe) -> Champs:
    return {champ.nom: ChampElements(groupe=champ, **_communs(champ))}


CONSTRUCTEURS: dict[type[c.ChampBase], Callable[[Any], Champs]] = {
    c.ChampTexte: _texte,
    c.ChampTexteLong: _texte_long,
    c.ChampAdresse: _adresse,
    c.ChampDate: _date,
    c.ChampNombre: _nombre,
    c.ChampChoix: _choix,
    c.ChampChoixMultiple: _choix_multiple,
    c.ChampDeclaration: _declaration,
    c.ChampFichier: _fichier,
    c.ChampPhoto: _photo,
    c.ChampNom: _nom,
    c.ChampCourriel: _courriel,
    c.ChampTelephone: _telephone,
    c.ChampGroupe: _groupe,
}


def construire(champ: c.ChampBase) -> Champs:
    return CONSTRUCTEURS[type(champ)](champ)
