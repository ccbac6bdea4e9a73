"""A message leaves once, however often it is tried, by however many workers, whatever happens to the server."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from guichet.comptes import courriels as comptes
from guichet.comptes.models import Inscription
from socle.envois import canaux, delais, services
from socle.envois.genres import GARDE, Ecrit, Genre, declarer
from socle.envois.models import Compte, Envoi
from socle.envois.services import confier, partir, partir_dus, preparer, purger, reprendre
from tests.guichet import envois, fabrique
from tests.smtp import MailServer

pytestmark = pytest.mark.django_db
JAMAIS = uuid.UUID(int=0)

TEXTE = declarer(
    Genre(
        nom="essai.texte",
        gabarit="essai",
        rediger=lambda _, contexte: Ecrit("Objet", f"Code {contexte['code']}\n"),
        contexte=lambda envoi: dict(envoi.contexte),
    )
)


def un(cle: str = "un", a: str = "camille@exemple.fr", **champs: Any) -> Envoi:
    """A message entrusted."""
    envoi = preparer("essai.texte", a, cle=cle, objet="essai:1", contexte={"code": "SESAME"})
    for nom, valeur in champs.items():
        setattr(envoi, nom, valeur)
    confier([envoi])
    return Envoi.objects.get(cle=cle)


def en_fil(travail: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    """Run in a thread with a connection of its own, as another worker would."""
    rendu: list[object] = []

    def faire() -> None:
        try:
            rendu.append(travail())
        finally:
            connection.close()

    fil = threading.Thread(target=faire)
    fil.start()
    return fil, rendu


# --- Once -----------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_one_mail(serveur: MailServer) -> None:
    envoi = un()
    serveur.answer.clear()
    premier, rendu = en_fil(lambda: partir(envoi.pk))
    assert serveur.receiving.wait(30)  # the first worker holds the row while the server answers
    second, autre = en_fil(lambda: (partir(envoi.pk), partir_dus()))
    second.join(30)
    assert autre == [(False, 0)]
    serveur.answer.set()
    premier.join(30)
    assert rendu == [True]
    assert len(serveur.mails) == 1


@pytest.mark.django_db(transaction=True)
def test_a_crash_after_the_servers_answer_sends_again_under_the_same_name(
    serveur: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Mort(BaseException):
        """The process dies."""

    envoi = un()

    def mourir(*_: object) -> None:
        raise Mort

    with monkeypatch.context() as panne:
        panne.setattr(services, "_noter_depart", mourir)
        with pytest.raises(Mort):
            partir(envoi.pk)
    assert Envoi.objects.get().parti_le is None
    assert partir(envoi.pk)
    identifiants = [str(recu["Message-ID"]) for recu in serveur.mails]
    assert identifiants == [f"<{envoi.pk}@gru.test>"] * 2


def test_asked_twice_it_leaves_once() -> None:
    un()
    un()
    assert Envoi.objects.count() == 1
    assert partir_dus() == 1
    assert partir_dus() == 0
    un()
    assert partir_dus() == 0
    assert len(mail.outbox) == 1


def test_what_is_rolled_back_is_told_to_nobody() -> None:
    with transaction.atomic():
        un()
        transaction.set_rollback(True)
    assert partir_dus() == 0
    assert not partir(JAMAIS)
    assert mail.outbox == []


def test_what_it_carried_is_erased_once_it_has_left() -> None:
    envoi = un()
    assert partir(envoi.pk)
    assert "SESAME" in str(mail.outbox[0].body)
    with connection.cursor() as curseur:
        curseur.execute("SELECT count(*) FROM envois_envoi e WHERE position('SESAME' IN e::text) > 0")
        assert curseur.fetchone() == (0,)
    assert Envoi.objects.get().destinataire == "camille@exemple.fr"


# --- The server is down, or says no ---------------------------------------------------------------


def test_a_server_down_for_days_loses_nothing_and_is_not_hammered(serveur: MailServer) -> None:
    serveur.down = True
    for rang in range(20):
        un(str(rang))
    debut = timezone.now()
    assert partir_dus(debut) == 0
    assert serveur.connections == 1  # the others wait for the same server
    assert not Envoi.objects.filter(derniere_erreur="").exists()
    for minute in range(2, 100):
        partir_dus(debut + timedelta(minutes=minute))
    assert partir_dus(debut + timedelta(days=3)) == 0
    assert Envoi.objects.en_attente().count() == 20
    serveur.down = False
    assert partir_dus(debut + timedelta(days=3, minutes=2)) == 20
    assert len({str(recu["Message-ID"]) for recu in serveur.mails}) == len(serveur.mails) == 20


def test_one_refused_address_keeps_nobody_back(serveur: MailServer) -> None:
    serveur.refused.add("faux@exemple.fr")
    un("faux", "faux@exemple.fr")
    un("vrai")
    assert partir_dus() == 1
    refuse = Envoi.objects.get(cle="faux")
    assert refuse.essais == 1
    assert "no such person here" in refuse.derniere_erreur
    attente = refuse.prochain_le - timezone.now()
    assert timedelta(seconds=20) < attente <= timedelta(seconds=30)
    compte = Compte.objects.get(canal="courriel")
    assert (compte.partis, compte.echecs) == (1, 1)


def test_what_is_given_up_stays_in_sight_and_can_be_tried_again(serveur: MailServer) -> None:
    serveur.refused.add("faux@exemple.fr")
    un("faux", "faux@exemple.fr")
    moment, fin = timezone.now(), timezone.now() + timedelta(days=4)
    while moment < fin and Envoi.objects.en_attente().exists():
        moment = Envoi.objects.get().prochain_le
        partir_dus(moment)
    abandonne = Envoi.objects.get()
    assert abandonne.abandonne_le is not None
    assert abandonne.essais == delais.ESSAIS
    assert timedelta(days=1) < abandonne.abandonne_le - abandonne.cree_le < timedelta(days=3)
    assert partir_dus(fin + timedelta(days=1)) == 0
    assert not partir(abandonne.pk)
    dit = StringIO()
    call_command("envois", stdout=dit)
    assert "En attente : 0" in dit.getvalue()
    assert "Abandonnés : 1" in dit.getvalue()
    assert "essai.texte  à faux@exemple.fr  [faux]" in dit.getvalue()
    assert "no such person here" in dit.getvalue()
    with pytest.raises(CommandError, match="Aucun message abandonné"):
        call_command("envois", reprendre="autre")
    serveur.refused.clear()
    call_command("envois", reprendre="faux", stdout=dit)
    assert "1 message(s) relancé(s)." in dit.getvalue()
    assert partir_dus() == 1
    assert reprendre(Envoi.objects.all()) == 0


def test_a_message_that_cannot_be_written_keeps_nobody_back(monkeypatch: pytest.MonkeyPatch) -> None:
    un("illisible", genre="essai.inconnu")
    un("lisible")
    assert partir_dus() == 1
    assert "genre d'envoi inconnu" in Envoi.objects.get(cle="illisible").derniere_erreur


# --- Who waits in front of a screen goes first ----------------------------------------------------


def _lien() -> None:
    inscription = Inscription.objects.create(uid="a" * 32, prenom="Zoé", nom="M", courriel="zoe@exemple.fr")
    comptes.confier_inscription(inscription, "https://portail.gru.test/compte/inscription/x/")


def test_a_sign_up_link_does_not_wait_behind_acknowledgements() -> None:
    """Twelve of them wait, each with a PDF, when somebody signs up: the link is the next mail to leave."""
    for _ in range(12):
        fabrique.deposer(fabrique.demarche())
    _lien()
    partir_dus(patience=0.001)  # one
    assert [m.to for m in mail.outbox] == [["zoe@exemple.fr"]]


@pytest.mark.django_db(transaction=True)
def test_the_worker_takes_the_link_first(serveur: MailServer) -> None:
    """The same with a real worker of the task queue, which has one hand."""
    import asyncio

    from procrastinate.contrib.django import app

    with connection.cursor() as curseur:
        curseur.execute("DELETE FROM procrastinate_jobs")  # no model: left by other tests
        curseur.execute("SELECT array_agg(pid) FROM pg_stat_activity WHERE datname = current_database()")
        (deja,) = curseur.fetchone()
    for _ in range(3):
        fabrique.deposer(fabrique.demarche())
    _lien()

    async def travailler() -> None:
        connecteur: Any = app.connector
        application = app.with_connector(connecteur.get_worker_connector())
        async with application.open_async():
            await application.run_worker_async(
                queues=["courriels"], concurrency=1, wait=False, install_signal_handlers=False
            )

    asyncio.run(travailler())
    recus = [str(recu["To"]) for recu in serveur.mails]
    assert recus[0] == "zoe@exemple.fr"
    assert sorted(recus[1:]) == ["camille@exemple.fr"] * 3 + ["voirie@gru.test"] * 3
    with connection.cursor() as curseur:
        curseur.execute("DELETE FROM procrastinate_jobs")
        # The worker's threads keep their connections, and the database could not be removed.
        curseur.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> ALL(%s)",
            [deja],
        )


# --- Forgetting -----------------------------------------------------------------------------------


def test_what_has_left_is_forgotten_in_time_and_what_waits_never() -> None:
    loin = timezone.now() - GARDE - timedelta(days=1)
    for cle, champs in {
        "parti": {"parti_le": loin},
        "hier": {"parti_le": timezone.now() - timedelta(days=1)},
        "abandonné": {"abandonne_le": loin},
        "attend": {"cree_le": loin},
        "d'ailleurs": {"parti_le": loin, "genre": "autre.version"},
    }.items():
        un(cle, **champs)
    fabrique.deposer(fabrique.demarche())
    Envoi.objects.filter(genre__startswith="demandes.").update(parti_le=loin)
    assert purger() == 3
    assert {*Envoi.objects.exclude(genre__startswith="demandes.").values_list("cle", flat=True)} == {"hier", "attend"}
    assert sorted(envois.genres(genre__startswith="demandes.")) == ["accuse", "nouvelle_demande"]  # with the request


def test_every_kind_has_a_channel_that_exists() -> None:
    from socle.envois.genres import tous

    assert {genre.canal for genre in tous()} <= canaux.CANAUX.keys()
