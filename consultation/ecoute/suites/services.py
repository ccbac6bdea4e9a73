"""The only ways the synthesis and its actions change: each checks, saves, and writes who did it and why."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from consultation.ecoute.contributions.models import Contribution
from consultation.ecoute.journal.services import noter
from consultation.ecoute.suites import plateforme
from consultation.ecoute.suites.anonymat import connus, reconnaissable
from consultation.ecoute.suites.models import (
    Action,
    Constat,
    Etape,
    Extrait,
    Indicateur,
    Livraison,
    Proposition,
    Releve,
    Suivi,
)

if TYPE_CHECKING:
    from consultation.ecoute.equipe.models import Membre
    from consultation.ecoute.suites.preuves import Preuve


SANS_ACCORD = (
    "Cet avis vient d'un atelier, et la personne n'a pas accepté d'être citée, ou a changé d'avis. Résumez l'idée "
    "dans le constat, sans ses mots."
)


class SuiteRefusee(Exception):
    """Why something cannot be done, in French; `champ` is the field to correct, if one is."""

    def __init__(self, phrase: str, champ: str | None = None) -> None:
        super().__init__(phrase)
        self.champ = champ


@transaction.atomic
def constater(membre: Membre, constat: Constat) -> Constat:
    """Write or change a finding."""
    verbe = "écrit" if constat._state.adding else "modifié"
    constat.save()
    noter(membre, f"a {verbe} un constat", constat.dossier)
    return constat


@transaction.atomic
def citer(membre: Membre, constat: Constat, numero: int, citation: str) -> Extrait:
    """Attach a passage; it must be in the text without names, word for word (line breaks and spaces aside).

    Raises SuiteRefusee when the opinion is unknown, set aside, not yet without names, or does not hold the passage.
    """
    avis = Contribution.objects.filter(dossier=constat.dossier, numero=numero).first()
    if avis is None:
        raise SuiteRefusee(f"L'avis n° {numero} n'existe pas dans ce dossier.", "numero")
    if avis.relu_le is None:
        raise SuiteRefusee(f"Cachez d'abord les noms de l'avis n° {numero}.", "numero")
    if avis.ecarte_le is not None:
        raise SuiteRefusee(f"L'avis n° {numero} est écarté : rétablissez-le avant de le citer.", "numero")
    mots = r"\s+".join(re.escape(mot) for mot in citation.split())
    trouve = re.search(mots, avis.texte_relu) if mots else None
    if trouve is None:
        raise SuiteRefusee("Ce passage n'est pas dans l'avis, mot pour mot, une fois les noms cachés.", "citation")
    if constat.extraits.filter(contribution=avis, citation=trouve.group()).exists():
        raise SuiteRefusee("Ce passage est déjà rattaché à ce constat.", "citation")
    extrait = Extrait.objects.create(constat=constat, contribution=avis, citation=trouve.group())
    noter(membre, f"a cité l'avis n° {numero} dans un constat", constat.dossier)
    return extrait


@transaction.atomic
def permettre(membre: Membre, extrait: Extrait, publiable: bool) -> None:
    """Somebody read the quote again and says it names nobody, or takes that back.

    Raises SuiteRefusee when its author did not agree, or when somebody could be recognised.
    """
    if publiable and not extrait.contribution.citable:
        raise SuiteRefusee(SANS_ACCORD)
    if publiable:
        passages = reconnaissable(extrait.citation, connus(extrait.constat.dossier))
        if passages:
            mots = ", ".join(f"« {passage} »" for passage in passages)
            raise SuiteRefusee(
                f"Cette citation ne peut pas être publiée : on pourrait reconnaître quelqu'un par {mots}. Citez un "
                "passage plus court, ou reprenez la relecture de l'avis."
            )
    extrait.publiable = publiable
    extrait.save(update_fields=["publiable"])
    verbe = "a permis de publier" if publiable else "a retiré de la publication"
    noter(membre, f"{verbe} une citation de l'avis n° {extrait.contribution.numero}", extrait.constat.dossier)


@transaction.atomic
def retirer(membre: Membre, extrait: Extrait) -> None:
    """Take a quote out of its finding; the opinion itself stays."""
    numero, dossier = extrait.contribution.numero, extrait.constat.dossier
    extrait.delete()
    noter(membre, f"a retiré d'un constat une citation de l'avis n° {numero}", dossier)


@transaction.atomic
def proposer(membre: Membre, proposition: Proposition, constats: Iterable[Constat]) -> Proposition:
    """Write or change a proposal; marks without reasons are refused, and each change of them is kept.

    Raises SuiteRefusee without a finding it answers, or without reasons.
    """
    repond = list(constats)
    if not repond:
        raise SuiteRefusee("Choisissez le constat auquel cette proposition répond.", "constats")
    if not proposition.raisons.strip():
        raise SuiteRefusee("Dites pourquoi ces notes : on vous le demandera.", "raisons")
    ancienne = None if proposition._state.adding else Proposition.objects.get(pk=proposition.pk)
    proposition.save()
    proposition.constats.set(repond)
    notes = ("impact", "portee", "effort", "raisons")
    if ancienne is None or any(getattr(ancienne, nom) != getattr(proposition, nom) for nom in notes):
        _garder(membre, proposition, Etape.Genre.NOTES, proposition.raisons)
    noter(membre, f"a {'écrit' if ancienne is None else 'modifié'} la proposition « {proposition.titre} »",
          proposition.dossier)  # fmt: skip
    return proposition


def _garder(membre: Membre, proposition: Proposition, genre: Etape.Genre, pourquoi: str) -> None:
    Etape.objects.create(
        proposition=proposition, genre=genre, impact=proposition.impact, portee=proposition.portee,
        effort=proposition.effort, decision=proposition.decision, pourquoi=pourquoi.strip(), par=membre,
        instance=proposition.instance if genre == Etape.Genre.DECISION else "",
    )  # fmt: skip


@transaction.atomic
def decider(membre: Membre, proposition: Proposition, decision: str, motif: str, instance: str = "") -> None:
    """Keep, set aside or open again, with the reason and who decided; it is public, and the history keeps it.

    Raises SuiteRefusee without a reason, or when actions under way come of it.
    """
    if not motif.strip():
        raise SuiteRefusee("Dites pourquoi : la raison est publiée, que la proposition soit retenue ou non.", "motif")
    en_cours = proposition.actions.exclude(etat=Action.Etat.ABANDONNEE)
    if decision != Proposition.Decision.RETENUE and en_cours.exists():
        raise SuiteRefusee(
            "Des actions découlent de cette proposition : abandonnez-les d'abord, en disant pourquoi.", "decision"
        )
    proposition.decision, proposition.motif, proposition.instance = decision, motif.strip(), instance.strip()
    proposition.decide_le, proposition.decide_par = timezone.now(), membre
    proposition.save(update_fields=["decision", "motif", "instance", "decide_le", "decide_par"])
    _garder(membre, proposition, Etape.Genre.DECISION, motif)
    mot = proposition.get_decision_display()
    noter(membre, f"a décidé : « {proposition.titre} » est {mot}", proposition.dossier)


@transaction.atomic
def agir(membre: Membre, action: Action, pourquoi: str = "", document: Preuve | None = None) -> Action:
    """Add or follow an action: done asks for evidence; later, given up or open again asks for the reason.

    Raises SuiteRefusee when the proposal is not kept, or without that evidence or reason.
    """
    if action.proposition.decision != Proposition.Decision.RETENUE:
        raise SuiteRefusee("Retenez d'abord la proposition : une action en découle.")
    ancienne = None if action._state.adding else Action.objects.select_for_update().get(pk=action.pk)
    pourquoi = pourquoi.strip()
    if not pourquoi:
        _exiger_raison(ancienne, action)
    if action.etat == Action.Etat.FAITE:
        if not (action.prouvee or document):
            raise SuiteRefusee("Dites ce qui montre que c'est fait : un texte, une page ou un document.", "preuve")
        action.faite_le = action.faite_le or timezone.localdate()
    else:
        action.faite_le = None
    phrases = _changements(ancienne, action)
    if phrases:
        action.explication = pourquoi
        action.rappelee_le = None
    if document is not None:
        if ancienne is not None and ancienne.preuve_fichier:
            _oublier(ancienne)
        action.preuve_nom = document.nom
        action.preuve_fichier.save(document.nom, document.contenu, save=False)
    action.save()
    if phrases or pourquoi:
        Suivi.objects.create(
            action=action, etat=action.etat, echeance=action.echeance, phrase=" ; ".join(phrases) or "précisée",
            pourquoi=pourquoi, par=membre,
        )  # fmt: skip
    noter(membre, f"a mis à jour l'action « {action.titre} » ({action.get_etat_display()})",
          action.proposition.dossier)  # fmt: skip
    return action


def _oublier(action: Action) -> None:
    """A document that was replaced leaves the disk once the change is sure."""
    stockage, nom = action.preuve_fichier.storage, action.preuve_fichier.name
    transaction.on_commit(lambda: stockage.delete(str(nom)))


def _exiger_raison(ancienne: Action | None, action: Action) -> None:
    if action.etat == Action.Etat.ABANDONNEE and (ancienne is None or ancienne.etat != action.etat):
        raise SuiteRefusee("Dites pourquoi cette action est abandonnée : la raison est publiée.", "pourquoi")
    if ancienne is None:
        return
    if action.etat in Action.OUVERTES and ancienne.etat not in Action.OUVERTES:
        raise SuiteRefusee("Dites pourquoi cette action reprend : la raison est publiée.", "pourquoi")
    if action.echeance > ancienne.echeance and action.etat in Action.OUVERTES:
        raise SuiteRefusee("Dites pourquoi la date est repoussée : la raison est publiée.", "pourquoi")


def _changements(ancienne: Action | None, action: Action) -> list[str]:
    if ancienne is None:
        return [f"prévue pour le {action.echeance:%d/%m/%Y}, {action.responsable} en répond"]
    phrases = []
    if ancienne.etat != action.etat:
        phrases.append(f"{ancienne.get_etat_display()}, puis {action.get_etat_display()}")
    if ancienne.echeance != action.echeance:
        phrases.append(f"date changée : {action.echeance:%d/%m/%Y} au lieu du {ancienne.echeance:%d/%m/%Y}")
    if ancienne.responsable != action.responsable:
        phrases.append(f"{action.responsable} en répond")
    return phrases


@transaction.atomic
def relier(membre: Membre, livraison: Livraison) -> Livraison:
    """Say which change delivered an action."""
    livraison.par = membre
    livraison.save()
    noter(membre, f"a relié l'action « {livraison.action.titre} » à un changement "
                  f"({livraison.get_genre_display().lower()})", livraison.action.proposition.dossier)  # fmt: skip
    return livraison


@transaction.atomic
def delier(membre: Membre, livraison: Livraison) -> None:
    """Undo."""
    action = livraison.action
    livraison.delete()
    noter(membre, f"a retiré un changement relié à l'action « {action.titre} »", action.proposition.dossier)


@transaction.atomic
def suivre_indicateur(membre: Membre, indicateur: Indicateur) -> Indicateur:
    """Say what is measured, and how; once measured, what it is does not change under its values.

    Raises SuiteRefusee when unit or source would change under them.
    """
    ancien = None if indicateur._state.adding else Indicateur.objects.get(pk=indicateur.pk)
    figes = ("unite", "source", "mesure", "demarche")
    if (
        ancien is not None
        and ancien.releves.exists()
        and any(getattr(ancien, nom) != getattr(indicateur, nom) for nom in figes)
    ):
        raise SuiteRefusee(
            "Des valeurs sont déjà relevées : l'unité et la source ne changent plus. Ajoutez un autre indicateur."
        )
    indicateur.save()
    noter(membre, f"a décrit l'indicateur « {indicateur.nom} »", indicateur.action.proposition.dossier)
    return indicateur


@transaction.atomic
def relever(membre: Membre, indicateur: Indicateur, quand: str, valeur: Decimal, au: date | None = None) -> Releve:
    """Keep a value, before or after; « after » cannot be dated before « before ». Raises SuiteRefusee when it would."""
    autre = indicateur.releves.exclude(quand=quand).first()
    if autre is not None and autre.au and au and (au < autre.au) == (quand == Releve.Quand.APRES) and au != autre.au:
        raise SuiteRefusee("La valeur « après » doit être plus récente que la valeur « avant ».", "au")
    ancien = indicateur.releves.filter(quand=quand).first()
    releve, _ = Releve.objects.update_or_create(
        indicateur=indicateur, quand=quand,
        defaults={"valeur": valeur, "au": au, "par": membre, "mesure_le": timezone.now()},
    )  # fmt: skip
    suite = f" au lieu de {ancien.nombre}" if ancien else ""
    noter(membre, f"a relevé « {indicateur.nom} », {quand} : {releve.nombre}{suite}",
          indicateur.action.proposition.dossier)  # fmt: skip
    return releve


def mesurer(membre: Membre, indicateur: Indicateur, quand: str, le: date) -> Releve:
    """Read the value on the platform, then keep it; raises `MesureIndisponible` and keeps nothing."""
    valeur = plateforme.lire(indicateur.mesure, indicateur.demarche, le)
    return relever(membre, indicateur, quand, valeur, le)
