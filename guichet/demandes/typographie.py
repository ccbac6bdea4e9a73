"""French typography of what is read: in papers whole, on pages for the sentences made of people's words."""

from __future__ import annotations

import re


def insecables(texte: str) -> str:
    """No line starts with a colon or ends with an opening quote; « n° 12 » stays whole."""
    texte = re.sub(r" ([:;?!»])", "\u00a0\\1", texte)
    return re.sub(r"(«|n°|art\.|article [LR]\.) ", "\\1\u00a0", texte)


def apostrophes(page: str) -> str:
    """Curled, as printed."""
    return re.sub(r"(?<=\w)(?:'|&#x27;)(?=\w)", "\u2019", page)
