"""Contrast of the charter's colours, as WCAG 2.1 defines it: a town chooses its colours, never unreadable ones."""

from __future__ import annotations

import re
from collections.abc import Mapping

# (foreground, background, ratio asked): 4.5 for text (WCAG 1.4.3), 3 for borders and focus (1.4.11).
PAIRES: tuple[tuple[str, str, float], ...] = (
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


def luminance(couleur: str) -> float:
    """Relative luminance of `#rrggbb`, 0 (black) to 1 (white). Raises ValueError, in French, for another shape."""
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", couleur):
        raise ValueError(f"couleur « {couleur} » : écrivez-la sous la forme #rrvvbb")
    canaux = [int(couleur[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    rouge, vert, bleu = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in canaux)
    return 0.2126 * rouge + 0.7152 * vert + 0.0722 * bleu


def contraste(une: str, autre: str) -> float:
    """Contrast ratio between two colours, 1 to 21."""
    haute, basse = sorted((luminance(une), luminance(autre)), reverse=True)
    return (haute + 0.05) / (basse + 0.05)


def defauts(couleurs: Mapping[str, str]) -> list[str]:
    """What is wrong with these colours, in French sentences; empty when all is well."""
    manquantes = sorted({nom for paire in PAIRES for nom in paire[:2]} - couleurs.keys())
    if manquantes:
        return [f"couleur absente de charte.yaml : {nom}" for nom in manquantes]
    trouves = []
    for devant, fond, demande in PAIRES:
        rapport = contraste(couleurs[devant], couleurs[fond])
        if rapport < demande:
            trouves.append(
                f"« {devant} » ({couleurs[devant]}) sur « {fond} » ({couleurs[fond]}) : contraste"
                f" {rapport:.2f}, il en faut {demande} au moins"
            )
    return trouves
