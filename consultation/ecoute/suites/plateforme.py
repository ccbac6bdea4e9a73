"""Figures that the platform measures, read from its monitoring (Prometheus): a short catalogue in plain French.

The values are copied here when somebody asks, because the monitoring keeps days and an action takes months. Whatever
goes wrong is said in words, and the same page takes the figure by hand.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from django.conf import settings
from django.utils import timezone

ATTENTE = 8  # seconds: a page waits for it
TAILLE = 1_000_000  # bytes of an answer
PEU = 5  # requests under which a median or a share says nothing, and could say whose it is
DEMARCHE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class MesureIndisponible(Exception):
    """Why there is no figure, and what to do, in French."""


@dataclass(frozen=True)
class Mesure:
    """One figure of the catalogue; `requete` is PromQL, `$DEMARCHE` its filter on one procedure or on none."""

    nom: str
    unite: str
    definition: str
    requete: str
    par_demarche: bool = True
    mieux: str = "baisse"


_RECUES = "sum(guichet_demandes_recues_90j{$DEMARCHE})"
_REPONDUES = "sum(guichet_demandes_repondues_90j{$DEMARCHE})"
_TROIS_MOIS = "sur les 90 jours qui précèdent"


def _part(haut: str, bas: str) -> str:
    return f"100 * {haut} / ({bas} >= {PEU})"


def _dans(jours: int) -> str:
    return _part(f'sum(guichet_demandes_repondues_90j_cumul{{jours="{jours}",$DEMARCHE}})', _REPONDUES)


MESURES: dict[str, Mesure] = {
    "delai-median": Mesure(
        "Délai médian de réponse", "jours",
        f"Une demande sur deux a eu sa réponse en moins de temps, {_TROIS_MOIS}.",
        f"max(guichet_delai_reponse_median_jours{{$DEMARCHE_OU_TOUTES}}) and ({_REPONDUES} >= {PEU})",
    ),
    "reponse-8-jours": Mesure(
        "Demandes répondues en 8 jours", "%", f"Part des demandes répondues {_TROIS_MOIS}.", _dans(8), mieux="hausse",
    ),
    "reponse-2-mois": Mesure(
        "Demandes répondues en deux mois", "%",
        f"Part des demandes répondues {_TROIS_MOIS}. Deux mois est le délai de la loi quand aucun autre n'est fixé.",
        _dans(60), mieux="hausse",
    ),
    "incompletes": Mesure(
        "Demandes auxquelles il manquait une pièce", "%",
        f"Part des demandes reçues pour lesquelles la mairie a dû demander une pièce, {_TROIS_MOIS}.",
        _part("sum(guichet_demandes_incompletes_90j{$DEMARCHE})", _RECUES),
    ),
    "part-internet": Mesure(
        "Demandes faites par internet", "%", f"Part des demandes reçues {_TROIS_MOIS}.",
        _part('sum(guichet_demandes_recues_90j{canal="web",$DEMARCHE})', _RECUES), mieux="hausse",
    ),
    **{
        f"recues-{canal}": Mesure(
            f"Demandes reçues {nom}", "demandes", f"Nombre de demandes reçues {_TROIS_MOIS}.",
            f'sum(guichet_demandes_recues_90j{{canal="{canal}",$DEMARCHE}})',
        )
        for canal, nom in (("guichet", "au guichet"), ("telephone", "par téléphone"), ("courrier", "par courrier"),
                           ("courriel", "par e-mail"), ("web", "par internet"))
    },
    "vitesse-pages": Mesure(
        "Temps d'affichage des pages des usagers", "millisecondes",
        "Dix-neuf pages sur vingt s'affichent plus vite, sur les 7 jours qui précèdent (temps du serveur).",
        "1000 * histogram_quantile(0.95, sum by (le)"
        ' (rate(guichet_requete_duree_secondes_bucket{site="portail"}[7d])))', par_demarche=False,
    ),
    "pages-en-erreur": Mesure(
        "Pages des usagers en erreur", "%", "Part des pages qui ont échoué, sur les 7 jours qui précèdent.",
        '100 * (sum(increase(guichet_requete_duree_secondes_count{site="portail",statut=~"5.."}[7d])) or vector(0))'
        ' / sum(increase(guichet_requete_duree_secondes_count{site="portail"}[7d]))', par_demarche=False,
    ),
    "site-ouvert": Mesure(
        "Temps pendant lequel le site des usagers répond", "%", "Part du temps, sur les 7 jours qui précèdent.",
        '100 * avg(avg_over_time(probe_success{job="sondes",brique="portal"}[7d]))', par_demarche=False,
        mieux="hausse",
    ),
}  # fmt: skip


def branchee() -> bool:
    """Whether this deployment knows where the monitoring is."""
    return bool(settings.ECOUTE_PROMETHEUS_URL)


def lire(code: str, demarche: str = "", le: date | None = None) -> Decimal:
    """The figure as it was at the end of that day (None: now); raises `MesureIndisponible`."""
    if not branchee():
        raise MesureIndisponible("Ce site n'est pas relié aux mesures de la plateforme. Écrivez le chiffre à la main.")
    mesure = MESURES[code]
    if demarche and not DEMARCHE.fullmatch(demarche):
        raise MesureIndisponible("Le nom de la démarche ne contient que des lettres, des chiffres et des tirets.")
    filtre = f'demarche="{demarche}"' if demarche else ""
    requete = mesure.requete.replace("$DEMARCHE_OU_TOUTES", filtre or 'demarche="toutes"').replace("$DEMARCHE", filtre)
    return _nombre(_demander(requete, _instant(le)), le)


def _instant(le: date | None) -> datetime:
    maintenant = timezone.now()
    if le is None or le >= timezone.localdate(maintenant):
        return maintenant
    return timezone.make_aware(datetime.combine(le + timedelta(days=1), time())) - timedelta(seconds=1)


def _demander(requete: str, moment: datetime) -> dict[str, Any]:
    base = settings.ECOUTE_PROMETHEUS_URL
    if urlsplit(base).scheme not in ("http", "https"):
        raise MesureIndisponible("L'adresse des mesures est mal réglée : prévenez les techniciens.")
    adresse = f"{base}/api/v1/query?{urlencode({'query': requete, 'time': f'{moment.timestamp():.0f}'})}"
    panne = "Les mesures de la plateforme ne répondent pas. Réessayez plus tard, ou écrivez le chiffre à la main."
    # Inside the town's own network: a proxy towards the internet has nothing to do here.
    ouvreur = build_opener(ProxyHandler({}))
    try:
        with ouvreur.open(Request(adresse, headers={"Accept": "application/json"}), timeout=ATTENTE) as reponse:  # noqa: S310
            lu = json.loads(reponse.read(TAILLE))
    except HTTPError as erreur:
        erreur.close()
        raise MesureIndisponible(panne) from erreur
    except (URLError, OSError, ValueError) as erreur:
        raise MesureIndisponible(panne) from erreur
    if not isinstance(lu, dict) or lu.get("status") != "success":
        raise MesureIndisponible(panne)
    return lu


def _nombre(lu: dict[str, Any], le: date | None) -> Decimal:
    try:
        resultats = lu["data"]["result"]
        valeur = float(resultats[0]["value"][1]) if resultats else math.nan
    except (KeyError, IndexError, TypeError, ValueError) as erreur:
        raise MesureIndisponible("La réponse des mesures n'est pas lisible : prévenez les techniciens.") from erreur
    if not math.isfinite(valeur):
        quand = f"au {le:%d/%m/%Y}" if le else "aujourd'hui"
        raise MesureIndisponible(
            f"Aucune mesure {quand} : la démarche n'existe pas sous ce nom, moins de {PEU} demandes ont été comptées, "
            "ou les mesures de ce jour ne sont plus gardées. Écrivez le chiffre à la main."
        )
    return Decimal(str(round(valeur, 2)))
