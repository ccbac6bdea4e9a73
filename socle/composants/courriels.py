"""E-mail addresses, wherever one is typed: a likely slip is questioned, once. Who typed it may keep it.

An acknowledgement sent to « gmial.com » reaches nobody, and nobody knows. What is likely is told by the end of the
address alone: no server is asked, no address leaves the site.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString

# Where most people of France have their mailbox; first the one to propose for a name.
_FOURNISSEURS = {
    "gmail": ("com",), "googlemail": ("com",), "hotmail": ("fr", "com"), "outlook": ("fr", "com"),
    "live": ("fr", "com"), "msn": ("com",), "orange": ("fr", "com"), "wanadoo": ("fr",), "free": ("fr",),
    "sfr": ("fr", "com"), "laposte": ("net", "fr"), "yahoo": ("fr", "com"), "ymail": ("com",), "icloud": ("com",),
    "me": ("com",), "mac": ("com",), "bbox": ("fr",), "neuf": ("fr",), "cegetel": ("net",), "aliceadsl": ("fr",),
    "numericable": ("fr", "com"), "club-internet": ("fr",), "aol": ("com", "fr"), "gmx": ("fr", "com"),
    "protonmail": ("com", "ch"), "proton": ("me", "ch"), "voila": ("fr",), "mail": ("com",), "email": ("com",),
    "bouyguestelecom": ("fr",),
}  # fmt: skip
_DOMAINES = {f"{nom}.{fin}" for nom, fins in _FOURNISSEURS.items() for fin in fins}
_AILLEURS = {"hotmail", "outlook", "live", "yahoo", "gmx", "orange", "free", "me", "mac", "proton", "voila", "neuf"}
"""Names that are real under other ends too: « yahoo.be », « orange.sn »."""
_FINS = {
    "con": "com", "cmo": "com", "ocm": "com", "vom": "com", "xom": "com", "comm": "com", "coml": "com", "cpm": "com",
    "rf": "fr", "frr": "fr", "ffr": "fr", "f": "fr", "ft": "fr", "fe": "fr", "dr": "fr", "c": "com", "n": "net",
    "ner": "net", "nte": "net", "ent": "net", "met": "net",
}  # fmt: skip
"""Ends that no domain has."""
_NOM_LONG = 5  # letters: below, one letter more or less makes another word that somebody may well own


def suggestion(adresse: str) -> str:
    """The address that was probably meant; empty where nothing looks like a slip."""
    boite, _, domaine = adresse.strip().rpartition("@")
    propose = _domaine(domaine.lower().rstrip("."))
    return f"{boite}@{propose}" if boite and propose else ""


def _domaine(domaine: str) -> str:
    if domaine in _DOMAINES:
        return ""
    if domaine.startswith("www.") and "." in domaine[4:]:
        return domaine[4:]
    for connu in _DOMAINES:  # « gmail.com.fr », « gmailcom »
        if domaine.startswith(connu) or domaine == connu.replace(".", ""):
            return connu
    nom, _, fin = domaine.rpartition(".")
    if not nom:  # « camille@orange »: no end at all
        nom, fin = fin, ""
    juste = _FINS.get(fin, fin)
    if nom in _FOURNISSEURS:
        return "" if nom in _AILLEURS and fin and fin == juste else f"{nom}.{_fin(nom, juste)}"
    if "." not in nom:
        for connu in _FOURNISSEURS:
            if _proches(nom, connu):
                return f"{connu}.{_fin(connu, juste)}"
    return f"{nom}.{juste}" if juste != fin else ""


def _fin(nom: str, fin: str) -> str:
    """The end typed, where the provider has it; else its first one."""
    return fin if fin in _FOURNISSEURS[nom] else _FOURNISSEURS[nom][0]


def _proches(tape: str, connu: str) -> bool:
    """Whether one slip of the finger makes one of the other; two in a long name."""
    if min(len(tape), len(connu) - 1) < _NOM_LONG - 1:
        return sorted(tape) == sorted(connu) or _sans_doubles(tape) == _sans_doubles(connu)
    return _distance(tape, connu) <= (2 if len(connu) >= 2 * _NOM_LONG else 1)


def _sans_doubles(mot: str) -> str:
    return "".join(lettre for lettre, _ in groupby(mot))


def _distance(a: str, b: str) -> int:
    """Letters added, lost, replaced, or two exchanged (optimal string alignment)."""
    avant: list[int] = []
    ligne = list(range(len(b) + 1))
    for i, lettre in enumerate(a, 1):
        encore_avant, avant, ligne = avant, ligne, [i]
        for j, autre in enumerate(b, 1):
            cout = min(avant[j] + 1, ligne[j - 1] + 1, avant[j - 1] + (lettre != autre))
            if i > 1 and j > 1 and lettre == b[j - 2] and a[i - 2] == autre:
                cout = min(cout, encore_avant[j - 2] + 1)
            ligne.append(cout)
    return ligne[-1]


class SaisieCourriel(forms.EmailInput):
    """The input; once a question is asked of an address, it says with it which one, so that it is asked once.

    ``remplissage``: what a browser may fill it with; « off » for somebody else's address.
    """

    gardee = ""

    def __init__(self, remplissage: str = "email") -> None:
        super().__init__({"autocomplete": remplissage, "spellcheck": "false", "autocapitalize": "none"})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Django's hook: what is typed; the address that was questioned is kept for the field."""
        self.gardee = str(data.get(f"{name}-gardee", ""))
        return super().value_from_datadict(data, files, name)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Django's hook: the input, and beside it the address shown, where it looks like a slip."""
        entree = super().render(name, value, attrs, renderer)
        if not value or not suggestion(str(value)):
            return entree
        return format_html('{}<input type="hidden" name="{}-gardee" value="{}">', entree, name, value)


class ChampCourriel(forms.EmailField):
    """An input for an e-mail address that somebody types."""

    widget = SaisieCourriel
    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": "Indiquez votre adresse e-mail.",
        "invalid": "Écrivez une adresse e-mail complète, comme nom@exemple.fr.",
        "max_length": "Écrivez une adresse e-mail plus courte.",
    }

    def clean(self, value: Any) -> Any:
        """The address. Raises ValidationError for what is none, and once for what looks like a slip."""
        tapee = str(value or "").strip()
        propose = suggestion(tapee)
        try:
            adresse = super().clean(value)
        except ValidationError:
            if propose and not self._refusee(propose):
                raise ValidationError(
                    f"Écrivez une adresse e-mail complète. Vouliez-vous écrire {propose} ?", code="invalid"
                ) from None
            raise
        if adresse and propose and getattr(self.widget, "gardee", "") != tapee:
            raise ValidationError(
                f"Vouliez-vous écrire {propose} ? Corrigez l'adresse. Si {tapee} est la bonne, continuez sans rien "
                "changer.",
                code="doute",
            )
        return adresse

    def _refusee(self, adresse: str) -> bool:
        """Whether what would be proposed is no address either."""
        try:
            super().clean(adresse)
        except ValidationError:
            return True
        return False
