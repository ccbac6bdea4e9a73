"""What was announced is what happens: whatever the team does, in whatever order, and whenever.

The core alone, played by a machine that knows the acts of a team: no page contradicts itself, and the record never says
yes while one of the six duties of CRPA L.131-1 lacks its fact.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from consultation.dossier import (
    SIX_VERIFICATIONS,
    Dossier,
    DossierRefuse,
    Etat,
    Genre,
    MesureAntiDoublon,
    Perimetre,
    ProtectionDonnees,
    Publication,
    Regime,
    annonce,
    avancer,
    fiche_de_conformite,
    modifier,
    prolonger,
    publier,
)
from socle.typographie.calendrier import moment

DEBUT = datetime(2026, 9, 1, 8, tzinfo=UTC)
JOUR = timedelta(days=1)
TEXTES = st.sampled_from(["", "  ", "Par courrier, ou à l'accueil.", "Fermé le lundi.", "Voir le plan n° 3."])
DATES = st.sampled_from([None, *(DEBUT + n * JOUR for n in (2, 9, 20, 38, 55))])


VUS: set[Etat] = set()


class Equipe(RuleBasedStateMachine):
    """A team, its dossier and the days that pass."""

    def __init__(self) -> None:
        super().__init__()
        self.maintenant = DEBUT
        self.dossier = Dossier("Inscrire son enfant", Regime.L131_1)

    def tenter(self, acte: object) -> None:
        """A refusal changes nothing: the team reads why and goes on."""
        assert callable(acte)
        try:
            self.dossier = acte()
        except DossierRefuse as refus:
            assert str(refus).strip()  # noqa: PT017 - the rules of a state machine are no tests

    @rule(jours=st.sampled_from([1, 3, 8, 20, 45]))
    def attendre(self, jours: int) -> None:
        self.maintenant += jours * JOUR

    @rule(objet=TEXTES, question=TEXTES)
    def dire(self, objet: str, question: str) -> None:
        self.tenter(lambda: modifier(self.dossier, objet=objet, question=question))

    @rule(ouverture=DATES, fermeture=DATES, pourquoi=TEXTES)
    def dater(self, ouverture: datetime | None, fermeture: datetime | None, pourquoi: str) -> None:
        self.tenter(
            lambda: modifier(self.dossier, ouverture=ouverture, fermeture=fermeture, justification_duree=pourquoi)
        )

    @rule(public=TEXTES, pourquoi=TEXTES)
    def choisir(self, public: str, pourquoi: str) -> None:
        self.tenter(lambda: modifier(self.dossier, perimetre=Perimetre(public, pourquoi)))

    @rule(mesure=st.sampled_from(["", "Trois avis par appareil.", "2 avis par appareil.", "Un code par foyer."]),
          proportion=TEXTES, limite=st.integers(1, 3))  # fmt: skip
    def mesurer(self, mesure: str, proportion: str, limite: int) -> None:
        self.tenter(
            lambda: (
                modifier(self.dossier, anti_doublon=MesureAntiDoublon(mesure, proportion), limite_par_appareil=limite)
                if self.dossier.etat == Etat.PREPARATION
                else self.dossier
            )
        )

    @rule()
    def tout_preparer(self) -> None:
        """The usual way, so that the far states are reached too."""
        self.tenter(
            lambda: modifier(
                self.dossier, objet="L'école", question="Quoi ?", ouverture=self.maintenant + JOUR,
                fermeture=self.maintenant + 31 * JOUR, perimetre=Perimetre("Les parents", "Ils inscrivent."),
                anti_doublon=MesureAntiDoublon("Un code par foyer.", "Il suffit."),
                protection=ProtectionDonnees("RGPD, 6(1)(e)", "3 mois", "La déléguée", self.maintenant),
            )
        )  # fmt: skip

    @rule(genre=st.sampled_from([g for g in Genre if g != Genre.ABANDON]), titre=st.sampled_from(
        ["Titre", "Tirage au sort : la liste du panel « A »"]), contenu=TEXTES, motif=TEXTES)  # fmt: skip
    def publier_quelque_chose(self, genre: Genre, titre: str, contenu: str, motif: str) -> None:
        self.tenter(lambda: publier(self.dossier, genre, titre, contenu, self.maintenant, motif))

    @rule()
    def suivre_le_cours(self) -> None:
        """What a diligent team does next, step after step."""
        if self.dossier.etat == Etat.PREPARATION:
            self.tout_preparer()
            self.publier_les_modalites()
            self.avancer_vers(Etat.ANNONCE)
        elif self.dossier.etat == Etat.ANNONCE:
            self.tenter(lambda: publier(self.dossier, Genre.INFORMATION, "Le projet", "Un plan.", self.maintenant))
            self.maintenant = max(self.maintenant, self.dossier.ouverture or self.maintenant)
            self.avancer_vers(Etat.OUVERT)
        elif self.dossier.etat == Etat.OUVERT:
            self.maintenant = max(self.maintenant, self.dossier.fermeture or self.maintenant)
            self.avancer_vers(Etat.DEPOUILLEMENT)
        else:
            self.tenter(lambda: publier(self.dossier, Genre.RESULTATS, "Entendu", "Ceci.", self.maintenant, "Corrigé"))
            self.avancer_vers(Etat.CLOS)

    @rule()
    def publier_les_modalites(self) -> None:
        self.tenter(
            lambda: publier(self.dossier, Genre.MODALITES, "Modalités", "À l'accueil.", self.maintenant, "Corrigé")
        )

    @rule()
    def abandonner(self) -> None:
        self.tenter(lambda: avancer(self.dossier, Etat.ABANDONNE, self.maintenant))

    @rule(cible=st.sampled_from([Etat.ANNONCE, Etat.OUVERT, Etat.DEPOUILLEMENT, Etat.CLOS]))
    def avancer_vers(self, cible: Etat) -> None:
        self.tenter(lambda: avancer(self.dossier, cible, self.maintenant))

    @rule(fermeture=st.sampled_from([DEBUT + n * JOUR for n in (20, 45, 80)]), motif=TEXTES)
    def donner_du_temps(self, fermeture: datetime, motif: str) -> None:
        self.tenter(lambda: prolonger(self.dossier, fermeture, motif, self.maintenant))

    @invariant()
    def la_page_ne_se_contredit_pas(self) -> None:
        VUS.add(self.dossier.etat)
        if self.dossier.etat in (Etat.PREPARATION, Etat.ABANDONNE):
            return
        dernieres = self.dossier.publiees(Genre.MODALITES)
        assert dernieres, "announced, so its modalities are public"
        assert annonce.ecarts(self.dossier) == ()
        texte = dernieres[-1].contenu
        assert self.dossier.fermeture is not None
        assert moment(self.dossier.fermeture) in texte
        assert f"Question : {self.dossier.question.strip()}" in texte
        assert annonce.borne_ecrite(texte) == ""

    @invariant()
    def oui_veut_dire_que_le_fait_est_la(self) -> None:
        lignes = {ligne.code: ligne for ligne in fiche_de_conformite(self.dossier, self.maintenant)}
        dossier = self.dossier
        faits = {
            "modalites": bool(dossier.publiees(Genre.MODALITES)) and annonce.ecarts(dossier) == (),
            "information": any(_du_projet(p) for p in dossier.publications),
            "delai": dossier.jours is not None
            and dossier.jours > 0
            and (dossier.jours >= 15 or bool(dossier.justification_duree.strip())),
            "resultats": bool(dossier.publiees(Genre.RESULTATS, Genre.SUITES)) and dossier.ouvert_le is not None,
            "perimetre": dossier.perimetre is not None
            and bool(dossier.perimetre.public.strip() and dossier.perimetre.justification.strip()),
            "anti_doublon": dossier.anti_doublon is not None
            and bool(dossier.anti_doublon.mesure.strip() and dossier.anti_doublon.proportion.strip()),
        }
        assert set(faits) == set(SIX_VERIFICATIONS)
        for code, vrai in faits.items():
            assert not lignes[code].satisfait or vrai, f"{code}: {lignes[code].constat}"


def _du_projet(publication: Publication) -> bool:
    return publication.genre == Genre.INFORMATION and "Tirage au sort" not in publication.titre


Equipe.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None, derandomize=True)


class TestAucunOrdre(Equipe.TestCase):  # type: ignore[misc, valid-type]
    """Every state was reached, or the property would say nothing of it."""

    def runTest(self) -> None:
        super().runTest()
        assert {Etat.ANNONCE, Etat.OUVERT, Etat.DEPOUILLEMENT, Etat.CLOS} <= VUS


def prepare(**champs: object) -> Dossier:
    dossier = Dossier(
        "Inscrire son enfant", Regime.L131_1, objet="L'école", question="Quoi ?", ouverture=DEBUT + 7 * JOUR,
        fermeture=DEBUT + 37 * JOUR, perimetre=Perimetre("Les parents", "Ils inscrivent."),
        anti_doublon=MesureAntiDoublon("Un code par foyer.", "Il suffit."),
        protection=ProtectionDonnees("RGPD, 6(1)(e)", "3 mois", "La déléguée", DEBUT), limite_par_appareil=3,
    )  # fmt: skip
    return modifier(dossier, **champs)


@pytest.mark.parametrize("champ", [
    {"fermeture": DEBUT + 26 * JOUR}, {"question": "Autre chose ?"}, {"perimetre": Perimetre("Tous", "Oui.")},
    {"anti_doublon": MesureAntiDoublon("Un code.", "Oui.")}, {"objet": "La cantine"}, {"limite_par_appareil": 1},
])  # fmt: skip
def test_a_fact_changed_after_its_publication_asks_for_a_new_version(champ: dict[str, object]) -> None:
    publie = publier(prepare(), Genre.MODALITES, "Modalités", "À l'accueil.", DEBUT)
    change = modifier(publie, **champ)
    with pytest.raises(DossierRefuse, match="ne disent pas ce qui est prévu"):
        avancer(change, Etat.ANNONCE, DEBUT)
    modalites = next(li for li in fiche_de_conformite(change, DEBUT) if li.code == "modalites")
    assert not modalites.satisfait
    corrige = publier(change, Genre.MODALITES, "Modalités", "À l'accueil.", DEBUT, "Une erreur")
    assert avancer(corrige, Etat.ANNONCE, DEBUT).etat == Etat.ANNONCE
    assert corrige.publications[0].contenu == publie.publications[0].contenu  # frozen


def test_an_extension_is_a_new_version_of_the_modalities_with_its_reason() -> None:
    dossier = avancer(publier(prepare(), Genre.MODALITES, "M", "À l'accueil.", DEBUT), Etat.ANNONCE, DEBUT)
    plus = prolonger(dossier, DEBUT + 50 * JOUR, "Vacances scolaires", DEBUT + JOUR)
    deux, dite = plus.publications[-2:]
    assert (deux.genre, deux.version, deux.motif) == (
        Genre.MODALITES, 2, "Participation prolongée : Vacances scolaires",
    )  # fmt: skip
    assert moment(DEBUT + 50 * JOUR) in deux.contenu
    assert moment(DEBUT + 37 * JOUR) not in deux.contenu
    assert (dite.genre, dite.motif) == (Genre.PROLONGATION, "Vacances scolaires")


@pytest.mark.parametrize("phrase", [
    "Vous avez jusqu'au 30 décembre.", "Du 29 novembre au 30 décembre.", "La participation ferme le 19/12.",
    "Ouverture le 1er octobre.", "Clôture : 30 décembre 2026.", "du lundi 3 au vendredi 7, puis jusqu’au 8 octobre",
])  # fmt: skip
def test_the_team_does_not_write_dates_that_would_stay_when_they_move(phrase: str) -> None:
    with pytest.raises(DossierRefuse, match="donne lui-même une date"):
        publier(prepare(), Genre.MODALITES, "Modalités", phrase, DEBUT)


def test_other_dates_and_hours_may_be_written() -> None:
    texte = "Permanence le 12 septembre à 18 h. Bulletins à l'accueil, de 9 h à 17 h. Loi du 3 mai 2001."
    assert publier(prepare(), Genre.MODALITES, "Modalités", texte, DEBUT).publications


@pytest.mark.parametrize(("mesure", "juste"), [
    ("Trois avis par appareil.", True), ("3 avis au plus par appareil", True), ("Un avis par appareil.", False),
    ("2 réponses par appareil", False), ("Un code par foyer.", True),
])  # fmt: skip
def test_the_limit_that_is_announced_is_the_one_that_applies(mesure: str, juste: bool) -> None:
    dossier = prepare(anti_doublon=MesureAntiDoublon(mesure, "Cela suffit."))
    dossier = publier(dossier, Genre.MODALITES, "Modalités", "À l'accueil.", DEBUT)
    if juste:
        assert avancer(dossier, Etat.ANNONCE, DEBUT).etat == Etat.ANNONCE
    else:
        with pytest.raises(DossierRefuse, match="corrigez l'un ou l'autre"):
            avancer(dossier, Etat.ANNONCE, DEBUT)


@pytest.mark.parametrize(("genre", "titre"), [
    (Genre.TIRAGE, "Tirage au sort : la liste du panel « Parents »"),
    (Genre.INFORMATION, "Tirage au sort : la liste du panel « Parents »"),  # as former versions published it
    (Genre.INFORMATION, "Tirage au sort : le panel « Parents »"),
])  # fmt: skip
def test_the_list_of_a_draw_is_no_information_on_the_project(genre: Genre, titre: str) -> None:
    dossier = avancer(publier(prepare(), Genre.MODALITES, "M", "À l'accueil.", DEBUT), Etat.ANNONCE, DEBUT)
    dossier = publier(dossier, genre, titre, "V1234", DEBUT)
    with pytest.raises(DossierRefuse, match="Aucune information utile"):
        avancer(dossier, Etat.OUVERT, DEBUT + 7 * JOUR)
    dossier = publier(dossier, Genre.INFORMATION, "Le projet", "Douze pièces.", DEBUT)
    dossier = avancer(dossier, Etat.OUVERT, DEBUT + 7 * JOUR)
    dit = next(li.constat for li in fiche_de_conformite(dossier, DEBUT + 7 * JOUR) if li.code == "information")
    assert "Le projet" in dit
    assert "Tirage" not in dit


def test_follow_ups_are_not_published_before_anybody_spoke() -> None:
    with pytest.raises(DossierRefuse, match="une fois la participation fermée"):
        publier(prepare(), Genre.SUITES, "Suites", "Nous ferons.", DEBUT)


def test_to_say_why_it_stops_is_to_stop() -> None:
    dossier = avancer(publier(prepare(), Genre.MODALITES, "M", "À l'accueil.", DEBUT), Etat.ANNONCE, DEBUT)
    assert publier(dossier, Genre.ABANDON, "Pourquoi", "La loi a changé.", DEBUT).etat == Etat.ABANDONNE


def test_a_late_opening_is_told_by_the_record() -> None:
    dossier = avancer(publier(prepare(), Genre.MODALITES, "M", "À l'accueil.", DEBUT), Etat.ANNONCE, DEBUT)
    dossier = publier(dossier, Genre.INFORMATION, "Le projet", "…", DEBUT)
    dossier = avancer(dossier, Etat.OUVERT, DEBUT + 10 * JOUR)
    dit = next(li.constat for li in fiche_de_conformite(dossier, DEBUT + 10 * JOUR) if li.code == "delai")
    assert "27 jours" in dit
    assert "Ouverte en retard, le 11/09/2026" in dit
