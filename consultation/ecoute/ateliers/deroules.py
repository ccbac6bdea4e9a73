"""Run sheets to start from: nobody needs to be a trained facilitator for a first workshop."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Moment:
    """Minutes, title, what the facilitator says and does, material."""

    minutes: int
    titre: str
    consigne: str
    materiel: str = ""


DEUX_HEURES = (
    Moment(10, "Accueillir", "Un café, les prénoms sur une étiquette. Montrez les toilettes et la sortie. Demandez à "
           "chacun ses accords sur la feuille : aucun n'est obligatoire.", "Café, étiquettes, feuilles d'accord"),
    Moment(10, "Dire pourquoi on est là", "« Nous voulons comprendre ce que vous avez vécu. Il n'y a pas de bonne "
           "réponse. Ce qui se dit ici est noté sans les noms. Nous publierons ce que nous avons entendu, puis ce que "
           "nous ferons. » Les agents présents écoutent : ils ne se justifient pas."),
    Moment(35, "Raconter", "À chaque table, chacun raconte sa dernière démarche, du début à la fin. Relancez par : "
           "« Et ensuite ? », « Qu'avez-vous fait alors ? ». On note les mots des gens, pas les nôtres.",
           "Une feuille de parcours par personne, stylos"),
    Moment(25, "Dire ce qui a coincé", "Chacun écrit sur des papiers ce qui a été difficile, un par papier. On les "
           "pose sur le parcours, au moment où c'est arrivé. On regroupe ceux qui se ressemblent.",
           "Papiers repositionnables d'une couleur"),
    Moment(25, "Imaginer mieux", "« Si une seule chose changeait demain, laquelle ? » Chacun propose, puis la table en "
           "choisit trois.", "Papiers d'une autre couleur"),
    Moment(10, "Mettre en commun", "Chaque table dit ses trois propositions en deux minutes. On n'en débat pas."),
    Moment(5, "Dire la suite", "Rappelez quand et où lire le compte rendu. Remerciez. Demandez : « Que faudrait-il "
           "changer à cet atelier ? »", "Adresse de la page publique, imprimée"),
)  # fmt: skip
UNE_HEURE = (
    Moment(5, "Accueillir", "Les prénoms, les accords. Aucun accord n'est obligatoire.", "Liste, feuilles d'accord"),
    Moment(5, "Dire pourquoi on est là", "« Racontez-nous ce que vous avez vécu. On note sans les noms. »"),
    Moment(25, "Raconter", "Chacun raconte sa dernière démarche. Relancez par : « Et ensuite ? »"),
    Moment(
        15, "Choisir", "« Si une seule chose changeait demain, laquelle ? » Trois propositions par table.", "Papiers"
    ),
    Moment(10, "Dire la suite", "Quand et où lire le compte rendu. Merci."),
)
MODELES = {"deux-heures": ("Deux heures, par tables", DEUX_HEURES), "une-heure": ("Une heure, petit groupe", UNE_HEURE)}
