"""The course of a form on the residents' site: its addresses, and the browser that holds the draft."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from guichet.demandes import selectors
from guichet.demandes.models import Brouillon, Demande, PieceBrouillon
from guichet.demarches.champs import ChampGroupe
from guichet.demarches.definition import Etape
from guichet.demarches.models import Demarche
from guichet.portail import acces
from guichet.questions.parcours import Parcours


class DejaEnvoyee(Exception):
    """This form was sent: the person pressed twice, or came back with the browser's button."""

    def __init__(self, demande: Demande) -> None:
        self.demande = demande
        super().__init__(demande.reference)


@dataclass
class ParcoursPortail(Parcours):
    """The course of a form at the portal's addresses; ``request`` is the browser that will hold the draft."""

    request: HttpRequest | None = None

    @classmethod
    def charger(cls, request: HttpRequest, slug: str, identifiant: uuid.UUID) -> ParcoursPortail:
        """The form of this address, with its draft if there is one.

        Raises Http404 for a procedure that is not offered or somebody else's draft, DejaEnvoyee once it was sent.
        """
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
            return cls(demarche, brouillon, usager, True, list(brouillon.pieces.all()), request)
        envoyee = selectors.envoyee_par(acces.demandeur_de(request), identifiant)
        if envoyee is not None:
            raise DejaEnvoyee(envoyee)
        neuf = Brouillon(id=identifiant, demarche=demarche, usager=usager)
        return cls(demarche, neuf, usager, False, request=request)

    def noter(self, reponses: dict[str, Any]) -> None:
        """Keep the answers; at the first ones the draft is written and this browser holds it."""
        neuf = not self.enregistre
        super().noter(reponses)
        if neuf and self.request is not None:
            acces.tenir(self.request, self.brouillon)

    # --- Addresses ----------------------------------------------------------------------------------

    def url(self, etape: Etape | None) -> str:
        """Page of a step; without one, the check of the answers."""
        if etape is None:
            return reverse("portail:verifier", args=[self.demarche.pk, self.brouillon.pk])
        return reverse("portail:etape", args=[self.demarche.pk, self.brouillon.pk, etape.nom])

    def url_element(self, etape: Etape, groupe: ChampGroupe, rang: int) -> str:
        """Page of one element of a group, by its rank from 1."""
        return reverse("portail:element", args=[self.demarche.pk, self.brouillon.pk, etape.nom, groupe.nom, rang])

    def url_fichier(self, piece: PieceBrouillon) -> str:
        """Where a file of the draft is read."""
        return reverse("portail:fichier_brouillon", args=[self.demarche.pk, self.brouillon.pk, piece.pk])

    def url_avant(self, etape: Etape) -> str:
        """The page before this one; the procedure's own before the first."""
        precedente = self.precedente(etape)
        return self.url(precedente) if precedente else reverse("portail:demarche", args=[self.demarche.pk])


def avec_parcours(vue: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the view its form; lead elsewhere who has already sent it or must sign in first."""

    @wraps(vue)
    def adresse(request: HttpRequest, slug: str, identifiant: uuid.UUID, **kwargs: Any) -> HttpResponse:
        try:
            parcours = ParcoursPortail.charger(request, slug, identifiant)
        except DejaEnvoyee as deja:
            return redirect("portail:envoyee", deja.demande.reference)
        if parcours.definition.compte == "obligatoire" and parcours.usager is None:
            return redirect(f"/connexion/?next={quote(request.path)}")
        return vue(request, parcours, **kwargs)

    return never_cache(adresse)
