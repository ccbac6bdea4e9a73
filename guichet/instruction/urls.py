from django.urls import URLPattern, URLResolver

app_name = "instruction"
urlpatterns: list[URLPattern | URLResolver] = []
