"""Files joined to a request: every read checks the right on the request first."""

from __future__ import annotations

from io import BytesIO

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from PIL import Image, ImageOps

from guichet.demandes.fichiers import COTE_MAX
from guichet.demandes.models import Piece
from guichet.instruction.acces import DemandeIntrouvable, agent_requis
from guichet.instruction.models import Agent
from guichet.stockage.backend import reponse_fichier

VIGNETTE = (400, 300)
"""Pixels: twice the size on the page, for dense screens."""
APERCU = (1280, 960)
"""Pixels: a picture at the head of the page, sharp when it is printed half a sheet wide."""


def _piece(agent: Agent, reference: str, cle: int) -> Piece:
    trouvee = Piece.objects.filter(
        pk=cle, demande__reference=reference, demande__service__groupe__in=list(agent.groupes)
    ).first()
    if trouvee is None:
        raise DemandeIntrouvable
    return trouvee


def _contenu(piece: Piece) -> bytes:
    try:
        with piece.fichier.open("rb") as fichier:
            return bytes(fichier.read())
    except FileNotFoundError:
        raise Http404 from None


@require_safe
@agent_requis
def piece(_request: HttpRequest, agent: Agent, reference: str, cle: int) -> HttpResponse:
    """The file itself; 404 where the request is not visible."""
    trouvee = _piece(agent, reference, cle)
    return reponse_fichier(_contenu(trouvee), trouvee.nom, trouvee.type_mime)


@require_safe
@agent_requis
def vignette(_request: HttpRequest, agent: Agent, reference: str, cle: int) -> HttpResponse:
    """The picture made small, as JPEG; 404 for what is not a picture or cannot be read."""
    return _reduite(_piece(agent, reference, cle), VIGNETTE, entiere=False)


@require_safe
@agent_requis
def apercu(_request: HttpRequest, agent: Agent, reference: str, cle: int) -> HttpResponse:
    """The whole picture, as large as a page shows or prints it; 404 for what is not a picture or cannot be read."""
    return _reduite(_piece(agent, reference, cle), APERCU, entiere=True)


def _reduite(trouvee: Piece, taille: tuple[int, int], *, entiere: bool) -> HttpResponse:
    if not trouvee.est_image:
        raise Http404
    try:
        with Image.open(BytesIO(_contenu(trouvee)), formats=["JPEG", "PNG"]) as image:
            if max(image.size) > COTE_MAX:  # no picture that we wrote
                raise Http404
            image.draft("RGB", taille)  # lets the JPEG decoder skip what is not needed
            droite = ImageOps.exif_transpose(image).convert("RGB")
            reduite = ImageOps.contain(droite, taille) if entiere else ImageOps.fit(droite, taille)
    except (OSError, Image.DecompressionBombError):
        raise Http404 from None
    sortie = BytesIO()
    reduite.save(sortie, "JPEG", quality=80)
    return reponse_fichier(sortie.getvalue(), f"vignette-{trouvee.pk}.jpg", "image/jpeg")
