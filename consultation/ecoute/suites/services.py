"""The only ways the synthesis changes; and what is published of it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from consultation.dossier import Genre
from consultation.ecoute.contributions.models import Canal, Contribution
from consultation.ecoute.dossiers.models import Dossier, Publication
from consultation.ecoute.journal.services import noter
from consultation.ecoute.lecture.services import PETIT, comptes, themes_de
from consultation.ecoute.suites.models import Action, Constat, Extrait, Proposition

if TYPE_CHECKING:
    from consultation.ecoute.equipe.models import Membre


SANS_ACCORD = (
    "Cet avis vient d'un atelier, et la personne n'a pas accepté d'être citée, ou a changé d'avis. Résumez l'idée "
    "dans le constat, sans ses mots."
)


class SuiteRefusee(Exception):
    """Why something cannot be done, in French."""


@transaction.atomic
def citer(membre: Membre, constat: Constat, numero: int, citation: str) -> Extrait:
    """Attach a passage; it must be in the text without names, word for word."""
    avis = Contribution.objects.filter(dossier=constat.dossier, numero=numero).first()
    if avis is None:
        raise SuiteRefusee(f"L'avis n° {numero} n'existe pas dans ce dossier.")
    if avis.relu_le is None:
        raise SuiteRefusee(f"Cachez d'abord les noms de l'avis n° {numero}.")
    if citation.strip() not in avis.texte_relu:
        raise SuiteRefusee("Ce passage n'est pas dans l'avis, mot pour mot, une fois les noms cachés.")
    extrait = Extrait.objects.create(constat=constat, contribution=avis, citation=citation.strip())
    noter(membre, f"a cité l'avis n° {numero} dans un constat", constat.dossier)
    return extrait


@transaction.atomic
def permettre(membre: Membre, extrait: Extrait, publiable: bool) -> None:
    """Somebody read the quote again and says it names nobody, or takes that back."""
    if publiable and not extrait.contribution.citable:
        raise SuiteRefusee(SANS_ACCORD)
    extrait.publiable = publiable
    extrait.save(update_fields=["publiable"])
    verbe = "a permis de publier" if publiable else "a retiré de la publication"
    noter(membre, f"{verbe} une citation de l'avis n° {extrait.contribution.numero}", extrait.constat.dossier)


@transaction.atomic
def decider(membre: Membre, proposition: Proposition, decision: str, motif: str) -> None:
    """Keep or set aside, with the reason; it is public."""
    if not motif.strip():
        raise SuiteRefusee("Dites pourquoi : la raison est publiée, que la proposition soit retenue ou non.")
    proposition.decision, proposition.motif = decision, motif.strip()
    proposition.decide_le, proposition.decide_par = timezone.now(), membre
    proposition.save(update_fields=["decision", "motif", "decide_le", "decide_par"])
    mot = proposition.get_decision_display()
    noter(membre, f"a décidé : « {proposition.titre} » est {mot}", proposition.dossier)


@transaction.atomic
def agir(membre: Membre, action: Action) -> Action:
    """Add or change an action; done asks for evidence."""
    if action.proposition.decision != Proposition.Decision.RETENUE:
        raise SuiteRefusee("Retenez d'abord la proposition : une action en découle.")
    if action.etat == Action.Etat.FAITE:
        if not action.preuve.strip():
            raise SuiteRefusee("Dites ce qui montre que c'est fait : une page, un document, un chiffre.")
        action.faite_le = action.faite_le or timezone.localdate()
    else:
        action.faite_le = None
    action.save()
    noter(membre, f"a mis à jour l'action « {action.titre} » ({action.get_etat_display()})",
          action.proposition.dossier)  # fmt: skip
    return action


def arbre(dossier: Dossier, tout: bool = False) -> list[dict[str, Any]]:
    """Findings with their public quotes, proposals and actions: the page « Vous avez dit, nous avons fait »."""
    constats = dossier.constats.prefetch_related("extraits__contribution", "propositions__actions")
    return [
        {
            "constat": constat,
            "extraits": [e for e in constat.extraits.all() if tout or (e.publiable and e.contribution.citable)],
            "avis": len({e.contribution_id for e in constat.extraits.all()}),
            "propositions": [
                p for p in constat.propositions.all() if tout or p.decision != Proposition.Decision.A_DECIDER
            ],
        }
        for constat in constats
    ]


def texte_resultats(dossier: Dossier) -> str:
    """Proposed text of the results, from the findings."""
    total = comptes(dossier).count()
    lignes = [f"Nous avons lu {total} avis. Voici ce que nous avons entendu."]
    for branche in arbre(dossier):
        lignes.append(branche["constat"].texte)
        lignes += [f"« {e.citation} »" for e in branche["extraits"][:3]]
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


PROPOSES = {Genre.RESULTATS: texte_resultats, Genre.SUITES: texte_suites, Genre.SYNTHESE: texte_resultats}


def public(dossier: Dossier) -> bool:
    """Whether the page may be read: results or follow-ups were published."""
    genres = [Genre.RESULTATS.value, Genre.SUITES.value, Genre.SYNTHESE.value]
    return Publication.objects.filter(dossier=dossier, genre__in=genres).exists()


COLONNES = (
    ("numero", "integer", "Numéro de l'avis dans le dossier"),
    ("canal", "string", "Comment l'avis nous est parvenu"),
    ("mois", "yearmonth", "Mois de réception"),
    ("themes", "string", "Thèmes donnés par les lecteurs, séparés par « | »"),
    (
        "texte",
        "string",
        "Ce qui est dit, noms cachés ; vide tant que les noms ne sont pas relus, ou sans l'accord de la personne",
    ),
)


def donnees_ouvertes(dossier: Dossier) -> str:
    """CSV: what was said and not by whom. A profile shared by fewer than five people is left empty."""
    themes = themes_de(dossier)
    criteres = [c.nom for c in dossier.criteres.all()]
    avis = list(comptes(dossier))
    profils = Counter(tuple(a.profil.get(c, "") for c in criteres) for a in avis)
    texte = io.StringIO()
    sortie = csv.writer(texte, lineterminator="\n")
    sortie.writerow([*(nom for nom, _, _ in COLONNES), *criteres])
    for a in avis:
        profil = tuple(a.profil.get(c, "") for c in criteres)
        montre = profil if profils[profil] >= PETIT else ("",) * len(criteres)
        noms = "|".join(sorted(themes.get(a.pk, ())))
        mois = f"{timezone.localtime(a.recue_le):%Y-%m}"
        dit = _inoffensif(a.texte_relu if a.relu_le and a.citable else "")
        sortie.writerow([a.numero, Canal(a.canal).label, mois, noms, dit, *montre])
    return texte.getvalue()


def _inoffensif(texte: str) -> str:
    """A spreadsheet must not run what somebody typed."""
    return f"'{texte}" if texte[:1] in ("=", "+", "-", "@", "\t") else texte


def schema(dossier: Dossier) -> dict[str, Any]:
    """Table Schema of the open data."""
    return {
        "$schema": "https://specs.frictionlessdata.io/schemas/table-schema.json",
        "name": f"avis-{dossier.slug}",
        "title": f"Avis reçus : {dossier.titre}",
        "description": f"Un avis par ligne, noms cachés. Profils portés par moins de {PETIT} personnes : vides.",
        "fields": [
            *({"name": nom, "type": sorte, "description": mots} for nom, sorte, mots in COLONNES),
            *(
                {"name": c.nom, "type": "string", "description": c.question,
                 "constraints": {"enum": ["", *(m.nom for m in c.modalites.all())]}}
                for c in dossier.criteres.prefetch_related("modalites")
            ),
        ],
        "primaryKey": "numero",
        "missingValues": [""],
    }  # fmt: skip
