"""Addresses of the reading."""

from django.urls import path

from consultation.ecoute.lecture.views import a_deux, accueil, codage, copies, livre, noms

app_name = "lecture"
urlpatterns = [
    path("<slug:slug>/lecture/", accueil.lecture, name="lecture"),
    path("<slug:slug>/lecture/entendus/", accueil.entendus, name="entendus"),
    path("<slug:slug>/lecture/gestes/", accueil.gestes, name="gestes"),
    path("<slug:slug>/lecture/gestes/<int:pk>/annuler/", accueil.annuler, name="annuler"),
    path("<slug:slug>/lecture/noms/", noms.relire, name="relire_suivant"),
    path("<slug:slug>/lecture/noms/ensemble/", noms.ensemble, name="relire_ensemble"),
    path("<slug:slug>/lecture/noms/<int:numero>/", noms.relire, name="relire"),
    path("<slug:slug>/lecture/noms/<int:numero>/reprendre/", noms.rouvrir, name="rouvrir"),
    path("<slug:slug>/lecture/themes/", livre.livre, name="livre"),
    path("<slug:slug>/lecture/themes/nouveau/", livre.theme, name="nouveau_theme"),
    path("<slug:slug>/lecture/themes/<int:pk>/", livre.theme, name="theme"),
    path("<slug:slug>/lecture/themes/<int:pk>/reunir/", livre.fusionner, name="fusionner"),
    path("<slug:slug>/lecture/themes/<int:pk>/separer/", livre.scinder, name="scinder"),
    path("<slug:slug>/lecture/themes/<int:pk>/retirer/", livre.retirer, name="retirer"),
    path("<slug:slug>/lecture/coder/", codage.coder, name="coder_suivant"),
    path("<slug:slug>/lecture/coder/<int:numero>/", codage.coder, name="coder"),
    path("<slug:slug>/lecture/avis/", codage.lus, name="lus"),
    path("<slug:slug>/lecture/a-deux/", a_deux.nouvelle, name="nouvelle_a_deux"),
    path("<slug:slug>/lecture/a-deux/<int:pk>/", a_deux.a_deux, name="a_deux"),
    path("<slug:slug>/lecture/a-deux/<int:pk>/finir/", a_deux.finir, name="finir"),
    path("<slug:slug>/lecture/a-deux/<int:pk>/<int:numero>/", a_deux.retenir, name="retenir"),
    path("<slug:slug>/lecture/proches/", copies.proches, name="proches"),
    path("<slug:slug>/lecture/proches/compter/", copies.regler, name="regler"),
    path("<slug:slug>/lecture/proches/<int:numero>/", copies.rapprocher, name="rapprocher"),
    path("<slug:slug>/lecture/proches/<int:numero>/separer/", copies.separer, name="separer"),
]
