"""How a mail to people is made: one template a mail, said three ways (subject, text, simple HTML).

A mail's template fills ``sujet`` and ``corps`` of a frame (gabarits/templates/courriels). Its text part is read
from its HTML part, so that both say the same.
"""

from __future__ import annotations

import re
import uuid
from email.headerregistry import Address
from html.parser import HTMLParser
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

CADRE_SUJET = "courriels/sujet.txt"
CADRE = "courriels/cadre.html"


def construire(
    gabarit: str, contexte: dict[str, Any], destinataire: str, *, identifiant: uuid.UUID
) -> EmailMultiAlternatives:
    """A mail from the template ``gabarit`` + .html.

    ``identifiant`` makes the Message-ID: should a mail leave twice, the receiver knows them as one.
    """
    contexte = {"commune": settings.COMMUNE, "url_portail": settings.URL_PORTAIL, **contexte}
    sujet = " ".join(render_to_string(f"{gabarit}.html", {**contexte, "cadre": CADRE_SUJET}).split())
    page = render_to_string(f"{gabarit}.html", {**contexte, "cadre": CADRE, "sujet": sujet})
    mail = EmailMultiAlternatives(
        subject=sujet,
        body=en_texte(page),
        from_email=str(Address(display_name=settings.COMMUNE["nom"], addr_spec=settings.DEFAULT_FROM_EMAIL)),
        to=[destinataire],
        headers={
            "Message-ID": f"<{identifiant}@{settings.DOMAINE}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(page, "text/html")
    return mail


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
            self.morceaux.append(f" ({self.lien})" if self.rangs else f" :\n{self.lien}")
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
