"""Definitions made at random, as odd as the rules allow: what is written must be read back the same."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

SIMPLES = (
    "texte", "texte_long", "date", "nombre", "choix", "choix_multiple", "adresse", "declaration", "nom", "courriel",
    "telephone",
)  # fmt: skip
TOUS = (*SIMPLES, "fichier", "photo", "groupe")

# What people write, and what YAML, HTML and Python take for something else.
PIEGES = (
    "non", "~", "null", "1", "1.50", "2026-09-01", "012", "- tiret", "# dièse", "clé: valeur", "{x}", "[x]", "« œ »",
    "l'été", 'dit "oui"', "100 %", "a: 'b' # c", "> suite", "| bloc", "& ancre", "* alias", "! balise", "\\", "😀",
    "@a", "`b`", "=", "<b>gras</b>", "&amp;", "fin\\", "double  espace", "tab\tici", "espace\u00a0fine\u202f!",
)  # fmt: skip
caracteres = st.characters(exclude_categories=("Cs", "Cc", "Co", "Cn", "Zl", "Zp"))
lignes = (
    st.one_of(
        st.sampled_from(PIEGES),
        st.text(caracteres, min_size=1, max_size=30),
        st.lists(st.sampled_from((*PIEGES, "mot", "autre", "long")), min_size=8, max_size=30).map(" ".join),
    )
    .map(lambda t: " ".join(t.split("\n")).strip())
    .filter(bool)
)
paragraphes = st.one_of(lignes, st.lists(st.one_of(lignes, st.just("")), min_size=2, max_size=5).map("\n".join)).filter(
    lambda t: bool(t.strip())
)
sans_repere = paragraphes.filter(lambda t: "{" not in t)
facultatif = st.one_of(st.just(""), lignes)
noms_courts = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)


@st.composite
def champ(dessin: st.DrawFn, nom: str, types: tuple[str, ...], anciens: list[dict[str, Any]]) -> dict[str, Any]:
    genre = dessin(st.sampled_from(types))
    brut: dict[str, Any] = {"nom": nom, "type": genre, "libelle": dessin(lignes), "pourquoi": dessin(lignes)}
    brut |= {"aide": dessin(facultatif), "si_vide": dessin(facultatif), "obligatoire": dessin(st.booleans())}
    if genre in {"nom", "courriel", "telephone"}:
        brut["pour"] = "autre"
    brut |= dessin(_precisions(nom, genre))
    if anciens and dessin(st.booleans()):
        brut["si"] = dessin(condition(anciens))
    return brut


def _precisions(nom: str, genre: str) -> st.SearchStrategy[dict[str, Any]]:
    options = st.lists(noms_courts, min_size=2, max_size=4, unique=True).flatmap(
        lambda valeurs: st.tuples(*[st.fixed_dictionaries({"valeur": st.just(v), "libelle": lignes}) for v in valeurs])
    )
    par_genre: dict[str, dict[str, Any]] = {
        "texte": {"longueur_max": st.integers(1, 500), "format": st.sampled_from(("", "siret", "iban"))},
        "texte_long": {"longueur_max": st.integers(1, 10_000)},
        "date": {
            "periode": st.sampled_from(("", "passee", "future")),
            "minimum": st.one_of(st.none(), st.dates(date(1900, 1, 1), date(2000, 1, 1))),
            "maximum": st.one_of(st.none(), st.dates(date(2000, 1, 2), date(2100, 1, 1)).map(str)),
        },
        "nombre": {
            "minimum": st.one_of(st.none(), st.integers(-99, 0), st.floats(-99, 0, width=16)),
            "maximum": st.one_of(st.none(), st.integers(1, 99), st.floats(1, 99, width=16)),
            "decimales": st.integers(0, 4),
            "unite": st.sampled_from(("", "m²", "€", "enfants")),
        },
        "choix": {"options": options},
        "choix_multiple": {"options": options, "minimum": st.integers(0, 2), "maximum": st.sampled_from((None, 2))},
        "adresse": {"libelle_precision": lignes, "aide_precision": facultatif},
        "fichier": {
            "formats": st.lists(st.sampled_from(("pdf", "jpeg", "png")), min_size=1, unique=True),
            "nombre_max": st.integers(1, 10),
            "modele": st.sampled_from(("", "/modele.pdf", "https://exemple.fr/a?b=c#d")),
        },
        "photo": {"nombre_max": st.integers(1, 5)},
        "groupe": {
            "libelle_element": lignes,
            "minimum": st.integers(0, 2),
            "maximum": st.integers(2, 20),
            "champs": st.tuples(champ(f"{nom}_a", SIMPLES, []), champ(f"{nom}_b", SIMPLES, [])),
        },
    }
    return st.fixed_dictionaries(par_genre.get(genre, {}))


@st.composite
def condition(dessin: st.DrawFn, anciens: list[dict[str, Any]], profondeur: int = 2) -> dict[str, Any]:
    if profondeur and dessin(st.integers(0, 3)) == 0:
        reunion = dessin(st.sampled_from(("tous", "un_de", "aucun")))
        return {reunion: dessin(st.lists(condition(anciens, profondeur - 1), min_size=1, max_size=3))}
    ancien = dessin(st.sampled_from(anciens))
    return {"champ": ancien["nom"], **dessin(_comparaison(ancien))}


def _comparaison(ancien: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    option = st.sampled_from([o["valeur"] for o in ancien.get("options", [{"valeur": "x"}])])
    bornes = st.one_of(st.integers(-5, 5), st.floats(-5, 5, width=16))
    par_genre: dict[str, list[dict[str, Any]]] = {
        "choix": [{"egal": option}, {"different": option}, {"parmi": st.lists(option, min_size=1)}],
        "choix_multiple": [{"contient": option}, {"au_plus": st.integers(0, 3)}],
        "nombre": [{"au_moins": bornes}, {"different": bornes}, {"parmi": st.lists(bornes, min_size=1)}],
        "date": [{"au_plus": st.dates().map(str)}],
        "declaration": [{"egal": st.booleans()}],
        "groupe": [{"au_moins": st.integers(0, 5)}],
        "texte": [{"egal": lignes}, {"parmi": st.lists(lignes, min_size=1, max_size=3)}],
        "nom": [{"different": lignes}],
    }
    formes = [{"rempli": st.booleans()}, *par_genre.get(ancien["type"], [])]
    return st.one_of([st.fixed_dictionaries(forme) for forme in formes])


@st.composite
def definitions(dessin: st.DrawFn, service: str = "voirie") -> dict[str, Any]:
    """A raw definition that is accepted."""
    anciens: list[dict[str, Any]] = []
    etapes = []
    for rang in range(dessin(st.integers(1, 3))):
        etape: dict[str, Any] = {
            "nom": f"page-{rang}",
            "titre": dessin(lignes),
            "titre_court": dessin(lignes),
            "introduction": dessin(st.one_of(st.just(""), paragraphes)),
            "champs": [],
        }
        utiles = [a for a in anciens if a["type"] not in {"fichier", "photo"}]
        if utiles and dessin(st.booleans()):
            etape["si"] = dessin(condition(utiles))
        for numero in range(dessin(st.integers(1, 3))):
            utiles = [a for a in anciens if a["type"] not in {"fichier", "photo"}]
            nouveau = dessin(champ(f"champ_{rang}_{numero}", TOUS, utiles))
            etape["champs"].append(nouveau)
            anciens.append(nouveau)
        etapes.append(etape)
    silence = dessin(st.sampled_from(("accord", "rejet")))
    return {
        "titre": dessin(lignes),
        "resume": dessin(paragraphes),
        "theme": dessin(lignes),
        "service": service,
        "publiee": dessin(st.booleans()),
        "compte": dessin(st.sampled_from(("inutile", "facultatif", "obligatoire"))),
        "alerte": dessin(st.sampled_from(("chaque", "resume", "aucune"))),
        "mots_cles": dessin(st.lists(lignes, max_size=4)),
        "presentation": {
            "pour_qui": dessin(paragraphes),
            "duree_minutes": dessin(st.integers(1, 120)),
            "documents": dessin(
                st.lists(
                    st.fixed_dictionaries({"nom": lignes, "pourquoi": lignes, "obligatoire": st.booleans()}),
                    max_size=3,
                )
            ),
            "modalites": dessin(paragraphes),
            "avertissement": dessin(facultatif),
        },
        "donnees": {
            "finalite": dessin(paragraphes),
            "base_legale": dessin(lignes),
            "destinataires": dessin(lignes),
            "conservation_mois": dessin(st.integers(1, 120)),
        },
        "canaux": [{"type": "guichet", "texte": dessin(paragraphes)}, {"type": "courriel", "texte": dessin(lignes)}],
        "delai": {
            "valeur": dessin(st.integers(1, 90)),
            "unite": dessin(st.sampled_from(("jours", "mois", "jours_ouvres"))),
            "silence": silence,
            "fondement": dessin(lignes),
            "habituel": dessin(lignes),
        },
        "accuse": {
            "suite": dessin(st.lists(paragraphes, min_size=1, max_size=3)),
            "recours": dessin(lignes),
            "attestation": dessin(lignes),
        },
        "aide": {cle: dessin(lignes) for cle in ("texte", "telephone", "courriel", "horaires")},
        "modeles": [
            {
                "code": f"modele_{n}",
                "titre": dessin(lignes),
                "texte": dessin(paragraphes.filter(lambda t: "{" not in t)),
            }
            for n in range(dessin(st.integers(0, 2)))
        ],
        "etapes": etapes,
    }
