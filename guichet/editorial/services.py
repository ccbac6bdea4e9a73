"""Making of the starter pages. Never overwrites what an editor wrote."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from wagtail.models import Page, Site

from guichet.editorial import pages_initiales
from guichet.editorial.models import Accueil, PageObligatoire

RACINE = "Toutes les pages"  # Wagtail's own word, "Root", is shown to editors


def _corps(modele: type[Any], blocs: Any) -> Any:
    """Turn (type, value) pairs into the field's value, passing each through its block's own cleaning."""
    champ = modele._meta.get_field("corps")
    return champ.stream_block.to_python([{"type": genre, "value": valeur} for genre, valeur in blocs])


def _publier(page: Page) -> None:
    page.save_revision().publish()


@transaction.atomic
def creer_pages_initiales() -> list[str]:
    """Make what is missing and return the titles of what was made or moved."""
    fait: list[str] = []
    commune = settings.COMMUNE
    racine = Page.objects.get(depth=1)
    if racine.title != RACINE:
        racine.title = racine.draft_title = RACINE
        racine.save(update_fields=["title", "draft_title"])
    accueil = Accueil.objects.first()
    if accueil is None:
        donnees = pages_initiales.accueil(commune)
        accueil = Accueil(slug="accueil", **{**donnees, "corps": _corps(Accueil, donnees["corps"])})
        racine.add_child(instance=accueil)
        _publier(accueil)
        fait.append(accueil.title)
    fait += _site(accueil)
    presents = set(PageObligatoire.objects.values_list("genre", flat=True))
    for texte in pages_initiales.pages(commune, timezone.localdate()):
        if texte.genre in presents:
            continue
        page = PageObligatoire(
            title=texte.genre.label,
            slug=texte.genre.value,
            genre=texte.genre,
            introduction=texte.introduction,
            corps=_corps(PageObligatoire, texte.corps),
        )
        accueil.add_child(instance=page)
        _publier(page)
        fait.append(page.title)
    return fait


def _site(accueil: Accueil) -> list[str]:
    """Make the residents' site point to its home, and remove Wagtail's own welcome page."""
    adresse = urlsplit(settings.URL_PORTAIL)
    voulu = {
        "hostname": adresse.hostname or "localhost",
        "port": adresse.port or (443 if adresse.scheme == "https" else 80),
        "site_name": settings.COMMUNE["nom"],
        "root_page_id": accueil.pk,
    }
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    if all(getattr(site, cle) == valeur for cle, valeur in voulu.items()):
        return []
    for cle, valeur in voulu.items():
        setattr(site, cle, valeur)
    site.save()
    for page in Page.objects.filter(depth=2).exclude(pk=accueil.pk).filter(content_type__model="page"):
        page.delete()
    return ["Adresse du site"]
