"""What makes a workflow refused: each rule is a function that gives its faults as French sentences.

Three families: the names agree with one another; each effect has what it needs and leads where it must; no
request can be stuck.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from guichet.demarches.definition import en_liste
from guichet.demarches.definition_workflow import (
    TOUTES,
    Acteur,
    Effet,
    Nature,
    StatutDefini,
    TransitionDefinie,
    Workflow,
)
from guichet.demarches.essais import essayer_defini


def fautes_de(workflow: Workflow) -> list[str]:
    """Everything wrong. Rules that follow the transitions are asked only once every name is known."""
    if fautes := [faute for regle in _REGLES_DES_NOMS for faute in regle(workflow)]:
        return fautes
    fautes = [faute for regle in _REGLES_DES_EFFETS for faute in regle(workflow)]
    fautes += [faute for regle in _REGLES_DU_CHEMIN for faute in regle(workflow)]
    return fautes or list(_essais_rates(workflow))


# --- Names ----------------------------------------------------------------------------------------


def _codes_uniques(workflow: Workflow) -> Iterator[str]:
    for quoi, codes in (
        ("statuts", [statut.code for statut in workflow.statuts]),
        ("transitions", [transition.code for transition in workflow.transitions]),
        ("modèles", [modele.code for modele in workflow.modeles]),
    ):
        if doubles := _doubles(codes):
            yield f"plusieurs {quoi} portent le code {en_liste(doubles)}"


def _raccourcis_uniques(workflow: Workflow) -> Iterator[str]:
    if doubles := _doubles([t.raccourci for t in workflow.transitions if t.raccourci]):
        yield f"plusieurs transitions ont le raccourci {en_liste(doubles)}"


def _statuts_connus(workflow: Workflow) -> Iterator[str]:
    connus = {statut.code for statut in workflow.statuts}
    if workflow.initial not in connus:
        yield f"« initial » nomme un statut inconnu : « {workflow.initial} »"
    for transition in workflow.transitions:
        depuis = () if transition.depuis == TOUTES else transition.depuis
        if inconnus := {*depuis, *filter(None, [transition.vers])} - connus:
            yield f"la transition « {transition.code} » nomme un statut inconnu : {en_liste(inconnus)}"
    for essai in workflow.essais:
        if essai.arrive not in connus:
            yield f"l'essai « {essai.nom} » arrive à un statut inconnu : « {essai.arrive} »"


# --- Effects --------------------------------------------------------------------------------------

_PAR = {
    Effet.FOURNIR: Acteur.USAGER,
    Effet.ANNULER: Acteur.USAGER,
    Effet.PRENDRE_EN_CHARGE: Acteur.AGENT,
    Effet.REPONDRE: Acteur.AGENT,
    Effet.DEMANDER: Acteur.AGENT,
    Effet.TRANSFERER_SERVICE: Acteur.AGENT,
    Effet.TRANSFERER_AUTORITE: Acteur.AGENT,
    Effet.ACCEPTER: Acteur.AGENT,
    Effet.REFUSER: Acteur.AGENT,
    Effet.ROUVRIR: Acteur.AGENT,
    Effet.NOTER: Acteur.AGENT,
}
_VERS = {
    Effet.PRENDRE_EN_CHARGE: {Nature.EN_COURS},
    Effet.REPONDRE: {Nature.REPONDUE, Nature.CLOSE},
    Effet.ACCEPTER: {Nature.REPONDUE, Nature.CLOSE},
    Effet.REFUSER: {Nature.REPONDUE, Nature.CLOSE},
    Effet.DEMANDER: {Nature.ATTENTE_USAGER},
    Effet.FOURNIR: {Nature.A_TRAITER, Nature.EN_COURS},
    Effet.TRANSFERER_SERVICE: {Nature.A_TRAITER, Nature.EN_COURS},
    Effet.TRANSFERER_AUTORITE: {Nature.TRANSFEREE, Nature.CLOSE},
    Effet.CLORE: {Nature.CLOSE},
    Effet.ANNULER: {Nature.CLOSE},
    Effet.ROUVRIR: {Nature.A_TRAITER, Nature.EN_COURS},
}
# What the resident must be told of: decisions, what is asked of them, transfers (CRPA L.114-2).
_A_DIRE = {
    Effet.REPONDRE,
    Effet.ACCEPTER,
    Effet.REFUSER,
    Effet.DEMANDER,
    Effet.TRANSFERER_SERVICE,
    Effet.TRANSFERER_AUTORITE,
}
# A status of this nature is entered only by these effects, unless from another of the same nature.
_ENTREES = {
    Nature.ATTENTE_USAGER: {Effet.DEMANDER},
    Nature.REPONDUE: {Effet.REPONDRE, Effet.ACCEPTER, Effet.REFUSER},
    Nature.TRANSFEREE: {Effet.TRANSFERER_AUTORITE},
    Nature.CLOSE: {
        Effet.CLORE, Effet.ANNULER, Effet.REPONDRE, Effet.ACCEPTER, Effet.REFUSER, Effet.TRANSFERER_AUTORITE,
    },
}  # fmt: skip
_SANS_TEXTE = {Effet.AUCUN, Effet.CLORE}
"""What the site may do by itself."""


def _initial_a_traiter(workflow: Workflow) -> Iterator[str]:
    statut = workflow.statut(workflow.initial)
    if statut and statut.nature.a_qui != "mairie":
        yield (
            f"« initial » est le statut « {statut.libelle} » : une demande qui arrive attend la mairie "
            "(nature a_traiter ou en_cours)"
        )


def _effets_complets(workflow: Workflow) -> Iterator[str]:
    for transition in workflow.transitions:
        nom = f"la transition « {transition.code} »"
        par = _PAR.get(transition.effet)
        if par and transition.par is not par:
            yield f"{nom} : l'effet « {transition.effet} » est réservé à {par.libelle} (par: {par})"
        if transition.effet is Effet.ECRIRE and transition.par is Acteur.AUTOMATIQUE:
            yield f"{nom} : le site n'écrit pas de message tout seul ; changez le statut et prévenez l'usager"
        if transition.effet is Effet.REFUSER and transition.texte != "obligatoire" and not transition.motifs:
            yield f"{nom} : un refus se motive ; mettez « texte: obligatoire » ou donnez des « motifs »"
        if transition.effet in (Effet.REPONDRE, Effet.ECRIRE, Effet.NOTER) and transition.texte != "obligatoire":
            yield f"{nom} : l'effet « {transition.effet} » demande « texte: obligatoire »"
        if transition.effet is Effet.DEMANDER and transition.texte == "aucun":
            yield f"{nom} : l'effet « demander » demande « texte: facultatif » ou « obligatoire »"
        if transition.effet in _A_DIRE and not transition.previent_usager:
            yield f"{nom} : l'effet « {transition.effet} » se dit à l'usager ; ajoutez « previent: [usager] »"
        if transition.effet is Effet.NOTER and (transition.vers or transition.previent):
            yield f"{nom} : une note ne change pas le statut et ne prévient personne"
        if transition.modeles and transition.texte == "aucun" and transition.par is not Acteur.AUTOMATIQUE:
            yield f"{nom} propose des modèles de réponse, mais ne demande aucun texte"
        if transition.motifs and transition.par is not Acteur.AGENT:
            yield f"{nom} : seuls les agents choisissent un motif"
        if transition.groupes and transition.par is not Acteur.AGENT:
            yield f"{nom} : « groupes » ne vaut que pour les agents"


def _arrivees(workflow: Workflow) -> Iterator[str]:
    for transition in workflow.transitions:
        for origine, arrivee in _pas(workflow, transition):
            if faute := _arrivee(transition, origine, arrivee):
                yield f"la transition « {transition.code} » {faute}"
                break


def _arrivee(transition: TransitionDefinie, origine: StatutDefini, arrivee: StatutDefini) -> str:
    effet = transition.effet
    if effet is Effet.NOTER:
        return ""
    permises = _VERS.get(effet)
    if permises and arrivee.nature not in permises:
        return (
            f"a l'effet « {effet} » : elle doit mener à un statut de nature {_ou(permises)}, "
            f"pas à « {arrivee.libelle} » (nature {arrivee.nature})"
        )
    if origine.est_close and effet is not Effet.ROUVRIR:
        return (
            f"part de « {origine.libelle} », un statut où la demande est terminée : "
            "on ne peut plus qu'ajouter une note ou rouvrir"
        )
    if effet is Effet.ROUVRIR and not origine.est_close:
        return f"a l'effet « rouvrir », mais part de « {origine.libelle} », où la demande n'est pas terminée"
    entrees = _ENTREES.get(arrivee.nature)
    if entrees and effet not in entrees and origine.nature is not arrivee.nature:
        return f"mène à « {arrivee.libelle} » (nature {arrivee.nature}) : il lui faut l'effet {_ou(entrees)}"
    return ""


def _automatiques(workflow: Workflow) -> Iterator[str]:
    for transition in workflow.transitions:
        nom = f"la transition « {transition.code} »"
        if transition.par is not Acteur.AUTOMATIQUE:
            if transition.apres:
                yield f"{nom} : « apres » ne vaut que pour « par: automatique »"
            continue
        if not transition.apres:
            yield f"{nom} est automatique : dites au bout de combien de temps, avec « apres »"
        if transition.effet not in _SANS_TEXTE:
            yield f"{nom} est automatique : son effet ne peut être que {_ou(_SANS_TEXTE)}"
        if transition.texte != "aucun":
            yield f"{nom} est automatique : personne n'est là pour écrire un texte"
        if not transition.vers or transition.vers in workflow.origines(transition):
            yield f"{nom} est automatique : elle doit mener à un autre statut, sinon elle recommencerait sans fin"
        if len(transition.modeles) > 1:
            yield f"{nom} est automatique : elle ne peut envoyer qu'un seul modèle"
        elif transition.modeles and workflow.modele(transition.modeles[0]) is None:
            yield f"{nom} envoie le modèle « {transition.modeles[0]} », que ce circuit ne définit pas"


def _automatiques_qui_se_battent(workflow: Workflow) -> Iterator[str]:
    suivant: dict[str, str] = {}
    for statut in workflow.statuts:
        departs = workflow.depuis(statut.code, Acteur.AUTOMATIQUE)
        if len(departs) > 1:
            codes = en_liste({transition.code for transition in departs})
            yield f"plusieurs étapes automatiques partent de « {statut.libelle} » et se gênent : {codes}"
        elif departs:
            suivant[statut.code] = departs[0].vers or statut.code
    for depart, premier in suivant.items():
        vus, code = [depart], premier
        while code in suivant and code not in vus:
            vus.append(code)
            code = suivant[code]
        if code == depart and depart == min(vus):
            noms = " → ".join(f"« {s.libelle} »" for s in map(workflow.statuts_par_code.get, [*vus, depart]) if s)
            yield f"des étapes automatiques tournent en rond : {noms}"


# --- Ways -----------------------------------------------------------------------------------------


def _statuts_atteints(workflow: Workflow) -> Iterator[str]:
    atteints = accessibles(workflow, [workflow.initial], workflow.transitions)
    for statut in workflow.statuts:
        if statut.code not in atteints:
            yield f"aucune transition ne mène au statut « {statut.libelle} » ({statut.code})"


def _fin_possible(workflow: Workflow) -> Iterator[str]:
    fins = {statut.code for statut in workflow.de_nature(Nature.CLOSE)}
    if not fins:
        yield "aucun statut n'est de nature « close » : une demande ne serait jamais terminée"
        return
    sans_l_usager = [t for t in workflow.transitions if t.par is not Acteur.USAGER]
    for statut in workflow.statuts:
        if statut.est_close or fins & accessibles(workflow, [statut.code], sans_l_usager):
            continue
        if fins & accessibles(workflow, [statut.code], workflow.transitions):
            yield (
                f"depuis « {statut.libelle} », seul l'usager peut faire avancer la demande : "
                "s'il n'écrit plus, elle reste bloquée"
            )
        else:
            yield f"depuis « {statut.libelle} », aucun chemin ne mène à la fin de la demande"


def _attente_finie_par_l_usager(workflow: Workflow) -> Iterator[str]:
    for statut in workflow.de_nature(Nature.ATTENTE_USAGER):
        if not any(t.effet is Effet.FOURNIR for t in workflow.depuis(statut.code)):
            yield (
                f"« {statut.libelle} » attend l'usager, mais aucune transition d'effet « fournir » n'en part : "
                "il ne pourrait pas répondre"
            )


def _une_facon_par_effet(workflow: Workflow) -> Iterator[str]:
    """The resident sees one page for each thing they may do: two ways to write would leave the site to guess."""
    for statut in workflow.statuts:
        effets = [t.effet for t in workflow.depuis(statut.code, Acteur.USAGER)]
        if doubles := _doubles(effets):
            yield f"depuis « {statut.libelle} », plusieurs transitions de l'usager ont l'effet {en_liste(doubles)}"


def _essais_rates(workflow: Workflow) -> Iterator[str]:
    for essai in workflow.essais:
        if echec := essayer_defini(workflow, essai).echec:
            yield f"l'essai « {essai.nom} » échoue : {echec}"


# --- Common ---------------------------------------------------------------------------------------


def accessibles(workflow: Workflow, departs: Iterable[str], transitions: Sequence[TransitionDefinie]) -> set[str]:
    """Statuses that can be reached from these, themselves included."""
    atteints, restent = set(departs), list(departs)
    while restent:
        code = restent.pop()
        for transition in transitions:
            if code in workflow.origines(transition):
                arrivee = workflow.arrivee(transition, code)
                if arrivee not in atteints:
                    atteints.add(arrivee)
                    restent.append(arrivee)
    return atteints


def _pas(workflow: Workflow, transition: TransitionDefinie) -> Iterator[tuple[StatutDefini, StatutDefini]]:
    for code in workflow.origines(transition):
        yield workflow.statuts_par_code[code], workflow.statuts_par_code[workflow.arrivee(transition, code)]


def _doubles(mots: Sequence[str]) -> set[str]:
    return {mot for mot in mots if mots.count(mot) > 1}


def _ou(valeurs: Iterable[str]) -> str:
    return " ou ".join(f"« {valeur} »" for valeur in sorted(valeurs))


Regle = Callable[[Workflow], Iterator[str]]
_REGLES_DES_NOMS: tuple[Regle, ...] = (_codes_uniques, _raccourcis_uniques, _statuts_connus)
_REGLES_DES_EFFETS: tuple[Regle, ...] = (
    _initial_a_traiter,
    _effets_complets,
    _arrivees,
    _automatiques,
    _automatiques_qui_se_battent,
)
_REGLES_DU_CHEMIN: tuple[Regle, ...] = (
    _statuts_atteints,
    _fin_possible,
    _attente_finie_par_l_usager,
    _une_facon_par_effet,
)
