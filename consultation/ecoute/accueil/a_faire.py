"""What waits for the team, most pressing first. Every part of the application says its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.urls import reverse
from django.utils import timezone

from consultation.dossier import Etat
from consultation.ecoute.ateliers.models import Atelier, Participant
from consultation.ecoute.donnees.effacement import a_venir as effacements_a_venir
from consultation.ecoute.dossiers import services
from consultation.ecoute.dossiers.etapes import ATTENTES, VERBES
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.lecture import services as lecture
from consultation.ecoute.panels.models import Panel, Tirage
from consultation.ecoute.suites.models import Action
from socle.typographie.nombres import compte

DEMANDE_ARCHIVES = timedelta(days=60)  # an answer takes weeks
CLOS = (Etat.CLOS.value, Etat.ABANDONNE.value)


@dataclass(frozen=True)
class Tache:
    """One thing to do: words, address, where, by when (None: no date)."""

    quoi: str
    adresse: str
    ou: str
    pour: datetime | None = None
    presse: bool = False


Source = Callable[[Membre, datetime], list[Tache]]


def dossiers(membre: Membre, maintenant: datetime) -> list[Tache]:
    """Next step of each dossier, and its deadlines."""
    if not membre.prepare:
        return []
    taches = []
    for dossier in Dossier.objects.exclude(etat__in=CLOS).select_related("fiche"):
        adresse = reverse("dossiers:dossier", args=[dossier.slug])
        pour = dossier.fermeture if dossier.etape == Etat.OUVERT else dossier.ouverture
        if dossier.etape == Etat.DEPOUILLEMENT:
            pour = services.limite_resultats(dossier)
        taches += [Tache(phrase, adresse, dossier.titre, pour, presse=True)
                   for phrase in services.echeances(dossier, maintenant)]  # fmt: skip
        cible = services.suivant(dossier)
        if cible is None or (dossier.etape == Etat.OUVERT and dossier.fermeture and maintenant < dossier.fermeture):
            continue
        manques = services.ce_qui_manque(dossier, cible, maintenant)
        travail = [m for m in manques if m.code not in ATTENTES]
        if travail:
            reste = len(travail) - 1
            suite = f" (et {reste} autre{'s' if reste > 1 else ''} point{'s' if reste > 1 else ''})" if reste else ""
            taches.append(Tache(travail[0].phrase + suite, adresse, dossier.titre, pour))
        elif not manques:
            lien = reverse("dossiers:avancer", args=[dossier.slug, cible.value])
            taches.append(Tache(VERBES[cible], lien, dossier.titre, pour))
    return taches


def corrections(membre: Membre, maintenant: datetime) -> list[Tache]:
    """Publications that still hold words somebody took back: hidden already, to be replaced by a corrected version."""
    if not membre.prepare:
        return []
    taches = []
    for dossier in Dossier.objects.filter(publications__retires__isnull=False).exclude(etat="abandonne").distinct():
        for publication in services.a_corriger(dossier):
            pour = min(p.retire_le for p in publication.retires.all()) + services.CORRIGER_SOUS
            adresse = reverse("dossiers:publier", args=[dossier.slug, publication.genre])
            quoi = f"Publier une version corrigée de « {publication.titre} » : une personne a retiré ses paroles"
            taches.append(Tache(quoi, adresse, dossier.titre, pour, presse=True))
    return taches


def fiches(membre: Membre, maintenant: datetime) -> list[Tache]:
    """Sheets that the DPO has to read."""
    if not membre.approuve:
        return []
    attente = Dossier.objects.filter(fiche__isnull=False, fiche__approuve_le=None).exclude(etat__in=CLOS)
    phrase = "Lire et approuver la fiche de protection des données"
    return [Tache(phrase, reverse("donnees:approuver", args=[d.slug]), d.titre, d.ouverture) for d in attente]


def ateliers(membre: Membre, maintenant: datetime) -> list[Tache]:
    """People to invite, to remind; workshops to finish."""
    taches = []
    if not membre.prepare:
        return []
    for atelier in Atelier.objects.filter(etat=Atelier.Etat.PREVU).select_related("dossier"):
        adresse = reverse("ateliers:atelier", args=[atelier.pk])
        if atelier.fin <= maintenant:
            quoi, presse = "Terminer l'atelier : verser les notes aux avis", True
        elif not atelier.participants.exists() or atelier.participants.filter(statut="invite", invite_le=None).exists():
            quoi, presse = "Inviter à l'atelier", atelier.debut - maintenant < timedelta(days=14)
        elif atelier.debut - maintenant < timedelta(days=7):
            quoi, presse = "Appeler les personnes sans e-mail, imprimer les feuilles", True
        else:
            continue
        taches.append(Tache(quoi, adresse, atelier.titre, atelier.debut, presse))
    return taches


def appels(membre: Membre, maintenant: datetime) -> list[Tache]:
    """People whom no message reaches, and who have to be told something: a seat freed, another date."""
    if not membre.prepare:
        return []
    gens = Participant.objects.exclude(appel="").exclude(atelier__etat=Atelier.Etat.TENU)
    nombres: dict[int, int] = Counter(gens.values_list("atelier", flat=True))
    return [
        Tache(f"Appeler {compte(nombres[a.pk], 'personne', 'personnes')} sans e-mail : un message à leur dire",
              reverse("ateliers:atelier", args=[a.pk]), a.titre, a.debut, presse=True)
        for a in Atelier.objects.filter(pk__in=nombres, debut__gt=maintenant)
    ]  # fmt: skip


def panels(membre: Membre, maintenant: datetime) -> list[Tache]:
    """Draws to start, to publish, to finish."""
    taches = []
    if not membre.prepare:
        return []
    for panel in Panel.objects.exclude(dossier__etat__in=CLOS).select_related("dossier"):
        tirage = panel.tirages.first()
        if not panel.annonce and (attendent := panel.a_appeler.count()):
            quoi = f"Appeler {compte(attendent, 'personne', 'personnes')} pour confirmer : elles n'ont qu'un téléphone"
            adresse = reverse("panels:volontaires", args=[panel.pk])
            taches.append(Tache(quoi, adresse, panel.titre, panel.inscription_jusqua, presse=True))
        if tirage is None and panel.inscription_jusqua > maintenant:
            continue
        if tirage is None:
            quoi = "Calculer la liste du tirage"
        elif tirage.etat == Tirage.Etat.IMPOSSIBLE:
            quoi = "Le tirage est impossible : choisir un changement de quotas"
        elif tirage.etat == Tirage.Etat.TIRE and _a_remplacer(panel, tirage):
            quoi = "Remplacer une personne tirée qui a renoncé"
        elif tirage.etat == Tirage.Etat.PRET and tirage.annonce_le is None and panel.inscription_jusqua > maintenant:
            continue
        elif tirage.etat == Tirage.Etat.PRET:
            quoi = "Tirer le numéro du panel" if tirage.annonce_le else "Publier la liste du tirage"
        else:
            continue
        taches.append(Tache(quoi, reverse("panels:panel", args=[panel.pk]), panel.titre))
    return taches


def _a_remplacer(panel: Panel, tirage: Tirage) -> bool:
    """Whether somebody of the panel declined and still holds their seat."""
    partis = panel.volontaires.filter(code__in=tirage.resultat.get("panel", []))
    return partis.exclude(renonce_le=None).exists()


def lectures(membre: Membre, maintenant: datetime) -> list[Tache]:
    """Opinions to read, in dossiers whose participation is over."""
    if not membre.prepare:
        return []
    taches = [
        Tache(f"Lire {restent} avis à deux, avec {autre}" if restent else "Dire « J'ai fini » de la lecture à deux",
              reverse("lecture:a_deux", args=[dossier.slug, pk]), dossier.titre)
        for dossier, pk, autre, restent in lecture.confiees(membre)
    ]  # fmt: skip
    for dossier in Dossier.objects.filter(etat=Etat.DEPOUILLEMENT.value):
        noms, themes = lecture.a_relire(dossier).count(), lecture.a_coder(dossier, membre).count()
        if noms:
            taches.append(Tache(f"Cacher les noms dans {noms} avis", _lien("lecture:relire_suivant", dossier),
                                dossier.titre))  # fmt: skip
        elif themes:
            taches.append(Tache(f"Donner des thèmes à {themes} avis", _lien("lecture:coder_suivant", dossier),
                                dossier.titre))  # fmt: skip
    return taches


def actions(membre: Membre, maintenant: datetime) -> list[Tache]:
    """What was promised and is due within a month, closed dossiers included."""
    if not membre.prepare:
        return []
    aujourdhui = timezone.localdate(maintenant)
    attendues = Action.objects.filter(etat__in=Action.OUVERTES, echeance__lte=aujourdhui + timedelta(days=30))
    taches = []
    for a in attendues.select_related("proposition__dossier"):
        jours = (aujourdhui - a.echeance).days
        retard = f", en retard de {jours} jour{'s' if jours > 1 else ''}" if jours > 0 else ""
        dossier = a.proposition.dossier
        pour = timezone.make_aware(datetime.combine(a.echeance, time()))
        adresse = reverse("suites:action", args=[dossier.slug, a.pk])
        # What changes every day is not in `quoi`: it is what reminders know a thing by.
        ou = f"{dossier.titre}, {a.responsable}{retard}"
        taches.append(Tache(f"Tenir la promesse : {a.titre}", adresse, ou, pour, a.en_retard))
    return taches


def archives(membre: Membre, maintenant: datetime) -> list[Tache]:
    """Data near their end that wait for the archives: nothing is erased before they answer."""
    if not (membre.prepare or membre.approuve):
        return []
    taches: dict[str, Tache] = {}
    for echeance in effacements_a_venir(maintenant, DEMANDE_ARCHIVES):
        if echeance.attente and echeance.dossier.slug not in taches:
            verser = echeance.attente.startswith("à verser")
            quoi = "Verser aux archives ce qu'elles gardent" if verser else "Demander le visa des archives, et le noter"
            adresse = _lien("donnees:conservation" if verser else "donnees:visa", echeance.dossier)
            le = echeance.le or maintenant
            taches[echeance.dossier.slug] = Tache(
                f"{quoi} : sans cela, rien ne s'efface", adresse, echeance.dossier.titre, le, le <= maintenant
            )
    return list(taches.values())


def _lien(nom: str, dossier: Dossier) -> str:
    return reverse(nom, args=[dossier.slug])


SOURCES: list[Source] = [corrections, dossiers, fiches, appels, ateliers, panels, lectures, actions, archives]


def a_faire(membre: Membre, maintenant: datetime) -> list[Tache]:
    """All that waits, dated first."""
    taches = [tache for source in SOURCES for tache in source(membre, maintenant)]
    return sorted(taches, key=lambda t: (not t.presse, t.pour is None, t.pour or maintenant))


def agenda(membre: Membre, maintenant: datetime, jours: int = 120) -> list[Tache]:
    """Dates to come that ask for nothing yet: what the team may count on, nearest first."""
    fin = maintenant + timedelta(days=jours)
    dates = [*_dates_des_dossiers(membre), *_dates_des_ateliers(membre), *_dates_des_donnees(membre, fin - maintenant)]
    return sorted((d for d in dates if d.pour and maintenant < d.pour <= fin), key=lambda d: d.pour or maintenant)


def _dates_des_dossiers(membre: Membre) -> list[Tache]:
    dates = []
    for dossier in Dossier.objects.exclude(etat__in=CLOS):
        adresse = _lien("dossiers:dossier" if membre.prepare or membre.approuve else "saisir", dossier)
        if dossier.etape in (Etat.PREPARATION, Etat.ANNONCE):
            dates.append(Tache("La participation ouvre", adresse, dossier.titre, dossier.ouverture))
        if dossier.etape in (Etat.ANNONCE, Etat.OUVERT):
            dates.append(Tache("La participation ferme", adresse, dossier.titre, dossier.fermeture))
    if membre.prepare:
        panels = Panel.objects.exclude(dossier__etat__in=CLOS).filter(tirages=None)
        dates += [Tache("Les inscriptions au tirage finissent", reverse("panels:panel", args=[p.pk]), p.titre,
                        p.inscription_jusqua) for p in panels]  # fmt: skip
    return dates


def _dates_des_ateliers(membre: Membre) -> list[Tache]:
    if membre.approuve:
        return []
    page = "ateliers:atelier" if membre.prepare else "ateliers:presences"
    return [Tache("L'atelier se tient", reverse(page, args=[a.pk]), f"{a.titre}, {a.lieu}", a.debut)
            for a in Atelier.objects.filter(etat=Atelier.Etat.PREVU)]  # fmt: skip


def _dates_des_donnees(membre: Membre, dans: timedelta) -> list[Tache]:
    if not (membre.prepare or membre.approuve):
        return []
    return [
        Tache(f"S'efface seul : {e.sorte.label.lower()} ({e.nombre})", _lien("donnees:conservation", e.dossier),
              e.dossier.titre, e.le)
        for e in effacements_a_venir(timezone.now(), dans) if not e.attente
    ]  # fmt: skip
