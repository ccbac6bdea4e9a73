"""Opinions about a procedure: one answer is enough, nobody is known, floods are told, small groups hidden."""

from __future__ import annotations

import html
import json
import threading
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from consultation.ecoute.commune.models import Commune
from consultation.ecoute.contributions import services as contributions
from consultation.ecoute.contributions.models import Canal
from consultation.ecoute.contributions.services import AvisRefuse
from consultation.ecoute.donnees import personne
from consultation.ecoute.donnees.effacement import effacer_echus
from consultation.ecoute.donnees.preuves import verifier
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre, Role
from consultation.ecoute.satisfaction import alertes, catalogue, resultats, services
from consultation.ecoute.satisfaction.forms import Dit
from consultation.ecoute.satisfaction.models import Demarche, Reponse, Source
from socle.envois.canaux import Courriel
from socle.envois.genres import Ecrit
from socle.envois.models import Envoi
from socle.envois.services import partir_dus
from socle.envois.veilleur import Veilleur
from socle.typographie import dates
from tests.consultation.ecoute import fabrique

pytestmark = pytest.mark.django_db


@pytest.fixture
def ecole(responsable: Membre) -> Demarche:
    return services.nommer(responsable, Demarche(titre="Inscription à l'école"))


def lire(reponse: Any) -> str:
    return html.unescape(reponse.content.decode())


def repondre(client: Client, demarche: Demarche, source: str = "", **champs: Any) -> str:
    adresse = f"/avis/{demarche.slug}/" + (f"?source={source}" if source else "")
    return lire(client.post(adresse, champs, follow=True))


def test_one_answer_is_enough_and_says_nothing_of_who(ecole: Demarche, client: Client) -> None:
    assert "Merci, c'est enregistré" in repondre(client, ecole, "confirmation", satisfaction="good")
    reponse = Reponse.objects.get()
    assert (reponse.satisfaction, reponse.source, reponse.jour) == ("good", "confirmation", timezone.localdate())
    assert not {"ip", "agent", "heure"} & {champ.name for champ in Reponse._meta.get_fields()}
    vide = repondre(client, ecole)
    assert vide.count("Dites comment s'est passée cette démarche") == 2  # in the summary and beside the question
    assert Reponse.objects.count() == 1


def test_answers_that_contradict_each_other_are_settled(ecole: Demarche, client: Client) -> None:
    repondre(client, ecole, satisfaction="bad", contact_tried=["non"], contact_reached="good")
    repondre(client, ecole, satisfaction="bad", contact_tried=["non", "guichet"], contact_reached="bad")
    assert list(Reponse.objects.order_by("pk").values_list("contact_tried", "contact_reached")) == [
        (["non"], ""), (["guichet"], "bad"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lien", "garde"), [("courriel", "courriel"), ("demande-close", "demande-close"), ("papier-qr", "papier-qr"),
                        ("", "directe"), ("papier", "directe"), ("'><script>", "directe")]
)  # fmt: skip
def test_a_source_is_one_of_ours_or_nothing(ecole: Demarche, client: Client, lien: str, garde: str) -> None:
    repondre(client, ecole, lien, satisfaction="medium")
    assert Reponse.objects.get().source == garde


@pytest.mark.parametrize(
    "champs", [{"satisfaction": "very_good"}, {"satisfaction": "good", "comprehension": "parfait"},
               {"satisfaction": "good", "contact_tried": "pigeon"}, {"satisfaction": "good", "verbatim": "a" * 3_001}]
)  # fmt: skip
def test_what_is_not_an_answer_is_refused_and_nothing_typed_is_lost(
    ecole: Demarche, client: Client, champs: dict[str, str]
) -> None:
    page = client.post(f"/avis/{ecole.slug}/", {"verbatim": "Mes mots", **champs})
    assert page.status_code == 422
    assert champs.get("verbatim", "Mes mots") in lire(page)
    assert not Reponse.objects.exists()


def test_sent_again_it_counts_once_and_too_many_are_refused_until_tomorrow(ecole: Demarche, client: Client) -> None:
    for _ in range(3):
        assert "Merci" in repondre(client, ecole, satisfaction="good", verbatim="Parfait")
    assert Reponse.objects.count() == 1
    for rang in range(services.PAR_APPAREIL - 1):
        repondre(client, ecole, satisfaction="good", verbatim=f"Avis {rang}")
    page = repondre(client, ecole, satisfaction="bad", verbatim="Un de trop")
    assert "c'est la limite" in page
    assert "Un de trop" in page
    assert "Merci" in repondre(Client(), ecole, satisfaction="bad")  # another device
    demain = timezone.now() + timedelta(days=1)
    services.repondre(ecole, Dit("bad"), Source.PAGE, "appareil", demain)
    assert not Reponse.objects.filter(jour__lt=demain.date()).exclude(appareil="").exists()


def test_robots_and_floods_are_told(ecole: Demarche, client: Client) -> None:
    assert "comme le font les robots" in repondre(client, ecole, satisfaction="good", site="http://x")
    for rang in range(contributions.DEPOTS_PAR_HEURE):
        repondre(Client(), ecole, satisfaction="good", verbatim=f"{rang}")
    assert "réessayez dans une heure" in repondre(Client(), ecole, satisfaction="good").replace("\n", " ")
    assert Reponse.objects.count() == contributions.DEPOTS_PAR_HEURE


def test_a_procedure_that_takes_no_more_says_so(ecole: Demarche, client: Client) -> None:
    Demarche.objects.update(ouverte=False)
    assert client.post(f"/avis/{ecole.slug}/", {"satisfaction": "good"}).status_code == 410
    with pytest.raises(AvisRefuse, match="ne reçoit plus"):
        services.repondre(ecole, Dit("good"), Source.PAGE, "")
    assert client.get("/avis/inconnue/").status_code == 404


def test_the_sites_list_rules_and_a_broken_one_changes_nothing(
    settings: Any, tmp_path: Path, client: Client, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    liste = tmp_path / "demarches.json"
    settings.ECOUTE_DEMARCHES = str(liste)
    catalogue.oublier()

    def ecrire(contenu: str) -> None:
        liste.write_text(contenu, encoding="utf-8")
        catalogue.oublier()

    ecrire(json.dumps([{"slug": "acte-naissance", "titre": "Acte de naissance", "service": "État civil"},
                       {"slug": "passeport", "titre": "Passeport", "service": "État civil"}]))  # fmt: skip
    assert client.get("/avis/acte-naissance/").status_code == 200
    repondre(client, Demarche.objects.get(slug="passeport"), satisfaction="good")
    ecrire("[{")
    assert client.get("/avis/passeport/").status_code == 200
    ecrire(json.dumps([{"slug": "acte-naissance", "titre": "Copie d'acte", "service": "État civil"}]))
    assert "Copie d'acte" in lire(client.get("/avis/acte-naissance/"))
    assert client.get("/avis/passeport/").status_code == 410
    assert Reponse.objects.count() == 1  # what was said stays
    assert "Ajouter une démarche" not in lire(connecte(responsable).get("/equipe/demarches/"))


def test_two_procedures_of_the_same_name_have_two_addresses(responsable: Membre, ecole: Demarche) -> None:
    autre = services.nommer(responsable, Demarche(titre="Inscription à l'école"))
    assert {ecole.slug, autre.slug} == {"inscription-a-lecole", "inscription-a-lecole-2"}
    autre.titre = "École maternelle"
    assert services.nommer(responsable, autre).slug == "inscription-a-lecole-2"  # printed on paper


# --- What the team reads ------------------------------------------------------------------------------


@hypothesis_settings(deadline=None)  # how long one example takes depends on the machine
@given(st.dictionaries(st.integers(0, 30), st.integers(0, 12), max_size=12))
def test_no_small_group_shows_nor_can_be_computed(comptes: dict[int, int]) -> None:
    cachees = resultats.a_cacher(comptes)
    assert all(n >= resultats.PETIT for cle, n in comptes.items() if n and cle not in cachees)
    reste = sum(comptes[cle] for cle in cachees)
    assert not cachees or reste >= resultats.PETIT or reste == sum(comptes.values())


def semer(demarche: Demarche, nombre: int, quand: date, **dit: Any) -> None:
    Reponse.objects.bulk_create(
        Reponse(demarche=demarche, jour=quand, source=Source.PAGE, **{"satisfaction": "good", **dit})
        for _ in range(nombre)
    )


def test_figures_shares_and_small_groups(
    ecole: Demarche, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    mois = timezone.localdate().replace(day=1)
    semer(ecole, 6, mois)
    semer(ecole, 2, mois, satisfaction="bad", comprehension="bad")
    semer(ecole, 3, mois - timedelta(days=1), satisfaction="medium", verbatim="Je suis le seul du mois")
    semer(ecole, 5, mois - timedelta(days=40), satisfaction="bad")
    client = connecte(responsable)
    page = lire(client.get(f"/equipe/demarches/d/{ecole.slug}/"))
    assert "37,5\u00a0% disent que la démarche s'est bien passée (6 sur 16)" in page
    assert "Note\u00a0: 4,7 sur 10" in page  # (6 x 10 + 3 x 5) / 16
    assert page.count("caché</td>") == 2  # three answers, and the next smallest or the total would tell them
    assert "Moins de 5 réponses à cette question" in page
    csv = client.get(f"/equipe/demarches/d/{ecole.slug}/reponses.csv").content.decode("utf-8-sig")
    mois_donnes = Counter(ligne.split(",")[0] for ligne in csv.splitlines()[1:])
    assert mois_donnes == {"": 8, f"{mois:%Y-%m}": 8}
    assert f"{dates.mois(mois - timedelta(days=1))} ·" not in page  # nor does a text tell its month
    with_one = client.get(f"/equipe/demarches/d/{ecole.slug}/?periode=n'importe quoi")
    assert with_one.status_code == 200


def test_under_five_answers_no_figure(
    ecole: Demarche, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    semer(ecole, 4, timezone.localdate(), satisfaction="bad")
    page = lire(connecte(responsable).get(f"/equipe/demarches/d/{ecole.slug}/"))
    assert "trop peu pour montrer des chiffres" in page
    assert "%" not in page.split("<main")[1].split("</main>")[0]


def test_a_formula_stays_a_text_in_a_spreadsheet(ecole: Demarche) -> None:
    semer(ecole, 5, timezone.localdate(), verbatim="=HYPERLINK(1)")
    assert "'=HYPERLINK(1)" in resultats.en_csv(resultats.qui_comptent(ecole))


def test_a_list_of_procedures_costs_the_same_for_one_and_many(
    ecole: Demarche, responsable: Membre, connecte: Callable[[Membre], Client], django_assert_max_num_queries: Any
) -> None:
    client = connecte(responsable)
    for rang in range(20):
        semer(services.nommer(responsable, Demarche(titre=f"Démarche {rang}")), 3, timezone.localdate())
    with django_assert_max_num_queries(6):
        client.get("/equipe/demarches/")


def test_what_is_set_aside_counts_no_more_and_comes_back(
    ecole: Demarche, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    semer(ecole, 5, timezone.localdate(), verbatim="Achetez")
    client, reponse = connecte(responsable), Reponse.objects.first()
    assert reponse is not None
    base = f"/equipe/demarches/d/{ecole.slug}/reponses/{reponse.pk}/"
    client.post(f"{base}ecarter/", {"motif": "publicité"})
    assert len(resultats.qui_comptent(ecole)) == 4
    assert "publicité" in lire(client.get(f"/equipe/demarches/d/{ecole.slug}/ecartees/"))
    client.post(f"{base}retablir/")
    assert len(resultats.qui_comptent(ecole)) == 5


def test_the_front_desk_enters_answers_and_reads_no_figure(
    ecole: Demarche, accueil: Membre, connecte: Callable[[Membre], Client]
) -> None:
    client = connecte(accueil)
    page = client.post(f"/equipe/demarches/d/{ecole.slug}/saisir/", {"source": "guichet", "satisfaction": "bad"},
                       follow=True)  # fmt: skip
    assert "Vous pouvez saisir la suivante" in lire(page)
    assert Reponse.objects.get().source == "guichet"
    assert client.get(f"/equipe/demarches/d/{ecole.slug}/").status_code == 403


# --- Alerts -------------------------------------------------------------------------------------------


def test_texts_close_together_make_one_mail_and_none_waits_over_two_hours(
    ecole: Demarche, responsable: Membre, dpo: Membre, django_capture_on_commit_callbacks: Any
) -> None:
    depart = timezone.now()
    services.suivre(responsable, ecole, True)

    def a(minutes: float) -> int:
        with django_capture_on_commit_callbacks(execute=True):
            return alertes.envoyer(depart + timedelta(minutes=minutes))

    def ecrit(minutes: float) -> None:
        services.repondre(ecole, Dit("bad", verbatim=f"Mot de {minutes}"), Source.PAGE, "",
                          depart + timedelta(minutes=minutes))  # fmt: skip

    ecrit(0)
    assert a(4) == 0
    ecrit(4)
    assert a(8) == 0
    assert a(9) == 1
    assert a(10) == 0
    [message] = mail.outbox
    assert message.subject == "Admiville : 2 nouveaux avis sur « Inscription à l'école »"
    assert message.to == [responsable.courriel]
    assert "Mot de" not in message.body  # what people wrote stays on the site
    for minutes in range(20, 160, 4):
        ecrit(minutes)
        assert a(minutes + 1) == (1 if minutes == 140 else 0), minutes
    services.suivre(responsable, ecole, False)
    assert a(400) == 0
    assert Demarche.objects.get().alerte_nombre == 0


@pytest.mark.django_db(transaction=True)
def test_the_web_server_sends_alerts_by_itself(commune: Commune, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real thread, as the web server starts one: the mail of texts written a while ago leaves, in one mail."""
    parti = threading.Event()
    remettre = Courriel.remettre

    def et_le_dire(canal: Courriel, envoi: Envoi, ecrit: Ecrit) -> None:
        remettre(canal, envoi, ecrit)
        parti.set()

    monkeypatch.setattr(Courriel, "remettre", et_le_dire)
    monkeypatch.setattr(alertes, "CALME", timedelta(seconds=0))
    demarche = Demarche.objects.create(slug="acte", titre="Acte")
    services.suivre(fabrique.membre("Camille Durand", Role.RESPONSABLE), demarche, True)
    for rang in range(5):
        services.repondre(demarche, Dit("bad", verbatim=f"Mot {rang}"), Source.PAGE, "")
    veilleur = Veilleur((alertes.envoyer, partir_dus), pas=0.01)
    veilleur.demarrer()
    assert parti.wait(30)
    veilleur.arreter()
    [message] = mail.outbox
    assert message.subject == "Admiville : 5 nouveaux avis sur « Acte »"


def test_ticks_alone_alert_nobody_and_the_command_runs(ecole: Demarche, responsable: Membre, capsys: Any) -> None:
    services.suivre(responsable, ecole, True)
    services.repondre(ecole, Dit("bad"), Source.PAGE, "", timezone.now() - timedelta(hours=3))
    call_command("alertes")
    assert "0 e-mails envoyés." in capsys.readouterr().out


# --- Into a dossier, and out of memory ----------------------------------------------------------------


def test_texts_become_opinions_of_a_dossier_once(
    ecole: Demarche, ouvert: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    semer(ecole, 2, timezone.localdate(), verbatim="Trop de pièces")
    semer(ecole, 1, timezone.localdate())
    semer(ecole, 1, timezone.localdate() - timedelta(days=800), verbatim="Vieux")
    client, adresse = connecte(responsable), f"/equipe/demarches/d/{ecole.slug}/reprendre/"
    assert "2 avis repris." in lire(client.post(adresse, {"dossier": ouvert.pk}, follow=True))
    assert "0 avis repris. 2 y étaient déjà." in lire(client.post(adresse, {"dossier": ouvert.pk}, follow=True))
    assert "1 avis repris. 2 y" in lire(client.post(f"{adresse}?periode=tout", {"dossier": ouvert.pk}, follow=True))
    assert {c.canal for c in ouvert.contributions.all()} == {Canal.SATISFACTION}


def test_what_came_after_the_closing_stays_out(ecole: Demarche, ouvert: Dossier, responsable: Membre) -> None:
    Dossier.objects.filter(pk=ouvert.pk).update(fermeture=timezone.now() - timedelta(days=3))
    ouvert.refresh_from_db()
    semer(ecole, 1, timezone.localdate(), verbatim="Tard")
    semer(ecole, 1, timezone.localdate() - timedelta(days=5), verbatim="À temps")
    assert services.reprendre(responsable, ecole, ouvert) == services.Bilan(1, 0, 1)


def test_texts_go_after_their_months_and_ticks_stay(ecole: Demarche) -> None:
    semer(ecole, 3, timezone.localdate() - timedelta(days=400), verbatim="Madame Martin")
    semer(ecole, 1, timezone.localdate() - timedelta(days=10), verbatim="Récent")
    preuves = effacer_echus()
    assert [(p.sorte, p.nombre) for p in preuves] == [("Textes des avis sur les démarches", 3)]
    assert effacer_echus() == []
    assert [r.verbatim for r in Reponse.objects.exclude(verbatim="")] == ["Récent"]
    assert Reponse.objects.count() == 4
    assert verifier() == []


def test_a_text_that_names_somebody_is_found_and_the_name_hidden(ecole: Demarche, responsable: Membre) -> None:
    semer(ecole, 1, timezone.localdate(), verbatim="Madame Martin, au guichet, a été formidable.")
    assert [autour for _, autour in personne.trouver("madame martin").reponses]
    assert personne.effacer(responsable, "Madame Martin", citations=True) == 1
    assert Reponse.objects.get().verbatim == "[effacé], au guichet, a été formidable."
