"""Realistic services, procedures, agents and requests for the tests of the agents' pages."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from guichet.comptes.models import Usager
from guichet.demandes import references, services
from guichet.demandes.models import Auteur, Demande, Evenement, Message, Piece
from guichet.demarches.definition import lire_definition
from guichet.demarches.models import Demarche, Service
from guichet.demarches.services import enregistrer_demarche
from guichet.instruction.models import Agent
from tests.guichet import fabrique
from tests.guichet.actes import Statut

ISSUER = "https://connexion.gru.test/"

RUES = (
    "12 rue des Lilas", "3 place de la République", "48 avenue Jean-Jaurès", "7 impasse du Moulin",
    "115 boulevard de l’Europe", "1 allée des Érables", "22 rue Victor-Hugo", "9 chemin des Écoliers",
)  # fmt: skip
PROBLEMES = (
    ("eclairage", "Le lampadaire devant le portail ne s’allume plus depuis une semaine."),
    ("chaussee", "Un nid-de-poule profond s’est formé après la pluie, les vélos font un écart."),
    ("trottoir", "Une dalle du trottoir est descellée, ma mère a failli tomber."),
    ("proprete", "Des sacs et un matelas sont abandonnés au pied de l’immeuble."),
    ("signalisation", "Le panneau de sens interdit est tourné vers le mur."),
)
PRENOMS = ("Camille", "Mohamed", "Inès", "Jeanne", "Théo", "Fatou", "Léa", "Hugo", "Noémie", "Éric")
NOMS = ("Durand", "Benali", "Lefèvre", "Moreau", "N’Diaye", "Garcia", "Le Goff", "Petitjean", "Ozkan", "Roux")


def definition(titre: str, service: str) -> dict[str, Any]:
    """A procedure that the town may publish, as a file would hold it."""
    return {
        "titre": titre, "resume": "Dites-nous ce qui ne va pas.", "theme": "Cadre de vie", "service": service,
        "publiee": True, "compte": "facultatif",
        "presentation": {"pour_qui": "Tous", "duree_minutes": 3, "modalites": "En ligne, tous les jours."},
        "donnees": {
            "finalite": "Traiter la demande", "base_legale": "Mission d’intérêt public",
            "destinataires": "Le service", "conservation_mois": 3,
        },
        "canaux": [{"type": "guichet", "texte": "À l’accueil de la mairie."}],
        "delai": {
            "valeur": 2, "unite": "mois", "silence": "rejet", "fondement": "CRPA L.231-4",
            "habituel": "une semaine",
        },
        "accuse": {"suite": ["Le service lit votre demande."], "recours": "Deux mois devant le tribunal."},
        "aide": {
            "texte": "Appelez-nous", "telephone": "01 99 00 00 00",
            "courriel": "aide@gru.test", "horaires": "9 h-17 h",
        },
        "etapes": [
            {
                "nom": "lieu", "titre": "Où est le problème ?", "titre_court": "Lieu",
                "champs": [{"type": "adresse", "nom": "lieu", "libelle": "Lieu", "pourquoi": "Pour y aller"}],
            },
            {
                "nom": "probleme", "titre": "Quel est le problème ?", "titre_court": "Problème",
                "champs": [
                    {
                        "type": "choix", "nom": "nature", "libelle": "Nature", "pourquoi": "Pour l’équipe",
                        "options": [
                            {"valeur": "eclairage", "libelle": "Éclairage"},
                            {"valeur": "chaussee", "libelle": "Chaussée"},
                            {"valeur": "trottoir", "libelle": "Trottoir"},
                            {"valeur": "proprete", "libelle": "Propreté"},
                            {"valeur": "signalisation", "libelle": "Signalisation"},
                        ],
                    },
                    {
                        "type": "texte_long", "nom": "description", "libelle": "Description",
                        "pourquoi": "Pour comprendre",
                    },
                ],
            },
            {
                "nom": "contact", "titre": "Comment vous joindre ?", "titre_court": "Contact",
                "champs": [
                    {"type": "nom", "nom": "nom", "libelle": "Nom", "pourquoi": "Pour vous répondre"},
                    {"type": "courriel", "nom": "courriel", "libelle": "E-mail", "pourquoi": "Pour vous répondre"},
                    {
                        "type": "telephone", "nom": "telephone", "libelle": "Téléphone", "obligatoire": False,
                        "pourquoi": "Pour vous joindre",
                    },
                ],
            },
        ],
    }  # fmt: skip


def service(slug: str, nom: str) -> Service:
    return Service.objects.create(
        slug=slug, nom=nom, groupe=f"service-{slug}", courriel=f"{slug}@gru.test", telephone="01 99 00 00 01",
        adresse="1 place de la Mairie", horaires="9 h-17 h",
    )  # fmt: skip


def demarche(slug: str, titre: str, service_slug: str) -> Demarche:
    fabrique.workflows()
    return enregistrer_demarche(slug, lire_definition(definition(titre, service_slug), slug))


def agent(sub: str, nom: str, *groupes: str) -> Agent:
    return Agent.objects.create_user(
        issuer=ISSUER,
        source="annuaire",
        sub=sub,
        nom=nom,
        courriel=f"{sub}@gru.test",
        groupes=list(groupes),
        qualite="responsable du service",
    )


def deposer(sorte: Demarche, **donnees: Any) -> Demande:
    """A request filed as the portal files it."""
    reponses = {
        "lieu": {"adresse": "12 rue des Lilas", "precision": "Devant le portail"},
        "nature": "eclairage",
        "description": "Le lampadaire ne s’allume plus.",
        "nom": "Camille Durand",
        "courriel": "camille.durand@gru.test",
        "telephone": "06 12 34 56 78",
    }
    usager: Usager | None = donnees.pop("usager", None)
    return services.deposer(demarche=sorte, donnees=reponses | donnees, cle_envoi=uuid.uuid4(), usager=usager).demande


def photo(demande: Demande, nom: str = "trottoir.jpg", message: Message | None = None) -> Piece:
    image = Image.effect_mandelbrot((1200, 900), (-2.2, -1.2, 0.8, 1.2), 40).convert("RGB")
    sortie = BytesIO()
    image.save(sortie, "JPEG", quality=70)
    octets = sortie.getvalue()
    piece = Piece(
        demande=demande, message=message, champ="photo", nom=nom, type_mime="image/jpeg", taille=len(octets),
        empreinte="0" * 64,
    )  # fmt: skip
    piece.fichier.save(nom, ContentFile(octets), save=False)
    piece.save()
    return piece


def peupler(
    nombre: int, demarches: Sequence[Demarche], agents: Sequence[Agent], graine: int = 1, recentes: float = 0.05
) -> None:
    """Many requests at once, a year of them: most closed, a few per cent open, as in a real town."""
    hasard = random.Random(graine)  # noqa: S311 - not a secret
    maintenant = timezone.now()
    versions = {d.pk: d.versions.get(numero=d.version) for d in demarches}
    for debut in range(0, nombre, 2000):
        demandes, evenements = [], []
        for rang in range(debut, min(nombre, debut + 2000)):
            sorte = hasard.choice(demarches)
            demande = _demande(
                hasard=hasard,
                sorte=sorte,
                version=versions[sorte.pk],
                agents=agents,
                maintenant=maintenant,
                rang=rang,
                recentes=recentes,
            )
            demandes.append(demande)
            evenements += _histoire(demande)
        Demande.objects.bulk_create(demandes)
        Evenement.objects.bulk_create(evenements)


def _demande(
    *,
    hasard: random.Random,
    sorte: Demarche,
    version: Any,
    agents: Sequence[Agent],
    maintenant: datetime,
    rang: int,
    recentes: float,
) -> Demande:
    age = (
        timedelta(days=hasard.expovariate(1 / 5))
        if hasard.random() < recentes
        else timedelta(days=hasard.uniform(5, 365))
    )
    recue_le = maintenant - age
    if age < timedelta(days=12):
        statut = hasard.choices(
            [Statut.RECUE, Statut.EN_COURS, Statut.ATTENTE_USAGER, Statut.REPONDUE, Statut.CLOSE], (4, 4, 2, 2, 2)
        )[0]
    else:
        statut = Statut.CLOSE if hasard.random() < 0.98 else Statut.REPONDUE
    nature, texte = hasard.choice(PROBLEMES)
    nom = f"{hasard.choice(PRENOMS)} {hasard.choice(NOMS)}"
    charge = hasard.choice(agents) if statut != Statut.RECUE else None
    return Demande(
        reference=f"2026-{hasard.randrange(23**4):04d}"[:4] + f"-{rang:06d}",
        demarche=sorte, version=version, service_id=sorte.service_id, statut=statut,
        nature="a_traiter" if statut == Statut.RECUE else statut.value,
        decidee_le=recue_le + timedelta(days=2) if statut in (Statut.REPONDUE, Statut.CLOSE) else None,
        donnees={
            "lieu": {"adresse": hasard.choice(RUES), "precision": ""}, "nature": nature, "description": texte,
            "nom": nom, "courriel": f"habitant{rang}@gru.test",
        },
        nom=nom, courriel=f"habitant{rang}@gru.test", telephone="06 12 34 56 78", code_suivi_empreinte="0" * 64,
        recue_le=recue_le, echeance_le=(recue_le + timedelta(days=61)).date(),
        close_le=recue_le + timedelta(days=4) if statut == Statut.CLOSE else None,
        agent_sub=charge.sub if charge else "", agent_nom=charge.nom if charge else "", cle_envoi=uuid.uuid4(),
        modifiee_le=recue_le,
    )  # fmt: skip


def _histoire(demande: Demande) -> list[Evenement]:
    lignes = [
        Evenement(
            demande=demande, code="recue", auteur_type=Auteur.USAGER, auteur_nom=demande.nom, le=demande.recue_le,
            donnees={"canal": "Site internet"},
        )
    ]  # fmt: skip
    suite = {Statut.ATTENTE_USAGER: "complement_demande", Statut.REPONDUE: "reponse", Statut.CLOSE: "close"}
    if demande.agent_sub:
        codes = ["prise_en_charge", *([suite[Statut(demande.statut)]] if demande.statut in suite else [])]
        lignes += [
            Evenement(
                demande=demande, code=code, auteur_type=Auteur.AGENT, auteur_cle=demande.agent_sub,
                auteur_nom=demande.agent_nom, le=demande.recue_le + timedelta(hours=3 + rang),
            )
            for rang, code in enumerate(codes)
        ]  # fmt: skip
    return lignes


__all__ = ["agent", "definition", "demarche", "deposer", "peupler", "photo", "references", "service"]
