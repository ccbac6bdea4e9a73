"""What may be done to a request. One function an act: it checks the right, saves, writes history and
queues the mails that follow, all in one transaction. Needs nothing but the database.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from guichet.comptes.models import Usager
from guichet.demarches.champs import ChampContact, ChampCourriel, ChampNom, ChampTelephone
from guichet.demarches.models import Demarche

from . import courriels, droits, references, workflow
from .droits import Agent, Demandeur
from .fichiers import Fichier
from .models import (
    Auteur,
    Brouillon,
    Canal,
    Demande,
    Evenement,
    FichierJoint,
    Message,
    Piece,
    PieceBrouillon,
)
from .workflow import Statut, Transition

ESSAIS_REFERENCE = 5
# A draft without account is reached through a session of a few hours only.
GARDE_SANS_COMPTE = timedelta(days=2)
GARDE_AVEC_COMPTE = timedelta(days=90)
SANS_TEXTE = "Document joint."  # a message that is only files


@dataclass(frozen=True)
class Depot:
    """An accepted submission. ``nouvelle`` is False when the same form had already been sent."""

    demande: Demande
    code_suivi: str
    nouvelle: bool


class TexteManquant(ValueError):
    """The act needs a text and none was given."""


# --- Filing ---------------------------------------------------------------------------------------


def deposer(
    *,
    demarche: Demarche,
    donnees: Mapping[str, Any],
    cle_envoi: uuid.UUID,
    usager: Usager | None = None,
    pieces: Sequence[FichierJoint] = (),
    canal: str = Canal.WEB,
) -> Depot:
    """Accept a submission: once this returns, the request is committed and cannot be lost.

    ``pieces`` are stored files (a draft's); the request takes them over without copying their content.
    """
    code = references.code_suivi(cle_envoi)
    if deja := Demande.objects.filter(cle_envoi=cle_envoi).first():
        return Depot(deja, code, nouvelle=False)
    version = demarche.versions.get(numero=demarche.version)
    recue_le = timezone.now()
    identifiant = uuid.uuid4()
    contact = _contact(version.lue.champs(), donnees, usager)
    demande = Demande(
        id=identifiant,
        demarche=demarche,
        version=version,
        service=demarche.service,
        usager=usager,
        canal=canal,
        donnees=dict(donnees),
        code_suivi_empreinte=references.empreinte_code(identifiant, code),
        recue_le=recue_le,
        cle_envoi=cle_envoi,
        **contact,
    )
    demande.echeance_le = demande.calculer_echeance()
    with transaction.atomic():
        if not _inserer(demande):
            return Depot(Demande.objects.get(cle_envoi=cle_envoi), code, nouvelle=False)
        Piece.objects.bulk_create(
            Piece(
                demande=demande,
                champ=piece.champ,
                fichier=piece.fichier.name,
                nom=piece.nom,
                type_mime=piece.type_mime,
                taille=piece.taille,
                empreinte=piece.empreinte,
                ajoutee_le=recue_le,
            )
            for piece in pieces
        )
        evenement = _evenement(
            demande,
            "recue",
            Auteur.USAGER,
            cle=str(usager.pk) if usager else "",
            nom=demande.nom,
            donnees={"canal": Canal(canal).label},
        )
        courriels.programmer(
            evenement,
            courriels.pour_usager(demande, "accuse", contexte={} if usager else {"code": code}),
            courriels.pour_service(demande, "nouvelle_demande"),
        )
    return Depot(demande, code, nouvelle=True)


def _contact(champs: Any, donnees: Mapping[str, Any], usager: Usager | None) -> dict[str, str]:
    """How to reach the person: what the form says first, then what the account says."""
    contact = {
        "nom": usager.nom if usager else "",
        "courriel": usager.courriel if usager else "",
        "telephone": "",
    }
    colonnes = {ChampNom: "nom", ChampCourriel: "courriel", ChampTelephone: "telephone"}
    for champ in champs:
        if isinstance(champ, ChampContact) and donnees.get(champ.nom):
            contact[colonnes[type(champ)]] = str(donnees[champ.nom])
    return contact


def _inserer(demande: Demande) -> bool:
    """Insert with a reference nobody has. False: the same form was sent at the same time by another request."""
    annee = timezone.localtime(demande.recue_le).year
    for _ in range(ESSAIS_REFERENCE):
        demande.reference = references.nouvelle_reference(annee)
        try:
            with transaction.atomic():
                demande.save(force_insert=True)
        except IntegrityError:
            if Demande.objects.filter(cle_envoi=demande.cle_envoi).exists():
                return False
            continue
        return True
    raise RuntimeError("aucune référence libre")


# --- Drafts ---------------------------------------------------------------------------------------


def commencer_brouillon(demarche: Demarche, usager: Usager | None) -> Brouillon:
    return Brouillon.objects.create(demarche=demarche, usager=usager)


def joindre_au_brouillon(brouillon: Brouillon, champ: str, fichier: Fichier) -> PieceBrouillon:
    piece = PieceBrouillon(brouillon=brouillon, champ=champ)
    _remplir(piece, fichier)
    piece.save()
    return piece


def retirer_du_brouillon(piece: PieceBrouillon) -> None:
    with transaction.atomic():
        nom = piece.fichier.name
        piece.delete()
        _effacer_fichier(piece, nom)


def abandonner_brouillon(brouillon: Brouillon) -> None:
    with transaction.atomic():
        for piece in brouillon.pieces.all():
            retirer_du_brouillon(piece)
        brouillon.delete()


def purger_brouillons() -> int:
    """Drop the drafts nobody can or will take up again. Returns how many."""
    maintenant = timezone.now()
    perimes = Brouillon.objects.filter(usager=None, modifie_le__lt=maintenant - GARDE_SANS_COMPTE)
    perimes |= Brouillon.objects.filter(modifie_le__lt=maintenant - GARDE_AVEC_COMPTE)
    nombre = 0
    for brouillon in perimes.iterator():
        abandonner_brouillon(brouillon)
        nombre += 1
    return nombre


def deposer_brouillon(brouillon: Brouillon) -> Depot:
    """File what the draft holds, and let the draft go; its files are now the request's."""
    pieces = list(brouillon.pieces.all())
    connus = {champ.nom for champ in brouillon.demarche.lue.champs()}
    donnees = {nom: valeur for nom, valeur in brouillon.donnees.items() if nom in connus}
    for piece in pieces:
        donnees[piece.champ] = int(donnees.get(piece.champ) or 0) + 1
    with transaction.atomic():
        depot = deposer(
            demarche=brouillon.demarche,
            donnees=donnees,
            cle_envoi=brouillon.pk,
            usager=brouillon.usager,
            pieces=pieces,
        )
        Brouillon.objects.filter(pk=brouillon.pk).delete()
    return depot


def _remplir(piece: FichierJoint, fichier: Fichier) -> None:
    piece.nom, piece.type_mime = fichier.nom, fichier.type_mime
    piece.taille, piece.empreinte = fichier.taille, fichier.empreinte
    piece.fichier.save(fichier.nom, ContentFile(fichier.contenu), save=False)


def _effacer_fichier(piece: FichierJoint, nom: str | None) -> None:
    if nom:
        piece.fichier.storage.delete(nom)


# --- Agents' acts ---------------------------------------------------------------------------------


def prendre_en_charge(demande: Demande, agent: Agent) -> None:
    with transaction.atomic():
        _commencer(demande, agent, workflow.PRENDRE_EN_CHARGE)
        demande.agent_sub, demande.agent_nom = agent.sub, agent.nom
        _passer_a(demande, Statut.EN_COURS)
        _evenement(demande, "prise_en_charge", Auteur.AGENT, cle=agent.sub, nom=agent.nom)


def repondre(demande: Demande, agent: Agent, texte: str) -> Message:
    with transaction.atomic():
        _commencer(demande, agent, workflow.REPONDRE, texte)
        return _ecrire_a_l_usager(demande, agent, texte, Statut.REPONDUE, "reponse")


def demander_complement(demande: Demande, agent: Agent, texte: str) -> Message:
    with transaction.atomic():
        _commencer(demande, agent, workflow.DEMANDER_COMPLEMENT, texte)
        return _ecrire_a_l_usager(demande, agent, texte, Statut.ATTENTE_USAGER, "complement_demande")


def clore(demande: Demande, agent: Agent, texte: str = "") -> Message | None:
    """End the request. A text, where there is one, is sent as the last message."""
    with transaction.atomic():
        _commencer(demande, agent, workflow.CLORE, texte)
        demande.close_le = timezone.now()
        if texte.strip():
            return _ecrire_a_l_usager(demande, agent, texte, Statut.CLOSE, "close")
        _passer_a(demande, Statut.CLOSE)
        evenement = _evenement(demande, "close", Auteur.AGENT, cle=agent.sub, nom=agent.nom)
        courriels.programmer(evenement, courriels.pour_usager(demande, "close"))
        return None


def noter(demande: Demande, agent: Agent, texte: str) -> Message:
    """A note between agents: the resident never sees it nor its line in the history."""
    with transaction.atomic():
        _commencer(demande, agent, workflow.NOTER, texte)
        message = Message.objects.create(
            demande=demande,
            auteur_type=Auteur.AGENT,
            auteur_cle=agent.sub,
            auteur_nom=agent.nom,
            texte=texte.strip(),
            interne=True,
        )
        _evenement(demande, "note", Auteur.AGENT, cle=agent.sub, nom=agent.nom, visible_usager=False)
        return message


def _ecrire_a_l_usager(demande: Demande, agent: Agent, texte: str, statut: Statut, code: str) -> Message:
    if not demande.agent_sub:
        demande.agent_sub, demande.agent_nom = agent.sub, agent.nom
    _passer_a(demande, statut)
    message = Message.objects.create(
        demande=demande,
        auteur_type=Auteur.AGENT,
        auteur_cle=agent.sub,
        auteur_nom=agent.nom,
        texte=texte.strip(),
    )
    evenement = _evenement(demande, code, Auteur.AGENT, cle=agent.sub, nom=agent.nom, donnees={"message": message.pk})
    courriels.programmer(evenement, courriels.pour_usager(demande, code))
    return message


# --- Residents' acts ------------------------------------------------------------------------------


def ecrire_usager(demande: Demande, texte: str, pieces: Sequence[Fichier] = (), *, par: Demandeur) -> Message:
    """A message of the resident, with files; the town acts next."""
    with transaction.atomic():
        _verrouiller(demande)
        droits.exiger_demandeur(par, demande)
        workflow.exiger(demande, workflow.ECRIRE)
        texte = texte.strip() or (SANS_TEXTE if pieces else "")
        _exiger_texte(workflow.ECRIRE, texte)
        nom = par.nom or demande.nom
        _passer_a(demande, workflow.apres_message_usager(demande))
        message = Message.objects.create(
            demande=demande,
            auteur_type=Auteur.USAGER,
            auteur_cle=par.cle,
            auteur_nom=nom,
            texte=texte,
        )
        for fichier in pieces:
            piece = Piece(demande=demande, message=message)
            _remplir(piece, fichier)
            piece.save()
        evenement = _evenement(
            demande, "message_usager", Auteur.USAGER, cle=par.cle, nom=nom, donnees={"message": message.pk}
        )
        courriels.programmer(evenement, courriels.pour_service(demande, "message_usager"))
        return message


def rattacher(demande: Demande, par: Demandeur) -> None:
    """Add to an account a request filed without one. Asks for the code: an e-mail address proves nothing."""
    with transaction.atomic():
        _verrouiller(demande)
        if par.usager is None or demande.pk not in par.ouvertes_par_code:
            raise droits.AccesRefuse("Ouvrez d'abord cette demande avec son code de suivi.")
        if demande.usager_id == par.usager.pk:
            return
        if demande.usager_id is not None:
            raise droits.AccesRefuse("Cette demande appartient déjà à un autre compte.")
        demande.usager = par.usager
        demande.save(update_fields=["usager", "modifiee_le"])
        _evenement(demande, "rattachee", Auteur.USAGER, cle=par.cle, nom=par.nom)


# --- Common ---------------------------------------------------------------------------------------


def _verrouiller(demande: Demande) -> None:
    """Hold the row until the end of the transaction and read again what others may have changed."""
    fraiche = Demande.objects.select_for_update(of=("self",)).select_related("service").get(pk=demande.pk)
    for nom in ("statut", "service", "usager_id", "agent_sub", "agent_nom", "close_le", "modifiee_le"):
        setattr(demande, nom, getattr(fraiche, nom))


def _commencer(demande: Demande, agent: Agent, transition: Transition, texte: str = "") -> None:
    _verrouiller(demande)
    droits.exiger_agent(agent, demande)
    workflow.exiger(demande, transition)
    _exiger_texte(transition, texte)


def _exiger_texte(transition: Transition, texte: str) -> None:
    if transition.texte == "obligatoire" and not texte.strip():
        raise TexteManquant("Écrivez votre message.")


def _passer_a(demande: Demande, statut: Statut) -> None:
    demande.statut = statut
    demande.save(update_fields=["statut", "agent_sub", "agent_nom", "close_le", "modifiee_le"])


def _evenement(
    demande: Demande,
    code: str,
    auteur: Auteur,
    *,
    cle: str = "",
    nom: str = "",
    donnees: dict[str, Any] | None = None,
    visible_usager: bool = True,
) -> Evenement:
    return Evenement.objects.create(
        demande=demande,
        code=code,
        auteur_type=auteur,
        auteur_cle=cle,
        auteur_nom=nom,
        donnees=donnees or {},
        visible_usager=visible_usager,
    )
