"""Public pages of the portal, made once for everybody (socle/pages_communes.py) until an editor publishes."""

from __future__ import annotations

from django.db import connection
from wagtail.images.models import Image
from wagtail.models import Page, PageViewRestriction, Site
from wagtail.views import serve

from guichet.demarches.models import Demarche, Orientation, Service
from guichet.editorial.models import Accueil, PageContenu, PageObligatoire
from socle.pages_communes import PagesCommunes

MONTRES = (
    Page,
    Accueil,
    PageContenu,
    PageObligatoire,
    PageViewRestriction,
    Site,
    Image,
    Demarche,
    Orientation,
    Service,
)
"""What public pages show. What a deployment changes (the town's words, templates) comes with new processes."""

# Every change of a row gives it the number of its transaction, greater than those before: with the count of rows, the
# sum changes whenever a row is written, added or removed, whoever does it and by whatever means.
_ETAT = "SELECT concat_ws(' ', {})".format(
    ", ".join(
        f"(SELECT concat(count(*), '/', sum(xmin::text::bigint)) FROM {modele._meta.db_table})"  # noqa: S608 - models' own tables
        for modele in MONTRES
    )
)


def etat() -> str:
    """What is published, as one word: one statement over tables of some tens of rows."""
    with connection.cursor() as curseur:
        curseur.execute(_ETAT)
        mot: str = curseur.fetchone()[0]
        return mot


COMMUNES = PagesCommunes(etat)
page_redigee = COMMUNES.garder()(serve)
