"""The code book: written, merged, split, taken out; readings follow, and everything can be undone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from consultation.ecoute.contributions.models import Contribution
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.lecture.gestes import LectureRefusee, Suivi, geste
from consultation.ecoute.lecture.models import Lecture, Retenu, Theme
from consultation.ecoute.lecture.services.comptes import en_cours

if TYPE_CHECKING:
    from consultation.ecoute.equipe.models import Membre


def ecrire_theme(membre: Membre, theme: Theme) -> Theme:
    """Add or change an entry; two entries never share a name, capitals aside. Raises LectureRefusee when they would."""
    if theme.dossier.themes.filter(nom__iexact=theme.nom).exclude(pk=theme.pk or 0).exists():
        raise LectureRefusee("Ce thème existe déjà.")
    with geste(membre, theme.dossier, f"a modifié le thème « {theme.nom} »") as suivi:
        if theme.pk:
            ancien = Theme.objects.get(pk=theme.pk).nom
            suivi.suivre("theme", theme.pk)
            if ancien != theme.nom:
                suivi.phrase = f"a renommé le thème « {ancien} » en « {theme.nom} »"
            theme.save()
        else:
            suivi.phrase = f"a ajouté le thème « {theme.nom} »"
            theme.save()
            suivi.avant[f"theme:{theme.pk}"] = None
    return theme


def fusionner(membre: Membre, theme: Theme, dans: Theme) -> int:
    """All that bears `theme` bears `dans` instead; return how many readings changed.

    Raises LectureRefusee unless they are two of one dossier, and during a double reading.
    """
    if theme.pk == dans.pk or theme.dossier_id != dans.dossier_id:
        raise LectureRefusee("Choisissez deux thèmes différents du même dossier.")
    _tenir_a_deux(theme.dossier)
    with geste(membre, theme.dossier, f"a réuni le thème « {theme.nom} » avec « {dans.nom} »") as suivi:
        porteurs = _suivre_porteurs(suivi, theme)
        suivi.suivre("theme", theme.pk)
        for porteur in porteurs:
            porteur.themes.add(dans)
        theme.delete()
    return len(porteurs)


def scinder(membre: Membre, theme: Theme, nouveau: Theme, avis: Iterable[Contribution]) -> Theme:
    """A new theme takes the chosen opinions out of `theme`, whoever read them; the others stay.

    Raises LectureRefusee without opinions, for a name that is taken, and during a double reading.
    """
    choisis = [a.pk for a in avis]
    if not choisis:
        raise LectureRefusee("Choisissez au moins un avis qui passe au nouveau thème.")
    _tenir_a_deux(theme.dossier)
    with geste(membre, theme.dossier, f"a séparé « {nouveau.nom} » du thème « {theme.nom} »") as suivi:
        if nouveau.pk is None:
            if theme.dossier.themes.filter(nom__iexact=nouveau.nom).exists():
                raise LectureRefusee("Ce thème existe déjà.")
            nouveau.dossier = theme.dossier
            nouveau.ordre = theme.ordre
            nouveau.save()
            suivi.avant[f"theme:{nouveau.pk}"] = None
        for porteur in _suivre_porteurs(suivi, theme, choisis):
            porteur.themes.remove(theme)
            porteur.themes.add(nouveau)
    return nouveau


def retirer(membre: Membre, theme: Theme) -> None:
    """Take an entry out; the readings that gave it lose it, until undone."""
    _tenir_a_deux(theme.dossier)
    with geste(membre, theme.dossier, f"a retiré le thème « {theme.nom} »") as suivi:
        _suivre_porteurs(suivi, theme)
        suivi.suivre("theme", theme.pk)
        theme.delete()


def _suivre_porteurs(suivi: Suivi, theme: Theme, avis: list[int] | None = None) -> list[Lecture | Retenu]:
    lectures = theme.lectures.all() if avis is None else theme.lectures.filter(contribution__in=avis)
    retenus = theme.retenus.all() if avis is None else theme.retenus.filter(contribution__in=avis)
    porteurs: list[Lecture | Retenu] = [*lectures, *retenus]
    for porteur in porteurs:
        if isinstance(porteur, Lecture):
            suivi.suivre("lecture", f"{porteur.contribution_id}-{porteur.codeur_id}")
        else:
            suivi.suivre("retenu", porteur.contribution_id)
    return porteurs


def _tenir_a_deux(dossier: Dossier) -> None:
    """The code book holds while two people read apart, or their agreement would measure the change."""
    if en_cours(dossier).exists():
        raise LectureRefusee("Une lecture à deux est en cours : attendez qu'elle soit finie pour changer les thèmes.")
