"""Rows of invented requests, as the acts of guichet/demandes would have written them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from guichet.demandes import phrases, references
from guichet.demandes.delais import Etat, Faits, horloge
from guichet.demandes.models import Canal
from guichet.demarches.definition import Definition
from guichet.demarches.definition_workflow import Acteur, Effet, Nature, Workflow
from guichet.peuplement import listes
from guichet.peuplement.annee import Arrivee
from guichet.peuplement.reperes import identifiant
from guichet.peuplement.reponses_inventees import Repondant
from guichet.peuplement.vie import VILLE, Pas, Vie, WorkflowTirable, vivre
from guichet.questions.invention import Personne
from socle.typographie import dates

Ligne = dict[str, Any]
_ALPHABET = references.ALPHABET
# What may be written of one request, at most: room kept in the sequences before a lot is drawn.
LIGNES_PAR_DEMANDE = 16


@dataclass(frozen=True)
class DemarchePeuplee:
    """What drawing a request of one procedure needs of it."""

    slug: str
    version: int
    definition: Definition
    service: str
    tirable: WorkflowTirable
    repondant: Repondant
    fichiers: tuple[str, ...]

    @classmethod
    def lire(cls, slug: str, version: int, definition: Definition, workflow: Workflow, service: str) -> DemarchePeuplee:
        """What the drawing needs, from a procedure's version."""
        fichiers = tuple(champ.nom for champ in definition.champs() if champ.depose_des_fichiers)
        return cls(slug, version, definition, service, WorkflowTirable(workflow), Repondant(definition), fichiers)


@dataclass
class Lot:
    """Rows ready to be written; identifiers of numbered tables start where the sequences were left."""

    premiers: dict[str, int]
    tables: dict[str, list[Ligne]] = field(
        default_factory=lambda: {
            nom: [] for nom in ("Demande", "Message", "Evenement", "Complement", "Suspension", "Transfert", "Piece")
        }
    )

    def ajouter(self, table: str, ligne: Ligne) -> int:
        """Add a row and return its identifier."""
        lignes = self.tables[table]
        ligne["id"] = self.premiers[table] + len(lignes)
        lignes.append(ligne)
        return int(ligne["id"])


@dataclass(frozen=True)
class VillePeuplee:
    """What invented requests are made from."""

    demarches: dict[str, DemarchePeuplee]
    services: dict[str, str]
    personnes: list[Personne]
    documents: dict[str, Ligne]


class Ecrivain:
    """Draws requests one after the other and writes their rows in a lot."""

    def __init__(self, ville: VillePeuplee, fin: datetime, hasard: Random) -> None:
        self._demarches, self._services = ville.demarches, ville.services
        self._personnes, self._documents = ville.personnes, ville.documents
        self._fin, self._hasard = fin, hasard
        self._aujourdhui = fin.astimezone(VILLE).date()
        self._references: set[str] = set()
        self._equipes = {
            service: [listes.AGENTS[(rang * 3 + n) % len(listes.AGENTS)] for n in range(4)]
            for rang, service in enumerate(ville.services)
        }

    def ecrire(self, arrivee: Arrivee, lot: Lot, pour: Personne | None = None) -> Nature:
        """Add to ``lot`` the rows of one request, from its arrival to its end or to the last day; returns its nature
        then.

        ``pour``: whose request it is, drawn where None.
        """
        hasard, demarche = self._hasard, self._demarches[arrivee.demarche]
        personne = pour or self._qui(arrivee.canal, demarche.definition.compte)
        vie = vivre(demarche.tirable, arrivee.le, self._fin, hasard)
        donnees = demarche.repondant.remplir(hasard, personne, arrivee.le.date())
        demande = self._demande(arrivee, demarche, personne, vie, donnees)
        lot.tables["Demande"].append(demande)
        self._depot(lot, demande, arrivee)
        for pas in vie.pas:
            self._pas(lot, demande, demarche, pas)
        for suspension in vie.suspensions:
            ligne = {"debut": suspension.debut, "fin": suspension.fin, "limite": suspension.limite}
            lot.ajouter("Suspension", ligne | {"demande_id": demande["id"]})
        for nom in demarche.fichiers:
            if donnees.get(nom):
                piece = self._documents["photo" if "photo" in nom else "document"]
                lot.ajouter("Piece", {**piece, "demande_id": demande["id"], "champ": nom, "ajoutee_le": arrivee.le})
        return vie.nature

    def _qui(self, canal: str, compte: str) -> Personne:
        """A few people ask for a lot, most ask once or twice."""
        combien = len(self._personnes)
        for _ in range(8):
            personne = self._personnes[min(int(combien * self._hasard.random() ** 1.7), combien - 1)]
            if not (compte == "obligatoire" and canal == "web" and not personne.compte):
                return personne
        return personne

    def _demande(
        self, arrivee: Arrivee, demarche: DemarchePeuplee, personne: Personne, vie: Vie, donnees: dict[str, Any]
    ) -> Ligne:
        hasard = self._hasard
        en_ligne = arrivee.canal == Canal.WEB
        compte = personne.compte if en_ligne and demarche.definition.compte != "inutile" else ""
        saisie = arrivee.canal in (Canal.GUICHET, Canal.TELEPHONE, Canal.COURRIER)
        agent = hasard.choice(self._equipes[demarche.service])
        en_charge = hasard.choice(self._equipes[demarche.service]) if vie.pas else ("", "")
        identite = identifiant(hasard)
        ligne: Ligne = {
            "id": identite,
            "reference": self._reference(arrivee.le),
            "demarche_id": demarche.slug,
            "version_id": demarche.version,
            "service_id": demarche.service,
            "usager_id": compte or None,
            "canal": arrivee.canal,
            "canal_reponse": "courriel" if personne.courriel else hasard.choice(("courrier", "telephone")),
            "statut": vie.statut,
            "nature": vie.nature.value,
            "statut_depuis": vie.depuis,
            "donnees": json.dumps(donnees, ensure_ascii=False),
            "nom": donnees.get("nom", personne.entier if compte else ""),
            "courriel": donnees.get("courriel", personne.courriel if compte else ""),
            "telephone": donnees.get("telephone", ""),
            "adresse_postale": "" if en_ligne else f"{personne.adresse}\n99000 Admiville",
            # No tracking code opens an invented request: computing one takes 5 ms.
            "code_suivi_empreinte": f"{hasard.getrandbits(256):064x}",
            "recue_le": arrivee.le,
            "decidee_le": vie.decidee_le,
            "issue": vie.issue,
            "close_le": vie.close_le,
            "saisie_par_sub": agent[0] if saisie else "",
            "saisie_par_nom": agent[1] if saisie else "",
            "agent_sub": en_charge[0],
            "agent_nom": en_charge[1],
            "modifiee_le": vie.pas[-1].le if vie.pas else arrivee.le,
            "cle_envoi": identifiant(hasard),
        }
        self._regler_horloge(ligne, demarche.definition, vie)
        return ligne

    def _regler_horloge(self, ligne: Ligne, definition: Definition, vie: Vie) -> None:
        """As guichet/demandes/actes.py does after each act."""
        if vie.nature is Nature.TRANSFEREE:
            ligne["echeance_le"] = ligne["suspendue_depuis"] = None
            return
        arret = vie.decidee_le or vie.close_le
        faits = Faits(
            recue_le=ligne["recue_le"].astimezone(VILLE).date(),
            suspensions=tuple(vie.suspensions),
            decidee_le=arret.astimezone(VILLE).date() if arret else None,
        )
        etat = horloge(definition.delai, faits, self._aujourdhui)
        ligne["echeance_le"] = etat.echeance
        ouvertes = [s.debut for s in vie.suspensions if s.fin is None]
        ligne["suspendue_depuis"] = min(ouvertes, default=None) if etat.etat is Etat.SUSPENDUE else None

    def _reference(self, le: datetime) -> str:
        while True:
            lettres = "".join(self._hasard.choices(_ALPHABET, k=references.LONGUEUR))
            reference = f"{le.astimezone(VILLE).year}-{lettres[:4]}-{lettres[4:]}"
            if reference not in self._references:
                self._references.add(reference)
                return reference

    @staticmethod
    def _depot(lot: Lot, demande: Ligne, arrivee: Arrivee) -> None:
        saisie = bool(demande["saisie_par_sub"])
        agent = ("agent", demande["saisie_par_sub"], demande["saisie_par_nom"])
        usager = ("usager", demande["usager_id"] or "", demande["nom"])
        _ecrire_evenement(
            lot,
            agent if saisie else usager,
            {"canal": Canal(arrivee.canal).label},
            demande_id=demande["id"],
            code="saisie" if saisie else "recue",
            le=arrivee.le,
        )

    def _pas(self, lot: Lot, demande: Ligne, demarche: DemarchePeuplee, pas: Pas) -> None:
        transition, effet = pas.transition, pas.transition.effet
        auteur = {
            Acteur.AGENT: ("agent", demande["agent_sub"], demande["agent_nom"]),
            Acteur.USAGER: ("usager", demande["usager_id"] or "", demande["nom"]),
            Acteur.AUTOMATIQUE: ("systeme", "", ""),
        }[pas.acteur]
        statut = demarche.tirable.workflow.statuts_par_code[pas.vers]
        donnees: dict[str, Any] = {
            "transition": transition.code,
            "libelle": transition.libelle,
            "de": pas.de,
            "vers": pas.vers,
            "statut": statut.libelle,
            "statut_usager": statut.usager.libelle,
        }
        code = phrases.code_de(effet, auteur[0])
        if texte := self._texte(pas):
            message = {
                "demande_id": demande["id"],
                "auteur_type": auteur[0],
                "auteur_cle": auteur[1],
                "auteur_nom": auteur[2],
                "texte": texte,
                "interne": transition.interne,
                "envoye_le": pas.le,
            }
            donnees["message"] = lot.ajouter("Message", message)
        if effet is Effet.REFUSER and transition.motifs:
            donnees["motif"] = self._hasard.choice(transition.motifs)
        if effet is Effet.DEMANDER:
            code = self._demander(lot, demande, pas, donnees)
        if effet in (Effet.TRANSFERER_SERVICE, Effet.TRANSFERER_AUTORITE):
            self._transferer(lot, demande, pas, donnees, auteur[2])
        _ecrire_evenement(
            lot,
            auteur,
            donnees,
            demande_id=demande["id"],
            code=code,
            le=pas.le,
            visible_usager=not transition.interne,
        )

    def _texte(self, pas: Pas) -> str:
        demande_un_texte = pas.transition.texte == "obligatoire" or (
            pas.transition.texte == "facultatif" and self._hasard.random() < 0.6
        )
        if not demande_un_texte or pas.acteur is Acteur.AUTOMATIQUE:
            return ""
        return self._hasard.choice(_textes(pas))

    def _demander(self, lot: Lot, demande: Ligne, pas: Pas, donnees: dict[str, Any]) -> str:
        limite: date = pas.le.astimezone(VILLE).date() + timedelta(days=30)
        libelle = self._hasard.choice(listes.PIECES_DEMANDEES)
        attendu = demande["nature"] == Nature.ATTENTE_USAGER.value
        complement = {
            "demande_id": demande["id"],
            "genre": "piece",
            "libelle": libelle,
            "demande_le": pas.le,
            "limite_le": limite,
            "fourni_le": None if attendu else pas.le + timedelta(days=self._hasard.randint(1, 9)),
        }
        donnees |= {
            "demandes": f"« {libelle} »",
            "limite": dates.jour(limite),
            "complements": [lot.ajouter("Complement", complement)],
        }
        return "pieces_demandees"

    def _transferer(self, lot: Lot, demande: Ligne, pas: Pas, donnees: dict[str, Any], par: str) -> None:
        origine = self._services[demande["service_id"]]
        autorite = pas.transition.effet is Effet.TRANSFERER_AUTORITE
        if autorite:
            destination = demande["autorite"] = self._hasard.choice(listes.AUTORITES)
        else:
            nouveau = self._hasard.choice([slug for slug in self._services if slug != demande["service_id"]])
            demande["service_id"], destination = nouveau, self._services[nouveau]
        donnees |= {"origine": origine, "destination": destination}
        ligne = {"demande_id": demande["id"], "le": pas.le, "de": origine, "vers": destination}
        lot.ajouter("Transfert", ligne | {"autorite": autorite, "par_nom": par})


def _textes(pas: Pas) -> tuple[str, ...]:
    if pas.acteur is Acteur.USAGER:
        return listes.MESSAGES_USAGER
    if pas.transition.interne:
        return listes.NOTES
    if pas.transition.effet is Effet.REFUSER:
        return listes.MOTIFS_DE_REFUS
    return listes.REPONSES if pas.transition.effet.decide else listes.MESSAGES_AGENT


def _ecrire_evenement(lot: Lot, auteur: tuple[str, str, str], donnees: dict[str, Any], **colonnes: Any) -> None:
    ligne = {
        "auteur_type": auteur[0],
        "auteur_cle": auteur[1],
        "auteur_nom": auteur[2],
        "donnees": json.dumps(donnees, ensure_ascii=False),
    }
    lot.ajouter("Evenement", ligne | colonnes)


def par_lots(arrivees: Iterator[Arrivee], taille: int) -> Iterator[list[Arrivee]]:
    """The arrivals in lists of ``taille``; the last may be shorter."""
    lot: list[Arrivee] = []
    for arrivee in arrivees:
        lot.append(arrivee)
        if len(lot) == taille:
            yield lot
            lot = []
    if lot:
        yield lot
