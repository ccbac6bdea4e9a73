"""Agents' site, with the editors' workshop (Wagtail) at /redaction/."""

from django.urls import include, path
from wagtail.admin import urls as wagtailadmin_urls

from guichet.identite.vues import deconnexion

urlpatterns = [
    path("", include("guichet.supervision.urls")),
    path("", include("guichet.identite.urls")),
    path("", include("guichet.stockage.urls")),
    # Leaving the editors' workshop is leaving the site and the identity provider.
    path("redaction/logout/", deconnexion),
    path("redaction/", include(wagtailadmin_urls)),
    path("", include("guichet.instruction.urls")),
]

handler400 = "guichet.gabarits.vues.erreur_400"
handler403 = "guichet.gabarits.vues.erreur_403"
handler404 = "guichet.gabarits.vues.erreur_404"
handler500 = "guichet.gabarits.vues.erreur_500"
