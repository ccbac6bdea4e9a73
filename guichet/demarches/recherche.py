"""Words compared as people type them: without accents, capitals or punctuation."""

import re
import unicodedata


def normaliser(texte: str) -> str:
    """Words in small letters a to z and digits, separated by one space."""
    sans_accent = unicodedata.normalize("NFKD", texte.replace("œ", "oe").replace("æ", "ae"))
    lettres = "".join(c for c in sans_accent if not unicodedata.combining(c)).lower()
    return re.sub(r"[^a-z0-9]+", " ", lettres).strip()
