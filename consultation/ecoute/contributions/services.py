"""The only ways a contribution comes in, is set aside or comes back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from consultation.dossier import Etat
from consultation.ecoute.contributions.models import Canal, Contact, Contribution, Depot
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.dossiers.services import retirer_paroles
from consultation.ecoute.journal.services import noter
from socle.securite.limites import Limite

if TYPE_CHECKING:
    from consultation.ecoute.equipe.models import Membre

DEPOTS = Limite(Depot, timedelta(hours=1), "contributions.depot")
DEPOTS_PAR_HEURE = 120  # of one address, for one purpose: a school, a library, a mobile operator share one
TROP = {
    "avis": "Beaucoup d'avis viennent d'arriver depuis votre connexion. Votre texte n'est pas enregistré : réessayez "
    "dans une heure, ou donnez-le par téléphone ou au guichet.",
    "atelier": "Beaucoup d'inscriptions à un atelier viennent d'arriver depuis votre connexion. La vôtre n'est pas "
    "enregistrée : réessayez dans une heure, ou inscrivez-vous par téléphone ou au guichet.",
    "demarche": "Beaucoup de réponses viennent d'arriver depuis votre connexion. La vôtre n'est pas enregistrée : "
    "réessayez dans une heure, ou donnez-la par téléphone ou au guichet.",
    "panel": "Beaucoup d'inscriptions au tirage au sort viennent d'arriver depuis votre connexion. La vôtre n'est pas "
    "enregistrée : réessayez dans une heure, ou inscrivez-vous par téléphone ou au guichet.",
}
"""What is said beyond the limit, by purpose: each has its own count."""
PAROLE_ENTIERE = 12  # characters: a shorter opinion (« Non ») is in any text by chance
PAPIER_APRES = (Etat.OUVERT, Etat.DEPOUILLEMENT)  # paper given in time may be entered after the closing


class AvisRefuse(Exception):
    """Why a contribution is not taken, in French, with what to do instead."""


def empreinte(texte: str) -> str:
    """Digest of the words alone."""
    return hashlib.sha256(" ".join(texte.casefold().split()).encode()).hexdigest()


def cle_appareil(dossier: Dossier, jeton: str) -> str:
    """Keyed digest of a device's token, different in each dossier: nobody can be followed across."""
    return salted_hmac(f"contributions.appareil.{dossier.pk}", jeton).hexdigest() if jeton else ""


def ralentir(adresse: str, quoi: str = "avis") -> None:
    """Count one more visit that sends something, for one purpose (a key of `TROP`).

    Raises AvisRefuse when a flood comes from this address. What one device may give is limited by the dossier.
    """
    cle = DEPOTS.cle("expediteur", f"{quoi}|{adresse}")
    if DEPOTS.depassee({cle: DEPOTS_PAR_HEURE}):
        raise AvisRefuse(TROP[quoi])
    DEPOTS.compter([cle])


@dataclass(frozen=True)
class Saisie:
    """What somebody said, and how."""

    texte: str
    canal: Canal
    profil: Mapping[str, str]
    recue_le: datetime | None = None
    bulletin: str = ""
    nom: str = ""
    courriel: str = ""
    telephone: str = ""
    publier: bool = False  # the person chose that their text may be published as open data


@transaction.atomic
def deposer(dossier: Dossier, saisie: Saisie, appareil: str = "", envoi: str = "") -> Contribution:
    """From the public page: limited as the dossier says; one form (`envoi`) sent twice from one device counts once.

    Raises AvisRefuse when the dossier is not open, or the device gave as many as allowed.
    """
    actuel = Dossier.objects.select_for_update().get(pk=dossier.pk)
    if not actuel.recoit:
        raise AvisRefuse("La participation n'est pas ouverte : votre avis n'est pas enregistré.")
    cle = cle_appareil(actuel, appareil)
    deja = actuel.contributions.filter(appareil=cle) if cle else actuel.contributions.none()
    meme = deja.filter(empreinte=empreinte(saisie.texte), envoi=_empreinte_d_envoi(envoi)).first()
    if meme is not None:
        return meme
    if deja.count() >= actuel.limite_par_appareil:
        raise AvisRefuse(
            f"{actuel.limite_par_appareil} avis ont déjà été donnés avec cet appareil : c'est la limite annoncée. Une "
            "autre personne peut le donner par téléphone, au guichet ou sur papier."
        )
    contribution = garder(actuel, saisie, appareil=cle)
    contribution.envoi = _empreinte_d_envoi(envoi)
    contribution.save(update_fields=["envoi"])
    return contribution


def _empreinte_d_envoi(envoi: str) -> str:
    return hashlib.sha256(envoi.encode()).hexdigest() if envoi else ""


@transaction.atomic
def saisir(membre: Membre, dossier: Dossier, saisie: Saisie) -> Contribution:
    """From the counter, the phone, paper: entered by somebody of the team.

    Raises AvisRefuse when the dossier is not open, the opinion came after the closing, or the paper is typed in
    already.
    """
    actuel = Dossier.objects.select_for_update().get(pk=dossier.pk)
    if actuel.etape not in PAPIER_APRES:
        raise AvisRefuse("Ce dossier n'est pas ouvert à la participation.")
    recue = saisie.recue_le or timezone.now()
    if actuel.fermeture is not None and recue > actuel.fermeture:
        raise AvisRefuse("Cet avis est arrivé après la fermeture : il ne peut plus compter.")
    if saisie.bulletin and actuel.contributions.filter(bulletin=saisie.bulletin).exists():
        raise AvisRefuse(f"Le bulletin {saisie.bulletin} est déjà saisi.")
    contribution = garder(actuel, saisie, membre=membre)
    noter(membre, f"a saisi l'avis n° {contribution.numero} ({contribution.get_canal_display()})", actuel)
    return contribution


@transaction.atomic
def verser(membre: Membre | None, dossier: Dossier, saisies: Sequence[Saisie], origine: str) -> list[Contribution]:
    """Several at once, from another part of the application (`origine`, as the trail says it); in the same order.

    Raises AvisRefuse when the dossier is not open.
    """
    actuel = Dossier.objects.select_for_update().get(pk=dossier.pk)
    if actuel.etape not in PAPIER_APRES:
        raise AvisRefuse("Ce dossier n'est pas ouvert à la participation.")
    crees = [garder(actuel, saisie, membre=membre) for saisie in saisies]
    if crees:
        noter(membre, f"a versé {len(crees)} avis venus {origine}", actuel)
    return crees


def garder(dossier: Dossier, saisie: Saisie, appareil: str = "", membre: Membre | None = None) -> Contribution:
    """Keep one more, under the next number; whoever calls holds the dossier and judged that it is to be kept."""
    dernier = dossier.contributions.aggregate(n=Max("numero"))["n"] or 0
    contribution = Contribution.objects.create(
        dossier=dossier, numero=dernier + 1, canal=saisie.canal, texte=saisie.texte.strip(),
        recue_le=saisie.recue_le or timezone.now(), saisie_par=membre, bulletin=saisie.bulletin,
        profil=dict(saisie.profil), empreinte=empreinte(saisie.texte), appareil=appareil,
        publication_acceptee=saisie.publier,
    )  # fmt: skip
    if saisie.courriel or saisie.telephone:
        Contact.objects.create(
            contribution=contribution, nom=saisie.nom, courriel=saisie.courriel, telephone=saisie.telephone
        )
    return contribution


@transaction.atomic
def ecarter(membre: Membre, contribution: Contribution, motif: str) -> None:
    """Set aside with a reason; it stays in the list of what was set aside. Raises AvisRefuse without a reason."""
    if not motif.strip():
        raise AvisRefuse("Dites pourquoi cet avis est écarté : le motif est publié, sans l'avis.")
    contribution.ecarte_le, contribution.ecarte_motif = timezone.now(), motif.strip()
    contribution.save(update_fields=["ecarte_le", "ecarte_motif"])
    noter(membre, f"a écarté l'avis n° {contribution.numero} ({motif.strip()})", contribution.dossier)


@transaction.atomic
def ecarter_ensemble(membre: Membre, dossier: Dossier, avis: QuerySet[Contribution], motif: str) -> int:
    """Set several aside for one reason, one line in the trail; return how many. Raises AvisRefuse without a reason."""
    if not motif.strip():
        raise AvisRefuse("Dites pourquoi ces avis sont écartés : le motif est publié, sans les avis.")
    numeros = list(avis.filter(dossier=dossier, ecarte_le=None).values_list("numero", flat=True))
    choisis = dossier.contributions.filter(numero__in=numeros)
    choisis.update(ecarte_le=timezone.now(), ecarte_motif=motif.strip()[:300])
    if numeros:
        noter(membre, f"a écarté {len(numeros)} avis, n° {_numeros(numeros)} ({motif.strip()})", dossier)
    return len(numeros)


@transaction.atomic
def retablir_ensemble(membre: Membre, dossier: Dossier, avis: QuerySet[Contribution]) -> int:
    """Undo, for several; return how many."""
    numeros = list(avis.filter(dossier=dossier).exclude(ecarte_le=None).values_list("numero", flat=True))
    dossier.contributions.filter(numero__in=numeros).update(ecarte_le=None, ecarte_motif="")
    if numeros:
        noter(membre, f"a rétabli {len(numeros)} avis, n° {_numeros(numeros)}", dossier)
    return len(numeros)


def _numeros(numeros: list[int]) -> str:
    return ", ".join(map(str, numeros[:20])) + (f" et {len(numeros) - 20} autres" if len(numeros) > 20 else "")


@transaction.atomic
def retablir(membre: Membre, contribution: Contribution) -> None:
    """Undo."""
    contribution.ecarte_le, contribution.ecarte_motif = None, ""
    contribution.save(update_fields=["ecarte_le", "ecarte_motif"])
    noter(membre, f"a rétabli l'avis n° {contribution.numero}", contribution.dossier)


def permettre_citation(dossier: Dossier, cles: Iterable[int], permis: bool) -> None:
    """Whether these opinions (by primary key) may be quoted word for word; findings may still sum them up."""
    touches = dossier.contributions.filter(pk__in=list(cles), citable=not permis)
    cites = touches.filter(extraits__publiable=True).distinct().count()
    paroles = [] if permis else paroles_de(touches)
    if touches.update(citable=permis) and not permis:
        if cites:
            noter(None, f"un accord manque : {cites} avis ne sont plus cités sur les pages publiques", dossier)
        retirer_paroles(dossier, paroles)


def paroles_de(avis: Iterable[Contribution]) -> list[str]:
    """The words of opinions that a publication may hold: passages quoted, and whole texts that are not mere words."""
    paroles = []
    for un in avis:
        paroles += [texte for texte in (un.texte, un.texte_relu) if len(texte) >= PAROLE_ENTIERE]
        paroles += un.extraits.values_list("citation", flat=True)
    return paroles
