"""Which opinions count, and the themes of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from django.db.models import Q, QuerySet

from consultation.ecoute.contributions.models import Contribution
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.lecture.models import Lecture, LectureADeux, Methode, Rapprochement, Retenu, Theme


def comptent(dossier: Dossier) -> QuerySet[Contribution]:
    """Opinions that count: not set aside."""
    return dossier.contributions.filter(ecarte_le=None)


def une_fois(dossier: Dossier) -> bool:
    """Whether a text that came several times counts once; so unless the team said otherwise."""
    methode = Methode.objects.filter(dossier=dossier).first()
    return methode is None or methode.copies == Methode.Copies.UNE_FOIS


def comptes(dossier: Dossier) -> QuerySet[Contribution]:
    """Opinions as they are counted: copies once or each, as the dossier says."""
    tous = comptent(dossier)
    return tous.filter(rapprochement=None) if une_fois(dossier) else tous


def en_cours(dossier: Dossier, membre: Membre | None = None) -> QuerySet[LectureADeux]:
    """Double readings that both people have not finished; with `membre`, those where they read."""
    ouvertes = dossier.lectures_a_deux.filter(Q(premier_fini_le=None) | Q(second_fini_le=None))
    return ouvertes if membre is None else ouvertes.filter(Q(premier=membre) | Q(second=membre))


def a_part(dossier: Dossier) -> set[int]:
    """Opinions whose themes nobody else may see yet: a double reading is under way."""
    return set(en_cours(dossier).values_list("avis", flat=True)) - {None}


def themes_de(dossier: Dossier, sauf: Collection[int] = ()) -> dict[int, set[str]]:
    """Themes of each opinion counted: those kept together, else those given by one reader at least.

    A copy has the themes of the text it copies. `sauf`: opinions left out.
    """
    noms, ecartes = dict(dossier.themes.values_list("pk", "nom")), set(sauf)
    avis = {"contribution__dossier": dossier, "contribution__ecarte_le": None}
    donnes: dict[int, set[str]] = {
        pk: set() for pk in Lecture.objects.filter(**avis).values_list("contribution", flat=True) if pk not in ecartes
    }
    # Flat rows, not objects: twenty thousand opinions are read at each page that counts themes.
    for pk, theme in _portes(Lecture, "lecture", dossier):
        if pk in donnes:
            donnes[pk].add(noms[theme])
    retenus: dict[int, set[str]] = {
        pk: set() for pk in Retenu.objects.filter(**avis).values_list("contribution", flat=True) if pk not in ecartes
    }
    for pk, theme in _portes(Retenu, "retenu", dossier):
        if pk in retenus:
            retenus[pk].add(noms[theme])
    donnes |= retenus
    copies = dict(
        Rapprochement.objects.filter(**avis).exclude(contribution__in=ecartes).values_list("contribution", "avec")
    )
    if une_fois(dossier):
        return {pk: noms for pk, noms in donnes.items() if pk not in copies}
    return donnes | {copie: donnes[tete] for copie, tete in copies.items() if tete in donnes}


def _portes(porteur: type[Lecture] | type[Retenu], nom: str, dossier: Dossier) -> Iterable[tuple[int, int]]:
    """Opinion and theme, of each theme that a reading gave or that was kept."""
    lignes = porteur.themes.through._default_manager.filter(
        **{f"{nom}__contribution__dossier": dossier, f"{nom}__contribution__ecarte_le": None}
    )
    return lignes.values_list(f"{nom}__contribution", "theme")


def compter_themes(
    dossier: Dossier, sauf: Collection[int] = (), donnes: Mapping[int, set[str]] | None = None
) -> list[tuple[Theme, int]]:
    """Opinions by theme, most frequent first. `donnes`: what `themes_de` said, when it was asked already."""
    lus = themes_de(dossier, sauf) if donnes is None else donnes
    nombres = Counter(nom for noms in lus.values() for nom in noms)
    return sorted(((t, nombres[t.nom]) for t in dossier.themes.all()), key=lambda ligne: -ligne[1])
