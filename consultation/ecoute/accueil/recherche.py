"""One search over dossiers, opinions, quotes and actions, accents and capitals aside.

Done here rather than by the database: SQLite knows capitals of ASCII only, and both databases must answer alike. 20,000
opinions take a third of a second.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.urls import reverse

from consultation.ecoute.contributions.models import Contribution
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.acces import LIRE
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.suites.models import Action, Extrait

MONTRES = 20  # results shown by kind
AUTOUR = 90  # characters shown on each side of the word


@dataclass(frozen=True)
class Resultat:
    """One thing found: words of the link, address, where it is, a passage around the word."""

    titre: str
    adresse: str
    ou: str
    passage: str


@dataclass
class Famille:
    """Results of one kind; `reste` more are not shown."""

    nom: str
    resultats: list[Resultat] = field(default_factory=list)
    reste: int = 0

    def ajouter(self, resultat: Resultat) -> None:
        """Keep it, or count it."""
        if len(self.resultats) < MONTRES:
            self.resultats.append(resultat)
        else:
            self.reste += 1


_PLATES = {
    code: unicodedata.normalize("NFKD", chr(code))[0].lower() for code in range(0x41, 0x250) if chr(code).isalpha()
}


def plat(texte: str) -> str:
    """Lower case without accents, letter for letter: places stay those of the text."""
    return texte.translate(_PLATES)


def _trouve(mots: list[str], *textes: str) -> bool:
    tout = plat(" ".join(textes))
    return all(mot in tout for mot in mots)


def _passage(mots: list[str], texte: str) -> str:
    place = min((i for i in (plat(texte).find(mot) for mot in mots) if i >= 0), default=0)
    debut, fin = max(0, place - AUTOUR), place + AUTOUR
    return f"{'… ' if debut else ''}{texte[debut:fin].strip()}{' …' if fin < len(texte) else ''}"


def chercher(membre: Membre, demande: str) -> list[Famille]:
    """Return what holds every word asked for, kind by kind; a role finds only what it may open."""
    mots = plat(demande).split()
    if not mots or membre.role not in LIRE:
        return []
    familles = [_dossiers(mots), _avis(mots), _citations(mots), _actions(mots)]
    return [famille for famille in familles if famille.resultats]


def _dossiers(mots: list[str]) -> Famille:
    famille = Famille("Dossiers")
    for d in Dossier.objects.all():
        if _trouve(mots, d.titre, d.objet, d.question, d.evenement_de_vie):
            lieu, adresse = d.get_etat_display(), reverse("dossiers:dossier", args=[d.slug])
            famille.ajouter(Resultat(d.titre, adresse, lieu, _passage(mots, d.objet or d.question)))
    return famille


def _avis(mots: list[str]) -> Famille:
    famille = Famille("Avis")
    champs = ("numero", "texte", "texte_relu", "relu_le", "dossier__slug", "dossier__titre")
    lignes: Iterable[Contribution] = Contribution.objects.select_related("dossier").only(*champs).iterator()
    for avis in lignes:
        texte = avis.lisible
        if _trouve(mots, texte):
            adresse = reverse("contributions:avis", args=[avis.dossier.slug, avis.numero])
            famille.ajouter(Resultat(f"Avis n° {avis.numero}", adresse, avis.dossier.titre, _passage(mots, texte)))
    return famille


def _citations(mots: list[str]) -> Famille:
    famille = Famille("Citations et constats")
    for extrait in Extrait.objects.select_related("constat__dossier"):
        constat = extrait.constat
        if _trouve(mots, extrait.citation, constat.texte):
            adresse = reverse("suites:constat", args=[constat.dossier.slug, constat.pk])
            famille.ajouter(Resultat(constat.texte, adresse, constat.dossier.titre, _passage(mots, extrait.citation)))
    return famille


def _actions(mots: list[str]) -> Famille:
    famille = Famille("Actions")
    for action in Action.objects.select_related("proposition__dossier"):
        if _trouve(mots, action.titre, action.responsable, action.preuve, action.proposition.titre):
            dossier = action.proposition.dossier
            adresse = reverse("suites:action", args=[dossier.slug, action.pk])
            phrase = f"{action.proposition.titre} ({action.get_etat_display()}, {action.responsable})"
            famille.ajouter(Resultat(action.titre, adresse, dossier.titre, phrase))
    return famille
