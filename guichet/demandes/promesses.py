"""What a text promises beside its words: a document that it says is joined, a blank that a template leaves to fill."""

from __future__ import annotations

import re

_DOCUMENT_JOINT = re.compile(
    r"\bci-joint|\bjointe?s?\s+(?:à|a|au|avec)\s+(?:ce|cet|cette|le|mon|notre)?\s*(?:message|courrier|mail|e-mail|lettre|réponse)"
    r"|\ben\s+pièces?\s+jointes?|\bpièces?\s+jointes?\s*:|\bvous\s+trouverez\b[^.\n]{0,80}\bjointe?s?\b"
    r"|\bje\s+(?:vous\s+)?joins\b|\bnous\s+(?:vous\s+)?joignons\b",
    re.IGNORECASE,
)


_BLANC = re.compile(r"\[[^\[\]\n]{1,60}\]")


def blancs(modele: str) -> list[str]:
    """What a template leaves to whoever writes, as it is read there: « [date] »."""
    return _BLANC.findall(modele)


def annonce_un_document(texte: str) -> bool:
    """Whether the text says that a document goes with it: « ci-joint », « joint à ce message », « en pièce jointe »…"""
    return _DOCUMENT_JOINT.search(" ".join(texte.replace("’", "'").split())) is not None
