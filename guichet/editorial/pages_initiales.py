"""Texts of the starter pages: an editor never meets a blank site, a resident never an empty page."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from guichet.editorial.models import Genre
from socle.typographie.dates import jour
from socle.typographie.espaces import de

Bloc = tuple[str, Any]


@dataclass(frozen=True)
class Texte:
    """A page to make: what it is for, its introduction and its blocks."""

    genre: Genre
    introduction: str
    corps: tuple[Bloc, ...]


def _titre(texte: str) -> Bloc:
    return "titre", {"texte": texte, "niveau": "2"}


def _texte(*paragraphes: str) -> Bloc:
    return "texte", "".join(p if p.startswith("<ul>") else f"<p>{p}</p>" for p in paragraphes)


def _liste(*lignes: str) -> str:
    return "<ul>" + "".join(f"<li>{ligne}</li>" for ligne in lignes) + "</ul>"


def _question(question: str, reponse: str) -> Bloc:
    return "question", {"question": question, "reponse": f"<p>{reponse}</p>"}


COORDONNEES: Bloc = ("coordonnees", None)


def accueil(commune: dict[str, str]) -> dict[str, Any]:
    """Fields of the home page; ``commune`` is the town as settings name it."""
    return {
        "title": f"Vos démarches avec {commune['nom']}",
        "introduction": "Faites une demande à la mairie, suivez-la et échangez avec le service qui s'en occupe.",
        "search_description": f"Démarches en ligne {de(commune['nom'])} : faire une demande et suivre la réponse.",
        "corps": [
            _titre("Vous préférez nous parler ?"),
            _texte("Toutes ces démarches se font aussi sur place, par téléphone ou par courrier."),
            COORDONNEES,
        ],
    }


def pages(commune: dict[str, str], le: date) -> list[Texte]:
    """The other pages to make; ``commune`` is the town as settings name it, ``le`` the day they are made, which
    the statement of accessibility bears (decree 2019-768).
    """
    nom = commune["nom"]
    dpo = commune["courriel_dpo"] or commune["courriel"]
    return [
        Texte(
            Genre.AIDE,
            "Comment faire une démarche, la suivre, et où trouver quelqu'un pour vous aider.",
            (
                _titre("Faire une démarche"),
                _texte(
                    "Choisissez une démarche, répondez aux questions, vérifiez vos réponses, puis envoyez. "
                    "Vous recevez aussitôt un numéro et un e-mail qui confirme l'envoi.",
                    '<a href="/demarches/">Voir toutes les démarches</a>',
                ),
                _titre("Questions fréquentes"),
                _question(
                    "Faut-il un compte ?",
                    "Non, sauf quand la démarche le dit. Sans compte, gardez le code de suivi donné à la fin : "
                    "il permet de lire la réponse de la mairie.",
                ),
                _question(
                    "J'ai perdu mon mot de passe.",
                    "Sur la page de connexion, choisissez « Mot de passe oublié ». Vous recevez un lien par e-mail.",
                ),
                _question(
                    "J'ai perdu mon code de suivi.",
                    "Cherchez l'e-mail reçu le jour de l'envoi, aussi dans le dossier des indésirables. "
                    "Si vous ne le trouvez pas, appelez la mairie avec votre numéro de demande.",
                ),
                _question(
                    "Je n'ai pas reçu d'e-mail.",
                    "Regardez dans le dossier des indésirables. Si un numéro s'est affiché à l'écran, "
                    "votre demande est bien enregistrée.",
                ),
                _titre("Se faire aider"),
                _texte(
                    "À l'accueil de la mairie, un agent peut faire la démarche avec vous. "
                    "Vous pouvez aussi venir avec la personne de votre choix.",
                ),
                COORDONNEES,
            ),
        ),
        Texte(
            Genre.ACCESSIBILITE,
            f"{nom} s'engage à rendre ce site utilisable par tous, selon l'article 47 de la loi du 11 février 2005.",
            (
                _titre("État de conformité"),
                _texte(
                    "Ce site n'a pas encore été audité selon le référentiel général d'amélioration de "
                    "l'accessibilité "
                    "(RGAA 4.1). Tant que cet audit n'est pas fait, il est déclaré <b>non conforme</b>.",
                    "Chaque page est cependant vérifiée par des outils automatiques à chaque changement : "
                    "titres, "
                    "contrastes, étiquettes des champs, navigation au clavier, affichage sur petit écran.",
                ),
                _titre("Contenus non accessibles"),
                _texte(
                    "Sans audit, la liste complète n'est pas connue. Nous savons déjà que :",
                    _liste(
                        "les documents que des agents joignent à leurs réponses ne sont pas vérifiés ;",
                        "les pages n'ont pas été essayées avec un lecteur d'écran, ni avec un logiciel de loupe.",
                    ),
                ),
                _titre("Établissement de cette déclaration"),
                _texte(
                    f"Cette déclaration est du {jour(le)}. Elle repose sur les vérifications automatiques du logiciel, "
                    "et non sur un audit.",
                    "Technologies : HTML, CSS, SVG, PDF ; JavaScript, dont aucune démarche n'a besoin.",
                    "Environnement d'essai : le navigateur Chromium avec l'outil axe-core, à 320, 390 et 1 280 pixels "
                    "de large, et au clavier.",
                ),
                _titre("Schéma pluriannuel"),
                _texte(
                    f"Le schéma pluriannuel de mise en accessibilité {de(nom)} et le plan de l'année ne sont pas "
                    "publiés sur ce site.",
                ),
                _titre("Nous signaler un problème"),
                _texte(
                    "Si vous ne pouvez pas utiliser une page ou un service, dites-le-nous : nous vous "
                    "aiderons à "
                    "obtenir l'information ou à faire la démarche d'une autre manière.",
                ),
                COORDONNEES,
                _titre("Voies de recours"),
                _texte(
                    "Si vous n'obtenez pas de réponse, vous pouvez :",
                    _liste(
                        "écrire au Défenseur des droits : "
                        '<a href="https://formulaire.defenseurdesdroits.fr/">formulaire de contact</a> ;',
                        "contacter son délégué dans votre région ;",
                        "envoyer un courrier gratuit, sans timbre : Défenseur des droits, Libre réponse 71120, "
                        "75342 Paris CEDEX 07.",
                    ),
                ),
            ),
        ),
        Texte(
            Genre.MENTIONS,
            "Qui publie ce site et qui en est responsable.",
            (
                _titre("Éditeur"),
                _texte(f"Ce site est édité par {nom}. Le directeur de la publication est le maire."),
                COORDONNEES,
                _titre("Logiciels"),
                _texte("Ce site est fait de logiciels libres. Il n'appelle aucun service extérieur."),
                _titre("Réutilisation"),
                _texte("Les textes peuvent être réutilisés si la source et la date sont citées."),
            ),
        ),
        Texte(
            Genre.DONNEES,
            "Quelles informations la mairie garde sur vous, pourquoi, combien de temps, et quels sont vos droits.",
            (
                _titre("Pourquoi nous gardons ces informations"),
                _texte(
                    f"{nom} utilise vos informations pour traiter votre demande et vous répondre. "
                    "C'est une mission de service public (article 6, paragraphe 1, e du RGPD). "
                    "Chaque démarche dit ce qui est demandé et à quoi cela sert.",
                ),
                _titre("Qui les lit"),
                _texte(
                    "Seuls les agents du service qui traite votre demande. "
                    "Elles ne sont ni vendues ni transmises à des fins commerciales.",
                ),
                _titre("Combien de temps"),
                _texte(
                    "Le temps de traiter la demande, puis la durée indiquée dans la démarche. "
                    "Ensuite, ce qui permet de vous reconnaître est effacé.",
                ),
                _titre("Cookies"),
                _texte(
                    "Ce site n'utilise que les cookies nécessaires à son fonctionnement : celui de votre "
                    "connexion et "
                    "celui qui protège les formulaires. Aucune mesure d'audience, aucune publicité.",
                ),
                _titre("Vos droits"),
                _texte(
                    "Vous pouvez demander à voir, corriger ou effacer vos informations, limiter leur "
                    "utilisation ou "
                    "vous y opposer. "
                    + (
                        f'Écrivez au délégué à la protection des données : <a href="mailto:{dpo}">{dpo}</a>.'
                        if dpo
                        else "Écrivez à la mairie, à l'attention du délégué à la protection des données."
                    ),
                    'Si la réponse ne vous convient pas, vous pouvez saisir la <a href="https://www.cnil.fr/fr/plaintes">'
                    "CNIL</a>.",
                ),
                COORDONNEES,
            ),
        ),
        Texte(
            Genre.CONDITIONS,
            "Les règles d'utilisation de ce site, en quelques lignes.",
            (
                _titre("Ce que fait le site"),
                _texte("Il permet de faire une demande à la mairie et d'en suivre le traitement. Il est gratuit."),
                _titre("Votre compte"),
                _texte(
                    "Le compte est facultatif. Gardez votre mot de passe pour vous : la mairie ne vous le "
                    "demandera "
                    "jamais. Vous pouvez demander la suppression de votre compte.",
                ),
                _titre("Vos demandes"),
                _texte(
                    "Une demande est enregistrée quand un numéro s'affiche. Donnez des informations "
                    "exactes : une fausse "
                    "déclaration peut être punie par la loi (article 441-1 du code pénal).",
                ),
                _titre("En cas de panne"),
                _texte("Si le site ne répond pas, vous pouvez faire votre demande auprès de la mairie."),
                COORDONNEES,
            ),
        ),
    ]
