"""The rules: what each regime requires, with its source, and the sentence said while it is missing.

CRPA L.131-1 sets four duties: make the modalities public, make useful information available, leave a reasonable
time, publish the results or the follow-ups. Conseil d'État, Assemblée, 19 July 2017, nos 403928 and 403948, adds
two: a relevant perimeter, and measures against several opinions of one person. L.131-1 fixes no number of days.
CRPA L.132-1 and L.132-2 with decree no 2011-1832 of 8 December 2011: 15 days at least, and a public synthesis.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from consultation.dossier import faits
from consultation.dossier.annonce import ecarts, informe, limite_dite
from consultation.dossier.faits import duree
from consultation.dossier.modele import Dossier, Etat, Regime
from consultation.dossier.publications import Genre
from socle.typographie.calendrier import jour_court

JOURS_L132_1 = 15
CE_2017 = "Conseil d'État, Assemblée, 19 juillet 2017, nos 403928 et 403948"
L131 = "CRPA, article L.131-1"
L132 = "CRPA, articles L.132-1 et L.132-2 ; décret n° 2011-1832 du 8 décembre 2011"
TOUS = frozenset(Regime)
L131_SEUL = frozenset({Regime.L131_1})
L132_SEUL = frozenset({Regime.L132_1})
LIBRE_SEUL = frozenset({Regime.LIBRE})

Constat = Callable[[Dossier, datetime], str | None]
Fait = Callable[[Dossier, datetime], str]


@dataclass(frozen=True)
class Regle:
    """A requirement: `constat` returns the French sentence that says what is missing, or `None`.

    `fait` says what satisfies it, for the compliance record; called only when nothing is missing.
    """

    code: str
    intitule: str
    source: str
    regimes: frozenset[Regime]
    avant: Etat  # state that cannot be entered while it is missing
    constat: Constat
    fait: Fait
    une_fois: bool = False  # asked when its own state is entered, not again


@dataclass(frozen=True)
class Manque:
    """A rule that is not met."""

    code: str
    phrase: str
    source: str

    def __str__(self) -> str:
        return f"{self.phrase} ({self.source})"


def _objet(dossier: Dossier, _: datetime) -> str | None:
    return None if dossier.objet.strip() else "Dites en une phrase sur quoi porte la consultation."


def _question(dossier: Dossier, _: datetime) -> str | None:
    return None if dossier.question.strip() else "Écrivez la question que vous posez : c'est elle que chacun lira."


def _dates(dossier: Dossier, maintenant: datetime) -> str | None:
    jours = dossier.jours
    if jours is None:
        return "Fixez les dates d'ouverture et de fermeture : une fois annoncées, elles ne s'avancent ni ne s'abrègent."
    if jours <= 0:
        return "La fermeture doit suivre l'ouverture."
    return _deja_passee(dossier, maintenant)


def _deja_passee(dossier: Dossier, maintenant: datetime) -> str | None:
    fermeture = dossier.fermeture
    if dossier.etat == Etat.PREPARATION and fermeture is not None and maintenant >= fermeture:
        return f"La fermeture prévue, le {jour_court(fermeture)}, est déjà passée : choisissez d'autres dates."
    return None


def _perimetre(dossier: Dossier, _: datetime) -> str | None:
    perimetre = dossier.perimetre
    if perimetre is None or not perimetre.public.strip():
        return "Le périmètre manque : dites qui est consulté."
    if not perimetre.justification.strip():
        return "Le périmètre n'est pas justifié : dites pourquoi ce public est le bon au regard de l'objet."
    return None


def _anti_doublon(dossier: Dossier, _: datetime) -> str | None:
    mesure = dossier.anti_doublon
    if mesure is None or not mesure.mesure.strip():
        return (
            "Rien n'empêche qu'une même personne donne plusieurs fois son avis, ou qu'on le donne hors du "
            "périmètre : choisissez une mesure d'organisation."
        )
    if not mesure.proportion.strip():
        return "Dites pourquoi la mesure contre les avis multiples suffit ici, sans demander plus que nécessaire."
    return None


def _delai(dossier: Dossier, maintenant: datetime) -> str | None:
    jours = dossier.jours
    if jours is None:
        return "Fixez les dates d'ouverture et de fermeture : chacun doit disposer d'un délai raisonnable."
    if jours <= 0:
        return "La fermeture doit suivre l'ouverture : chacun doit disposer d'un délai raisonnable."
    passee = _deja_passee(dossier, maintenant)
    if passee is not None:
        return passee
    seuil = dossier.politique.duree_a_justifier_j
    laisses = dossier.jours_laisses(maintenant) or 0
    if laisses < seuil and not dossier.justification_duree.strip():
        return (
            f"{duree(laisses)} pour participer : {_comment_allonger(dossier)}. Le seuil de {seuil} "
            "jours est un choix de la commune ; la loi n'en fixe aucun."
        )
    return None


def _comment_allonger(dossier: Dossier) -> str:
    if dossier.etat == Etat.PREPARATION:
        return "dites pourquoi c'est un délai raisonnable"
    return "l'ouverture est en retard sur la date annoncée, prolongez la participation d'autant"


def _quinze_jours(dossier: Dossier, maintenant: datetime) -> str | None:
    if dossier.jours is None:
        return f"Fixez les dates d'ouverture et de fermeture : {JOURS_L132_1} jours au moins."
    laisses = dossier.jours_laisses(maintenant) or 0
    if laisses < JOURS_L132_1:
        retard = "" if dossier.etat == Etat.PREPARATION else " Prolongez la participation avant d'ouvrir."
        return (
            f"{duree(laisses)} pour participer : ce cadre impose au moins {JOURS_L132_1} jours, sans exception.{retard}"
        )
    return None


def _modalites(dossier: Dossier, _: datetime) -> str | None:
    if not dossier.publiees(Genre.MODALITES):
        return "Les modalités ne sont pas publiées : objet, public, dates, façons de participer, suites prévues."
    return _modalites_justes(dossier, _)


def _modalites_justes(dossier: Dossier, _: datetime) -> str | None:
    """What was published must say what will happen; once announced the facts are frozen, and extended by a version."""
    differents = ecarts(dossier)
    if not differents:
        return None
    return (
        f"Les modalités publiées ne disent pas ce qui est prévu ({' ; '.join(differents)}) : publiez-en une nouvelle "
        "version, avec sa raison."
    )


def _limite(dossier: Dossier, _: datetime) -> str | None:
    nombre, mesure = dossier.limite_par_appareil, dossier.anti_doublon
    dit = None if mesure is None else limite_dite(mesure.mesure)
    if nombre is None or dit is None or dit == nombre:
        return None
    return (
        f"Votre mesure annonce {dit} avis par appareil, et le formulaire en accepte {nombre} : corrigez l'un ou "
        "l'autre."
    )


def _information(dossier: Dossier, _: datetime) -> str | None:
    if not any(map(informe, dossier.publications)):
        return "Aucune information utile n'est mise à disposition : publiez au moins un document sur le projet."
    return None


def _resultats(dossier: Dossier, _: datetime) -> str | None:
    if not dossier.publiees(Genre.RESULTATS, Genre.SUITES):
        return "Ni les résultats ni les suites envisagées ne sont publiés : le dossier ne peut pas être clos."
    return None


def _synthese(dossier: Dossier, _: datetime) -> str | None:
    if not dossier.publiees(Genre.SYNTHESE):
        return "La synthèse des observations n'est pas publiée : le dossier ne peut pas être clos."
    return None


def _commission(dossier: Dossier, _: datetime) -> str | None:
    if not dossier.commission_remplacee.strip():
        return "Nommez la commission dont la consultation obligatoire est remplacée ; sinon choisissez L.131-1."
    return None


def _exclusions(dossier: Dossier, _: datetime) -> str | None:
    if not dossier.exclusions_ecartees:
        return (
            "Confirmez qu'aucun cas exclu ne s'applique : autorité indépendante, avis conforme, liberté publique, "
            "exigence constitutionnelle, pouvoir de proposition, principe de participation."
        )
    return None


def _protection(dossier: Dossier, maintenant: datetime) -> str | None:
    fiche = dossier.protection
    if fiche is None or not fiche.base_legale.strip() or not fiche.conservation.strip():
        return "Indiquez la base légale et la durée de conservation des données personnelles."
    if not fiche.approuve_par.strip() or fiche.approuve_le is None or fiche.approuve_le > maintenant:
        return "Le délégué à la protection des données n'a pas encore approuvé la fiche de ce dossier."
    return None


def _heure_ouverture(dossier: Dossier, maintenant: datetime) -> str | None:
    if dossier.ouverture is not None and maintenant < dossier.ouverture:
        return f"L'ouverture est annoncée pour le {jour_court(dossier.ouverture)} : elle ne peut pas être avancée."
    if dossier.fermeture is not None and maintenant >= dossier.fermeture:
        return f"La fermeture annoncée, le {jour_court(dossier.fermeture)}, est passée : annoncez de nouvelles dates."
    return None


def _heure_fermeture(dossier: Dossier, maintenant: datetime) -> str | None:
    if dossier.fermeture is not None and maintenant < dossier.fermeture:
        return (
            f"La participation est annoncée jusqu'au {jour_court(dossier.fermeture)} : elle ne peut pas être abrégée."
        )
    return None


def _abandon(dossier: Dossier, _: datetime) -> str | None:
    if dossier.publications and not dossier.publiees(Genre.ABANDON):
        return "Le public a été informé de ce dossier : publiez pourquoi vous l'abandonnez."
    return None


SINCERITE = "sincérité de la consultation"
PARTICIPER = "dates annoncées"
REGLES: tuple[Regle, ...] = (
    Regle("objet", "L'objet est dit", SINCERITE, TOUS, Etat.ANNONCE, _objet, faits.objet),
    Regle("question", "La question est écrite", SINCERITE, TOUS, Etat.ANNONCE, _question, faits.question),
    Regle("perimetre", "Le public consulté est le bon", CE_2017, L131_SEUL, Etat.ANNONCE, _perimetre, faits.perimetre),
    Regle("anti_doublon", "Une personne, un avis", CE_2017, L131_SEUL, Etat.ANNONCE, _anti_doublon, faits.anti_doublon),
    Regle("delai", "Le délai est raisonnable", L131, L131_SEUL, Etat.ANNONCE, _delai, faits.dates),
    Regle(
        "quinze_jours", "La durée est d'au moins 15 jours", L132, L132_SEUL, Etat.ANNONCE, _quinze_jours, faits.dates
    ),
    Regle("dates", "Les dates sont fixées", SINCERITE, LIBRE_SEUL, Etat.ANNONCE, _dates, faits.dates),
    Regle(
        "commission", "La commission remplacée est nommée", L132, L132_SEUL, Etat.ANNONCE, _commission, faits.commission
    ),
    Regle("exclusions", "Aucun cas exclu", L132, L132_SEUL, Etat.ANNONCE, _exclusions, faits.exclusions),
    Regle("modalites", "Les modalités sont publiées", L131, L131_SEUL, Etat.ANNONCE, _modalites, faits.modalites),
    Regle("modalites", "Les modalités sont publiées", L132, L132_SEUL, Etat.ANNONCE, _modalites, faits.modalites),
    Regle(
        "modalites",
        "Les modalités publiées sont justes",
        SINCERITE,
        LIBRE_SEUL,
        Etat.ANNONCE,
        _modalites_justes,
        faits.modalites,
    ),
    Regle(
        "limite", "La limite annoncée s'applique", SINCERITE, TOUS, Etat.ANNONCE, _limite, faits.limite, une_fois=True
    ),
    Regle(
        "information",
        "L'information utile est disponible",
        L131,
        L131_SEUL,
        Etat.OUVERT,
        _information,
        faits.information,
    ),
    Regle(
        "protection",
        "Le délégué a approuvé",
        "RGPD, articles 5, 6 et 30",
        TOUS,
        Etat.OUVERT,
        _protection,
        faits.protection,
    ),
    Regle(
        "ouverture",
        "La date d'ouverture est tenue",
        PARTICIPER,
        TOUS,
        Etat.OUVERT,
        _heure_ouverture,
        faits.sans_objet,
        une_fois=True,
    ),
    Regle(
        "fermeture",
        "La date de fermeture est tenue",
        PARTICIPER,
        TOUS,
        Etat.DEPOUILLEMENT,
        _heure_fermeture,
        faits.sans_objet,
        une_fois=True,
    ),
    Regle("resultats", "Résultats ou suites publiés", L131, L131_SEUL, Etat.CLOS, _resultats, faits.resultats),
    # The law asks it of L.131-1 only; the town owes it to whoever it listened to.
    Regle(
        "resultats",
        "Résultats ou suites publiés",
        "promesse de la commune",
        LIBRE_SEUL,
        Etat.CLOS,
        _resultats,
        faits.resultats,
    ),
    Regle("synthese", "La synthèse est publiée", L132, L132_SEUL, Etat.CLOS, _synthese, faits.synthese),
    Regle("abandon", "L'abandon est expliqué", SINCERITE, TOUS, Etat.ABANDONNE, _abandon, faits.sans_objet),
)

SIX_VERIFICATIONS = ("modalites", "information", "delai", "resultats", "perimetre", "anti_doublon")
"""The four duties of L.131-1, then the two of the Conseil d'État."""

ORDRE = (Etat.PREPARATION, Etat.ANNONCE, Etat.OUVERT, Etat.DEPOUILLEMENT, Etat.CLOS)


def regles_de(regime: Regime) -> tuple[Regle, ...]:
    """Rules of a regime, in the order in which they bite."""
    return tuple(regle for regle in REGLES if regime in regle.regimes)


def manques(dossier: Dossier, cible: Etat, maintenant: datetime) -> tuple[Manque, ...]:
    """Everything that keeps `dossier` from entering `cible`; earlier requirements must still hold.

    Dates already kept (opening, closing) are asked once, when their own state is entered.
    """
    trouves = []
    for regle in regles_de(dossier.regime):
        # Participation ends at its hour whatever else is missing: nothing may keep it open after what was announced.
        une_fois = regle.une_fois or Etat.ABANDONNE in (cible, regle.avant) or cible == Etat.DEPOUILLEMENT
        concerne = regle.avant == cible if une_fois else ORDRE.index(regle.avant) <= ORDRE.index(cible)
        if regle.code == "modalites" and dossier.etat != Etat.PREPARATION and dossier.publiees(Genre.MODALITES):
            # Facts are frozen by then; what was announced before they were written there still opens and closes.
            concerne = False
        phrase = regle.constat(dossier, maintenant) if concerne else None
        if phrase is not None:
            trouves.append(Manque(regle.code, phrase, regle.source))
    return tuple(trouves)
