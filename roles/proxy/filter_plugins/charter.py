"""Filters on the town's graphic charter: contrast ratios as WCAG 2.1 defines them, hash of an inline style."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping

# (foreground, background, ratio asked): 4.5 for text (WCAG 1.4.3), 3 for borders and focus (1.4.11).
PAIRS: tuple[tuple[str, str, float], ...] = (
    ("texte", "fond", 4.5),
    ("texte", "fond_alt", 4.5),
    ("texte", "primaire_clair", 4.5),
    ("texte_doux", "fond", 4.5),
    ("texte_doux", "fond_alt", 4.5),
    ("texte_doux", "primaire_clair", 4.5),
    ("primaire", "fond", 4.5),
    ("primaire", "fond_alt", 4.5),
    ("primaire", "primaire_clair", 4.5),
    ("primaire_sombre", "fond", 4.5),
    ("primaire_sombre", "primaire_clair", 4.5),
    ("lien", "fond", 4.5),
    ("lien", "fond_alt", 4.5),
    ("lien", "primaire_clair", 4.5),
    ("lien", "info_fond", 4.5),
    ("lien", "erreur_fond", 4.5),
    ("lien", "succes_fond", 4.5),
    ("lien", "attention_fond", 4.5),
    ("erreur", "fond", 4.5),
    ("erreur", "fond_alt", 4.5),
    ("erreur", "erreur_fond", 4.5),
    ("texte", "erreur_fond", 4.5),
    ("succes", "fond", 4.5),
    ("succes", "succes_fond", 4.5),
    ("texte", "succes_fond", 4.5),
    ("attention", "fond", 4.5),
    ("attention", "attention_fond", 4.5),
    ("texte", "attention_fond", 4.5),
    ("info", "fond", 4.5),
    ("info", "info_fond", 4.5),
    ("texte", "info_fond", 4.5),
    ("bordure", "fond", 3.0),
    ("bordure", "fond_alt", 3.0),
    ("focus", "fond", 3.0),
    ("focus", "fond_alt", 3.0),
    ("focus", "primaire_clair", 3.0),
)


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, 0 (black) to 1 (white)."""
    digits = colour.removeprefix("#")
    if len(digits) != 6:
        raise ValueError(f"couleur « {colour} » : écrivez-la sous la forme #rrvvbb")
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio between two colours, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def charter_faults(colours: Mapping[str, str]) -> list[str]:
    """What is wrong with these colours, in French sentences; empty when all is well."""
    missing = sorted({name for pair in PAIRS for name in pair[:2]} - colours.keys())
    if missing:
        return [f"couleur absente de charte.yaml : {name}" for name in missing]
    faults = []
    for front, back, asked in PAIRS:
        ratio = contrast(colours[front], colours[back])
        if ratio < asked:
            faults.append(
                f"« {front} » ({colours[front]}) sur « {back} » ({colours[back]}) : contraste"
                f" {ratio:.2f}, il en faut {asked} au moins"
            )
    return faults


def csp_hash(style: str) -> str:
    """Source that lets exactly this inline style through a Content-Security-Policy."""
    digest = hashlib.sha256(style.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


class FilterModule:
    """Entry point that ansible-core looks for."""

    def filters(self) -> dict[str, Callable[..., object]]:
        return {"charter_faults": charter_faults, "csp_hash": csp_hash}
