"""Read the field's usual files: volunteers (people.csv) and quotas (features.csv), every mistake said in one go.

A value, a column, are recognised however they were typed (ecritures.py). An identifier that tells who somebody is would
be published with the list: it is refused.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from consultation.tirage.ecritures import a_la_place, cle, dit_qui, etendues, tranche_d_une_date
from consultation.tirage.erreurs import ErreurFichier, FichiersInvalides
from consultation.tirage.fichiers import Tableau, lire_tableau
from consultation.tirage.foyers import normaliser_adresse
from consultation.tirage.modele import Personne, Quota, Vivier

CRITERE = ("feature", "category", "critere", "critère")
VALEUR = ("value", "name", "valeur")
IDENTIFIANT = ("id", "identifiant", "identifier", "nationbuilder_id", "numero", "numéro")
SANS_LIMITE = 10**6
TOTAUX = ("total", "totaux", "somme", "sum")


def _colonne(tableau: Tableau, noms: Sequence[str]) -> str | None:
    return next((colonne for colonne in tableau.colonnes if cle(colonne) in noms), None)


def lire_quotas(tableau: Tableau) -> tuple[Quota, ...]:
    """Read `feature,value,min,max[,min_flex,max_flex]`. Raises FichiersInvalides, with every line at fault."""
    critere, valeur = _colonnes_des_quotas(tableau)
    bornes = [_colonne(tableau, (nom,)) for nom in ("min", "max", "min_flex", "max_flex")]
    if critere is None or valeur is None or bornes[0] is None or bornes[1] is None:
        attendu = "les colonnes attendues sont feature, value, min, max (et, au choix, min_flex et max_flex)."
        raise FichiersInvalides([ErreurFichier(tableau.nom, 1, None, attendu)])
    erreurs: list[ErreurFichier] = []
    quotas: list[Quota] = []
    vus: dict[tuple[str, str], int] = {}
    criteres: dict[str, str] = {}
    for ligne, cases in tableau.lignes:
        if any(cle(cases[colonne]) in TOTAUX for colonne in (critere, valeur)):
            message = "une ligne de total n'est pas un quota : supprimez-la."
            erreurs.append(ErreurFichier(tableau.nom, ligne, None, message))
            continue
        # One criterion typed in two ways is one: its first spelling is kept.
        dit = (criteres.setdefault(cle(cases[critere]), cases[critere]), cases[valeur])
        for colonne, case in zip((critere, valeur), dit, strict=True):
            if not case:
                erreurs.append(ErreurFichier(tableau.nom, ligne, colonne, "case vide."))
        meme = (cle(dit[0]), cle(dit[1]))
        if meme in vus:
            message = f"« {dit[0]} : {dit[1]} » figure déjà à la ligne {vus[meme]}."
            erreurs.append(ErreurFichier(tableau.nom, ligne, valeur, message))
        vus.setdefault(meme, ligne)
        lues = _bornes(tableau.nom, ligne, cases, bornes, erreurs)
        if lues is not None:
            quotas.append(Quota(*dit, *lues))
    if not tableau.lignes:
        erreurs.append(ErreurFichier(tableau.nom, None, None, "aucun quota : il faut au moins une ligne."))
    if erreurs:
        raise FichiersInvalides(erreurs)
    return tuple(quotas)


def _colonnes_des_quotas(tableau: Tableau) -> tuple[str | None, str | None]:
    critere, valeur = _colonne(tableau, CRITERE), _colonne(tableau, VALEUR)
    if valeur is None and critere is not None:  # the field's former header: category, feature
        return _colonne(tableau, ("category",)), _colonne(tableau, ("feature",))
    return critere, valeur


def _bornes(
    nom: str, ligne: int, cases: Mapping[str, str], bornes: Sequence[str | None], erreurs: list[ErreurFichier]
) -> tuple[int, int, int, int] | None:
    """Minimum, maximum and how far they may give way; None, with the mistakes kept, when one is no number."""
    lues: list[int] = []
    for colonne, defaut in zip(bornes, (None, None, 0, SANS_LIMITE), strict=True):
        texte = re.sub(r"[.,]0+$", "", cases[colonne]) if colonne is not None else ""  # « 5,0 » of a spreadsheet
        if texte == "" and defaut is not None:
            lues.append(defaut)
        elif re.fullmatch(r"\d{1,6}", texte):
            lues.append(int(texte))
        else:
            message = f"« {texte} » n'est pas un nombre entier de personnes."
            erreurs.append(ErreurFichier(nom, ligne, colonne, message))
    if len(lues) < len(bornes):
        return None
    bas, haut, bas_souple, haut_souple = lues
    for faux, colonne, message in (
        (bas > haut, bornes[0], f"le minimum ({bas}) dépasse le maximum ({haut})."),
        (bas_souple > bas, bornes[2], f"la marge basse ({bas_souple}) dépasse le minimum ({bas})."),
        (haut_souple < haut, bornes[3], f"la marge haute ({haut_souple}) est sous le maximum ({haut})."),
    ):
        if faux:
            erreurs.append(ErreurFichier(nom, ligne, colonne, message))
    return bas, haut, bas_souple, haut_souple


@dataclass
class _Lus:
    """Volunteers being read."""

    tableau: Tableau
    erreurs: list[ErreurFichier] = field(default_factory=list)
    remarques: list[str] = field(default_factory=list)
    inconnues: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))

    def faute(self, ligne: int | None, colonne: str | None, message: str) -> None:
        """Keep a mistake."""
        self.erreurs.append(ErreurFichier(self.tableau.nom, ligne, colonne, message))


def colonne_identifiant(tableau: Tableau, criteres: Sequence[str]) -> str:
    """Column that names people: a usual name, else the first that is not a criterion.

    Raises FichiersInvalides without one.
    """
    trouvee = _colonne(tableau, IDENTIFIANT) or next((c for c in tableau.colonnes if c not in criteres), None)
    if trouvee is None:
        raise FichiersInvalides([ErreurFichier(tableau.nom, 1, None, "il manque une colonne d'identifiant.")])
    return trouvee


def lire_personnes(
    tableau: Tableau, quotas: Sequence[Quota], identifiant: str | None = None, foyer: Sequence[str] = ()
) -> tuple[tuple[Personne, ...], tuple[str, ...]]:
    """Read the volunteers, and what has to be said of how they were read; columns not asked for are ignored.

    Raises FichiersInvalides, with every line at fault.
    """
    connues: dict[str, list[str]] = {}
    for quota in quotas:
        connues.setdefault(quota.critere, []).append(quota.valeur)
    lus = _Lus(tableau)
    colonnes = {nom: _colonne_dite(lus, nom) for nom in [*connues, *foyer, *([identifiant] if identifiant else [])]}
    if lus.erreurs:
        raise FichiersInvalides(lus.erreurs)
    qui = colonnes[identifiant] if identifiant else colonne_identifiant(tableau, [colonnes[c] for c in connues])
    _refuser_les_noms(lus, qui)
    valeurs = {critere: {cle(valeur): valeur for valeur in dites} for critere, dites in connues.items()}
    personnes = []
    for ligne, cases in _a_lire(lus, qui, [colonnes[c] for c in connues]):
        lues = {
            critere: _valeur(lus, ligne, cases[colonnes[critere]], critere, valeurs[critere]) for critere in connues
        }
        adresse = [cases[colonnes[nom]] for nom in foyer]
        personnes.append(Personne(cases[qui], lues, normaliser_adresse(adresse)))
    for (critere, dite), lignes in lus.inconnues.items():
        lus.faute(lignes[0], critere, _valeur_inconnue(dite, lignes, connues[critere]))
    if not tableau.lignes:
        lus.faute(None, None, "aucun volontaire : il faut au moins une ligne.")
    if lus.erreurs:
        raise FichiersInvalides(sorted(lus.erreurs, key=lambda e: e.ligne or 0))
    return tuple(personnes), tuple(lus.remarques)


def _colonne_dite(lus: _Lus, nom: str) -> str:
    """The column of this name, however it is typed; a mistake is kept when there is none."""
    if nom in lus.tableau.colonnes:
        return nom
    trouvee = next((c for c in lus.tableau.colonnes if cle(c) == cle(nom)), None)
    if trouvee is None:
        lus.faute(1, nom, "cette colonne manque (attention aux accents).")
        return nom
    lus.remarques.append(_pareil("La colonne", trouvee, nom))
    return trouvee


def _pareil(quoi: str, lu: str, attendu: str) -> str:
    if unicodedata.normalize("NFC", lu) == unicodedata.normalize("NFC", attendu):
        return f"{quoi} « {attendu} » est encodée autrement dans les deux fichiers (accents) : lue comme la même."
    return f"{quoi} « {lu} » est lue comme « {attendu} » : seuls changent espaces, tirets, apostrophes ou majuscules."


def _refuser_les_noms(lus: _Lus, colonne: str) -> None:
    """Raises FichiersInvalides when identifiers, which become public, tell who people are."""
    comment = dit_qui(colonne, [cases[colonne] for _, cases in lus.tableau.lignes if cases[colonne]])
    if comment:
        message = (
            f"cette colonne servirait d'identifiant, et dit qui sont les personnes ({comment}) alors que la liste est "
            "publique. Ajoutez une première colonne « id » avec un code par personne (V001, V002…), et gardez à part "
            "le tableau qui relie codes et noms."
        )
        raise FichiersInvalides([ErreurFichier(lus.tableau.nom, 1, colonne, message)])


def _a_lire(lus: _Lus, qui: str, criteres: Sequence[str]) -> list[tuple[int, Mapping[str, str]]]:
    """Lines that hold somebody. What was filled down below the data is left out, and said once; a line twice is not."""
    a_lire: list[tuple[int, Mapping[str, str]]] = []
    sans: dict[tuple[tuple[str, str], ...], list[int]] = defaultdict(list)
    vus: dict[str, tuple[int, Mapping[str, str]]] = {}
    repetees: list[int] = []
    for ligne, cases in lus.tableau.lignes:
        nom = unicodedata.normalize("NFC", cases[qui])
        if not nom:
            sans[tuple((c, v) for c, v in cases.items() if v)].append(ligne)
        elif nom in vus and dict(vus[nom][1]) == dict(cases):
            repetees.append(ligne)
        elif nom in vus:
            lus.faute(ligne, qui, f"« {nom} » figure déjà à la ligne {vus[nom][0]}.")
        else:
            a_lire.append((ligne, cases))
        vus.setdefault(nom, (ligne, cases))
    if len(repetees) == 1:
        nom = unicodedata.normalize("NFC", next(c[qui] for n, c in lus.tableau.lignes if n == repetees[0]))
        lus.faute(repetees[0], qui, f"« {nom} » figure déjà à la ligne {vus[nom][0]}.")
    elif repetees:
        lus.faute(repetees[0], qui, f"{etendues(repetees)} : mot pour mot des lignes d'avant. Supprimez-les.")
    derniere = max((ligne for ligne, _ in a_lire), default=0)
    for rempli, lignes in sans.items():
        ou = etendues(lignes)
        if derniere < lignes[0] and any(colonne not in dict(rempli) for colonne in criteres):
            quoi = ", ".join(f"« {valeur} »" for _, valeur in rempli)
            lus.remarques.append(f"{lus.tableau.nom}, {ou} : sans identifiant, seulement {quoi} ; laissées de côté.")
        else:
            lus.faute(lignes[0], qui, "identifiant vide." if len(lignes) == 1 else f"{ou} : identifiant vide.")
    return a_lire


def _valeur(lus: _Lus, ligne: int, lue: str, critere: str, valeurs: Mapping[str, str]) -> str:
    """The quota's own spelling of a value; one that is none is kept among the unknown."""
    attendue = valeurs.get(cle(lue))
    if attendue is None:
        lus.inconnues[critere, lue].append(ligne)
        return lue
    if attendue != lue:
        remarque = _pareil(f"{critere} : la valeur", lue, attendue)
        if remarque not in lus.remarques:
            lus.remarques.append(remarque)
    return attendue


def _valeur_inconnue(lue: str, lignes: Sequence[int], valeurs: Sequence[str]) -> str:
    """One sentence for all the lines where it is."""
    ailleurs = f" De même {etendues(lignes[1:])}." if len(lignes) > 1 else ""
    if not lue:
        return f"case vide.{ailleurs}"
    avant = tranche_d_une_date(lue, valeurs)
    if avant is not None:
        return (
            f"un tableur a changé « {avant} » en date (« {lue} »). Mettez la colonne au format Texte et retapez la "
            f"valeur, ou écrivez « {a_la_place(avant)} » dans les deux fichiers.{ailleurs}"
        )
    proches = difflib.get_close_matches(lue, valeurs, n=1)
    conseil = f"vouliez-vous dire « {proches[0]} » ?" if proches else f"valeurs prévues : {', '.join(valeurs)}."
    return f"« {lue} » n'est pas dans le fichier des quotas ; {conseil}{ailleurs}"


def lire_vivier(personnes: Path, quotas: Path, identifiant: str | None = None, foyer: Sequence[str] = ()) -> Vivier:
    """Read both files; the digest binds the published list to them."""
    tableau_quotas, tableau_personnes = lire_tableau(quotas), lire_tableau(personnes)
    lus = lire_quotas(tableau_quotas)
    empreinte = hashlib.sha256(
        hashlib.sha256(tableau_personnes.contenu).digest() + hashlib.sha256(tableau_quotas.contenu).digest()
    ).hexdigest()
    gens, remarques = lire_personnes(tableau_personnes, lus, identifiant, foyer)
    return Vivier(gens, lus, empreinte, remarques)
