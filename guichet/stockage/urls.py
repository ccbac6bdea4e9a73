from django.urls import path

from guichet.stockage import vues

urlpatterns = [path("fichiers/<path:nom>", vues.fichier_public, name="fichier_public")]
