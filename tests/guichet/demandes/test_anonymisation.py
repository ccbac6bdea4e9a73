"""What the portal promises: some months after its end, nothing tells who made a request (GDPR art. 5, 1, e)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from guichet.comptes.models import Usager
from guichet.demandes import anonymisation, automatique, droits, services, workflow
from guichet.demandes.fichiers import Fichier
from guichet.demandes.models import Demande, Evenement, Nature
from guichet.demandes.services import Saisie
from guichet.demarches.definition_workflow import NATURES_FINIES
from guichet.stockage.models import Fichier as Stocke
from tests.guichet import actes, fabrique
from tests.guichet.fabrique import ALICE

pytestmark = pytest.mark.django_db

MOIS = 3  # what the shipped road report says
# Words that nothing else on the site says.
REPONSES = {**fabrique.REPONSES, "lieu": {"adresse": "12 rue Zébulon"}, "description": "Près du ginkgo."}
A_CAMILLE = (
    "Zébulon",
    "ginkgo",
    "Camille Durand",
    "camille@exemple.fr",
    "tandem",
    "zoom.pdf",
    "%PDF-1.7 zoom",
    "lampyre",
)
A_PERSONNE = (*A_CAMILLE, ALICE.nom, ALICE.sub)


@pytest.fixture(autouse=True)
def visa(db: None) -> None:
    """The archives gave their visa for every procedure (tests/guichet/droit/test_code_du_patrimoine_l212_2.py)."""
    fabrique.site_livre()
    fabrique.viser()


@pytest.fixture
def camille() -> Usager:
    return fabrique.usager(nom="Camille D.")


@pytest.fixture
def demande(camille: Usager) -> Demande:
    """Filed, written about with a file, answered, asked about, closed: something of Camille everywhere."""
    demande: Demande = fabrique.deposer(fabrique.demarche(), camille, REPONSES).demande
    actes.prendre_en_charge(demande, ALICE)
    piece = Fichier("zoom.pdf", "application/pdf", b"%PDF-1.7 zoom")
    services.ecrire_usager(demande, "Mon tandem y est resté.", [piece], par=droits.Demandeur(camille))
    actes.demander_complement(demande, ALICE, "Sous quel lampyre ?")
    services.ecrire_usager(demande, "Le lampyre 12.", [], par=droits.Demandeur(camille))
    actes.noter(demande, ALICE, "Camille Durand a rappelé.")
    actes.clore(demande, ALICE, "Réparé devant le 12 rue Zébulon.")
    return demande


def vieillir(demande: Demande, *, mois: int, jours: int = 0) -> None:
    fin = timezone.now() - timedelta(days=31 * mois + jours)
    Demande.objects.filter(pk=demande.pk).update(statut_depuis=fin, close_le=fin)


def tables_qui_disent(texte: str) -> set[str]:
    """Every table of the site with these words in any column of any row; files by what they hold."""
    trouvees = set()
    with connection.cursor() as curseur:
        curseur.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in curseur.fetchall():
            colonne = "encode(l.contenu, 'escape')" if table == "stockage_fichier" else "l::text"
            ordre = f"SELECT EXISTS (SELECT FROM {table} l WHERE position(%s IN {colonne}) > 0)"  # noqa: S608 - no input
            curseur.execute(ordre, [texte])
            if curseur.fetchone()[0]:
                trouvees.add(table)
    return trouvees


def test_nothing_that_was_written_remains_anywhere(demande: Demande, camille: Usager) -> None:
    assert all(tables_qui_disent(texte) for texte in A_PERSONNE)
    vieillir(demande, mois=MOIS, jours=1)
    assert anonymisation.anonymiser() == 1
    assert {texte: tables for texte in A_PERSONNE if (tables := tables_qui_disent(texte))} == {}
    demande.refresh_from_db()
    assert demande.usager_id is None
    assert Usager.objects.filter(pk=camille.pk).exists()


def test_what_figures_need_stays(demande: Demande) -> None:
    avant = Demande.objects.values("reference", "demarche", "service", "canal", "statut", "nature", "recue_le").get()
    codes = list(Evenement.objects.values_list("code", "le"))
    vieillir(demande, mois=MOIS, jours=1)
    anonymisation.anonymiser()
    assert Demande.objects.values(*avant).get() == avant
    assert list(Evenement.objects.values_list("code", "le")) == codes
    assert all(evenement.phrase() for evenement in Evenement.objects.all())


@pytest.mark.parametrize("mois", [0, MOIS - 1])
def test_not_before_the_time_that_was_announced(demande: Demande, mois: int) -> None:
    vieillir(demande, mois=mois)
    assert anonymisation.anonymiser() == 0
    demande.refresh_from_db()
    assert demande.nom == "Camille Durand"


def test_a_request_that_still_waits_is_kept_however_old(camille: Usager) -> None:
    ouverte: Demande = fabrique.deposer(fabrique.demarche(), camille).demande
    Demande.objects.update(statut_depuis=timezone.now() - timedelta(days=4000))
    assert anonymisation.anonymiser() == 0
    ouverte.refresh_from_db()
    assert ouverte.nom == "Camille Durand"


def test_the_months_are_those_of_the_version_that_was_answered(demande: Demande) -> None:
    """Whoever was told three months is not kept for sixty because the procedure changed since."""
    brut = demande.definition.model_dump(mode="json")
    fabrique.variante(donnees={**brut["donnees"], "conservation_mois": 60, "visa_archives": fabrique.VISA})
    vieillir(demande, mois=MOIS, jours=1)
    assert anonymisation.anonymiser() == 1


def test_a_file_that_another_request_holds_is_kept_until_the_last(demande: Demande) -> None:
    autre: Demande = fabrique.deposer(fabrique.demarche(), None).demande
    piece = demande.pieces.get()
    autre.pieces.create(
        fichier=piece.fichier.name, nom="x", type_mime="application/pdf", taille=1, empreinte=piece.empreinte
    )
    vieillir(demande, mois=MOIS, jours=1)
    anonymisation.anonymiser()
    assert Stocke.objects.filter(nom=piece.fichier.name).exists()
    Demande.objects.filter(pk=autre.pk).update(nature=Nature.CLOSE, statut="close")
    vieillir(autre, mois=MOIS, jours=1)
    assert anonymisation.anonymiser() == 1
    assert not Stocke.objects.filter(nom=piece.fichier.name).exists()


def test_it_is_done_once_and_in_lots(camille: Usager) -> None:
    demarche = fabrique.demarche()
    for _ in range(5):
        fabrique.deposer(demarche, camille)
    Demande.objects.update(nature=Nature.CLOSE, statut="close", statut_depuis=timezone.now() - timedelta(days=400))
    assert anonymisation.anonymiser(lot=2) == 5
    quand = set(Demande.objects.values_list("anonymisee_le", flat=True))
    assert anonymisation.anonymiser(lot=2) == 0
    assert set(Demande.objects.values_list("anonymisee_le", flat=True)) == quand
    assert None not in quand


def test_nobody_acts_on_it_any_more(demande: Demande) -> None:
    vieillir(demande, mois=MOIS, jours=1)
    anonymisation.anonymiser()
    demande.refresh_from_db()
    assert workflow.transitions_possibles(demande, ALICE) == []
    with pytest.raises(workflow.TransitionImpossible):
        services.executer(demande, ALICE, "rouvrir", Saisie(texte="Encore."))
    Demande.objects.update(nature=Nature.REPONDUE, statut="repondue")
    assert automatique.passer_automatiques() == 0


def test_the_day_is_known_once_the_request_is_over(demande: Demande) -> None:
    fin = timezone.localtime(demande.statut_depuis).date()
    jusqu_au = anonymisation.gardee_jusqu_au(demande)
    assert jusqu_au is not None
    assert 89 <= (jusqu_au - fin).days <= 92
    demande.nature = Nature.EN_COURS
    assert anonymisation.gardee_jusqu_au(demande) is None


def test_the_database_and_the_code_mean_the_same_ends() -> None:
    with connection.cursor() as curseur:
        curseur.execute("SELECT prosrc FROM pg_proc WHERE proname = 'demandes_anonymiser'")
        source = curseur.fetchone()[0]
    assert {nature for nature in Nature.values if f"'{nature}'" in source} == {str(n) for n in NATURES_FINIES}
