"""Spaces and apostrophes of what is read: in papers whole, on pages for the sentences made of people's words."""

from __future__ import annotations

import re

INSECABLE = "\u00a0"  # a number and its unit are not parted at the end of a line
FINE = "\u202f"  # narrow: between thousands


def insecables(texte: str) -> str:
    """No line starts with a colon or ends with an opening quote; « n° 12 » stays whole."""
    texte = re.sub(r" ([:;?!»])", f"{INSECABLE}\\1", texte)
    return re.sub(r"(«|n°|art\.|article [LR]\.) ", f"\\1{INSECABLE}", texte)


def apostrophes(page: str) -> str:
    """Curled, as printed."""
    return re.sub(r"(?<=\w)(?:'|&#x27;)(?=\w)", "\u2019", page)
