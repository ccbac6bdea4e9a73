"""Filing: a request is accepted when it is committed, and only then acknowledged."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from guichet.comptes.models import Usager
from guichet.demandes import courriels, delais, droits, references, workflow
from guichet.demandes.actes import Qui, contact, ecrire_evenement
from guichet.demandes.droits import Agent
from guichet.demandes.lectures import PAR_ENVOI, VERSION
from guichet.demandes.models import Auteur, Canal, CanalReponse, Demande, FichierJoint, Piece
from guichet.demarches.constats import Constat
from guichet.demarches.models import Demarche

ESSAIS_REFERENCE = 5
APRES_DEPOT: list[Callable[[], None]] = []
"""Called once a request is committed, whatever its channel; apps that stand on this one add theirs when ready."""


@dataclass(frozen=True)
class Depot:
    """An accepted submission. ``nouvelle`` is False when the same form had already been sent."""

    demande: Demande
    code_suivi: str
    nouvelle: bool
    copie_retenue: bool = False
    """The copy by e-mail does not leave: the address was written to often enough (socle/envois/plafonds.py)."""


def deposer(
    *,
    demarche: Demarche,
    donnees: Mapping[str, Any],
    cle_envoi: uuid.UUID,
    usager: Usager | None = None,
    pieces: Sequence[FichierJoint] = (),
    canal: str = Canal.WEB,
    par_agent: Agent | None = None,
    recue_le: datetime | None = None,
    competente_le: date | None = None,
    canal_reponse: str = CanalReponse.COURRIEL,
    adresse_postale: str = "",
    avertissements: Sequence[Constat] = (),
) -> Depot:
    """Accept a submission: once this returns, the request is committed and cannot be lost.

    ``donnees`` may hold answers to questions that are no longer asked: they are left out here, and nowhere else.
    ``pieces`` are stored files (a draft's); the request takes over those that answer a question it asked, without
    copying their content.
    ``par_agent`` typed it in for the person; ``recue_le`` is then the day their letter came, and
    ``competente_le`` the day it came here if another authority had it first (CRPA L.114-3).
    ``adresse_postale``: where the person told the counter to write, rather than where the form says.
    ``avertissements``: the warnings that were read before sending, kept for the agents with the day they were true.
    The same ``cle_envoi`` sent again gives the request that it made the first time.
    Raises droits.AccesRefuse where ``par_agent`` may not type requests in, RuntimeError when no reference is free.
    """
    if par_agent is not None:
        droits.exiger_saisie(par_agent)
    code = references.code_suivi(cle_envoi)
    if deja := PAR_ENVOI.une(cle_envoi):
        return Depot(deja, references.code_de(deja) or code, nouvelle=False)
    [version] = VERSION.toutes(demarche.pk, demarche.version)
    defini = workflow.de_version(version.pk)
    initial = defini.statuts_par_code[defini.initial]
    maintenant = timezone.now()
    identifiant = uuid.uuid4()
    donnees = version.lue.elaguer(donnees)
    joignable = contact(version.lue, donnees, usager)
    joignable["adresse_postale"] = adresse_postale or joignable["adresse_postale"]
    demande = Demande(
        id=identifiant,
        demarche=demarche,
        version=version,
        service=demarche.service,
        usager=usager,
        canal=canal,
        canal_reponse=canal_reponse,
        statut=initial.code,
        nature=initial.nature.value,
        statut_depuis=maintenant,
        donnees=donnees,
        code_suivi_empreinte=references.empreinte_derivee(identifiant, code),
        recue_le=min(recue_le or maintenant, maintenant),
        competente_le=competente_le,
        cle_envoi=cle_envoi,
        saisie_par_sub=par_agent.sub if par_agent else "",
        saisie_par_nom=par_agent.nom if par_agent else "",
        **joignable,
    )
    demande.echeance_le = delais.horloge(
        version.lue.delai, delais.Faits(demande.recue_le_jour, competente_le), timezone.localdate(maintenant)
    ).echeance
    with transaction.atomic():
        if not _inserer(demande):
            deja = Demande.objects.get(cle_envoi=cle_envoi)
            return Depot(deja, references.code_de(deja) or code, nouvelle=False)
        Piece.objects.bulk_create(
            Piece(
                demande=demande,
                champ=piece.champ,
                fichier=piece.fichier.name,
                nom=piece.nom,
                type_mime=piece.type_mime,
                taille=piece.taille,
                empreinte=piece.empreinte,
                ajoutee_le=maintenant,
            )
            for piece in pieces
            if piece.champ in donnees
        )
        deposant = Qui(Auteur.USAGER, str(usager.pk) if usager else "", demande.nom)
        qui = Qui.agent(par_agent) if par_agent else deposant
        dits = {"avertissements": [_dit(constat) for constat in avertissements]} if avertissements else {}
        evenement = ecrire_evenement(
            demande, "saisie" if par_agent else "recue", qui, donnees={"canal": Canal(canal).label, **dits}
        )
        retenus = courriels.programmer(
            evenement,
            *courriels.pour_usager(demande, "accuse", contexte={} if usager else {"code": code}),
            courriels.pour_service(demande, "nouvelle_demande"),
        )
        # Afterwards: everybody adds to this one row, and would wait for the slowest submission.
        for suivant in APRES_DEPOT:
            transaction.on_commit(suivant)
    return Depot(demande, code, nouvelle=True, copie_retenue=bool(retenus))


def _dit(constat: Constat) -> dict[str, Any]:
    """A warning as it was read: words of the procedure, nothing of the person's."""
    return {
        "titre": constat.regle.titre,
        "texte": constat.regle.texte,
        "element": constat.element,
        "arret": constat.arrete,
    }


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
