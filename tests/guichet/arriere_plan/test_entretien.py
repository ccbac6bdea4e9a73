"""What housekeeping removes, and above all what it keeps."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone

from guichet.arriere_plan import entretien
from guichet.demandes.orphelins import purger_fichiers_orphelins
from guichet.instruction.models import SessionAgent
from guichet.portail.models import SessionUsager
from guichet.stockage.models import Fichier
from tests.guichet import fabrique

pytestmark = pytest.mark.django_db


def test_only_sessions_that_ended_go() -> None:
    for modele in (SessionUsager, SessionAgent):
        for nom, heures in (("finie", -1), ("ouverte", 1)):
            expire = timezone.now() + timedelta(hours=heures)
            modele.objects.create(session_key=nom, session_data="", expire_date=expire)
    assert entretien.faire_le_menage() == 2
    assert [*SessionUsager.objects.values_list("pk", flat=True)] == ["ouverte"]
    assert [*SessionAgent.objects.values_list("pk", flat=True)] == ["ouverte"]


def test_only_old_files_that_nothing_holds_go() -> None:
    demande = fabrique.deposer(fabrique.demarche()).demande
    noms = {nom: storages["pieces"].save(nom, ContentFile(b"x")) for nom in ("tenu", "orphelin", "recent")}
    demande.pieces.create(fichier=noms["tenu"], nom="photo", type_mime="image/jpeg", taille=1, empreinte="0")
    storages["default"].save("image-de-page.png", ContentFile(b"x"))
    hier = timezone.now() - timedelta(days=2)
    Fichier.objects.exclude(nom=noms["recent"]).update(cree_le=hier)
    assert purger_fichiers_orphelins in entretien.MENAGES
    assert entretien.faire_le_menage() == 1
    assert not Fichier.objects.filter(nom=noms["orphelin"]).exists()
    assert Fichier.objects.count() == 3
