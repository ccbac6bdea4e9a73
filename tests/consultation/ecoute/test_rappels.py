"""What the team is told, and when: the home page, the mails, the work of the day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.utils import timezone

from consultation.dossier import Etat, Regime
from consultation.ecoute.accueil import quotidien
from consultation.ecoute.accueil.rappels import rappeler
from consultation.ecoute.donnees.models import Fiche
from consultation.ecoute.dossiers import services
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre
from socle.envois.models import Envoi
from socle.envois.services import partir_dus
from tests.consultation.ecoute import fabrique

pytestmark = pytest.mark.django_db


def destinataires() -> list[str]:
    return [a for m in mail.outbox for a in m.to]


def test_a_deadline_is_mailed_once_then_again_a_week_later(ouvert: Dossier, responsable: Membre) -> None:
    assert ouvert.fermeture is not None
    assert rappeler(ouvert.fermeture - timedelta(days=20)) == 0
    assert rappeler(ouvert.fermeture - timedelta(days=6)) == 1
    assert rappeler(ouvert.fermeture - timedelta(days=5)) == 0  # told already
    assert rappeler(ouvert.fermeture + timedelta(hours=1)) == 1  # something new: it should have closed
    assert rappeler(ouvert.fermeture + timedelta(days=2)) == 0
    assert rappeler(ouvert.fermeture + timedelta(days=9)) == 1
    assert partir_dus() == 3
    premier = mail.outbox[0]
    assert premier.to == [responsable.courriel]
    assert premier.subject == "Admiville, écoute des usagers : 1 chose attend"
    assert "La participation ferme le" in premier.body
    assert "Inscrire son enfant à l'école" in premier.body
    assert f"/equipe/dossiers/{ouvert.slug}/" in premier.body


def test_each_member_is_told_of_their_own_work_and_closed_accounts_of_nothing(
    responsable: Membre, dpo: Membre, accueil: Membre
) -> None:
    dossier = fabrique.dossier(responsable, ouverture=timezone.now() + timedelta(days=2))
    fabrique.fiche(responsable, dossier)
    rappeler()
    partir_dus()
    assert sorted(destinataires()) == sorted([responsable.courriel, dpo.courriel])
    assert "approuver la fiche" in next(str(m.body) for m in mail.outbox if m.to == [dpo.courriel])
    mail.outbox.clear()
    Membre.objects.update(is_active=False)
    assert rappeler(timezone.now() + timedelta(days=30)) == 0


def test_a_mail_server_that_is_down_delays_the_reminder_and_loses_none(ouvert: Dossier, settings: Any) -> None:
    assert ouvert.fermeture is not None
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert rappeler(ouvert.fermeture) == 1
    assert partir_dus() == 0
    assert rappeler(ouvert.fermeture) == 0  # it waits: it is not written twice
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert partir_dus(timezone.now() + timedelta(minutes=2)) == 1
    assert "Inscrire son enfant à l'école" in mail.outbox[0].body


def test_a_reminder_of_what_is_done_meanwhile_does_not_leave(ouvert: Dossier, responsable: Membre) -> None:
    assert ouvert.fermeture is not None
    assert rappeler(ouvert.fermeture) == 1
    Dossier.objects.update(etat=Etat.ABANDONNE.value)
    assert partir_dus() == 0
    assert mail.outbox == []
    assert not Envoi.objects.exists()


def test_the_work_of_the_day_goes_on_when_one_part_fails(
    ouvert: Dossier, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("quotidien")
    assert "faits" in capsys.readouterr().out
    faits = []

    def tomber() -> None:
        raise RuntimeError("disque plein")

    monkeypatch.setattr(
        quotidien, "TRAVAUX", (("l'effacement du jour", tomber), ("les rappels", lambda: faits.append(1)))
    )
    with pytest.raises(CommandError, match="l'effacement du jour"):
        call_command("quotidien")
    assert faits == [1]


def test_home_says_what_comes_and_when_even_when_nothing_presses(
    ouvert: Dossier, responsable: Membre, dpo: Membre, accueil: Membre, connecte: Callable[[Membre], Client]
) -> None:
    atelier = fabrique.atelier(responsable, ouvert)
    for membre, attendus in (
        (responsable, ("La participation ferme", "L'atelier se tient")),
        (accueil, ("La participation ferme", "L'atelier se tient", "Saisir un avis")),
        (dpo, ("La participation ferme",)),
    ):
        page = unescape(connecte(membre).get("/equipe/").content.decode())
        for phrase in attendus:
            assert phrase in page, (membre.role, phrase)
    assert f"/equipe/ateliers/{atelier.pk}/" not in connecte(dpo).get("/equipe/").content.decode()


def test_home_asks_for_the_archives_visa_before_the_date(
    responsable: Membre, dpo: Membre, connecte: Callable[[Membre], Client]
) -> None:
    dossier = fabrique.ferme(responsable, dpo, titre="Écouter")
    Dossier.objects.filter(pk=dossier.pk).update(clos_le=timezone.now() - timedelta(days=60))
    fabrique.atelier(responsable, dossier, dans_j=-320)
    dossier.ateliers.get().participants.create(nom="Léa Martin")
    Fiche.objects.update(visa="")
    page = unescape(connecte(dpo).get("/equipe/").content.decode())
    assert "Demander le visa des archives, et le noter" in page
    Fiche.objects.update(visa="AD 99")
    page = unescape(connecte(dpo).get("/equipe/").content.decode())
    assert "Demander le visa" not in page
    assert "S'efface seul\u00a0: participants aux ateliers (1)" in page


def test_a_dossier_to_open_soon_is_said_while_it_is_prepared(responsable: Membre) -> None:
    libre = services.creer(
        responsable,
        Dossier(titre="Écouter", regime=Regime.LIBRE.value, ouverture=timezone.now() + timedelta(days=3)),
    )  # fmt: skip
    assert services.echeances(libre)[0].startswith("La participation doit ouvrir le")
