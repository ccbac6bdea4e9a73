from django.urls import path

from guichet.supervision import views

urlpatterns = [
    path("sante/", views.sante, name="sante"),
    path("metrics", views.metriques, name="metrics"),
]
