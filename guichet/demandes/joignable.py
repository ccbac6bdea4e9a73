"""How the person of a request is reached, and how they change it: by themselves, with an account or with the code."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from guichet.comptes.models import Usager
from guichet.demandes import courriels, droits, horloges, references
from guichet.demandes.actes import Qui, SaisieRefusee, ecrire_evenement, verrouiller
from guichet.demandes.droits import Demandeur
from guichet.demandes.models import Auteur, CanalReponse, Demande, Evenement, Lettre, Nature

CANAUX = (CanalReponse.COURRIEL, CanalReponse.COURRIER)
"""What the person may choose by themselves: a call is promised by an agent only."""


def revenu(demande: Demande, evenements: Iterable[Evenement] | None = None) -> Evenement | None:
    """The last mail that came back from the address that the request has now; None where none did.

    ``evenements``: its history, the last line first, where it was read already.
    """
    if evenements is None:
        evenements = Evenement.objects.filter(demande=demande).order_by("-le", "-pk")
    for evenement in evenements:
        if evenement.code == "contact_change":
            return None
        if evenement.code == "courriel_revenu" and demande.courriel:
            adresse = str(evenement.donnees.get("adresse", demande.courriel))
            return evenement if adresse.casefold() == demande.courriel.casefold() else None
    return None


def changer(
    demande: Demande, *, courriel: str, adresse_postale: str, canal_reponse: str, par: Demandeur
) -> Evenement | None:
    """Mails and letters go elsewhere from now on; what was said in vain is said again. None where nothing changes.

    The former e-mail address is told, unless mails came back from it. Raises droits.AccesRefuse for somebody else's
    request, SaisieRefusee when the channel chosen leads nowhere.
    """
    courriel, adresse_postale = courriel.strip(), adresse_postale.strip()
    with transaction.atomic():
        verrouiller(demande)
        droits.exiger_demandeur(par, demande)
        if demande.anonymisee_le:
            raise SaisieRefusee("Cette demande n'est plus à votre nom : elle ne peut pas changer.")
        if canal_reponse == CanalReponse.COURRIEL and not courriel:
            raise SaisieRefusee("Écrivez l'adresse e-mail où recevoir les réponses.")
        if canal_reponse == CanalReponse.COURRIER and not adresse_postale:
            raise SaisieRefusee("Écrivez l'adresse postale où recevoir les réponses.")
        avant, ancienne, perdu = _dite(demande), demande.courriel, revenu(demande)
        _ecrire(demande, courriel, adresse_postale, canal_reponse)
        if _dite(demande) == avant:
            return None
        qui = Qui.demandeur(par, demande)
        evenement = ecrire_evenement(
            demande, "contact_change", qui, donnees={"avant": avant or "rien", "apres": _dite(demande)}
        )
        plis = _a_redire(demande) if demande.courriel.casefold() != ancienne.casefold() else []
        if ancienne and perdu is None and plis:
            plis.append(courriels.Pli(demande, "adresse_changee", ancienne))
        if demande.adresse_postale and canal_reponse == CanalReponse.COURRIER:
            _lettres_dues(demande)
        evenement.courriel_retenu = bool(courriels.programmer(evenement, *plis))
    return evenement


def suivre_le_compte(usager: Usager, ancienne: str) -> int:
    """The requests of this account that wrote to its former address follow it, until they are over. Returns how many.

    The caller holds the account and has its new address proven.
    """
    suivies = 0
    for demande in (
        Demande.objects.select_for_update(of=("self",))
        .select_related("version")
        .filter(usager=usager, courriel__iexact=ancienne, anonymisee_le=None)
        .exclude(nature=Nature.CLOSE)
    ):
        avant = _dite(demande)
        _ecrire(demande, usager.courriel, demande.adresse_postale, demande.canal_reponse)
        qui = Qui(Auteur.USAGER, str(usager.pk), usager.nom)
        ecrire_evenement(demande, "contact_change", qui, donnees={"avant": avant, "apres": _dite(demande)})
        if demande.complements.ouverts().exists():
            horloges.remise(demande)
        suivies += 1
    return suivies


def _ecrire(demande: Demande, courriel: str, adresse_postale: str, canal_reponse: str) -> None:
    """The answer of the form says the same as the column that mails read."""
    for champ in demande.definition.champs():
        if champ.moyen_du_demandeur == "courriel" and champ.nom in demande.donnees:
            demande.donnees[champ.nom] = courriel
    demande.courriel, demande.adresse_postale, demande.canal_reponse = courriel, adresse_postale, canal_reponse
    demande.save(update_fields=["donnees", "courriel", "adresse_postale", "canal_reponse", "modifiee_le"])


def _a_redire(demande: Demande) -> list[courriels.Pli]:
    """The acknowledgement, and where the request stands, for an address that received nothing yet."""
    if not demande.courriel:
        return []
    code = {} if demande.usager_id else {"code": references.code_de(demande)}
    plis = [courriels.Pli(demande, "accuse", demande.courriel, code)]
    attendus = list(demande.complements.ouverts())
    if attendus:
        plis.append(courriels.Pli(demande, "relance", demande.courriel))
        horloges.remise(demande)
    elif demande.statut != demande.workflow.initial:
        plis.append(courriels.Pli(demande, "statut", demande.courriel))
    return plis


def _lettres_dues(demande: Demande) -> None:
    """What came back by mail is printed, now that somebody knows where to post it."""
    revenus = Evenement.objects.filter(demande=demande, code="courriel_revenu")
    dits = {e.donnees.get("evenement") for e in revenus} - {None}
    for evenement in Evenement.objects.filter(demande=demande, pk__in=dits):
        Lettre.objects.get_or_create(demande=demande, evenement=evenement, pour=Lettre.Pour.USAGER)


def _dite(demande: Demande) -> str:
    canal = "réponses par courrier" if demande.canal_reponse == CanalReponse.COURRIER else ""
    return ", ".join(filter(None, (demande.courriel, " ".join(demande.adresse_postale.split()), canal)))
