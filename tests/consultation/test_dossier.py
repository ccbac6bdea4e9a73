"""The dossier: each check of L.131-1 lacks in turn and is refused in words; nothing is dated back or changed."""

from __future__ import annotations

import io
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from consultation.dossier import (
    SIX_VERIFICATIONS,
    Dossier,
    DossierRefuse,
    Etat,
    Genre,
    MesureAntiDoublon,
    Perimetre,
    ProtectionDonnees,
    Regime,
    archive,
    avancer,
    echeances,
    fiche_de_conformite,
    lire_archive,
    lire_preuve,
    modifier,
    preuve,
    prolonger,
    publier,
    verifier_chaine,
)

DEBUT = datetime(2026, 9, 1, 8, tzinfo=UTC)
OUVERTURE = DEBUT + timedelta(days=7)
FERMETURE = OUVERTURE + timedelta(days=30)
JOUR = timedelta(days=1)


def prepare(regime: Regime = Regime.L131_1) -> Dossier:
    return Dossier(
        titre="Inscrire son enfant à l'école",
        regime=regime,
        objet="Simplifier l'inscription scolaire",
        question="Qu'est-ce qui a été difficile ?",
        ouverture=OUVERTURE,
        fermeture=FERMETURE,
        perimetre=Perimetre("Parents d'enfants de 2 à 11 ans", "Ce sont eux qui inscrivent."),
        anti_doublon=MesureAntiDoublon("Un code par foyer", "L'école connaît déjà les foyers."),
        protection=ProtectionDonnees("RGPD, 6(1)(e)", "3 mois après le bilan", "La déléguée", DEBUT),
        commission_remplacee="Commission des écoles",
        exclusions_ecartees=True,
    )


def annonce(dossier: Dossier) -> Dossier:
    return avancer(publier(dossier, Genre.MODALITES, "Modalités", "Qui, quand, comment.", DEBUT), Etat.ANNONCE, DEBUT)


def ouvert(dossier: Dossier) -> Dossier:
    dossier = publier(dossier, Genre.INFORMATION, "Le projet", "Ce qui changerait.", DEBUT + JOUR)
    return avancer(dossier, Etat.OUVERT, OUVERTURE)


def depouille(dossier: Dossier) -> Dossier:
    assert dossier.fermeture is not None
    return avancer(dossier, Etat.DEPOUILLEMENT, dossier.fermeture)


def clos(dossier: Dossier) -> Dossier:
    dossier = publier(dossier, Genre.RESULTATS, "Résultats", "60 contributions.", FERMETURE + 2 * JOUR)
    return avancer(dossier, Etat.CLOS, FERMETURE + 3 * JOUR)


def test_a_complete_l131_1_dossier_goes_from_preparation_to_closed() -> None:
    dossier = clos(depouille(ouvert(annonce(prepare()))))
    assert dossier.etat == Etat.CLOS
    assert verifier_chaine(dossier.publications) == []
    fiche = {ligne.code: ligne for ligne in fiche_de_conformite(dossier, FERMETURE + 3 * JOUR)}
    assert set(SIX_VERIFICATIONS) <= set(fiche)
    assert all(ligne.satisfait for ligne in fiche.values())


def refus_a_l_annonce(dossier: Dossier) -> DossierRefuse:
    with pytest.raises(DossierRefuse) as refus:
        annonce(dossier)
    return refus.value


def sans_modalites() -> DossierRefuse:
    with pytest.raises(DossierRefuse) as refus:
        avancer(prepare(), Etat.ANNONCE, DEBUT)
    return refus.value


def sans_information() -> DossierRefuse:
    with pytest.raises(DossierRefuse) as refus:
        avancer(annonce(prepare()), Etat.OUVERT, OUVERTURE)
    return refus.value


def sans_resultats() -> DossierRefuse:
    with pytest.raises(DossierRefuse) as refus:
        avancer(depouille(ouvert(annonce(prepare()))), Etat.CLOS, FERMETURE + JOUR)
    return refus.value


LACUNES: list[tuple[str, str, Callable[[], DossierRefuse]]] = [
    ("modalites", "modalités ne sont pas publiées", sans_modalites),
    ("information", "Aucune information utile", sans_information),
    ("delai", "délai raisonnable", lambda: refus_a_l_annonce(replace(prepare(), fermeture=None))),
    ("resultats", "Ni les résultats ni les suites", sans_resultats),
    (
        "perimetre",
        "n'est pas justifié",
        lambda: refus_a_l_annonce(replace(prepare(), perimetre=Perimetre("Tous", " "))),
    ),
    ("anti_doublon", "plusieurs fois son avis", lambda: refus_a_l_annonce(replace(prepare(), anti_doublon=None))),
]


@pytest.mark.parametrize(("code", "mots", "essayer"), LACUNES, ids=[code for code, _, _ in LACUNES])
def test_lacking_exactly_one_of_the_six_checks_is_refused_in_words(
    code: str, mots: str, essayer: Callable[[], DossierRefuse]
) -> None:
    refus = essayer()
    assert [manque.code for manque in refus.manques] == [code]
    assert mots in str(refus)
    assert refus.manques[0].source in str(refus)


def test_the_six_checks_are_all_tried() -> None:
    assert {code for code, _, _ in LACUNES} == set(SIX_VERIFICATIONS)


def test_a_short_time_must_be_justified_and_is_told_as_the_towns_choice() -> None:
    court = replace(prepare(), fermeture=OUVERTURE + 5 * JOUR)
    refus = refus_a_l_annonce(court)
    assert "5 jours pour participer" in str(refus)
    assert "la loi n'en fixe aucun" in str(refus)
    assert annonce(replace(court, justification_duree="Rentrée le 15.")).etat == Etat.ANNONCE


def test_follow_ups_alone_allow_closing() -> None:
    dossier = depouille(ouvert(annonce(prepare())))
    dossier = publier(dossier, Genre.SUITES, "Suites", "Formulaire refait en mars.", FERMETURE + JOUR)
    assert avancer(dossier, Etat.CLOS, FERMETURE + JOUR).etat == Etat.CLOS


def test_l132_1_has_a_hard_floor_of_fifteen_days_whatever_the_justification() -> None:
    court = replace(
        prepare(Regime.L132_1), fermeture=OUVERTURE + timedelta(days=14, hours=23), justification_duree="Urgent."
    )
    refus = refus_a_l_annonce(court)
    assert [manque.code for manque in refus.manques] == ["quinze_jours"]
    assert "14 jours" in str(refus)
    assert annonce(replace(court, fermeture=OUVERTURE + 15 * JOUR)).etat == Etat.ANNONCE


def test_l132_1_needs_its_commission_its_exclusions_and_a_public_synthesis() -> None:
    refus = refus_a_l_annonce(replace(prepare(Regime.L132_1), commission_remplacee="", exclusions_ecartees=False))
    assert [manque.code for manque in refus.manques] == ["commission", "exclusions"]
    dossier = depouille(ouvert(annonce(prepare(Regime.L132_1))))
    dossier = publier(dossier, Genre.RESULTATS, "Résultats", "60.", FERMETURE)
    with pytest.raises(DossierRefuse, match="synthèse des observations n'est pas publiée"):
        avancer(dossier, Etat.CLOS, FERMETURE)
    dossier = publier(dossier, Genre.SYNTHESE, "Synthèse", "On nous a dit…", FERMETURE)
    assert avancer(dossier, Etat.CLOS, FERMETURE).etat == Etat.CLOS


def test_free_listening_asks_little_but_the_data_protection_officer() -> None:
    libre = Dossier("Écoute", Regime.LIBRE, objet="La piscine")
    with pytest.raises(DossierRefuse) as refus:
        avancer(libre, Etat.ANNONCE, DEBUT)
    assert [manque.code for manque in refus.value.manques] == ["question", "dates"]
    libre = modifier(libre, question="Quoi ?", ouverture=OUVERTURE, fermeture=FERMETURE)
    libre = avancer(libre, Etat.ANNONCE, DEBUT)
    with pytest.raises(DossierRefuse, match="base légale"):
        avancer(libre, Etat.OUVERT, OUVERTURE)
    fiche = ProtectionDonnees("RGPD, 6(1)(e)", "3 mois", "", None)
    with pytest.raises(DossierRefuse, match="n'a pas encore approuvé"):
        avancer(modifier(libre, protection=fiche), Etat.OUVERT, OUVERTURE)


def test_no_regime_closes_without_telling_what_came_of_it() -> None:
    libre = depouille(ouvert(annonce(prepare(Regime.LIBRE))))
    with pytest.raises(DossierRefuse, match="Ni les résultats ni les suites"):
        avancer(libre, Etat.CLOS, FERMETURE + JOUR)
    assert "s'est fixé)" in echeances(libre, FERMETURE + JOUR)[0]  # the law sets nothing here, and is not cited
    assert clos(libre).etat == Etat.CLOS


def test_opening_late_takes_no_time_away_from_people() -> None:
    """The floor is what people really have, not what was written."""
    quinze = replace(prepare(Regime.L132_1), fermeture=OUVERTURE + 15 * JOUR)
    pret = annonce(quinze)
    assert avancer(pret, Etat.OUVERT, OUVERTURE + timedelta(hours=3)).etat == Etat.OUVERT  # the same day
    with pytest.raises(DossierRefuse, match=r"13 jours pour participer.*Prolongez"):
        avancer(pret, Etat.OUVERT, OUVERTURE + 2 * JOUR)
    prolonge = prolonger(pret, OUVERTURE + 17 * JOUR, "Ouverture en retard", OUVERTURE + 2 * JOUR)
    assert avancer(prolonge, Etat.OUVERT, OUVERTURE + 2 * JOUR).etat == Etat.OUVERT
    tard = publier(annonce(prepare()), Genre.INFORMATION, "Le projet", "…", DEBUT)
    with pytest.raises(DossierRefuse, match="5 jours pour participer : l'ouverture est en retard"):
        avancer(tard, Etat.OUVERT, FERMETURE - 5 * JOUR)
    with pytest.raises(DossierRefuse, match="déjà passée"):
        avancer(publier(prepare(), Genre.MODALITES, "M", "…", FERMETURE), Etat.ANNONCE, FERMETURE)


def test_the_compliance_record_says_what_satisfies_each_requirement() -> None:
    dossier = ouvert(annonce(prepare()))
    dossier = prolonger(dossier, FERMETURE + 7 * JOUR, "Vacances", OUVERTURE + JOUR)
    dossier = publier(dossier, Genre.MODALITES, "Modalités", "Autre lieu.", OUVERTURE + JOUR, motif="Salle fermée")
    fiche = {ligne.code: ligne.constat for ligne in fiche_de_conformite(dossier, OUVERTURE + JOUR)}
    assert fiche["perimetre"] == "Parents d'enfants de 2 à 11 ans. Ce sont eux qui inscrivent."
    assert fiche["delai"].startswith("Du 08/09/2026 à 8\u00a0h au 15/10/2026 à 8\u00a0h : 37 jours. Prolongée 1 fois")
    assert "version 3, le 09/09/2026 à 8\u00a0h ; raison : Salle fermée" in fiche["modalites"]
    assert fiche["protection"].startswith("Approuvée par La déléguée le 01/09/2026")
    assert fiche["resultats"].startswith("Ni les résultats")


def test_the_proof_is_checked_with_sha256sum_alone(tmp_path: Path) -> None:
    publications = clos(depouille(ouvert(annonce(prepare())))).publications
    octets = archive(publications, {"002.pdf": b"%PDF-1.7"})
    assert archive(publications, {"002.pdf": b"%PDF-1.7"}) == octets
    assert lire_archive(octets) == publications
    with zipfile.ZipFile(io.BytesIO(octets)) as zip_:
        zip_.extractall(tmp_path)

    def sommes() -> int:
        return subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=tmp_path, check=False).returncode

    assert sommes() == 0
    assert publications[-1].empreinte in (tmp_path / "LISEZMOI.txt").read_text(encoding="utf-8")
    premiere = tmp_path / "publications" / "001-modalites.json"
    premiere.write_bytes(premiere.read_bytes().replace(b"Qui", b"Oui"))
    assert sommes() == 1


def test_dates_announced_are_kept() -> None:
    dossier = publier(annonce(prepare()), Genre.INFORMATION, "Le projet", "…", DEBUT)
    with pytest.raises(DossierRefuse, match="ne peut pas être avancée"):
        avancer(dossier, Etat.OUVERT, OUVERTURE - JOUR)
    with pytest.raises(DossierRefuse, match="ne peut pas être abrégée"):
        avancer(ouvert(dossier), Etat.DEPOUILLEMENT, FERMETURE - JOUR)
    with pytest.raises(DossierRefuse, match="l'ouverture, le public consulté"):
        modifier(dossier, ouverture=DEBUT, perimetre=None)
    with pytest.raises(DossierRefuse, match="ne se modifient pas à la main"):
        modifier(dossier, etat=Etat.CLOS)


def test_more_time_is_logged_with_its_reason_and_never_taken_back() -> None:
    dossier = ouvert(annonce(prepare()))
    with pytest.raises(DossierRefuse, match="motif"):
        prolonger(dossier, FERMETURE + 7 * JOUR, " ", OUVERTURE + JOUR)
    with pytest.raises(DossierRefuse, match="ne s'abrège pas"):
        prolonger(dossier, FERMETURE - JOUR, "Assez d'avis", OUVERTURE + JOUR)
    with pytest.raises(DossierRefuse, match="après coup"):
        prolonger(dossier, FERMETURE + 7 * JOUR, "Trop peu d'avis", FERMETURE)
    plus = prolonger(dossier, FERMETURE + 7 * JOUR, "Vacances", OUVERTURE + JOUR)
    assert plus.fermeture == FERMETURE + 7 * JOUR
    assert plus.publications[-1].genre == Genre.PROLONGATION
    assert plus.publications[-1].motif == "Vacances"


def test_results_wait_for_the_end_and_a_second_version_says_why() -> None:
    dossier = ouvert(annonce(prepare()))
    with pytest.raises(DossierRefuse, match="une fois la participation fermée"):
        publier(dossier, Genre.RESULTATS, "Résultats", "…", OUVERTURE + JOUR)
    with pytest.raises(DossierRefuse, match="pourquoi vous la remplacez"):
        publier(dossier, Genre.MODALITES, "Modalités", "Autre lieu.", OUVERTURE + JOUR)
    corrige = publier(dossier, Genre.MODALITES, "Modalités", "Autre lieu.", OUVERTURE + JOUR, motif="Salle fermée")
    assert corrige.publications[-1].version == 2
    assert corrige.publications[0].contenu.startswith("Qui, quand, comment.\n\n")


def test_nothing_is_dated_back() -> None:
    with pytest.raises(DossierRefuse, match="s'antidate"):
        publier(annonce(prepare()), Genre.INFORMATION, "Le projet", "…", DEBUT - JOUR)


def test_a_closed_dossier_takes_only_follow_ups_and_an_abandoned_one_says_why() -> None:
    fini = clos(depouille(ouvert(annonce(prepare()))))
    apres = FERMETURE + 300 * JOUR
    assert publier(fini, Genre.SUITES, "Un an après", "Fait.", apres).publications[-1].genre == Genre.SUITES
    with pytest.raises(DossierRefuse, match="seules ses suites"):
        publier(fini, Genre.RESULTATS, "Résultats", "Mieux.", apres, motif="Erreur")
    with pytest.raises(DossierRefuse, match="publiez pourquoi vous l'abandonnez"):
        avancer(annonce(prepare()), Etat.ABANDONNE, DEBUT)
    laisse = publier(annonce(prepare()), Genre.ABANDON, "Abandon", "La loi a changé.", DEBUT)
    assert avancer(laisse, Etat.ABANDONNE, DEBUT).etat == Etat.ABANDONNE
    assert avancer(prepare(), Etat.ABANDONNE, DEBUT).etat == Etat.ABANDONNE
    with pytest.raises(DossierRefuse, match="ne peut pas devenir"):
        avancer(fini, Etat.OUVERT, apres)


def test_the_proof_shows_any_change_removal_or_insertion() -> None:
    publications = clos(depouille(ouvert(annonce(prepare())))).publications
    assert lire_preuve(preuve(publications)) == publications
    change = (replace(publications[0], contenu="Autre chose."), *publications[1:])
    assert verifier_chaine(change) == [
        "Publication n° 1 (« Modalités ») : modifiée après sa publication.",
    ]
    refait = replace(change[0], empreinte=change[0].calculer())
    assert "ne suit pas celle qui la précède" in verifier_chaine((refait, *publications[1:]))[0]
    assert verifier_chaine(publications[1:])
    assert verifier_chaine((publications[0], *publications[2:]))
    altere = replace(depouille(ouvert(annonce(prepare()))), publications=change)
    with pytest.raises(DossierRefuse, match="altérées"):
        avancer(altere, Etat.CLOS, FERMETURE + 9 * JOUR)


def test_deadlines_are_warned_of_and_own_figures_are_told_from_the_law() -> None:
    dossier = ouvert(annonce(prepare()))
    assert echeances(dossier, FERMETURE - 20 * JOUR) == ()
    assert "ferme le 08/10/2026" in echeances(dossier, FERMETURE - 2 * JOUR)[0]
    assert "fermez-la" in echeances(dossier, FERMETURE)[0]
    attente = depouille(dossier)
    assert "la loi dit" in echeances(attente, FERMETURE + JOUR)[0]
    assert echeances(attente, FERMETURE + 91 * JOUR)[0].startswith("La date que la commune s'est fixée est passée")
    assert echeances(publier(attente, Genre.SUITES, "S", "…", FERMETURE + JOUR), FERMETURE + 91 * JOUR) == ()
