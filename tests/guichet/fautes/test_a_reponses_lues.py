"""Kind A, the site says what is not so: every answer kept is read by the agent, the resident, on paper and in exports.

Each shipped procedure is answered again and again, until each of its questions has been.
"""

from __future__ import annotations

import csv
import io
import random
import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from guichet.demandes import pdf, services
from guichet.demandes.models import Demande
from guichet.demarches.champs import ChampBase
from guichet.demarches.models import Demarche
from guichet.instruction.models import Agent
from guichet.peuplement.reponses_inventees import Repondant
from guichet.questions.invention import Personne
from socle.documents import typographier
from socle.typographie.espaces import insecables
from tests.guichet import fabrique
from tests.guichet.fautes.conftest import Sites, lu
from tests.guichet.instruction import fabriques

pytestmark = pytest.mark.django_db
LIVREES = sorted(chemin.stem for chemin in (fabrique.SITE / "demarches").glob("*.yaml"))
PERSONNE = Personne("Zoé", "Marchand", "zoe@exemple.fr", "06 39 98 12 34", "4 rue des Lilas", "")
GRAINES = 400


def attendues(demarche: Demarche, donnees: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Question and answer, each line of it, as people read them; files are read by their names."""
    for champ in demarche.lue.champs_poses(donnees):
        if champ.parties:
            for element in donnees.get(champ.nom) or ():
                for partie in champ.champs_visibles(element, donnees):
                    yield from _lignes(partie, element)
        elif not champ.depose_des_fichiers:
            yield from _lignes(champ, donnees)


def _lignes(champ: ChampBase, donnees: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for ligne in champ.afficher(donnees.get(champ.nom)).splitlines():
        yield champ.libelle, ligne


def tirages(demarche: Demarche) -> Iterator[dict[str, Any]]:
    """Drawn answers that bring a question not answered yet, until none is left."""
    restent = {champ.nom for champ in demarche.lue.tous_les_champs() if not champ.depose_des_fichiers}
    for graine in range(GRAINES):
        donnees = Repondant(demarche.lue).remplir(random.Random(graine), PERSONNE, date.today())  # noqa: S311
        # Somebody else's address is never invented: written here, so that it is read.
        for champ in demarche.lue.champs_poses(donnees):
            if champ.moyen == "courriel" and not champ.moyen_du_demandeur:
                donnees[champ.nom] = "karim@exemple.fr"
        repondues = {nom for nom, valeur in donnees.items() if valeur}
        for champ in demarche.lue.champs_poses(donnees):
            if champ.parties:
                repondues |= {nom for e in donnees.get(champ.nom) or () for nom, valeur in e.items() if valeur}
        if repondues & restent:
            restent -= repondues
            yield donnees
        if not restent:
            return
    raise AssertionError(f"{demarche.pk} : jamais répondu : {sorted(restent)}")


@pytest.mark.parametrize("slug", LIVREES)
def test_a_every_answer_is_read_by_the_agent_the_resident_on_paper_and_in_exports(
    slug: str, livrees: list[Demarche], sites: Sites
) -> None:
    demarche = next(d for d in livrees if d.pk == slug)
    agent = fabriques.agent("denise", "Denise Roy", "agents", demarche.service.groupe)
    for donnees in tirages(demarche):
        demande = services.deposer(demarche=demarche, donnees=donnees, cle_envoi=uuid.uuid4()).demande
        sites.tenir(demande)
        habitant = lu(sites.habitant.get(f"/mes-demarches/{demande.reference}/"))
        papier = pdf.page("demandes/pdf/accuse.html", pdf.contexte_accuse(demande))
        with sites.agents(agent) as navigateur:
            page = lu(navigateur.get(f"/demandes/{demande.reference}/"))
            panneau = lu(navigateur.get(f"/demandes/{demande.reference}/ecrire/")) + _carte(demande)
            feuille = _ligne(navigateur, demande, slug)
        for libelle, ligne in attendues(demarche, demande.donnees):
            for ou, texte in (("agent", page), ("action", panneau), ("habitant", habitant)):
                assert ligne in texte or insecables(ligne) in texte, f"{ou} : « {libelle} » : {ligne}"
            assert ligne in feuille, f"tableur : « {libelle} » : {ligne}"
            assert typographier(ligne) in _sans_balises(papier), f"papier : « {libelle} » : {ligne}"


def _carte(demande: Demande) -> str:
    """What reaches whoever asked is not repeated beside an act: the request's page, one click away, has it."""
    return f"{demande.nom} {demande.courriel} {demande.telephone}"


def _sans_balises(papier: str) -> str:
    import html
    import re

    return html.unescape(re.sub(r"<[^>]+>", "\n", papier))


def _ligne(navigateur: Any, demande: Demande, slug: str) -> str:
    reponse = navigateur.get(f"/demandes/export/demandes.csv?demarche={slug}&q={demande.reference}")
    brut = b"".join(reponse.streaming_content).decode("utf-8-sig")
    (ligne,) = [rang for rang in csv.reader(io.StringIO(brut, newline=""), delimiter=";") if demande.reference in rang]
    return "\n".join(case.removeprefix("'") for case in ligne)


def test_a_the_other_parent_is_read_where_agents_work(livrees: list[Demarche], sites: Sites) -> None:
    """The file that was found unreadable: « Un autre parent : Oui », and neither name nor address."""
    demarche = next(d for d in livrees if d.pk == "inscrire-un-enfant-a-l-ecole")
    donnees = next(d for d in tirages(demarche) if d.get("autre_parent_nom"))
    donnees |= {"autre_parent_nom": "Karim Bensaïd", "autre_parent_courriel": "karim@exemple.fr"}
    demande = services.deposer(demarche=demarche, donnees=donnees, cle_envoi=uuid.uuid4()).demande
    agent = fabriques.agent("denise", "Denise Roy", "agents", demarche.service.groupe)
    with sites.agents(agent) as navigateur:
        for chemin in ("", "accepter/"):
            page = lu(navigateur.get(f"/demandes/{demande.reference}/{chemin}"))
            assert "Karim Bensaïd" in page
            assert "karim@exemple.fr" in page


def test_a_the_acknowledgement_holds_the_code_that_pages_say_is_on_it(
    livrees: list[Demarche], sites: Sites, alice: Agent
) -> None:
    """Read as the PDF's text would be: page and mail say « il est sur votre accusé de réception »."""
    from guichet.demandes import references

    demarche = next(d for d in livrees if d.pk == fabrique.VOIRIE)
    demande = fabrique.deposer(demarche).demande
    sites.tenir(demande)
    code = references.code_de(demande)
    assert code
    assert code in lu(sites.habitant.get(f"/demandes/envoyee/{demande.reference}/"))
    assert code in texte_du_pdf(sites.habitant.get(f"/mes-demarches/{demande.reference}/accuse.pdf").content)
    par_agent = services.deposer(
        demarche=demarche, donnees=fabrique.REPONSES, cle_envoi=uuid.uuid4(), canal="guichet", par_agent=alice
    ).demande
    with sites.agents(alice) as navigateur:
        contenu = navigateur.get(f"/saisie/enregistree/{par_agent.reference}/accuse.pdf").content
    assert references.code_de(par_agent) in texte_du_pdf(contenu)


def test_a_the_mail_s_acknowledgement_holds_the_code(livrees: list[Demarche]) -> None:
    from guichet.demandes import references
    from tests.guichet import envois

    demande = fabrique.deposer(next(d for d in livrees if d.pk == fabrique.VOIRIE)).demande
    (_, contenu, _) = envois.mail(envois.envoi("accuse", demande)).attachments[0]
    assert references.code_de(demande) in texte_du_pdf(contenu)


def texte_du_pdf(contenu: Any) -> str:
    """Words of a PDF, by the tool that readers of such files use."""
    import subprocess

    lu_ = subprocess.run(["pdftotext", "-", "-"], input=contenu, capture_output=True, check=True)
    return lu_.stdout.decode()
