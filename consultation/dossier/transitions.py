"""The only ways a dossier changes; each refuses in French while something is missing, and dates nothing back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from consultation.dossier import annonce
from consultation.dossier.modele import NOMS, SUIVANTS, Dossier, Etat, Regime
from consultation.dossier.publications import Genre, suivante, verifier_chaine
from consultation.dossier.regles import Manque, manques, regles_de

APRES_FERMETURE = (Genre.RESULTATS, Genre.SYNTHESE, Genre.SUITES)
AVEC_MOTIF = (Genre.MODALITES, Genre.RESULTATS, Genre.SYNTHESE, Genre.SUITES)
FIGES = {
    "regime": "le cadre",
    "objet": "l'objet",
    "question": "la question",
    "ouverture": "l'ouverture",
    "fermeture": "la fermeture",
    "perimetre": "le public consulté",
    "anti_doublon": "la mesure contre les avis multiples",
    "commission_remplacee": "la commission remplacée",
}


class DossierRefuse(Exception):
    """A change that is refused; `str()` says in French everything that is missing."""

    def __init__(self, titre: str, manques: tuple[Manque, ...] = ()) -> None:
        self.manques = manques
        super().__init__("\n".join([titre, *(f"- {manque}" for manque in manques)]))


def avancer(dossier: Dossier, cible: Etat, maintenant: datetime) -> Dossier:
    """Move to `cible`, or raise `DossierRefuse` with all that is missing; nothing happens when it is there already."""
    _dater(dossier, maintenant)
    if cible == dossier.etat:
        return dossier
    if cible not in SUIVANTS[dossier.etat]:
        raise DossierRefuse(f"Un dossier {NOMS[dossier.etat]} ne peut pas devenir {NOMS[cible]}.")
    defauts = verifier_chaine(dossier.publications)
    if defauts:
        raise DossierRefuse("Les publications ont été altérées : " + " ".join(defauts))
    trouves = manques(dossier, cible, maintenant)
    if trouves:
        raise DossierRefuse(f"Le dossier ne peut pas encore devenir {NOMS[cible]} :", trouves)
    return replace(dossier, etat=cible, ouvert_le=maintenant if cible == Etat.OUVERT else dossier.ouvert_le)


def publier(  # noqa: PLR0917
    dossier: Dossier, genre: Genre, titre: str, contenu: str, maintenant: datetime, motif: str = ""
) -> Dossier:
    """Make something public, now. A new version of what is public already must say why.

    Raises DossierRefuse when the state does not allow it, or something is missing.
    """
    _dater(dossier, maintenant)
    if not titre.strip() or not contenu.strip():
        raise DossierRefuse("Une publication a un titre et un contenu.")
    if genre == Genre.PROLONGATION:
        raise DossierRefuse("Une prolongation se décide avec sa nouvelle date et son motif.")
    if genre == Genre.ABANDON and dossier.etat in (Etat.CLOS, Etat.ABANDONNE):
        raise DossierRefuse(f"Un dossier {NOMS[dossier.etat]} ne s'abandonne plus.")
    if dossier.etat == Etat.ABANDONNE:
        raise DossierRefuse("Ce dossier est abandonné : plus rien ne s'y publie.")
    if dossier.etat == Etat.CLOS and genre != Genre.SUITES and genre not in dossier.a_corriger:
        raise DossierRefuse("Ce dossier est clos : seules ses suites se publient encore.")
    if genre in APRES_FERMETURE and dossier.etat in (Etat.PREPARATION, Etat.ANNONCE, Etat.OUVERT):
        raise DossierRefuse(
            "Les résultats, la synthèse et les suites se publient une fois la participation fermée, pas avant."
        )
    if genre == Genre.MODALITES:
        contenu = _modalites(dossier, f"{titre}\n\n{contenu}", contenu, maintenant)
    sans_motif = genre == Genre.SUITES and dossier.etat == Etat.CLOS  # one follow-up after the other
    if genre in AVEC_MOTIF and dossier.publiees(genre) and not sans_motif and not motif.strip():
        raise DossierRefuse("Une version est déjà publiée : dites pourquoi vous la remplacez.")
    nouvelle = suivante(dossier.publications, genre, titre, contenu, motif, maintenant)
    etat = Etat.ABANDONNE if genre == Genre.ABANDON else dossier.etat  # saying why it stops and stopping are one act
    return replace(dossier, etat=etat, publications=(*dossier.publications, nouvelle))


def _modalites(dossier: Dossier, tout: str, contenu: str, maintenant: datetime) -> str:
    """The text with its facts. Raises DossierRefuse once participation is over, or when it tells the dates itself."""
    finie = dossier.fermeture is not None and maintenant >= dossier.fermeture
    if dossier.etat == Etat.DEPOUILLEMENT or (dossier.etat != Etat.PREPARATION and finie):
        raise DossierRefuse("La participation est finie : ses modalités ne changent plus après coup.")
    borne = annonce.borne_ecrite(tout)
    if borne:
        raise DossierRefuse(
            f"Votre texte donne lui-même une date de participation (« {borne} ») : ôtez-la. La machine écrit les "
            "dates à la fin des modalités, et les tient à jour si vous prolongez."
        )
    return annonce.rediger(dossier, contenu)


def exiger_modifiable(etat: Etat, champs: Iterable[str], *, annonces: bool = False) -> None:
    """Refuse to change what the announcement told the public: fields named in FIGES, or others that it held.

    Raises DossierRefuse, which names the fields of FIGES.
    """
    voulus = set(champs)
    interdits = [nom for champ, nom in FIGES.items() if champ in voulus]
    if etat == Etat.PREPARATION or not (interdits or annonces):
        return
    lesquels = f" ({', '.join(interdits)})" if interdits else ""
    raise DossierRefuse(
        f"Ce dossier est {NOMS[etat]} : ce qui a été annoncé ne change plus{lesquels}. "
        "Pour plus de temps, prolongez ; pour le reste, abandonnez et recommencez."
    )


def modifier(dossier: Dossier, **champs: object) -> Dossier:
    """Change what was prepared; what the announcement told the public no longer changes that way.

    Raises DossierRefuse for state and publications, which have their own functions.
    """
    exiger_modifiable(dossier.etat, champs)
    if {"etat", "publications"} & set(champs):
        raise DossierRefuse("L'état et les publications d'un dossier ne se modifient pas à la main.")
    return replace(dossier, **champs)  # type: ignore[arg-type]


def prolonger(dossier: Dossier, fermeture: datetime, motif: str, maintenant: datetime) -> Dossier:
    """Give more time; published with its reason, and with new modalities that tell the new date. Never taken back.

    Raises DossierRefuse when it is over, without a reason, or for an earlier date.
    """
    _dater(dossier, maintenant)
    if dossier.etat not in (Etat.ANNONCE, Etat.OUVERT) or dossier.fermeture is None:
        raise DossierRefuse(f"Un dossier {NOMS[dossier.etat]} ne se prolonge pas.")
    if maintenant >= dossier.fermeture:
        raise DossierRefuse("La participation est finie : elle ne se prolonge plus après coup.")
    if fermeture <= dossier.fermeture:
        raise DossierRefuse("La nouvelle date doit suivre celle qui est annoncée : un délai ne s'abrège pas.")
    if not motif.strip():
        raise DossierRefuse("Dites pourquoi la participation est prolongée : le motif est publié.")
    contenu = annonce.prolongation(dossier.fermeture, fermeture)
    apres = replace(dossier, fermeture=fermeture)
    publiees = dossier.publiees(Genre.MODALITES)
    if publiees:
        texte, raison = annonce.rediger(apres, publiees[-1].contenu), f"Participation prolongée : {motif.strip()}"
        corrigees = suivante(apres.publications, Genre.MODALITES, publiees[-1].titre, texte, raison, maintenant)
        apres = replace(apres, publications=(*apres.publications, corrigees))
    nouvelle = suivante(
        apres.publications, Genre.PROLONGATION, "Prolongation de la participation", contenu, motif, maintenant
    )
    return replace(apres, publications=(*apres.publications, nouvelle))


def _dater(dossier: Dossier, maintenant: datetime) -> None:
    if maintenant.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    if dossier.publications and maintenant < dossier.publications[-1].publie_le:
        raise DossierRefuse("Rien ne s'antidate : la dernière publication est plus récente que cette date.")


@dataclass(frozen=True)
class Verification:
    """One line of the compliance record."""

    code: str
    intitule: str
    source: str
    satisfait: bool
    constat: str


def fiche_de_conformite(dossier: Dossier, maintenant: datetime) -> tuple[Verification, ...]:
    """Every rule of the regime, met or not, for the record that is printed."""
    lignes = []
    for regle in regles_de(dossier.regime):
        if regle.code in ("ouverture", "fermeture", "abandon") or (
            regle.code == "limite" and dossier.limite_par_appareil is None
        ):
            continue
        phrase = regle.constat(dossier, maintenant)
        constat = regle.fait(dossier, maintenant) if phrase is None else phrase
        lignes.append(Verification(regle.code, regle.intitule, regle.source, phrase is None, constat))
    return tuple(lignes)


def echeances(dossier: Dossier, maintenant: datetime) -> tuple[str, ...]:
    """What to do and by when, in French; figures of days are the town's own."""
    politique, alertes = dossier.politique, []
    rappel = timedelta(days=politique.rappel_j)
    ouverture, fermeture = dossier.ouverture, dossier.fermeture
    if dossier.etat == Etat.PREPARATION and ouverture is not None:
        if maintenant >= ouverture:
            alertes.append(f"L'ouverture était prévue le {ouverture:%d/%m/%Y} : annoncez, ou changez les dates.")
        elif ouverture - maintenant <= rappel:
            alertes.append(f"La participation doit ouvrir le {ouverture:%d/%m/%Y} : annoncez-la avant.")
    if dossier.etat == Etat.ANNONCE and ouverture is not None:
        if maintenant >= ouverture:
            alertes.append(
                f"L'ouverture était annoncée pour le {ouverture:%d/%m/%Y} : elle se fera dès que rien ne manque."
            )
        elif ouverture - maintenant <= rappel:
            alertes.append(f"La participation ouvre le {ouverture:%d/%m/%Y}.")
    if dossier.etat == Etat.OUVERT and fermeture is not None:
        if maintenant >= fermeture:
            alertes.append(f"La participation devait fermer le {fermeture:%d/%m/%Y} : fermez-la.")
        elif fermeture - maintenant <= rappel:
            alertes.append(f"La participation ferme le {fermeture:%d/%m/%Y} : prolonger reste possible jusque-là.")
    if dossier.etat == Etat.DEPOUILLEMENT and fermeture is not None:
        limite = fermeture + timedelta(days=politique.resultats_sous_j)
        quoi = "la synthèse" if dossier.regime == Regime.L132_1 else "les résultats ou les suites"
        attendu = Genre.SYNTHESE if dossier.regime == Regime.L132_1 else Genre.RESULTATS
        if not dossier.publiees(attendu, attendu if dossier.regime == Regime.L132_1 else Genre.SUITES):
            loi = "" if dossier.regime == Regime.LIBRE else " ; la loi dit « au moment approprié »"
            retard = "La date que la commune s'est fixée est passée : p" if maintenant > limite else "P"
            alertes.append(f"{retard}ubliez {quoi} avant le {limite:%d/%m/%Y} (délai que la commune s'est fixé{loi}).")
    jours = dossier.jours
    if dossier.etat == Etat.PREPARATION and jours is not None and 0 < jours < politique.duree_habituelle_j:
        alertes.append(
            f"{int(jours)} jours de participation, contre {politique.duree_habituelle_j} d'habitude "
            "(choix de la commune, non de la loi)."
        )
    return tuple(alertes)
