"""Registering, and one's own page: seat, agreements, calendar file."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consultation.ecoute.ateliers import accords, agenda, courriels, services
from consultation.ecoute.ateliers.erreurs import AtelierRefuse
from consultation.ecoute.ateliers.forms import AccordsForm, InscriptionForm
from consultation.ecoute.ateliers.models import NOM_EFFACE, Atelier, Participant
from consultation.ecoute.cadre.pages import PUBLIC, fait, page_confirmer, page_formulaire, soumis
from consultation.ecoute.contributions.services import AvisRefuse, ralentir
from socle.envois.plafonds import PlafondAtteint
from socle.securite.adresse import adresse_de


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def inscription(request: HttpRequest, pk: int) -> HttpResponse:
    """Register; the waiting list when full."""
    atelier = get_object_or_404(Atelier.objects.select_related("dossier"), pk=pk, inscription_publique=True)
    if not atelier.dossier.public:
        raise Http404
    retour = reverse("public:consultation", args=[atelier.dossier.slug])
    if atelier.etat != Atelier.Etat.PREVU or atelier.debut <= timezone.now() or not atelier.dossier.en_cours:
        return render(request, "ateliers/public/termine.html", {"titre": "Les inscriptions sont terminées",
                                                                "atelier": atelier}, status=410)  # fmt: skip
    form = InscriptionForm(soumis(request))
    if form.is_valid():
        try:
            ralentir(adresse_de(request), "atelier")
            ecrit = services.demander(atelier, form.save(commit=False))
        except PlafondAtteint as plafond:
            form.add_error("courriel" if form.cleaned_data["courriel"] else "telephone", str(plafond))
        except (AtelierRefuse, AvisRefuse) as refus:
            form.add_error(None, str(refus))
        else:
            return redirect("public:demande", pk=pk, suite="message" if ecrit else "appel")
    return page_formulaire(
        request, form, "S'inscrire à un atelier", bouton="Demander une place", retour=(atelier.dossier.titre, retour),
        gabarit="ateliers/public/inscription.html", base_page=PUBLIC, atelier=atelier,
    )  # fmt: skip


@require_safe
def demande(request: HttpRequest, pk: int, suite: str) -> HttpResponse:
    """What comes after a request for a seat; the same for whoever is on the list already."""
    atelier = get_object_or_404(Atelier.objects.select_related("dossier"), pk=pk, inscription_publique=True)
    if not atelier.dossier.public or suite not in ("message", "appel"):
        raise Http404
    return render(request, "ateliers/public/demande.html", {
        "titre": "Votre demande est notée", "atelier": atelier, "par_message": suite == "message",
        "jours": services.DEMANDE_GARDEE.days,
    })  # fmt: skip


def _participant(jeton: str) -> Participant:
    return get_object_or_404(
        Participant.objects.exclude(nom=NOM_EFFACE).select_related("atelier__dossier"), jeton=jeton
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def ma_place(request: HttpRequest, jeton: str) -> HttpResponse:
    """One's own page. The address is the key: nothing else is asked."""
    participant = _participant(jeton)
    ici = reverse("public:ma_place", args=[jeton])
    if request.method != "POST" and request.GET.get("geste") == "renoncer":
        return _renoncer(request, participant, ici)
    if request.method == "POST" and (phrase := _geste(participant, request.POST.get("geste", ""))):
        return fait(request, phrase, ici)
    form = AccordsForm(soumis(request), participant=participant)
    if form.is_valid():
        accords.repondre(participant, form.reponses())
        return fait(request, "Vos choix sont enregistrés.", ici)
    return page_formulaire(
        request, form, "Votre place", bouton="Enregistrer mes choix", retour=None, base_page=PUBLIC,
        gabarit="ateliers/public/place.html", participant=participant, atelier=participant.atelier,
        lien=courriels.lien(participant),
    )  # fmt: skip


def _geste(participant: Participant, geste: str) -> str:
    """Do it; what to say, or nothing when it is none of these."""
    try:
        if geste == "venir":
            place = services.inscrire(participant.atelier, participant, par_inconnu=True)
            return "Votre place est retenue." if place.assis else "L'atelier est complet : vous êtes en attente."
        if geste == "renoncer":
            services.desister(participant, par_inconnu=True)
            return "C'est noté : vous ne viendrez pas. Merci de nous avoir prévenus."
        if geste == "retirer":
            accords.tout_retirer(participant)
            return "Vos accords sont retirés. Vos paroles ne seront plus citées."
    except AtelierRefuse as refus:
        return str(refus)
    return ""


def _renoncer(request: HttpRequest, participant: Participant, ici: str) -> HttpResponse:
    """What is lost, before it is."""
    consequences = ["Vous pourrez changer d'avis sur cette page, jusqu'au début de l'atelier, s'il reste une place."]
    if participant.assis:
        consequences.insert(0, "Votre place est rendue : la première personne en liste d'attente la prend.")
    elif participant.statut == Participant.Statut.ATTENTE:
        consequences.insert(0, "Vous quittez la liste d'attente et perdez votre rang.")
    return page_confirmer(
        request, "Vous ne venez pas ?", bouton="Je ne viens pas", retour=("Votre place", ici), base_page=PUBLIC,
        caches={"geste": "renoncer"}, vers=ici, consequences=consequences,
    )  # fmt: skip


@require_safe
@never_cache
def calendrier(request: HttpRequest, jeton: str) -> HttpResponse:
    """The calendar file."""
    participant = _participant(jeton)
    reponse = HttpResponse(
        agenda.fichier(participant.atelier, participant), content_type="text/calendar; charset=utf-8"
    )
    reponse["Content-Disposition"] = 'attachment; filename="atelier.ics"'
    return reponse
