"""Filling a procedure: which pages apply, what comes next, what is still missing, what the draft keeps.

Addresses are the sites': each gives its own with a class of its own (guichet/portail/parcours.py,
guichet/instruction/saisie.py, guichet/conception/apercu.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from guichet.comptes.models import Usager
from guichet.demandes import services
from guichet.demandes.brouillons import AVERTIS, est_passe
from guichet.demandes.brouillons import RETIRE as RETIRE_DU_BROUILLON
from guichet.demandes.models import Brouillon, CanalReponse, PieceBrouillon
from guichet.demarches.champs import ChampBase, ChampGroupe
from guichet.demarches.conditions import Contexte
from guichet.demarches.constats import Constat, constats, constats_du_groupe
from guichet.demarches.definition import Definition, Etape
from guichet.demarches.models import Demarche
from guichet.questions.adaptateur import DejaLa
from guichet.questions.etape import FormulaireQuestions, est_prise
from guichet.questions.relecture import Ligne, Partie
from guichet.questions.sortes import adaptateur_de

# Key of the draft's answers that no question can have (names begin with a letter): questions asked so far.
VUS = "_vus"
# What was removed last, that one button brings back until the page is sent (see gestes.py).
RETIRE = RETIRE_DU_BROUILLON


@dataclass
class Parcours:
    """The course of one form for one person: its pages, its draft, what is still missing."""

    demarche: Demarche
    brouillon: Brouillon
    usager: Usager | None
    enregistre: bool
    """Whether the draft is in the database: a first page only looked at leaves no trace."""
    pieces: list[PieceBrouillon] = field(default_factory=list)

    @cached_property
    def definition(self) -> Definition:
        """The procedure's present definition."""
        return self.demarche.lue

    @property
    def donnees(self) -> dict[str, Any]:
        """The answers as the draft keeps them, with what is no longer asked and with keys that begin by « _ »."""
        donnees: dict[str, Any] = self.brouillon.donnees
        return donnees

    @property
    def utiles(self) -> dict[str, Any]:
        """The answers without those to questions that are no longer asked."""
        return self.definition.elaguer(self.donnees)

    # --- Pages --------------------------------------------------------------------------------------

    @property
    def etapes(self) -> list[Etape]:
        """The pages that apply, given the answers so far. They may change with an answer: never kept."""
        return self.definition.etapes_visibles(self.donnees)

    def champs_de(self, etape: Etape) -> list[ChampBase]:
        """The questions of a page, given the answers so far."""
        return list(etape.champs_visibles(self.utiles))

    @property
    def nombre_ecrans(self) -> int:
        """Pages that apply with the answers given so far, the last look included."""
        return len(self.etapes) + 1  # and « Vérifiez vos réponses »

    def peut_s_allonger(self, etape: Etape) -> bool:
        """Whether an answer of this page or a later one may still open pages: the count says so, to be honest."""
        visibles = {e.nom for e in self.etapes}
        restantes = self.definition.etapes[self.definition.etapes.index(etape) + 1 :]
        return any(e.nom not in visibles for e in restantes)

    def etape(self, nom: str) -> Etape | None:
        """A page that applies; None for one that answers have closed since. Raises Http404 for one that does not
        exist."""
        if all(etape.nom != nom for etape in self.definition.etapes):
            raise Http404
        return next((etape for etape in self.etapes if etape.nom == nom), None)

    def rang(self, etape: Etape) -> int:
        """Rank of a page among those that apply, from 1."""
        return self.etapes.index(etape) + 1

    def suivante(self, etape: Etape) -> Etape | None:
        """The page after this one; None before « Vérifiez vos réponses »."""
        etapes = self.etapes
        rang = etapes.index(etape) + 1
        return etapes[rang] if rang < len(etapes) else None

    def precedente(self, etape: Etape) -> Etape | None:
        """The page before this one; None for the first."""
        rang = self.rang(etape)
        return self.etapes[rang - 2] if rang > 1 else None

    def premiere_incomplete(self) -> Etape | None:
        """First page where a question was never asked, where a compulsory answer is missing, or where a rule wants one
        corrected."""
        vus, utiles = set(self.donnees.get(VUS, [])), self.utiles
        fautives = {constat.etape for constat in self.constats() if constat.corrige}
        for etape in self.etapes:
            if etape.nom in fautives:
                return etape
            for champ in etape.champs_visibles(utiles):
                if champ.nom not in vus or self._manque(champ, utiles):
                    return etape
        return None

    def _manque(self, champ: ChampBase, donnees: dict[str, Any]) -> bool:
        if champ.depose_des_fichiers:
            return champ.manque(len(self.pieces_de(champ.nom)))
        return champ.manque(donnees.get(champ.nom), donnees)

    # --- Rules --------------------------------------------------------------------------------------

    sans_arret = False
    """Whether somebody may go on where a rule stops the form: the counter, which refuses no request."""

    @property
    def jour(self) -> date:
        """The day on which rules look at the answers."""
        return timezone.localdate()

    def constats(self) -> list[Constat]:
        """The rules that speak of the answers so far, in the order of the form."""
        return constats(self.definition, self.donnees, self.jour)

    def a_corriger(self, etape: Etape, reponses: dict[str, Any] | None = None) -> list[Constat]:
        """Rules of a page that want an answer corrected, with these answers just given; none before it was answered."""
        poses = {champ.nom for champ in self.champs_de(etape)}
        if reponses is None and not poses & set(self.donnees.get(VUS, [])):
            return []
        dits = constats(self.definition, {**self.donnees, **(reponses or {})}, self.jour)
        return [constat for constat in dits if constat.etape == etape.nom and constat.corrige]

    def a_corriger_dans(self, groupe: ChampGroupe, element: dict[str, Any]) -> list[Constat]:
        """The same for the answers just given of one element."""
        utiles = {**self.utiles, groupe.nom: [element]}
        contexte = Contexte(self.jour, {champ.nom: champ for champ in self.definition.tous_les_champs()})
        return [constat for constat in constats_du_groupe(groupe, "", utiles, contexte) if constat.corrige]

    def a_lire(self, etape: Etape | None = None) -> list[Constat]:
        """Warnings not read yet, and what stops the form; of one page, where it is given."""
        return [
            constat
            for constat in self.constats()
            if not constat.corrige
            and not est_passe(constat, self.donnees, sans_arret=self.sans_arret)
            and (etape is None or constat.etape == etape.nom)
        ]

    def avertissements(self) -> list[Constat]:
        """Warnings that speak of the answers so far, read or not."""
        return [constat for constat in self.constats() if not constat.corrige]

    def passer(self, lus: Sequence[Constat]) -> None:
        """Note that these were read: they are not shown again unless an answer that they look at changes."""
        cles = {*self.donnees.get(AVERTIS, []), *(constat.cle for constat in lus)}
        self.noter({AVERTIS: sorted(cles)})

    # --- Repeated groups ----------------------------------------------------------------------------

    def groupe(self, nom: str, etape: Etape | None = None) -> ChampGroupe | None:
        """The repeated group of this name, if it is asked now; on this page only, where one is given."""
        etapes = self.etapes if etape is None else [etape]
        trouves: list[Any] = [
            champ for courante in etapes for champ in self.champs_de(courante) if champ.parties and champ.nom == nom
        ]
        return trouves[0] if trouves else None

    def elements(self, groupe: ChampGroupe) -> list[dict[str, Any]]:
        """The elements given so far."""
        return list(self.donnees.get(groupe.nom) or [])

    # --- Files --------------------------------------------------------------------------------------

    def pieces_de(self, champ: str) -> list[PieceBrouillon]:
        """Files that the draft holds for a question."""
        return [piece for piece in self.pieces if piece.champ == champ and piece.pk != self._fichier_retire]

    def piece(self, cle: int) -> PieceBrouillon:
        """A file of the draft by its key. Raises Http404 where it is not this draft's."""
        for piece in self.pieces:
            if piece.pk == cle:
                return piece
        raise Http404

    @property
    def url_code(self) -> str:
        """Where the page asks for the code of the draft; empty where a draft has none."""
        return ""

    def url_fichier(self, piece: PieceBrouillon) -> str:
        """Where a file of the draft opens: each site says it."""
        raise NotImplementedError

    def deja(self) -> dict[str, list[DejaLa]]:
        """Files of the draft as their questions show them."""
        par_champ: dict[str, list[DejaLa]] = {}
        for piece in self.pieces:
            if piece.pk == self._fichier_retire:
                continue
            vue = DejaLa(piece.pk, piece.nom, self.url_fichier(piece), piece.est_image, piece.taille)
            par_champ.setdefault(piece.champ, []).append(vue)
        return par_champ

    # --- Removed, and brought back ------------------------------------------------------------------

    @property
    def retrait(self) -> dict[str, Any]:
        """What was removed last and can be brought back: ``quoi`` says it; empty where there is nothing."""
        return dict(self.donnees.get(RETIRE) or {})

    @property
    def _fichier_retire(self) -> int | None:
        cle: int | None = self.retrait.get("fichier")
        return cle

    def retirer_fichier(self, piece: PieceBrouillon) -> None:
        """Take a file off its question; its content goes once the page is sent, or something else is removed."""
        self.oublier_retrait()
        self.noter({RETIRE: {"quoi": piece.nom, "champ": piece.champ, "fichier": piece.pk}})

    def retirer_element(self, groupe: ChampGroupe, rang: int) -> None:
        """Take an element off its group, by its rank from 1."""
        self.oublier_retrait()
        elements = self.elements(groupe)
        element = elements.pop(rang - 1)
        quoi = f"{groupe.libelle_element} {rang}"
        retire = {"quoi": quoi, "champ": groupe.nom, "groupe": groupe.nom, "rang": rang, "element": element}
        self.noter({groupe.nom: elements, RETIRE: retire})

    def remettre(self) -> None:
        """Bring back what was removed last; nothing happens where there is nothing, or no room any more."""
        retrait = self.retrait
        groupe = self.groupe(retrait["groupe"]) if retrait.get("groupe") else None
        repris: dict[str, Any] = {}
        if groupe is not None and len(elements := self.elements(groupe)) < groupe.maximum:
            elements.insert(int(retrait["rang"]) - 1, retrait["element"])
            repris = {groupe.nom: elements}
        if retrait:
            self.noter({**repris, RETIRE: None})

    def oublier_retrait(self) -> None:
        """Let what was removed go for good."""
        cle = self._fichier_retire
        for piece in [piece for piece in self.pieces if piece.pk == cle]:
            services.retirer_du_brouillon(piece)
            self.pieces.remove(piece)
        if self.retrait:
            self.noter({RETIRE: None})

    # --- What the account knows, how to be answered -------------------------------------------------

    def _connues(self) -> dict[str, Any]:
        """What the account already says, proposed and not asked again."""
        if self.usager is None:
            return {}
        connues = {champ.nom: adaptateur_de(champ).connu(self.usager) for champ in self.definition.champs()}
        return {nom: valeur for nom, valeur in connues.items() if valeur}

    @cached_property
    def verifiees(self) -> dict[str, Any]:
        """What FranceConnect verified of the person: not theirs to change here. What the question itself would not take
        is left to them.
        """
        identite = self.usager.identite_verifiee if self.usager else None
        if identite is None:
            return {}
        dites = {champ: adaptateur_de(champ).verifie(identite) for champ in self.definition.champs()}
        return {champ.nom: dite for champ, dite in dites.items() if dite and est_prise(champ, dite)}

    def reprendre_l_identite(self) -> None:
        """Put what FranceConnect verified in place of what was typed before signing in, or before it changed."""
        if changees := {n: v for n, v in self.verifiees.items() if n in self.donnees and self.donnees[n] != v}:
            self.noter(changees)

    def adresse_postale(self) -> str:
        """Where a letter would reach the person: what the form says, else the account."""
        return self.definition.adresse_postale(self.donnees) or (self.usager.adresse if self.usager else "")

    def canaux_possibles(self) -> list[str]:
        """Ways the town may answer, given what it knows of the person."""
        utiles = self.utiles
        connus = {champ.moyen_du_demandeur: utiles.get(champ.nom) for champ in self.definition.champs()}
        possibles = {
            CanalReponse.COURRIEL: connus.get("courriel") or (self.usager and self.usager.courriel),
            CanalReponse.COURRIER: self.adresse_postale(),
            CanalReponse.TELEPHONE: connus.get("telephone"),
        }
        return [str(canal) for canal, joignable in possibles.items() if joignable]

    # --- Forms --------------------------------------------------------------------------------------

    def formulaire(self, etape: Etape, *saisie: Any) -> FormulaireQuestions:
        """The questions of a page; ``saisie``: what was sent, data and files."""

        def visibles(reponses: dict[str, Any]) -> Sequence[ChampBase]:
            return etape.champs_visibles(self.definition.elaguer(reponses))

        donnees = {**self._connues(), **self.donnees}
        return FormulaireQuestions(
            etape.champs,
            donnees,
            *saisie,
            visibles=visibles,
            deja=self.deja(),
            titre=etape.titre,
            verifiees=self.verifiees,
        )

    def formulaire_entier(self, *saisie: Any) -> FormulaireQuestions:
        """Every question whose condition holds; those that an answer opens come on a second showing."""
        donnees = {**self._connues(), **self.donnees}
        return FormulaireQuestions(
            list(self.definition.champs()),
            donnees,
            *saisie,
            visibles=self.definition.champs_poses,
            deja=self.deja(),
        )

    def formulaire_element(self, groupe: ChampGroupe, rang: int, *saisie: Any) -> FormulaireQuestions:
        """The questions of one element of a group, by its rank from 1; the rank after the last is a new one."""
        elements = self.elements(groupe)
        element = elements[rang - 1] if rang <= len(elements) else {}
        utiles = self.utiles

        def visibles(reponses: dict[str, Any]) -> Sequence[ChampBase]:
            return groupe.champs_visibles(reponses, utiles)

        return FormulaireQuestions(groupe.champs, element, *saisie, visibles=visibles)

    def relecture(self) -> list[Partie]:
        """The answers as « Vérifiez vos réponses » shows them, page by page."""
        utiles, deja = self.utiles, self.deja()
        return [
            Partie(
                etape,
                [
                    Ligne(champ, adaptateur_de(champ).relire(utiles.get(champ.nom), deja.get(champ.nom, [])))
                    for champ in etape.champs_visibles(utiles)
                ],
            )
            for etape in self.etapes
        ]

    # --- Keeping ------------------------------------------------------------------------------------

    def garder(self, formulaire: FormulaireQuestions, *, valide: bool) -> None:
        """Keep every good answer and file, even if another one of the page has to be mended."""
        if valide:
            self.oublier_retrait()
        vus = {*self.donnees.get(VUS, []), *(formulaire.noms_poses if valide else ())}
        self.noter({**formulaire.valeurs(), VUS: sorted(vus)})
        for champ, fichier in formulaire.fichiers():
            self.pieces.append(services.joindre_au_brouillon(self.brouillon, champ, fichier))
        formulaire.montrer(self.deja())

    def noter(self, reponses: dict[str, Any]) -> None:
        """Write these answers in the draft, made now if it was not."""
        self.brouillon.donnees = {**self.brouillon.donnees, **reponses}
        with transaction.atomic():
            self.brouillon.save(force_insert=not self.enregistre)
        self.enregistre = True
