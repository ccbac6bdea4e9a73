"""A dossier stored: the core's refusals come back in words, publications never change."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.utils import DatabaseError
from django.test import Client
from django.utils import timezone

from consultation.commande import consultation
from consultation.dossier import SIX_VERIFICATIONS, DossierRefuse, Etat, Genre, Regime, lire_preuve, verifier_chaine
from consultation.dossier.regles import CE_2017, L131
from consultation.ecoute.donnees import services as donnees
from consultation.ecoute.dossiers import services
from consultation.ecoute.dossiers.models import Dossier, Publication
from consultation.ecoute.equipe.models import Membre
from tests.consultation.ecoute import fabrique

pytestmark = pytest.mark.django_db


SIX: dict[str, tuple[Etat, str]] = {
    "modalites": (Etat.ANNONCE, "Les modalités ne sont pas publiées"),
    "information": (Etat.OUVERT, "Aucune information utile n'est mise à disposition"),
    "delai": (Etat.ANNONCE, "chacun doit disposer d'un délai raisonnable"),
    "resultats": (Etat.CLOS, "Ni les résultats ni les suites envisagées ne sont publiés"),
    "perimetre": (Etat.ANNONCE, "Le périmètre n'est pas justifié"),
    "anti_doublon": (Etat.ANNONCE, "Rien n'empêche qu'une même personne donne plusieurs fois son avis"),
}


def sans(code: str, qui: Membre, dpo: Membre) -> Dossier:
    """A dossier ready to move on, were it not for this one check."""
    if code == "resultats":
        return fabrique.ferme(qui, dpo)
    champs: dict[str, dict[str, object]] = {
        "delai": {"fermeture": None}, "perimetre": {"perimetre_justification": ""}, "anti_doublon": {"mesure": ""},
        "information": {"ouverture": timezone.now() - timedelta(minutes=1)},
    }  # fmt: skip
    dossier = fabrique.dossier(qui, **champs.get(code, {}))  # type: ignore[arg-type]
    fabrique.fiche(qui, dossier)
    donnees.approuver(dpo, dossier.fiche)  # type: ignore[attr-defined]
    if code != "modalites":
        services.publier(qui, dossier, Genre.MODALITES, "Comment participer", "Tout.")
    return services.avancer(qui, dossier, Etat.ANNONCE) if code == "information" else dossier


@pytest.mark.parametrize("code", SIX_VERIFICATIONS)
def test_each_of_the_six_checks_missing_alone_is_refused_in_words_on_its_page(
    code: str, responsable: Membre, dpo: Membre, connecte: Callable[[Membre], Client]
) -> None:
    dossier, (cible, phrase) = sans(code, responsable, dpo), SIX[code]
    avant = dossier.etat
    assert [m.code for m in services.ce_qui_manque(dossier, cible)] == [code]
    reponse = connecte(responsable).post(f"/equipe/dossiers/{dossier.slug}/etape/{cible.value}/")
    assert reponse.status_code == 409
    page = unescape(reponse.content.decode())
    assert phrase in page
    source = CE_2017 if code in {"perimetre", "anti_doublon"} else L131
    assert source in page
    dossier.refresh_from_db()
    assert dossier.etat == avant
    accueil = unescape(connecte(responsable).get(f"/equipe/dossiers/{dossier.slug}/").content.decode())
    assert phrase in accueil  # said before anybody tries, with the way to complete it


def test_a_free_dossier_says_what_it_asks_and_when_before_it_is_announced(responsable: Membre) -> None:
    libre = services.creer(responsable, Dossier(titre="Écouter", regime=Regime.LIBRE.value, objet="L'accueil"))
    assert [m.code for m in services.ce_qui_manque(libre, Etat.ANNONCE)] == ["question", "dates"]


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


def test_a_third_person_checks_the_archive_with_the_command(
    responsable: Membre, dossier: Dossier, client: Client, tmp_path: Path
) -> None:
    services.publier(
        responsable, dossier, Genre.INFORMATION, "Plan", "Le plan.",
        fichier=SimpleUploadedFile("plan.pdf", b"%PDF-1.7 essai"),
    )  # fmt: skip
    services.publier(responsable, dossier, Genre.MODALITES, "Comment participer", "Tout.")
    services.avancer(responsable, dossier, Etat.ANNONCE)
    reponse = client.get(f"/consultations/{dossier.slug}/publications/preuve.zip")
    fichier = tmp_path / "publications.zip"
    fichier.write_bytes(reponse.content)
    derniere = Publication.objects.get(numero=2).empreinte
    assert derniere in client.get(f"/consultations/{dossier.slug}/publications/").content.decode()

    def verifier(*mots: str) -> tuple[int, str]:
        sortie = CliRunner().invoke(consultation, ["check-publications", str(fichier), *mots])
        return sortie.exit_code, sortie.output

    code, dit = verifier("--digest", derniere)
    assert code == 0, dit
    assert "2 publications : rien n'a été modifié" in dit
    assert verifier("--digest", "0" * 64)[0] == 1
    with zipfile.ZipFile(io.BytesIO(reponse.content)) as bon, zipfile.ZipFile(fichier, "w") as faux:
        for nom in bon.namelist():
            faux.writestr(nom, bon.read(nom).replace(b"Le plan.", b"Un plan."))
    code, dit = verifier()
    assert code == 1
    assert "modifiée après sa publication" in dit
    fichier.write_bytes(b"autre chose")
    assert "n'est pas une preuve" in verifier()[1]


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
