"""A drawing of a workflow, laid out by Graphviz (`dot`), fit for our pages: SVG without outside reference,
script nor inline style, with a title and the same content in words.

The drawing shows the main ways from status to status: an act that starts from many statuses has one arrow, which says
so. What changes no status (notes, messages) and every start of every act are in the words (``en_mots``).
"""

from __future__ import annotations

import logging
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, tostring

from defusedxml.ElementTree import fromstring

from guichet.demarches.definition_workflow import TOUTES, Acteur, Nature, StatutDefini, TransitionDefinie, Workflow
from guichet.demarches.essais import qui_fait

SVG = "http://www.w3.org/2000/svg"
DUREE_MAX = 10  # seconds
SORTIE_MAX = 2_000_000  # characters of SVG
FLECHES_MAX = 2
"""Beyond so many starts, an act is drawn from the main one only."""

journal = logging.getLogger(__name__)

# Fill and outline by nature: dark words on light ground, and the nature is written too.
_COULEURS = {
    Nature.A_TRAITER: ("#e3e9ff", "#2f4bb5"),
    Nature.EN_COURS: ("#d6ebf7", "#1c6390"),
    Nature.ATTENTE_USAGER: ("#fdf0cc", "#8a5a00"),
    Nature.TRANSFEREE: ("#efe6f7", "#6a3d94"),
    Nature.REPONDUE: ("#dcf2e1", "#1d6b35"),
    Nature.CLOSE: ("#ececec", "#555555"),
}
_TRAITS = {Acteur.AGENT: "solid", Acteur.USAGER: "dashed", Acteur.AUTOMATIQUE: "dotted"}
_ENCRES = {Acteur.AGENT: "#1b1b1b", Acteur.USAGER: "#8a5a00", Acteur.AUTOMATIQUE: "#6a3d94"}


class DessinIndisponible(RuntimeError):
    """The drawing could not be made; the text says why and what to do."""


def dessiner(workflow: Workflow) -> str:
    """The drawing as SVG. Where it cannot be made, an image that says so: the words beside it say it all anyway."""
    try:
        return _habiller(_dot(_description(workflow)), workflow)
    except DessinIndisponible as panne:
        journal.warning("dessin du circuit « %s » indisponible : %s", workflow.titre, panne)
        return _excuse(str(panne))


def en_mots(workflow: Workflow) -> list[str]:
    """What the drawing shows and what it leaves out, one sentence a status: its text alternative."""
    phrases = [f"Une demande arrive au statut « {workflow.statuts_par_code[workflow.initial].libelle} »."]
    for statut in workflow.statuts:
        departs = workflow.depuis(statut.code)
        suites = " ; ".join(_suite(workflow, statut, transition) for transition in departs)
        phrases.append(f"{statut.libelle} ({statut.nature.libelle}) : {suites or 'rien ne suit'}.")
    return phrases


def _suite(workflow: Workflow, statut: StatutDefini, transition: TransitionDefinie) -> str:
    arrivee = workflow.statuts_par_code[workflow.arrivee(transition, statut.code)]
    mene = "ne change pas le statut" if arrivee == statut else f"mène à « {arrivee.libelle} »"
    qui = "" if transition.par is Acteur.AGENT and not transition.groupes else f" ({qui_fait(transition)})"
    return f"« {transition.libelle} »{qui} {mene}"


# --- Towards Graphviz -----------------------------------------------------------------------------


def _description(workflow: Workflow) -> str:
    """The workflow in Graphviz's language. Ways between the same two statuses share an arrow."""
    lignes = [
        "digraph workflow {",
        'graph [rankdir=TB, nodesep=0.5, ranksep=0.6, bgcolor="transparent", pad=0.2];',
        'node [shape=box, style="rounded,filled", fontname="Arial", fontsize=14, margin="0.2,0.12", penwidth=1.5];',
        'edge [fontname="Arial", fontsize=11, arrowsize=0.8, penwidth=1.4];',
    ]
    for statut in workflow.statuts:
        fond, trait = _COULEURS[statut.nature]
        epaisseur = 3 if statut.code == workflow.initial else 1.5
        nature = statut.nature.libelle
        texte = statut.libelle if statut.libelle == nature else f"{statut.libelle}\n({nature})"
        lignes.append(
            f'{_mot(statut.code)} [label={_mot(texte)}, fillcolor="{fond}", color="{trait}", penwidth={epaisseur}];'
        )
    lignes.append(f"{{rank=source; {_mot(workflow.initial)}}}")
    if fins := " ".join(f"{_mot(statut.code)};" for statut in workflow.de_nature(Nature.CLOSE)):
        lignes.append(f"{{rank=sink; {fins}}}")
    rangs = {statut.code: rang for rang, statut in enumerate(workflow.statuts)}
    for (depart, arrivee, par), libelles in _fleches(workflow).items():
        encre = _ENCRES[par]
        # Statuses go down the page in the order of the file; what goes back up must not turn it over.
        remonte = ", constraint=false" if rangs[arrivee] < rangs[depart] else ""
        lignes.append(
            f"{_mot(depart)} -> {_mot(arrivee)} [label={_mot(chr(10).join(libelles))}, style={_TRAITS[par]}, "
            f'color="{encre}", fontcolor="{encre}"{remonte}];'
        )
    return "\n".join([*lignes, "}"])


def _fleches(workflow: Workflow) -> dict[tuple[str, str, Acteur], list[str]]:
    """Words on each arrow, by its two ends and who takes it."""
    fleches: dict[tuple[str, str, Acteur], list[str]] = defaultdict(list)
    for transition in workflow.transitions:
        vers = transition.vers
        departs = [code for code in workflow.origines(transition) if code != vers]
        if vers is None or not departs:
            continue
        libelle = transition.libelle
        if transition.par is not Acteur.AGENT:
            libelle = f"{libelle}\n({qui_fait(transition)})"
        if transition.depuis == TOUTES:
            libelle = f"{libelle}\n(depuis tout statut ouvert)"
        elif len(departs) > FLECHES_MAX:
            libelle = f"{libelle}\n(et depuis {len(departs) - 1} autres statuts)"
        for depart in departs if len(departs) <= FLECHES_MAX else [_principal(workflow, departs, vers)]:
            fleches[depart, vers, transition.par].append(libelle)
    return fleches


def _principal(workflow: Workflow, departs: list[str], vers: str) -> str:
    """Where an act most often starts: from the work under way, or from the arrival for what puts it under way."""
    natures = {code: workflow.statuts_par_code[code].nature for code in departs}
    if workflow.statuts_par_code[vers].nature is Nature.EN_COURS:
        return next((code for code in reversed(departs) if natures[code] is Nature.A_TRAITER), departs[0])
    return next((code for code in departs if natures[code] is Nature.EN_COURS), departs[0])


def _mot(texte: str) -> str:
    """A string of Graphviz's language: what the town wrote can never be read as an instruction."""
    propre = "".join(c for c in texte if c == "\n" or c.isprintable())
    return '"' + propre.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _dot(description: str) -> str:
    try:
        fait = subprocess.run(
            ["dot", "-Tsvg"],
            input=description,
            capture_output=True,
            text=True,
            timeout=DUREE_MAX,
            check=True,
        )
    except FileNotFoundError:
        raise DessinIndisponible("Installez le paquet « graphviz » pour dessiner les circuits.") from None
    except subprocess.TimeoutExpired:
        raise DessinIndisponible(f"Le dessin prend plus de {DUREE_MAX} secondes : ce circuit est trop grand.") from None
    except (subprocess.CalledProcessError, OSError) as erreur:
        raise DessinIndisponible("Graphviz n'a pas pu dessiner ce circuit.") from erreur
    if len(fait.stdout) > SORTIE_MAX:
        raise DessinIndisponible("Le dessin de ce circuit est trop grand.")
    return fait.stdout


# --- Towards our pages ----------------------------------------------------------------------------

_ELEMENTS = {"svg", "g", "path", "polygon", "polyline", "ellipse", "text"}
_ATTRIBUTS = {
    "viewBox", "width", "height", "class", "transform", "d", "points", "x", "y", "cx", "cy", "rx", "ry", "fill",
    "stroke", "stroke-width", "stroke-dasharray", "text-anchor", "font-family", "font-size", "font-weight",
}  # fmt: skip


def _habiller(brut: str, workflow: Workflow) -> str:
    """What Graphviz drew, rebuilt from the few elements and attributes that we know."""
    racine = _copier(fromstring(brut))
    if racine is None:
        raise DessinIndisponible("Graphviz n'a pas pu dessiner ce circuit.")
    for cote in ("width", "height"):
        racine.set(cote, racine.get(cote, "").removesuffix("pt"))
    return _nommer(racine, f"Circuit « {workflow.titre} »", " ".join(en_mots(workflow)))


def _copier(element: Element) -> Element | None:
    nom = element.tag.removeprefix(f"{{{SVG}}}") if isinstance(element.tag, str) else ""
    if nom not in _ELEMENTS:
        return None
    copie = Element(nom, {cle: valeur for cle, valeur in element.items() if cle in _ATTRIBUTS})
    if nom == "text":
        copie.text = element.text
    copie.extend(_enfants(element))
    return copie


def _enfants(element: Element) -> Iterator[Element]:
    for enfant in element:
        if (copie := _copier(enfant)) is not None:
            yield copie


def _nommer(racine: Element, titre: str, description: str) -> str:
    # Written by hand: prefixes are one table for the whole process, that any other library may change.
    racine.set("xmlns", SVG)
    racine.set("role", "img")
    racine.set("aria-labelledby", "circuit-titre circuit-description")
    for rang, (balise, texte) in enumerate((("title", titre), ("desc", description))):
        element = Element(balise, {"id": f"circuit-{'description' if rang else 'titre'}"})
        element.text = texte
        racine.insert(rang, element)
    return tostring(racine, encoding="unicode")


def _excuse(texte: str) -> str:
    racine = Element("svg", {"viewBox": "0 0 640 60", "width": "640", "height": "60"})
    ligne = SubElement(racine, "text", {"x": "8", "y": "36", "font-family": "Arial", "font-size": "16"})
    ligne.text = texte
    return _nommer(racine, "Dessin indisponible", texte)
