from django.urls import path

from guichet.identite import vues

urlpatterns = [
    path("connexion/", vues.connexion, name="connexion"),
    path("oidc/retour/", vues.retour, name="oidc_retour"),
    path("deconnexion/", vues.deconnexion, name="deconnexion"),
    path("deconnecte/", vues.deconnecte, name="deconnecte"),
]
