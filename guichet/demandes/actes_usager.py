"""What residents do to their request: write, give what was asked, withdraw it, add it to their account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from textwrap import shorten
from typing import Any

from django.db import transaction
from django.utils import timezone

from guichet.demandes import droits, workflow
from guichet.demandes.actes import (
    SANS_TEXTE,
    Qui,
    SaisieRefusee,
    TexteManquant,
    appliquer,
    contact,
    ecrire_evenement,
    ecrire_message,
    exiger_texte,
    joindre,
    revenir,
    verrouiller,
)
from guichet.demandes.droits import Demandeur
from guichet.demandes.fichiers import Fichier
from guichet.demandes.models import Auteur, Complement, Demande, Evenement, Piece, Suspension
from guichet.demandes.phrases import SANS_EFFET
from guichet.demarches.definition_workflow import Effet, TransitionDefinie

AVANT_MAX = 120  # characters of an old answer in a line of history
TERMINEE = "Écrire à la mairie"
RETRAIT = "Retirer ma demande"
REPRISE = "Reprendre ma demande"
FOURNITURE = "Répondre à la mairie"


def ecrire_usager(demande: Demande, texte: str, pieces: Sequence[Fichier] = (), *, par: Demandeur) -> Evenement:
    """A message of the resident, with files. Where the town had only asked a question, it is the answer.

    Raises droits.AccesRefuse for somebody else's request, workflow.TransitionImpossible when no message is taken any
    more, TexteManquant when there is neither text nor file.
    """
    with transaction.atomic():
        verrouiller(demande)
        droits.exiger_demandeur(par, demande)
        complements = list(Complement.objects.filter(demande=demande).ouverts())
        repond = workflow.transition_usager(demande, Effet.FOURNIR)
        if repond and all(complement.est_question for complement in complements):
            transition: TransitionDefinie | None = repond
            _fournis(complements)
        else:
            transition = workflow.transition_usager(demande, Effet.ECRIRE)
        if transition is None:
            raise workflow.TransitionImpossible(demande, TERMINEE)
        texte = texte.strip() or (SANS_TEXTE if pieces else "")
        if not texte:
            raise TexteManquant("Écrivez votre message.")
        qui = Qui.demandeur(par, demande)
        message = ecrire_message(demande, qui, texte)
        joindre(demande, pieces, message=message)
        return appliquer(demande, transition, qui, message=message)


def fournir(
    demande: Demande,
    donnees: Mapping[str, Any] | None = None,
    pieces: Mapping[int, Sequence[Fichier]] | None = None,
    texte: str = "",
    *,
    par: Demandeur,
) -> Evenement:
    """What the town asked for, all of it or a part: the request moves on once nothing is missing.

    ``donnees``: new answers to the fields to correct, already checked by their form. ``pieces``: files by the
    identifier of the Complement they answer. Pieces and corrections once given, the clock goes on (CRPA L.114-5).
    Raises droits.AccesRefuse for somebody else's request, workflow.TransitionImpossible when nothing is awaited,
    SaisieRefusee when nothing of what is asked is given, TexteManquant when the answer needs a text.
    """
    donnees, pieces, texte = dict(donnees or {}), dict(pieces or {}), texte.strip()
    with transaction.atomic():
        verrouiller(demande)
        droits.exiger_demandeur(par, demande)
        transition = workflow.transition_usager(demande, Effet.FOURNIR)
        if transition is None:
            raise workflow.TransitionImpossible(demande, FOURNITURE)
        exiger_texte(transition, texte)
        ouverts = list(Complement.objects.filter(demande=demande).ouverts())
        donnes = [complement for complement in ouverts if _donne(complement, donnees, pieces, texte)]
        if not donnes and ouverts:
            raise SaisieRefusee("Donnez au moins une des choses demandées.")
        if not donnes and not texte:
            raise TexteManquant("Écrivez votre message.")
        qui = Qui.demandeur(par, demande)
        message = ecrire_message(demande, qui, texte) if texte else None
        corrections = _corriger(demande, donnes, donnees)
        for complement in donnes:
            fichiers = pieces.get(complement.pk, ())
            joindre(demande, fichiers, message=message, champ=complement.champ)
            if fichiers and complement.champ:
                demande.donnees[complement.champ] = len(fichiers)
        _fournis(donnes)
        restent = [complement for complement in ouverts if complement not in donnes]
        complet = not restent
        if all(complement.est_question for complement in restent):
            # Pieces and corrections stop the clock (L.114-5); a question that is still open does not.
            Suspension.objects.filter(demande=demande, fin=None).update(fin=timezone.localdate())
        corriges = {correction["champ"] for correction in corrections}
        recus = [c for c in donnes if not c.est_question and not (c.est_correction and c.champ in corriges)]
        return appliquer(
            demande,
            transition,
            qui,
            message=message,
            code=_code(pieces=bool(recus), corrections=bool(corrections)),
            donnees={
                "fournis": ", ".join(f"« {complement.libelle} »" for complement in recus),
                "corriges": ", ".join(_dite(correction) for correction in corrections),
                "complements": [complement.pk for complement in donnes],
                "complet": complet,
                **({"corrections": corrections} if corrections else {}),
            },
            reste_en_place=not complet,
        )


def _code(*, pieces: bool, corrections: bool) -> str:
    """Code of the history line; nothing particular where only a question was answered."""
    if pieces and corrections:
        return "pieces_et_corrections"
    return "corrections_faites" if corrections else "pieces_fournies" if pieces else ""


def _dite(correction: Mapping[str, Any]) -> str:
    """« Adresse » (avant : 12 rue des Lilas): the old answer stays where agents read the story."""
    avant = shorten(str(correction["avant"]), AVANT_MAX, placeholder="…")
    return f"« {correction['libelle']} » (avant : {avant or 'rien'})"


def _donne(
    complement: Complement, donnees: Mapping[str, Any], pieces: Mapping[int, Sequence[Fichier]], texte: str
) -> bool:
    if complement.est_question:
        return bool(texte)
    if pieces.get(complement.pk):
        return True
    return complement.est_correction and complement.champ in donnees


def _corriger(demande: Demande, donnes: Sequence[Complement], donnees: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Put the new answers in place of the old ones, and return both for the history. Nothing else changes."""
    corrections = []
    touchees: set[str] = set()
    ecrivait_a = demande.definition.adresse_postale(demande.donnees)
    for complement in donnes:
        if not complement.est_correction or complement.champ not in donnees:
            continue
        champ = demande.definition.champ(complement.champ)
        if champ is None:
            continue
        avant, apres = demande.donnees.get(champ.nom), donnees[champ.nom]
        demande.donnees[champ.nom] = apres
        corrections.append(
            {
                "champ": champ.nom,
                "libelle": champ.libelle,
                "avant": champ.afficher(avant),
                "apres": champ.afficher(apres),
                "valeur_avant": avant,
            }
        )
        touchees |= {champ.moyen_du_demandeur} if champ.moyen_du_demandeur else set()
    if demande.definition.adresse_postale(demande.donnees) != ecrivait_a:
        touchees.add("adresse_postale")
    if touchees:
        # What was corrected is so everywhere; what was not keeps what the counter or an agent knew.
        connu = contact(demande.definition, demande.donnees, demande.usager)
        for colonne in touchees:
            setattr(demande, colonne, connu[colonne])
    return corrections


def _fournis(complements: Sequence[Complement]) -> None:
    if complements:
        Complement.objects.filter(pk__in=[c.pk for c in complements]).update(fourni_le=timezone.now())


def noter_ouverture(piece: Piece) -> None:
    """The resident opens a document of the town: the first time is dated, for the agent who waits for it."""
    if piece.ouverte_le is None and piece.message is not None and piece.message.de_la_mairie:
        Piece.objects.filter(pk=piece.pk, ouverte_le=None).update(ouverte_le=timezone.now())


def annuler(demande: Demande, texte: str = "", *, par: Demandeur) -> Evenement:
    """The resident withdraws the request; a reason may be given.

    Raises droits.AccesRefuse for somebody else's request, workflow.TransitionImpossible when it is too late,
    TexteManquant where the workflow wants a reason.
    """
    with transaction.atomic():
        verrouiller(demande)
        droits.exiger_demandeur(par, demande)
        transition = workflow.transition_usager(demande, Effet.ANNULER)
        if transition is None:
            raise workflow.TransitionImpossible(demande, RETRAIT)
        exiger_texte(transition, texte)
        qui = Qui.demandeur(par, demande)
        message = ecrire_message(demande, qui, texte) if texte.strip() else None
        return appliquer(demande, transition, qui, message=message)


RETRAIT_ANNULABLE = timedelta(days=7)
"""Time to change one's mind after a withdrawal; later, an agent may still reopen the request."""


def retrait_annulable(demande: Demande) -> Evenement | None:
    """The withdrawal that its author may still take back: the last thing that was done, some days ago at most."""
    if not demande.est_close or demande.anonymisee_le:
        return None
    faits = Evenement.objects.filter(demande=demande, visible_usager=True).exclude(code__in=SANS_EFFET)
    dernier = faits.order_by("-le", "-pk").first()
    if dernier is None or dernier.code != "annulation" or dernier.le < timezone.now() - RETRAIT_ANNULABLE:
        return None
    return dernier if workflow.de(demande).statut(str(dernier.donnees.get("de", ""))) else None


def reprendre(demande: Demande, *, par: Demandeur) -> Evenement:
    """The resident takes a withdrawal back: the request is where it was, with what was asked and its clock.

    Raises droits.AccesRefuse for somebody else's request, workflow.TransitionImpossible when it is too late.
    """
    with transaction.atomic():
        verrouiller(demande)
        droits.exiger_demandeur(par, demande)
        retrait = retrait_annulable(demande)
        if retrait is None:
            raise workflow.TransitionImpossible(demande, REPRISE)
        return revenir(demande, retrait, "retrait_annule", Qui.demandeur(par, demande))


def rattacher(demande: Demande, par: Demandeur) -> None:
    """Add to an account a request filed without one; doing it twice changes nothing.

    Raises droits.AccesRefuse unless it was opened by its code in this session (an e-mail address proves nothing), or
    when it is another account's.
    """
    with transaction.atomic():
        verrouiller(demande)
        if par.usager is None or demande.pk not in par.ouvertes_par_code:
            raise droits.AccesRefuse("Ouvrez d'abord cette demande avec son code de suivi.")
        if demande.usager_id == par.usager.pk:
            return
        if demande.usager_id is not None:
            raise droits.AccesRefuse("Cette demande appartient déjà à un autre compte.")
        demande.usager = par.usager
        demande.save(update_fields=["usager", "modifiee_le"])
        ecrire_evenement(demande, "rattachee", Qui(Auteur.USAGER, par.cle, par.nom))
