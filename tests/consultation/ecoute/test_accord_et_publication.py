"""Agreement is opt-in and follows the words: asked before, no by default, and taken back wherever it was published."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from consultation.dossier import Genre, lire_archive, lire_preuve, verifier_chaine
from consultation.ecoute.accueil.a_faire import a_faire
from consultation.ecoute.ateliers import accords, notes
from consultation.ecoute.ateliers import services as ateliers
from consultation.ecoute.ateliers.models import Atelier, Participant
from consultation.ecoute.contributions import services as avis
from consultation.ecoute.contributions.models import Canal, Contribution
from consultation.ecoute.contributions.services import Saisie
from consultation.ecoute.donnees import services as donnees
from consultation.ecoute.dossiers import services
from consultation.ecoute.dossiers.models import RETIRE, Dossier
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.lecture import services as lecture
from consultation.ecoute.suites import donnees_ouvertes, verification
from consultation.ecoute.suites import services as suites
from consultation.ecoute.suites.models import Constat
from tests.consultation.ecoute import fabrique

pytestmark = pytest.mark.django_db
PAROLE = "Le samedi matin, deux heures d'attente debout avec la poussette."


@pytest.fixture
def atelier(responsable: Membre, ouvert: Dossier) -> Atelier:
    return fabrique.atelier(responsable, ouvert, dans_j=-0.04, capacite=9)


def venir(atelier: Atelier, nom: str) -> Participant:
    return Participant.objects.create(atelier=atelier, nom=nom, statut=Participant.Statut.PRESENT)


@pytest.mark.parametrize(("reponses", "permis"), [
    ({"Awa": None}, False), ({"Awa": False}, False), ({"Awa": True}, True), ({"Awa": True, "Bob": None}, False),
    ({"Awa": True, "Bob": True}, True), ({}, False),
])  # fmt: skip
def test_words_without_a_speaker_need_the_yes_of_all_who_were_there(
    atelier: Atelier, responsable: Membre, reponses: dict[str, bool | None], permis: bool
) -> None:
    for nom, reponse in reponses.items():
        personne = venir(atelier, nom)
        if reponse is not None:
            accords.repondre(personne, {"citation": reponse})
    notes.ecrire(responsable, atelier, 1, PAROLE, "k")
    ateliers.tenir(responsable, atelier)
    assert Contribution.objects.get().citable is permis


def test_somebody_noted_present_afterwards_counts_too(atelier: Atelier, responsable: Membre) -> None:
    accords.repondre(venir(atelier, "Awa"), {"citation": True})
    notes.ecrire(responsable, atelier, 1, PAROLE, "k")
    ateliers.tenir(responsable, atelier)
    assert Contribution.objects.get().citable
    ateliers.accueillir(responsable, atelier, Participant(nom="Bob"))
    assert not Contribution.objects.get().citable


@pytest.fixture
def cite(atelier: Atelier, responsable: Membre) -> Participant:
    """Somebody whose words are quoted in published results."""
    personne = venir(atelier, "Awa")
    accords.repondre(personne, {"citation": True})
    notes.ecrire(responsable, atelier, 1, PAROLE, "k", participant=personne)
    ateliers.tenir(responsable, atelier)
    lecture.relire(responsable, Contribution.objects.get(), set())
    constat = Constat.objects.create(dossier=atelier.dossier, texte="On attend.")
    suites.permettre(responsable, suites.citer(responsable, constat, 1, PAROLE), True)
    fabrique.resultats(responsable, atelier.dossier)
    services.publier(
        responsable, atelier.dossier, Genre.RESULTATS, "Ce que vous nous avez dit",
        f"Nous avons lu 1 avis.\n\n« {PAROLE.replace(', ', ',  ')} »\n\nMerci.", motif="Avec les paroles",
    )  # fmt: skip
    return personne


def test_words_taken_back_leave_every_public_place_at_once(
    cite: Participant, responsable: Membre, client: Client
) -> None:
    dossier = cite.atelier.dossier
    pages = [f"/consultations/{dossier.slug}/{fin}" for fin in
             ("", "publications/", "publications/preuve.json", "vous-avez-dit/")]  # fmt: skip
    debout = "debout avec la poussette"
    assert debout in client.get(pages[0]).content.decode()
    client.post(f"/ma-place/{cite.jeton}/", {"citation": "non"})
    for page in pages:
        assert debout not in client.get(page).content.decode(), page
    assert RETIRE in client.get(pages[0]).content.decode().replace("&#x27;", "'")
    octets = client.get(f"/consultations/{dossier.slug}/publications/preuve.zip").content
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        assert not any(debout.encode() in archive.read(nom) for nom in archive.namelist())
    for publications in (lire_archive(octets), lire_preuve(services.preuve(dossier))):
        assert [p.retires for p in publications if p.retires] == [1]
        assert verifier_chaine(publications) == []
    assert verifier_chaine(services.chaine(dossier)) == []  # what was published is whole, and frozen
    assert "paroles retirées : cachées dans 1 publication" in " ".join(dossier.traces.values_list("phrase", flat=True))


def test_a_correction_is_asked_for_with_a_deadline_even_once_closed(
    cite: Participant, responsable: Membre, connecte: Callable[[Membre], Client], client: Client
) -> None:
    dossier = cite.atelier.dossier
    dossier.etat = "clos"
    dossier.save(update_fields=["etat"])
    assert not [t for t in a_faire(responsable, timezone.now()) if "version corrigée" in t.quoi]
    accords.tout_retirer(cite)
    [tache] = [t for t in a_faire(responsable, timezone.now()) if "version corrigée" in t.quoi]
    assert tache.presse
    assert tache.pour is not None
    assert timezone.now() < tache.pour <= timezone.now() + timedelta(days=7)
    equipe = connecte(responsable)
    propose = equipe.get(tache.adresse).context["form"]["contenu"].value()
    assert "poussette" not in propose
    assert RETIRE not in propose
    equipe.post(tache.adresse, {"titre": "Ce que vous nous avez dit", "contenu": propose, "motif": "Paroles retirées"})
    assert not [t for t in a_faire(responsable, timezone.now()) if "version corrigée" in t.quoi]
    assert dossier.publications.filter(genre="resultats").count() == 3


def test_the_form_says_before_writing_what_may_be_published_and_lets_choose(ouvert: Dossier, client: Client) -> None:
    adresse = f"/consultations/{ouvert.slug}/donner-mon-avis/"
    page = client.get(adresse).content.decode().replace("&#x27;", "'").replace("\u2019", "'")
    assert page.index("Avant d'écrire") < page.index('name="texte"')
    assert "données ouvertes" in page
    assert "checked" not in page.split('name="publier"')[1].split(">")[0]
    client.post(adresse, {"texte": "Sans choisir."})
    client.post(adresse, {"texte": "En choisissant.", "publier": "on"})
    choix = dict(ouvert.contributions.values_list("texte", "publication_acceptee"))
    assert choix == {"Sans choisir.": False, "En choisissant.": True}
    for autre in ("/donnees-personnelles/", f"/consultations/{ouvert.slug}/"):
        assert "données ouvertes" in client.get(autre).content.decode()


def test_the_thanks_do_not_say_unknown_to_somebody_who_left_an_address(ouvert: Dossier, client: Client) -> None:
    adresse = f"/consultations/{ouvert.slug}/donner-mon-avis/"
    avec = client.post(adresse, {"texte": "Un", "courriel": "ana@exemple.test"}, follow=True).content.decode()
    assert "Nous ne savons pas qui vous êtes" not in avec
    sans = client.post(adresse, {"texte": "Deux"}, follow=True).content.decode()
    assert "Nous ne savons pas qui vous êtes" in sans


def test_a_text_leaves_only_agreed_to_and_checked_as_it_reads(
    ouvert: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    def dire(texte: str, **champs: Any) -> Contribution:
        recu = avis.saisir(responsable, ouvert, Saisie(texte, Canal.PAPIER, {}, **champs))
        return lecture.relire(responsable, recu, set())

    def sortis() -> set[str]:
        return {str(ligne[4]) for ligne in donnees_ouvertes.avis(ouvert).lignes} - {""}

    dire("Jamais accepté.")
    clair = dire("Accepté, rien à dire.", publier=True)
    lina = dire("Je suis le papa de Lina, on attend trop.", publier=True)
    assert sortis() == set()  # nobody checked yet
    client = connecte(responsable)
    adresse = f"/equipe/dossiers/{ouvert.slug}/suites/verifier/"
    page = client.get(adresse)
    assert page.context["form"]["clairs"].initial == [str(clair.pk)]
    assert [cle for cle, _ in page.context["form"].fields["douteux"].choices] == [str(lina.pk)]
    assert "à regarder\u00a0: Lina" in page.content.decode()
    assert client.post(adresse, {}).status_code == 422
    client.post(adresse, {"clairs": [str(clair.pk)]})
    assert sortis() == {"Accepté, rien à dire."}
    lecture.relire(responsable, clair, set(), ["rien à dire"])  # read again: to be checked again
    assert sortis() == set()
    assert {a.pk for a in verification.en_attente(ouvert)} == {clair.pk, lina.pk}


def test_the_approval_is_the_dpos_own_act_when_there_is_one(
    responsable: Membre, dpo: Membre, connecte: Callable[[Membre], Client]
) -> None:
    dossier = fabrique.dossier(responsable)
    fabrique.fiche(responsable, dossier)
    fiche = dossier.fiche  # type: ignore[attr-defined]
    with pytest.raises(PermissionDenied, match="approuve lui-même"):
        donnees.approuver(responsable, fiche, "Gilles Robert", "dit au téléphone")
    adresse = f"/equipe/dossiers/{dossier.slug}/donnees/approuver/"
    client = connecte(responsable)
    page = client.post(adresse, {"nom": "Gilles Robert", "reference": "dit au téléphone"}).content.decode()
    assert "approuve lui-même" in page
    fiche.refresh_from_db()
    assert fiche.approuve_le is None
    dpo.is_active = False
    dpo.save(update_fields=["is_active"])
    client.post(adresse, {"nom": "Gilles Robert", "reference": "courriel du 3 mars"})
    for page in (client.get(f"/equipe/dossiers/{dossier.slug}/"),
                 client.get(f"/equipe/dossiers/{dossier.slug}/conformite/")):  # fmt: skip
        texte = page.content.decode()
        assert "Gilles Robert" in texte
        assert "Camille Durand" in texte  # who noted it
        assert "courriel du 3 mars" in texte
