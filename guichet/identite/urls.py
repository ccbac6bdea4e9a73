from django.urls import path

from socle.openid import views

urlpatterns = [
    path("connexion/", views.connexion, name="connexion"),
    path("oidc/retour/", views.retour, name="oidc_retour"),
    path("deconnexion/", views.deconnexion, name="deconnexion"),
    path("deconnecte/", views.deconnecte, name="deconnecte"),
]
