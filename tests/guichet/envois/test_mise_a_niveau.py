"""A running platform of the former release is upgraded with mails still to send: each leaves, once."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from procrastinate.contrib.django.models import ProcrastinateJob

from guichet.comptes.models import CourrielDepart, Inscription
from guichet.comptes.tasks import envoyer_courriel_depart, envoyer_courriel_inscription
from guichet.demandes.models import Brouillon, Courriel, Demande
from guichet.demandes.tasks import envoyer_courriel
from guichet.portail.models import CodeReprise
from guichet.portail.tasks import envoyer_code_reprise
from socle.envois.models import Envoi
from socle.envois.services import partir_dus
from tests.guichet import fabrique

AVANT = [
    ("demandes", "0008_index_des_lectures_regulieres"),
    ("comptes", "0003_depart"),
    ("portail", "0003_codereprise"),
    ("supervision", "0001_initial"),
]


def vider_la_file() -> None:
    with connection.cursor() as curseur:
        curseur.execute("DELETE FROM procrastinate_jobs")  # no model: left by other tests


@pytest.fixture
def anciennes(transactional_db: None) -> Iterator[None]:
    """The tables may become those of the former release; brought back to the present whatever happens."""
    yield
    _avancer()
    vider_la_file()


def _reculer() -> None:
    """The tables of the former release, without the work that going back to them queues."""
    MigrationExecutor(connection).migrate(AVANT)
    vider_la_file()


def _avancer() -> None:
    executeur = MigrationExecutor(connection)
    executeur.migrate(executeur.loader.graph.leaf_nodes())


class Attente:
    """What the former release left to send: one mail of each of its four queues, and one that had left.

    ``tables``: makes them those of the release that writes, once the request is filed with the present ones.
    """

    def __init__(self, tables: Callable[[], None] = vider_la_file) -> None:
        self.demande: Demande = fabrique.deposer(fabrique.demarche()).demande
        Envoi.objects.all().delete()
        evenement = self.demande.evenements.get()
        tables()
        self.accuse = Courriel.objects.create(
            cle=f"{evenement.pk}:accuse",
            genre="accuse",
            demande=self.demande,
            destinataire="camille@exemple.fr",
            contexte={"code": "CH3A-MRAA"},
        )
        self.parti = Courriel.objects.create(
            cle="resume:voirie:2026-11-27", genre="releve", destinataire="v@gru.test", envoye_le=evenement.le
        )
        self.inscription = Inscription.objects.create(
            uid="a" * 32, prenom="Zoé", nom="M", courriel="zoe@exemple.fr", lien_a_envoyer="https://x.test/jeton/"
        )
        self.depart = CourrielDepart.objects.create(destinataire="ali@exemple.fr", contexte={"demandes": []})
        brouillon = Brouillon.objects.create(demarche=self.demande.demarche)
        self.code = CodeReprise.objects.create(
            brouillon=brouillon, empreinte="e", courriel="bob@exemple.fr", code_a_envoyer="AAAA-BBBB-CCCC", mails=1
        )

    def taches(self) -> None:
        """Do the jobs that the former release had queued, each twice."""
        for _ in range(2):
            envoyer_courriel(courriel_id=str(self.accuse.pk))
            envoyer_courriel_inscription(inscription_id=str(self.inscription.pk))
            envoyer_courriel_depart(courriel_id=str(self.depart.pk))
            envoyer_code_reprise(brouillon_id=str(self.code.pk), rang=1)

    def verifier(self) -> None:
        """Each reached its person, once, with what it carried; nothing of it stays."""
        recus = {m.to[0]: str(m.body) for m in mail.outbox}
        assert len(mail.outbox) == len(recus) == 4
        assert "CH3A-MRAA" in recus["camille@exemple.fr"]
        assert "https://x.test/jeton/" in recus["zoe@exemple.fr"]
        assert "supprimé" in recus["ali@exemple.fr"]
        assert "AAAA-BBBB-CCCC" in recus["bob@exemple.fr"]
        assert mail.outbox[0].extra_headers["Message-ID"].startswith("<")
        assert not Courriel.objects.filter(envoye_le=None).exists()
        assert not CourrielDepart.objects.exists()
        with connection.cursor() as curseur:
            for table in ("envois_envoi", "comptes_inscription", "portail_codereprise", "demandes_courriel"):
                for secret in ("CH3A-MRAA", "jeton", "AAAA-BBBB-CCCC", "bob@exemple.fr"):
                    curseur.execute(f"SELECT count(*) FROM {table} t WHERE position(%s IN t::text) > 0", [secret])  # noqa: S608
                    assert curseur.fetchone() == (0,), (table, secret)


@pytest.mark.usefixtures("anciennes")
def test_what_waited_leaves_once_by_the_sweep_and_the_former_jobs_add_nothing() -> None:
    attente = Attente(_reculer)
    _avancer()
    assert Envoi.objects.get(genre="demandes.accuse").pk == attente.accuse.pk  # so the same Message-ID
    assert Envoi.objects.get(cle=attente.parti.cle).parti_le is not None
    assert partir_dus() == 4
    attente.taches()
    attente.verifier()


@pytest.mark.usefixtures("anciennes")
def test_the_former_jobs_send_what_came_with_the_upgrade() -> None:
    attente = Attente(_reculer)
    _avancer()
    attente.taches()
    assert partir_dus() == 0
    attente.verifier()


@pytest.mark.django_db
def test_what_a_site_of_the_former_release_still_writes_meanwhile_leaves_too() -> None:
    """Between the migration and its restart, the portal of before adds to the tables of before."""
    attente = Attente()
    attente.taches()
    attente.verifier()


@pytest.mark.usefixtures("anciennes")
def test_going_back_gives_the_former_release_its_mails_and_its_jobs() -> None:
    attente = Attente(_reculer)
    _avancer()
    MigrationExecutor(connection).migrate(AVANT)
    assert not Envoi.objects.exists()
    accuse = Courriel.objects.get(pk=attente.accuse.pk)
    assert (accuse.demande_id, accuse.contexte) == (attente.demande.pk, {"code": "CH3A-MRAA"})
    assert Courriel.objects.get(pk=attente.parti.pk).envoye_le == attente.parti.envoye_le
    inscription = Inscription.objects.get()
    assert (inscription.lien_a_envoyer, inscription.courriel_envoye_le) == ("https://x.test/jeton/", None)
    assert CourrielDepart.objects.get().pk == attente.depart.pk
    code = CodeReprise.objects.get()
    assert (code.courriel, code.code_a_envoyer) == ("bob@exemple.fr", "AAAA-BBBB-CCCC")
    travaux: Any = dict(ProcrastinateJob.objects.exclude(task_name="envois.partir").values_list("task_name", "args"))
    assert travaux == {
        "demandes.envoyer_courriel": {"courriel_id": str(attente.accuse.pk)},
        "comptes.envoyer_courriel_inscription": {"inscription_id": str(attente.inscription.pk)},
        "comptes.envoyer_courriel_depart": {"courriel_id": str(attente.depart.pk)},
        "portail.envoyer_code_reprise": {"brouillon_id": str(attente.code.pk), "rang": 1},
    }
    assert uuid.UUID(travaux["demandes.envoyer_courriel"]["courriel_id"])
