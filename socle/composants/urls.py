"""Address of the gallery, mounted by tests only: no site serves it."""

from django.urls import path

from .galerie import galerie

urlpatterns = [path("galerie/", galerie, name="galerie")]
