"""The thread, read both ways: from a quote to what became of it, from an action back to what people said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch, QuerySet

from consultation.dossier import Genre
from consultation.ecoute.contributions.models import Contribution
from consultation.ecoute.dossiers.models import Dossier, Publication
from consultation.ecoute.lecture.models import Theme
from consultation.ecoute.lecture.services import comptes
from consultation.ecoute.suites import liens
from consultation.ecoute.suites.models import Action, Constat, Extrait, Indicateur, Livraison, Proposition, Releve
from socle.typographie.dates import jour


@dataclass(frozen=True)
class Branche:
    """One finding with its quotes and the proposals that answer it."""

    constat: Constat
    extraits: list[Extrait]
    avis: int  # different opinions quoted
    propositions: list[Proposition]


def actions_completes() -> QuerySet[Action]:
    """Actions with all that is shown with them."""
    return Action.objects.select_related("proposition__dossier").prefetch_related(
        "livraisons", Prefetch("indicateurs", Indicateur.objects.prefetch_related("releves"))
    )


def _constats(dossier: Dossier) -> QuerySet[Constat]:
    return dossier.constats.select_related("theme").prefetch_related(
        Prefetch("extraits", Extrait.objects.select_related("contribution")),
        Prefetch("propositions", Proposition.objects.select_related("decide_par").prefetch_related(
            Prefetch("actions", actions_completes()))),
    )  # fmt: skip


def arbre(dossier: Dossier, tout: bool = False) -> list[Branche]:
    """Findings with quotes, proposals and actions; `tout`: what is not public too."""
    return [
        Branche(
            constat,
            [e for e in constat.extraits.all() if tout or e.publie],
            len({e.contribution_id for e in constat.extraits.all()}),
            [p for p in constat.propositions.all() if tout or p.decision != Proposition.Decision.A_DECIDER],
        )
        for constat in _constats(dossier)
    ]


def par_theme(branches: list[Branche]) -> list[tuple[Theme | None, list[Branche]]]:
    """In the order of the code book; findings without a theme last."""
    themes = {b.constat.theme for b in branches if b.constat.theme is not None}
    rangs: list[Theme | None] = [*sorted(themes, key=lambda theme: (theme.ordre, theme.pk)), None]
    groupes = [(theme, [b for b in branches if b.constat.theme == theme]) for theme in rangs]
    return [(theme, siennes) for theme, siennes in groupes if siennes]


def devenir(contribution: Contribution) -> list[Extrait]:
    """Forward: the quotes of an opinion, with finding, proposals and actions loaded."""
    return list(
        contribution.extraits.select_related("constat__dossier", "contribution").prefetch_related(
            Prefetch("constat__propositions", Proposition.objects.prefetch_related(
                Prefetch("actions", actions_completes())))
        )
    )  # fmt: skip


def origine(action: Action, tout: bool = False) -> list[Branche]:
    """Back: the findings that an action answers, with the quotes that may be read."""
    constats = action.proposition.constats.select_related("theme").prefetch_related(
        Prefetch("extraits", Extrait.objects.select_related("contribution"))
    )
    return [
        Branche(
            constat, [e for e in constat.extraits.all() if tout or e.publie],
            len({e.contribution_id for e in constat.extraits.all()}), [],
        )
        for constat in constats
    ]  # fmt: skip


@dataclass(frozen=True)
class Ecart:
    """An indicator's two values, and what happened between them, in a sentence."""

    indicateur: Indicateur
    avant: Releve | None
    apres: Releve | None
    phrase: str
    barres: list[tuple[str, Releve, int]] = field(default_factory=list)  # name, value, width in per cent

    @property
    def mieux(self) -> bool | None:
        """Whether it went the way that was hoped; None while nothing can be said."""
        if self.avant is None or self.apres is None or self.avant.valeur == self.apres.valeur:
            return None
        return (self.apres.valeur < self.avant.valeur) == (self.indicateur.sens == Indicateur.Sens.BAISSE)


def ecart(indicateur: Indicateur) -> Ecart:
    """Before against after."""
    releves = {r.quand: r for r in indicateur.releves.all()}
    avant, apres = releves.get(Releve.Quand.AVANT.value), releves.get(Releve.Quand.APRES.value)
    noms = [(nom, releve) for nom, releve in (("Avant", avant), ("Après", apres)) if releve is not None]
    plus_grand = max((abs(r.valeur) for _, r in noms), default=0)
    barres = [(nom, r, round(100 * abs(r.valeur) / plus_grand) if plus_grand else 0) for nom, r in noms]
    return Ecart(indicateur, avant, apres, _phrase(indicateur, avant, apres), barres)


def _phrase(indicateur: Indicateur, avant: Releve | None, apres: Releve | None) -> str:
    if avant is None and apres is None:
        return "Pas encore de valeur."
    if avant is None or apres is None:
        connu = avant or apres
        assert connu is not None  # noqa: S101 - for the type checker
        return f"{_valeur(connu, indicateur)} {connu.get_quand_display().lower()}{_au(connu)}."
    texte = f"{_valeur(avant, indicateur)} avant{_au(avant)}, {_valeur(apres, indicateur)} après{_au(apres)}"
    difference = apres.valeur - avant.valeur
    if not difference:
        return f"{texte} : rien n'a changé."
    sens = "baisse" if difference < 0 else "hausse"
    bien = (difference < 0) == (indicateur.sens == Indicateur.Sens.BAISSE)
    combien = ""
    if avant.valeur and indicateur.unite != "%":
        combien = f" de {abs(round(100 * difference / avant.valeur))} %"
    elif indicateur.unite == "%":
        points = Releve(valeur=abs(difference)).nombre
        combien = f" de {points} point{'s' if abs(difference) >= 2 else ''}"
    return f"{texte} : {sens}{combien}, {'comme espéré' if bien else 'contrairement à ce qui était espéré'}."


def _valeur(releve: Releve, indicateur: Indicateur) -> str:
    return f"{releve.nombre}\u00a0{indicateur.unite}".strip()


def _au(releve: Releve) -> str:
    return f" (au {jour(releve.au)})" if releve.au else ""


@dataclass(frozen=True)
class Suite:
    """An action as pages show it."""

    action: Action
    ecarts: list[Ecart]
    livraisons: list[tuple[Livraison, str]]  # with the address to open, or nothing


def suite(action: Action, tout: bool = False) -> Suite:
    """The action with its measures and changes; for everybody, without the requests of residents."""
    adresse = liens.adresse_equipe if tout else liens.adresse_publique
    livraisons = [li for li in action.livraisons.all() if tout or li.publique]
    return Suite(action, [ecart(i) for i in action.indicateurs.all()], [(li, adresse(li)) for li in livraisons])


@dataclass(frozen=True)
class Bilan:
    """Actions by state in words: name, tone, number; late ones apart."""

    lignes: list[tuple[str, str, int]]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(n for _, _, n in self.lignes)

    @property
    def phrase(self) -> str:
        """« 5 actions : 2 faites, 1 en cours… »."""
        if not self.total:
            return "Aucune action n'est encore décidée."
        invariables = {"en cours", "en retard"}
        mots = ", ".join(f"{n} {nom}{'' if n < 2 or nom in invariables else 's'}" for nom, _, n in self.lignes)
        return f"{self.total} action{'s' if self.total > 1 else ''} : {mots}."


def bilan(dossier: Dossier) -> Bilan:
    """Where the actions of a dossier stand."""
    comptes = Counter(
        "en retard" if a.en_retard else str(a.get_etat_display())
        for a in Action.objects.filter(proposition__dossier=dossier)
    )
    tons = (("faite", "succes"), ("en cours", "info"), ("prévue", "neutre"), ("en retard", "attention"),
            ("abandonnée", "erreur"))  # fmt: skip
    return Bilan([(nom, ton, comptes[nom]) for nom, ton in tons if comptes[nom]])


@dataclass(frozen=True)
class Trou:
    """A link that is missing in the thread: what to do, on what, and the page that does it."""

    quoi: str
    sur: str
    route: str
    cle: int


def trous(dossier: Dossier, branches: list[Branche]) -> Iterator[Trou]:
    """What keeps somebody from following the thread from end to end."""
    propositions: dict[int, Proposition] = {}
    for branche in branches:
        constat = branche.constat
        if not branche.extraits:
            yield Trou("Citer un avis", constat.texte, "suites:citer", constat.pk)
        elif not any(e.publie for e in branche.extraits):
            yield Trou("Relire les citations, pour en publier une", constat.texte, "suites:citer", constat.pk)
        if not branche.propositions:
            yield Trou("Écrire une proposition", constat.texte, "suites:proposition_pour", constat.pk)
        propositions |= {p.pk: p for p in branche.propositions}
    for proposition in propositions.values():
        if proposition.decision == Proposition.Decision.A_DECIDER:
            yield Trou("Décider", proposition.titre, "suites:decider", proposition.pk)
        elif proposition.decision == Proposition.Decision.RETENUE and not proposition.actions.all():
            yield Trou("Ajouter une action", proposition.titre, "suites:nouvelle_action", proposition.pk)
        for action in proposition.actions.all():
            if action.etat != Action.Etat.ABANDONNEE and not action.indicateurs.all():
                yield Trou("Dire ce qui sera mesuré", action.titre, "suites:nouvel_indicateur", action.pk)
            if action.etat == Action.Etat.FAITE and not action.livraisons.all():
                yield Trou("Relier au changement qui l'a livrée", action.titre, "suites:relier", action.pk)


def texte_resultats(dossier: Dossier) -> str:
    """Proposed text of the results, from the findings."""
    total = comptes(dossier).count()
    lignes = [f"Nous avons lu {total} avis. Voici ce que nous avons entendu."]
    for theme, branches in par_theme(arbre(dossier)):
        if theme is not None:
            lignes.append(f"{theme.nom} :")
        for branche in branches:
            lignes.append(branche.constat.texte)
            lignes += [f"« {e.citation} »" for e in branche.extraits[:3]]
    ecartes = Counter(dossier.contributions.exclude(ecarte_le=None).values_list("ecarte_motif", flat=True))
    if ecartes:
        mots = ", ".join(f"{motif} ({n})" for motif, n in ecartes.most_common())
        lignes.append(f"Avis écartés : {mots}.")
    return "\n\n".join(lignes)


def texte_suites(dossier: Dossier) -> str:
    """Proposed text of the follow-ups, from decisions and actions."""
    lignes = []
    for proposition in dossier.propositions.exclude(decision=Proposition.Decision.A_DECIDER):
        lignes.append(f"{proposition.titre} : {proposition.get_decision_display()}. {proposition.motif}")
        lignes += [
            f"- {a.titre} ({a.responsable}, pour le {a.echeance:%d/%m/%Y}, {a.get_etat_display()})"
            for a in proposition.actions.all()
        ]
    return "\n".join(lignes)


def public(dossier: Dossier) -> bool:
    """Whether the page may be read: results or follow-ups were published."""
    genres = [Genre.RESULTATS.value, Genre.SUITES.value, Genre.SYNTHESE.value]
    return Publication.objects.filter(dossier=dossier, genre__in=genres).exists()


def action_publique(dossier: Dossier, pk: int) -> Action | None:
    """An action that everybody may read."""
    trouvees: Any = actions_completes().filter(
        pk=pk, proposition__dossier=dossier, proposition__decision=Proposition.Decision.RETENUE
    )
    action: Action | None = trouvees.first()
    return action
