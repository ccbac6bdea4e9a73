"""Erasure a year later: what is due goes, what is public stays, the proof names nobody and cannot be changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from consultation.dossier import Etat, Genre, verifier_chaine
from consultation.ecoute.ateliers import services as ateliers
from consultation.ecoute.ateliers.models import Consentement, Participant
from consultation.ecoute.contributions import services as avis
from consultation.ecoute.contributions.models import Canal, Contact
from consultation.ecoute.contributions.services import Saisie
from consultation.ecoute.donnees import effacement
from consultation.ecoute.donnees.effacement import effacer_echus, plus_mois
from consultation.ecoute.donnees.models import Effacement
from consultation.ecoute.dossiers import services
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.journal.models import Trace
from consultation.ecoute.lecture import services as lecture
from consultation.ecoute.panels import services as panels
from consultation.ecoute.panels.models import Tirage, Volontaire
from tests.consultation.ecoute import fabrique

pytestmark = pytest.mark.django_db
SECRETS = ("Valjean", "06 12 34 56 78", "lea@exemple.test", "Personne 3", "v3@exemple.test")


@pytest.fixture
def vecu(responsable: Membre, dpo: Membre) -> Dossier:
    """A closed dossier: opinions, contacts, a workshop held, a panel drawn."""
    dossier = fabrique.ouvert(responsable, dpo)
    services.decrire(responsable, dossier, None, "âge", "?", "", [("jeune", 50.0), ("âgé", 50.0)])
    recu = avis.saisir(responsable, dossier, Saisie("Monsieur Valjean, 06 12 34 56 78, a attendu.", Canal.PAPIER,
                                                    {}, courriel="lea@exemple.test"))  # fmt: skip
    lecture.relire(responsable, recu, {0, 1})
    atelier = fabrique.atelier(responsable, dossier)
    lea = ateliers.inscrire(atelier, Participant(nom="Léa Valjean", courriel="lea@exemple.test"))
    ateliers.accorder(lea, ["citation"])
    panel = fabrique.panel(responsable, dossier)
    fabrique.volontaires(panel, 30)
    personnes, quotas = panels.fichiers(panel)
    tirage = Tirage.objects.create(panel=panel, personnes=personnes, quotas=quotas)
    panels.calculer(tirage.pk)
    tirage.refresh_from_db()
    panels.annoncer(responsable, tirage)
    panels.tirer(responsable, tirage, 5)
    fin = timezone.now()
    Dossier.objects.filter(pk=dossier.pk).update(ouverture=fin - timedelta(days=30), fermeture=fin)
    services.avancer(responsable, dossier, Etat.DEPOUILLEMENT)
    services.publier(responsable, dossier, Genre.RESULTATS, "Dit", "Monsieur [nom 1] a attendu.")
    return services.avancer(responsable, dossier, Etat.CLOS)


def contenu_de_la_base() -> str:
    with connection.cursor() as curseur:
        tout = []
        for table in connection.introspection.table_names(curseur):
            if table.startswith(("equipe_", "django_", "journal_")):
                continue
            curseur.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - our own tables
            tout.append(json.dumps(curseur.fetchall(), default=str, ensure_ascii=False))
    return "\n".join(tout)


def test_nothing_goes_before_its_date_and_all_goes_after(vecu: Dossier, responsable: Membre) -> None:
    assert effacer_echus() == []
    assert effacer_echus(timezone.now() + timedelta(days=80)) == []
    trois_mois = effacer_echus(timezone.now() + timedelta(days=100))
    assert [p.sorte.split(" ")[0] for p in trois_mois] == ["Coordonnées", "Volontaires"]
    assert not Contact.objects.exists()
    assert set(Volontaire.objects.values_list("nom", "courriel")) == {(effacement.NOM_EFFACE, "")}
    effacer_echus(timezone.now() + timedelta(days=420))
    assert Consentement.objects.exists()  # proofs of agreement last longer
    effacer_echus(timezone.now() + timedelta(days=366 * 6))
    assert not Consentement.objects.exists()
    base = contenu_de_la_base()
    for secret in SECRETS:
        assert secret not in base, secret
    recu = vecu.contributions.get()
    assert (recu.texte, recu.lisible) == ("", "Monsieur [nom 1], [téléphone 1], a attendu.")
    assert verifier_chaine(services.chaine(vecu)) == []
    assert not Trace.objects.filter(le__lt=timezone.now()).exclude(qui=None).exists()
    assert effacer_echus(timezone.now() + timedelta(days=366 * 6)) == []


def test_the_proofs_are_chained_and_a_change_shows(
    vecu: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    effacer_echus(timezone.now() + timedelta(days=420))
    assert Effacement.objects.count() >= 4
    assert effacement.verifier() == []
    page = connecte(responsable).get(f"/equipe/dossiers/{vecu.slug}/conservation/").content.decode()
    assert "Durée de conservation atteinte" in page
    Effacement.objects.filter(pk=Effacement.objects.first().pk).update(nombre=0)  # type: ignore[union-attr]
    assert any("modifiée" in defaut for defaut in effacement.verifier())
    Effacement.objects.all()[1].delete()
    assert any("ne suit pas" in defaut for defaut in effacement.verifier())


def test_the_command_runs_as_on_a_given_day(vecu: Dossier, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("effacer_echus")
    assert "Rien à effacer." in capsys.readouterr().out
    call_command("effacer_echus", au=f"{timezone.now().year + 8}-01-31")
    assert "Volontaires du panel : 30" in capsys.readouterr().out


def test_one_person_gets_everything_and_is_forgotten_everywhere(
    vecu: Dossier, dpo: Membre, connecte: Callable[[Membre], Client]
) -> None:
    client = connecte(dpo)
    assert "Atelier des parents" in client.get("/equipe/personne/?qui=LEA@exemple.test").content.decode()
    donnees = client.post("/equipe/personne/", {"qui": "lea@exemple.test", "geste": "exporter"}).json()
    assert donnees["avis"][0]["numero"] == 1
    assert donnees["ateliers"][0]["accords"][0]["pour"].startswith("Citer mes paroles")
    client.post("/equipe/personne/", {"qui": "lea@exemple.test", "geste": "effacer"})
    assert "lea@exemple.test" not in contenu_de_la_base()
    assert effacement.verifier() == []
    code = Volontaire.objects.get(nom="Personne 3").code
    effacement.effacer_personne(dpo, "v3@exemple.test")
    tirage = Tirage.objects.get()
    assert f"\n{code}," not in tirage.personnes
    assert code in tirage.liste  # public, and it says nothing


def test_months_end_on_the_last_day() -> None:
    assert plus_mois(datetime(2027, 1, 31, tzinfo=UTC), 1) == datetime(2027, 2, 28, tzinfo=UTC)
    assert plus_mois(datetime(2027, 1, 31, tzinfo=UTC), -14) == datetime(2025, 11, 30, tzinfo=UTC)


def test_the_register_says_what_the_sheet_says(vecu: Dossier) -> None:
    entree = dict(effacement.registre(vecu))
    assert "Volontaires du panel : 3 mois après le tirage" in entree["Durées de conservation"]
    assert entree["Approbation du délégué"].startswith("Dominique Petit")
