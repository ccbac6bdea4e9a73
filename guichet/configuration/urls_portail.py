"""Residents' site. Order matters: Wagtail's pages come last and take what is left."""

from django.urls import include, path
from wagtail import urls as wagtail_urls

urlpatterns = [
    path("", include("guichet.supervision.urls")),
    path("", include("guichet.identite.urls")),
    path("", include("guichet.stockage.urls")),
    path("", include("guichet.comptes.urls")),
    path("", include("guichet.portail.urls")),
    path("", include(wagtail_urls)),
]

handler400 = "guichet.gabarits.views.erreur_400"
handler403 = "guichet.gabarits.views.erreur_403"
handler404 = "guichet.gabarits.views.erreur_404"
handler500 = "guichet.gabarits.views.erreur_500"
