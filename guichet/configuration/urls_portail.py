"""Residents' site. Order matters: Wagtail's pages come last and take what is left."""

from django.urls import include, path
from wagtail import urls as wagtail_urls

from socle.erreurs import handler400, handler403, handler404, handler500  # noqa: F401 - Django reads them here

urlpatterns = [
    path("", include("socle.supervision.urls")),
    path("", include("guichet.identite.urls")),
    path("", include("guichet.stockage.urls")),
    path("", include("guichet.mon_compte.urls")),
    path("", include("guichet.portail.urls")),
    path("", include(wagtail_urls)),
]
