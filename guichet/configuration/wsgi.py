"""WSGI entry point; which site it is comes from DJANGO_SETTINGS_MODULE."""

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
from wagtail import hooks


def prechauffer() -> None:
    """Import now what the first request would: once in the master, shared by its workers, no slow first page."""
    hooks.search_for_hooks()
    get_resolver().url_patterns  # noqa: B018
    for motif in get_resolver().url_patterns:
        if hasattr(motif, "url_patterns"):
            motif.url_patterns  # noqa: B018


application = get_wsgi_application()
prechauffer()
