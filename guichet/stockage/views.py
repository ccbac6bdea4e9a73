"""Public files: images of editorial pages. Pieces of requests are never served from here."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from guichet.stockage.backend import reponse_fichier
from guichet.stockage.models import Fichier


@require_safe
def fichier_public(request: HttpRequest, nom: str) -> HttpResponse:
    """A public file, kept a day by browsers; 304 where it did not change, 404 for any other space."""
    ligne = Fichier.objects.filter(espace="editorial", nom=nom).only("contenu", "type_mime", "empreinte").first()
    if ligne is None:
        raise Http404
    reponse = reponse_fichier(bytes(ligne.contenu), nom.rsplit("/", 1)[-1], ligne.type_mime)
    reponse["Cache-Control"] = "public, max-age=86400"
    reponse["ETag"] = f'"{ligne.empreinte[:32]}"'
    inchange = get_conditional_response(request, etag=reponse["ETag"], response=reponse)
    return inchange if isinstance(inchange, HttpResponse) else reponse
