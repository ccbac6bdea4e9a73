"""Sample of the far end of the road: a dossier closed months ago, with what was said, decided, done, late, given up."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from consultation.dossier import Etat, Genre, Regime
from consultation.ecoute.contributions.models import Canal, Contribution
from consultation.ecoute.contributions.services import empreinte
from consultation.ecoute.donnees import services as donnees
from consultation.ecoute.donnees.models import BASE_PROPOSEE, MOIS_PROPOSES
from consultation.ecoute.dossiers import services as dossiers
from consultation.ecoute.dossiers import textes
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre, Role
from consultation.ecoute.lecture import services as lecture
from consultation.ecoute.lecture.models import Theme
from consultation.ecoute.suites import services
from consultation.ecoute.suites.models import Action, Constat, Indicateur, Livraison, Proposition

TITRE = "Exemple : arriver dans la commune"
THEMES = (
    ("Savoir quoi faire", "Trouver la bonne démarche, dans le bon ordre."),
    ("Pièces", "Justificatifs demandés, et combien de fois."),
    ("Horaires", "Heures d'ouverture et attente."),
)
# Text, rank of the theme.
AVIS = (
    ("J'ai trouvé la carte de transport par hasard, trois mois après. Une liste le premier jour aurait suffi.", 0),
    ("Personne ne m'a dit qu'il fallait s'inscrire sur la liste électorale.", 0),
    ("On tourne d'un service à l'autre, chacun connaît son morceau.", 0),
    ("Le justificatif de domicile, je l'ai donné à l'école, à la cantine et à la bibliothèque.", 1),
    ("Mon bail n'était pas accepté à la bibliothèque, mais accepté à l'école.", 1),
    ("Le guichet ferme à 17 h. J'ai posé une demi-journée pour une signature.", 2),
    ("Le samedi, on attend debout avec les enfants.", 2),
)
FINS = ("", " Merci.", " Voilà ce que je voulais dire.", " Bon courage.", " C'est dommage.")
# Theme, finding, quotes: number of the opinion and passage.
CONSTATS = (
    (0, "Les nouveaux habitants ne savent pas par quoi commencer.",
     ((1, "Une liste le premier jour aurait suffi."), (3, "On tourne d'un service à l'autre"))),
    (1, "Le même justificatif est demandé par plusieurs services.",
     ((4, "Le justificatif de domicile, je l'ai donné à l'école, à la cantine et à la bibliothèque."),)),
    (2, "Les horaires obligent à poser un congé.", ((6, "J'ai posé une demi-journée pour une signature."),)),
)  # fmt: skip
COMITE = "comité de pilotage"


def delegue() -> Membre:
    """A DPO for the sample, whose account never opens: nobody approves in a real one's place."""
    membre = Membre.objects.filter(courriel="exemple-dpo@exemple.invalid").first()
    if membre is None:
        membre = Membre.objects.creer("exemple-dpo@exemple.invalid", "Déléguée d'exemple", Role.DPO)
        membre.is_active = False
        membre.save(update_fields=["is_active"])
    return membre


def creer(qui: Membre, maintenant: datetime) -> Dossier | None:
    """Make it; None if it is there already."""
    if Dossier.objects.filter(titre=TITRE).exists():
        return None
    debut = timezone.localtime(maintenant).replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=200)
    dossier = _ouvrir(qui, debut)
    _lire(qui, dossier, debut)
    _suites(qui, dossier, timezone.localdate(maintenant))
    for genre in (Genre.RESULTATS, Genre.SUITES):
        titre, contenu = textes.proposer(dossier, genre)
        dossiers.publier(qui, dossier, genre, titre, contenu, maintenant=debut + timedelta(days=60))
    return dossiers.avancer(qui, dossier, Etat.CLOS, debut + timedelta(days=61))


def _ouvrir(qui: Membre, debut: datetime) -> Dossier:
    dossier = dossiers.creer(qui, Dossier(titre=TITRE, regime=Regime.L131_1.value, evenement_de_vie="Déménager"))
    dossiers.modifier(qui, dossier, {
        "objet": "Simplifier les premières démarches d'une personne qui arrive dans la commune.",
        "perimetre_public": "Les personnes arrivées depuis moins de deux ans",
        "perimetre_justification": "Elles s'en souviennent encore.",
        "question": "Qu'est-ce qui a été difficile en arrivant ? Qu'est-ce qui aurait aidé ?",
        "mesure": "Trois avis par appareil ; bulletins papier numérotés.",
        "proportion": "Une famille partage un appareil ; demander une pièce d'identité écarterait du monde.",
        "ouverture": debut + timedelta(days=2), "fermeture": debut + timedelta(days=42),
    })  # fmt: skip
    fiche = donnees.enregistrer(
        qui, dossier,
        {"finalite": "Entendre les nouveaux habitants", "base_legale": BASE_PROPOSEE, "destinataires": "L'équipe"},
        {sorte.value: mois for sorte, mois in MOIS_PROPOSES.items()},
    )  # fmt: skip
    donnees.approuver(delegue(), fiche, maintenant=debut)
    dossier.refresh_from_db()
    titre, contenu = textes.proposer(dossier, Genre.MODALITES)
    dossiers.publier(qui, dossier, Genre.MODALITES, titre, contenu, maintenant=debut)
    info = "Aujourd'hui : neuf démarches, six services. 1 900 arrivées par an (chiffre inventé)."
    dossiers.publier(qui, dossier, Genre.INFORMATION, "Le parcours actuel", info, maintenant=debut)
    dossiers.avancer(qui, dossier, Etat.ANNONCE, debut)
    return dossiers.avancer(qui, dossier, Etat.OUVERT, debut + timedelta(days=2))


def _lire(qui: Membre, dossier: Dossier, debut: datetime) -> None:
    themes = [Theme.objects.create(dossier=dossier, nom=nom, definition=definition, ordre=rang)
              for rang, (nom, definition) in enumerate(THEMES)]  # fmt: skip
    canaux = [Canal.WEB, Canal.GUICHET, Canal.PAPIER]
    for numero in range(1, len(AVIS) * len(FINS) + 1):
        phrase, theme = AVIS[(numero - 1) % len(AVIS)]
        texte = phrase + FINS[(numero - 1) // len(AVIS)]
        avis = Contribution.objects.create(
            dossier=dossier, numero=numero, canal=canaux[numero % 3], texte=texte, empreinte=empreinte(texte),
            recue_le=debut + timedelta(days=3 + numero),
        )  # fmt: skip
        lecture.relire(qui, avis, set())
        lecture.coder(qui, avis, [themes[theme]])
    dossiers.avancer(qui, dossier, Etat.DEPOUILLEMENT, debut + timedelta(days=42, minutes=1))


def _suites(qui: Membre, dossier: Dossier, jour: date) -> None:
    themes = list(dossier.themes.all())
    constats = []
    for rang, (theme, texte, citations) in enumerate(CONSTATS):
        constat = Constat(dossier=dossier, theme=themes[theme], texte=texte, ordre=rang)
        constats.append(services.constater(qui, constat))
        for numero, passage in citations:
            services.permettre(qui, services.citer(qui, constat, numero, passage), True)

    def proposer(titre: str, notes: tuple[int, int, int], raisons: str, *repond: int) -> Proposition:
        impact, portee, effort = notes
        neuve = Proposition(dossier=dossier, titre=titre, impact=impact, portee=portee, effort=effort, raisons=raisons)
        return services.proposer(qui, neuve, [constats[i] for i in repond])

    def agir(proposition: Proposition, titre: str, service: str, dans: int) -> Action:
        neuve = Action(proposition=proposition, titre=titre, responsable=service, echeance=jour + timedelta(days=dans))
        return services.agir(qui, neuve)

    liste = proposer("Une page « J'arrive » : quoi faire, dans quel ordre", (3, 4, 1),
                     "Tous les nouveaux arrivants sont concernés ; les textes existent déjà.", 0)  # fmt: skip
    services.decider(qui, liste, "retenue", "Simple, utile à tous, fait par l'équipe elle-même.", COMITE)
    page = agir(liste, "Écrire la page et la mettre en tête du portail", "Service communication", -60)
    _faite(qui, page, jour)
    agir(liste, "La remettre à l'accueil, sur papier", "Accueil de la mairie", 21)

    piece = proposer("Demander le justificatif de domicile une seule fois", (4, 3, 3),
                     "Cité dans un avis sur quatre ; il faut l'accord de trois services.", 1, 0)  # fmt: skip
    services.decider(qui, piece, "retenue", "C'est ce qui fatigue le plus, même si c'est long.", COMITE)
    retard = agir(piece, "Accorder les trois services sur une même liste de justificatifs", "Direction générale", -10)
    retard.etat = Action.Etat.EN_COURS
    services.agir(qui, retard)
    arrete = agir(piece, "Partager le justificatif entre les logiciels", "Service informatique", 60)
    arrete.etat = Action.Etat.ABANDONNEE
    services.agir(qui, arrete, "Le logiciel de la bibliothèque ne le permet pas avant son remplacement.")

    soir = proposer("Ouvrir le guichet jusqu'à 20 h tous les jours", (3, 2, 4),
                    "Utile aux personnes qui travaillent, mais il faut deux agents de plus.", 2)  # fmt: skip
    services.decider(qui, soir, "ecartee",
                     "Le coût dépasse le budget. Une ouverture le jeudi soir est à l'étude.", COMITE)  # fmt: skip
    proposer("Essayer une ouverture le jeudi soir", (3, 2, 2), "Un essai de trois mois dira si elle sert.", 2)


def _faite(qui: Membre, action: Action, jour: date) -> None:
    mesure = services.suivre_indicateur(qui, Indicateur(
        action=action, nom="Appels « que dois-je faire en arrivant ? »", unite="appels",
        definition="Nombre d'appels notés par l'accueil, sur un mois.", origine="Cahier d'appels de l'accueil",
    ))  # fmt: skip
    services.relever(qui, mesure, "avant", Decimal(120), jour - timedelta(days=150))
    action.etat, action.faite_le = Action.Etat.FAITE, jour - timedelta(days=58)
    action.preuve = "La page est en tête du portail, et l'accueil la montre."
    services.agir(qui, action)
    services.relier(qui, Livraison(action=action, genre="demarche", reference="changement-adresse",
                                   precision="révision 2", le=jour - timedelta(days=58)))  # fmt: skip
    services.relever(qui, mesure, "apres", Decimal(45), jour - timedelta(days=15))
