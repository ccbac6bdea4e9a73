"""What agents read, in their words: within their services, never more queries because there are more rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Case, Count, IntegerField, Min, Q, QuerySet, Value, When
from django.utils import timezone

from guichet.demandes import workflow
from guichet.demandes.droits import Agent
from guichet.demandes.models import Demande, Evenement, Nature
from guichet.demandes.selectors import avec_lieu, visibles
from guichet.demarches.definition_workflow import NATURES_A_SUIVRE, NATURES_MAIRIE, NATURES_USAGER
from guichet.demarches.models import Service
from guichet.instruction import echeances, recherche
from guichet.instruction.echeances import Echeance
from guichet.instruction.forms import NATURES, Filtres, Montrer
from guichet.instruction.pagination import Curseur, page_de
from socle.typographie import nombres

A_FAIRE_MAX = 8
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
    echeance: Echeance
    etat: str
    ton: str
    qui_agit: str
    attend_lecteur: bool
    en_charge: str
    """Left empty where `qui_agit` already says it."""


@dataclass(frozen=True, slots=True)
class Liste:
    """A page of the list."""

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
class Chiffre:
    """A figure of the agent's services, now; it leads to the list behind it."""

    libelle: str
    nombre: int
    montrer: str
    ton: str = ""


@dataclass(frozen=True, slots=True)
class AFaire:
    """What waits for the agent today, and the figures of their services."""

    attentes: Sequence[Attente]
    total: int
    a_prendre: int
    plus_ancienne: datetime | None
    retard: int
    bientot: int
    chiffres: Sequence[Chiffre]

    @property
    def reste(self) -> bool:
        """Whether more waits than is shown."""
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
    """A request as a row of the list; ``demande`` comes with its procedure and its service."""
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
        echeance=echeances.en_court(demande),
        etat=statut.libelle,
        ton=str(statut.couleur),
        qui_agit=qui_agit,
        attend_lecteur=lecteur,
        en_charge="" if demande.nature in NATURES_MAIRIE else en_charge,
    )


def pour_lignes(queryset: QuerySet[Demande]) -> QuerySet[Demande]:
    """The columns of a row and no more."""
    colonnes = queryset.select_related("demarche", "service").only(
        "reference", "statut", "nature", "version_id", "nom", "recue_le", "modifiee_le", "echeance_le",
        "suspendue_depuis", "decidee_le", "agent_sub", "agent_nom", "demarche__titre", "service__nom",
    )  # fmt: skip
    return avec_lieu(colonnes)


def filtrer(queryset: QuerySet[Demande], filtres: Filtres, agent: Agent) -> QuerySet[Demande]:
    """Requests that the filters keep; rights are the caller's, who gives a queryset of visible ones."""
    queryset = _montrer(queryset, filtres.montre, agent)
    if service := filtres.valeur("service"):
        queryset = queryset.filter(service=service)
    if demarche := filtres.valeur("demarche"):
        queryset = queryset.filter(demarche=demarche)
    if etat := filtres.valeur("etat"):
        queryset = queryset.filter(statut=etat)
    if canal := filtres.valeur("canal"):
        queryset = queryset.filter(canal=canal)
    if saisie := filtres.valeur("q"):
        queryset = recherche.chercher(queryset, saisie)
    return queryset


def _montrer(queryset: QuerySet[Demande], montre: Montrer, agent: Agent) -> QuerySet[Demande]:
    if montre is Montrer.RETARD:
        return echeances.en_retard(queryset)
    if montre is Montrer.BIENTOT:
        return echeances.proches(queryset)
    if montre.value in NATURES:
        return queryset.filter(nature=montre.value)
    conditions = {
        Montrer.A_SUIVRE: Q(nature__in=NATURES_A_SUIVRE),
        Montrer.MOI: Q(agent_sub=agent.sub, nature__in=NATURES_MAIRIE),
        Montrer.A_PRENDRE: Q(agent_sub="", nature__in=NATURES_MAIRIE),
        Montrer.EN_CHARGE: Q(agent_sub=agent.sub) & ~Q(nature=Nature.CLOSE),
    }
    return queryset.filter(conditions.get(montre, Q()))


def _rangees(queryset: QuerySet[Demande], agent: Agent) -> QuerySet[Demande]:
    """With what the orders of the list name: the clock, and what waits for the reader before the rest."""
    return queryset.annotate(
        fin_du_delai=echeances.horloge_le(),
        rang=Case(
            When(agent_sub=agent.sub, nature__in=NATURES_MAIRIE, then=Value(0)),
            default=Value(1),
            output_field=IntegerField(),
        ),
    )


def lister(agent: Agent, services: Sequence[Service], filtres: Filtres, parametres: dict[str, str]) -> Liste:
    """One page of the list: two queries, whatever the number of requests."""
    queryset = filtrer(visibles(services), filtres, agent)
    page = page_de(
        _rangees(queryset, agent),
        filtres.tri,
        lambda demandes: _rangees(pour_lignes(demandes), agent),
        apres=_curseur(filtres, parametres.get("apres")),
        avant=_curseur(filtres, parametres.get("avant")),
        taille=filtres.taille,
    )
    workflow.precharger({demande.version_id for demande in page.lignes})
    base = filtres.parametres | ({"vue": parametres["vue"]} if parametres.get("vue") else {})
    return Liste(
        lignes=[ligne_de(demande, agent) for demande in page.lignes],
        titre=_titre(queryset, filtres),
        plusieurs_services=len(services) > 1,
        sans_service=not services,
        page_suivante=urlencode(base | {"apres": str(page.suivant)}) if page.suivant else "",
        page_precedente=urlencode(base | {"avant": str(page.precedent)}) if page.precedent else "",
    )


def _curseur(filtres: Filtres, texte: str | None) -> Curseur | None:
    """The place an address names, if it is one of a list in this order."""
    curseur = Curseur.lire(texte)
    jour = filtres.tri.champ == "fin_du_delai"
    return curseur if curseur is not None and isinstance(curseur.instant, datetime) != jour else None


def _titre(queryset: QuerySet[Demande], filtres: Filtres) -> str:
    """« 12 demandes à suivre, les plus anciennes d’abord »; counting stops where it would cost too much."""
    compte = queryset.order_by().values("pk")[: COMPTE_MAX + 1].count()
    if compte > COMPTE_MAX:
        nombre = f"Plus de {nombres.nombre(COMPTE_MAX)} demandes"
    else:
        nombre = f"{nombres.nombre(compte)} demande{'s' if compte > 1 else ''}"
    return f"{nombre}{filtres.adjectif(pluriel=compte > 1)}, {filtres.ordre_en_mots}"


def a_faire(agent: Agent, services: Sequence[Service]) -> AFaire:
    """What waits for this agent, what presses first, then what waits for the service: three queries."""
    aujourdhui = timezone.localdate()
    a_suivre = visibles(services).filter(nature__in=NATURES_A_SUIVRE).annotate(fin_du_delai=echeances.horloge_le())
    mairie, libre = Q(nature__in=NATURES_MAIRIE), Q(agent_sub="")
    comptes = a_suivre.aggregate(
        a_moi=Count("pk", filter=mairie & Q(agent_sub=agent.sub)),
        a_prendre=Count("pk", filter=mairie & libre),
        plus_ancienne=Min("recue_le", filter=mairie & libre),
        en_charge=Count("pk", filter=mairie & ~libre),
        usager=Count("pk", filter=~mairie),
        retard=Count("pk", filter=Q(fin_du_delai__lt=aujourdhui)),
        bientot=Count("pk", filter=Q(fin_du_delai__range=(aujourdhui, aujourdhui + echeances.PROCHE))),
    )
    miennes = a_suivre.filter(mairie, agent_sub=agent.sub).order_by("fin_du_delai", "recue_le", "pk")
    demandes = list(pour_lignes(miennes)[:A_FAIRE_MAX])
    derniers = {
        evenement.demande_id: evenement
        for evenement in Evenement.objects.filter(demande__in=[d.pk for d in demandes])
        .exclude(code="note")
        .order_by("demande_id", "-le", "-pk")
        .distinct("demande_id")
    }
    workflow.precharger({demande.version_id for demande in demandes})
    return AFaire(
        attentes=[_attente(demande, derniers.get(demande.pk), agent) for demande in demandes],
        total=comptes["a_moi"],
        a_prendre=comptes["a_prendre"],
        plus_ancienne=comptes["plus_ancienne"],
        retard=comptes["retard"],
        bientot=comptes["bientot"],
        chiffres=[
            Chiffre("à prendre en charge", comptes["a_prendre"], Montrer.A_PRENDRE),
            Chiffre("attendent l’usager", comptes["usager"], Montrer.ATTENTE_USAGER),
            Chiffre("dont l’échéance est proche", comptes["bientot"], Montrer.BIENTOT, "attention"),
            Chiffre("en retard", comptes["retard"], Montrer.RETARD, "erreur"),
            Chiffre("à suivre en tout", sum(comptes[c] for c in ("a_prendre", "en_charge", "usager")), ""),
        ],
    )


def _attente(demande: Demande, dernier: Evenement | None, agent: Agent) -> Attente:
    if dernier is None:
        return Attente(ligne_de(demande, agent), "À traiter", demande.recue_le)
    if dernier.auteur_type == "usager":
        quoi = "Nouvelle demande" if dernier.code == "recue" else "L’usager a écrit"
    elif dernier.auteur_cle == agent.sub and dernier.code == "prise_en_charge":
        quoi = "Vous l’avez prise en charge"
    else:
        quoi = dernier.phrase().rstrip(".")
    return Attente(ligne_de(demande, agent), quoi, dernier.le)


def autres_de_la_personne(demande: Demande, services: Sequence[Service], combien: int = 5) -> list[Demande]:
    """Other requests of the same account or e-mail address, in the agent's services only, newest first."""
    autres = visibles(services).exclude(pk=demande.pk)
    if demande.usager_id:
        autres = autres.filter(usager=demande.usager_id)
    elif demande.courriel:
        autres = recherche.chercher(autres, demande.courriel).filter(courriel__iexact=demande.courriel)
    else:
        return []
    return list(pour_lignes(autres).order_by("-recue_le")[:combien])
