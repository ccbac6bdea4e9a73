"""Opinions by mail: what the author wrote and no more, each once, never without somebody reading it."""

from __future__ import annotations

import html
import mailbox
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from consultation.ecoute.boite import services, sources
from consultation.ecoute.boite.analyse_courriel import lire, separer
from consultation.ecoute.boite.models import Courriel
from consultation.ecoute.boite.sources import BoiteInaccessible, Imap
from consultation.ecoute.contributions.models import Canal, Contact
from consultation.ecoute.contributions.services import AvisRefuse
from consultation.ecoute.donnees import personne
from consultation.ecoute.donnees.effacement import FAMILLES
from consultation.ecoute.donnees.models import Sorte
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre
from tests.consultation.ecoute.imap import MOT_DE_PASSE, UTILISATEUR, serveur_imap

pytestmark = pytest.mark.django_db


def courriel(texte: str = "Trop de pièces.", numero: int = 1, de: str = "lea@exemple.test", **entetes: str) -> bytes:
    message = EmailMessage()
    message["Message-ID"] = f"<{numero}@exemple.test>"
    message["From"] = f"Léa Martin <{de}>"
    message["Date"] = "Mon, 02 Nov 2026 10:00:00 +0100"
    for nom, valeur in entetes.items():
        message[nom.replace("_", "-")] = valeur
    message.set_content(texte)
    return message.as_bytes()


# --- What the author wrote ----------------------------------------------------------------------------

FINS = {
    "Gmail": "Le lun. 2 nov. 2026 à 10:00, Mairie <mairie@admiville.test> a écrit :\n\n> Bonjour,\n> Dites-nous.",
    "Gmail sur deux lignes": "Le lun. 2 nov. 2026 à 10:00, Mairie <\nmairie@admiville.test> a écrit :\n> Ah",
    "Outlook": "De : Mairie <m@admiville.test>\nEnvoyé : lundi 2 novembre 2026\nÀ : Léa\nObjet : Enquête\n\nBonjour",
    "Thunderbird": "Le 02/11/2026 à 10:00, Mairie a écrit :\n> Bonjour",
    "transfert": "-------- Message transféré --------\nSujet : Enquête\n\nBonjour",
    "Orange": "________________________________\nDe : Mairie",
    "téléphone": "Envoyé de mon iPhone",
    "téléphone Samsung": "Envoyé depuis mon appareil Galaxy",
    "signature": "-- \nLéa Martin\n06 00 00 00 00",
    "politesse": "Cordialement,\n\nLéa Martin\n3 rue des Lilas",
    "politesse longue": "Bien cordialement.\nLéa",
    "salutations": "Meilleures salutations,\nLéa",
    "anglais": "On Mon, Nov 2, 2026 at 10:00 AM Mairie <m@admiville.test> wrote:\n> Hello",
}


@pytest.mark.parametrize("fin", FINS)
def test_what_others_wrote_and_signatures_are_set_apart(fin: str) -> None:
    texte = "Bonjour,\n\nLe guichet ferme trop tôt.\nJe travaille le soir."
    garde, retire = separer(f"{texte}\n\n{FINS[fin]}\n")
    assert garde == texte
    assert retire.split() == FINS[fin].split()


@pytest.mark.parametrize(
    "texte",
    [
        "Le maire a écrit : « tout va bien ». Ce n'est pas vrai.\nJ'attends depuis mars.",
        "De : plus en plus de papiers.\nVoilà.",
        "Cordialement reçu au guichet, mais renvoyé trois fois.\n" + "Puis encore une fois.\n" * 12 + "Fin.",
        "Merci d'avance de lire ceci :\n" + "une ligne utile\n" * 20 + "fin.",
        "Bonne journée hier, mauvaise aujourd'hui, et je vous explique pourquoi en détail ici.",
    ],
)  # fmt: skip
def test_sentences_that_look_like_an_ending_stay(texte: str) -> None:
    assert separer(texte)[0] == texte.strip()


def test_an_answer_between_quoted_lines_is_kept() -> None:
    garde, retire = separer("> Êtes-vous content ?\nNon.\n> Pourquoi ?\nTrop long.")
    assert garde == "Non.\nTrop long."
    assert "Êtes-vous content" in retire


@hypothesis_settings(deadline=None)  # how long one example takes depends on the machine
@given(st.text(max_size=400))
def test_no_word_is_lost_whatever_is_written(texte: str) -> None:
    garde, retire = separer(texte)
    lignes = [ligne.strip() for ligne in texte.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    rendues = [ligne.strip() for ligne in f"{garde}\n{retire}".split("\n")]
    assert sorted(li for li in lignes if li) == sorted(li for li in rendues if li)


@hypothesis_settings(deadline=None)  # how long one example takes depends on the machine
@given(st.binary(max_size=600))
def test_any_bytes_are_read_without_fault(octets: bytes) -> None:
    lu = lire(octets)
    assert "\x00" not in lu.texte
    assert lu.texte or lu.motif


def test_html_only_old_charsets_and_attachments() -> None:
    message = EmailMessage()
    message["Message-ID"] = "<html@x>"
    message.set_content(
        "<html><head><style>p{}</style></head><body><p>Trop&nbsp;long</p><div>et cher</div>"
        "<blockquote><p>Votre avis ?</p></blockquote></body></html>", subtype="html",
    )  # fmt: skip
    message.add_attachment(b"\xff\xd8", maintype="image", subtype="jpeg", filename="photo.jpg")
    message.add_attachment("secret", filename="note.txt")
    lu = lire(message.as_bytes())
    assert lu.texte.split() == ["Trop", "long", "et", "cher"]
    assert "Votre avis ?" in lu.retire
    assert lu.pieces == 2
    vieux = lire(b"Content-Type: text/plain; charset=inconnu\n\nD\xe9\xe7u \x96 c'est cher")
    assert vieux.texte == "Déçu – c'est cher"
    assert lire(courriel()).recu_le == datetime(2026, 11, 2, 9, tzinfo=UTC)
    assert lire(b"Date: hier\n\nBonjour").recu_le is None


@pytest.mark.parametrize(
    ("octets", "raison"),
    [
        (courriel(Auto_Submitted="auto-replied"), "programme"),
        (courriel(List_Unsubscribe="<mailto:x@y>"), "programme"),
        (courriel(Precedence="bulk"), "programme"),
        (courriel(X_Spam_Flag="YES"), "indésirable"),
        (courriel("  \n"), "Aucun texte"),
        (courriel("http://a " * 5), "liens"),
        (courriel(Auto_Submitted="no"), ""),
        (courriel("Voir http://a"), ""),
    ],
)
def test_what_does_not_look_like_an_opinion_says_why(octets: bytes, raison: str) -> None:
    motif = lire(octets).motif
    assert (raison in motif) if raison else not motif


# --- Into a dossier -----------------------------------------------------------------------------------


def test_a_mail_waits_for_a_reader_then_counts_once_and_its_sender_goes(ouvert: Dossier, responsable: Membre) -> None:
    assert services.relever(responsable, ouvert, [courriel(), courriel()]) == services.Releve(1, 1, 0)
    assert not ouvert.contributions.exists()
    recu = Courriel.objects.get()
    services.ajouter(responsable, recu, recu.texte)
    avis = ouvert.contributions.get()
    assert (avis.texte, avis.canal) == ("Trop de pièces.", Canal.COURRIEL)
    assert not Contact.objects.exists()
    recu.refresh_from_db()
    assert (recu.texte, recu.retire, recu.expediteur) == ("", "", "")
    assert services.relever(responsable, ouvert, [courriel()]) == services.Releve(0, 1, 0)
    with pytest.raises(AvisRefuse, match="déjà traité"):
        services.ajouter(responsable, recu, "Encore")
    assert "exemple.test" not in str(list(ouvert.traces.values_list("phrase", flat=True)))


def test_the_address_is_kept_only_for_who_wants_to_know(ouvert: Dossier, responsable: Membre) -> None:
    services.relever(responsable, ouvert, [courriel()])
    services.ajouter(responsable, Courriel.objects.get(), "Trop de pièces.", tenir_au_courant=True)
    assert Contact.objects.get().courriel == "lea@exemple.test"


def test_one_sender_counts_as_much_as_the_dossier_says(ouvert: Dossier, responsable: Membre) -> None:
    messages = [courriel(f"Avis {n}", n, de="LEA@exemple.test" if n % 2 else "lea@exemple.test") for n in range(5)]
    assert services.relever(responsable, ouvert, messages) == services.Releve(3, 0, 2)
    assert "c'est la limite annoncée" in Courriel.objects.exclude(motif="").first().motif  # type: ignore[union-attr]
    assert services.relever(responsable, ouvert, [courriel("Autre", 9, de="noe@exemple.test")]).nouveaux == 1


def test_after_the_closing_it_does_not_count(ouvert: Dossier, responsable: Membre) -> None:
    services.relever(responsable, ouvert, [courriel()])
    Dossier.objects.filter(pk=ouvert.pk).update(fermeture=datetime(2026, 11, 1, tzinfo=UTC))
    with pytest.raises(AvisRefuse, match="après la fermeture"):
        services.ajouter(responsable, Courriel.objects.select_related("dossier").get(), "Tard")


def test_leaving_aside_asks_why_and_forgets_the_words(
    ouvert: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    services.relever(responsable, ouvert, [courriel("Mon dossier 1234 avance-t-il ?"), courriel("Autre", 2)])
    premier = Courriel.objects.first()
    assert premier is not None
    client = connecte(responsable)
    base = f"/equipe/dossiers/{ouvert.slug}/e-mails/"
    page = client.post(f"{base}{premier.pk}/", {"geste": "laisser", "texte": "x"})
    assert "Dites pourquoi cet e-mail est laissé de côté." in html.unescape(page.content.decode())
    suite = client.post(f"{base}{premier.pk}/", {"geste": "laisser", "motif": "question sur une demande"})
    assert suite["Location"].endswith(f"/{Courriel.objects.last().pk}/")  # type: ignore[union-attr]
    premier.refresh_from_db()
    assert (premier.texte, premier.motif) == ("", "question sur une demande")
    assert client.get(f"{base}{premier.pk}/").status_code == 404
    assert "question sur une demande" in client.get(base).content.decode()


def test_a_file_brought_by_the_team(
    ouvert: Dossier, responsable: Membre, connecte: Callable[[Membre], Client], tmp_path: Path
) -> None:
    boite = mailbox.mbox(tmp_path / "export.mbox")
    for numero in range(3):
        boite.add(courriel(f"Avis {numero}", numero, de=f"{numero}@exemple.test"))
    boite.flush()
    client, adresse = connecte(responsable), f"/equipe/dossiers/{ouvert.slug}/e-mails/importer/"

    def envoyer(nom: str, octets: bytes) -> str:
        reponse = client.post(adresse, {"fichier": SimpleUploadedFile(nom, octets)}, follow=True)
        return html.unescape(reponse.content.decode())

    assert "3 e-mails à relire." in envoyer("export.mbox", (tmp_path / "export.mbox").read_bytes())
    assert "0 e-mail à relire. 1 déjà connu." in envoyer("un.eml", courriel("Avis 1", 1, de="1@exemple.test"))
    assert "1 ne semble pas être un avis" in envoyer("vide.eml", courriel(" ", 7))
    Dossier.objects.filter(pk=ouvert.pk).update(etat="clos")
    assert "n'est pas ouvert à la participation" in envoyer("un.eml", courriel("Avis 8", 8))


def test_the_front_desk_does_not_read_mails(
    ouvert: Dossier, accueil: Membre, connecte: Callable[[Membre], Client]
) -> None:
    assert connecte(accueil).get(f"/equipe/dossiers/{ouvert.slug}/e-mails/").status_code == 403


# --- Where mails are read -----------------------------------------------------------------------------


def test_a_mailbox_is_read_over_tls_and_left_as_it_was(
    ouvert: Dossier, tmp_path: Path, settings: Any, capsys: Any
) -> None:
    lourd = courriel("Court.", 2, de="b@x.test") + b"\n" * (sources.TAILLE_MAX + 10)
    with serveur_imap(tmp_path, [courriel(), lourd]) as serveur:
        lus = {"hote": "127.0.0.1", "port": serveur.port, "utilisateur": UTILISATEUR, "mot_de_passe": MOT_DE_PASSE,
               "boite": "INBOX", "autorite": serveur.autorite}  # fmt: skip
        settings.ECOUTE_IMAP = lus
        call_command("relever", ouvert.slug)
        assert "2 e-mails à relire." in capsys.readouterr().out
        call_command("relever", ouvert.slug)
        assert "2 déjà connus." in capsys.readouterr().out
        with pytest.raises(CommandError, match="n'existe pas dans cette boîte"):
            call_command("relever", ouvert.slug, boite="Avis")
        with pytest.raises(BoiteInaccessible, match="refuse l'accès"):
            list(sources.par_imap(Imap(**{**lus, "mot_de_passe": "faux"})))
        with pytest.raises(BoiteInaccessible, match="certificat"):
            list(sources.par_imap(Imap(**{**lus, "autorite": ""})))
    assert {c.split(" ")[0].upper() for c in serveur.commandes} <= {"CAPABILITY", "LOGIN", "EXAMINE", "UID", "LOGOUT"}
    with pytest.raises(BoiteInaccessible, match="ne répond pas"):
        list(sources.par_imap(Imap(**lus)))


def test_without_a_mailbox_the_page_says_what_is_missing(
    ouvert: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    page = connecte(responsable).post(f"/equipe/dossiers/{ouvert.slug}/e-mails/relever/", follow=True)
    assert "La boîte n'est pas réglée" in html.unescape(page.content.decode())


def test_a_maildir_a_file_and_what_is_neither(ouvert: Dossier, tmp_path: Path, capsys: Any) -> None:
    boite = mailbox.Maildir(tmp_path / "boite")
    boite.add(courriel())
    call_command("relever", ouvert.slug, maildir=tmp_path / "boite")
    assert "1 e-mail à relire." in capsys.readouterr().out
    assert len(list((tmp_path / "boite" / "new").iterdir())) == 1  # left as it was
    (tmp_path / "un.eml").write_bytes(courriel("Autre", 2))
    call_command("relever", ouvert.slug, fichier=tmp_path / "un.eml")
    for options, dit in (
        ({"maildir": tmp_path}, "n'est pas une boîte Maildir"),
        ({"fichier": tmp_path / "absent"}, "ne se lit pas"),
    ):
        with pytest.raises(CommandError, match=dit):
            call_command("relever", ouvert.slug, **options)
    with pytest.raises(CommandError, match="Aucun dossier"):
        call_command("relever", "inconnu")
    with pytest.raises(CommandError, match="n'est pas réglée"):
        call_command("relever", ouvert.slug)


# --- Data protection ----------------------------------------------------------------------------------


def test_a_person_is_found_in_waiting_mails_and_texts_go_with_the_dossier(ouvert: Dossier, responsable: Membre) -> None:
    services.relever(responsable, ouvert, [courriel(), courriel("Autre", 2)])
    services.ajouter(responsable, Courriel.objects.all()[0], "Trop de pièces.")
    assert [c.expediteur for c in personne.trouver("LEA@exemple.test").recus] == ["lea@exemple.test"]
    assert personne.exporter("lea@exemple.test")["courriels_recus"][0]["texte"] == "Autre"
    avis = FAMILLES[Sorte.AVIS]
    assert avis.restants(ouvert) == 2  # the opinion, and the waiting mail
    assert avis.effacer(ouvert, timezone.now() + timedelta(days=1)) == 2
    assert avis.restants(ouvert) == 0
    assert list(Courriel.objects.values_list("etat", "auteur")) == [("ajoute", "")]


def test_a_waiting_mail_goes_at_its_authors_request(ouvert: Dossier, responsable: Membre) -> None:
    services.relever(responsable, ouvert, [courriel(), courriel("Autre", 2, de="noe@exemple.test")])
    assert personne.effacer(responsable, "lea@exemple.test") == 1
    assert list(Courriel.objects.values_list("expediteur", flat=True)) == ["noe@exemple.test"]
