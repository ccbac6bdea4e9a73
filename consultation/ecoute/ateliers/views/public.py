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
from consultation.ecoute.cadre.pages import PUBLIC, fait, page_formulaire, soumis
from consultation.ecoute.contributions.services import AvisRefuse, ralentir
from socle.envois.plafonds import PlafondAtteint
from socle.securite.adresse import adresse_de

DEJA_INSCRIT = (
    "Cette adresse e-mail est déjà sur la liste de cet atelier : nous venons d'y envoyer le lien de votre place. "
    "Ouvrez votre messagerie. Rien reçu ? Appelez-nous."
)


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
            participant = services.inscrire_en_ligne(atelier, form.save(commit=False))
        except PlafondAtteint as plafond:
            form.add_error("courriel" if form.cleaned_data["courriel"] else "telephone", str(plafond))
        except (AtelierRefuse, AvisRefuse) as refus:
            form.add_error(None, str(refus))
        else:
            if participant is not None:
                return redirect("public:ma_place", jeton=participant.jeton)
            form.add_error("courriel", DEJA_INSCRIT)
    return page_formulaire(
        request, form, "S'inscrire à un atelier", bouton="M'inscrire", retour=(atelier.dossier.titre, retour),
        gabarit="ateliers/public/inscription.html", base_page=PUBLIC, atelier=atelier,
    )  # fmt: skip


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
    if request.method == "POST":
        geste = request.POST.get("geste")
        try:
            if geste == "venir":
                place = services.inscrire(participant.atelier, participant, par_inconnu=True)
                phrase = "Votre place est retenue." if place.assis else "L'atelier est complet : vous êtes en attente."
                return fait(request, phrase, ici)
            if geste == "renoncer":
                services.desister(participant, par_inconnu=True)
                return fait(request, "C'est noté : vous ne viendrez pas. Merci de nous avoir prévenus.", ici)
            if geste == "retirer":
                accords.tout_retirer(participant)
                return fait(request, "Vos accords sont retirés. Vos paroles ne seront plus citées.", ici)
        except AtelierRefuse as refus:
            return fait(request, str(refus), ici)
    form = AccordsForm(soumis(request), participant=participant)
    if form.is_valid():
        accords.repondre(participant, form.reponses())
        return fait(request, "Vos choix sont enregistrés.", ici)
    return page_formulaire(
        request, form, "Votre place", bouton="Enregistrer mes choix", retour=None, base_page=PUBLIC,
        gabarit="ateliers/public/place.html", participant=participant, atelier=participant.atelier,
        lien=courriels.lien(participant),
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
