"""Editorial pages of the residents' site, written by the town's editors in Wagtail.

Procedures are not pages: they belong to guichet.demarches. Pages are written on the agents' site and
served by the residents' site.
"""

from itertools import groupby
from typing import Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.db import models
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from guichet.editorial.blocs import CorpsBlock


class PageDuPortail(Page):
    """What all pages share."""

    introduction = models.TextField(
        "introduction",
        blank=True,
        max_length=600,
        help_text="Une ou deux phrases : à qui sert cette page, et à quoi.",
    )
    corps = StreamField(CorpsBlock(), verbose_name="contenu", blank=True)

    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("introduction"), FieldPanel("corps")]
    promote_panels: ClassVar[list[Any]] = [
        FieldPanel("slug"),
        FieldPanel("seo_title"),
        FieldPanel("search_description"),
    ]

    class Meta:
        abstract = True

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str | None, str | None] | None:
        """Give the address on the residents' site, also to the agents' site, which does not serve pages."""
        lieux = self._get_relevant_site_root_paths(request)
        if not lieux:
            return None
        return lieux[0].site_id, settings.URL_PORTAIL, f"/{self.url_path[len(lieux[0].root_path) :]}"

    def get_url(self, request: HttpRequest | None = None, current_site: object | None = None) -> str | None:
        """The page's address: on the residents' site alone without host, so that it holds under any name."""
        morceaux = self.get_url_parts(request)
        if morceaux is None:
            return None
        _, site, chemin = morceaux
        return chemin if settings.GUICHET_SITE == "portail" else f"{site}{chemin}"

    url = property(get_url)


class Accueil(PageDuPortail):
    """The home page; there is one."""

    max_count = 1
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = ["editorial.PageContenu", "editorial.PageObligatoire"]
    template = "editorial/accueil.html"

    class Meta:
        verbose_name = "page d'accueil"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds the procedures by theme and the pages of the menu."""
        contexte: dict[str, Any] = super().get_context(request, *args, **kwargs)
        publiees = apps.get_model("demarches", "Demarche")._default_manager.filter(publiee=True)
        demarches = publiees.only("slug", "titre", "theme").order_by("theme", "titre")
        contexte["themes"] = [(theme, list(groupe)) for theme, groupe in groupby(demarches, key=lambda d: d.theme)]
        contexte["rubriques"] = self.get_children().live().in_menu().only("title", "url_path", "slug")
        return contexte


class PageContenu(PageDuPortail):
    """A page that editors add, under the home page or under another."""

    parent_page_types: ClassVar[list[str]] = ["editorial.Accueil", "editorial.PageContenu"]
    subpage_types: ClassVar[list[str]] = ["editorial.PageContenu"]
    template = "editorial/page.html"

    class Meta:
        verbose_name = "page"


class Genre(models.TextChoices):
    """Pages that the footer of every page leads to; the value is the address."""

    AIDE = "aide", "Aide"
    ACCESSIBILITE = "accessibilite", "Accessibilité"
    MENTIONS = "mentions-legales", "Mentions légales"
    DONNEES = "donnees-personnelles", "Données personnelles"
    CONDITIONS = "conditions-utilisation", "Conditions d'utilisation"


class PageObligatoire(PageDuPortail):
    """A page that the law or the footer wants: its text is the editors', its existence and address are not."""

    genre = models.CharField("genre", max_length=32, choices=Genre, unique=True, editable=False)

    # Page's own title panel looks for the address field, which editors do not have here.
    content_panels: ClassVar[list[Any]] = [FieldPanel("title"), *PageDuPortail.content_panels[1:]]
    promote_panels: ClassVar[list[Any]] = [FieldPanel("search_description")]
    is_creatable = False
    parent_page_types: ClassVar[list[str]] = ["editorial.Accueil"]
    subpage_types: ClassVar[list[str]] = []
    template = "editorial/page.html"

    class Meta:
        verbose_name = "page obligatoire"
        verbose_name_plural = "pages obligatoires"

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """Its address follows from what it is for."""
        self.slug = self.genre
        super().full_clean(*args, **kwargs)
