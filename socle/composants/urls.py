"""Address of the gallery, mounted by tests only: no site serves it."""

from django.urls import path

from socle.composants.galerie import galerie

urlpatterns = [path("galerie/", galerie, name="galerie")]
