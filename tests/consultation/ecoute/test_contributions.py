"""Contributions by every channel: limits said in words, nothing lost, nothing counted twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from consultation.dossier import Etat
from consultation.ecoute.contributions import importation, services
from consultation.ecoute.contributions.models import Canal, Contact, Contribution
from consultation.ecoute.contributions.services import AvisRefuse, Saisie
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.dossiers.services import decrire
from consultation.ecoute.equipe.models import Membre
from consultation.tirage.erreurs import FichiersInvalides

pytestmark = pytest.mark.django_db


def donner(client: Client, dossier: Dossier, texte: str, **champs: str) -> str:
    adresse = f"/consultations/{dossier.slug}/donner-mon-avis/"
    return client.post(adresse, {"texte": texte, **champs}, follow=True).content.decode()


def test_an_opinion_needs_one_field_and_gets_a_number(ouvert: Dossier, client: Client) -> None:
    page = donner(client, ouvert, "Trop de pièces demandées.")
    assert "Votre avis porte le numéro <strong>1</strong>" in page
    avis = Contribution.objects.get()
    assert (avis.canal, avis.profil, hasattr(avis, "contact")) == (Canal.WEB, {}, False)
    assert donner(client, ouvert, "").count("Écrivez votre avis, même en quelques mots.") == 2


def test_the_limit_of_the_dossier_holds_by_device_and_is_said(ouvert: Dossier, client: Client) -> None:
    for rang in range(3):
        donner(client, ouvert, f"Avis {rang}")
    page = donner(client, ouvert, "Avis de trop")
    assert "3 avis ont déjà été donnés avec cet appareil" in page
    assert "Avis de trop" in page  # nothing typed is lost
    assert "porte le numéro" in donner(client, ouvert, "  avis   1 ")  # sent again: the same receipt, no second one
    assert "porte le numéro" in donner(Client(), ouvert, "Un autre appareil")
    assert Contribution.objects.count() == 4


def test_robots_and_floods_are_told_and_nothing_is_kept(ouvert: Dossier, client: Client) -> None:
    assert "comme le font les robots" in donner(client, ouvert, "Achetez", site="http://x")
    assert not Contribution.objects.exists()
    for rang in range(services.DEPOTS_PAR_HEURE):
        donner(Client(), ouvert, f"Avis {rang}")
    assert "réessayez dans une heure" in donner(Client(), ouvert, "Encore").replace("\n", " ")


def test_before_and_after_the_dates_nothing_is_taken(ouvert: Dossier, client: Client) -> None:
    Dossier.objects.filter(pk=ouvert.pk).update(fermeture=timezone.now() - timedelta(minutes=1))
    reponse = client.post(f"/consultations/{ouvert.slug}/donner-mon-avis/", {"texte": "Trop tard"})
    assert reponse.status_code == 410
    assert not Contribution.objects.exists()


def test_contact_details_are_kept_apart_and_only_if_asked_for(
    ouvert: Dossier, client: Client, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    donner(client, ouvert, "Prévenez-moi", courriel="lea@exemple.test")
    assert Contact.objects.get().courriel == "lea@exemple.test"
    assert "exemple.test" not in client.get(f"/consultations/{ouvert.slug}/").content.decode()
    equipe = connecte(responsable)
    liste = equipe.post(f"/equipe/dossiers/{ouvert.slug}/avis/contacts/").content.decode()
    assert liste.splitlines()[1] == "1;;lea@exemple.test;"
    assert "a exporté les coordonnées" in str(list(ouvert.traces.values_list("phrase", flat=True)))


def test_behind_a_relay_floods_are_counted_by_visitor(ouvert: Dossier, settings: Any) -> None:
    services.DEPOTS_PAR_HEURE, avant = 2, services.DEPOTS_PAR_HEURE
    try:
        settings.RELAIS_DE_CONFIANCE = True
        for rang in range(4):
            navigateur = Client(headers={"X-Forwarded-For": f"203.0.113.99, 192.0.2.{rang}"})
            assert "porte le numéro" in donner(navigateur, ouvert, f"Avis {rang}")
    finally:
        services.DEPOTS_PAR_HEURE = avant


def test_the_front_desk_enters_paper_and_phone(
    ouvert: Dossier, accueil: Membre, connecte: Callable[[Membre], Client]
) -> None:
    client = connecte(accueil)
    adresse = f"/equipe/saisie/{ouvert.slug}/"
    champs = {"canal": "papier", "texte": "Guichet fermé le midi.", "recue": timezone.localdate().isoformat(),
              "bulletin": "0007"}  # fmt: skip
    assert "Vous pouvez saisir le suivant" in client.post(adresse, champs, follow=True).content.decode()
    assert "Le bulletin 0007 est déjà saisi" in client.post(adresse, champs).content.decode()
    client.post(adresse, champs | {"canal": "telephone", "bulletin": "", "texte": "Personne ne répond."})
    assert list(Contribution.objects.values_list("canal", "saisie_par__nom")) == [
        ("papier", "Alex Roy"), ("telephone", "Alex Roy"),
    ]  # fmt: skip
    assert 'value="telephone" id="id-canal_2" checked' in client.get(adresse).content.decode().replace("\n", "")


def test_paper_that_came_late_does_not_count(ouvert: Dossier, responsable: Membre) -> None:
    Dossier.objects.filter(pk=ouvert.pk).update(
        fermeture=timezone.now() - timedelta(days=2), etat=Etat.DEPOUILLEMENT.value
    )
    ouvert.refresh_from_db()
    a_temps = Saisie("À temps", Canal.PAPIER, {}, timezone.now() - timedelta(days=3))
    assert services.saisir(responsable, ouvert, a_temps).numero == 1
    with pytest.raises(AvisRefuse, match="après la fermeture"):
        services.saisir(responsable, ouvert, Saisie("Tard", Canal.PAPIER, {}, timezone.now()))


def test_an_import_takes_every_line_or_none_and_never_twice(ouvert: Dossier, responsable: Membre) -> None:
    decrire(responsable, ouvert, None, "quartier", "Où habitez-vous ?", "Insee", [("Nord", 50.0), ("Sud", 50.0)])

    def importer(texte: str) -> importation.Import:
        return importation.importer(responsable, ouvert, SimpleUploadedFile("avis.csv", texte.encode()))

    with pytest.raises(FichiersInvalides) as refus:
        importer("texte;canal;date;quartier\nBien;pigeon;;Est\n;papier;hier;\n")
    assert len(refus.value.erreurs) == 4
    assert not Contribution.objects.exists()
    bon = "texte;canal;date;quartier\nBien;papier;03/11/2026;Nord\nMal;telephone;;\n"
    assert importer(bon) == importation.Import(2, 0)
    assert importer(bon) == importation.Import(0, 2)
    assert Contribution.objects.get(numero=1).profil == {"quartier": "Nord"}


def test_setting_aside_asks_why_and_can_be_undone(ouvert: Dossier, responsable: Membre, client: Client) -> None:
    donner(client, ouvert, "Publicité")
    avis = Contribution.objects.get()
    with pytest.raises(AvisRefuse, match="Dites pourquoi"):
        services.ecarter(responsable, avis, " ")
    services.ecarter(responsable, avis, "publicité")
    assert avis.ecarte_le is not None
    services.retablir(responsable, avis)
    assert list(ouvert.traces.values_list("phrase", flat=True)[:2]) == [
        "a rétabli l'avis n° 1", "a écarté l'avis n° 1 (publicité)",
    ]  # fmt: skip


def test_markup_typed_by_a_person_stays_text(
    ouvert: Dossier, client: Client, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    donner(client, ouvert, "<script>alert(1)</script>")
    page = connecte(responsable).get(f"/equipe/dossiers/{ouvert.slug}/avis/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
