"""What the team does with workshops."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from consultation.dossier import Etat
from consultation.ecoute.ateliers import deroules, services
from consultation.ecoute.ateliers.erreurs import AtelierRefuse
from consultation.ecoute.ateliers.forms import AnnulerForm, AtelierForm, InviterForm
from consultation.ecoute.ateliers.models import Atelier, Participant
from consultation.ecoute.cadre.courriels import part_vraiment
from consultation.ecoute.cadre.pages import fait, page_confirmer, page_formulaire, soumis
from consultation.ecoute.contributions.services import AvisRefuse
from consultation.ecoute.dossiers.acces import trouver
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.acces import LIRE, PREPARER, SAISIR, reserve
from consultation.ecoute.equipe.models import Membre

formulaire_web = require_http_methods(["GET", "HEAD", "POST"])
ATELIERS_PAR_AN = 3  # the State's own rhythm, January 2020
FINIS = (Etat.CLOS.value, Etat.ABANDONNE.value)


def trouver_atelier(pk: int) -> Atelier:
    """The workshop, with its dossier."""
    return get_object_or_404(Atelier.objects.select_related("dossier"), pk=pk)


def page_atelier(atelier: Atelier) -> str:
    """Address of the workshop."""
    return reverse("ateliers:atelier", args=[atelier.pk])


def retour_atelier(atelier: Atelier) -> tuple[str, str]:
    """Back to the workshop."""
    return atelier.titre, page_atelier(atelier)


@require_safe
@reserve(SAISIR | LIRE)
def plan(request: HttpRequest, membre: Membre) -> HttpResponse:
    """The year: workshops by date, and whether three life events are covered."""
    saisie = request.GET.get("annee", "")
    annee = int(saisie) if saisie.isdigit() and len(saisie) == 4 else timezone.localdate().year
    pris = Count("participants", filter=Q(participants__statut__in=Participant.ASSIS))
    ateliers = list(Atelier.objects.filter(debut__year=annee).select_related("dossier").annotate(pris=pris))
    vivants = [a for a in ateliers if a.etat != Atelier.Etat.ANNULE]
    evenements = sorted({a.dossier.evenement_de_vie or a.dossier.titre for a in vivants})
    sans_atelier = Dossier.objects.exclude(etat__in=FINIS).exclude(pk__in={a.dossier_id for a in vivants})
    return render(request, "ateliers/plan.html", {
        "titre": f"Plan des ateliers {annee}", "annee": annee, "ateliers": ateliers, "evenements": evenements,
        "reste": max(0, ATELIERS_PAR_AN - len(evenements)), "page_active": "ateliers", "sans_atelier": sans_atelier,
    })  # fmt: skip


@require_safe
@reserve(LIRE)
def du_dossier(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """Workshops of one dossier."""
    dossier = trouver(slug)
    return render(request, "ateliers/du_dossier.html", {
        "titre": "Ateliers", "dossier": dossier, "ateliers": dossier.ateliers.all(), "page_active": "dossiers",
        "onglet": "ateliers",
    })  # fmt: skip


def _debut_propose(dossier: Dossier) -> datetime:
    """An evening in four weeks, or the last one before the participation closes; never before it opens."""
    soir = timezone.localtime().replace(hour=18, minute=0, second=0, microsecond=0)
    debut = soir + timedelta(days=28)
    if dossier.fermeture is not None:
        while debut + timedelta(hours=2) > dossier.fermeture and debut > soir:
            debut -= timedelta(days=1)
    while dossier.ouverture is not None and debut < dossier.ouverture:
        debut += timedelta(days=1)
    return debut


@formulaire_web
@reserve(PREPARER)
def nouveau(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """Plan a workshop."""
    dossier = trouver(slug)
    debut = _debut_propose(dossier)
    form = AtelierForm(
        soumis(request), instance=Atelier(dossier=dossier), initial={"debut": debut, "fin": debut + timedelta(hours=2)}
    )
    if form.is_valid():
        try:
            atelier = services.planifier(membre, form.save(commit=False))
        except AtelierRefuse as refus:
            form.add_error(None, str(refus))
        else:
            return fait(request, "L'atelier est planifié, avec un déroulé à sa durée, à relire.", page_atelier(atelier))
    return page_formulaire(
        request, form, "Planifier un atelier", bouton="Planifier",
        retour=("Ateliers", reverse("ateliers:du_dossier", args=[slug])), page_active="ateliers",
    )  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def modifier(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """Change; people are told of a new date or place."""
    atelier = trouver_atelier(pk)
    retour = retour_atelier(atelier)
    form = AtelierForm(soumis(request), instance=atelier)
    if form.is_valid():
        try:
            services.planifier(membre, form.save(commit=False))
        except AtelierRefuse as refus:
            form.add_error(None, str(refus))
        else:
            return fait(request, "L'atelier est à jour.", retour[1])
    return page_formulaire(
        request, form, "Modifier l'atelier", bouton="Enregistrer", retour=retour, page_active="ateliers",
        intro="Si la date ou le lieu change, les personnes inscrites reçoivent un message.",
    )  # fmt: skip


@require_safe
@reserve(SAISIR | LIRE)
def atelier(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """One workshop: what is ready, who comes."""
    trouve = trouver_atelier(pk)
    gens = list(trouve.participants.all())
    comptes = [(s.label, n) for s in Participant.Statut if (n := sum(p.statut == s for p in gens))]
    qualites = [(q.label, n) for q in Participant.Qualite if (n := sum(p.qualite == q and p.assis for p in gens))]
    return render(request, "ateliers/atelier.html", {
        "titre": trouve.titre, "atelier": trouve, "dossier": trouve.dossier, "participants": gens, "comptes": comptes,
        "qualites": qualites, "prevu": deroules.duree_prevue(trouve),
        "echecs": sum(p.echec_le is not None for p in gens), "a_appeler": [p for p in gens if p.appel],
        "sequences": trouve.sequences.all(), "duree": sum(s.minutes for s in trouve.sequences.all()),
        "a_inviter": sum(p.invite_le is None and p.statut == Participant.Statut.INVITE for p in gens),
        "sans_courriel": sum(not p.courriel for p in gens), "notes": trouve.notes.count(),
        "commence": timezone.now() >= trouve.debut, "part_vraiment": part_vraiment(),
        "tables": range(1, trouve.tables + 1), "page_active": "ateliers", "onglet": "ateliers",
    })  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def ajouter(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """People to invite."""
    trouve = trouver_atelier(pk)
    form = InviterForm(soumis(request))
    if form.is_valid():
        n = services.ajouter(membre, trouve, form.participants())
        phrase = f"{_compter(n, 'personne', 'personnes')} sur la liste des invités."
        return fait(request, phrase, page_atelier(trouve))
    return page_formulaire(
        request, form, "Qui inviter ?", bouton="Ajouter à la liste", retour=retour_atelier(trouve),
        page_active="ateliers",
        intro="Pensez à celles et ceux qu'on n'entend jamais : passez par les associations, le centre social, les "
        "agents d'accueil.",
    )  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def inviter(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """Send the invitations."""
    return _envoi(request, membre, pk, "Envoyer les invitations")


@formulaire_web
@reserve(PREPARER)
def relancer(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """Send the reminders."""
    return _envoi(request, membre, pk, "Envoyer un rappel")


def _compter(nombre: int, un: str, plusieurs: str) -> str:
    return f"{nombre} {un if nombre < 2 else plusieurs}"


def _envoi(request: HttpRequest, membre: Membre, pk: int, titre: str) -> HttpResponse:
    trouve = trouver_atelier(pk)
    invitation = "invitation" in titre
    if request.method == "POST":
        try:
            if invitation:
                ecrits, sans = services.inviter(membre, trouve)
                ou_sms = " ou SMS" if settings.SMS_PASSERELLE else ""
                phrase = _compter(ecrits, f"e-mail{ou_sms} d'invitation.", f"e-mails{ou_sms} d'invitation.")
                if sans:
                    mots = _compter(sans, "personne n'a", "personnes n'ont")
                    phrase += f" {mots} pas d'e-mail{' ni de portable' if ou_sms else ''} : imprimez les lettres ou "
                    phrase += "appelez."
            else:
                phrase = f"{_compter(services.relancer(membre, trouve), 'rappel envoyé', 'rappels envoyés')}."
        except AtelierRefuse as refus:
            phrase = str(refus)
        return fait(request, phrase, page_atelier(trouve))
    consequences = [
        "Chaque personne reçoit un e-mail avec la date, le lieu, un fichier pour son agenda et un lien pour répondre."
        if invitation else "Les personnes inscrites, et celles qui n'ont pas répondu, reçoivent un rappel.",
    ]  # fmt: skip
    if not part_vraiment():
        consequences.append(
            "Aucun serveur d'envoi n'est réglé : les messages sont rangés dans le dossier « courriels ». Ouvrez-les "
            "avec votre logiciel de messagerie pour les envoyer."
        )
    return page_confirmer(
        request, titre, bouton=titre, retour=retour_atelier(trouve), consequences=consequences, page_active="ateliers"
    )


@formulaire_web
@reserve(PREPARER)
def tenir(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """The workshop is over: notes join the opinions."""
    trouve = trouver_atelier(pk)
    refus: list[str] = []
    if request.method == "POST":
        try:
            n = services.tenir(membre, trouve)
        except (AtelierRefuse, AvisRefuse) as erreur:
            refus = [str(erreur)]
        else:
            versees = _compter(n, "note est versée", "notes sont versées")
            return fait(request, f"L'atelier est terminé. {versees} aux avis.", page_atelier(trouve))
    return page_confirmer(
        request, "Terminer l'atelier", bouton="Terminer l'atelier", retour=retour_atelier(trouve), refus=refus,
        consequences=[
            "Chaque note devient un avis à analyser, sans nom.",
            "Les personnes inscrites qui ne sont pas notées présentes sont comptées absentes.",
        ],
        page_active="ateliers",
    )  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def annuler(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """Call it off."""
    trouve = trouver_atelier(pk)
    form = AnnulerForm(soumis(request))
    if form.is_valid():
        try:
            services.annuler(membre, trouve, form.cleaned_data["motif"])
        except AtelierRefuse as refus:
            return fait(request, str(refus), page_atelier(trouve))
        return fait(request, "L'atelier est annulé. Les personnes concernées sont prévenues.", page_atelier(trouve))
    return page_formulaire(
        request, form, "Annuler l'atelier", bouton="Annuler l'atelier", retour=retour_atelier(trouve),
        intro="Toutes les personnes invitées reçoivent un message avec cette raison.", page_active="ateliers",
    )  # fmt: skip
