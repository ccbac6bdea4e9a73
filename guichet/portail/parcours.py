"""The course of a form on the residents' site: its addresses, and the browser that holds the draft."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from guichet.demandes import selectors
from guichet.demandes.models import Brouillon, Demande, PieceBrouillon
from guichet.demarches.champs import ChampGroupe
from guichet.demarches.constats import Constat
from guichet.demarches.definition import Etape
from guichet.portail import acces
from guichet.portail.fermeture import DemarcheFermee, offerte, page_fermee
from guichet.portail.forms import FormulaireReprise
from guichet.questions.parcours import Parcours
from socle import saisie_gardee
from socle.postgresql.lecture import LectureFixe


class SessionFinie(Exception):
    """This browser no longer holds the draft of this address: its session ended, or it is somebody else's."""


class DejaEnvoyee(Exception):
    """This form was sent: the person pressed twice, or came back with the browser's button."""

    def __init__(self, demande: Demande) -> None:
        self.demande = demande
        super().__init__(demande.reference)


_BROUILLON = LectureFixe(
    lambda cle, slug: Brouillon.objects.avec_demarche().filter(pk=cle, demarche=slug)[:1], "cle", "slug"
)


@dataclass
class ParcoursPortail(Parcours):
    """The course of a form at the portal's addresses; ``request`` is the browser that will hold the draft."""

    request: HttpRequest | None = None

    @classmethod
    def charger(cls, request: HttpRequest, slug: str, identifiant: uuid.UUID) -> ParcoursPortail:
        """The form of this address, with its draft if there is one.

        Raises DemarcheFermee for a procedure that is no longer offered, Http404 for one that never was, SessionFinie
        for a draft that this browser does not hold, DejaEnvoyee once it was sent.
        """
        usager = acces.usager_de(request)
        brouillon = _BROUILLON.une(identifiant, slug)
        if brouillon is not None:
            if not brouillon.demarche.publiee:
                raise DemarcheFermee
            if not acces.tient(request, brouillon):
                raise SessionFinie
            if usager is not None and brouillon.usager_id is None:
                # Begun before signing in, by the same browser: now the account's.
                brouillon.usager = usager
                brouillon.save(update_fields=["usager", "modifie_le"])
            pieces = list(brouillon.pieces.all()) if brouillon.a_des_pieces else []  # type: ignore[attr-defined]
            return cls(brouillon.demarche, brouillon, usager, True, pieces, request)
        demarche = offerte(slug)
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

    def url_attention(self, etape: Etape) -> str:
        """What the rules of a page say of its answers."""
        return reverse("portail:attention", args=[self.demarche.pk, self.brouillon.pk, etape.nom])

    def url_obstacle(self, constat: Constat) -> str:
        """Where a rule that keeps the answers from being sent is read, or its answer corrected."""
        page = "portail:etape" if constat.corrige else "portail:attention"
        return reverse(page, args=[self.demarche.pk, self.brouillon.pk, constat.etape])

    def url_fichier(self, piece: PieceBrouillon) -> str:
        """Where a file of the draft is read."""
        return reverse("portail:fichier_brouillon", args=[self.demarche.pk, self.brouillon.pk, piece.pk])

    @property
    def url_code(self) -> str:
        """Where the page asks for the code of the draft, when its session is about to end."""
        return reverse("portail:code_reprise", args=[self.demarche.pk, self.brouillon.pk])

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
        except SessionFinie:
            return session_finie(request)
        except DemarcheFermee:
            return _fermee(request, slug, identifiant)
        if parcours.definition.compte == "obligatoire" and parcours.usager is None:
            saisie_gardee.garder(request)
            return redirect(f"/connexion/?next={quote(request.path)}")
        if request.method == "POST" and not parcours.enregistre and kwargs.get("nom") not in (
            None, parcours.etapes[0].nom,
        ):  # fmt: skip
            return session_finie(request)  # the draft is gone: what was typed here is not dropped without a word
        return vue(request, parcours, **kwargs)

    return never_cache(adresse)


def _fermee(request: HttpRequest, slug: str, identifiant: uuid.UUID) -> HttpResponse:
    """The procedure was closed meanwhile: what was sent is sent, what was not is said."""
    envoyee = selectors.envoyee_par(acces.demandeur_de(request), identifiant)
    if envoyee is not None:
        return redirect("portail:envoyee", envoyee.reference)
    brouillon = Brouillon.objects.filter(pk=identifiant).first()
    tenu = brouillon is not None and acces.tient(request, brouillon)
    return page_fermee(request, slug, brouillon=tenu or request.method == "POST")


def session_finie(request: HttpRequest) -> HttpResponse:
    """What to do now, and what had just been typed: it waits for the code, or for the sign-in.

    404, and the same page whoever's draft it is: an address teaches nothing of what others began.
    """
    garde = saisie_gardee.garder(request)
    return render(
        request,
        "portail/session_finie.html",
        {
            "page_active": "demarches",
            "form": FormulaireReprise(),
            "garde": garde,
            "textes": saisie_gardee.textes(request) if garde else [],
            "suite": request.path,
        },
        status=404,
    )
