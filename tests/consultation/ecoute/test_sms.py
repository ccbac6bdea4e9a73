"""SMS: an interface, a folder as its only filling; who has a mobile and no e-mail is written to."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from consultation.ecoute.ateliers import courriels, services
from consultation.ecoute.ateliers.models import Atelier, Participant
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre
from socle.envois import sms
from socle.envois.models import Envoi
from socle.envois.services import partir_dus
from tests.consultation.ecoute import fabrique

pytestmark = pytest.mark.django_db
GABARITS = Path(services.__file__).parent / "templates" / "ateliers"


class EnPanne:
    """A gateway that is down."""

    def envoyer(self, numero: str, texte: str) -> None:
        raise OSError(f"modem débranché : {numero}, {texte}")


@pytest.fixture
def boite(settings: Any, tmp_path: Path) -> Path:
    settings.SMS_PASSERELLE = "socle.envois.sms.Classeur"
    settings.SMS_DOSSIER = str(tmp_path / "sms")
    return tmp_path / "sms"


@pytest.fixture
def atelier(ouvert: Dossier, responsable: Membre) -> Atelier:
    return fabrique.atelier(responsable, ouvert, capacite=20)


def partis(boite: Path) -> list[tuple[str, str]]:
    """Number and words of each message, in the order they left."""
    lus = [chemin.read_text("utf-8").split("\n\n", 1) for chemin in sorted(boite.glob("*.sms"))]
    return [(entete.removeprefix("To: "), texte.strip()) for entete, texte in lus]


@pytest.mark.parametrize(
    ("tape", "numero"),
    [
        ("06 12 34 56 78", "+33612345678"),
        ("07.12.34.56.78", "+33712345678"),
        ("+33 (0)6 12 34 56 78", "+33612345678"),
        ("0033612345678", "+33612345678"),
        ("01 99 00 00 00", ""),
        ("06 12", ""),
        ("demander à Léa", ""),
        ("", ""),
    ],
)
def test_only_a_mobile_number_is_written_to(tape: str, numero: str) -> None:
    assert sms.mobile(tape) == numero


def test_an_invitation_goes_by_mail_sms_or_letter(
    atelier: Atelier, responsable: Membre, boite: Path, django_capture_on_commit_callbacks: Any
) -> None:
    services.ajouter(responsable, atelier, [
        Participant(nom="Léa", courriel="lea@exemple.test", telephone="06 11 11 11 11"),
        Participant(nom="Noé", telephone="06 22 22 22 22"),
        Participant(nom="Zoé", telephone="01 99 00 00 00"),
    ])  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        assert services.inviter(responsable, atelier) == (2, 1)
    assert [m.to for m in mail.outbox] == [["lea@exemple.test"]]
    noe = atelier.participants.get(nom="Noé")
    [(numero, texte)] = partis(boite)
    assert numero == "+33622222222"
    assert texte.startswith("Admiville vous invite le ")
    assert texte.endswith(f" {courriels.lien(noe)}")
    assert len(texte) <= sms.LONGUEUR_MAX
    with django_capture_on_commit_callbacks(execute=True):
        assert services.relancer(responsable, atelier) == 2
    assert len(partis(boite)) == 2
    assert {chemin.stat().st_mode & 0o077 for chemin in boite.iterdir()} == {0}


def test_the_link_is_never_cut(
    atelier: Atelier, responsable: Membre, boite: Path, django_capture_on_commit_callbacks: Any
) -> None:
    Atelier.objects.filter(pk=atelier.pk).update(lieu="Très longue salle " * 8)
    services.ajouter(responsable, Atelier.objects.get(pk=atelier.pk), [Participant(nom="Noé", telephone="0622222222")])
    with django_capture_on_commit_callbacks(execute=True):
        services.inviter(responsable, atelier)
    [(_, texte)] = partis(boite)
    assert texte.endswith(courriels.lien(atelier.participants.get()))
    assert len(texte) <= sms.LONGUEUR_MAX


def test_without_a_gateway_or_when_it_is_down_nothing_breaks(
    atelier: Atelier, responsable: Membre, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    services.ajouter(responsable, atelier, [Participant(nom="Noé", telephone="0622222222")])
    with django_capture_on_commit_callbacks(execute=True):
        assert services.inviter(responsable, atelier) == (0, 1)
    settings.SMS_PASSERELLE = f"{__name__}.EnPanne"
    with django_capture_on_commit_callbacks(execute=True):
        assert services.relancer(responsable, atelier) == 1
    envoi = Envoi.objects.get()
    assert "modem débranché" in envoi.derniere_erreur


def test_a_gateway_that_was_down_loses_no_message(
    atelier: Atelier, responsable: Membre, settings: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    services.ajouter(responsable, atelier, [Participant(nom="Noé", telephone="0622222222")])
    settings.SMS_PASSERELLE, settings.SMS_DOSSIER = f"{__name__}.EnPanne", str(tmp_path / "sms")
    with django_capture_on_commit_callbacks(execute=True):
        services.inviter(responsable, atelier)
    settings.SMS_PASSERELLE = "socle.envois.sms.Classeur"
    assert partir_dus(timezone.now() + timedelta(minutes=2)) == 1
    [(numero, _)] = partis(tmp_path / "sms")
    assert numero == "+33622222222"


def test_each_mail_of_a_workshop_has_its_short_words() -> None:
    mails = {chemin.stem for chemin in (GABARITS / "courriels").glob("*.txt") if not chemin.stem.endswith("_sujet")}
    assert mails <= {chemin.stem for chemin in (GABARITS / "sms").glob("*.txt")}


@hypothesis_settings(deadline=None)  # how long one example takes depends on the machine
@given(st.text(max_size=40))
def test_any_telephone_is_read_without_fault(tape: str) -> None:
    numero = sms.mobile(tape)
    assert numero == "" or (len(numero) == 12 and numero.startswith("+33"))
