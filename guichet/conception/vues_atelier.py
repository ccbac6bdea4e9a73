"""Wagtail's pages that write a procedure, a workflow or a sheet, as this workshop needs them.

One is saved while one types, in the same moment as one presses a button: neither may undo, double or accuse the other.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from wagtail.admin.utils import get_latest_str
from wagtail.snippets.views.snippets import CreateView, EditView, UnpublishView

from guichet.conception.models import CircuitRedige, Redige


class _Dite:
    """Messages in French that people say."""

    action: str
    object: Redige

    def get_success_message(self, instance: Redige | None = None) -> str:
        """What has just been done, and whether residents see it."""
        nom = get_latest_str(instance or self.object)
        if self.action != "publish":
            return f"Le brouillon de « {nom} » est enregistré. Les habitants ne voient rien de changé."
        if isinstance(instance or self.object, CircuitRedige):
            return f"« {nom} » est en service : les prochaines demandes le suivent."
        return f"« {nom} » est en ligne."


class Creer(_Dite, CreateView):
    """A page that is sent twice, by the save that goes on by itself and by a button, makes one draft."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What this page has already created is changed."""
        if cree := self._deja_cree(request):
            return self._modifier(request, cree)
        try:
            # The whole of it, so that nothing is left of a creation that comes second.
            with transaction.atomic():
                reponse: HttpResponse = super().post(request, *args, **kwargs)
                return reponse
        except IntegrityError:
            if cree := self._deja_cree(request):
                return self._modifier(request, cree)
            # Somebody else took the address meanwhile: the next free one is drawn.
            self.__dict__.pop("form", None)
            autre: HttpResponse = super().post(request, *args, **kwargs)
            return autre

    def _deja_cree(self, request: HttpRequest) -> Redige | None:
        try:
            cle = uuid.UUID(request.POST.get("cle_creation", ""))
        except ValueError:
            return None
        cree: Redige | None = self.model._default_manager.filter(cle_creation=cle).first()
        return cree

    def _modifier(self, request: HttpRequest, cree: Redige) -> HttpResponse:
        reponse: HttpResponse = self.model.snippet_viewset.edit_view(request, pk=str(cree.pk))
        return reponse


class Modifier(_Dite, EditView):
    """One save at a time for a draft: the second reads what the first wrote."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Waits for the save under way, if there is one, then starts from what it left."""
        with transaction.atomic():
            self.model._default_manager.select_for_update().filter(pk=self.object.pk).first()
            self.object = self.get_object()
            reponse: HttpResponse = super().post(request, *args, **kwargs)
            return reponse


class Fermer(UnpublishView):
    """Taking off the residents' site: in the workshop and for residents, or neither."""

    template_name = "conception/fermer.html"
    page_title = "Mettre hors ligne"
    success_message = "« %(object)s » n'est plus en ligne."

    def unpublish(self) -> HttpResponse | None:
        """Mark as closed, unless the workshop refuses, and close."""
        with transaction.atomic():
            reponse: HttpResponse | None = super().unpublish()
            if reponse is None:
                self.object.fermer()
            return reponse
