"""A dossier stored: the core's refusals come back in words, publications never change."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.utils import DatabaseError
from django.test import Client
from django.utils import timezone

from consultation.dossier import DossierRefuse, Etat, Genre, lire_preuve, verifier_chaine
from consultation.ecoute.donnees import services as donnees
from consultation.ecoute.dossiers import services
from consultation.ecoute.dossiers.models import Dossier, Publication
from consultation.ecoute.equipe.models import Membre
from tests.consultation.ecoute import fabrique

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("code", "sans", "cible"),
    [
        ("perimetre", {"perimetre_public": ""}, Etat.ANNONCE),
        ("anti_doublon", {"mesure": ""}, Etat.ANNONCE),
        ("delai", {"fermeture": None}, Etat.ANNONCE),
    ],
)
def test_each_missing_duty_is_refused_on_its_page_in_words(
    code: str, sans: dict[str, object], cible: Etat, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    dossier = fabrique.dossier(responsable, **sans)  # type: ignore[arg-type]
    services.publier(responsable, dossier, Genre.MODALITES, "Comment participer", "Tout.")
    assert [m.code for m in services.ce_qui_manque(dossier, cible)] == [code]
    client = connecte(responsable)
    reponse = client.post(f"/equipe/dossiers/{dossier.slug}/etape/{cible.value}/")
    assert reponse.status_code == 409
    phrase = services.ce_qui_manque(dossier, cible)[0].phrase
    assert phrase.split("'")[0] in reponse.content.decode()
    dossier.refresh_from_db()
    assert dossier.etat == Etat.PREPARATION


def test_missing_modalities_information_approval_and_results_are_refused(responsable: Membre, dpo: Membre) -> None:
    dossier = fabrique.dossier(responsable)
    with pytest.raises(DossierRefuse, match="modalités ne sont pas publiées"):
        services.avancer(responsable, dossier, Etat.ANNONCE)
    services.publier(responsable, dossier, Genre.MODALITES, "Comment participer", "Tout.")
    dossier = services.avancer(responsable, dossier, Etat.ANNONCE)
    with pytest.raises(DossierRefuse) as refus:
        services.avancer(responsable, dossier, Etat.OUVERT)
    assert {m.code for m in refus.value.manques} == {"information", "protection", "ouverture"}
    clos = fabrique.ferme(responsable, dpo, titre="Autre")
    with pytest.raises(DossierRefuse, match="Ni les résultats ni les suites"):
        services.avancer(responsable, clos, Etat.CLOS)
    services.publier(responsable, clos, Genre.RESULTATS, "Ce que vous avez dit", "Ceci.")
    assert services.avancer(responsable, clos, Etat.CLOS).clos_le is not None


def test_what_was_announced_no_longer_changes(responsable: Membre, dpo: Membre) -> None:
    dossier = fabrique.annonce(responsable, dpo)
    with pytest.raises(DossierRefuse, match="annoncé"):
        services.modifier(responsable, dossier, {"objet": "Autre chose"})
    with pytest.raises(DossierRefuse, match="annoncé"):
        services.modifier(responsable, dossier, {"limite_par_appareil": 100})
    dossier.refresh_from_db()
    assert dossier.limite_par_appareil == 3


def test_publications_are_dated_versioned_and_never_change(responsable: Membre, dpo: Membre) -> None:
    dossier = fabrique.annonce(responsable, dpo)
    with pytest.raises(DossierRefuse, match="pourquoi vous la remplacez"):
        services.publier(responsable, dossier, Genre.MODALITES, "Comment participer", "Mieux.")
    deuxieme = services.publier(responsable, dossier, Genre.MODALITES, "Comment participer", "Mieux.", motif="Adresse")
    assert deuxieme.version == 2
    with pytest.raises(PermissionDenied):
        deuxieme.save()
    with pytest.raises(PermissionDenied):
        deuxieme.delete()
    with pytest.raises(DatabaseError), connection.cursor() as curseur:
        curseur.execute("UPDATE dossiers_publication SET contenu = 'faux' WHERE numero = 1")


def test_the_proof_can_be_checked_by_anybody_and_shows_a_tampering(
    responsable: Membre, dpo: Membre, client: Client
) -> None:
    dossier = fabrique.annonce(responsable, dpo)
    texte = client.get(f"/consultations/{dossier.slug}/publications/preuve.json").content.decode()
    assert verifier_chaine(lire_preuve(texte)) == []
    faux = json.loads(texte)
    faux[0]["contenu"] = "autre"
    assert verifier_chaine(lire_preuve(json.dumps(faux)))
    assert "rien n'a été modifié" in client.get(f"/consultations/{dossier.slug}/publications/").content.decode()
    with connection.cursor() as curseur:
        if connection.vendor == "postgresql":  # SQLite empties tables with DELETE, so only the chain shows it
            curseur.execute("SET LOCAL session_replication_role = replica")
        curseur.execute("DELETE FROM dossiers_publication WHERE numero = 1")
    page = client.get(f"/consultations/{dossier.slug}/publications/").content.decode()
    assert "La suite des publications est rompue" in page


def test_an_extension_is_published_with_its_reason(ouvert: Dossier, responsable: Membre) -> None:
    with pytest.raises(DossierRefuse, match="Dites pourquoi"):
        services.prolonger(responsable, ouvert, timezone.now() + timedelta(days=60), "  ")
    with pytest.raises(DossierRefuse, match="ne s'abrège pas"):
        services.prolonger(responsable, ouvert, timezone.now() + timedelta(days=2), "Trop long")
    nouvelle = services.prolonger(responsable, ouvert, timezone.now() + timedelta(days=60), "Vacances scolaires")
    assert nouvelle.genre == Genre.PROLONGATION
    ouvert.refresh_from_db()
    assert ouvert.fermeture is not None
    assert ouvert.fermeture > timezone.now() + timedelta(days=59)
    assert verifier_chaine(services.chaine(ouvert)) == []


def test_a_document_is_covered_by_the_digest_and_served_only_when_public(
    responsable: Membre, dossier: Dossier, client: Client
) -> None:
    services.publier(
        responsable, dossier, Genre.INFORMATION, "Plan", "Le plan.",
        fichier=SimpleUploadedFile("plan.pdf", b"%PDF-1.7 essai"),
    )  # fmt: skip
    publication = Publication.objects.get()
    assert "SHA-256" in publication.contenu
    adresse = f"/consultations/{dossier.slug}/publications/1/fichier/"
    assert client.get(adresse).status_code == 404
    services.publier(responsable, dossier, Genre.MODALITES, "Comment participer", "Tout.")
    services.avancer(responsable, dossier, Etat.ANNONCE)
    reponse = client.get(adresse)
    assert b"".join(reponse.streaming_content) == b"%PDF-1.7 essai"  # type: ignore[attr-defined]


def test_changing_the_sheet_takes_the_approval_away(responsable: Membre, dpo: Membre, dossier: Dossier) -> None:
    fabrique.fiche(responsable, dossier)
    fiche = donnees.approuver(dpo, dossier.fiche)  # type: ignore[attr-defined]
    assert fiche.approuve_par == "Dominique Petit"
    with pytest.raises(PermissionDenied):
        donnees.approuver(responsable, fiche)
    mois = {d.sorte: d.mois for d in fiche.durees.all()} | {"avis": 24}
    textes = {"finalite": fiche.finalite, "base_legale": fiche.base_legale, "destinataires": fiche.destinataires}
    assert donnees.enregistrer(responsable, dossier, textes, mois).approuve_le is None


def test_the_compliance_record_prints_as_a_tagged_pdf(
    ouvert: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    reponse = connecte(responsable).get(f"/equipe/dossiers/{ouvert.slug}/conformite.pdf")
    assert reponse.content.startswith(b"%PDF-")
    ouvert_ = fabrique.contenu_pdf(reponse.content)
    assert b"/StructTreeRoot" in ouvert_
    assert b"pdfuaid" in ouvert_
