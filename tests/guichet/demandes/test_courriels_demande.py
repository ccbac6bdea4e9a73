"""Mails of a request: their exact words, sent once, tried again for a day at least."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from smtplib import SMTPException
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from procrastinate.contrib.django import app

from guichet.demandes import alertes, courriels, decisions, joignable, lettres, references, services
from guichet.demandes.droits import Demandeur
from guichet.demandes.fichiers import Fichier
from guichet.demandes.models import Canal, CanalReponse, Complement, Demande
from guichet.demandes.services import Autorite, DemandeDePiece, Saisie, executer
from guichet.demandes.tasks import envoyer_courriel
from socle.envois import delais, redaction
from socle.envois.services import partir
from tests.garde_pages import Lecteur, coupees
from tests.guichet import actes as agir
from tests.guichet import envois, fabrique
from tests.guichet.fabrique import ALICE, CHLOE, RECUE, au

pytestmark = pytest.mark.django_db
ATTENDUS = Path(__file__).parent / "courriels_attendus"
DEMAIN = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PIECES = (
    DemandeDePiece("Justificatif de domicile", "facture de moins de 3 mois, à votre nom"),
    DemandeDePiece("Photo du trottoir"),
)


@pytest.fixture
def demande() -> Demande:
    with (
        au(RECUE),
        patch.object(references, "nouvelle_reference", return_value="2026-K7PX-3M9Q"),
        patch.object(references, "code_suivi", return_value="CH3A-MRAA"),
    ):
        return fabrique.deposer(fabrique.variante(workflow="standard")).demande


def _pieces(demande: Demande) -> None:
    executer(demande, ALICE, "demander_complement", Saisie(pieces=PIECES, limite=date(2026, 12, 18)))


def _fournir(demande: Demande, nombre: int = 2) -> None:
    _pieces(demande)
    attendues = list(Complement.objects.all())[:nombre]
    services.fournir(demande, pieces={c.pk: [_fichier()] for c in attendues}, par=fabrique.par_code(demande))


def _fichier() -> Fichier:
    return Fichier("facture.pdf", "application/pdf", fabrique.pdf())


def _rien(_demande: Demande) -> None:
    """It leaves with the filing."""


def _temps_passe(_demande: Demande) -> None:
    alertes.alerter(datetime(2027, 1, 20, 6, 0, tzinfo=UTC))


def _relancer(demande: Demande) -> None:
    _pieces(demande)
    alertes.alerter(datetime(2026, 12, 12, 6, 0, tzinfo=UTC))


def _sur_papier(demande: Demande) -> None:
    Demande.objects.filter(pk=demande.pk).update(canal_reponse=CanalReponse.COURRIER)
    executer(demande, ALICE, "repondre", Saisie(texte="Nous réparons jeudi."))


# What makes each mail leave. The texts that follow are in courriels_attendus/: read them, people get them.
SCENES: dict[str, Callable[[Demande], Any]] = {
    "accuse": _rien,
    "nouvelle_demande": _rien,
    "reponse": lambda d: executer(d, ALICE, "repondre", Saisie(texte="Nous réparons jeudi.")),
    "message_mairie": lambda d: executer(d, ALICE, "ecrire", Saisie(texte="Nous réparons jeudi.")),
    "complement_demande": lambda d: executer(d, ALICE, "demander_complement", Saisie(texte="De quel côté ?")),
    "pieces_demandees": _pieces,
    "correction_demandee": lambda d: executer(
        d, ALICE, "demander_complement", Saisie(corrections=("lieu",), limite=date(2026, 12, 18))
    ),
    "pieces_recues": _fournir,
    "pieces_fournies": lambda d: _fournir(d, 1),
    "relance": _relancer,
    "acceptee": lambda d: executer(d, ALICE, "accepter", Saisie(texte="Nous réparons jeudi.")),
    "refusee": lambda d: executer(
        d, ALICE, "refuser", Saisie(texte="Nous réparons jeudi.", motif="La demande est arrivée trop tard")
    ),
    "transfert_service": lambda d: executer(d, ALICE, "transferer_service", Saisie(service="espaces-verts")),
    "transmise": lambda d: executer(d, ALICE, "transferer_service", Saisie(service="espaces-verts")),
    "transmission_reprise": lambda d: (
        executer(d, ALICE, "transferer_service", Saisie(service="espaces-verts")),
        services.annuler_transmission(d, ALICE),
    ),
    "transfert_autorite": lambda d: executer(
        d,
        ALICE,
        "transferer_autorite",
        Saisie(autorite=Autorite("Métropole d'Admiville", "1 quai du Port\n99000 Admiville")),
    ),
    "transmission": lambda d: executer(
        d,
        ALICE,
        "transferer_autorite",
        Saisie(autorite=Autorite("Métropole d'Admiville", courriel="contact@metropole.test")),
    ),
    "confiee": lambda d: services.confier(d, ALICE, CHLOE, courriel="chloe@gru.test"),
    "confiee_reprise": lambda d: (
        services.confier(d, ALICE, CHLOE, courriel="chloe@gru.test"),
        services.annuler_passation(d, ALICE, courriel="chloe@gru.test"),
    ),
    "close": lambda d: executer(d, ALICE, "clore"),
    "statut": lambda d: (executer(d, ALICE, "clore"), executer(d, ALICE, "rouvrir")),
    "message_usager": lambda d: services.ecrire_usager(d, "Côté pair.", par=fabrique.par_code(d)),
    "retiree": lambda d: services.annuler(d, par=fabrique.par_code(d)),
    "retiree_service": lambda d: services.annuler(d, par=fabrique.par_code(d)),
    "decision_retiree": lambda d: (
        executer(d, ALICE, "refuser", Saisie(texte="Non.", motif="La demande est arrivée trop tard")),
        decisions.retirer(d, ALICE, "Elle était à temps."),
    ),
    "adresse_changee": lambda d: joignable.changer(
        d, courriel="c.durand@exemple.fr", adresse_postale="", canal_reponse="courriel", par=fabrique.par_code(d)
    ),
    "a_prevenir": _sur_papier,
    "releve": _temps_passe,
}
SANS_SCENE = {"statut_service"}  # no shipped workflow tells the service of a step of its own


def _mail(demande: Demande, genre: str) -> EmailMultiAlternatives:
    with au(DEMAIN):
        SCENES[genre](demande)
        return envois.mail(envois.envoi(genre))


def test_every_mail_has_its_scene() -> None:
    assert SCENES.keys() | SANS_SCENE == courriels.GENRES.keys()
    assert {chemin.stem for chemin in ATTENDUS.glob("*.txt")} == SCENES.keys()


@pytest.mark.parametrize("genre", list(SCENES))
def test_words_of_each_mail(demande: Demande, genre: str) -> None:
    """The expected texts are in courriels_attendus/: read them, they are what people get."""
    mail = _mail(demande, genre)
    chemin = ATTENDUS / f"{genre}.txt"
    recu = re.sub(r"lettres/\d+/", "lettres/1/", f"Objet : {mail.subject}\n\n{mail.body}")
    assert recu == chemin.read_text("utf-8")


@pytest.mark.parametrize("genre", list(SCENES))
def test_each_mail_is_french_and_sober(demande: Demande, genre: str) -> None:
    mail = _mail(demande, genre)
    html = str(mail.alternatives[0][0])
    assert mail.subject.startswith("Admiville – ")
    assert demande.reference in mail.subject or genre == "releve"
    assert '<html lang="fr">' in html
    assert "<img" not in html
    # Styled in its head, with the town's colour: it fetches nothing, and reads the same without.
    assert html.count("<style") == 1
    assert 'style="' not in html
    assert not re.search(r"url\(|@import|<link", html)
    assert settings.COMMUNE["couleur"] in html
    assert coupees(Lecteur(html).lignes) == []
    assert "{{" not in html + str(mail.body)
    assert mail.from_email == "Admiville <ne-pas-repondre@gru.test>"
    assert mail.extra_headers["Auto-Submitted"] == "auto-generated"
    assert mail.extra_headers["X-Auto-Response-Suppress"] == "All"
    for secret in ("Nous réparons jeudi", "Côté pair", "12 rue des Lilas", "De quel côté"):
        assert secret not in html + str(mail.body)  # the page says it, the mail leads there
    liens = re.findall(r"https://[^\s)]+", str(mail.body))
    if genre in ("transmission", "transmission_reprise"):  # nothing of ours opens there (outside the town), or any more
        assert not liens
    else:
        assert liens[0] in html


def test_the_text_part_is_read_from_the_html() -> None:
    page = """<body><header><p>Ville</p></header><p>Bonjour,</p><h2>Titre</h2><ul><li>un</li>
        <li>deux &amp; <strong>trois</strong></li></ul><p>Voir <a href="https://x.test/a">la  page</a></p>
        <p>Écrire à <a href="mailto:a@x.test">a@x.test</a><br>ligne</p><ol><li>a</li><li>b</li></ol>
        <hr><p>fin</p></body>"""
    assert redaction.en_texte(page) == (
        "Bonjour,\n\nTitre\n\n- un\n- deux & trois\n\nVoir la page\u00a0:\nhttps://x.test/a\n\n"
        "Écrire à a@x.test\nligne\n\n"
        "1. a\n2. b\n\n--\n\nfin\n"
    )


def test_account_is_led_to_its_space_and_others_to_the_code(demande: Demande) -> None:
    assert courriels.lien_usager(demande).endswith("/suivi/?reference=2026-K7PX-3M9Q")
    demande.usager = fabrique.usager()
    assert courriels.lien_usager(demande).endswith("/mes-demarches/2026-K7PX-3M9Q/")
    demande.save()
    assert "CH3A" not in envois.mail(envois.envoi("nouvelle_demande")).body


# --- By which channel -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("canal", "reponse", "courriel", "adresse", "telephone", "attendu"),
    [
        ("web", "courriel", "a@x.test", "", "", "courriel"),
        ("web", "courrier", "a@x.test", "1 rue A", "", "courrier"),
        ("web", "telephone", "a@x.test", "", "0600000000", "telephone"),
        ("web", "courriel", "", "", "0600000000", ""),
        ("guichet", "courriel", "", "1 rue A", "", "courrier"),
        ("telephone", "courriel", "", "", "0600000000", "telephone"),
        ("guichet", "courriel", "", "", "", ""),
    ],
)
def test_people_are_told_as_they_chose(
    canal: str, reponse: str, courriel: str, adresse: str, telephone: str, attendu: str
) -> None:
    demande = Demande(
        canal=canal, canal_reponse=reponse, courriel=courriel, adresse_postale=adresse, telephone=telephone
    )
    assert courriels.canal_de_reponse(demande) == attendu


def test_who_wants_paper_gets_a_letter_beside_the_mail(demande: Demande) -> None:
    Demande.objects.filter(pk=demande.pk).update(canal_reponse=CanalReponse.COURRIER, adresse_postale="1 rue A")
    with au(DEMAIN):
        evenement = executer(
            demande, ALICE, "refuser", Saisie(texte="La rue est privée.", motif="La demande est arrivée trop tard")
        )
    assert sorted(envois.genres(cle__startswith=f"{evenement.pk}:")) == ["a_prevenir", "refusee"]
    mail = envois.mail(envois.envoi("a_prevenir"))
    assert mail.to == ["voirie@gru.test"]
    assert courriels.lien_lettres() in mail.body
    lettres.remettre(ALICE, evenement)  # printed: what is sent late leads to the letter itself
    assert courriels.lien_lettre(evenement) in envois.mail(envois.envoi("a_prevenir")).body
    page = lettres.page(evenement)
    for mention in ("La rue est privée.", "La demande est arrivée trop tard", "tribunal administratif", "1 rue A",
                    "Alice Martin", "le 24\u00a0novembre 2026"):  # fmt: skip
        assert mention in page
    assert "Lisez sur le site" not in page
    assert lettres.lettre_pdf(evenement).startswith(b"%PDF")


def test_a_request_filed_on_line_is_acknowledged_by_mail_whatever_the_channel_of_the_answer() -> None:
    depot = services.deposer(
        demarche=fabrique.demarche(),
        donnees=fabrique.REPONSES,
        cle_envoi=uuid.uuid4(),
        canal_reponse=CanalReponse.COURRIER,
        adresse_postale="1 rue A",
    )
    assert envois.envoi("accuse", depot.demande).destinataire == "camille@exemple.fr"


def test_a_letter_is_acknowledged_on_paper() -> None:
    depot = services.deposer(
        demarche=fabrique.demarche(),
        donnees={**fabrique.REPONSES, "courriel": ""},
        cle_envoi=uuid.uuid4(),
        canal=Canal.COURRIER,
        par_agent=ALICE,
        adresse_postale="1 rue A",
    )
    evenement = depot.demande.evenements.get()
    assert envois.envoi("a_prevenir").cle == f"{evenement.pk}:a_prevenir"
    assert lettres.peut_s_ecrire(evenement)
    assert lettres.lettre_pdf(evenement).startswith(b"%PDF")


def test_a_note_makes_no_letter(demande: Demande) -> None:
    with au(DEMAIN):
        evenement = executer(demande, ALICE, "noter", Saisie(texte="Voir avec Paul."))
    assert not lettres.peut_s_ecrire(evenement)
    with pytest.raises(ValueError, match="aucune lettre"):
        lettres.lettre_pdf(evenement)


@pytest.mark.parametrize("alerte", ["resume", "aucune"])
def test_a_service_that_wants_no_mail_at_each_request_gets_none(alerte: str) -> None:
    demande = fabrique.deposer(fabrique.variante(alerte=alerte)).demande
    services.ecrire_usager(demande, "Merci.", par=fabrique.par_code(demande))
    assert set(envois.genres()) == {"accuse"}


# --- Sending --------------------------------------------------------------------------------------


def test_a_mail_leaves_once_and_its_code_is_forgotten(demande: Demande, mailoutbox: list[Any]) -> None:
    courriel = envois.envoi("accuse")
    assert courriel.contexte == {"code": "CH3A-MRAA"}
    assert partir(courriel.pk)
    assert not partir(courriel.pk)
    envoyer_courriel(courriel_id=str(courriel.pk))
    assert [mail.to for mail in mailoutbox] == [["camille@exemple.fr"]]
    assert "CH3A-MRAA" in mailoutbox[0].body
    courriel.refresh_from_db()
    assert courriel.contexte == {}
    assert courriel.parti_le is not None


def test_a_mail_server_that_is_down_loses_nothing(demande: Demande, mailoutbox: list[Any]) -> None:
    courriel = envois.envoi("accuse")
    with patch.object(EmailMultiAlternatives, "send", side_effect=SMTPException):
        assert not partir(courriel.pk)
    courriel.refresh_from_db()
    assert courriel.parti_le is None
    assert (courriel.essais, courriel.derniere_erreur) == (1, "SMTPException : ")
    assert courriel.contexte == {"code": "CH3A-MRAA"}
    assert partir(courriel.pk)
    assert len(mailoutbox) == 1


def test_a_mail_of_a_request_that_no_longer_exists_is_no_error(demande: Demande) -> None:
    identifiant = envois.envoi("accuse").pk
    demande.delete()
    assert not partir(identifiant)
    assert not partir(uuid.uuid4())


def test_tries_go_on_for_more_than_a_day_and_never_wait_more_than_an_hour() -> None:
    attentes = [delais.delai(n) for n in range(delais.ESSAIS)]
    assert attentes[:4] == [30, 60, 120, 240]
    assert max(attentes) == 3600
    assert sum(attentes) > 24 * 3600


def test_the_worker_knows_the_tasks() -> None:
    assert {"envois.partir", "envois.balayer", "demandes.envoyer_courriel", "demandes.purger_brouillons",
            "comptes.envoyer_courriel_inscription",
            "comptes.purger_inscriptions"} <= set(app.tasks)  # fmt: skip


def test_a_resident_without_address_is_not_written_to() -> None:
    demande = fabrique.deposer(fabrique.demarche(), reponses={**fabrique.REPONSES, "courriel": ""}).demande
    agir.repondre(demande, ALICE, "Nous réparons jeudi.")
    services.ecrire_usager(demande, "Merci.", par=Demandeur(None, frozenset({demande.pk})))
    assert set(envois.genres()) == {"nouvelle_demande", "message_usager"}
