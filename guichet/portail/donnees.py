"""All that is kept under an account, as one file that people and machines can read."""

from __future__ import annotations

import json
import tempfile
import zipfile
from typing import IO, Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

from guichet.comptes.models import Usager
from guichet.demandes import selectors
from guichet.demandes.models import Brouillon, Demande, FichierJoint
from socle.typographie.espaces import de

EN_MEMOIRE = 4 * 1024 * 1024  # bytes, before the archive goes to a temporary file


def archive(usager: Usager) -> IO[bytes]:
    """A ZIP: a text that says what is in it, the data as JSON, the files as they were sent."""
    sortie = tempfile.SpooledTemporaryFile(max_size=EN_MEMOIRE)  # noqa: SIM115  # closed by the answer that sends it
    with zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED) as zip_:
        zip_.writestr("LISEZ-MOI.txt", _lisez_moi())
        zip_.writestr("compte.json", _json(_compte(usager)))
        demandes = (
            Demande.objects.pour_page()
            .filter(usager=usager)
            .prefetch_related("evenements", "messages", "pieces__message")
        )
        dites = []
        for demande in demandes:
            dites.append(selectors.en_donnees(demande))
            for piece in demande.pieces.all():
                if piece.message is None or not piece.message.interne:
                    _joindre(zip_, f"fichiers/{demande.reference}", piece)
        zip_.writestr("demandes.json", _json(dites))
        brouillons = list(Brouillon.objects.filter(usager=usager).prefetch_related("pieces"))
        zip_.writestr("brouillons.json", _json([selectors.brouillon_en_donnees(brouillon) for brouillon in brouillons]))
        for brouillon in brouillons:
            for jointe in brouillon.pieces.all():
                _joindre(zip_, f"fichiers/brouillon-{brouillon.pk}", jointe)
    sortie.seek(0)
    return sortie


def _json(donnees: Any) -> str:
    return json.dumps(donnees, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)


def _lisez_moi() -> str:
    commune = settings.COMMUNE
    return (
        f"Vos données sur le site des démarches {de(commune['nom'])}.\n\n"
        "compte.json : votre compte, vos préférences et vos accords.\n"
        "demandes.json : vos demandes, leur historique et les messages échangés.\n"
        "brouillons.json : ce que vous avez commencé sans l'envoyer.\n"
        "fichiers/ : les documents que vous avez envoyés ou reçus, par demande.\n\n"
        "Les fichiers .json s'ouvrent avec un éditeur de texte. D'autres logiciels savent les lire.\n"
        f"Une question sur vos données ? {commune['courriel_dpo'] or commune['courriel']}\n"
    )


def _compte(usager: Usager) -> dict[str, Any]:
    return {
        "nom": usager.nom,
        "courriel": usager.courriel,
        "telephone": usager.telephone,
        "adresse": usager.adresse,
        "connexion": usager.source,
        "cree_le": usager.cree_le,
        "reponses_de_la_mairie": usager.get_canal_reponse_display(),
        "identites_verifiees_par_franceconnect": list(
            usager.identites.values(
                "prenoms",
                "nom",
                "nom_usage",
                "naissance",
                "lieu_naissance",
                "pays_naissance",
                "recue_le",
                "remplacee_le",
            )
        ),
        "accords": list(usager.consentements.values("objet", "texte", "donne_le", "retire_le")),
    }


def _joindre(zip_: zipfile.ZipFile, dossier: str, piece: FichierJoint) -> None:
    with piece.fichier.open() as flux:
        zip_.writestr(f"{dossier}/{piece.pk}-{piece.nom.replace('/', '-')}", flux.read())
