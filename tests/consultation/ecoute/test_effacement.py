"""Erasure a year later: what is due goes, what is public stays, the proof names nobody and cannot be changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from consultation.dossier import Etat, Genre, verifier_chaine
from consultation.ecoute.ateliers import accords
from consultation.ecoute.ateliers import services as ateliers
from consultation.ecoute.ateliers.models import Consentement, Participant
from consultation.ecoute.contributions import services as avis
from consultation.ecoute.contributions.models import Canal, Contact
from consultation.ecoute.contributions.services import Saisie
from consultation.ecoute.donnees import effacement, preuves, registre
from consultation.ecoute.donnees import services as donnees
from consultation.ecoute.donnees.effacement import effacer_echus, plus_mois
from consultation.ecoute.donnees.models import Effacement, Fiche, Sort, Sorte
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
    accords.repondre(lea, {"citation": True})
    panel = fabrique.panel(responsable, dossier)
    fabrique.volontaires(panel, 30)
    personnes, quotas = panels.fichiers(panel)
    tirage = Tirage.objects.create(panel=panel, personnes=personnes, quotas=quotas)
    panels.calculer(tirage.pk)
    tirage.refresh_from_db()
    fabrique.annoncer(responsable, tirage)
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
            if table.startswith(("equipe_", "django_")):
                continue
            curseur.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - our own tables
            tout.append(json.dumps(curseur.fetchall(), default=str, ensure_ascii=False))
    return "\n".join(tout)


def test_nothing_goes_before_its_date_and_all_goes_after(vecu: Dossier, responsable: Membre) -> None:
    assert effacer_echus() == []
    assert effacer_echus(timezone.now() + timedelta(days=80)) == []
    trois_mois = effacer_echus(timezone.now() + timedelta(days=100))
    assert sorted(p.sorte.split(" ")[0] for p in trois_mois) == ["Coordonnées", "Volontaires"]
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
    assert preuves.verifier() == []
    page = connecte(responsable).get(f"/equipe/dossiers/{vecu.slug}/conservation/").content.decode()
    assert "Durée de conservation atteinte" in page
    Effacement.objects.filter(pk=Effacement.objects.first().pk).update(nombre=0)  # type: ignore[union-attr]
    assert any("modifiée" in defaut for defaut in preuves.verifier())
    Effacement.objects.all()[1].delete()
    assert any("ne suit pas" in defaut for defaut in preuves.verifier())


def test_the_command_runs_as_on_a_given_day(vecu: Dossier, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("effacer_echus")
    assert "Rien à effacer." in capsys.readouterr().out
    call_command("effacer_echus", au=f"{timezone.now().year + 8}-01-31")
    assert "Volontaires du panel : 30" in capsys.readouterr().out


def test_nothing_is_destroyed_before_the_archives_answered(
    vecu: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    """Code du patrimoine, L.212-2: elimination or handing over, never a silent deletion."""
    Fiche.objects.update(visa="")
    dans_un_an = timezone.now() + timedelta(days=420)
    assert effacer_echus(dans_un_an) == []
    assert Contact.objects.exists()
    page = connecte(responsable).get(f"/equipe/dossiers/{vecu.slug}/conservation/").content.decode()
    assert "le visa d&#x27;élimination des archives manque" in page
    connecte(responsable).post(f"/equipe/dossiers/{vecu.slug}/donnees/visa/", {"visa": "AD 99, courriel du 12 mai"})
    duree = vecu.fiche.durees.get(sorte=Sorte.CONTACTS)  # type: ignore[attr-defined]
    duree.sort = Sort.VERSEMENT
    duree.save()
    motifs = {p.sorte: p.motif for p in effacer_echus(dans_un_an)}
    assert "Élimination, visa des archives : AD 99, courriel du 12 mai" in motifs[Sorte.AVIS.label]
    assert Sorte.CONTACTS.label not in motifs
    assert Contact.objects.exists()  # what is to be handed over waits for it
    connecte(responsable).post(f"/equipe/dossiers/{vecu.slug}/donnees/versement/{duree.pk}/", {"reference": "2027-14"})
    assert "Versement aux archives (2027-14)" in effacer_echus(dans_un_an)[0].motif
    assert not Contact.objects.exists()
    fiche = Fiche.objects.get()
    assert fiche.approuve_le is not None  # the archives' answers take no approval away


def test_a_dossier_that_nobody_closes_keeps_nothing_for_ever(responsable: Membre, dpo: Membre) -> None:
    dossier = fabrique.ferme(responsable, dpo)
    Contact.objects.create(
        contribution=avis.saisir(responsable, dossier, Saisie("Trop long.", Canal.PAPIER, {},
                                                              recue_le=timezone.now() - timedelta(days=9))),
        courriel="lea@exemple.test",
    )  # fmt: skip
    assert effacer_echus(timezone.now() + timedelta(days=400)) == []
    assert [p.sorte for p in effacer_echus(timezone.now() + timedelta(days=366 + 95))] == [Sorte.CONTACTS.label]


def test_the_name_lasts_as_long_as_the_agreement_it_proves(vecu: Dossier) -> None:
    effacer_echus(timezone.now() + timedelta(days=420))
    lea = Participant.objects.get()
    assert (lea.nom, lea.courriel) == ("Léa Valjean", "")
    effacer_echus(timezone.now() + timedelta(days=366 * 6))
    lea.refresh_from_db()
    assert lea.nom == effacement.NOM_EFFACE


def test_a_profile_that_few_carry_goes_with_the_words(responsable: Membre, dpo: Membre) -> None:
    dossier = fabrique.ouvert(responsable, dpo)
    for rang in range(6):
        avis.saisir(responsable, dossier, Saisie(f"Avis {rang}", Canal.PAPIER, {"âge": "jeune" if rang else "âgé"}))
    Dossier.objects.update(clos_le=timezone.now())
    effacer_echus(timezone.now() + timedelta(days=400))
    assert [a.profil for a in dossier.contributions.all()] == [{}] + [{"âge": "jeune"}] * 5


def test_mails_kept_as_files_and_the_trail_go_with_their_proof(vecu: Dossier, settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_FILE_PATH = str(tmp_path)
    (tmp_path / "a.eml").write_bytes(b"To: lea@exemple.test\n\nBonjour")
    assert [p.sorte for p in effacer_echus(timezone.now() + timedelta(days=60))] == []
    assert [p.sorte for p in effacer_echus(timezone.now() + timedelta(days=92))][-1] == "E-mails gardés en fichiers"
    assert list(tmp_path.iterdir()) == []
    assert Trace.objects.exists()
    journal = effacer_echus(timezone.now() + timedelta(days=366 * 3 + 5))[-1]
    assert (journal.sorte, journal.motif) == ("Journal de l'équipe", "Plus de 36 mois")
    assert preuves.verifier() == []


def test_months_end_on_the_last_day() -> None:
    assert plus_mois(datetime(2027, 1, 31, tzinfo=UTC), 1) == datetime(2027, 2, 28, tzinfo=UTC)
    assert plus_mois(datetime(2027, 1, 31, tzinfo=UTC), -14) == datetime(2025, 11, 30, tzinfo=UTC)


def test_the_register_says_what_the_sheet_says(vecu: Dossier) -> None:
    entree = dict(registre.entree(vecu))
    assert "Volontaires du panel : 3 mois après le tirage" in entree["Durées de conservation"]
    assert entree["Approbation du délégué"].startswith("Dominique Petit")
    article_30 = {"Responsable du traitement", "Délégué à la protection des données", "Finalité",
                  "Personnes concernées", "Données", "Destinataires", "Transfert hors de l'Union européenne",
                  "Durées de conservation", "Sécurité"}  # fmt: skip
    assert article_30 <= set(entree)
    assert all(entree[nom] for nom in article_30)
    assert "Admiville, 1 place de la Mairie" in entree["Responsable du traitement"]
    assert "30 jours" in entree["Copies de sauvegarde"]
    assert "2027-3" in entree["Archives publiques"]


def test_changing_how_a_kind_ends_asks_for_a_new_approval(vecu: Dossier, responsable: Membre) -> None:
    fiche = vecu.fiche  # type: ignore[attr-defined]
    mois = {d.sorte: d.mois for d in fiche.durees.all()}
    assert donnees.enregistrer(responsable, vecu, {}, mois).approuve_le is not None
    assert donnees.enregistrer(responsable, vecu, {}, mois, {"avis": Sort.VERSEMENT}).approuve_le is None
