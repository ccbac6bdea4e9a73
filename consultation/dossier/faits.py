"""What satisfies each rule, in French, for the compliance record; called only when nothing is missing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from consultation.dossier.annonce import informe
from consultation.dossier.modele import Dossier
from consultation.dossier.publications import Genre, Publication
from socle.typographie.calendrier import jour_court


def duree(jours: float) -> str:
    """« 15 jours »."""
    if jours < 1:
        return "Moins d'un jour"
    return f"{int(jours)} jour{'s' if jours >= 2 else ''}"


def phrase(texte: str) -> str:
    """What somebody typed, ended by one full stop."""
    propre = " ".join(texte.split())
    return propre if propre[-1:] in (".", "!", "?") else f"{propre}."


def publie(dossier: Dossier, maintenant: datetime, *genres: Genre) -> str:
    """When it was made public, every version, with the reason of the later ones."""
    return _dire(dossier.publiees(*genres), maintenant)


def _dire(publications: Iterable[Publication], maintenant: datetime) -> str:

    def dire(publication: Publication) -> str:
        le = jour_court(publication.publie_le.astimezone(maintenant.tzinfo))
        motif = f" ; raison : {phrase(publication.motif)[:-1]}" if publication.motif.strip() else ""
        return f"« {publication.titre} », version {publication.version}, le {le}{motif}"

    return f"Publié : {' ; '.join(map(dire, publications))}."


def objet(dossier: Dossier, _: datetime) -> str:
    """What it is about."""
    return phrase(dossier.objet)


def question(dossier: Dossier, _: datetime) -> str:
    """What is asked."""
    return f"« {dossier.question.strip()} »"


def dates(dossier: Dossier, maintenant: datetime) -> str:
    """The window, why it is long enough, how often it was extended."""
    if dossier.ouverture is None or dossier.fermeture is None:
        return ""
    pourquoi = f" {phrase(dossier.justification_duree)}" if dossier.justification_duree.strip() else ""
    prolongations = len(dossier.publiees(Genre.PROLONGATION))
    fois = f" Prolongée {prolongations} fois, avec sa raison publiée." if prolongations else ""
    bornes = f"Du {jour_court(dossier.ouverture)} au {jour_court(dossier.fermeture)}"
    retard = ""
    if dossier.ouvert_le is not None and dossier.jours_de_retard:
        retard = f" Ouverte en retard, le {jour_court(dossier.ouvert_le.astimezone(maintenant.tzinfo))}."
    return f"{bornes} : {duree(max(0, (dossier.jours or 0) - dossier.jours_de_retard))}.{retard}{pourquoi}{fois}"


def perimetre(dossier: Dossier, _: datetime) -> str:
    """Who is heard, and why."""
    perimetre = dossier.perimetre
    return "" if perimetre is None else f"{phrase(perimetre.public)} {phrase(perimetre.justification)}"


def anti_doublon(dossier: Dossier, _: datetime) -> str:
    """How one person counts once, and why it is enough."""
    mesure = dossier.anti_doublon
    return "" if mesure is None else f"{phrase(mesure.mesure)} {phrase(mesure.proportion)}"


def modalites(dossier: Dossier, maintenant: datetime) -> str:
    """When the modalities were published."""
    if not dossier.publiees(Genre.MODALITES):
        return "Ce cadre n'en demande pas, et aucune n'est publiée."
    return publie(dossier, maintenant, Genre.MODALITES)


def information(dossier: Dossier, maintenant: datetime) -> str:
    """When documents on the project were published."""
    return _dire(filter(informe, dossier.publications), maintenant)


def limite(dossier: Dossier, _: datetime) -> str:
    """What the public page really takes from one device."""
    nombre = dossier.limite_par_appareil
    return "" if nombre is None else f"{nombre} avis au plus avec le même appareil."


def resultats(dossier: Dossier, maintenant: datetime) -> str:
    """When results or follow-ups were published."""
    return publie(dossier, maintenant, Genre.RESULTATS, Genre.SUITES)


def synthese(dossier: Dossier, maintenant: datetime) -> str:
    """When the synthesis was published."""
    return publie(dossier, maintenant, Genre.SYNTHESE)


def commission(dossier: Dossier, _: datetime) -> str:
    """Which commission it replaces."""
    return phrase(dossier.commission_remplacee)


def exclusions(_dossier: Dossier, _: datetime) -> str:
    """What the town checked."""
    return "La commune a vérifié qu'aucun cas exclu ne s'applique."


def protection(dossier: Dossier, maintenant: datetime) -> str:
    """Who approved the sheet, and when."""
    fiche = dossier.protection
    if fiche is None or fiche.approuve_le is None:
        return ""
    le = jour_court(fiche.approuve_le.astimezone(maintenant.tzinfo))
    note = f" Accord noté par {fiche.note_par} ; référence : {phrase(fiche.reference)}" if fiche.note_par else ""
    return f"Approuvée par {fiche.approuve_par} le {le}.{note} Base légale : {phrase(fiche.base_legale)}"


def sans_objet(_dossier: Dossier, _: datetime) -> str:
    """A rule kept by waiting, which the record does not list."""
    return ""
