"""What the team does with workshops."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultation.ecoute.ateliers import services
from consultation.ecoute.ateliers.formulaires import (
    AnnulerForm,
    AtelierForm,
    InviterForm,
    ModeleDerouleForm,
    MomentForm,
    NoteForm,
)
from consultation.ecoute.ateliers.models import Atelier, Finalite, Participant, Sequence
from consultation.ecoute.ateliers.services import AtelierRefuse
from consultation.ecoute.cadre.courriels import part_vraiment
from consultation.ecoute.cadre.pages import fait, page_confirmer, page_formulaire, pdf, soumis
from consultation.ecoute.contributions.services import AvisRefuse
from consultation.ecoute.dossiers.vues.equipe import trouver
from consultation.ecoute.equipe.acces import LIRE, PREPARER, SAISIR, reserve
from consultation.ecoute.equipe.models import Commune, Membre

formulaire_web = require_http_methods(["GET", "HEAD", "POST"])
ATELIERS_PAR_AN = 3  # the State's own rhythm, January 2020


def _atelier(pk: int) -> Atelier:
    return get_object_or_404(Atelier.objects.select_related("dossier"), pk=pk)


def _retour(atelier: Atelier) -> tuple[str, str]:
    return atelier.titre, reverse("ateliers:atelier", args=[atelier.pk])


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
    return render(request, "ateliers/plan.html", {
        "titre": f"Plan des ateliers {annee}", "annee": annee, "ateliers": ateliers, "evenements": evenements,
        "reste": max(0, ATELIERS_PAR_AN - len(evenements)), "page_active": "ateliers",
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


@formulaire_web
@reserve(PREPARER)
def nouveau(request: HttpRequest, membre: Membre, slug: str) -> HttpResponse:
    """Plan a workshop."""
    dossier = trouver(slug)
    debut = timezone.localtime().replace(hour=18, minute=0, second=0) + timedelta(days=28)
    form = AtelierForm(
        soumis(request), instance=Atelier(dossier=dossier), initial={"debut": debut, "fin": debut + timedelta(hours=2)}
    )
    if form.is_valid():
        atelier = services.planifier(membre, form.save(commit=False))
        return fait(request, "L'atelier est planifié, avec un déroulé de deux heures à adapter.", _retour(atelier)[1])
    return page_formulaire(
        request, form, "Planifier un atelier", bouton="Planifier",
        retour=("Ateliers", reverse("ateliers:du_dossier", args=[slug])), page_active="ateliers",
    )  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def modifier(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """Change; people are told of a new date or place."""
    atelier = _atelier(pk)
    retour = _retour(atelier)
    form = AtelierForm(soumis(request), instance=atelier)
    if form.is_valid():
        services.planifier(membre, form.save(commit=False))
        return fait(request, "L'atelier est à jour.", retour[1])
    return page_formulaire(
        request, form, "Modifier l'atelier", bouton="Enregistrer", retour=retour, page_active="ateliers",
        intro="Si la date ou le lieu change, les personnes inscrites reçoivent un message.",
    )  # fmt: skip


@require_safe
@reserve(SAISIR | LIRE)
def atelier(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """One workshop: what is ready, who comes."""
    trouve = _atelier(pk)
    gens = list(trouve.participants.all())
    comptes = [(s.label, n) for s in Participant.Statut if (n := sum(p.statut == s for p in gens))]
    return render(request, "ateliers/atelier.html", {
        "titre": trouve.titre, "atelier": trouve, "dossier": trouve.dossier, "participants": gens, "comptes": comptes,
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
    trouve = _atelier(pk)
    form = InviterForm(soumis(request))
    if form.is_valid():
        n = services.ajouter(membre, trouve, form.participants())
        return fait(request, f"{n} personne{'s' if n > 1 else ''} sur la liste des invités.", _retour(trouve)[1])
    return page_formulaire(
        request, form, "Qui inviter ?", bouton="Ajouter à la liste", retour=_retour(trouve), page_active="ateliers",
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


def _envoi(request: HttpRequest, membre: Membre, pk: int, titre: str) -> HttpResponse:
    trouve = _atelier(pk)
    invitation = "invitation" in titre
    if request.method == "POST":
        try:
            if invitation:
                par_mail, sans = services.inviter(membre, trouve)
                phrase = f"{par_mail} e-mails d'invitation."
                if sans:
                    phrase += f" {sans} personnes n'ont pas d'e-mail : imprimez les lettres ou appelez-les."
            else:
                phrase = f"{services.relancer(membre, trouve)} rappels."
        except AtelierRefuse as refus:
            phrase = str(refus)
        return fait(request, phrase, _retour(trouve)[1])
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
        request, titre, bouton=titre, retour=_retour(trouve), consequences=consequences, page_active="ateliers"
    )


@require_safe
@reserve(PREPARER)
def lettres(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """Letters of invitation, one a page, for everybody still invited or registered."""
    trouve = _atelier(pk)
    gens = trouve.participants.filter(statut__in=[Participant.Statut.INVITE, Participant.Statut.INSCRIT])
    if request.GET.get("sans_courriel"):
        gens = gens.filter(courriel="")
    contexte: dict[str, Any] = {
        "atelier": trouve, "commune": Commune.actuelle(), "le": timezone.now(),
        "lettres": [(p, services.lien(p)) for p in gens],
    }  # fmt: skip
    return pdf("ateliers/lettre_pdf.html", contexte, f"lettres-atelier-{pk}")


@require_safe
@reserve(SAISIR)
def feuilles(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """Attendance list, agreements and run sheet on paper."""
    trouve = _atelier(pk)
    contexte: dict[str, Any] = {
        "atelier": trouve, "commune": Commune.actuelle(), "finalites": Finalite.choices,
        "participants": trouve.participants.exclude(statut=Participant.Statut.DESISTE),
        "moments": _horaires(trouve), "vides": range(6), "lignes": range(18), "tables": range(1, trouve.tables + 1),
    }  # fmt: skip
    return pdf("ateliers/feuilles_pdf.html", contexte, f"feuilles-atelier-{pk}")


def _horaires(trouve: Atelier) -> list[tuple[str, Sequence]]:
    heure, moments = timezone.localtime(trouve.debut), []
    for sequence in trouve.sequences.all():
        moments.append((f"{heure:%H h %M}", sequence))
        heure += timedelta(minutes=sequence.minutes)
    return moments


@require_safe
@reserve(SAISIR | LIRE)
def deroule(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """The run sheet with its hours, to read from a phone."""
    trouve = _atelier(pk)
    return render(request, "ateliers/deroule.html", {
        "titre": "Déroulé", "atelier": trouve, "dossier": trouve.dossier, "moments": _horaires(trouve),
        "duree": sum(s.minutes for s in trouve.sequences.all()), "page_active": "ateliers",
        "prevu": int((trouve.fin - trouve.debut).total_seconds() // 60),
    })  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def modele(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """Start the run sheet again from a template."""
    trouve = _atelier(pk)
    retour = reverse("ateliers:deroule", args=[pk])
    form = ModeleDerouleForm(soumis(request))
    if form.is_valid():
        services.appliquer_modele(trouve, form.cleaned_data["modele"])
        return fait(request, "Le déroulé est remplacé.", retour)
    return page_formulaire(
        request, form, "Repartir d'un modèle", bouton="Remplacer le déroulé", retour=("Déroulé", retour),
        intro="Le déroulé actuel est remplacé.", page_active="ateliers",
    )  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def moment(request: HttpRequest, membre: Membre, pk: int, sequence: int) -> HttpResponse:
    """One moment of the run sheet."""
    trouve = get_object_or_404(Sequence, pk=sequence, atelier_id=pk)
    retour = reverse("ateliers:deroule", args=[pk])
    titre = f"Modifier « {trouve.titre} »"
    form = MomentForm(soumis(request), instance=trouve)
    if form.is_valid():
        form.save()
        return fait(request, "Le moment est à jour.", retour)
    return page_formulaire(
        request, form, titre, bouton="Enregistrer", retour=("Déroulé", retour), page_active="ateliers"
    )


@require_safe
@reserve(SAISIR)
def presences(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """Who is here: one button a person, large enough for a thumb."""
    trouve = _atelier(pk)
    attendus = [Participant.Statut.INSCRIT, Participant.Statut.ATTENTE, Participant.Statut.PRESENT,
                Participant.Statut.ABSENT, Participant.Statut.INVITE]  # fmt: skip
    gens = trouve.participants.filter(statut__in=attendus).prefetch_related("consentements")
    return render(request, "ateliers/presences.html", {
        "titre": "Présences", "atelier": trouve, "dossier": trouve.dossier, "participants": gens,
        "presents": sum(p.statut == Participant.Statut.PRESENT for p in gens), "page_active": "ateliers",
    })  # fmt: skip


@require_POST
@reserve(SAISIR)
def pointer(request: HttpRequest, membre: Membre, pk: int, participant: int) -> HttpResponse:
    """Present, or not."""
    trouve = get_object_or_404(Participant.objects.select_related("atelier"), pk=participant, atelier_id=pk)
    present = request.POST.get("present") == "1"
    services.pointer(membre, trouve, present)
    etat = "présente" if present else "notée absente"
    return fait(request, f"{trouve.nom} : personne {etat}.", reverse("ateliers:presences", args=[pk]))


@formulaire_web
@reserve(SAISIR)
def scanner(request: HttpRequest, membre: Membre, pk: int, jeton: str) -> HttpResponse:
    """What the QR code of a letter opens on a phone of the team."""
    trouve = get_object_or_404(Participant.objects.select_related("atelier"), jeton=jeton, atelier_id=pk)
    retour = reverse("ateliers:presences", args=[pk])
    if request.method == "POST":
        services.pointer(membre, trouve, True)
        return fait(request, f"{trouve.nom} est là.", retour)
    return page_confirmer(
        request, f"Noter {trouve.nom} comme présent ou présente", bouton="Oui, cette personne est là",
        retour=("Présences", retour), page_active="ateliers",
    )  # fmt: skip


@formulaire_web
@reserve(SAISIR)
def notes(request: HttpRequest, membre: Membre, pk: int, table: int) -> HttpResponse:
    """Notes of one table. The page's script keeps what could not be sent and sends it later."""
    trouve = _atelier(pk)
    form = NoteForm(soumis(request), initial={"cle": uuid.uuid4().hex})
    if form.is_valid():
        note = services.ecrire_note(membre, trouve, table, form.cleaned_data["texte"], form.cleaned_data["cle"])
        if "application/json" in request.headers.get("Accept", ""):
            return JsonResponse({"cle": note.cle})
        return fait(request, "C'est noté.", reverse("ateliers:notes", args=[pk, table]))
    return page_formulaire(
        request, form, f"Notes de la table {table}", bouton="Noter", retour=_retour(trouve),
        gabarit="ateliers/notes.html", page_active="ateliers", atelier=trouve, table=table,
        notes=trouve.notes.filter(table=table).order_by("-notee_le"),
    )  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def tenir(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """The workshop is over: notes join the opinions."""
    trouve = _atelier(pk)
    refus: list[str] = []
    if request.method == "POST":
        try:
            n = services.tenir(membre, trouve)
        except (AtelierRefuse, AvisRefuse) as erreur:
            refus = [str(erreur)]
        else:
            return fait(request, f"L'atelier est terminé. {n} notes sont versées aux avis.", _retour(trouve)[1])
    return page_confirmer(
        request, "Terminer l'atelier", bouton="Terminer l'atelier", retour=_retour(trouve), refus=refus,
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
    trouve = _atelier(pk)
    form = AnnulerForm(soumis(request))
    if form.is_valid():
        services.annuler(membre, trouve, form.cleaned_data["motif"])
        return fait(request, "L'atelier est annulé. Les personnes concernées sont prévenues.", _retour(trouve)[1])
    return page_formulaire(
        request, form, "Annuler l'atelier", bouton="Annuler l'atelier", retour=_retour(trouve),
        intro="Toutes les personnes invitées reçoivent un message avec cette raison.", page_active="ateliers",
    )  # fmt: skip
