"""History in sentences: who did what. One entry a code; a code without sentence is refused at once."""

from __future__ import annotations

from typing import Any

# code: (said to agents, said to the resident). {auteur} is the name of who acted.
PHRASES: dict[str, tuple[str, str]] = {
    "recue": (
        "{auteur} a envoyé la demande par le canal « {canal} ».",
        "Vous avez envoyé votre demande. La mairie l'a reçue.",
    ),
    "prise_en_charge": (
        "{auteur} a pris la demande en charge.",
        "{auteur} s'occupe de votre demande.",
    ),
    "reponse": ("{auteur} a répondu à l'usager.", "{auteur} vous a répondu."),
    "complement_demande": ("{auteur} a posé une question à l'usager.", "{auteur} vous a posé une question."),
    "message_usager": ("{auteur} a écrit à la mairie.", "Vous avez écrit à la mairie."),
    "note": ("{auteur} a ajouté une note interne.", ""),
    "close": ("{auteur} a clos la demande.", "{auteur} a terminé votre demande."),
    "rattachee": (
        "{auteur} a ajouté la demande à son compte.",
        "Vous avez ajouté cette demande à votre compte.",
    ),
}

ANONYMES = {"usager": "L'usager", "agent": "Un agent de la mairie", "systeme": "Le site"}


def phrase(code: str, *, auteur_type: str, auteur_nom: str, donnees: dict[str, Any], pour_usager: bool) -> str:
    pour_agent, pour_la_personne = PHRASES[code]
    modele = (pour_la_personne if pour_usager else "") or pour_agent
    auteur = auteur_nom or ANONYMES[auteur_type]
    return modele.format(auteur=auteur, canal=donnees.get("canal", "Site internet"))
