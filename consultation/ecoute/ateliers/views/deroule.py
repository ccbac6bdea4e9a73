"""Run sheet, facilitation guide, and everything that goes on paper."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultation.ecoute.ateliers import courriels, deroules
from consultation.ecoute.ateliers.forms import ModeleDerouleForm, MomentForm
from consultation.ecoute.ateliers.modeles import GUIDE
from consultation.ecoute.ateliers.models import Finalite, Participant, Sequence
from consultation.ecoute.ateliers.views.equipe import trouver_atelier
from consultation.ecoute.cadre.pages import fait, page_formulaire, pdf, soumis
from consultation.ecoute.commune.models import Commune
from consultation.ecoute.equipe.acces import LIRE, PREPARER, SAISIR, reserve
from consultation.ecoute.equipe.models import Membre

formulaire_web = require_http_methods(["GET", "HEAD", "POST"])
Statut = Participant.Statut


@require_safe
@reserve(SAISIR | LIRE)
def deroule(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """The run sheet with its hours, to read from a phone."""
    trouve = trouver_atelier(pk)
    moments = deroules.horaires(trouve)
    duree, prevu = sum(s.minutes for _, s in moments), deroules.duree_prevue(trouve)
    return render(request, "ateliers/deroule.html", {
        "titre": "Déroulé", "atelier": trouve, "dossier": trouve.dossier, "moments": moments, "duree": duree,
        "prevu": prevu, "ecart": duree - prevu, "libre": prevu - duree, "page_active": "ateliers",
    })  # fmt: skip


@require_safe
@reserve(SAISIR | LIRE)
def guide(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """How to facilitate, from a month before to two weeks after."""
    trouve = trouver_atelier(pk)
    return render(request, "ateliers/guide.html", {
        "titre": "Guide d'animation", "atelier": trouve, "dossier": trouve.dossier, "chapitres": GUIDE,
        "page_active": "ateliers",
    })  # fmt: skip


@formulaire_web
@reserve(PREPARER)
def modele(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """Start the run sheet again from a template."""
    trouve = trouver_atelier(pk)
    retour = reverse("ateliers:deroule", args=[pk])
    form = ModeleDerouleForm(soumis(request))
    if form.is_valid():
        deroules.adapter(trouve, form.cleaned_data["modele"])
        return fait(request, "Le déroulé est remplacé, ajusté à la durée de l'atelier.", retour)
    return page_formulaire(
        request, form, "Repartir d'un modèle", bouton="Remplacer le déroulé", retour=("Déroulé", retour),
        intro=f"Le déroulé actuel est remplacé. Les durées s'ajustent aux {deroules.duree_prevue(trouve)} minutes "
        "de l'atelier.", page_active="ateliers",
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


@formulaire_web
@reserve(PREPARER)
def nouveau_moment(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """A moment more."""
    trouve = trouver_atelier(pk)
    retour = reverse("ateliers:deroule", args=[pk])
    form = MomentForm(soumis(request), instance=Sequence(atelier=trouve))
    if form.is_valid():
        deroules.ajouter(form.save(commit=False))
        return fait(request, "Le moment est ajouté, avant le dernier. Vous pouvez le déplacer.", retour)
    return page_formulaire(
        request, form, "Ajouter un moment", bouton="Ajouter", retour=("Déroulé", retour), page_active="ateliers"
    )


@require_POST
@reserve(PREPARER)
def ranger(request: HttpRequest, membre: Membre, pk: int, sequence: int) -> HttpResponse:
    """Earlier, later, or out."""
    trouve = get_object_or_404(Sequence, pk=sequence, atelier_id=pk)
    geste = request.POST.get("geste")
    if geste == "enlever":
        deroules.enlever(trouve)
        phrase = f"« {trouve.titre} » est enlevé du déroulé."
    else:
        deroules.deplacer(trouve, -1 if geste == "avant" else 1)
        phrase = f"« {trouve.titre} » est déplacé."
    return fait(request, phrase, reverse("ateliers:deroule", args=[pk]))


@require_safe
@reserve(PREPARER)
def lettres(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """Letters of invitation, one a page, for everybody still invited or registered."""
    trouve = trouver_atelier(pk)
    gens = trouve.participants.filter(statut__in=[Statut.INVITE, Statut.INSCRIT])
    if request.GET.get("sans_courriel"):
        gens = gens.filter(courriel="")
    contexte: dict[str, Any] = {
        "atelier": trouve, "commune": Commune.actuelle(), "le": timezone.now(),
        "lettres": [(p, courriels.lien(p)) for p in gens],
    }  # fmt: skip
    return pdf("ateliers/lettre_pdf.html", contexte, f"lettres-atelier-{pk}")


@require_safe
@reserve(SAISIR)
def feuilles(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """Attendance list, run sheet and notes on paper."""
    trouve = trouver_atelier(pk)
    contexte: dict[str, Any] = {
        "atelier": trouve, "commune": Commune.actuelle(), "chapitres": GUIDE,
        "participants": trouve.participants.exclude(statut__in=Participant.PAS_ATTENDUS),
        "moments": deroules.horaires(trouve), "vides": range(4), "lignes": range(23),
        "tables": range(1, trouve.tables + 1), "duree": deroules.duree_prevue(trouve),
    }  # fmt: skip
    return pdf("ateliers/feuilles_pdf.html", contexte, f"feuilles-atelier-{pk}")


@require_safe
@reserve(SAISIR)
def materiel(request: HttpRequest, membre: Membre, pk: int) -> HttpResponse:
    """What lies on the tables and hangs on the doors: agreements, journeys, name tags, posters."""
    trouve = trouver_atelier(pk)
    gens = trouve.participants.exclude(statut__in=Participant.PAS_ATTENDUS)
    contexte: dict[str, Any] = {
        "atelier": trouve, "commune": Commune.actuelle(), "finalites": Finalite.choices,
        "accords": [(p, courriels.lien(p)) for p in gens], "etapes": range(6),
        "etiquettes": prenoms([p.nom for p in gens]),
        "tables": range(1, trouve.tables + 1),
        "adresse": f"{settings.URL_PUBLIQUE}{reverse('public:consultation', args=[trouve.dossier.slug])}",
    }  # fmt: skip
    return pdf("ateliers/materiel_pdf.html", contexte, f"materiel-atelier-{pk}")


def prenoms(noms: list[str]) -> list[str]:
    """What name tags say: the first name, with the initial of the name where two people share it."""
    coupes = [nom.split() or [""] for nom in noms]
    partages = Counter(mots[0].casefold() for mots in coupes)
    return [
        f"{mots[0]} {mots[-1][:1]}." if partages[mots[0].casefold()] > 1 and len(mots) > 1 else mots[0]
        for mots in coupes
    ]
