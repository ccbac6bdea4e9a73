"""What is announced, said once: the facts of a dossier, written by the machine at the end of the published modalities.

The team writes how to take part; object, public, question, dates and measure come from the dossier. A published version
is frozen: when a fact moves, `ecarts` names it, and a new version is asked for before anything goes on.
"""

from __future__ import annotations

import re
from datetime import datetime

from consultation.dossier.modele import Dossier, Etat
from consultation.dossier.publications import Genre, Publication
from socle.typographie.calendrier import MOIS, moment

ENTETE = "Ce que la mairie annonce :"
_ANCIENS = (
    "Sur quoi porte la consultation : ",
    "Qui est consulté : ",
    "Quand participer : ",
    "Une personne, un avis : ",
)
_TIRAGES = ("Tirage au sort : la liste du panel « ", "Tirage au sort : le panel « ")  # kind « information » until 2026
_JOUR = rf"(?:\d{{1,2}}|1er|premier)\s+(?:{'|'.join(MOIS)})|\d{{1,2}}[/.]\d{{1,2}}(?:[/.]\d{{2,4}})?"
_BORNE = re.compile(
    rf"(?:jusqu['’]au|ferm\w*|cl[oô]\w*|ouvr\w*|ouvert\w*|prend\s+fin|termin\w*|délai|avant\s+le|à\s+partir\s+du)"
    rf"(?:[^.;\n]{{0,40}}?)(?:{_JOUR})|\bdu\s+(?:\w+\s+)?(?:{_JOUR})[^.;\n]{{0,40}}?\bau\s+(?:\w+\s+)?(?:{_JOUR})",
    re.IGNORECASE,
)
_NOMBRES = ("un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")
_PAR_APPAREIL = re.compile(
    rf"\b(\d+|{'|'.join(_NOMBRES)}|une)\s+(?:avis|fois|contributions?|réponses?)\s+(?:\w+\s+){{0,3}}?par\s+appareil",
    re.IGNORECASE,
)


def _net(texte: str) -> str:
    return re.sub(r"[ \t\r\n\v\f]+", " ", texte).strip()  # no-break spaces stay


def faits(dossier: Dossier) -> dict[str, str]:
    """The facts by name, in the order in which they are read; one that is not decided yet is absent."""
    perimetre, mesure = dossier.perimetre, dossier.anti_doublon
    quand = ""
    if dossier.ouverture is not None and dossier.fermeture is not None:
        quand = f"du {moment(dossier.ouverture)} au {moment(dossier.fermeture)}"
    limite = dossier.limite_par_appareil
    lignes = {
        "sur quoi": dossier.objet,
        "question": dossier.question,
        "qui est consulté": "" if perimetre is None else f"{perimetre.public}\n{perimetre.justification}",
        "quand": quand,
        "une personne, un avis": "" if mesure is None else f"{mesure.mesure}\n{mesure.proportion}",
        "sur internet": "" if limite is None else f"{limite} avis au plus avec le même appareil",
    }
    return {nom: _net(valeur) for nom, valeur in lignes.items() if valeur.strip()}


def rediger(dossier: Dossier, texte: str) -> str:
    """The words of the team, then the facts."""
    lignes = [f"{nom[:1].upper()}{nom[1:]} : {valeur}" for nom, valeur in faits(dossier).items()]
    return "\n\n".join(bloc for bloc in (corps(texte), "\n".join([ENTETE, *lignes])) if bloc)


def corps(contenu: str) -> str:
    """What the team wrote, without the facts, and without the lines that proposed them in former versions."""
    lignes = contenu.replace("\r\n", "\n").partition(ENTETE)[0].split("\n")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(ligne for ligne in lignes if not ligne.startswith(_ANCIENS))).strip()


def dits(contenu: str) -> dict[str, str] | None:
    """The facts that a published text holds; None when it was published before they were written into it."""
    _, entete, suite = contenu.partition(ENTETE)
    if not entete:
        return None
    coupes = (ligne.partition(" : ") for ligne in suite.strip().splitlines())
    return {f"{nom[:1].lower()}{nom[1:]}": valeur for nom, _, valeur in coupes}


def ecarts(dossier: Dossier) -> tuple[str, ...]:
    """Names of the facts that the last published modalities say otherwise, or do not say.

    What was announced before facts were written there is taken as it is: it can no longer be written again.
    """
    publiees = dossier.publiees(Genre.MODALITES)
    if not publiees:
        return ()
    annonces, vrais = dits(publiees[-1].contenu), faits(dossier)
    if annonces is None:
        return tuple(vrais) if dossier.etat == Etat.PREPARATION else ()
    return tuple(nom for nom in {**vrais, **annonces} if annonces.get(nom) != vrais.get(nom))


def borne_ecrite(texte: str) -> str:
    """The passage that tells a beginning or an end in the team's own words, which would stay when the date moves."""
    trouve = _BORNE.search(corps(texte))
    return "" if trouve is None else _net(trouve.group())


def limite_dite(mesure: str) -> int | None:
    """How many opinions a device the published measure speaks of; None when it names no number."""
    trouve = _PAR_APPAREIL.search(mesure)
    if trouve is None:
        return None
    mot = trouve.group(1).lower()
    if mot.isdigit():
        return int(mot)
    return 1 if mot == "une" else 1 + _NOMBRES.index(mot)


def informe(publication: Publication) -> bool:
    """Whether it is information on the project: the list of a draw is not, under its former kind either."""
    return publication.genre == Genre.INFORMATION and not publication.titre.startswith(_TIRAGES)


def prolongation(avant: datetime, apres: datetime) -> str:
    """The sentence of an extension."""
    return f"La participation devait fermer le {moment(avant)}. Elle ferme le {moment(apres)}."
