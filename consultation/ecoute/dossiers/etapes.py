"""How each step of a dossier is said to the team: the act, what it changes, what only time brings."""

from __future__ import annotations

from consultation.dossier import Etat

VERBES = {
    Etat.ANNONCE: "Annoncer la consultation",
    Etat.OUVERT: "Ouvrir la participation",
    Etat.DEPOUILLEMENT: "Fermer la participation",
    Etat.CLOS: "Clore le dossier",
    Etat.ABANDONNE: "Abandonner le dossier",
}
CONSEQUENCES = {
    Etat.ANNONCE: (
        "La page publique apparaît, avec les modalités et les dates.",
        "L'objet, le public, la question et les dates ne changent plus. Prolonger reste possible.",
        "À l'heure dite, la participation ouvre puis ferme d'elle-même.",
    ),
    Etat.OUVERT: ("Chacun peut donner son avis, sur internet, sur papier, au guichet ou par téléphone.",),
    Etat.DEPOUILLEMENT: ("Plus aucun avis n'est accepté en ligne.", "Vous pouvez publier les résultats."),
    Etat.CLOS: (
        "Le dossier reste lisible par tous.",
        "Les durées de conservation commencent à courir. Les suites peuvent encore être publiées.",
    ),
    Etat.ABANDONNE: ("Le dossier s'arrête là. Ce qui est publié reste publié.",),
}
ATTENTES = ("ouverture", "fermeture")  # kept by waiting, not by working
