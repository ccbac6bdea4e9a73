"""Residents' site. Order matters: Wagtail's pages come last and take what is left."""

from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls

from guichet.portail.pages import page_redigee
from socle.erreurs import handler400, handler403, handler404, handler500  # noqa: F401 - Django reads them here

urlpatterns = [
    path("", include("socle.supervision.urls")),
    path("", include("guichet.identite.urls")),
    path("", include("guichet.stockage.urls")),
    path("", include("guichet.mon_compte.urls")),
    path("", include("guichet.portail.urls")),
    # Wagtail's own, but that pages are made once for everybody.
    path("", include([adresse for adresse in wagtail_urls.urlpatterns if adresse.name != "wagtail_serve"])),
    re_path(wagtail_urls.serve_pattern, page_redigee, name="wagtail_serve"),
]
