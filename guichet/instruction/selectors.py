"""What agents read, in their words: within their services, never more queries because there are more rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.db.models import Case, Count, IntegerField, Min, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Collate
from django.urls import reverse
from django.utils import timezone

from guichet.demandes import workflow
from guichet.demandes.droits import Agent
from guichet.demandes.models import Demande, Evenement, Nature
from guichet.demandes.selectors import avec_lieu, visibles
from guichet.demarches.definition_workflow import NATURES_A_SUIVRE, NATURES_MAIRIE, NATURES_USAGER
from guichet.demarches.models import Service
from guichet.instruction import echeances, recherche
from guichet.instruction.echeances import Echeance
from guichet.instruction.forms import AGENT_MOI, AGENT_PERSONNE, NATURES, ORDRES, Filtres, Montrer
from guichet.instruction.pagination import Curseur, Ordre, curseur_de, page_de, voisine
from socle.typographie import nombres

A_FAIRE_MAX = 8
COMPTE_MAX = 1000
"""Beyond this many results the exact figure costs more than it tells."""
COLLATION = "fr-x-icu"
"""How names are sorted: É beside E, capitals or not. That of the indexes (migrations/0007_tris.py)."""
COLONNES_LUES = ("recue_le", "modifiee_le", "demarche_id", "statut")
"""Columns of orders that are the table's own."""


@dataclass(frozen=True, slots=True)
class Ligne:
    """One request of the list, in words."""

    adresse: str
    """Of its page, from where the list it was read in can be found again."""
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


def ligne_de(demande: Demande, agent: Agent, dans: str = "", ordre: Ordre | None = None) -> Ligne:
    """A request as a row of the list; ``demande`` comes with its procedure and its service. ``dans``: the list as an
    address says it; with it, ``ordre`` is the list's."""
    qui_agit, lecteur = tour(demande, agent)
    statut = demande.statut_defini
    en_charge = "vous" if demande.agent_sub == agent.sub else demande.agent_nom
    suite = f"?{dans}&place={curseur_de(demande, ordre)}" if ordre is not None else ""
    return Ligne(
        adresse=reverse("instruction:demande", args=[demande.reference]) + suite,
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
        "suspendue_depuis", "decidee_le", "agent_sub", "agent_nom", "demarche_id", "demarche__titre", "service__nom",
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
    if charge := filtres.valeur("agent"):
        sub = {AGENT_MOI: agent.sub, AGENT_PERSONNE: ""}.get(charge, charge)
        queryset = queryset.filter(agent_sub=sub)
    if du := filtres.valeur("du"):
        queryset = queryset.filter(recue_le__gte=_debut(date.fromisoformat(du)))
    if au := filtres.valeur("au"):
        queryset = queryset.filter(recue_le__lt=_debut(date.fromisoformat(au), lendemain=True))
    if canal := filtres.valeur("canal"):
        queryset = queryset.filter(canal=canal)
    if saisie := filtres.valeur("q"):
        queryset = recherche.chercher(queryset, saisie)
    return queryset


def _debut(jour: date, *, lendemain: bool = False) -> datetime:
    """First instant of a day of the town, or of the day after."""
    if lendemain and jour < date.max:
        jour += timedelta(days=1)
    return timezone.make_aware(datetime.combine(jour, time.min))


def _montrer(queryset: QuerySet[Demande], montre: Montrer, agent: Agent) -> QuerySet[Demande]:
    if montre is Montrer.RETARD:
        return echeances.en_retard(queryset)
    if montre is Montrer.BIENTOT:
        return echeances.proches(queryset)
    if montre is Montrer.AUJOURD_HUI:
        return queryset.filter(recue_le__gte=_debut(timezone.localdate()))
    if montre.value in NATURES:
        return queryset.filter(nature=montre.value)
    conditions = {
        Montrer.A_SUIVRE: Q(nature__in=NATURES_A_SUIVRE),
        Montrer.MOI: Q(agent_sub=agent.sub, nature__in=NATURES_MAIRIE),
        Montrer.A_PRENDRE: Q(agent_sub="", nature__in=NATURES_MAIRIE),
        Montrer.EN_CHARGE: Q(agent_sub=agent.sub) & ~Q(nature=Nature.CLOSE),
    }
    return queryset.filter(conditions.get(montre, Q()))


def _rangees(queryset: QuerySet[Demande], agent: Agent, ordre: Ordre) -> QuerySet[Demande]:
    """With the columns that the order of the list names, and no other."""
    colonnes: dict[str, Combinable] = {
        "fin_du_delai": echeances.horloge_le(),
        "nom_range": Collate("nom", COLLATION),
        "agent_range": Collate("agent_nom", COLLATION),
        "rang": Case(
            When(agent_sub=agent.sub, nature__in=NATURES_MAIRIE, then=Value(0)),
            When(nature__in=NATURES_MAIRIE, then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        ),
    }
    return queryset.annotate(**{nom: c for nom, c in colonnes.items() if nom in (ordre.champ, ordre.rang)})


def lister(agent: Agent, services: Sequence[Service], filtres: Filtres, parametres: dict[str, str]) -> Liste:
    """One page of the list: two queries, whatever the number of requests."""
    queryset = filtrer(visibles(services), filtres, agent)
    tri = filtres.tri
    page = page_de(
        _rangees(queryset, agent, tri),
        tri,
        lambda demandes: _rangees(pour_lignes(demandes), agent, tri),
        apres=_curseur(filtres, parametres.get("apres")),
        avant=_curseur(filtres, parametres.get("avant")),
        taille=filtres.taille,
    )
    workflow.precharger({demande.version_id for demande in page.lignes})
    base = filtres.parametres | ({"vue": parametres["vue"]} if parametres.get("vue") else {})
    ici = adresse_de_liste(filtres, parametres)
    return Liste(
        lignes=[ligne_de(demande, agent, ici, tri) for demande in page.lignes],
        titre=_titre(queryset, filtres),
        plusieurs_services=len(services) > 1,
        sans_service=not services,
        page_suivante=urlencode(base | {"apres": str(page.suivant)}) if page.suivant else "",
        page_precedente=urlencode(base | {"avant": str(page.precedent)}) if page.precedent else "",
    )


def adresse_de_liste(filtres: Filtres, parametres: Mapping[str, str]) -> str:
    """The page of the list that one reads, as an address says it: filters, order, saved view, place of the page."""
    garde = {nom: parametres[nom] for nom in ("vue", "apres", "avant") if parametres.get(nom)}
    return urlencode({"montrer": ""} | filtres.parametres | garde)


@dataclass(frozen=True, slots=True)
class Voisines:
    """Where a request stands in the list that its reader came from."""

    liste: str
    """Query of the list's address."""
    ici: str
    """Query that keeps the list, for what is done to the request."""
    precedente: str = ""
    """Address of the request before; empty for the first one."""
    suivante: str = ""


def voisines(demande: Demande, agent: Agent, services: Sequence[Service], parametres: Mapping[str, str]) -> Voisines:
    """The requests before and after this one, in the list that the address names: two queries; none without a list.

    The place is the one the request had when the list was read: what was done to it meanwhile moves nothing.
    """
    filtres = Filtres.d_un_lien(parametres)
    place = _curseur(filtres, parametres.get("place"))
    if place is None:
        return Voisines(liste="", ici="")
    tri, dans = filtres.tri, adresse_de_liste(filtres, parametres)
    liste = _rangees(filtrer(visibles(services), filtres, agent), agent, tri).exclude(pk=demande.pk)
    lue = liste.only("reference", *(nom for nom in (tri.champ, tri.rang) if nom in COLONNES_LUES))
    avant, apres = (voisine(lue, tri, place, arriere=arriere) for arriere in (True, False))
    return Voisines(
        liste=dans,
        ici=f"{dans}&place={place}",
        precedente=_adresse(avant, dans, tri),
        suivante=_adresse(apres, dans, tri),
    )


def _adresse(demande: Demande | None, dans: str, ordre: Ordre) -> str:
    if demande is None:
        return ""
    return f"{reverse('instruction:demande', args=[demande.reference])}?{dans}&place={curseur_de(demande, ordre)}"


def _curseur(filtres: Filtres, texte: str | None) -> Curseur | None:
    """The place an address names, if it is one of a list in this order."""
    curseur, tri = Curseur.lire(texte), filtres.tri
    if curseur is None or isinstance(curseur.instant, datetime) == (tri.champ == "fin_du_delai"):
        return None
    en_mots = bool(tri.rang) and tri.rang != "rang"
    return curseur if isinstance(curseur.rang, str) == en_mots else None


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
    miennes = a_suivre.filter(mairie, agent_sub=agent.sub).order_by("fin_du_delai", "pk")
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
    ligne = ligne_de(demande, agent, "montrer=moi&ordre=echeance", ORDRES["echeance"][0])
    if dernier is None:
        return Attente(ligne, "À traiter", demande.recue_le)
    if dernier.auteur_type == "usager":
        quoi = "Nouvelle demande" if dernier.code == "recue" else "L’usager a écrit"
    elif dernier.auteur_cle == agent.sub and dernier.code == "prise_en_charge":
        quoi = "Vous l’avez prise en charge"
    elif dernier.code == "confiee":
        quoi = f"{dernier.auteur_nom} vous l’a confiée"
    else:
        quoi = dernier.phrase().rstrip(".")
    return Attente(ligne, quoi, dernier.le)


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
