"""Run sheets and facilitation guide to start from: nobody needs to be a trained facilitator for a first workshop."""

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
ACCOMPAGNEES = (
    Moment(15, "Accueillir", "Prenez le temps. Présentez chaque personne par son prénom. Les agents et les "
           "associations disent qui ils sont. Expliquez les accords à voix haute, un par un.",
           "Café, étiquettes, feuilles d'accord"),
    Moment(10, "Dire pourquoi on est là", "« Vous connaissez des difficultés que nous ne voyons pas. On ne juge "
           "personne. Vous pouvez vous taire, ou sortir, à tout moment. »"),
    Moment(40, "Raconter, à deux", "Par deux, une personne raconte, l'autre note ou dessine. La personne accompagnée "
           "parle d'abord ; son accompagnateur complète si elle le veut.", "Une feuille de parcours par personne"),
    Moment(10, "Faire une pause", "Une vraie pause : c'est là que viennent les choses qu'on n'osait pas dire.",
           "Collation"),
    Moment(25, "Dire ce qui aiderait", "« Qu'est-ce qui vous aurait évité de demander de l'aide ? » Une idée par "
           "papier, dite ou dessinée.", "Papiers repositionnables"),
    Moment(10, "Choisir ensemble", "Trois idées par table. Relisez-les à voix haute : « Est-ce bien ce que vous "
           "vouliez dire ? »"),
    Moment(10, "Dire la suite", "Quand et comment on saura ce qui a été fait, y compris sans internet. Merci.",
           "Adresse de la page publique, imprimée"),
)  # fmt: skip
AGENTS = (
    Moment(10, "Accueillir", "Rappelez la règle : on parle du travail, pas des personnes. "
           "Rien n'est noté avec un nom."),
    Moment(10, "Regarder les chiffres", "Combien de demandes, par quel moyen, en combien de temps. On ne commente pas "
           "encore.", "Chiffres du service, imprimés"),
    Moment(35, "Suivre une demande", "Prenez une vraie demande, sans nom. Suivez-la de main en main : qui fait quoi, "
           "avec quel outil, combien de temps elle attend.", "Une feuille de parcours par table"),
    Moment(30, "Dire ce qui se répète", "« Qu'est-ce qu'on vous demande tous les jours ? Que ne pouvez-vous pas "
           "répondre ? »", "Papiers repositionnables"),
    Moment(25, "Imaginer mieux", "« Que supprimeriez-vous demain ? » Trois propositions par table."),
    Moment(10, "Dire la suite", "Quand les agents liront le compte rendu, avant sa publication. Merci."),
)  # fmt: skip


@dataclass(frozen=True)
class Modele:
    """A run sheet one may start from: its name, when to take it, its moments."""

    nom: str
    pour: str
    moments: tuple[Moment, ...]

    @property
    def minutes(self) -> int:
        """Its own length, before it is fitted to a workshop."""
        return sum(moment.minutes for moment in self.moments)


MODELES = {
    "deux-heures": Modele("Par tables", "Douze à vingt personnes, deux heures : le cas le plus courant.", DEUX_HEURES),
    "une-heure": Modele("Petit groupe", "Moins de huit personnes, une heure : à l'école, au centre social.", UNE_HEURE),
    "accompagnees": Modele(
        "Avec des personnes accompagnées", "Avec des associations : plus lent, par deux, avec une pause.", ACCOMPAGNEES
    ),
    "agents": Modele("Avec les agents", "Pour entendre ceux qui répondent, sans le public.", AGENTS),
}
MODELE_PAR_DEFAUT = "deux-heures"


@dataclass(frozen=True)
class Chapitre:
    """A part of the facilitation guide: when, then what to do."""

    titre: str
    points: tuple[str, ...]


GUIDE = (
    Chapitre("Un mois avant", (
        "Choisissez un lieu que les gens connaissent : école, centre social, bibliothèque. Allez-y : entrée, "
        "toilettes, bruit, prises, arrêt de bus.",
        "Invitez par des personnes de confiance : associations, agents d'accueil, gardiens. Un mail seul ne touche que "
        "celles et ceux qui viennent toujours.",
        "Invitez les associations et les agents comme tels : ils viennent écouter et compléter, pas répondre à la "
        "place des habitants.",
        "Prévoyez une personne pour animer, une par table pour noter, une à l'entrée.",
    )),
    Chapitre("Une semaine avant", (
        "Relancez. Appelez les personnes sans e-mail. Demandez ce qu'il faut prévoir : fauteuil, interprète, enfants.",
        "Lisez le déroulé à voix haute, montre en main. Raccourcissez plutôt que de courir.",
        "Imprimez les feuilles : émargement, accords, parcours, étiquettes, affiches, notes.",
    )),
    Chapitre("Une heure avant", (
        "Posez les affiches dès la rue. Formez les tables. Essayez le téléphone qui scannera les codes.",
        "Ouvrez sur chaque téléphone la page de notes de sa table : elle marche ensuite sans réseau.",
    )),
    Chapitre("Pendant", (
        "Parlez peu. Comptez cinq secondes avant de relancer : le silence fait parler.",
        "Relancez par : « Et ensuite ? », « Racontez-moi la dernière fois », « Qu'avez-vous fait alors ? ». Jamais par "
        "« pourquoi », qui demande de se justifier.",
        "Notez les mots des gens, pas les vôtres. Une idée par note. Pas de nom de famille.",
        "Un agent veut expliquer la règle ? « On le note, on y répondra. Pour l'instant, on écoute. »",
        "Une personne parle beaucoup ? « Merci. Qui a vécu autre chose ? » Une autre se tait ? Proposez-lui d'écrire.",
        "Une personne se met en colère, ou pleure ? Arrêtez la table, proposez une pause à l'écart, ne la laissez pas "
        "seule. L'atelier peut attendre.",
        "Quelqu'un raconte une situation urgente (logement, violence) ? Donnez-lui tout de suite, à part, le bon "
        "contact.",
    )),
    Chapitre("Juste après", (
        "Notez les présences et les accords signés. Rangez les feuilles signées sous clé.",
        "Chaque table relit ses notes, puis l'équipe termine l'atelier : les notes rejoignent les avis.",
        "Prenez dix minutes : qu'a-t-on appris ? que changer la prochaine fois ?",
    )),
    Chapitre("Dans les deux semaines", (
        "Remerciez, avec la date où le compte rendu paraîtra. Tenez-la.",
        "Publiez ce que vous avez entendu, même ce qui dérange. Puis ce qui sera fait, et ce qui ne le sera pas.",
    )),
)  # fmt: skip
