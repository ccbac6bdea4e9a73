"""The only ways an answer comes in, is set aside, is taken into a dossier, loses its text."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.text import slugify

from consultation.ecoute.contributions import services as contributions
from consultation.ecoute.contributions.models import Canal
from consultation.ecoute.contributions.services import AvisRefuse, Saisie
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.journal.services import noter
from consultation.ecoute.satisfaction import alertes
from consultation.ecoute.satisfaction.forms import Dit
from consultation.ecoute.satisfaction.models import LIENS, Demarche, Reponse, Reprise, Source

if TYPE_CHECKING:
    from consultation.ecoute.equipe.models import Membre

PAR_APPAREIL = 3  # answers a day about one procedure: a family shares a phone, a flood does not pass


def source_de(valeur: str) -> Source:
    """The tag of a link; what nobody printed counts as an address typed."""
    return Source(valeur) if valeur in LIENS else Source.DIRECTE


@transaction.atomic
def repondre(demarche: Demarche, dit: Dit, source: Source, jeton: str, maintenant: datetime | None = None) -> Reponse:
    """From the public page; the same answer twice from one device counts once, too many are refused in words.

    Raises AvisRefuse when the procedure takes no more, or after PAR_APPAREIL answers of one device that day.
    """
    moment = maintenant or timezone.now()
    jour = timezone.localtime(moment).date()
    actuelle = Demarche.objects.select_for_update().get(pk=demarche.pk)
    if not actuelle.ouverte:
        raise AvisRefuse("Cette démarche ne reçoit plus d'avis : votre réponse n'est pas enregistrée.")
    oublier_appareils(jour)
    appareil = _cle(actuelle, jour, jeton) if jeton else ""
    empreinte = _cle(actuelle, jour, repr(sorted(asdict(dit).items())))
    deja = actuelle.reponses.filter(appareil=appareil) if appareil else actuelle.reponses.none()
    meme = deja.filter(empreinte=empreinte).first()
    if meme is not None:
        return meme
    if deja.count() >= PAR_APPAREIL:
        raise AvisRefuse(
            f"{PAR_APPAREIL} réponses ont déjà été données aujourd'hui avec cet appareil : c'est la limite. Votre "
            "réponse n'est pas enregistrée. Revenez demain, ou donnez-la au guichet."
        )
    return _garder(actuelle, dit, source, moment, appareil=appareil, empreinte=empreinte)


@transaction.atomic
def saisir(membre: Membre, demarche: Demarche, dit: Dit, source: Source) -> Reponse:
    """From paper or from somebody at the counter: entered by the team."""
    reponse = _garder(demarche, dit, source, timezone.now())
    noter(membre, f"a saisi une réponse sur la démarche « {demarche.titre} »")
    return reponse


def _garder(
    demarche: Demarche, dit: Dit, source: Source, moment: datetime, *, appareil: str = "", empreinte: str = ""
) -> Reponse:
    reponse = Reponse.objects.create(
        demarche=demarche, jour=timezone.localtime(moment).date(), source=source, appareil=appareil,
        empreinte=empreinte, **{**asdict(dit), "contact_tried": list(dit.contact_tried)},
    )  # fmt: skip
    if reponse.verbatim:
        alertes.annoncer(demarche, moment)
    return reponse


def _cle(demarche: Demarche, jour: date, valeur: str) -> str:
    """Keyed digest that links nothing from one procedure to another, nor from one day to the next."""
    return salted_hmac(f"satisfaction.{demarche.pk}.{jour}", valeur).hexdigest()


def oublier_appareils(jour: date) -> None:
    """Digests serve one day."""
    Reponse.objects.filter(jour__lt=jour).exclude(appareil="", empreinte="").update(appareil="", empreinte="")


@transaction.atomic
def ecarter(membre: Membre, reponse: Reponse, motif: str) -> None:
    """It counts no more; why is kept. Raises AvisRefuse without a reason."""
    if not motif.strip():
        raise AvisRefuse("Dites pourquoi cette réponse est écartée.")
    reponse.ecartee_le, reponse.ecartee_motif = timezone.now(), motif.strip()
    reponse.save(update_fields=["ecartee_le", "ecartee_motif"])
    noter(membre, f"a écarté une réponse sur « {reponse.demarche.titre} » ({motif.strip()})")


@transaction.atomic
def retablir(membre: Membre, reponse: Reponse) -> None:
    """Undo."""
    reponse.ecartee_le, reponse.ecartee_motif = None, ""
    reponse.save(update_fields=["ecartee_le", "ecartee_motif"])
    noter(membre, f"a rétabli une réponse sur « {reponse.demarche.titre} »")


@transaction.atomic
def nommer(membre: Membre, demarche: Demarche) -> Demarche:
    """Add or rename a procedure typed by the team; its address never changes: it is printed on paper."""
    nouvelle = demarche.pk is None
    if nouvelle:
        racine = slugify(demarche.titre)[:70] or "demarche"
        prises = set(Demarche.objects.filter(slug__startswith=racine).values_list("slug", flat=True))
        demarche.slug = next(s for n in range(1, 1000) if (s := racine if n == 1 else f"{racine}-{n}") not in prises)
    demarche.save()
    noter(membre, f"a {'ajouté' if nouvelle else 'modifié'} la démarche « {demarche.titre} »")
    return demarche


@transaction.atomic
def suivre(membre: Membre, demarche: Demarche, voulu: bool) -> None:
    """Be told by mail of new texts about this procedure, or no longer."""
    (demarche.abonnes.add if voulu else demarche.abonnes.remove)(membre)


@dataclass(frozen=True)
class Bilan:
    """What taking texts into a dossier did."""

    repris: int
    deja: int
    trop_tard: int


@transaction.atomic
def reprendre(membre: Membre, demarche: Demarche, dossier: Dossier, depuis: date | None = None) -> Bilan:
    """Texts become opinions of the dossier; those already there, or given after its closing, do not."""
    textes = demarche.reponses.filter(ecartee_le=None).exclude(verbatim="").order_by("pk")
    if depuis is not None:
        textes = textes.filter(jour__gte=depuis)
    deja = set(Reprise.objects.filter(dossier=dossier, reponse__demarche=demarche).values_list("reponse", flat=True))
    nouveaux = [r for r in textes if r.pk not in deja]
    a_temps = [r for r in nouveaux if dossier.fermeture is None or _recue(r) <= dossier.fermeture]
    saisies = [Saisie(r.verbatim, Canal.SATISFACTION, {}, _recue(r)) for r in a_temps]
    crees = contributions.verser(membre, dossier, saisies, f"de la démarche « {demarche.titre} »")
    Reprise.objects.bulk_create(
        Reprise(reponse=reponse, contribution=avis, dossier=dossier)
        for reponse, avis in zip(a_temps, crees, strict=True)
    )
    return Bilan(len(a_temps), sum(r.pk in deja for r in textes), len(nouveaux) - len(a_temps))


def _recue(reponse: Reponse) -> datetime:
    """Noon of the day, as for paper; never in the future."""
    return min(timezone.make_aware(datetime.combine(reponse.jour, time(12))), timezone.now())


def effacer_textes(avant: date, maintenant: datetime) -> int:
    """Texts older than their retention go, ticks stay to be counted; return how many went."""
    oublier_appareils(timezone.localtime(maintenant).date())
    vieux = Reponse.objects.filter(jour__lt=avant).exclude(verbatim="")
    return vieux.update(verbatim="", efface_le=maintenant)


def textes(demarche: Demarche, depuis: date | None) -> QuerySet[Reponse]:
    """Texts that count, the last first."""
    trouves = demarche.reponses.filter(ecartee_le=None).exclude(verbatim="")
    return trouves.filter(jour__gte=depuis) if depuis else trouves
