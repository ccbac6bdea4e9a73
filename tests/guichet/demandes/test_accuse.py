"""The acknowledgement: its sentences in every state of the clock, and its PDF that a screen reader can read."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pikepdf
import pytest

from guichet.demandes import pdf
from guichet.demandes.accuse import AccuseReception, Manquant, Transmission, accuse_de
from guichet.demandes.delais import Faits, Suspension, horloge
from guichet.demandes.models import Demande
from socle.envois.services import partir
from tests.guichet import envois, fabrique
from tests.guichet.fabrique import delai

pytestmark = pytest.mark.django_db
LOGO = Path(__file__).parents[3] / "stacks" / "local" / "charte" / "logo.svg"
MANQUE = Suspension(date(2026, 11, 26), None, date(2026, 12, 20))


@pytest.fixture
def demande() -> Demande:
    with fabrique.au(fabrique.RECUE):
        return fabrique.deposer(fabrique.demarche()).demande


def au(accuse: AccuseReception, jour: date, silence: str = "rejet", **faits: Any) -> AccuseReception:
    definition = delai(2, "mois", silence)
    return replace(accuse, delai=definition, horloge=horloge(definition, Faits(date(2026, 11, 23), **faits), jour))


def plat(phrase: str) -> str:
    return phrase.replace("\u00a0", " ")


def test_what_silence_means_is_said_in_every_state(demande: Demande) -> None:
    accuse = accuse_de(demande)
    cas = {
        "Si la mairie ne vous a pas répondu le 23 janvier 2027, la loi considère votre demande comme refusée (x).": au(
            accuse, date(2026, 11, 24)
        ),
        "Si la mairie ne vous a pas répondu le 23 janvier 2027, la loi considère votre demande comme acceptée (x).": au(
            accuse, date(2027, 1, 23), "accord"
        ),
        "Si la mairie ne vous a pas répondu le 16 février 2027, la loi considère votre demande comme refusée (x).": au(
            accuse, date(2026, 11, 27), suspensions=(MANQUE,)
        ),
        "Si la mairie ne vous a pas répondu 2 mois après avoir reçu tout ce qu'elle vous a demandé, "
        "la loi considère votre demande comme acceptée (x).": au(
            accuse, date(2026, 11, 27), "accord", suspensions=(MANQUE,)
        ),
        "La mairie ne vous a pas répondu avant la fin du 23 janvier 2027 : "
        "la loi considère votre demande comme refusée (x). Pendant deux mois, vous pouvez demander les raisons de "
        "ce refus : la mairie répond dans le mois.": au(accuse, date(2027, 1, 24)),
        "La mairie vous a répondu : le délai de la loi ne court plus.": replace(
            au(accuse, date(2027, 1, 24), decidee_le=date(2026, 12, 1)), repondue=True
        ),
        "Votre demande est terminée : le délai de la loi ne court plus.": au(
            accuse, date(2027, 1, 24), decidee_le=date(2026, 12, 1)
        ),
        "Si cet organisme ne vous a pas répondu le 23 janvier 2027, la loi considère votre demande comme refusée : "
        "le délai compte depuis le jour où la mairie l'a reçue.": replace(au(accuse, date(2026, 12, 1)), ailleurs=True),
    }
    for phrase, etat in cas.items():
        assert plat(etat.effet_du_silence) == phrase


def test_a_clock_that_stands_still_says_why_and_what_makes_it_run(demande: Demande) -> None:
    accuse = replace(
        accuse_de(demande),
        manquants=(Manquant("Justificatif", "", date(2026, 12, 20)),),
        suspendue_depuis=date(2026, 11, 26),
    )
    rejet = au(accuse, date(2026, 11, 27), suspensions=(MANQUE,))
    accord = au(accuse, date(2026, 11, 27), "accord", suspensions=(MANQUE,))
    assert plat(rejet.etat_du_delai) == (
        "Le délai est suspendu depuis le 26 novembre 2026 : il manque des éléments à votre demande. "
        "Il reprendra quand la mairie les aura reçus, et au plus tard après le 20 décembre 2026."
    )
    assert plat(accord.etat_du_delai) == (
        "Le délai est arrêté depuis le 26 novembre 2026 : il manque des éléments à votre demande. "
        "Il commencera, en entier, le jour où la mairie aura tout reçu."
    )
    assert au(accuse, date(2026, 11, 24)).etat_du_delai == ""


def test_pdf_is_tagged_in_french_and_titled(demande: Demande, settings: Any) -> None:
    """UX 53, RGAA 13.3: tags, language, title, an alternative for the logo; one page of A4."""
    settings.LOGO_COMMUNE = str(LOGO)
    with pikepdf.open(io.BytesIO(pdf.accuse_pdf(demande))) as fichier:
        racine = fichier.Root
        assert racine.MarkInfo.Marked
        assert str(racine.Lang) == "fr"
        assert racine.ViewerPreferences.DisplayDocTitle
        assert str(fichier.docinfo["/Title"]) == f"Accusé de réception – demande n°\u00a0{demande.reference}"
        with fichier.open_metadata() as metadonnees:
            assert metadonnees["pdfuaid:part"] == "1"
        balises = list(_balises(racine.StructTreeRoot))
        noms = [nom for nom, _ in balises]
        assert noms.count("/H1") == 1
        assert {"/H2", "/P", "/L", "/Table", "/TH", "/Figure"} <= set(noms)
        assert [str(balise.Alt) for nom, balise in balises if nom == "/Figure"] == ["Logo de la commune"]
        assert len(fichier.pages) == 2  # the acknowledgement, then a copy of the answers
        assert [round(float(x)) for x in fichier.pages[0].MediaBox] == [0, 0, 595, 842]


def _balises(noeud: Any) -> Any:
    if isinstance(noeud, pikepdf.Array):
        for enfant in noeud:
            yield from _balises(enfant)
    elif isinstance(noeud, pikepdf.Dictionary):
        if "/S" in noeud:
            yield str(noeud.S), noeud
        yield from _balises(noeud.get("/K", pikepdf.Array()))


def test_pdf_says_all_that_the_law_asks_for(demande: Demande) -> None:
    with fabrique.au(fabrique.RECUE):
        recent = accuse_de(demande)
    accuse = replace(
        recent,
        manquants=(Manquant("Justificatif de domicile", "de moins de 3 mois", date(2026, 12, 20)),),
        transmissions=(Transmission(date(2026, 11, 25), "Métropole d'Admiville", autorite=True),),
    )
    page = plat(pdf.page("demandes/pdf/accuse.html", {"demande": demande, "accuse": accuse}))
    for mention in (
        demande.reference,
        "23 novembre 2026 à 14 h 05",
        "Site internet",
        "Voirie et espaces publics",
        "12 rue des Ateliers",
        "voirie@gru.test",
        "01 99 00 00 10",
        "le 23 janvier 2027",
        "tribunal administratif",
        "<strong>Justificatif de domicile</strong> : de moins de 3 mois",
        "20 décembre 2026",
        "à une autre administration : Métropole d’Admiville",
    ):
        assert mention in page
    assert "src=" not in page  # no logo on this host, no hole in the page


def test_documents_ask_nothing_of_anyone(demande: Demande) -> None:
    """An address in a document is not fetched, whoever wrote it."""
    with patch("socket.socket.connect", side_effect=AssertionError("le réseau a été demandé")):
        assert pdf.depuis_page(
            '<html lang="fr"><title>x</title><img alt="x" src="http://127.0.0.1:9/x.png">'
        ).startswith(b"%PDF")
        assert pdf.depuis_page('<html lang="fr"><title>x</title><img alt="x" src="file:///etc/hostname">').startswith(
            b"%PDF"
        )


def test_mail_of_acknowledgement_carries_the_pdf(demande: Demande, mailoutbox: list[Any]) -> None:
    partir(envois.envoi("accuse").pk)
    nom, contenu, type_mime = mailoutbox[0].attachments[0]
    assert (nom, type_mime) == (f"accuse-de-reception-{demande.reference}.pdf", "application/pdf")
    assert contenu.startswith(b"%PDF-1.7")


def test_acknowledgement_leaves_even_if_the_pdf_cannot_be_made(
    demande: Demande, mailoutbox: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    with patch.object(pdf, "accuse_pdf", side_effect=OSError("libpango manque")):
        assert partir(envois.envoi("accuse").pk)
    assert mailoutbox[0].attachments == []
    assert demande.reference in caplog.text
