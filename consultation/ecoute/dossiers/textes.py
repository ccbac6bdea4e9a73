"""Texts proposed to the team before it publishes: nobody starts from a blank page."""

from __future__ import annotations

from collections.abc import Callable

from consultation.dossier import Genre, annonce
from consultation.ecoute.commune.models import Commune
from consultation.ecoute.dossiers.models import RETIRE, Dossier

TITRES = {
    Genre.MODALITES: "Comment participer",
    Genre.INFORMATION: "Ce qu'il faut savoir",
    Genre.SYNTHESE: "Synthèse des observations",
    Genre.RESULTATS: "Ce que vous nous avez dit",
    Genre.SUITES: "Ce que nous allons faire",
    Genre.ABANDON: "Pourquoi nous arrêtons cette consultation",
}


PROPOSES: dict[Genre, Callable[[Dossier], str]] = {}
"""What other apps write from what they hold, by kind of publication; each puts its own here when it is ready."""


def modalites(dossier: Dossier) -> str:
    """How to take part; the machine adds what the dossier holds (object, question, public, dates, measure)."""
    commune = Commune.actuelle()
    contact = " ou ".join(mot for mot in (commune.telephone, commune.courriel) if mot) or "la mairie"
    return "\n\n".join([
        "Comment participer : sur internet, sur papier, au guichet de la mairie, par téléphone ou dans un atelier. "
        f"Renseignements : {contact}.",
        "Vos avis sont anonymes, sauf si vous choisissez de laisser vos coordonnées. De courts passages peuvent être "
        "cités, sans nom. Le texte entier n'est publié en données ouvertes, réutilisables par tous, que si vous "
        "l'acceptez, et après qu'une personne a vérifié qu'il ne nomme personne.",
        "Ce que nous en ferons : nous lirons tous les avis, nous publierons ce que nous avons entendu, puis ce que "
        "nous décidons et pourquoi.",
    ])  # fmt: skip


def proposer(dossier: Dossier, genre: Genre) -> tuple[str, str]:
    """Title and text to start from."""
    deja = dossier.publications.filter(genre=genre.value).order_by("-numero").first()
    if deja is not None and genre != Genre.INFORMATION:
        return deja.titre, annonce.corps(deja.lisible) if genre == Genre.MODALITES else deja.lisible.replace(RETIRE, "")
    if genre in PROPOSES:
        return TITRES[genre], PROPOSES[genre](dossier)
    return TITRES.get(genre, ""), modalites(dossier) if genre == Genre.MODALITES else ""
