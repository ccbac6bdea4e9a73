"""Drafts: a request not sent yet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from guichet.comptes.models import Usager
from guichet.demandes.actes import remplir
from guichet.demandes.depot import Depot, deposer
from guichet.demandes.fichiers import Fichier
from guichet.demandes.lectures import PIECES_DU_BROUILLON
from guichet.demandes.models import Brouillon, FichierJoint, PieceBrouillon
from guichet.demarches.constats import Constat, constats
from guichet.demarches.models import Demarche
from guichet.demarches.regles import Effet

# A draft without account is reached through a session of a few hours only, unless a code was asked for it.
GARDE_SANS_COMPTE = timedelta(days=2)
GARDE_AVEC_CODE = timedelta(days=30)
GARDE_AVEC_COMPTE = timedelta(days=90)


RETIRE = "_retire"
"""Key of a draft's answers that holds what was removed last: ``fichier``, the key of a file to bring back."""
AVERTIS = "_avertis"
"""Key of a draft's answers that holds what was read of the rules: keys of Constat."""


class ReglesNonTenues(ValueError):
    """A rule wants an answer corrected, stops the form, or warns of something that was not read yet."""

    def __init__(self, constats_: list[Constat]) -> None:
        self.constats = constats_
        super().__init__("\n".join(constat.regle.texte for constat in constats_))


def est_passe(constat: Constat, donnees: Mapping[str, Any], *, sans_arret: bool) -> bool:
    """Whether one may go on: a warning that was read with these very answers; a stop too for the counter, which may
    refuse to file nothing (CRPA L.112-3)."""
    if constat.regle.effet is Effet.CORRIGER or (constat.arrete and not sans_arret):
        return False
    return constat.cle in donnees.get(AVERTIS, ())


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
    Raises ReglesNonTenues where a rule of the procedure does not let these answers go, and what ``deposer`` raises
    (droits.AccesRefuse where ``par_agent`` may not type requests in).
    ``depot_``: what only the counter knows (``canal``, ``par_agent``, ``recue_le``…), as ``deposer`` takes it.
    """
    retire = int((brouillon.donnees.get(RETIRE) or {}).get("fichier") or 0)  # 0: no file has this key
    gardees = PIECES_DU_BROUILLON.toutes(brouillon.pk)
    toutes = [piece for piece in gardees if piece.pk != retire]
    for piece in gardees:
        if piece not in toutes:
            retirer_du_brouillon(piece)
    connus = {champ.nom for champ in brouillon.demarche.lue.champs()}
    donnees = {nom: valeur for nom, valeur in brouillon.donnees.items() if nom in connus}
    for piece in toutes:
        donnees[piece.champ] = int(donnees.get(piece.champ) or 0) + 1
    avertissements = _juger(brouillon, donnees, depot_)
    with transaction.atomic():
        depot = deposer(
            demarche=brouillon.demarche,
            donnees=donnees,
            cle_envoi=brouillon.pk,
            usager=brouillon.usager,
            pieces=toutes,
            avertissements=avertissements,
            **depot_,
        )
        for piece in toutes:
            if piece.champ not in depot.demande.donnees:  # answers a question that is no longer asked
                retirer_du_brouillon(piece)
        Brouillon(pk=brouillon.pk).delete()  # nothing to read first; the caller's own draft keeps its key
    return depot


def _juger(brouillon: Brouillon, donnees: Mapping[str, Any], depot_: Mapping[str, Any]) -> list[Constat]:
    """The warnings that were read. Rules look at a letter on the day it came."""
    recue_le = depot_.get("recue_le")
    jour = timezone.localdate(recue_le) if recue_le else timezone.localdate()
    dits = constats(brouillon.demarche.lue, donnees, jour)
    sans_arret = depot_.get("par_agent") is not None
    restent = [constat for constat in dits if not est_passe(constat, brouillon.donnees, sans_arret=sans_arret)]
    if restent:
        raise ReglesNonTenues(restent)
    return dits


def _effacer_fichier(piece: FichierJoint, nom: str | None) -> None:
    if nom:
        piece.fichier.storage.delete(nom)
