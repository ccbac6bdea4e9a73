from django.urls import path

from guichet.stockage import views

urlpatterns = [path("fichiers/<path:nom>", views.fichier_public, name="fichier_public")]
