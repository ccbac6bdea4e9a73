"""What must be true of every page of both sites: one h1, labels, no inline style, no third party."""

from __future__ import annotations

import re
from html.parser import HTMLParser

INDEFINIE = "!!variable-indefinie!!"  # what an undefined variable of a template shows as
REPERES = ("<header", "<main", "<footer", "<nav")


REPETEE = re.compile(r"\(facultatif\)\s*\(facultatif\)")
"""What a label says by itself, then its component again."""
COUPEE = re.compile(r" [:;?!»]|« |n° |\d (?:h|€|%|Mo)(?!\w)|\d[ \u00a0]h \d\d")
"""A space at which a line may end, where French lets none."""


def coupees(lignes: list[str]) -> list[str]:
    """What could be parted at the end of a line, with the words around it."""
    return [
        ligne[max(0, trouve.start() - 30) : trouve.end() + 10] for ligne in lignes for trouve in COUPEE.finditer(ligne)
    ]


class Lecteur(HTMLParser):
    """Counts what the guard looks at."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.h1: list[str] = []
        self.lang = ""
        self.ids: list[str] = []
        self.cibles: set[str] = set()
        self.decrits: set[str] = set()
        self.champs: list[dict[str, str | None]] = []
        self.images_sans_alt = 0
        self.adresses: list[str] = []
        self.styles = 0
        self.lignes: list[str] = []
        """Words as the browser lays them out in lines, a tag at a time."""
        self._texte: list[str] | None = None
        self._dans = ""
        self.titre = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = dict(attrs)
        self._dans = tag
        if a.get("id"):
            self.ids.append(str(a["id"]))
        if tag == "html":
            self.lang = a.get("lang") or ""
        if tag in {"h1", "title"}:
            self._texte = []
        if tag == "label" and a.get("for"):
            self.cibles.add(str(a["for"]))
        if tag in {"input", "textarea", "select"} and a.get("type") != "hidden":
            self.champs.append(a)
        if tag == "img" and "alt" not in a:
            self.images_sans_alt += 1
        for nom in ("aria-describedby", "aria-labelledby"):
            self.decrits |= set(str(a.get(nom) or "").split())
        self.adresses += [str(a[nom]) for nom in ("href", "src", "action") if a.get(nom)]
        if "style" in a or tag == "style" or any(nom.startswith("on") for nom in a):
            self.styles += 1

    def handle_data(self, data: str) -> None:
        if self._texte is not None:
            self._texte.append(data)
        if self._dans not in {"title", "textarea", "script", "style", "pre", "code"}:
            self.lignes.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._dans = ""
        if tag in {"h1", "title"} and self._texte is not None:
            texte = " ".join("".join(self._texte).split())
            if tag == "h1":
                self.h1.append(texte)
            else:
                self.titre = texte
            self._texte = None


def garder(page: str, adresse: str, *, permises: tuple[str, ...] = (), reperes: tuple[str, ...] = REPERES) -> Lecteur:
    """Assert what holds for every page; `permises`: other beginnings of addresses it may name."""
    lu = Lecteur(page)
    assert INDEFINIE not in page, (adresse, re.findall(f".{{60}}{INDEFINIE}", page))
    assert "{{" not in page, adresse
    assert "{%" not in page, adresse
    assert lu.lang == "fr", adresse
    assert len(lu.h1) == 1, (adresse, lu.h1)
    assert lu.h1[0], adresse
    assert re.fullmatch(r"(Erreur : )?.+ – Admiville", lu.titre), (adresse, lu.titre)
    # A title may leave out what the h1 says between brackets (« photos (facultatif) »).
    debut = lu.titre.removeprefix("Erreur : ").split(" – ")[0]
    assert debut in {lu.h1[0], lu.h1[0].split(" (")[0]}, (adresse, lu.titre, lu.h1)
    assert len(lu.ids) == len(set(lu.ids)), (adresse, [i for i in lu.ids if lu.ids.count(i) > 1])
    for champ in lu.champs:
        assert champ.get("id") in lu.cibles or champ.get("aria-label"), (adresse, champ)
    assert lu.decrits <= set(lu.ids), (adresse, lu.decrits - set(lu.ids))
    assert lu.images_sans_alt == 0, adresse
    assert coupees(lu.lignes) == [], adresse
    assert not REPETEE.search(" ".join(lu.lignes)), adresse
    assert lu.styles == 0, adresse  # the policy forbids inline styles and scripts
    for lien in lu.adresses:
        assert lien.startswith(("/", "#", "?", "mailto:", "tel:", *permises)), (adresse, lien)
    assert '<a class="lien-evitement" href="#contenu">' in page, adresse
    for repere in reperes:
        assert repere in page, (adresse, repere)
    return lu
