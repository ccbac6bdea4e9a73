"""Filling a procedure page after page: where one is, what comes next, what is still missing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from guichet.comptes.models import Usager
from guichet.demandes.models import Brouillon, CanalReponse, Demande, PieceBrouillon
from guichet.demarches.champs import ChampAdresse, ChampContact, ChampCourriel, ChampGroupe, ChampNom, ChampTelephone
from guichet.demarches.definition import Definition, Etape
from guichet.demarches.models import Demarche

from . import acces
from .forms import DejaLa, FormulaireQuestions
from .forms.champs import DOMICILE

# Key of the draft's answers that no field can have (fields begin with a letter): questions asked so far.
VUS = "_vus"


class DejaEnvoyee(Exception):
    """This form was sent: the person pressed twice, or came back with the browser's button."""

    def __init__(self, demande: Demande) -> None:
        self.demande = demande
        super().__init__(demande.reference)


@dataclass
class Parcours:
    demarche: Demarche
    brouillon: Brouillon
    usager: Usager | None
    enregistre: bool
    """Whether the draft is in the database: a first page only looked at leaves no trace."""
    pieces: list[PieceBrouillon] = field(default_factory=list)

    @classmethod
    def charger(cls, request: HttpRequest, slug: str, identifiant: uuid.UUID) -> Parcours:
        demarche = get_object_or_404(Demarche.objects.publiees(), pk=slug)
        usager = acces.usager_de(request)
        brouillon = Brouillon.objects.filter(pk=identifiant, demarche=demarche).first()
        if brouillon is not None:
            if not acces.tient(request, brouillon):
                raise Http404
            if usager is not None and brouillon.usager_id is None:
                # Begun before signing in, by the same browser: now the account's.
                brouillon.usager = usager
                brouillon.save(update_fields=["usager", "modifie_le"])
            brouillon.demarche = demarche
            return cls(demarche, brouillon, usager, True, list(brouillon.pieces.all()))
        envoyee = Demande.objects.du_demandeur(acces.demandeur_de(request)).filter(cle_envoi=identifiant).first()
        if envoyee is not None:
            raise DejaEnvoyee(envoyee)
        return cls(demarche, Brouillon(id=identifiant, demarche=demarche, usager=usager), usager, False)

    @cached_property
    def definition(self) -> Definition:
        return self.demarche.lue

    @property
    def donnees(self) -> dict[str, Any]:
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

    def champs_de(self, etape: Etape) -> list[Any]:
        return list(etape.champs_visibles(self.utiles))

    @property
    def nombre_ecrans(self) -> int:
        return len(self.etapes) + 1  # and « Vérifiez vos réponses »

    def peut_s_allonger(self, etape: Etape) -> bool:
        """Whether an answer of this page or a later one may still open pages: the count says so, to be honest."""
        visibles = {e.nom for e in self.etapes}
        restantes = self.definition.etapes[self.definition.etapes.index(etape) + 1 :]
        return any(e.nom not in visibles for e in restantes)

    def etape(self, nom: str) -> Etape | None:
        """A page that applies; None for one that answers have closed since, 404 for one that does not exist."""
        if all(etape.nom != nom for etape in self.definition.etapes):
            raise Http404
        return next((etape for etape in self.etapes if etape.nom == nom), None)

    def rang(self, etape: Etape) -> int:
        return self.etapes.index(etape) + 1

    def url(self, etape: Etape | None) -> str:
        """Page of a step; without one, the check of the answers."""
        if etape is None:
            return reverse("portail:verifier", args=[self.demarche.pk, self.brouillon.pk])
        return reverse("portail:etape", args=[self.demarche.pk, self.brouillon.pk, etape.nom])

    def url_element(self, etape: Etape, groupe: ChampGroupe, rang: int) -> str:
        return reverse("portail:element", args=[self.demarche.pk, self.brouillon.pk, etape.nom, groupe.nom, rang])

    def suivante(self, etape: Etape) -> Etape | None:
        etapes = self.etapes
        rang = etapes.index(etape) + 1
        return etapes[rang] if rang < len(etapes) else None

    def precedente(self, etape: Etape) -> Etape | None:
        rang = self.rang(etape)
        return self.etapes[rang - 2] if rang > 1 else None

    def premiere_incomplete(self) -> Etape | None:
        """First page where a question was never asked, or where a compulsory answer is missing."""
        vus, utiles = set(self.donnees.get(VUS, [])), self.utiles
        for etape in self.etapes:
            for champ in etape.champs_visibles(utiles):
                if champ.nom not in vus or self._manque(champ, utiles):
                    return etape
        return None

    def _manque(self, champ: Any, donnees: dict[str, Any]) -> bool:
        if champ.depose_des_fichiers:
            return bool(champ.manque(len(self.pieces_de(champ.nom))))
        if isinstance(champ, ChampGroupe):
            return champ.manque(donnees.get(champ.nom), donnees)
        return bool(champ.manque(donnees.get(champ.nom)))

    # --- Files --------------------------------------------------------------------------------------

    def pieces_de(self, champ: str) -> list[PieceBrouillon]:
        return [piece for piece in self.pieces if piece.champ == champ]

    def deja(self) -> dict[str, list[DejaLa]]:
        par_champ: dict[str, list[DejaLa]] = {}
        for piece in self.pieces:
            url = reverse("portail:fichier_brouillon", args=[self.demarche.pk, self.brouillon.pk, piece.pk])
            vue = DejaLa(piece.pk, piece.nom, url, piece.est_image, piece.taille)
            par_champ.setdefault(piece.champ, []).append(vue)
        return par_champ

    # --- How to be answered -------------------------------------------------------------------------

    def adresse_postale(self) -> str:
        """Where a letter would reach the person: what the form says, else the account."""
        utiles = self.utiles
        for champ in self.definition.champs():
            if isinstance(champ, ChampAdresse) and champ.nom in DOMICILE and utiles.get(champ.nom):
                autres = (str(utiles.get(nom) or "") for nom in ("code_postal", "ville", "commune"))
                return "\n".join(filter(None, (champ.afficher(utiles[champ.nom]), " ".join(filter(None, autres)))))
        return self.usager.adresse if self.usager else ""

    def canaux_possibles(self) -> list[str]:
        """Ways the town may answer, given what it knows of the person."""
        utiles = self.utiles
        connus = {
            type(champ): utiles.get(champ.nom)
            for champ in self.definition.champs()
            if isinstance(champ, ChampContact) and champ.est_du_demandeur
        }
        possibles = {
            CanalReponse.COURRIEL: connus.get(ChampCourriel) or (self.usager and self.usager.courriel),
            CanalReponse.COURRIER: self.adresse_postale(),
            CanalReponse.TELEPHONE: connus.get(ChampTelephone),
        }
        return [str(canal) for canal, joignable in possibles.items() if joignable]

    # --- Forms --------------------------------------------------------------------------------------

    def formulaire(self, etape: Etape, *args: Any) -> FormulaireQuestions:
        def visibles(reponses: dict[str, Any]) -> Sequence[Any]:
            return etape.champs_visibles(self.definition.elaguer(reponses))

        donnees = {**self._connues(), **self.donnees}
        return FormulaireQuestions(etape.champs, donnees, *args, visibles=visibles, deja=self.deja(), titre=etape.titre)

    def formulaire_element(self, groupe: ChampGroupe, rang: int, *args: Any) -> FormulaireQuestions:
        elements = self.elements(groupe)
        element = elements[rang - 1] if rang <= len(elements) else {}
        utiles = self.utiles

        def visibles(reponses: dict[str, Any]) -> Sequence[Any]:
            return groupe.champs_visibles(reponses, utiles)

        return FormulaireQuestions(groupe.champs, element, *args, visibles=visibles)

    def elements(self, groupe: ChampGroupe) -> list[dict[str, Any]]:
        return list(self.donnees.get(groupe.nom) or [])

    def _connues(self) -> dict[str, Any]:
        """What the account already says, proposed and not asked again."""
        if self.usager is None:
            return {}
        connues: dict[str, Any] = {}
        for champ in self.definition.champs():
            if isinstance(champ, ChampContact) and not champ.est_du_demandeur:
                continue
            if isinstance(champ, ChampCourriel):
                connues[champ.nom] = self.usager.courriel
            elif isinstance(champ, ChampNom):
                connues[champ.nom] = self.usager.nom
            elif isinstance(champ, ChampTelephone):
                connues[champ.nom] = self.usager.telephone
            elif isinstance(champ, ChampAdresse) and champ.nom in DOMICILE and self.usager.adresse:
                connues[champ.nom] = {"adresse": " ".join(self.usager.adresse.split()), "precision": ""}
        return {nom: valeur for nom, valeur in connues.items() if valeur}
