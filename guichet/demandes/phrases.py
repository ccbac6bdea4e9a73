"""History in sentences: who did what. One entry a code; a code without sentence is refused at once.

What a town invents needs no entry: its acts are written under the code of their effect, or, for those without
effect, say the button and the status in the town's own words.
"""

from __future__ import annotations

from typing import Any

from guichet.demarches.definition_workflow import Effet

# code: (said to agents, said to the resident). {auteur} is the name of who acted; the rest comes from the
# event's data, where a missing word is left out.
PHRASES: dict[str, tuple[str, str]] = {
    "recue": (
        "{auteur} a envoyé la demande par le canal « {canal} ».",
        "Vous avez envoyé votre demande. La mairie l'a reçue.",
    ),
    "saisie": (
        "{auteur} a saisi la demande, reçue par le canal « {canal} ».",
        "La mairie a enregistré votre demande, reçue par le canal « {canal} ».",
    ),
    "prise_en_charge": (
        "{auteur} a pris la demande en charge.",
        "{auteur} s'occupe de votre demande.",
    ),
    "reponse": ("{auteur} a répondu à l'usager.", "{auteur} vous a répondu."),
    "acceptation": ("{auteur} a accepté la demande.", "{auteur} a accepté votre demande."),
    "refus": ("{auteur} a refusé la demande.", "{auteur} a refusé votre demande."),
    "message_agent": ("{auteur} a écrit à l'usager.", "{auteur} vous a écrit."),
    "complement_demande": ("{auteur} a posé une question à l'usager.", "{auteur} vous a posé une question."),
    "pieces_demandees": ("{auteur} a demandé à l'usager : {demandes}.", "{auteur} vous a demandé : {demandes}."),
    "complement_fourni": ("{auteur} a répondu à la mairie.", "Vous avez répondu à la mairie."),
    "pieces_fournies": ("{auteur} a envoyé : {fournis}.", "Vous avez envoyé : {fournis}."),
    "corrections_faites": ("{auteur} a corrigé : {corriges}.", "Vous avez corrigé : {corriges}."),
    "pieces_et_corrections": (
        "{auteur} a envoyé : {fournis} ; et a corrigé : {corriges}.",
        "Vous avez envoyé : {fournis} ; et corrigé : {corriges}.",
    ),
    "message_usager": ("{auteur} a écrit à la mairie.", "Vous avez écrit à la mairie."),
    "note": ("{auteur} a ajouté une note interne.", ""),
    "transfert_service": (
        "{auteur} a transmis la demande du service « {origine} » au service « {destination} ».",
        "La mairie a transmis votre demande au service « {destination} ».",
    ),
    "transfert_autorite": (
        "{auteur} a transmis la demande à un autre organisme : {destination}.",
        "La mairie a transmis votre demande à l'organisme qui peut y répondre : {destination}.",
    ),
    "close": ("{auteur} a clos la demande.", "{auteur} a terminé votre demande."),
    "close_automatique": (
        "La demande s'est close toute seule : plus rien n'était attendu.",
        "Votre demande est terminée.",
    ),
    "close_abandon": (
        "La demande s'est close toute seule : l'usager n'a pas répondu pendant un an.",
        "Votre demande est terminée : la mairie attendait votre réponse depuis un an. Vous pouvez en faire une autre.",
    ),
    "reouverture": ("{auteur} a rouvert la demande.", "{auteur} a rouvert votre demande."),
    "annulation": ("{auteur} a retiré sa demande.", "Vous avez retiré votre demande."),
    "etape": (
        "{auteur} a choisi « {libelle} ». La demande est à l'état « {statut} ».",
        "Votre demande est à l'étape « {statut_usager} ».",
    ),
    "etape_automatique": (
        "La demande est passée toute seule à l'état « {statut} ».",
        "Votre demande est à l'étape « {statut_usager} ».",
    ),
    "retrait_annule": (
        "{auteur} a repris sa demande, retirée par erreur.",
        "Vous avez repris votre demande. Elle est à l'étape « {statut_usager} ».",
    ),
    "transfert_annule": (
        "{auteur} a annulé la transmission : la demande revient au service « {destination} ».",
        "Votre demande revient au service « {destination} ».",
    ),
    "decision_retiree": (
        "{auteur} a retiré la décision : {etait}.",
        "{auteur} a retiré la décision de la mairie ({etait}). Votre demande est de nouveau examinée.",
    ),
    "confiee": ("{auteur} a confié la demande à {a}.", ""),
    "confiee_annulee": ("{auteur} a repris la demande, confiée à {a} par erreur.", ""),
    "lettre_imprimee": ("{auteur} a imprimé la lettre à envoyer.", ""),
    "courriel_revenu": (
        "Un e-mail envoyé à l'usager le {libelle} n'a pas pu être remis : {motif}.",
        "Un e-mail envoyé le {libelle} n'a pas pu vous être remis : {motif}.",
    ),
    "courriel_service_revenu": (
        "Un e-mail envoyé au service le {libelle} n'a pas pu être remis : {motif}.",
        "",
    ),
    "transmission_revenue": (
        "La demande n'a pas pu être remise à l'organisme : {motif}. Transmettez-la autrement.",
        "",
    ),
    "contact_change": (
        "{auteur} a changé ses coordonnées : {avant} → {apres}.",
        "Vous avez changé vos coordonnées : {apres}.",
    ),
    "compte_supprime": (
        "{auteur} a supprimé son compte : la demande se suit maintenant avec son code.",
        "Vous avez supprimé votre compte. Cette demande se suit avec son code.",
    ),
    "rattachee": (
        "{auteur} a ajouté la demande à son compte.",
        "Vous avez ajouté cette demande à votre compte.",
    ),
}

SANS_EFFET = frozenset(
    {
        "lettre_imprimee",
        "courriel_revenu",
        "courriel_service_revenu",
        "transmission_revenue",
        "contact_change",
        "compte_supprime",
        "rattachee",
    }
)
"""Lines that change nothing of where the request stands: nobody has acted on it since the line before."""

# Code of the line that an act of the workflow writes, by its effect. (by an agent, by a resident or the site)
_CODES: dict[Effet, str] = {
    Effet.AUCUN: "etape",
    Effet.PRENDRE_EN_CHARGE: "prise_en_charge",
    Effet.REPONDRE: "reponse",
    Effet.ECRIRE: "message_agent",
    Effet.DEMANDER: "complement_demande",
    Effet.FOURNIR: "complement_fourni",
    Effet.TRANSFERER_SERVICE: "transfert_service",
    Effet.TRANSFERER_AUTORITE: "transfert_autorite",
    Effet.ACCEPTER: "acceptation",
    Effet.REFUSER: "refus",
    Effet.CLORE: "close",
    Effet.ROUVRIR: "reouverture",
    Effet.NOTER: "note",
    Effet.ANNULER: "annulation",
}

DECISIONS = frozenset({"reponse", "acceptation", "refus", "decision_retiree"})
"""Lines of what stops the clock: the town has answered."""

ANONYMES = {"usager": "L'usager", "agent": "Un agent de la mairie", "systeme": "Le site"}


class _Mots(dict[str, Any]):
    def __missing__(self, cle: str) -> str:
        return ""


def code_de(effet: Effet, auteur_type: str) -> str:
    """Code of the history line of an act."""
    if effet is Effet.ECRIRE and auteur_type == "usager":
        return "message_usager"
    code = _CODES[effet]
    return f"{code}_automatique" if auteur_type == "systeme" else code


def phrase(code: str, *, auteur_type: str, auteur_nom: str, donnees: dict[str, Any], pour_usager: bool) -> str:
    """The sentence of a line of history: the resident's where there is one and ``pour_usager``, else the agents'.

    Raises KeyError when no sentence is known for the code. A word that ``donnees`` lacks is left empty.
    """
    pour_agent, pour_la_personne = PHRASES[code]
    modele = (pour_la_personne if pour_usager else "") or pour_agent
    auteur = auteur_nom or ANONYMES[auteur_type]
    decide = code in DECISIONS
    if (pour_usager or decide) and donnees.get("qualite") and auteur_nom:
        # Residents are told who wrote with their quality (CRPA L.111-2); everybody is, by a decision, with the service
        # (L.212-1).
        service = f" (service {donnees['service_auteur']})" if decide and donnees.get("service_auteur") else ""
        auteur = f"{auteur_nom}, {donnees['qualite']}{service},"
    mots = _Mots(canal="Site internet") | donnees | {"auteur": auteur}
    return modele.format_map(_Mots(mots))
