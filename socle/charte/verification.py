"""What a town's charter may be: tokens that make a style sheet, and a logo that only draws.

Pure: `gru` checks a folder with it on the operator's machine. Whoever opens the logo's address runs what it holds in
the portal's name, hence a list of what may draw, not of what may harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from socle.charte.contrastes import PAIRES, defauts

LOGO_OCTETS_MAX = 100_000
"""It is on every page, and often seen on a telephone."""

_JETONS = {
    "police": (re.compile(r"""[^;{}<>\\@()]{1,300}"""), "une liste de polices, comme « system-ui, sans-serif »"),
    "rayon": (re.compile(r"0|[0-9]{0,3}(\.[0-9]{1,3})?(rem|em|px)"), "une longueur, comme « 0.5rem »"),
    "largeur": (re.compile(r"[0-9]{1,4}(\.[0-9]{1,3})?(rem|em|px|ch)"), "une longueur, comme « 68rem »"),
}
_COULEURS_DE_DECOR = {"accent", "filet"}
_COULEURS = {nom for paire in PAIRES for nom in paire[:2]} | _COULEURS_DE_DECOR

_SVG = "http://www.w3.org/2000/svg"
_FORMES = frozenset({
    *("svg", "g", "defs", "symbol", "use", "title", "desc", "metadata", "style", "switch", "view", "image"),
    *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "textPath"),
    *("linearGradient", "radialGradient", "stop", "clipPath", "mask", "pattern", "marker", "filter"),
})  # fmt: skip
_EDITEURS = (
    "http://www.inkscape.org/namespaces/inkscape",
    "http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "http://creativecommons.org/ns#",
    "http://web.resource.org/cc/",
    "http://purl.org/dc/elements/1.1/",
)
"""Notes of drawing programs, which browsers do not look at."""
_IMAGE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*")
_AILLEURS = re.compile(r"url\(\s*+['\"]?+\s*+(?!#)|@import|javascript:|expression\(|\\", re.IGNORECASE)


def fautes_des_jetons(jetons: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    """What is wrong with the content of charte.yaml: the keys that lead there, a French sentence."""
    if not isinstance(jetons, dict):
        yield (), "le fichier doit contenir des lignes « clé: valeur »"
        return
    for cle in jetons:
        if cle not in {"couleurs", *_JETONS}:
            yield (str(cle),), f"« {cle} » n'est pas une clé connue (faute de frappe ?)"
    for cle, (forme, attendu) in _JETONS.items():
        if cle not in jetons:
            yield (), f"il manque « {cle} » : {attendu}"
        elif not forme.fullmatch(str(jetons[cle])) or isinstance(jetons[cle], dict | list):
            yield (cle,), f"« {cle} » doit être {attendu}"
    yield from _fautes_des_couleurs(jetons.get("couleurs"))


def _fautes_des_couleurs(couleurs: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    if not isinstance(couleurs, dict):
        yield ("couleurs",), '« couleurs » doit être un groupe de lignes « nom: "#rrvvbb" »'
        return
    justes = True
    for nom in sorted(_COULEURS - couleurs.keys()):
        justes = False
        yield ("couleurs",), f"il manque la couleur « {nom} »"
    for nom, valeur in couleurs.items():
        if nom not in _COULEURS:
            yield ("couleurs", str(nom)), f"« {nom} » n'est pas une couleur de la charte (faute de frappe ?)"
        elif not isinstance(valeur, str) or not re.fullmatch(r"#[0-9A-Fa-f]{6}", valeur):
            justes = False
            vue = "rien" if valeur is None else valeur
            yield ("couleurs", nom), f'couleur « {vue} » : écrivez-la sous la forme "#rrvvbb", entre guillemets'
    if justes:
        for defaut in defauts(couleurs):
            yield ("couleurs", defaut.split(" »")[0].removeprefix("« ")), defaut


def fautes_du_logo(texte: str) -> Iterator[tuple[int | None, str]]:
    """What is wrong with logo.svg, as text: the line where it is known, a French sentence."""
    if "<?xml-stylesheet" in texte:
        yield _ligne(texte, "<?xml-stylesheet"), "une feuille de style d'ailleurs n'est pas admise"
    try:
        racine = fromstring(texte, forbid_dtd=True)
    except ParseError as erreur:
        yield erreur.position[0], "ce n'est pas une image SVG lisible (le XML est cassé)"
        return
    except DefusedXmlException:
        yield _ligne(texte, "<!DOCTYPE"), "retirez la ligne « <!DOCTYPE … > »"
        return
    except ValueError:
        yield 1, "ce n'est pas une image SVG en UTF-8"
        return
    if racine.tag != f"{{{_SVG}}}svg":
        yield 1, 'ce n\'est pas une image SVG : elle commence par <svg xmlns="http://www.w3.org/2000/svg">'
        return
    for element in racine.iter():
        for dit in _fautes_de_l_element(element):
            yield _ligne(texte, f"<{_nom(element)[1]}"), dit


def _fautes_de_l_element(element: Element) -> Iterator[str]:
    espace, nom = _nom(element)
    if espace in _EDITEURS:
        return
    if espace != _SVG or not (nom in _FORMES or nom.startswith("fe")):
        yield f"« <{nom}> » n'est pas admis : un logo ne fait que dessiner"
        return
    if nom == "style" and _AILLEURS.search(element.text or ""):
        yield "le style va chercher quelque chose ailleurs"
    for attribut, valeur in element.attrib.items():
        court = attribut.rpartition("}")[2]
        if court.lower().startswith("on"):
            yield f"« {court} » lance un programme : retirez-le"
        elif court in ("href", "src") and not (valeur.startswith("#") or _IMAGE.fullmatch(valeur)):
            yield f"« {court} » mène ailleurs : mettez l'image dans le fichier"
        elif court != "href" and _AILLEURS.search(valeur):
            yield f"« {court} » va chercher quelque chose ailleurs"


def _nom(element: Element) -> tuple[str, str]:
    """Namespace and name."""
    espace, _, nom = str(element.tag).removeprefix("{").rpartition("}")
    return espace, nom


def _ligne(texte: str, debut: str) -> int | None:
    place = texte.lower().find(debut.lower())
    return texte.count("\n", 0, place) + 1 if place >= 0 else None
