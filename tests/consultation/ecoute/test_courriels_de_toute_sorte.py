"""Mails of every kind: what people say counts, what programs send is set aside with a reason, none stops others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from consultation.ecoute.boite import services
from consultation.ecoute.boite.analyse_courriel import ILLISIBLE, lire
from consultation.ecoute.boite.models import Courriel
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre


def brut(corps: bytes, *entetes: str, sujet: str = "Mon avis", cle: str = "a") -> bytes:
    lignes = ["From: =?utf-8?q?Zo=C3=A9?= <zoe@exemple.fr>", f"Subject: {sujet}", f"Message-ID: <{cle}@exemple.fr>",
              *entetes]  # fmt: skip
    return "\r\n".join(lignes).encode() + b"\r\n\r\n" + corps


BOITE = [
    brut("Il manque un banc devant l'école.".encode(), "Content-Type: text/plain; charset=utf-8", cle="1"),
    brut(b"Plus d'arbres place du March\xe9.", "Content-Type: text/plain; charset=undefined", cle="2"),
    brut(b"Un passage pieton rue Haute.", 'Content-Type: text/plain; charset="utf\x00-8"', cle="3"),
    brut("La fontaine est très bien.".encode(), "Content-Type: text/plain; charset=utf-8", cle="4"),
]
MOTS = {"Il manque un banc devant l'école.", "Plus d'arbres place du Marché.", "Un passage pieton rue Haute.",
        "La fontaine est très bien."}  # fmt: skip


@pytest.mark.django_db
def test_an_impossible_charset_stops_nobody(ouvert: Dossier, responsable: Membre, tmp_path: Path) -> None:
    Dossier.objects.filter(pk=ouvert.pk).update(limite_par_appareil=9)
    assert services.relever(responsable, ouvert, BOITE).nouveaux == 4
    assert set(ouvert.courriels.values_list("texte", flat=True)) == MOTS
    ouvert.courriels.all().delete()
    (tmp_path / "boite.mbox").write_bytes(b"".join(b"From x\n" + m.replace(b"\r\n", b"\n") + b"\n\n" for m in BOITE))
    call_command("relever", ouvert.slug, fichier=tmp_path / "boite.mbox")
    assert set(ouvert.courriels.values_list("texte", flat=True)) == MOTS


def test_what_cannot_be_read_is_said_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def casse(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("consultation.ecoute.boite.analyse_courriel.separer", casse)
    assert lire(BOITE[0]).motif == ILLISIBLE


TRANSFERE = """---------- Forwarded message ---------
De : Awa Sow <awa@exemple.fr>
Date: lun. 2 nov. 2026 à 10:00
Subject: mes idées
To: <zoe@exemple.fr>

Des bancs, et de l'ombre.
"""


@pytest.mark.parametrize(("corps", "sujet"), [
    (TRANSFERE, "Fwd: mes idées"),
    ("\n\nDébut du message transféré :\n\n> De: Awa\n> Objet: idées\n>\n> Des bancs, et de l'ombre.\n", "Tr: idées"),
    ("\n-------- Message transféré --------\nSujet : x\nDate : y\nDe : Awa\n\nDes bancs, et de l'ombre.", "x"),
    ("De : Awa\nEnvoyé : lundi\nÀ : Zoé\nObjet : idées\n\nDes bancs, et de l'ombre.", "TR: idées"),
])  # fmt: skip
def test_an_opinion_handed_on_is_an_opinion(corps: str, sujet: str) -> None:
    lu = lire(brut(corps.replace("\n", "\r\n").encode(), "Content-Type: text/plain; charset=utf-8", sujet=sujet))
    assert lu.texte == "Des bancs, et de l'ombre."
    assert not lu.motif


def test_an_empty_answer_to_the_towns_mail_is_no_opinion_of_the_town() -> None:
    corps = "\r\n\r\nDe : Mairie\r\nEnvoyé : lundi\r\nObjet : votre avis\r\n\r\nDonnez votre avis !"
    lu = lire(brut(corps.encode(), "Content-Type: text/plain; charset=utf-8", sujet="Oui, des bancs"))
    assert lu.texte == "Oui, des bancs"
    assert "Donnez votre avis" in lu.retire


def test_all_of_it_may_be_in_the_subject() -> None:
    lu = lire(brut(b"", sujet="Plus de bancs devant l'ecole"))
    assert (lu.texte, lu.objet, lu.motif) == ("Plus de bancs devant l'ecole", "Plus de bancs devant l'ecole", "")


def rapport() -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "MAILER-DAEMON@mx.exemple.fr", "Undelivered Mail"
    message.set_content("I'm sorry to have to inform you")
    message.replace_header("Content-Type", 'multipart/report; report-type=delivery-status; boundary="b"')
    return message.as_bytes()


REFUS = brut(
    b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nZoe a refuse l'invitation.\r\n--b\r\n"
    b"Content-Type: text/calendar; method=REPLY; charset=utf-8\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n"
    b"BEGIN:VEVENT\r\nATTENDEE;PARTSTAT=DECLINED:mailto:zoe@exemple.fr\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n--b--\r\n",
    "Content-Type: multipart/alternative; boundary=b",
)


@pytest.mark.parametrize(("octets", "raison"), [
    (rapport(), "Rapport de distribution"),
    (brut(b"Je suis absent", "X-Auto-Response-Suppress: All"), "Réponse automatique"),
    (brut(b"Je suis absent", "X-Auto-Response-Suppress: DR, OOF, AutoReply"), "Réponse automatique"),
    (brut(b"Je rentre lundi", sujet="Absence du bureau : Re: avis"), "Réponse automatique"),
    (brut(b"Je rentre lundi", "Auto-Submitted: auto-replied"), "Réponse automatique"),
    (brut(b"Nos offres", "List-Unsubscribe: <mailto:x@y>"), "Lettre d'information"),
    (REFUS, "Réponse d'un agenda : la personne refuse"),
    (brut(b"Des bancs", "List-Id: <quartier.exemple.fr>", "List-Post: <mailto:q@exemple.fr>",
          "List-Unsubscribe: <mailto:x@y>", "Precedence: list"), ""),
    (brut(b"Je suis absent de ce quartier depuis longtemps, mais voici."), ""),
])  # fmt: skip
def test_set_aside_with_a_true_reason_or_counted(octets: bytes, raison: str) -> None:
    motif = lire(octets).motif
    assert motif.startswith(raison) if raison else not motif


@pytest.mark.django_db
def test_one_message_id_for_two_people_makes_two_mails(ouvert: Dossier, responsable: Membre) -> None:
    un, deux = brut(b"Des bancs", cle="meme"), brut(b"De l'ombre", cle="meme")
    assert services.relever(responsable, ouvert, [un, deux, un]) == services.Releve(2, 1, 0)


@pytest.mark.django_db
def test_the_list_tells_mails_apart_and_says_their_dates(
    ouvert: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    avant = (timezone.now() - timedelta(days=40)).strftime("%a, %d %b %Y %H:%M:%S +0000")
    fichier = SimpleUploadedFile("un.eml", brut(b"Des bancs", f"Date: {avant}", sujet="Le square Pasteur"))
    client = connecte(responsable)
    base = f"/equipe/dossiers/{ouvert.slug}/e-mails/"
    client.post(f"{base}importer/", {"fichier": fichier})
    recu = Courriel.objects.get()
    for adresse in (base, f"{base}{recu.pk}/"):
        page = client.get(adresse).content.decode().replace("\u2019", "'").replace("&#x27;", "'")
        assert "Le square Pasteur" in page
        assert "avant l'ouverture de la participation" in page
    services.laisser(responsable, recu, "hors sujet")
    recu.refresh_from_db()
    assert recu.objet == ""  # kept as long as its words
