"""Agents' site, with the editors' workshop (Wagtail) at /redaction/."""

from django.urls import include, path
from wagtail.admin import urls as wagtailadmin_urls

from guichet.conception.views import signaler_sa_presence
from guichet.editorial.views import entree
from socle.erreurs import handler400, handler403, handler404, handler500  # noqa: F401 - Django reads them here
from socle.openid.views import deconnexion

urlpatterns = [
    path("", include("socle.supervision.urls")),
    path("", include(("socle.envois.reception", "envois"))),
    path("", include("guichet.identite.urls")),
    path("", include("guichet.stockage.urls")),
    # Leaving the editors' workshop is leaving the site and the identity provider.
    path("redaction/logout/", deconnexion),
    path("redaction/entree/", entree),
    path("redaction/login/", entree),  # Wagtail's own form of passwords, which nobody here has
    path(
        "redaction/editing-sessions/ping/<str:app_label>/<str:model_name>/<str:object_id>/<int:session_id>/",
        signaler_sa_presence,
    ),
    path("redaction/", include(wagtailadmin_urls)),
    path("", include("guichet.instruction.urls")),
]
