"""Files joined to a request: every read checks the right on the request first."""

from __future__ import annotations

from io import BytesIO

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from PIL import Image, ImageOps

from guichet.demandes.models import Piece
from guichet.instruction.acces import DemandeIntrouvable, agent_requis
from guichet.instruction.models import Agent
from guichet.stockage.backend import reponse_fichier

VIGNETTE = (400, 300)
"""Pixels: twice the size on the page, for dense screens."""


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
    trouvee = _piece(agent, reference, cle)
    if not trouvee.est_image:
        raise Http404
    try:
        with Image.open(BytesIO(_contenu(trouvee))) as image:
            image.draft("RGB", VIGNETTE)  # lets the JPEG decoder skip what is not needed
            reduite = ImageOps.fit(ImageOps.exif_transpose(image).convert("RGB"), VIGNETTE)
    except (OSError, Image.DecompressionBombError):
        raise Http404 from None
    sortie = BytesIO()
    reduite.save(sortie, "JPEG", quality=80)
    return reponse_fichier(sortie.getvalue(), f"vignette-{trouvee.pk}.jpg", "image/jpeg")
