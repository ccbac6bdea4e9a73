"""Drafts: a request not sent yet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from guichet.comptes.models import Usager
from guichet.demandes.actes import remplir
from guichet.demandes.depot import Depot, deposer
from guichet.demandes.fichiers import Fichier
from guichet.demandes.models import Brouillon, FichierJoint, PieceBrouillon
from guichet.demarches.models import Demarche

# A draft without account is reached through a session of a few hours only, unless a code was asked for it.
GARDE_SANS_COMPTE = timedelta(days=2)
GARDE_AVEC_CODE = timedelta(days=30)
GARDE_AVEC_COMPTE = timedelta(days=90)


def commencer_brouillon(demarche: Demarche, usager: Usager | None) -> Brouillon:
    """A draft without answers, saved; of an account, or of whoever holds its identifier."""
    return Brouillon.objects.create(demarche=demarche, usager=usager)


def joindre_au_brouillon(brouillon: Brouillon, champ: str, fichier: Fichier) -> PieceBrouillon:
    """Keep a clean file (see fichiers.py) as an answer to the question of this name."""
    piece = PieceBrouillon(brouillon=brouillon, champ=champ)
    remplir(piece, fichier)
    piece.save()
    return piece


def retirer_du_brouillon(piece: PieceBrouillon) -> None:
    """Drop a file of a draft, row and content together."""
    with transaction.atomic():
        nom = piece.fichier.name
        piece.delete()
        _effacer_fichier(piece, nom)


def abandonner_brouillon(brouillon: Brouillon) -> None:
    """Drop a draft with its files. A request that took its files over is not a draft any more."""
    with transaction.atomic():
        for piece in brouillon.pieces.all():
            retirer_du_brouillon(piece)
        brouillon.delete()


def purger_brouillons() -> int:
    """Drop the drafts nobody can or will take up again (GARDE_*, since their last change). Returns how many."""
    maintenant = timezone.now()
    perimes = Brouillon.objects.filter(usager=None, reprise=None, modifie_le__lt=maintenant - GARDE_SANS_COMPTE)
    perimes |= Brouillon.objects.filter(usager=None, modifie_le__lt=maintenant - GARDE_AVEC_CODE)
    perimes |= Brouillon.objects.filter(modifie_le__lt=maintenant - GARDE_AVEC_COMPTE)
    nombre = 0
    for brouillon in perimes.iterator():
        abandonner_brouillon(brouillon)
        nombre += 1
    return nombre


def deposer_brouillon(brouillon: Brouillon, **depot_: Any) -> Depot:
    """File what the draft holds, and let the draft go; its files are now the request's.

    Answers to questions that are no longer asked are left out by ``deposer``, and their files dropped here.
    Raises what ``deposer`` raises (droits.AccesRefuse where ``par_agent`` may not type requests in).
    ``depot_``: what only the counter knows (``canal``, ``par_agent``, ``recue_le``…), as ``deposer`` takes it.
    """
    toutes = list(brouillon.pieces.all())
    connus = {champ.nom for champ in brouillon.demarche.lue.champs()}
    donnees = {nom: valeur for nom, valeur in brouillon.donnees.items() if nom in connus}
    for piece in toutes:
        donnees[piece.champ] = int(donnees.get(piece.champ) or 0) + 1
    with transaction.atomic():
        depot = deposer(
            demarche=brouillon.demarche,
            donnees=donnees,
            cle_envoi=brouillon.pk,
            usager=brouillon.usager,
            pieces=toutes,
            **depot_,
        )
        for piece in toutes:
            if piece.champ not in depot.demande.donnees:  # answers a question that is no longer asked
                retirer_du_brouillon(piece)
        Brouillon.objects.filter(pk=brouillon.pk).delete()
    return depot


def _effacer_fichier(piece: FichierJoint, nom: str | None) -> None:
    if nom:
        piece.fichier.storage.delete(nom)
