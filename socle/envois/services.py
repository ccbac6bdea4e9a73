"""The outbox: a message is entrusted in the transaction of what it tells, then leaves once, however often it is tried.

Should the process die between the server's answer and the commit, the message leaves again with the same Message-ID.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import Enum, auto
from functools import partial
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import import_string

from socle.envois.canaux import CANAUX, CanalEnPanne
from socle.envois.delais import ESSAIS, PANNE, delai
from socle.envois.genres import GARDE, SansObjet, genre_de, tous
from socle.envois.models import Envoi, EnvoiQuerySet, Sollicitation
from socle.envois.plafonds import prendre
from socle.envois.retours import Avis

journal = logging.getLogger(__name__)

TENUE = timedelta(minutes=5)
"""Time given to one try where rows cannot be locked; longer than any answer of a server."""
PATIENCE = 5.0
"""Seconds that a page may spend sending what it has just recorded; the rest leaves by itself."""


# --- Entrusting -----------------------------------------------------------------------------------


def preparer(
    genre: str, destinataire: str, *, cle: str, objet: str = "", contexte: dict[str, Any] | None = None
) -> Envoi:
    """A message not yet entrusted; also what a preview is written from."""
    declare = genre_de(genre)
    return Envoi(
        cle=cle,
        genre=genre,
        canal=declare.canal,
        priorite=declare.priorite,
        destinataire=destinataire,
        objet=objet,
        contexte=contexte or {},
    )


def confier(envois: Iterable[Envoi], *, par_inconnu: bool = False) -> int:
    """Keep them in the caller's transaction; they leave once it is committed. Returns how many were given.

    One whose key is known already is left out: asked twice, a message leaves once. Needs the right to add rows only.
    `par_inconnu`: whoever typed the address has not proven it theirs; raises then plafonds.PlafondAtteint, before
    anything is written, when that address was written to often enough by kinds of the same family (before the dot).
    """
    lignes = list(envois)
    if par_inconnu:
        with transaction.atomic():
            for ligne in lignes:
                prendre(ligne.destinataire, ligne.genre.partition(".")[0])
    if lignes:
        Envoi.objects.bulk_create(lignes, ignore_conflicts=True)
        import_string(settings.ENVOIS_MOTEUR)(lignes)
    return len(lignes)


def aussitot(envois: list[Envoi]) -> None:
    """Motor of a site without a worker: try at commit; what is left is the watcher's (veilleur.py)."""
    essai = partial(partir_dus, patience=PATIENCE, parmi=[envoi.pk for envoi in envois])
    transaction.on_commit(essai, robust=True)  # what was recorded is recorded: the page says so


# --- Sending --------------------------------------------------------------------------------------


class Issue(Enum):
    """How one try ended."""

    RIEN = auto()
    """Nothing to send: gone, sent, or held by somebody else."""
    PARTI = auto()
    SANS_OBJET = auto()
    REFUS = auto()
    PANNE = auto()


def partir(identifiant: uuid.UUID, maintenant: datetime | None = None) -> bool:
    """Send one message, now; whether it has left."""
    attente = Envoi.objects.en_attente().filter(pk=identifiant)
    return _essayer(attente, maintenant or timezone.now()) is Issue.PARTI


def partir_dus(
    maintenant: datetime | None = None, patience: float | None = None, parmi: Sequence[uuid.UUID] | None = None
) -> int:
    """Send what is due (``parmi``: among these), the most awaited first, within ``patience`` seconds.

    Returns how many have left. A channel that cannot be reached is tried once: the others that wait for it are put
    off together.
    """
    debut, partis, essais = monotonic(), 0, 0
    while patience is None or monotonic() - debut < patience:
        if parmi is not None and essais == len(parmi):
            break  # each was tried once, and is gone or put off: nothing is left to ask for
        essais += 1
        moment = maintenant or timezone.now()
        dus = Envoi.objects.dus(moment)
        issue = _essayer(dus if parmi is None else dus.filter(pk__in=parmi), moment)
        if issue is Issue.RIEN:
            break
        partis += issue is Issue.PARTI
    return partis


def _essayer(file: EnvoiQuerySet, moment: datetime) -> Issue:
    envoi = None
    try:
        with _tenir(file, moment) as envoi:
            if envoi is None:
                return Issue.RIEN
            ecrit = genre_de(envoi.genre).ecrire(envoi)
            CANAUX[envoi.canal].remettre(envoi, ecrit)
            _noter_depart(envoi, moment)
            return Issue.PARTI
    except SansObjet:
        Envoi.objects.filter(pk=envoi.pk).delete()  # type: ignore[union-attr]  # held when it was written
        return Issue.SANS_OBJET
    except Exception as erreur:
        if envoi is None:
            raise
        panne = isinstance(erreur, CanalEnPanne)
        journal.warning("envoi %s non parti : %s", envoi.cle, erreur, exc_info=not panne)
        _noter_echec(envoi, erreur, moment)
        if panne:
            _reporter(envoi, erreur, moment)
        return Issue.PANNE if panne else Issue.REFUS


@contextmanager
def _tenir(file: EnvoiQuerySet, moment: datetime) -> Iterator[Envoi | None]:
    """The first that nobody holds, held until the end: two workers cannot send it at once.

    PostgreSQL locks the row while the server answers. SQLite would lock everything: the row is marked instead, and
    free again after five minutes should the process die.
    """
    if connection.features.has_select_for_update_skip_locked:
        with transaction.atomic():
            yield file.select_for_update(skip_locked=True).first()
        return
    libres = file.filter(Q(tenu_jusqu_au=None) | Q(tenu_jusqu_au__lte=moment))
    for envoi in libres[:10]:
        if libres.filter(pk=envoi.pk).update(tenu_jusqu_au=moment + TENUE):
            yield envoi
            return
    yield None


def _noter_depart(envoi: Envoi, moment: datetime) -> None:
    genre = genre_de(envoi.genre)
    if genre.suivi is not None:
        genre.suivi(envoi, True)
    ligne = Envoi.objects.filter(pk=envoi.pk)
    if genre.garde == timedelta(0):
        ligne.delete()
    else:
        ligne.update(parti_le=moment, contexte={}, derniere_erreur="", tenu_jusqu_au=None)
    _compter(envoi.canal, partis=1)


def _noter_echec(envoi: Envoi, erreur: Exception, moment: datetime) -> None:
    panne = isinstance(erreur, CanalEnPanne)
    attente = Envoi.objects.en_attente().filter(pk=envoi.pk)
    attente.update(
        essais=F("essais") + int(not panne),
        derniere_erreur=_dire(erreur),
        tenu_jusqu_au=None,
        prochain_le=moment + timedelta(seconds=PANNE if panne else delai(envoi.essais)),
        abandonne_le=moment if not panne and envoi.essais + 1 >= ESSAIS else None,
    )
    _compter(envoi.canal, echecs=1)
    _suivre_echec(envoi)


def _reporter(envoi: Envoi, erreur: Exception, moment: datetime) -> None:
    """Put off together all that is due by a channel that cannot be reached, but what somebody else is trying."""
    file = Envoi.objects.dus(moment).filter(canal=envoi.canal).exclude(pk=envoi.pk).defer("contexte")
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            file = file.select_for_update(skip_locked=True)
        autres = list(file)
        Envoi.objects.filter(pk__in=[autre.pk for autre in autres]).update(
            derniere_erreur=_dire(erreur), prochain_le=moment + timedelta(seconds=PANNE)
        )
        for autre in autres:
            _suivre_echec(autre)


def _suivre_echec(envoi: Envoi) -> None:
    try:
        suivi = genre_de(envoi.genre).suivi
    except LookupError:
        return
    if suivi is not None:
        suivi(envoi, False)


def _dire(erreur: Exception) -> str:
    return f"{type(erreur).__name__} : {erreur}"[:300]


def _compter(canal: str, partis: int = 0, echecs: int = 0, retours: int = 0) -> None:
    with connection.cursor() as curseur:
        curseur.execute(
            "INSERT INTO envois_compte (canal, partis, echecs, retours) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (canal) DO UPDATE SET partis = envois_compte.partis + excluded.partis,"
            " echecs = envois_compte.echecs + excluded.echecs, retours = envois_compte.retours + excluded.retours",
            [canal, partis, echecs, retours],
        )


# --- Coming back ----------------------------------------------------------------------------------


def noter_retour(identifiant: uuid.UUID, avis: Avis, maintenant: datetime | None = None) -> bool:
    """Note that a message came back undelivered, and tell its kind, once. False: no such message is known any more."""
    with transaction.atomic():
        connus = Envoi.objects.filter(pk=identifiant)
        if connection.features.has_select_for_update:
            connus = connus.select_for_update()
        envoi = connus.first()
        if envoi is None:
            return False
        if envoi.retour_le is None:
            moment = maintenant or timezone.now()
            Envoi.objects.filter(pk=identifiant).update(retour_le=moment, retour=avis.statut)
            _compter(envoi.canal, retours=1)
            try:
                suite = genre_de(envoi.genre).retour
            except LookupError:
                suite = None
            if suite is not None:
                suite(envoi, avis)
    return True


# --- Keeping and forgetting -----------------------------------------------------------------------


def reprendre(abandonnes: EnvoiQuerySet, maintenant: datetime | None = None) -> int:
    """Try again, from the beginning, what was given up; return how many."""
    return abandonnes.abandonnes().update(abandonne_le=None, essais=0, prochain_le=maintenant or timezone.now())


def oublier(*objets: str) -> int:
    """Erase every message about these people or things, waiting or gone; return how many."""
    return Envoi.objects.sur(*objets).delete()[0]


def purger(maintenant: datetime | None = None) -> int:
    """Remove what left, or was given up, longer ago than its kind is kept; return how many."""
    moment = maintenant or timezone.now()
    durees = {genre.nom: genre.garde for genre in tous()}
    envois = Envoi.objects.all()
    choix = [(envois.filter(genre=nom), garde or GARDE) for nom, garde in durees.items() if garde is not None]
    choix.append((envois.exclude(genre__in=durees), GARDE))  # kinds of another release
    retires = 0
    for finis, garde in choix:
        limite = moment - garde
        retires += finis.filter(Q(parti_le__lt=limite) | Q(parti_le=None, abandonne_le__lt=limite)).delete()[0]
    Sollicitation.objects.filter(le__lt=moment - timedelta(days=1)).delete()
    return retires
