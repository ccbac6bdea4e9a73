"""The day itself: one person, who is here, what is said at the tables."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultation.ecoute.ateliers import accords, courriels, notes, services
from consultation.ecoute.ateliers.erreurs import AtelierRefuse
from consultation.ecoute.ateliers.forms import (
    AccordsForm,
    ArriveeForm,
    CorrigerNoteForm,
    NoteForm,
    ParticipantForm,
)
from consultation.ecoute.ateliers.models import Atelier, Note, Participant
from consultation.ecoute.ateliers.views.equipe import page_atelier, retour_atelier, trouver_atelier
from consultation.ecoute.cadre.pages import fait, page_confirmer, page_formulaire, soumis
from consultation.ecoute.contributions.services import AvisRefuse
from consultation.ecoute.equipe.acces import PREPARER, SAISIR, reserve
from consultation.ecoute.equipe.models import Membre

formulaire_web = require_http_methods(["GET", "HEAD", "POST"])
Statut = Participant.Statut


def _participant(pk: int, participant: int) -> Participant:
    return get_object_or_404(Participant.objects.select_related("atelier__dossier"), pk=participant, atelier_id=pk)


def _jsonable(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


@formulaire_web
@reserve(SAISIR)
def participant(request: HttpRequest, membre: Membre, pk: int, participant: int) -> HttpResponse:
    """One person: their answer by phone, their agreements, their contacts."""
    personne = _participant(pk, participant)
    ici = reverse("ateliers:participant", args=[pk, participant])
    geste = request.POST.get("geste", "")
    if geste == "appele":
        services.appele(membre, personne)
        return fait(request, "C'est noté : la personne est prévenue.", ici)
    if geste in ("venir", "renoncer"):
        try:
            if geste == "venir":
                place = services.inscrire(personne.atelier, personne)
                phrase = "Sa place est retenue." if place.assis else "L'atelier est complet : en liste d'attente."
            else:
                services.desister(personne)
                phrase = "C'est noté : cette personne ne viendra pas. Sa place va à la première de la liste d'attente."
        except AtelierRefuse as refus:
            phrase = str(refus)
        return fait(request, phrase, ici)
    form = AccordsForm(soumis(request), participant=personne)
    if form.is_valid():
        n = accords.repondre(personne, form.reponses(), membre)
        return fait(request, "Les accords sont enregistrés." if n else "Rien n'a changé.", ici)
    return page_formulaire(
        request, form, personne.nom, bouton="Enregistrer ses accords", retour=retour_atelier(personne.atelier),
        gabarit="ateliers/participant.html", page_active="ateliers", participant=personne, atelier=personne.atelier,
        lien=courriels.lien(personne),
    )  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def modifier_participant(request: HttpRequest, membre: Membre, pk: int, participant: int) -> HttpResponse:
    """Name and contacts."""
    personne = _participant(pk, participant)
    retour = reverse("ateliers:participant", args=[pk, participant])
    form = ParticipantForm(soumis(request), instance=personne)
    if form.is_valid():
        form.save()
        return fait(request, "C'est à jour.", retour)
    return page_formulaire(
        request, form, "Modifier", bouton="Enregistrer", retour=(personne.nom, retour), page_active="ateliers"
    )


@formulaire_web
@reserve(PREPARER)
def enlever_participant(request: HttpRequest, membre: Membre, pk: int, participant: int) -> HttpResponse:
    """Somebody put on the list by mistake."""
    personne = _participant(pk, participant)
    refus: list[str] = []
    if request.method == "POST":
        try:
            services.enlever(membre, personne)
        except AtelierRefuse as erreur:
            refus = [str(erreur)]
        else:
            return fait(request, f"{personne.nom} n'est plus sur la liste.", page_atelier(personne.atelier))
    return page_confirmer(
        request, f"Enlever {personne.nom} de la liste", bouton="Enlever de la liste", danger=True, refus=refus,
        retour=(personne.nom, reverse("ateliers:participant", args=[pk, participant])), page_active="ateliers",
        consequences=["Ses coordonnées et ses accords pour cet atelier sont effacés.", "Personne n'est prévenu."],
    )  # fmt: skip


@require_safe
@reserve(SAISIR)
def presences(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """Who is here: one button a person, large enough for a thumb."""
    trouve = trouver_atelier(pk)
    gens = list(trouve.participants.exclude(statut=Statut.DESISTE).prefetch_related("consentements"))
    return render(request, "ateliers/presences.html", {
        "titre": "Présences", "atelier": trouve, "dossier": trouve.dossier, "participants": gens,
        "presents": sum(p.statut == Statut.PRESENT for p in gens), "page_active": "ateliers",
    })  # fmt: skip


@require_POST
@reserve(SAISIR)
def pointer(request: HttpRequest, membre: Membre, pk: int, participant: int) -> HttpResponse:
    """Present, or not."""
    personne = _participant(pk, participant)
    present = request.POST.get("present") == "1"
    services.pointer(membre, personne, present)
    etat = "présente" if present else "notée absente"
    return fait(request, f"{personne.nom} : personne {etat}.", reverse("ateliers:presences", args=[pk]))


@formulaire_web
@reserve(SAISIR)
def arrivee(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """Somebody came whom nobody expected."""
    trouve = trouver_atelier(pk)
    retour = reverse("ateliers:presences", args=[pk])
    form = ArriveeForm(soumis(request), instance=Participant(atelier=trouve))
    if form.is_valid():
        try:
            personne = services.accueillir(membre, trouve, form.save(commit=False))
        except AtelierRefuse as refus:
            form.add_error(None, str(refus))
        else:
            return fait(request, f"{personne.nom} est là.", retour)
    return page_formulaire(
        request, form, "Une personne de plus", bouton="Elle est là", retour=("Présences", retour),
        page_active="ateliers",
    )  # fmt: skip


@formulaire_web
@reserve(SAISIR)
def scanner(request: HttpRequest, membre: Membre, pk: int, jeton: str) -> HttpResponse:
    """What the QR code of a letter opens on a phone of the team."""
    personne = get_object_or_404(Participant.objects.select_related("atelier"), jeton=jeton, atelier_id=pk)
    retour = reverse("ateliers:presences", args=[pk])
    if request.method == "POST":
        services.pointer(membre, personne, True)
        return fait(request, f"{personne.nom} est là.", retour)
    return page_confirmer(
        request, f"Noter {personne.nom} comme présent ou présente", bouton="Oui, cette personne est là",
        retour=("Présences", retour), page_active="ateliers",
    )  # fmt: skip


def _etat_table(membre: Membre, trouve: Atelier, table: int) -> dict[str, Any]:
    """What the page shows of a table, for its script too."""
    prises = trouve.notes.filter(table=table).select_related("notee_par").order_by("-notee_le", "-pk")
    return {
        "notes": [
            {
                "cle": n.cle, "texte": n.texte, "heure": f"{timezone.localtime(n.notee_le):%-H h %M}",
                "par": "" if n.notee_par_id in (None, membre.pk) or n.notee_par is None else n.notee_par.nom,
                "corriger": ""
                if n.contribution_id
                else reverse("ateliers:corriger_note", args=[trouve.pk, table, n.pk]),
            }
            for n in prises
        ],
        "autres": notes.autres(membre, trouve, table),
    }  # fmt: skip


@formulaire_web
@reserve(SAISIR)
def table(request: HttpRequest, membre: Membre, pk: int, table: int) -> HttpResponse:
    """Notes of one table. The page's script keeps what could not be sent and sends it later."""
    trouve = trouver_atelier(pk)
    if not 1 <= table <= trouve.tables:
        raise Http404
    form = NoteForm(soumis(request), atelier=trouve, initial={"cle": uuid.uuid4().hex})
    if form.is_valid():
        lu = form.cleaned_data
        try:
            notes.ecrire(membre, trouve, table, lu["texte"], lu["cle"], participant=lu["qui"])
        except (AtelierRefuse, AvisRefuse) as refus:
            form.add_error(None, str(refus))
        else:
            if _jsonable(request):
                return JsonResponse(_etat_table(membre, trouve, table))
            return fait(request, "C'est noté.", reverse("ateliers:table", args=[pk, table]))
    if _jsonable(request):
        refus_ = [str(e) for liste in form.errors.values() for e in liste]
        return JsonResponse({"refus": refus_} if refus_ else _etat_table(membre, trouve, table),
                            status=422 if refus_ else 200)  # fmt: skip
    return page_formulaire(
        request, form, f"Notes de la table {table}", bouton="Noter", retour=retour_atelier(trouve),
        gabarit="ateliers/notes.html", page_active="ateliers", atelier=trouve, table=table,
        **_etat_table(membre, trouve, table),
    )  # fmt: skip


@formulaire_web
@reserve(SAISIR)
def corriger_note(request: HttpRequest, membre: Membre, pk: int, table: int, note: int) -> HttpResponse:
    """Correct a note, or take it away; two who correct the same one see each other's words."""
    trouvee = get_object_or_404(Note.objects.select_related("atelier"), pk=note, atelier_id=pk, table=table)
    retour = reverse("ateliers:table", args=[pk, table])
    donnees = soumis(request)
    form = CorrigerNoteForm(donnees, note=trouvee)
    try:
        if request.POST.get("geste") == "enlever":
            notes.enlever(membre, trouvee)
            return fait(request, "La note est enlevée.", retour)
        if form.is_valid():
            lu = form.cleaned_data
            notes.corriger(membre, trouvee, lu["texte"], lu["version"], lu["qui"])
            return fait(request, "La note est corrigée.", retour)
    except notes.NoteChangee as conflit:
        assert donnees is not None  # noqa: S101 - for the type checker
        suite = donnees.copy()  # what was typed stays; the next save replaces the version just shown
        suite["version"] = str(conflit.note.version)
        form = CorrigerNoteForm(suite, note=conflit.note)
        form.is_valid()
        form.add_error(None, str(conflit))
    except AtelierRefuse as refus:
        return fait(request, str(refus), retour)
    return page_formulaire(
        request, form, "Corriger une note", bouton="Enregistrer", retour=(f"Notes de la table {table}", retour),
        gabarit="ateliers/corriger_note.html", page_active="ateliers", atelier=trouvee.atelier,
    )  # fmt: skip


@require_safe
def hors_ligne(request: HttpRequest) -> HttpResponse:
    """The script that opens the notes page without network; served from here so that it may look after it.

    It holds no data: nobody needs to be signed in.
    """
    chemin = finders.find("ateliers/hors-ligne.js")
    assert isinstance(chemin, str)  # noqa: S101 - shipped with the application
    return HttpResponse(Path(chemin).read_text(encoding="utf-8"), content_type="text/javascript; charset=utf-8")
