"""Who takes the seat of somebody who declines, so that the panel still meets every quota.

Nobody chooses: the reserve is the order in which people appear in the panels after the one drawn, and the
substitutes are those that the quotas allow and that come earliest in it.
"""

from __future__ import annotations

from collections.abc import Sequence

from consultation.tirage.assouplissement import refuser
from consultation.tirage.erreurs import DemandeImpossible
from consultation.tirage.modele import Quota, Vivier, grouper
from consultation.tirage.solveur import Programme


def remplacants(
    vivier: Vivier, panel: Sequence[str], refus: Sequence[str], reserve: Sequence[str], un_par_foyer: bool = False
) -> tuple[str, ...]:
    """Return as many substitutes as there are members of `panel` in `refus`, in the order to call them.

    `refus` lists everybody who declined so far, substitutes included. People outside `reserve` are called last, in
    their public order. Raises `QuotasImpossibles`, with a proposal, when no volunteers left fit.
    """
    personnes = {personne.identifiant: personne for personne in vivier.personnes}
    for identifiant in (*panel, *refus, *reserve):
        if identifiant not in personnes:
            raise DemandeImpossible(f"« {identifiant} » ne figure pas dans le fichier des volontaires.")
    gardes = [personnes[qui] for qui in panel if qui not in refus]
    places = len(panel) - len(gardes)
    if places == 0:
        return ()
    foyers = {personne.foyer for personne in gardes if personne.foyer} if un_par_foyer else set()
    ecartes = {*panel, *refus}
    candidats = [p for p in vivier.personnes if p.identifiant not in ecartes and p.foyer not in foyers]
    quotas = []
    for quota in vivier.quotas:
        pris = sum(1 for personne in gardes if personne.valeurs[quota.critere] == quota.valeur)
        bornes = (quota.minimum, quota.maximum, quota.minimum_souple, quota.maximum_souple)
        quotas.append(Quota(quota.critere, quota.valeur, *(max(0, borne - pris) for borne in bornes)))
    restant = Vivier(tuple(candidats), tuple(quotas), vivier.empreinte)
    rangs = {qui: rang for rang, qui in enumerate(reserve)}
    ordre = sorted(candidats, key=lambda p: (rangs.get(p.identifiant, len(reserve)), vivier.rang_public(p.identifiant)))
    choisis = _premiers(restant, [p.identifiant for p in ordre], places, un_par_foyer)
    if choisis is None:
        raise refuser(restant, grouper(restant, places, un_par_foyer), places)
    return choisis


def _premiers(vivier: Vivier, ordre: Sequence[str], places: int, un_par_foyer: bool) -> tuple[str, ...] | None:
    """Pick the persons that meet the quotas and whose ranks in `ordre` add up to the least."""
    personnes = {personne.identifiant: personne for personne in vivier.personnes}
    programme = Programme()
    choix = [programme.variable(0.0, 1.0, cout=-float(rang + 1)) for rang in range(len(ordre))]
    programme.entieres(choix)
    programme.ligne(places, places, choix, [1.0] * len(choix))
    for quota in vivier.quotas:
        concernes = [i for i, qui in enumerate(ordre) if personnes[qui].valeurs[quota.critere] == quota.valeur]
        programme.ligne(quota.minimum, quota.maximum, concernes, [1.0] * len(concernes))
    if un_par_foyer:
        for foyer in sorted({p.foyer for p in vivier.personnes if p.foyer}):
            voisins = [i for i, qui in enumerate(ordre) if personnes[qui].foyer == foyer]
            programme.ligne(0, 1, voisins, [1.0] * len(voisins))
    solution = programme.resoudre() if choix else None
    if solution is None:
        return None
    return tuple(ordre[i] for i in choix if solution.entiers[i] == 1)
