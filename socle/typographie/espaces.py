"""Spaces and apostrophes of what is read: in papers whole, on pages for the sentences made of people's words."""

from __future__ import annotations

import re

INSECABLE = "\u00a0"  # a number and its unit are not parted at the end of a line
FINE = "\u202f"  # narrow: between thousands

_VOYELLES = "aàâäeéèêëiîïoôöuùûüœæ"
# An h that is aspirated keeps « de »: first words of names of places and services where it is, the others are mute
# (« d'Hautmont », « d'Halluin », though « de Hautes-Alpes »).
_H_ASPIRES = frozenset(
    {
        "hague", "haguenau", "haie", "haies", "hainaut", "hall", "halle", "halles", "ham", "hambourg", "hameau",
        "hameaux", "handicap", "hangar", "harlem", "haut", "haute", "hautes", "hauts", "havre", "hayange", "haye",
        "heaume", "hem", "hochfelden", "hoenheim", "hœnheim", "hollande", "hongrie", "houdan", "houilles", "huit",
    }
)  # fmt: skip
_Y_MUETS = frozenset({"yerres"})  # a y before a vowel keeps « de », but here
_SANS_ELISION = ("onze", "oui")


def elide(nom: str) -> bool:
    """Whether « de », « le », « que » lose their vowel before this name: a vowel or a mute h begins it."""
    mot = re.split(r"[\s'’\-]", nom.strip().lower(), maxsplit=1)[0]
    if not mot or mot in _SANS_ELISION:
        return False
    if mot[0] == "h":
        return mot not in _H_ASPIRES
    if mot[0] == "y":
        return mot in _Y_MUETS or (len(mot) > 1 and mot[1] not in _VOYELLES)  # Yvetot, Yvelines; but « de Yonkers »
    return mot[0] in _VOYELLES


def de(nom: str) -> str:
    """The name of a place after « de »: « d'Admiville », « de Massy », « du Havre », « des Ulis »."""
    nom = nom.strip()
    for article, contracte in (("Le ", "du "), ("Les ", "des ")):
        if nom.startswith(article):
            return f"{contracte}{nom.removeprefix(article)}"
    return f"d'{nom}" if elide(nom) else f"de {nom}"


def a(nom: str) -> str:
    """« à Admiville », « au Havre », « aux Ulis », « à La Rochelle »."""
    nom = nom.strip()
    for article, contracte in (("Le ", "au "), ("Les ", "aux ")):
        if nom.startswith(article):
            return f"{contracte}{nom.removeprefix(article)}"
    return f"à {nom}"


_UNITES = r"(?:h|€|%|m²|m³|km|Ko|Mo|ans?|mois|jours?)(?!\w)"
_A_GARDER = re.compile(
    rf" (?:(?=[:;?!»])|(?<=[«°.h\d] )(?:(?<=« )|(?<=n° )|(?<=\bart\. )|(?<=\barticle [LR]\. )"
    rf"|(?<=\d )(?={_UNITES})|(?<=\dh )(?=\d\d\b)|(?<=\d[ {INSECABLE}]h )(?=\d\d\b)))"
)
"""A space at which no line may end."""


def insecables(texte: str) -> str:
    """No line starts with a colon or ends with an opening quote; « n° 12 », « 17 h 30 », « 80 € » stay whole."""
    return _A_GARDER.sub(INSECABLE, texte)


def insecables_de_page(page: str) -> str:
    """The same in the words of an HTML page: what tags hold, and what is typed or run there, is left as it is."""
    return _A_GARDER.sub(lambda espace: INSECABLE if _se_lit(page, espace.start()) else " ", page)


_HORS_TEXTE = ("<textarea", "<script", "<style", "<title", "<pre", "<code")


def _se_lit(page: str, place: int) -> bool:
    """Whether this place of a page is between two tags, in words that the browser lays out in lines."""
    debut = page.rfind("<", 0, place)
    return debut < 0 or (page.find(">", debut, place) >= 0 and not page.startswith(_HORS_TEXTE, debut))


_TELEPHONE = re.compile(r"\b0\d(?:[ \u00a0]\d\d){4}\b")


def lier_telephones(page: str) -> str:
    """The numbers of these words, already escaped, as links that call them."""
    return _TELEPHONE.sub(lambda n: f'<a href="tel:{"".join(c for c in n[0] if c.isdigit())}">{n[0]}</a>', page)


def apostrophes(page: str) -> str:
    """Curled, as printed."""
    return re.sub(r"(?<=\w)(?:'|&#x27;)(?=\w)", "\u2019", page)
