"""How a message gets its words: one template a kind, in the frame of the site.

In two parts (text and simple HTML), a template fills ``sujet`` and ``corps`` of a frame (courriels/cadre.html), and the
text is read from the HTML so that both say the same. In text alone, a template says the body, another the subject.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from django.template.loader import render_to_string

from socle.envois.genres import Ecrit
from socle.envois.sms import LONGUEUR_MAX
from socle.typographie.espaces import INSECABLE, insecables, insecables_de_page

CADRE_SUJET = "courriels/sujet.txt"
CADRE = "courriels/cadre.html"


def en_deux_parties(gabarit: str, contexte: dict[str, Any], *, expediteur: str) -> Ecrit:
    """A mail from the template ``gabarit``.html."""
    sujet = _ligne(f"{gabarit}.html", {**contexte, "cadre": CADRE_SUJET})
    page = insecables_de_page(render_to_string(f"{gabarit}.html", {**contexte, "cadre": CADRE, "sujet": sujet}))
    return Ecrit(sujet, en_texte(page), page, expediteur)


def en_texte_seul(gabarit: str, contexte: dict[str, Any], *, expediteur: str, repondre_a: str) -> Ecrit:
    """A mail from the templates ``gabarit``_sujet.txt and .txt."""
    corps = insecables(render_to_string(f"{gabarit}.txt", contexte).strip()) + "\n"
    return Ecrit(_ligne(f"{gabarit}_sujet.txt", contexte), corps, expediteur=expediteur, repondre_a=repondre_a)


def en_sms(gabarit: str, contexte: dict[str, Any]) -> Ecrit:
    """The words of the template ``gabarit``.txt, cut where they are too long, then ``lien``, which never is."""
    lien = contexte["lien"]
    return Ecrit("", f"{_ligne(f'{gabarit}.txt', contexte)[: LONGUEUR_MAX - len(lien) - 1].rstrip()} {lien}")


def _ligne(gabarit: str, contexte: dict[str, Any]) -> str:
    return " ".join(render_to_string(gabarit, contexte).split())


def en_texte(page: str) -> str:
    """The words of a mail's HTML, for those who read text: paragraphs, lists, addresses of links in full."""
    lecteur = _Lecteur()
    lecteur.feed(page[page.index("<body") :])
    lecteur.close()
    return lecteur.texte()


class _Lecteur(HTMLParser):
    """Knows the few tags that mails use."""

    PARAGRAPHES = frozenset({"p", "ul", "ol", "h2", "hr", "blockquote"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.morceaux: list[str] = []
        self.muet = 0
        self.rangs: list[int | None] = []
        self.lien = ""
        self.dans_le_lien = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "header":  # the town's name: the sender says it already
            self.muet += 1
        if tag in self.PARAGRAPHES:
            self.morceaux.append("\n\n")
        if tag == "br":
            self.morceaux.append("\n")
        elif tag == "hr":
            self.morceaux.append("--\n\n")
        elif tag in ("ul", "ol"):
            self.rangs.append(0 if tag == "ol" else None)
        elif tag == "li":
            self.morceaux.append("\n" + self._puce())
        elif tag == "a":
            self.lien, self.dans_le_lien = dict(attrs).get("href") or "", ""

    def _puce(self) -> str:
        if not self.rangs or self.rangs[-1] is None:
            return "- "
        self.rangs[-1] += 1
        return f"{self.rangs[-1]}. "

    def handle_endtag(self, tag: str) -> None:
        if tag == "header":
            self.muet -= 1
        if tag in ("ul", "ol"):
            self.rangs.pop()
        if tag == "a" and self.lien.startswith("http") and self.lien != self.dans_le_lien.strip():
            self.morceaux.append(f" ({self.lien})" if self.rangs else f"{INSECABLE}:\n{self.lien}")
        if tag == "a":
            self.lien = ""
        elif tag in self.PARAGRAPHES and tag != "h2":
            self.morceaux.append("\n\n")

    def handle_data(self, data: str) -> None:
        if self.muet:
            return
        self.dans_le_lien += data
        self.morceaux.append(re.sub(r"[ \t\r\n]+", " ", data))

    def texte(self) -> str:
        lignes = "".join(self.morceaux)
        lignes = re.sub(r" *\n *", "\n", lignes)
        return re.sub(r"\n{3,}", "\n\n", lignes).strip() + "\n"
