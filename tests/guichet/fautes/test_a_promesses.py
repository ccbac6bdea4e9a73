"""Kind A, promises: every sentence of templates and of shipped YAML that promises an effect has a test that proves it.

A sentence promises when it says that something will happen, is kept, is sent, opens, appears (PROMET). Each one is
found in PREUVES, beside the test that fails where it is not so. A new promise without proof fails here: write the
test, then the line; or do not promise. What a person of the town does by hand is proved by the means they have.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

RACINE = Path(__file__).resolve().parents[3]
FICHIERS = sorted((RACINE / "guichet").glob("**/templates/**/*.html"))
YAML = [
    *sorted((RACINE / "stacks/local/demarches").glob("*.yaml")),
    *sorted((RACINE / "stacks/local/workflows").glob("*.yaml")),
]

PROMET = re.compile(
    r"\bvous (?:recev|avertir|préviend|enverr|répondr|dir[oa])"
    r"|\b(?:nous|elle|il|la mairie|le service|un agent|l'accusé|ils) (?:vous )?"
    r"(?:enverr|donner|dir[oa]|répondr|préviendr|rappeller|appeller|envoie)"
    r"|\bpart(?:ira)?\b (?:par|à|tout|aussi)|\brecev(?:ez|rez|ra)\b|\bapparaîtr|\breviendra"
    r"|\bouvr(?:e|ent) (?:votre|vos|sa) |\b(?:est|sont) (?:gardée?s?|effacée?s?|prévenue?s?|jointe?s?|transmise?s?)\b"
    r"|\bsera\b|\bseront\b|\btrouver[eo]|\bimprim[ae]|anonyme|retrouve[rz]|sur papier|ne change|pouvez la reprendre",
    re.IGNORECASE,
)

# The test that proves them, and what the sentences say (regular expressions).
PREUVES: dict[str, tuple[str, ...]] = {
    "test_who_is_done_erases_all_that_the_browser_opens": (
        r"^Ce que vous avez commencé sans l'envoyer ni l'enregistrer sera supprimé",
        r"^Rien de vous n'est gardé sur cet appareil$",
    ),
    "test_no_page_tells_whether_an_address_is_known": (
        r"votre compte ne change pas",
        r"aucun compte ne sera créé",
    ),
    "test_the_account_goes_and_the_requests_stay": (
        r"brouillons sont effacés",
        r"^Ce qui est effacé$",
        r"vous recevrez par e-mail leur numéro et leur code",
    ),
    "test_contact_details_fill_the_forms": (r"demandes déjà envoyées ne changent pas",),
    "test_an_account_finds_the_request_and_not_the_draft": (
        r"retrouvez (?:toutes )?vos demandes",
        r"apparaîtra dans le compte de",
    ),
    "test_a_a_decision_comes_on_paper_to_who_did_not_agree_to_mail_alone": (r"décisions sur papier",),
    "test_a_report_without_account_from_first_page_to_follow_up": (
        r"code.* ouvre(?:nt)? (?:votre demande|sa demande)",
        r"^Avec le numéro, il ouvre",
        r"^Ensemble, ils ouvrent",
    ),
    "test_a_submission_gives_a_reference_a_code_and_what_follows": (
        r"nous vous donnerons un code",
        r"le code que nous vous donnerons",
    ),
    "test_a_request_is_acknowledged_whatever_its_channel": (
        r"copie part par e-mail",
        r"accusé de réception part tout seul",
    ),
    "test_a_the_acknowledgement_holds_the_code_that_pages_say_is_on_it": (
        r"imprimez cette page ou recopiez",
        r"gardez le numéro et le code",
    ),
    "test_the_link_says_nothing_of_who_nor_of_which_request": (r"avis est anonyme",),
    "test_every_page_of_the_portal": (
        r"(?:fichiers|demandes|messages échangés avec la mairie) apparaîtront ici",
        r"démarches en ligne seront publiées ici",
    ),
    "test_giving_up_is_said_first_then_done_once": (r"^Le service … est prévenu",),
    "test_f_a_withdrawal_is_taken_back_some_days_only_and_by_its_author": (r"pouvez la reprendre",),
    "test_a_a_document_goes_with_a_message_or_a_decision_and_its_opening_is_dated": (
        r"trouverez (?:aussi )?(?:dans votre espace|sur la page)",
        r"joint(?:e)? à ce message",
        r"Vous recevez (?:l'arrêté|le certificat)",
        r"vous envoie (?:l'acte|le formulaire)",
        r"recevez votre carte électorale",
        r"imprimez-le, signez-le",
    ),
    "test_a_draft_is_found_again_and_can_be_dropped": (
        r"réponses (?:enregistrées .*)?sont gardées",
        r"gardées dans « Mes démarches »",
        r"retrouver cette demande dans votre espace",
        r"retrouve[rz] vos brouillons",
    ),
    "test_the_code_opens_the_answers_on_another_device": (
        r"ouvre vos réponses",
        r"Notez ce code, ou recevez-le",
    ),
    "test_b_without_account_the_page_says_so_and_the_code_brings_back_what_was_typed": (r"gardé 30 minutes",),
    "test_a_a_request_said_to_be_passed_on_leaves_with_its_files": (
        r"cet organisme vous répondra",
        r"transmise à (?:un autre|l'organisme)",
        r"^La demande est jointe",
    ),
    "test_between_services_of_the_town_the_person_is_told_and_no_day_is_lost": (
        r"le numéro et la date de réception de votre demande ne changent pas",
    ),
    "test_f_a_transfer_to_the_wrong_service_is_taken_back": (
        r"L'usager en sera prévenu",
        r"reprendre tant que personne",
    ),
    "test_a_letters_promised_are_printed_in_a_batch_once": (
        r"lettres? à imprimer",
        r"^Imprime[rz] l(?:a|es) lettres?",
        r"^Imprimez les lettres",
        r"^Imprimer$",  # the letter, or the letters, that wait
        r"apparaîtront les lettres",
    ),
    "test_a_letters_of_the_day_are_printed_again_of_every_kind": (
        r"^Imprimer de nouveau",
        r"^L'imprimante a manqué de papier",
    ),
    "test_home_says_when_nothing_waits": (r"apparaîtront les demandes",),
    "test_a_request_from_receipt_to_closing": (r"apparaîtront vos réponses",),
    "test_a_colleague_was_faster": (r"votre texte est gardé ci-dessous",),
    "test_a_request_made_anonymous_is_read_and_no_more": (r"Les (?:réponses|messages) sont effacée?s",),
    "test_a_front_desk_of_another_service_gets_the_acknowledgement_and_nothing_else": (
        r"ouvrent sa demande",
        r"^Imprimez l'accusé de réception",
    ),
    "test_a_view_keeps_the_filters_and_is_found_again": (
        r"La retrouvez",
        r"Vous la retrouvez en haut",
    ),
    "test_a_view_that_is_deleted_changes_no_request": (r"Aucune demande ne change",),
    "test_the_link_and_a_button_change_account_directory_and_requests": (
        r"aucun compte ne change",
        r"vos demandes en cours suivent, et l'ancienne adresse est prévenue",
        r"^L'adresse de votre compte sera",
    ),
    "test_the_former_address_is_told": (r"^L'ancienne adresse e-mail est prévenue",),
    "test_an_acceptance_is_taken_back_within_four_months_and_the_request_waits_again": (
        r"est prévenue, avec la raison",
    ),
    "test_an_agent_prints_the_attestation": (r"^Imprimer l'attestation d'accord",),
    "test_d_the_counter_refuses_no_request_but_says_why_it_may_fail": (r"peut enregistrer votre demande",),
    "test_every_transition_is_tested": (r"^le statut ne change pas$",),
    "test_words_of_each_mail": (r"Vous recevez (?:un message|la décision|la confirmation)",),
    "test_a_message_is_in_the_history_the_person_reads_at_once": (
        r"répondez à ce message",
        r"répondre à ce message",
    ),
    "test_each_shipped_procedure_tells_its_service_of_what_comes": (r"^Les services sont prévenus sous",),
    "test_every_shipped_workflow_s_status_is_told_in_its_own_words": (r"La salle est gardée pour vous",),
}
PROUVEES = {motif: preuve for preuve, motifs in PREUVES.items() for motif in motifs}

# No promise: a question, a reason to ask, a button, words about what somebody else does.
SANS_PROMESSE = (
    r"^Pour (?:vous|retrouver|la) ",
    r"^Comment (?:vous|voulez)",
    r"^Retrouver l'acte, vérifier",
    r"^Imprimer cette page$",
    r"^L'enfant est gardé",
    r"^Une convention sera nécessaire$",
    r"^L'école est prévenue une semaine avant$",
    r"appelez l'accueil, qui vous dira",
)


def phrases() -> Iterator[tuple[str, str]]:
    """File and sentence, wherever people read one."""
    for chemin in FICHIERS:
        for phrase in du_gabarit(chemin.read_text("utf-8")):
            yield chemin.name, phrase
    for chemin in YAML:
        for texte in _textes(yaml.safe_load(chemin.read_text("utf-8"))):
            for phrase in re.split(r"(?<=[.!?])\s+|\n\n", texte):
                yield chemin.name, _propre(phrase)


def du_gabarit(texte: str) -> Iterator[str]:
    """Sentences of a template; what it fills in is « … », each branch of a condition is read by itself."""
    texte = re.sub(r"\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}", "", texte, flags=re.DOTALL)
    texte = re.sub(r"\{%[^%]*%\}", "|", texte)
    texte = re.sub(r"\{\{[^}]*\}\}", "…", texte)
    texte = re.sub(r"</(?:p|li|h\d|dt|dd|td|th|button|a|div|legend|summary|label)>", "\n", texte)
    for bloc in re.split(r"\n|\|", html.unescape(re.sub(r"<[^>]+>", "", texte))):
        for phrase in re.split(r"(?<=[.!?])\s+", bloc):
            yield _propre(phrase)


def _propre(phrase: str) -> str:
    return " ".join(phrase.replace("’", "'").split())


def _textes(valeur: Any) -> Iterator[str]:
    if isinstance(valeur, str):
        yield valeur
    elif isinstance(valeur, dict):
        for cle, contenu in valeur.items():
            if cle != "essais":
                yield from _textes(contenu)
    elif isinstance(valeur, list):
        for contenu in valeur:
            yield from _textes(contenu)


@cache
def promesses() -> dict[str, str]:
    """Each sentence that promises, and a file where it is."""
    return {
        phrase: fichier
        for fichier, phrase in phrases()
        if PROMET.search(phrase) and not any(re.search(motif, phrase) for motif in SANS_PROMESSE)
    }


def test_a_every_promise_has_its_proof() -> None:
    seules = {
        phrase: fichier
        for phrase, fichier in promesses().items()
        if not any(re.search(motif, phrase, re.IGNORECASE) for motif in PROUVEES)
    }
    assert seules == {}, "une phrase promet un effet : écrivez le test qui le prouve, puis sa ligne dans PREUVES"


@pytest.mark.parametrize("motif", list(PROUVEES))
def test_a_no_proof_is_left_of_a_promise_that_is_gone(motif: str) -> None:
    assert any(re.search(motif, phrase, re.IGNORECASE) for phrase in promesses())


@pytest.mark.parametrize("preuve", sorted(set(PROUVEES.values())))
def test_a_each_proof_is_a_test_that_runs(preuve: str) -> None:
    assert preuve in _tests(), preuve


@cache
def _tests() -> frozenset[str]:
    sources = (chemin.read_text("utf-8") for chemin in (RACINE / "tests/guichet").rglob("test_*.py"))
    return frozenset(nom for source in sources for nom in re.findall(r"^\s*def (test_\w+)\(", source, re.MULTILINE))


def test_a_a_new_promise_without_proof_is_seen() -> None:
    """The net itself: what it catches."""
    for phrase in (
        "Vous recevrez un SMS.",
        "La mairie vous enverra la facture.",
        "Votre dossier est transmis au maire.",
    ):
        assert PROMET.search(phrase)
        assert not any(re.search(motif, phrase, re.IGNORECASE) for motif in PROUVEES)


@pytest.mark.django_db
def test_each_shipped_procedure_tells_its_service_of_what_comes(livrees: list[Any]) -> None:
    """« Les services sont prévenus »: the service of each procedure has an address, and hears of each request, or of
    the day's."""
    for demarche in livrees:
        assert demarche.service.courriel, demarche.pk
        assert demarche.lue.alerte in ("chaque", "resume"), demarche.pk


@pytest.mark.django_db
def test_every_shipped_workflow_s_status_is_told_in_its_own_words(livrees: list[Any]) -> None:
    """A status says what the town does: the mail of each step that tells the resident holds these very words."""
    from guichet.demandes import services, workflow
    from guichet.demandes.models import Demande
    from guichet.demandes.services import Saisie
    from guichet.demarches.definition_workflow import Acteur, Effet
    from tests.guichet import envois, fabrique

    assert livrees
    lues = 0
    for circuit in ("reservation-salle", "autorisation-voirie", "encombrants", "signalement", "subvention"):
        modele = fabrique.variante(workflow=circuit)
        agent = fabrique.AgentDeTest("denise", "Denise Roy", ["agents", modele.service.groupe])
        for transition in workflow.de(fabrique.deposer(modele).demande).transitions:
            if (
                transition.par is not Acteur.AGENT
                or transition.effet is not Effet.AUCUN
                or not transition.previent_usager
            ):
                continue
            demande = fabrique.deposer(modele).demande
            origine = min(workflow.de(demande).origines(transition))
            Demande.objects.filter(pk=demande.pk).update(statut=origine)
            agent.groupes.extend(transition.groupes)
            services.executer(
                demande, agent, transition.code, Saisie(texte="Voici.", motif=next(iter(transition.motifs), ""))
            )
            demande.refresh_from_db()
            mail = str(envois.mail(envois.envoi("statut", demande)).body)
            assert demande.etat_usager.libelle in mail
            assert " ".join(demande.etat_usager.explication.split()) in " ".join(mail.split())
            lues += 1
    assert lues
