"""Agents' site, with the editors' workshop (Wagtail) at /redaction/."""

from django.urls import include, path
from wagtail.admin import urls as wagtailadmin_urls

from guichet.identite.views import deconnexion

urlpatterns = [
    path("", include("guichet.supervision.urls")),
    path("", include("guichet.identite.urls")),
    path("", include("guichet.stockage.urls")),
    # Leaving the editors' workshop is leaving the site and the identity provider.
    path("redaction/logout/", deconnexion),
    path("redaction/", include(wagtailadmin_urls)),
    path("", include("guichet.instruction.urls")),
]

handler400 = "guichet.gabarits.views.erreur_400"
handler403 = "guichet.gabarits.views.erreur_403"
handler404 = "guichet.gabarits.views.erreur_404"
handler500 = "guichet.gabarits.views.erreur_500"
