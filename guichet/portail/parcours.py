"""Filling a procedure page after page: where one is, what comes next, what is still missing."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from guichet.comptes.models import Usager
from guichet.demandes.models import Brouillon, Demande, PieceBrouillon
from guichet.demarches.champs import ChampCourriel, ChampNom
from guichet.demarches.definition import Definition, Etape
from guichet.demarches.models import Demarche

from . import acces
from .formulaires import FormulaireEtape, reponse_manque


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
    def etapes(self) -> tuple[Etape, ...]:
        return self.definition.etapes

    @property
    def nombre_ecrans(self) -> int:
        return len(self.etapes) + 1  # and « Vérifiez vos réponses »

    def etape(self, nom: str) -> Etape:
        for etape in self.etapes:
            if etape.nom == nom:
                return etape
        raise Http404

    def rang(self, etape: Etape) -> int:
        return self.etapes.index(etape) + 1

    def url(self, etape: Etape | None) -> str:
        """Page of a step; without one, the check of the answers."""
        if etape is None:
            return reverse("portail:verifier", args=[self.demarche.pk, self.brouillon.pk])
        return reverse("portail:etape", args=[self.demarche.pk, self.brouillon.pk, etape.nom])

    def suivante(self, etape: Etape) -> Etape | None:
        rang = self.rang(etape)
        return self.etapes[rang] if rang < len(self.etapes) else None

    def precedente(self, etape: Etape) -> Etape | None:
        rang = self.rang(etape)
        return self.etapes[rang - 2] if rang > 1 else None

    def pieces_par_champ(self) -> dict[str, int]:
        compte: dict[str, int] = {}
        for piece in self.pieces:
            compte[piece.champ] = compte.get(piece.champ, 0) + 1
        return compte

    def premiere_incomplete(self) -> Etape | None:
        """First step never opened, or where a compulsory answer is missing."""
        pieces = self.pieces_par_champ()
        for etape in self.etapes:
            vue = etape.nom in self.brouillon.donnees.get(ETAPES_VUES, [])
            if not vue or any(reponse_manque(champ, self.brouillon.donnees, pieces) for champ in etape.champs):
                return etape
        return None

    def formulaire(self, etape: Etape, *args: Any) -> FormulaireEtape:
        donnees = {**self._connues(), **self.brouillon.donnees}
        return FormulaireEtape(etape, donnees, *args, pieces=self.pieces_par_champ())

    def _connues(self) -> dict[str, str]:
        """What the account already says, proposed and not asked again."""
        if self.usager is None:
            return {}
        connues: dict[str, str] = {}
        for champ in self.definition.champs():
            if isinstance(champ, ChampCourriel):
                connues[champ.nom] = self.usager.courriel
            elif isinstance(champ, ChampNom):
                connues[champ.nom] = self.usager.nom
        return connues


# Key of the draft's answers that no field can have (fields begin with a letter).
ETAPES_VUES = "_etapes_vues"
