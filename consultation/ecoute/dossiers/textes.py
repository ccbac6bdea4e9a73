"""Texts proposed to the team before it publishes: nobody starts from a blank page."""

from __future__ import annotations

from collections.abc import Callable

from consultation.dossier import Genre
from consultation.ecoute.commune.models import Commune
from consultation.ecoute.dossiers.models import Dossier
from socle.typographie.dates import moment

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
    """The modalities, from what the dossier holds."""
    commune = Commune.actuelle()
    contact = " ou ".join(mot for mot in (commune.telephone, commune.courriel) if mot) or "la mairie"
    lignes = [
        f"Sur quoi porte la consultation : {dossier.objet}",
        f"Qui est consulté : {dossier.perimetre_public.rstrip(' .')}. {dossier.perimetre_justification}"
        if dossier.perimetre_public
        else "",
        f"Quand participer : du {moment(dossier.ouverture)} au {moment(dossier.fermeture)}."
        if dossier.ouverture and dossier.fermeture
        else "",
        "Comment participer : sur internet, sur papier, au guichet de la mairie, par téléphone ou dans un atelier. "
        f"Renseignements : {contact}.",
        f"Une personne, un avis : {dossier.mesure}" if dossier.mesure else "",
        "Vos avis sont anonymes, sauf si vous choisissez de laisser vos coordonnées.",
        "Ce que nous en ferons : nous lirons tous les avis, nous publierons ce que nous avons entendu, puis ce que "
        "nous décidons et pourquoi.",
    ]
    return "\n\n".join(ligne for ligne in lignes if ligne.strip())


def proposer(dossier: Dossier, genre: Genre) -> tuple[str, str]:
    """Title and text to start from."""
    deja = dossier.publications.filter(genre=genre.value).order_by("-numero").first()
    if deja is not None and genre != Genre.INFORMATION:
        return deja.titre, deja.contenu
    if genre in PROPOSES:
        return TITRES[genre], PROPOSES[genre](dossier)
    return TITRES.get(genre, ""), modalites(dossier) if genre == Genre.MODALITES else ""
