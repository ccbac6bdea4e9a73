"""What no answer could ever make sense of in the conditions and rules of a procedure, in the words of its screen.

A condition that looks at a later question, an option that does not exist, a rule that always speaks or never, rules
that leave no answer possible: refused before the procedure is published.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from guichet.demarches.champs import (
    ChampAdresse,
    ChampAOptions,
    ChampBase,
    ChampChoix,
    ChampChoixMultiple,
    ChampDate,
    ChampDeclaration,
    ChampGroupe,
    ChampNombre,
)
from guichet.demarches.conditions import COMPARAISONS, Condition, Contexte, Repere
from guichet.demarches.regles import Effet, Regle

if TYPE_CHECKING:
    from guichet.demarches.definition import Etape

ESSAIS_MAX = 6_000
"""Sets of answers tried for one rule on one day; beyond, nothing is said of it."""
LOIN = 800
"""Days: farther than what rules look at around today."""
COCHEES_EN_ENTIER = 8
"""Options up to which every set of ticked boxes is tried."""
AGES = frozenset({"age", "age_rentree", "age_annee_scolaire"})
JOUR_TEMOIN = date(2026, 5, 4)
"""The day on which rules are tried: any would do, they look at distances from it."""

Connus = Mapping[str, ChampBase]


@lru_cache(maxsize=64)
def fautes(etapes: tuple[Etape, ...]) -> tuple[str, ...]:
    """Every fault of the conditions and rules of these pages, one French sentence each."""
    return tuple(_fautes(etapes))


def _fautes(etapes: Sequence[Etape]) -> Iterator[str]:
    tous = {champ.nom: champ for etape in etapes for c in etape.champs for champ in (c, *c.parties)}
    connus: dict[str, ChampBase] = {}
    for etape in etapes:
        yield from _fautes_de(etape.si, connus, tous, f"la condition « si » de la page « {etape.nom} »")
        for champ in etape.champs:
            yield from _fautes_de(champ.si, connus, tous, f"la condition « si » du champ « {champ.nom} »")
            du_groupe: dict[str, ChampBase] = {}
            for partie in champ.parties:
                autour = {**connus, **du_groupe}
                yield from _fautes_de(partie.si, autour, tous, f"la condition « si » du champ « {partie.nom} »")
                du_groupe[partie.nom] = partie
            if isinstance(champ, ChampGroupe):
                ici = f"groupe « {champ.libelle} »"
                yield from _fautes_des_regles(champ.regles, {**connus, **du_groupe}, tous, du_groupe, ici)
            connus[champ.nom] = champ
        d_ici = {champ.nom: champ for champ in etape.champs}
        yield from _fautes_des_regles(etape.regles, connus, tous, d_ici, f"page « {etape.titre_court} »")
    yield from _codes_doubles(etapes)


def _codes_doubles(etapes: Sequence[Etape]) -> Iterator[str]:
    codes = [regle.code for regle in toutes_les_regles(etapes)]
    if doubles := sorted({code for code in codes if codes.count(code) > 1}):
        yield f"plusieurs règles portent le nom {', '.join(f'« {code} »' for code in doubles)}"


def toutes_les_regles(etapes: Iterable[Etape]) -> Iterator[Regle]:
    """The rules of these pages and of their groups, in the order of the form."""
    for etape in etapes:
        for champ in etape.champs:
            if isinstance(champ, ChampGroupe):
                yield from champ.regles
        yield from etape.regles


# --- What a condition speaks of --------------------------------------------------------------------


def _fautes_de(
    condition: Condition | None, connus: Connus, tous: Connus, dit: str, *, regle: bool = False
) -> Iterator[str]:
    for comparaison in condition.comparaisons() if condition else ():
        inconnus = [_inconnu(nom, connus, tous, dit) for nom in comparaison.noms]
        if any(inconnus):
            yield from filter(None, inconnus)
            continue
        if not regle and comparaison_d_une_regle(comparaison):
            yield f"{dit} regarde aujourd'hui, un âge, le nombre d'un choix ou la commune : seule une règle le peut"
            continue
        yield from _fautes_d_une_comparaison(comparaison, connus, dit)


def comparaison_d_une_regle(comparaison: Condition) -> bool:
    """Whether a comparison depends on the day, or on more than the answers: only rules may."""
    repere = comparaison.repere
    autre = repere is not None and (repere.jour is not None or bool(repere.mesure))
    return bool(comparaison.mesure) or comparaison.commune is not None or autre


def _inconnu(nom: str, connus: Connus, tous: Connus, dit: str) -> str:
    if nom not in tous:
        return f"{dit} parle du champ « {nom} », qui n'existe pas"
    if nom not in connus:
        return f"{dit} parle du champ « {nom} », demandé plus loin : elle ne peut porter que sur ce qui précède"
    return ""


def _fautes_d_une_comparaison(comparaison: Condition, connus: Connus, dit: str) -> Iterator[str]:
    nom, operateur = comparaison.champ or "", comparaison.operateur
    champ = connus[nom]
    if faute := _faute_de_mesure(champ, comparaison.mesure, comparaison.partie, dit):
        yield faute
        return
    nature = "nombre" if comparaison.mesure else champ.nature
    permis = {"egal", "different", "au_moins", "au_plus", "moins_de", "plus_de"} if comparaison.mesure else (
        champ.operateurs
    )  # fmt: skip
    if operateur not in permis:
        possibles = ", ".join(f"« {mot} »" for mot in sorted(permis)) or "aucune comparaison"
        yield f"{dit} : « {operateur} » ne va pas avec « {nom} » ({champ.type}) ; possible : {possibles}"
    elif operateur == "commune":
        if isinstance(champ, ChampAdresse) and not champ.commune:
            yield f"{dit} regarde la commune de « {nom} » : dites d'abord « Commune attendue » dans cette question"
    elif isinstance(comparaison.operande, Repere):
        yield from _fautes_du_repere(comparaison, nature, connus, dit)
    elif operateur != "rempli":
        yield from _fautes_de_la_valeur(comparaison, champ, dit)


def _fautes_de_la_valeur(comparaison: Condition, champ: ChampBase, dit: str) -> Iterator[str]:
    nom, operateur, operande = comparaison.champ, comparaison.operateur, comparaison.operande
    if comparaison.mesure:
        if isinstance(operande, bool) or not isinstance(operande, int | float):
            yield f"{dit} compare « {nom} » à « {operande} » : il faut un nombre"
    elif operateur in {"au_moins", "au_plus", "moins_de", "plus_de"} and champ.se_compte:
        if not isinstance(operande, int):
            yield f"{dit} : « {operateur} » compte les éléments de « {nom} » ; il faut un nombre entier"
    else:
        for valeur in operande if operateur == "parmi" else (operande,):
            if refus := champ.refus_comparaison(valeur):
                yield f"{dit} compare « {nom} » à « {valeur} » : {refus}"


def _faute_de_mesure(  # noqa: PLR0911 - one way out a fault
    champ: ChampBase, mesure: str, partie: str | None, dit: str
) -> str:
    if not mesure:
        return ""
    if mesure not in champ.mesures:
        possibles = ", ".join(sorted(champ.mesures)) or "aucune mesure"
        return f"{dit} : « {mesure} » ne va pas avec « {champ.nom} » ({champ.type}) ; possible : {possibles}"
    mesure_de: ChampBase = champ
    if champ.mesure_une_partie:
        trouvees = [p for p in champ.parties if p.nom == partie]
        if not trouvees:
            return f"{dit} : dites quelle question du groupe « {champ.nom} » on prend (« partie »)"
        mesure_de = trouvees[0]
        if mesure_de.nature != "nombre" and not isinstance(mesure_de, ChampAOptions):
            return f"{dit} : « {mesure_de.nom} » n'est ni un nombre ni un choix qui en porte un"
    elif partie:
        return f"{dit} : « partie » ne va qu'avec un groupe, et « {champ.nom} » n'en est pas un"
    if isinstance(mesure_de, ChampAOptions) and all(option.nombre is None for option in mesure_de.options):
        return f"{dit} : aucun choix de « {mesure_de.nom} » ne porte de nombre"
    return ""


def _fautes_du_repere(comparaison: Condition, nature: str, connus: Connus, dit: str) -> Iterator[str]:
    repere = comparaison.repere
    if repere is None:
        return
    nom = comparaison.champ or ""
    if repere.jour:
        autre = "date"
    else:
        champ = connus[repere.champ or ""]
        if faute := _faute_de_mesure(champ, repere.mesure, repere.partie, dit):
            yield faute
            return
        autre = "nombre" if repere.mesure else champ.nature
        if (repere.champ, repere.mesure, repere.partie) == (nom, comparaison.mesure, comparaison.partie):
            yield f"{dit} compare « {nom} » à elle-même"
            return
    if not nature or nature != autre:
        yield f"{dit} compare deux choses qui ne se comparent pas : « {nom} » et {_dit_du_repere(repere)}"
    elif repere.decalage and autre != "date":
        yield f"{dit} : un décalage ne va qu'avec une date"
    elif nature == "texte" and comparaison.operateur not in {"egal", "different"}:
        yield f"{dit} : deux textes sont égaux ou différents, l'un n'est pas plus grand que l'autre"


def _dit_du_repere(repere: Repere) -> str:
    return "aujourd'hui" if repere.jour else f"« {repere.champ} »"


# --- What a rule can say ---------------------------------------------------------------------------


def _fautes_des_regles(
    regles: Sequence[Regle], connus: Connus, tous: Connus, d_ici: Connus, lieu: str
) -> Iterator[str]:
    debout: list[Regle] = []
    for regle in regles:
        dit = f"la règle « {regle.titre} » ({lieu})"
        siennes = list(_fautes_de(regle.si, connus, tous, dit, regle=True))
        if not siennes:
            siennes = list(_fautes_de_place(regle, d_ici, dit))
        if not siennes:
            siennes = list(_toujours_ou_jamais(regle, connus, dit))
        yield from (_en_mots_de_l_ecran(phrase, tous) for phrase in siennes)
        debout += [] if siennes else [regle]
    yield from _impasse([regle for regle in debout if regle.effet is not Effet.AVERTIR], connus, lieu)


def _en_mots_de_l_ecran(phrase: str, tous: Connus) -> str:
    """Questions and comparisons as the editor reads them; a name that no question has stays as it was typed."""
    for nom, champ in tous.items():
        phrase = phrase.replace(f"« {nom} »", f"« {champ.libelle} »")
        phrase = phrase.replace(f"» ({champ.type})", f"» ({champ.libelle_type.lower()})")
    for nom in COMPARAISONS:
        phrase = phrase.replace(f"« {nom} »", f"« {(Condition.model_fields[nom].title or nom).lower()} »")
    return phrase.replace("parle du champ", "parle de la question").replace("demandé plus loin", "posée plus loin")


def _fautes_de_place(regle: Regle, d_ici: Connus, dit: str) -> Iterator[str]:
    regardees = {nom for comparaison in regle.si.comparaisons() for nom in comparaison.noms}
    if regle.champ and regle.champ not in d_ici:
        yield f"{dit} fait corriger « {regle.champ} », qui n'est pas une question d'ici"
    elif not regardees & set(d_ici):
        yield f"{dit} ne regarde aucune question d'ici : mettez-la où la dernière est posée"


def _toujours_ou_jamais(regle: Regle, connus: Connus, dit: str) -> Iterator[str]:
    tirages = _tirages([regle], connus)
    parle = {regle.si.vraie(reponses, contexte) for reponses, contexte in tirages}
    if parle == {True}:
        yield f"{dit} parle toujours, quoi qu'on réponde : écrivez-la plutôt dans l'introduction de la page"
    elif parle == {False}:
        yield f"{dit} ne parle jamais : aucune réponse possible ne la fait parler"


def _impasse(regles: list[Regle], connus: Connus, lieu: str) -> Iterator[str]:
    """Rules that send from one to the other whoever corrects their answers."""
    tirages = _tirages(regles, connus) if len(regles) > 1 else []
    if not tirages:
        return
    for reponses, contexte in tirages:
        if not any(regle.si.vraie(reponses, contexte) for regle in regles):
            return
    titres = ", ".join(f"« {regle.titre} »" for regle in regles)
    yield f"les règles {titres} ({lieu}) tournent en rond : aucune réponse ne les satisfait toutes"


def _tirages(regles: Sequence[Regle], connus: Connus) -> list[tuple[dict[str, Any], Contexte]]:
    """Sets of answers, on some days, among which each comparison of these rules is true and false, where it can be.

    None where they would be too many, or where one cannot be made up: nothing is then said of these rules.
    """
    comparaisons = [c for regle in regles for c in regle.si.comparaisons()]
    noms = list(dict.fromkeys(nom for c in comparaisons for nom in c.noms))
    champs = {nom: connus[nom] for nom in noms}
    par_jour: dict[date, list[list[Any]]] = {}
    for jour in sorted({JOUR_TEMOIN, *_jours_dits(comparaisons, champs)}):
        valeurs = _Valeurs(comparaisons, champs, jour)
        par_jour[jour] = [valeurs.de(champ) for champ in champs.values()]
    if max(math.prod(map(len, possibles)) for possibles in par_jour.values()) > ESSAIS_MAX:
        return []
    return [
        (dict(zip(noms, reponses, strict=True)), Contexte(jour, connus))
        for jour, possibles in par_jour.items()
        for reponses in itertools.product(*possibles)
    ]


def _jours_dits(comparaisons: Sequence[Condition], champs: Connus) -> set[date]:
    """Days that these questions and comparisons name: some answers are only possible around them."""
    dits = {date.fromisoformat(v) for c in comparaisons for v in _constantes(c) if _est_une_date(v)}
    for champ in champs.values():
        if isinstance(champ, ChampDate):
            dits |= {borne for borne in (champ.minimum, champ.maximum) if borne}
    return dits


@dataclass(frozen=True)
class _Valeurs:
    """Answers to try, question by question, on one day."""

    comparaisons: Sequence[Condition]
    champs: Connus
    jour: date

    def de(self, champ: ChampBase) -> list[Any]:
        """Those of one question; none where it is not known how to make them up."""
        vides: list[Any] = [] if champ.obligatoire and champ.si is None else [None]
        return [*vides, *self._pleines(champ)]

    def _pleines(self, champ: ChampBase) -> list[Any]:  # noqa: PLR0911 - a table
        siennes = [c for c in self.comparaisons if champ.nom in c.noms]
        if isinstance(champ, ChampChoix):
            return [option.valeur for option in champ.options]
        if isinstance(champ, ChampChoixMultiple):
            return _cochees(champ)
        if isinstance(champ, ChampDeclaration):
            return [True] if champ.obligatoire else [True, False]
        if isinstance(champ, ChampDate):
            return _dates(champ, self._jours(), self.jour)
        if isinstance(champ, ChampNombre):
            return _nombres(champ, self._bornes())
        if isinstance(champ, ChampAdresse):
            return _lieux(champ)
        if isinstance(champ, ChampGroupe):
            compte_seul = not any(c.mesure or (c.repere and c.repere.mesure) for c in siennes)
            return _elements(champ, self._bornes()) if compte_seul else []
        dits = {str(v) for c in siennes for v in _constantes(c)}  # texts: each that is named, and two others
        return [*sorted(dits), "un texte", "un autre texte"]

    def _bornes(self) -> list[Decimal]:
        """The numbers that these comparisons speak of, those that options bear included."""
        dits = {Decimal(str(v)) for c in self.comparaisons for v in _constantes(c) if _est_un_nombre(v)}
        portes = {
            Decimal(str(option.nombre))
            for champ in self.champs.values()
            if isinstance(champ, ChampAOptions)
            for option in champ.options
            if option.nombre is not None
        }
        return sorted(dits | portes)

    def _jours(self) -> set[date]:
        """Days around which one of these comparisons changes its mind."""
        jours = {self.jour, *_jours_dits(self.comparaisons, self.champs)}
        for comparaison in self.comparaisons:
            repere = comparaison.repere
            if repere and repere.decalage:
                jours |= {_decale(repere, jour, sens) for jour in list(jours) for sens in (1, -1)}
            if comparaison.mesure in AGES or (repere and repere.mesure in AGES):
                ages = {int(borne) + ecart for borne in self._bornes() for ecart in (0, 2) if 0 <= borne <= 120}
                jours |= {date(self.jour.year - age, 3, 1) for age in ages if self.jour.year - age > 1}
        return jours


def _decale(repere: Repere, jour: date, sens: int) -> date:
    inverse = repere.model_copy(
        update={"decalage": repere.decalage * sens, "champ": None, "mesure": "", "partie": None, "jour": "aujourdhui"}
    )
    lu = inverse.valeur({}, Contexte(jour))
    return date.fromisoformat(lu) if lu else jour


def _constantes(comparaison: Condition) -> list[Any]:
    operande = comparaison.operande
    if isinstance(operande, Repere | bool) or operande is None:
        return []
    return list(operande) if isinstance(operande, tuple) else [operande]


def _est_un_nombre(valeur: Any) -> bool:
    return isinstance(valeur, int | float) and not isinstance(valeur, bool)


def _est_une_date(valeur: Any) -> bool:
    try:
        date.fromisoformat(valeur)
    except (TypeError, ValueError):
        return False
    return True


def _cochees(champ: ChampChoixMultiple) -> list[list[str]]:
    valeurs = [option.valeur for option in champ.options]
    au_plus = champ.maximum or len(valeurs)
    tailles = range(max(champ.minimum, 1), au_plus + 1)
    par_taille = 1000 if len(valeurs) <= COCHEES_EN_ENTIER else 60
    return [list(v) for n in tailles for v in itertools.islice(itertools.combinations(valeurs, n), par_taille)]


def _dates(champ: ChampDate, autour: Iterable[date], aujourdhui: date) -> list[str]:
    bornes = [borne for borne in (champ.minimum, champ.maximum) if borne]
    jours = {
        jour + timedelta(days=ecart)
        for jour in (*autour, *bornes)
        for ecart in ((-LOIN, -1, 0, 1, LOIN) if jour == aujourdhui else (-1, 0, 1))
        if date.min + timedelta(days=1000) < jour < date.max - timedelta(days=1000)
    }
    permis = (
        jour
        for jour in jours
        if (not champ.minimum or jour >= champ.minimum)
        and (not champ.maximum or jour <= champ.maximum)
        and (champ.periode != "passee" or jour <= aujourdhui)
        and (champ.periode != "future" or jour >= aujourdhui)
    )
    return [jour.isoformat() for jour in sorted(permis)]


def _nombres(champ: ChampNombre, bornes: list[Decimal]) -> list[Any]:
    pas = Decimal(1).scaleb(-champ.decimales)
    bas = None if champ.minimum is None else Decimal(str(champ.minimum))
    haut = None if champ.maximum is None else Decimal(str(champ.maximum))
    autour = {Decimal(0), *bornes, *(b for b in (bas, haut) if b is not None)}
    essayes = {borne + ecart for borne in autour for ecart in (-pas, Decimal(0), pas)} | {max(autour) + 1000}
    permis = sorted(n for n in essayes if (bas is None or n >= bas) and (haut is None or n <= haut))
    return [f"{n:f}" if champ.decimales else int(n) for n in permis if champ.decimales or n == int(n)]


def _lieux(champ: ChampAdresse) -> list[dict[str, str]]:
    code = champ.codes_postaux[0] if champ.codes_postaux else ""
    fins = ("", f", {code} {champ.commune}" if champ.commune else "", ", Paris", ", Ailleurs-sur-Mer")
    return [{"adresse": f"1 rue des Lilas{fin}", "precision": ""} for fin in fins]


def _elements(champ: ChampGroupe, bornes: list[Decimal]) -> list[list[dict[str, Any]]]:
    voulus = {int(borne) + ecart for borne in bornes for ecart in (-1, 0, 1)}
    voulus |= {champ.minimum, champ.minimum + 1, champ.maximum}
    return [[{}] * n for n in sorted(voulus) if max(champ.minimum, 1) <= n <= champ.maximum]
