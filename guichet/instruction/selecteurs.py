"""What agents read: reads only, always within their services, never more queries because there are more rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import CharField, Count, Func, Min, Q, QuerySet

from guichet.demandes import workflow
from guichet.demandes.droits import Agent
from guichet.demandes.models import Demande, Evenement, Nature
from guichet.demarches.definition_workflow import NATURES_A_SUIVRE, NATURES_MAIRIE, NATURES_USAGER
from guichet.demarches.models import Service

from . import recherche
from .formulaires import Filtres, Montrer
from .pagination import Curseur, page_de

A_FAIRE_MAX = 5
COMPTE_MAX = 1000
"""Beyond this many results the exact figure costs more than it tells."""


@dataclass(frozen=True, slots=True)
class Ligne:
    """One request of the list, in words."""

    reference: str
    titre: str
    lieu: str
    nom: str
    service: str
    recue_le: datetime
    etat: str
    ton: str
    qui_agit: str
    attend_lecteur: bool
    en_charge: str
    """Left empty where `qui_agit` already says it."""


@dataclass(frozen=True, slots=True)
class Liste:
    lignes: Sequence[Ligne]
    titre: str
    plusieurs_services: bool
    sans_service: bool
    page_suivante: str
    page_precedente: str


@dataclass(frozen=True, slots=True)
class Attente:
    """A request that waits for the reader, what happened last, and since when."""

    ligne: Ligne
    quoi: str
    depuis: datetime


@dataclass(frozen=True, slots=True)
class AFaire:
    attentes: Sequence[Attente]
    total: int
    a_prendre: int
    plus_ancienne: datetime | None

    @property
    def reste(self) -> bool:
        return self.total > len(self.attentes)


def tour(demande: Demande, agent: Agent) -> tuple[str, bool]:
    """Who acts next, and whether that is the reader."""
    if demande.nature in NATURES_USAGER:
        return "L’usager", False
    if demande.nature not in NATURES_MAIRIE:
        return "Personne", False
    if not demande.agent_sub:
        return "Le service", False
    if demande.agent_sub == agent.sub:
        return "Vous", True
    return demande.agent_nom, False


def ligne_de(demande: Demande, agent: Agent) -> Ligne:
    qui_agit, lecteur = tour(demande, agent)
    statut = demande.statut_defini
    en_charge = "vous" if demande.agent_sub == agent.sub else demande.agent_nom
    return Ligne(
        reference=demande.reference,
        titre=demande.demarche.titre,
        lieu=getattr(demande, "lieu", None) or "",
        nom=demande.nom,
        service=demande.service.nom,
        recue_le=demande.recue_le,
        etat=statut.libelle,
        ton=statut.couleur,
        qui_agit=qui_agit,
        attend_lecteur=lecteur,
        en_charge="" if demande.nature in NATURES_MAIRIE else en_charge,
    )


def pour_lignes(queryset: QuerySet[Demande]) -> QuerySet[Demande]:
    """The columns of a row and no more; the address comes out of the answers inside PostgreSQL."""
    return (
        queryset.select_related("demarche", "service")
        .only(
            "reference", "statut", "nature", "version_id", "nom", "recue_le", "modifiee_le", "agent_sub", "agent_nom",
            "demarche__titre", "service__nom",
        )
        .annotate(
            lieu=Func(
                "donnees",
                template="jsonb_path_query_first(%(expressions)s, '$.*.adresse') #>> '{}'",
                output_field=CharField(),
            )
        )
    )  # fmt: skip


def visibles(services: Sequence[Service]) -> QuerySet[Demande]:
    """By identifiers and not by a join on the groups, so that PostgreSQL knows how many rows to expect."""
    return Demande.objects.filter(service__in=[service.pk for service in services])


def filtrer(queryset: QuerySet[Demande], filtres: Filtres, agent: Agent) -> QuerySet[Demande]:
    montrer = filtres.valeur("montrer")
    if montrer == Montrer.A_SUIVRE:
        queryset = queryset.filter(nature__in=NATURES_A_SUIVRE)
    elif montrer == Montrer.MOI:
        queryset = queryset.filter(agent_sub=agent.sub, nature__in=NATURES_MAIRIE)
    elif montrer == Montrer.EN_CHARGE:
        queryset = queryset.filter(agent_sub=agent.sub).exclude(nature=Nature.CLOSE)
    elif montrer == Montrer.A_PRENDRE:
        queryset = queryset.filter(agent_sub="", nature__in=NATURES_MAIRIE)
    elif montrer != Montrer.TOUTES:
        queryset = queryset.filter(statut=montrer)
    if service := filtres.valeur("service"):
        queryset = queryset.filter(service=service)
    if demarche := filtres.valeur("demarche"):
        queryset = queryset.filter(demarche=demarche)
    if saisie := filtres.valeur("q"):
        queryset = recherche.chercher(queryset, saisie)
    return queryset


def lister(agent: Agent, services: Sequence[Service], filtres: Filtres, parametres: dict[str, str]) -> Liste:
    """One page of the list: two queries, whatever the number of requests."""
    queryset = filtrer(visibles(services), filtres, agent)
    champ, decroissant = filtres.tri
    page = page_de(
        pour_lignes(queryset),
        champ=champ,
        decroissant=decroissant,
        apres=Curseur.lire(parametres.get("apres")),
        avant=Curseur.lire(parametres.get("avant")),
    )
    workflow.precharger({demande.version_id for demande in page.lignes})
    base = filtres.parametres
    return Liste(
        lignes=[ligne_de(demande, agent) for demande in page.lignes],
        titre=_titre(queryset, filtres),
        plusieurs_services=len(services) > 1,
        sans_service=not services,
        page_suivante=urlencode(base | {"apres": str(page.suivant)}) if page.suivant else "",
        page_precedente=urlencode(base | {"avant": str(page.precedent)}) if page.precedent else "",
    )


def _titre(queryset: QuerySet[Demande], filtres: Filtres) -> str:
    """« 12 demandes ouvertes, les plus anciennes d’abord »; counting stops where it would cost too much."""
    compte = queryset.order_by().values("pk")[: COMPTE_MAX + 1].count()
    if compte > COMPTE_MAX:
        nombre = f"Plus de {en_chiffres(COMPTE_MAX)} demandes"
    else:
        nombre = f"{en_chiffres(compte)} demande{'s' if compte > 1 else ''}"
    return f"{nombre}{filtres.adjectif(pluriel=compte > 1)}, {filtres.ordre_en_mots}"


def en_chiffres(nombre: int) -> str:
    return f"{nombre:,}".replace(",", "\u202f")


def a_faire(agent: Agent, services: Sequence[Service]) -> AFaire:
    """What waits for this agent, oldest first, then what waits for anyone of the service: three queries."""
    en_attente = visibles(services).filter(nature__in=NATURES_MAIRIE)
    comptes = en_attente.filter(Q(agent_sub=agent.sub) | Q(agent_sub="")).aggregate(
        a_moi=Count("pk", filter=Q(agent_sub=agent.sub)),
        a_prendre=Count("pk", filter=Q(agent_sub="")),
        plus_ancienne=Min("recue_le", filter=Q(agent_sub="")),
    )
    demandes = list(pour_lignes(en_attente.filter(agent_sub=agent.sub)).order_by("recue_le", "pk")[:A_FAIRE_MAX])
    derniers = {
        evenement.demande_id: evenement
        for evenement in Evenement.objects.filter(demande__in=[d.pk for d in demandes])
        .exclude(code="note")
        .order_by("demande_id", "-le", "-pk")
        .distinct("demande_id")
    }
    return AFaire(
        attentes=[_attente(demande, derniers.get(demande.pk), agent) for demande in demandes],
        total=comptes["a_moi"],
        a_prendre=comptes["a_prendre"],
        plus_ancienne=comptes["plus_ancienne"],
    )


def _attente(demande: Demande, dernier: Evenement | None, agent: Agent) -> Attente:
    if dernier is None:
        return Attente(ligne_de(demande, agent), "À traiter", demande.recue_le)
    if dernier.auteur_type == "usager":
        quoi = "Nouvelle demande" if dernier.code == "recue" else "L’usager a écrit"
    elif dernier.auteur_cle == agent.sub:
        quoi = "Vous l’avez prise en charge"
    else:
        quoi = dernier.phrase().rstrip(".")
    return Attente(ligne_de(demande, agent), quoi, dernier.le)
