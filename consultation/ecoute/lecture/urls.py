"""Addresses of the reading."""

from django.urls import path

from consultation.ecoute.lecture import vues

app_name = "lecture"
urlpatterns = [
    path("<slug:slug>/lecture/", vues.lecture, name="lecture"),
    path("<slug:slug>/lecture/noms/", vues.relire, name="relire_suivant"),
    path("<slug:slug>/lecture/noms/<int:numero>/", vues.relire, name="relire"),
    path("<slug:slug>/lecture/themes/nouveau/", vues.theme, name="nouveau_theme"),
    path("<slug:slug>/lecture/themes/<int:pk>/", vues.theme, name="theme"),
    path("<slug:slug>/lecture/coder/", vues.coder, name="coder_suivant"),
    path("<slug:slug>/lecture/coder/<int:numero>/", vues.coder, name="coder"),
    path("<slug:slug>/lecture/proches/", vues.proches, name="proches"),
    path("<slug:slug>/lecture/proches/<int:numero>/", vues.rapprocher, name="rapprocher"),
]
