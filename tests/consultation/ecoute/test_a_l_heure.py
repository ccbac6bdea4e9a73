"""Participation opens and closes by itself at the hour; what is planned around it keeps to its dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from consultation.dossier import DossierRefuse, Etat, Genre
from consultation.ecoute.accueil import veille
from consultation.ecoute.ateliers import notes
from consultation.ecoute.ateliers import services as ateliers
from consultation.ecoute.ateliers.erreurs import AtelierRefuse
from consultation.ecoute.ateliers.models import Atelier
from consultation.ecoute.dossiers import services
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.panels import services as panels
from consultation.ecoute.panels.services import PanelRefuse
from tests.consultation.ecoute import fabrique

pytestmark = pytest.mark.django_db


def au_passe(dossier: Dossier, **champs: timedelta) -> None:
    """As if so much time had passed."""
    Dossier.objects.filter(pk=dossier.pk).update(**{nom: timezone.now() - delai for nom, delai in champs.items()})


def test_it_opens_and_closes_by_itself_without_anybody_there(responsable: Membre, dpo: Membre) -> None:
    dossier = fabrique.annonce(responsable, dpo)
    services.tous_a_l_heure()
    dossier.refresh_from_db()
    assert dossier.etape == Etat.ANNONCE  # its hour has not come
    au_passe(dossier, ouverture=timedelta(seconds=1))
    services.tous_a_l_heure()
    dossier.refresh_from_db()
    assert dossier.etape == Etat.OUVERT
    assert dossier.ouvert_le is not None
    au_passe(dossier, fermeture=timedelta(seconds=1))
    services.tous_a_l_heure()
    dossier.refresh_from_db()
    assert dossier.etape == Etat.DEPOUILLEMENT
    assert services.tous_a_l_heure in veille.TRAVAUX


def test_the_public_page_does_not_wait_for_the_minute(responsable: Membre, dpo: Membre, client: Client) -> None:
    dossier = fabrique.annonce(responsable, dpo)
    au_passe(dossier, ouverture=timedelta(seconds=1))
    page = client.get(f"/consultations/{dossier.slug}/").content.decode()
    assert "Donner mon avis" in page
    au_passe(dossier, fermeture=timedelta(seconds=1))
    page = client.get(f"/consultations/{dossier.slug}/").content.decode()
    assert "Donner mon avis" not in page
    assert "en dépouillement" in page
    assert "ouvert à la participation" not in page


def test_what_is_missing_keeps_it_shut_and_the_page_says_it_is_late(
    responsable: Membre, dpo: Membre, client: Client
) -> None:
    dossier = fabrique.dossier(responsable)
    fabrique.fiche(responsable, dossier)
    services.publier(responsable, dossier, Genre.MODALITES, "Comment participer", "À l'accueil.")
    dossier = services.avancer(responsable, dossier, Etat.ANNONCE)
    au_passe(dossier, ouverture=timedelta(minutes=1))
    page = client.get(f"/consultations/{dossier.slug}/").content.decode()
    assert "est retardée" in page
    assert "Vous pourrez donner votre avis à partir du" not in page
    assert Dossier.objects.get(pk=dossier.pk).etape == Etat.ANNONCE


def test_the_page_and_the_record_tell_the_same_dates(
    responsable: Membre, dpo: Membre, client: Client, connecte: Callable[[Membre], Client]
) -> None:
    """Modalities published, then the closing moved: the announcement waits for a new version."""
    dossier = fabrique.dossier(responsable)
    fabrique.fiche(responsable, dossier)
    ici = f"/equipe/dossiers/{dossier.slug}/"
    equipe = connecte(responsable)
    equipe.post(f"{ici}publier/modalites/", {"titre": "Comment participer", "contenu": "À l'accueil."})
    assert dossier.fermeture is not None
    services.modifier(responsable, dossier, {"fermeture": dossier.fermeture - timedelta(days=11)})
    assert "ne disent pas ce qui est prévu" in equipe.get(ici).content.decode()
    assert "Toutes les exigences" not in equipe.get(f"{ici}conformite/").content.decode()
    refus = equipe.post(f"{ici}publier/modalites/", {"titre": "Comment participer", "contenu": "À l'accueil."})
    assert refus.status_code == 422  # a new version says why
    assert "(facultatif)" not in refus.content.decode().split('name="motif"')[0].rpartition("<label")[2]
    equipe.post(f"{ici}publier/modalites/", {"titre": "M", "contenu": "À l'accueil.", "motif": "Vacances"})
    assert "ne disent pas ce qui est prévu" not in equipe.get(ici).content.decode()
    services.avancer(responsable, dossier, Etat.ANNONCE)
    services.prolonger(responsable, dossier, dossier.fermeture, "Beaucoup de monde")
    page = client.get(f"/consultations/{dossier.slug}/").content.decode()
    assert "parce que\u00a0: Beaucoup de monde" in page
    assert page.count("Ce que la mairie annonce") == 1  # the last version, the others have their own page


def test_a_workshop_keeps_to_the_dates_of_participation(
    ouvert: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    with pytest.raises(AtelierRefuse, match="hors des dates de participation"):
        fabrique.atelier(responsable, ouvert, dans_j=31)
    equipe = connecte(responsable)
    au = ouvert.fermeture
    assert au is not None
    propose = equipe.get(f"/equipe/dossiers/{ouvert.slug}/ateliers/nouveau/").context["form"]["fin"].value()
    assert (timezone.make_aware(propose) if timezone.is_naive(propose) else propose) <= au
    saisie = {"titre": "A", "lieu": "L", "adresse": "R", "capacite": "3", "tables": "1",
              "debut": (au + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"),
              "fin": (au + timedelta(days=1, hours=2)).strftime("%Y-%m-%dT%H:%M")}  # fmt: skip
    page = equipe.post(f"/equipe/dossiers/{ouvert.slug}/ateliers/nouveau/", saisie)
    assert page.status_code == 422
    assert "prolongez d" in page.content.decode()
    assert not ouvert.ateliers.exists()


def test_dates_do_not_move_away_from_a_planned_workshop(responsable: Membre) -> None:
    dossier = fabrique.dossier(responsable)
    fabrique.atelier(responsable, dossier, dans_j=20)
    assert dossier.fermeture is not None
    with pytest.raises(DossierRefuse, match="serait hors de ces dates"):
        services.modifier(responsable, dossier, {"fermeture": dossier.fermeture - timedelta(days=15)})


def test_what_was_said_after_the_closing_is_not_an_opinion(responsable: Membre, dpo: Membre) -> None:
    dossier = fabrique.ferme(responsable, dpo)
    debut = timezone.now() - timedelta(seconds=30)
    tard = Atelier.objects.create(dossier=dossier, titre="Tard", debut=debut, fin=debut, lieu="L", adresse="R")
    Dossier.objects.filter(pk=dossier.pk).update(fermeture=debut - timedelta(days=1))
    tard.dossier.refresh_from_db()
    notes.ecrire(responsable, tard, 1, "Trop tard.", "k")
    assert ateliers.tenir(responsable, tard) == 0
    assert not dossier.contributions.exists()
    assert tard.notes.count() == 1  # nothing is lost


def test_fewer_seats_than_people_seated_is_refused(ouvert: Dossier, responsable: Membre) -> None:
    from consultation.ecoute.ateliers.models import Participant

    atelier = fabrique.atelier(responsable, ouvert, capacite=2)
    for nom in ("Ana", "Bob"):
        ateliers.inscrire(atelier, Participant(nom=nom))
    atelier.capacite = 1
    with pytest.raises(AtelierRefuse, match="2 personnes ont déjà une place"):
        ateliers.planifier(responsable, atelier)


def test_registration_for_a_draw_ends_when_it_was_announced_to(
    ouvert: Dossier, responsable: Membre, django_capture_on_commit_callbacks: Any
) -> None:
    services.decrire(responsable, ouvert, None, "âge", "?", "", [("jeune", 50.0), ("âgé", 50.0)])
    panel = fabrique.panel(responsable, ouvert, taille=4)
    fabrique.volontaires(panel, 20)
    with django_capture_on_commit_callbacks(execute=True):
        tirage = panels.lancer(responsable, panel)
    tirage.refresh_from_db()
    with pytest.raises(PanelRefuse, match="Les inscriptions sont annoncées jusqu'au"):
        panels.annoncer(responsable, tirage)
    panel.refresh_from_db()
    assert panel.recrute
    panel.inscription_jusqua -= timedelta(days=2)
    with pytest.raises(PanelRefuse, match="ne s'abrègent pas"):
        panels.modifier(responsable, panel)
    panel.refresh_from_db()
    fabrique.annoncer(responsable, tirage)
    assert ouvert.publications.filter(genre=Genre.TIRAGE.value).exists()


def test_giving_up_is_one_act_and_no_workshop_goes_on(
    ouvert: Dossier, responsable: Membre, client: Client, connecte: Callable[[Membre], Client]
) -> None:
    atelier = fabrique.atelier(responsable, ouvert)
    with pytest.raises(DossierRefuse, match="est encore prévu"):
        services.publier(responsable, ouvert, Genre.ABANDON, "Pourquoi", "La loi a changé.")
    ateliers.annuler(responsable, atelier, "Le dossier s'arrête.")
    connecte(responsable).post(
        f"/equipe/dossiers/{ouvert.slug}/publier/abandon/", {"titre": "Pourquoi", "contenu": "La loi a changé."}
    )
    ouvert.refresh_from_db()
    assert ouvert.etape == Etat.ABANDONNE
    page = client.get(f"/consultations/{ouvert.slug}/").content.decode()
    assert "La loi a changé." in page
    assert "Donner mon avis" not in page
