"""Filling a site with an invented year, and emptying it of that year."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone
from PIL import Image
from psycopg import sql

from guichet.comptes.models import Usager
from guichet.demandes.models import (
    Complement,
    Demande,
    Evenement,
    Message,
    Piece,
    Suspension,
    Transfert,
)
from guichet.demarches.models import Demarche, Service
from guichet.peuplement.annee import arrivees
from guichet.peuplement.lignes import LIGNES_PAR_DEMANDE, DemarchePeuplee, Ecrivain, Ligne, Lot, VillePeuplee, par_lots
from guichet.peuplement.reperes import DEMANDES_INVENTEES, EFFACER_COMPTES, VRAIE_DEMANDE
from guichet.peuplement.reponses_inventees import personnes
from guichet.questions.invention import Personne
from guichet.stockage.models import Fichier

TAILLE_LOT = 5_000
DEMANDES_PAR_PERSONNE = 7.5
POUR_LE_COMPTE = 60
ISSUER = "peuplement"
MODELES: dict[str, type[models.Model]] = {
    "Demande": Demande,
    "Message": Message,
    "Evenement": Evenement,
    "Complement": Complement,
    "Suspension": Suspension,
    "Transfert": Transfert,
    "Piece": Piece,
}
# Heads of file: an invented PDF of one page, with its text.
_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 150]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj\n"
    b"4 0 obj<</Length 48>>stream\nBT /F1 14 Tf 30 80 Td (Document invente) Tj ET\nendstream endobj\n"
    b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


class PeuplementRefuse(Exception):
    """What was asked would mix invented requests with real ones; the text says what to do."""


@dataclass
class Bilan:
    """What was written: rows by table, requests by nature, and the time it took in seconds."""

    demandes: int = 0
    comptes: int = 0
    lignes: dict[str, int] = field(default_factory=dict)
    natures: dict[str, int] = field(default_factory=dict)
    secondes: float = 0.0


def peupler(
    nombre: int,
    graine: int,
    *,
    mois: int = 12,
    fin: datetime | None = None,
    compte: str = "",
    je_sais: bool = False,
    dire: Callable[[str], None] = lambda _: None,
) -> Bilan:
    """Write ``nombre`` invented requests. The same seed, number, months and end give the same requests.

    Raises PeuplementRefuse without procedures, on a site that holds real requests (unless `je_sais`), or for an unknown
    `compte`.
    """
    debut, bilan = time.monotonic(), Bilan()
    fin = fin or timezone.now()
    _refuser_le_melange(je_sais)
    hasard = Random(f"{graine}/{nombre}/{mois}")  # noqa: S311 - invented requests
    demarches, services = _demarches(), dict(Service.objects.order_by("pk").values_list("pk", "nom"))
    if not demarches:
        raise PeuplementRefuse("Aucune démarche n'est installée : lancez d'abord « importer_site ».")
    gens = personnes(hasard, max(20, round(nombre / DEMANDES_PAR_PERSONNE)))
    bilan.comptes = _comptes(gens, fin, mois, hasard)
    ecrivain = Ecrivain(VillePeuplee(demarches, services, gens, _documents(graine)), fin, hasard)
    titulaire = _titulaire(compte)
    moments = arrivees(list(demarches), nombre, mois, fin, hasard)
    for rang, lot_arrivees in enumerate(par_lots(moments, TAILLE_LOT)):
        with transaction.atomic(), connection.cursor() as curseur:
            lot = Lot(_reserver(curseur, len(lot_arrivees) * LIGNES_PAR_DEMANDE))
            for position, arrivee in enumerate(lot_arrivees):
                pour = titulaire if rang == 0 and position < POUR_LE_COMPTE else None
                nature = ecrivain.ecrire(replace(arrivee, canal="web") if pour else arrivee, lot, pour)
                bilan.natures[nature.value] = bilan.natures.get(nature.value, 0) + 1
            for nom, lignes in lot.tables.items():
                copier(MODELES[nom], lignes)
                bilan.lignes[nom] = bilan.lignes.get(nom, 0) + len(lignes)
        bilan.demandes += len(lot_arrivees)
        dire(f"{bilan.demandes} demandes sur {nombre}, {time.monotonic() - debut:.0f} s")
    _analyser()
    bilan.secondes = time.monotonic() - debut
    return bilan


def effacer() -> int:
    """Remove every invented request, with what hangs on it, and the invented accounts. Real ones stay."""
    with transaction.atomic(), connection.cursor() as curseur:
        curseur.execute("DROP TABLE IF EXISTS inventees")
        curseur.execute(f"CREATE TEMP TABLE inventees ON COMMIT DROP AS {DEMANDES_INVENTEES}")
        for modele in _enfants(Demande):
            table = sql.Identifier(modele._meta.db_table)
            colonne = next(f.column for f in _colonnes(modele) if f.related_model is Demande)
            ordre = sql.SQL("DELETE FROM {} WHERE {} IN (SELECT id FROM inventees)")
            curseur.execute(ordre.format(table, sql.Identifier(colonne)))
        curseur.execute("DELETE FROM demandes_demande WHERE id IN (SELECT id FROM inventees)")
        combien: int = curseur.rowcount
        curseur.execute(EFFACER_COMPTES, [ISSUER])
    Fichier.objects.filter(espace="demandes", nom__startswith="peuplement-").delete()
    _analyser()
    return combien


def _enfants(modele: type[models.Model]) -> list[type[models.Model]]:
    """Tables that point at this one, hidden ones too; those that others point at come last."""
    liens = (lien for lien in modele._meta.get_fields(include_hidden=True) if lien.auto_created and lien.one_to_many)
    enfants = {lien.related_model for lien in liens if isinstance(lien.related_model, type)}
    return sorted(enfants, key=lambda enfant: (bool(enfant._meta.related_objects), enfant._meta.db_table))


def _refuser_le_melange(je_sais: bool) -> None:
    if je_sais:
        return
    with connection.cursor() as curseur:
        curseur.execute(VRAIE_DEMANDE)
        vraies = curseur.fetchone()[0]
    if vraies:
        raise PeuplementRefuse(
            "Ce site contient de vraies demandes : des demandes inventées s'y mêleraient dans les listes des agents "
            "et dans les chiffres. Si c'est voulu (un site d'essai), ajoutez --je-sais."
        )


def _demarches() -> dict[str, DemarchePeuplee]:
    trouvees = {}
    for demarche in Demarche.objects.filter(publiee=True).order_by("pk"):
        version = demarche.versions.get(numero=demarche.version)
        trouvees[demarche.pk] = DemarchePeuplee.lire(
            demarche.pk, version.pk, version.lue, version.workflow_lu, demarche.service_id
        )
    return trouvees


def _comptes(gens: list[Personne], fin: datetime, mois: int, hasard: Random) -> int:
    debut = fin - timedelta(days=31 * mois + 400)
    lignes: list[Ligne] = [
        {
            "id": personne.compte,
            "issuer": ISSUER,
            "source": "annuaire",
            "sub": personne.compte,
            "courriel": personne.courriel,
            "nom": personne.entier,
            "cree_le": debut + timedelta(days=hasard.randint(0, 400)),
        }
        for personne in gens
        if personne.compte
    ]
    with transaction.atomic():
        copier(Usager, lignes)
    return len(lignes)


def _titulaire(courriel: str) -> Personne | None:
    """A real account that should own a part of the year, to look at « Mes démarches » well filled."""
    if not courriel:
        return None
    usager = Usager.objects.filter(courriel__iexact=courriel).order_by("cree_le").first()
    if usager is None:
        raise PeuplementRefuse(
            f"Aucun compte ne porte l'adresse « {courriel} ». La personne doit s'être connectée une fois au portail."
        )
    prenom, _, nom = usager.nom.partition(" ")
    return Personne(prenom, nom, usager.courriel, "06 39 98 00 01", "4 rue des Lilas", str(usager.pk))


def _documents(graine: int) -> dict[str, Ligne]:
    """One document and one photo that every invented request shares."""
    photo = io.BytesIO()
    Image.new("RGB", (640, 480), (120, 150, 110)).save(photo, "JPEG", quality=70)
    documents = {}
    for nom, contenu, type_mime in (("document", _PDF, "application/pdf"), ("photo", photo.getvalue(), "image/jpeg")):
        cle = f"peuplement-{graine}-{nom}"
        empreinte = hashlib.sha256(contenu).hexdigest()
        Fichier.objects.update_or_create(
            espace="demandes",
            nom=cle,
            defaults={"contenu": contenu, "taille": len(contenu), "type_mime": type_mime, "empreinte": empreinte},
        )
        documents[nom] = {
            "fichier": cle,
            "nom": f"{nom}.{'pdf' if nom == 'document' else 'jpg'}",
            "type_mime": type_mime,
            "taille": len(contenu),
            "empreinte": empreinte,
        }
    return documents


def _reserver(curseur: Any, combien: int) -> dict[str, int]:
    """Keep a range of each sequence for this lot, so that rows can name one another before they are written."""
    premiers = {}
    for nom, modele in MODELES.items():
        if nom == "Demande":
            continue
        table = modele._meta.db_table
        # Nobody adds a row between the reading and the moving of the sequence.
        curseur.execute(sql.SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(sql.Identifier(table)))
        curseur.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
        premiers[nom] = curseur.fetchone()[0]
        curseur.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, premiers[nom] + combien])
    return premiers


def copier(modele: type[models.Model], lignes: list[Ligne]) -> None:
    """COPY rows into a table. A column that a row does not give gets the model's default."""
    if not lignes:
        return
    # A column that the database computes itself is not written.
    champs = [champ for champ in _colonnes(modele) if not getattr(champ, "generated", False)]
    ordre = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(modele._meta.db_table), sql.SQL(", ").join([sql.Identifier(champ.column) for champ in champs])
    )
    defauts = {champ.attname: _defaut(champ) for champ in champs}
    with _curseur_psycopg() as curseur, curseur.copy(ordre) as copie:
        for ligne in lignes:
            copie.write_row([ligne.get(nom, defaut) for nom, defaut in defauts.items()])


def _colonnes(modele: type[models.Model]) -> list[Any]:
    """Fields that have a column; Any, because the stubs think that a concrete field may lack one."""
    return list(modele._meta.concrete_fields)


def _defaut(champ: models.Field[Any, Any]) -> Any:
    return "{}" if isinstance(champ, models.JSONField) else champ.get_default()


@contextmanager
def _curseur_psycopg() -> Iterator[Any]:
    """The driver's own cursor: Django's wraps it and does not offer COPY."""
    connection.ensure_connection()
    with connection.connection.cursor() as curseur:
        yield curseur


def _analyser() -> None:
    """Tell PostgreSQL what the tables hold now, and clean what the load left behind."""
    remplis: tuple[type[models.Model], ...] = (*MODELES.values(), Usager)
    tables = [modele._meta.db_table for modele in remplis]
    if connection.in_atomic_block:  # tests
        ordres = [f"ANALYZE {table}" for table in tables]
    else:
        ordres = [f"VACUUM (ANALYZE) {table}" for table in tables]
    with connection.cursor() as curseur:
        for ordre in ordres:
            curseur.execute(ordre)
