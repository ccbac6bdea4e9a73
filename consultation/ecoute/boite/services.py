"""The only ways a mail comes in, becomes an opinion, or is left aside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from consultation.ecoute.boite.analyse_courriel import Lu, lire
from consultation.ecoute.boite.models import Courriel
from consultation.ecoute.contributions import services as contributions
from consultation.ecoute.contributions.models import Canal
from consultation.ecoute.contributions.services import AvisRefuse, Saisie
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.journal.services import noter
from socle.typographie.nombres import compte

if TYPE_CHECKING:
    from consultation.ecoute.equipe.models import Membre

Etat = Courriel.Etat


@dataclass(frozen=True)
class Releve:
    """What a reading of the mailbox did."""

    nouveaux: int
    deja: int
    ecartes: int

    def __str__(self) -> str:
        phrases = [compte(self.nouveaux, "e-mail à relire", "e-mails à relire")]
        if self.ecartes:
            raison = "la raison est dite"
            phrases.append(
                compte(
                    self.ecartes,
                    f"ne semble pas être un avis : {raison}",
                    f"ne semblent pas être des avis : {raison}",
                )
            )
        if self.deja:
            phrases.append(compte(self.deja, "déjà connu", "déjà connus"))
        return ". ".join(phrases).replace("\u00a0", " ") + "."


@transaction.atomic
def relever(membre: Membre | None, dossier: Dossier, messages: Iterable[bytes]) -> Releve:
    """Keep what is new, to be reread; the same mail again (same Message-ID, same words) changes nothing."""
    actuel = Dossier.objects.select_for_update().get(pk=dossier.pk)
    connus = set(actuel.courriels.values_list("cle", flat=True))
    nouveaux = deja = ecartes = 0
    for octets in messages:
        lu = lire(octets)
        if lu.cle in connus or (lu.ancienne_cle and lu.ancienne_cle in connus):
            deja += 1
            continue
        connus.add(lu.cle)
        motif = lu.motif or _trop(actuel, _auteur(actuel, lu.expediteur))
        _garder(actuel, lu, motif)
        ecartes += bool(motif)
        nouveaux += not motif
    if nouveaux or ecartes:
        noter(membre, f"a relevé {nouveaux + ecartes} e-mails", actuel)
    return Releve(nouveaux, deja, ecartes)


def _garder(dossier: Dossier, lu: Lu, motif: str) -> None:
    recu = min(lu.recu_le or timezone.now(), timezone.now())
    Courriel.objects.create(
        dossier=dossier, cle=lu.cle, recu_le=recu, objet=lu.objet, texte=lu.texte, retire=lu.retire,
        expediteur=lu.expediteur,
        auteur=_auteur(dossier, lu.expediteur), pieces=min(lu.pieces, 999), motif=motif,
    )  # fmt: skip


def _auteur(dossier: Dossier, adresse: str) -> str:
    """Keyed digest of a sender, different in each dossier: enough to count."""
    return salted_hmac(f"boite.auteur.{dossier.pk}", adresse.lower()).hexdigest() if adresse else ""


def _trop(dossier: Dossier, auteur: str) -> str:
    """Why one more mail of this sender would be too many; what was left aside does not count."""
    if not auteur:
        return ""
    deja = dossier.courriels.filter(auteur=auteur, motif="").exclude(etat=Etat.LAISSE).count()
    if deja < dossier.limite_par_appareil:
        return ""
    return f"Déjà {deja} avis de cette adresse : c'est la limite annoncée."


@transaction.atomic
def ajouter(membre: Membre, courriel: Courriel, texte: str, tenir_au_courant: bool = False) -> None:
    """It becomes an opinion; the sender's address is kept only to tell them what becomes of it, if they asked.

    Raises AvisRefuse without text, when it came after the closing, or when it is dealt with already.
    """
    _a_lire(courriel)
    if not texte.strip():
        raise AvisRefuse("Il ne reste aucun texte : laissez plutôt cet e-mail de côté.")
    dossier = courriel.dossier
    if dossier.fermeture is not None and courriel.recu_le > dossier.fermeture:
        raise AvisRefuse("Cet e-mail est arrivé après la fermeture : il ne peut plus compter.")
    saisie = Saisie(
        texte, Canal.COURRIEL, {}, courriel.recu_le, courriel=courriel.expediteur if tenir_au_courant else ""
    )
    [courriel.contribution] = contributions.verser(membre, dossier, [saisie], "d'un e-mail")
    _clore(courriel, Etat.AJOUTE, "")


@transaction.atomic
def laisser(membre: Membre, courriel: Courriel, motif: str) -> None:
    """It is not an opinion; why is kept, its text is not.

    Raises AvisRefuse without a reason, or when it is dealt with already.
    """
    _a_lire(courriel)
    if not motif.strip():
        raise AvisRefuse("Dites pourquoi cet e-mail est laissé de côté.")
    _clore(courriel, Etat.LAISSE, motif.strip()[:200])
    noter(membre, f"a laissé un e-mail de côté ({courriel.motif})", courriel.dossier)


def _a_lire(courriel: Courriel) -> None:
    if Courriel.objects.select_for_update().get(pk=courriel.pk).etat != Etat.A_LIRE:
        raise AvisRefuse("Cet e-mail est déjà traité.")


def _clore(courriel: Courriel, etat: Etat, motif: str) -> None:
    """Nothing of it stays but what says that it was seen, and whose it counts for."""
    courriel.etat, courriel.motif = etat, motif
    courriel.objet = courriel.texte = courriel.retire = courriel.expediteur = ""
    courriel.save()


def en_attente(dossier: Dossier) -> QuerySet[Courriel]:
    """Mails that nobody decided yet: the only ones whose words are kept."""
    return dossier.courriels.filter(etat=Etat.A_LIRE)


def oublier(dossier: Dossier) -> int:
    """With the texts of a dossier: mails never decided go, and the digests of senders."""
    dossier.courriels.exclude(auteur="").update(auteur="")
    return en_attente(dossier).delete()[0]
