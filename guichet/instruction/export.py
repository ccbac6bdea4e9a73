"""The filtered list as a spreadsheet: same requests, same rights, one row each.

Where one procedure is chosen, each of its questions is a column. Requests that answered an older version of the
procedure are read with that version. Other software reads these files: a column keeps its place, and the name between
brackets of its title, whatever becomes of the form; questions asked since come last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from guichet.demandes.droits import Agent
from guichet.demandes.models import Demande
from guichet.demandes.selectors import visibles
from guichet.demarches.definition import Definition
from guichet.demarches.models import Service, VersionDemarche
from guichet.instruction import echeances, selectors
from guichet.instruction.forms import Filtres
from guichet.instruction.tableur import Cellule
from socle.typographie import nombres

LIMITE = 20_000
"""Rows of one file: what a spreadsheet opens at ease and the site writes in seconds; a month of a town of 60,000."""
PAR_LOT = 2_000


@dataclass(frozen=True)
class Colonne:
    """A column of the file: its title, and how a request fills it."""

    titre: str
    lire: Callable[[Demande], Cellule]


@dataclass(frozen=True)
class Feuille:
    """A file to be: titles, then rows read one after the other."""

    entetes: Sequence[str]
    lignes: Iterator[Sequence[Cellule]]


COLONNES = (
    Colonne("Référence", lambda d: d.reference),
    Colonne("Démarche", lambda d: d.demarche.titre),
    Colonne("Service", lambda d: d.service.nom),
    Colonne("État", lambda d: d.statut_defini.libelle),
    Colonne("Reçue le", lambda d: d.recue_le),
    Colonne("Canal", lambda d: str(d.get_canal_display())),
    Colonne("Nom", lambda d: d.nom),
    Colonne("E-mail", lambda d: d.courriel),
    Colonne("Téléphone", lambda d: d.telephone),
    Colonne("En charge", lambda d: d.agent_nom),
    Colonne("Échéance", lambda d: d.echeance_le),
    Colonne("Délai", lambda d: echeances.en_court(d).texte),
    Colonne("Répondue le", lambda d: d.decidee_le),
    Colonne("Décision", lambda d: str(d.get_issue_display())),
    Colonne("Dernière modification", lambda d: d.modifiee_le),
    Colonne("Close le", lambda d: d.close_le),
)


CHAMPS = (
    "reference", "statut", "nature", "version_id", "recue_le", "canal", "nom", "courriel", "telephone", "agent_nom",
    "echeance_le", "suspendue_depuis", "decidee_le", "issue", "modifiee_le", "close_le", "demarche__titre",
    "service__nom",
)  # fmt: skip


def compter(agent: Agent, services: Sequence[Service], filtres: Filtres) -> int:
    """How many rows the file will hold, the limit included."""
    return _demandes(agent, services, filtres).order_by().values("pk")[: LIMITE + 1].count()


def feuille(agent: Agent, services: Sequence[Service], filtres: Filtres) -> Feuille:
    """One query for the rows, one more for the versions of the procedure where one is chosen."""
    questions = _questions(filtres.valeur("demarche"))
    colonnes = [*COLONNES, *questions]
    demandes = _demandes(agent, services, filtres).select_related("demarche", "service")
    demandes = demandes.only(*CHAMPS, *(["donnees"] if questions else []))
    return Feuille([colonne.titre for colonne in colonnes], _lignes(demandes, colonnes))


def _demandes(agent: Agent, services: Sequence[Service], filtres: Filtres) -> QuerySet[Demande]:
    tri = filtres.tri
    ordre = [f"-{tri.champ}", "-pk"] if tri.decroissant else [tri.champ, "pk"]
    demandes = selectors.filtrer(visibles(services), filtres, agent)
    return demandes.annotate(fin_du_delai=echeances.horloge_le()).order_by(*ordre)


def _lignes(demandes: QuerySet[Demande], colonnes: Sequence[Colonne]) -> Iterator[Sequence[Cellule]]:
    reste = LIMITE
    for demande in demandes[: LIMITE + 1].iterator(chunk_size=PAR_LOT):
        if not reste:
            yield [f"Fichier arrêté à {nombres.nombre(LIMITE)} demandes : affinez les filtres pour la suite."]
            return
        reste -= 1
        yield [colonne.lire(demande) for colonne in colonnes]


def _questions(demarche: str) -> list[Colonne]:
    """A column a question, in the order in which questions came to the form, under the words of today. What reaches
    whoever asked has its columns already.
    """
    if not demarche:
        return []
    definitions = {
        version.pk: version.lue for version in VersionDemarche.objects.filter(demarche=demarche).order_by("numero")
    }
    libelles: dict[str, str] = {}
    for definition in definitions.values():
        libelles |= {champ.nom: champ.libelle for champ in definition.champs() if not champ.moyen_du_demandeur}
    return [Colonne(f"{libelle} [{nom}]", _lecteur(nom, definitions)) for nom, libelle in libelles.items()]


def _lecteur(nom: str, definitions: dict[int, Definition]) -> Callable[[Demande], Cellule]:
    champs: dict[int, Any] = {cle: definition.champ(nom) for cle, definition in definitions.items()}

    def lire(demande: Demande) -> Cellule:
        champ = champs.get(demande.version_id)
        return str(champ.afficher(demande.donnees.get(nom))) if champ is not None else None

    return lire
