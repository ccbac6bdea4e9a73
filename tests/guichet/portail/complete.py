"""A procedure with every kind of field, conditional questions and pages, and a repeated group."""

from __future__ import annotations

from typing import Any

from guichet.demarches.definition import lire_definition
from guichet.demarches.models import Demarche
from guichet.demarches.services import enregistrer_demarche
from tests.guichet import fabrique

SLUG = "louer-une-salle"
DEBUT = f"/demarches/{SLUG}/remplir/"
OUI_NON = [{"valeur": "oui", "libelle": "Oui"}, {"valeur": "non", "libelle": "Non"}]


def champ(type_: str, nom: str, libelle: str, **reste: Any) -> dict[str, Any]:
    return {"type": type_, "nom": nom, "libelle": libelle, "pourquoi": f"Pour {nom}.", **reste}


ETAPES: list[dict[str, Any]] = [
    {
        "nom": "organisateur",
        "titre": "Qui organise ?",
        "titre_court": "Organisateur",
        "champs": [
            champ(
                "choix",
                "qui",
                "Qui organise ?",
                options=[
                    {"valeur": "particulier", "libelle": "Une personne", "aide": "Fête de famille, par exemple."},
                    {"valeur": "association", "libelle": "Une association"},
                ],
            ),
            champ("texte", "siret", "Numéro SIRET", format="siret", si={"champ": "qui", "egal": "association"}),
        ],
    },
    {
        "nom": "evenement",
        "titre": "Votre événement",
        "titre_court": "Événement",
        "introduction": "Dites quand, combien de personnes, et de quoi vous avez besoin.",
        "champs": [
            champ("date", "jour", "Jour de l'événement", periode="future", si_vide="Indiquez le jour de l'événement."),
            champ("nombre", "personnes", "Nombre de personnes", minimum=1, maximum=300, unite="personnes"),
            champ("nombre", "surface", "Surface utile", decimales=1, unite="m²", obligatoire=False),
            champ(
                "choix_multiple",
                "materiel",
                "Matériel",
                obligatoire=False,
                maximum=2,
                options=[
                    {"valeur": "tables", "libelle": "Tables", "aide": "Pour 8 personnes chacune."},
                    {"valeur": "chaises", "libelle": "Chaises"},
                    {"valeur": "sono", "libelle": "Sonorisation"},
                ],
            ),
        ],
    },
    {
        "nom": "enfants",
        "titre": "Quels enfants participent ?",
        "titre_court": "Enfants",
        "si": {"champ": "qui", "egal": "particulier"},
        "champs": [
            champ(
                "groupe",
                "enfants",
                "Enfants",
                libelle_element="Enfant",
                minimum=1,
                maximum=3,
                si_vide="Ajoutez au moins un enfant.",
                champs=[
                    champ("texte", "prenom", "Prénom", si_vide="Indiquez le prénom de l'enfant."),
                    champ("date", "ne_le", "Date de naissance", periode="passee"),
                    champ("choix", "allergie", "Allergie ?", options=OUI_NON),
                    champ("texte", "laquelle", "Laquelle ?", si={"champ": "allergie", "egal": "oui"}),
                ],
            ),
        ],
    },
    {
        "nom": "lieu",
        "titre": "Votre adresse",
        "titre_court": "Adresse",
        "champs": [
            champ("adresse", "adresse", "Adresse postale"),
            champ("texte", "code_postal", "Code postal", format="code_postal"),
        ],
    },
    {
        "nom": "pieces",
        "titre": "Vos documents",
        "titre_court": "Documents",
        "champs": [
            champ(
                "fichier",
                "assurance",
                "Attestation d'assurance",
                formats=["pdf", "jpeg"],
                taille_max_mo=5,
                si_vide="Ajoutez l'attestation d'assurance.",
                modele="/aide/",
            ),
            champ("photo", "photos", "Photo de la salle", obligatoire=False, nombre_max=2),
        ],
    },
    {
        "nom": "contact",
        "titre": "Comment vous joindre ?",
        "titre_court": "Coordonnées",
        "champs": [
            champ("nom", "nom", "Prénom et nom"),
            champ("courriel", "courriel", "Adresse e-mail"),
            champ("telephone", "telephone", "Numéro de téléphone", obligatoire=False),
            champ("texte_long", "remarque", "Autre chose à nous dire", obligatoire=False),
            champ("declaration", "reglement", "J'ai lu le règlement de la salle et je m'engage à le respecter."),
        ],
    },
]


def demarche_complete(**changes: Any) -> Demarche:
    base = fabrique.demarche()
    brut = {
        **base.definition,
        "titre": "Louer une salle",
        "resume": "Réservez une salle de la ville pour une fête, une réunion ou un spectacle.",
        "theme": "Vie associative",
        "etapes": ETAPES,
        **changes,
    }
    enregistrer_demarche(SLUG, lire_definition(brut, SLUG))
    return Demarche.objects.publiees().get(pk=SLUG)


ENFANT = {"prenom": "Lou", "ne_le_0": "3", "ne_le_1": "mars", "ne_le_2": "2019", "allergie": "non"}


def saisies() -> dict[str, dict[str, Any]]:
    """Good answers, page by page; made at each call, for files are read once."""
    return {
        "organisateur": {"qui": "particulier"},
        "evenement": {"jour_0": "1", "jour_1": "6", "jour_2": "2031", "personnes": "1 20", "surface": "45,5",
                      "materiel": ["tables", "sono"]},
        "enfants/enfants/1": ENFANT,
        "enfants": {},
        "lieu": {"adresse": "3 rue du Moulin", "adresse_precision": "", "code_postal": "99 000"},
        "pieces": {"assurance": fabrique.fichier("assurance.pdf", fabrique.pdf())},
        "contact": {"nom": "Camille Durand", "courriel": "camille@exemple.fr", "telephone": "", "remarque": "",
                    "reglement": "on"},
    }  # fmt: skip


def commencer(client: Any) -> str:
    """Address of the form just begun, without the step."""
    return str(client.get(DEBUT).headers["Location"]).removesuffix("organisateur/")


def remplir(client: Any, base: str, jusqua: str = "contact", **changes: dict[str, Any]) -> str:
    """Fill up to a page included; returns where one is led."""
    suite = ""
    for nom, saisie in saisies().items():
        reponse = client.post(f"{base}{nom}/", {**saisie, **changes.get(nom, {})})
        assert reponse.status_code == 302, (nom, reponse.context["form"].errors)
        suite = reponse.headers["Location"]
        if nom == jusqua:
            break
    return suite
