from django.urls import path

from guichet.supervision import vues

urlpatterns = [
    path("sante/", vues.sante, name="sante"),
    path("metrics", vues.metriques, name="metrics"),
]
