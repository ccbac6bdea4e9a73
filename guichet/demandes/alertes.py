"""What the site tells by itself, once a day: clocks about to run out, answers that do not come, the day's digest.

Run by the worker as often as wished: every mail has a key made of what it tells and of the day, so that it leaves
once. A service is written to on working days only, and gets one mail for all its clocks.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from guichet.demandes.courriels import confier_nouveaux, nom, objet, pour_usager
from guichet.demandes.delais import est_ouvre
from guichet.demandes.models import Auteur, Complement, Demande, Evenement, Nature
from guichet.demarches.definition import Silence
from guichet.demarches.models import Demarche, Service
from socle.envois.models import Envoi
from socle.envois.services import preparer
from socle.typographie import dates

SEUILS = (15, 3)
"""Days before silence takes effect at which a service is warned; from the last one on, every working day."""
RELANCE = 7
"""Days before the end of the time given to the resident."""
LIGNES = 40
"""Requests written out in a mail; the list on the site shows them all."""
PREMIER_RESUME = timedelta(days=1)
_A_TRAITER = (Nature.A_TRAITER, Nature.EN_COURS, Nature.ATTENTE_USAGER)


def alerter(maintenant: datetime | None = None) -> int:
    """All that is due now. Returns how many mails were entrusted."""
    maintenant = maintenant or timezone.now()
    aujourdhui = timezone.localdate(maintenant)
    nombre = confier_nouveaux(_relances(aujourdhui))
    if est_ouvre(aujourdhui):
        nombre += confier_nouveaux(_echeances(aujourdhui))
        nombre += confier_nouveaux(_resumes(maintenant, aujourdhui))
    return nombre


# --- Residents who were asked for something -------------------------------------------------------


def _relances(aujourdhui: date) -> Iterator[Envoi]:
    """Those who have a week left to give what was asked, unless it was asked this week."""
    dues = (
        Demande.objects.pour_page()
        .filter(
            nature=Nature.ATTENTE_USAGER,
            complements__fourni_le=None,
            complements__leve_le=None,
            complements__limite_le__range=(aujourdhui, aujourdhui + timedelta(days=RELANCE)),
            complements__demande_le__date__lt=aujourdhui - timedelta(days=RELANCE),
        )
        .distinct()
    )
    for demande in dues:
        limite = min(c.limite_le for c in demande.complements.ouverts() if c.limite_le)
        for rang, pli in enumerate(pli for pli in pour_usager(demande, "relance") if pli.destinataire):
            cle = f"relance:{demande.pk}:{limite}" + (f":{pli.genre}" if rang else "")
            yield preparer(nom(pli.genre), pli.destinataire, cle=cle, objet=objet(demande), contexte=pli.contexte)


# --- Clocks of a service --------------------------------------------------------------------------


def a_decider(service: Service | None = None) -> QuerySet[Demande]:
    """Requests whose silence still has, or has had, an effect: nobody decided, no clock stands still."""
    demandes = Demande.objects.filter(
        nature__in=_A_TRAITER, decidee_le=None, suspendue_depuis=None, echeance_le__isnull=False
    )
    return demandes if service is None else demandes.filter(service=service)


def en_retard(aujourdhui: date | None = None) -> QuerySet[Demande]:
    """Requests whose last day is over: silence took effect."""
    return a_decider().filter(echeance_le__lt=aujourdhui or timezone.localdate())


def _echeances(aujourdhui: date) -> Iterator[Envoi]:
    reprise = not est_ouvre(aujourdhui - timedelta(days=1))
    proche, loin = aujourdhui + timedelta(days=min(SEUILS)), aujourdhui + timedelta(days=max(SEUILS))
    seuils = Q(echeance_le__in=[aujourdhui + timedelta(days=n) for n in SEUILS])
    presse = seuils | Q(echeance_le__range=(aujourdhui - timedelta(days=1), proche))
    for service in Service.objects.exclude(courriel=""):
        demandes = a_decider(service).filter(echeance_le__lte=loin)
        muettes = _sans_reponse(service, aujourdhui)
        nouvelles = any(c.limite_le == aujourdhui - timedelta(days=1) for c in muettes)
        if not (nouvelles or (reprise and muettes) or demandes.filter(Q() if reprise else presse).exists()):
            continue
        listes = [
            _liste("Le silence a pris effet", demandes.filter(echeance_le__lt=aujourdhui), aujourdhui),
            _liste(
                f"Il reste {min(SEUILS)} jours ou moins",
                demandes.filter(echeance_le__range=(aujourdhui, proche)),
                aujourdhui,
            ),
            _liste(f"Il reste {max(SEUILS)} jours ou moins", demandes.filter(echeance_le__gt=proche), aujourdhui),
            {
                "titre": "L'usager n'a pas donné à temps ce qui lui était demandé",
                "lignes": [
                    {
                        "reference": c.demande.reference,
                        "texte": f"{c.demande.definition.titre} : « {c.libelle} », attendu le {_jour(c.limite_le)}",
                    }
                    for c in muettes[:LIGNES]
                ],
                "reste": max(0, len(muettes) - LIGNES),
            },
        ]
        yield _releve(
            f"echeances:{service.pk}:{aujourdhui}",
            service,
            "des délais de la loi arrivent à leur fin",
            "Ces demandes attendent une décision. Quand le délai est passé, le silence de la mairie vaut accord ou "
            "refus, selon la démarche.",
            listes,
        )


def _sans_reponse(service: Service, aujourdhui: date) -> list[Complement]:
    return list(
        Complement.objects.ouverts()
        .filter(demande__service=service, demande__nature=Nature.ATTENTE_USAGER, limite_le__lt=aujourdhui)
        .select_related("demande__version")
        .order_by("limite_le", "pk")
    )


def _liste(titre: str, demandes: QuerySet[Demande], aujourdhui: date) -> dict[str, Any]:
    lignes = [
        {"reference": demande.reference, "texte": _ligne(demande, aujourdhui)}
        for demande in demandes.select_related("version").order_by("echeance_le", "reference")[:LIGNES]
    ]
    return {"titre": titre, "lignes": lignes, "reste": max(0, demandes.count() - len(lignes))}


def _ligne(demande: Demande, aujourdhui: date) -> str:
    fin = demande.echeance_le
    effet = "accord" if demande.definition.delai.silence is Silence.ACCORD else "refus"
    reste = (fin - aujourdhui).days if fin else 0
    if reste < 0:
        quand = f"depuis le {_jour(fin)}, le silence vaut {effet}"
    else:
        jours = "aujourd'hui" if reste == 0 else f"dans {reste} jour{'s' if reste > 1 else ''}"
        quand = f"{jours}, le {_jour(fin)}, le silence vaudra {effet}"
    suivie = f" (suivie par {demande.agent_nom})" if demande.agent_nom else ""
    return f"{demande.definition.titre} : {quand}{suivie}"


# --- Daily digest ---------------------------------------------------------------------------------


def _resumes(maintenant: datetime, aujourdhui: date) -> Iterator[Envoi]:
    """For the procedures that want one mail a day: what came since the last one."""
    demarches = [d.pk for d in Demarche.objects.all() if d.lue.alerte == "resume"]
    if not demarches:
        return
    for service in Service.objects.exclude(courriel=""):
        cle = f"resume:{service.pk}:"
        dernier = Envoi.objects.filter(cle__startswith=cle).order_by("-cree_le").first()
        depuis = dernier.cree_le if dernier else maintenant - PREMIER_RESUME
        demandes = Demande.objects.filter(service=service, demarche__in=demarches).select_related("version")
        arrivees = _par_titre(demandes.filter(evenements__code__in=_ARRIVEES, evenements__le__gt=depuis).distinct())
        reponses = _par_titre(
            demandes.filter(
                pk__in=Evenement.objects.filter(le__gt=depuis, auteur_type=Auteur.USAGER)
                .exclude(code="recue")
                .values("demande")
            )
        )
        if arrivees["lignes"] or reponses["lignes"]:
            yield _releve(
                f"{cle}{aujourdhui}",
                service,
                "les demandes du jour",
                f"Depuis le {dates.jour_et_heure(depuis)}, voici ce que votre service a reçu.",
                [{"titre": "Nouvelles demandes", **arrivees}, {"titre": "L'usager a écrit ou répondu", **reponses}],
            )


_ARRIVEES = ("recue", "saisie", "transfert_service")


def _par_titre(demandes: QuerySet[Demande]) -> dict[str, Any]:
    lignes = [
        {"reference": d.reference, "texte": f"{d.definition.titre}, reçue le {dates.jour(d.recue_le)}"}
        for d in demandes.order_by("recue_le")[:LIGNES]
    ]
    return {"lignes": lignes, "reste": max(0, demandes.count() - len(lignes))}


def _releve(cle: str, service: Service, resume: str, introduction: str, listes: list[dict[str, Any]]) -> Envoi:
    return preparer(
        nom("releve"),
        service.courriel,
        cle=cle,
        contexte={
            "service": {"nom": service.nom},
            "resume": resume,
            "introduction": introduction,
            "listes": [liste for liste in listes if liste["lignes"]],
        },
    )


def _jour(jour: date | None) -> str:
    return dates.jour(jour) if jour else ""
