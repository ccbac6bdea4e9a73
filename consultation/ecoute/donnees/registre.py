"""Register of processing (RGPD, article 30, paragraph 1): one entry a dossier, from what its sheet says."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from consultation.ecoute.commune.models import Commune
from consultation.ecoute.donnees.effacement import COURRIELS_JOURS, JOURNAL_MOIS, OUBLI_MOIS
from consultation.ecoute.donnees.models import Fiche
from consultation.ecoute.dossiers.models import Dossier

SECURITE = (
    "Comptes nominatifs et rôles ; mots de passe hachés (Argon2) ; journal des actes ; noms cachés avant l'analyse ; "
    "adresses des volontaires effacées dès la liste publiée ; groupes de moins de cinq personnes masqués ; "
    "effacement automatique avec preuve ; aucune requête vers un tiers."
)
OUBLI = (
    f"Un dossier que personne ne clôt : les délais courent {OUBLI_MOIS} mois après la fin de la participation. "
    f"Journal de l'équipe : {JOURNAL_MOIS} mois. E-mails gardés en fichiers, messages envoyés et leurs "
    f"adresses : {COURRIELS_JOURS} jours. "
    f"Textes des avis sur les démarches : {settings.ECOUTE_SATISFACTION_MOIS} mois."
)


def _joindre(*morceaux: str) -> str:
    return ", ".join(m.strip() for m in morceaux if m.strip())


def entree(dossier: Dossier) -> list[tuple[str, str]]:
    """Name and text of each field; empty without a sheet."""
    fiche: Fiche | None = getattr(dossier, "fiche", None)
    if fiche is None:
        return []
    commune = Commune.actuelle()
    criteres = ", ".join(c.nom for c in dossier.criteres.all()) or "aucun critère"
    durees = " ; ".join(
        f"{d.get_sorte_display()} : {d.mois} mois après {d.debut} ({d.get_sort_display().lower()})"
        for d in fiche.durees.all()
    )
    approbation = (
        f"{fiche.approuve_par}, le {timezone.localtime(fiche.approuve_le):%d/%m/%Y}" if fiche.approuve_le else "À faire"
    )
    if fiche.reference:
        approbation += f" ({fiche.reference})"
    if fiche.note_par:
        approbation += f", accord noté par {fiche.note_par}"
    return [
        ("Traitement", f"Écoute des usagers : {dossier.titre}"),
        ("Responsable du traitement", _joindre(commune.nom, commune.adresse, commune.telephone, commune.courriel)),
        ("Délégué à la protection des données", _joindre(commune.dpo_nom, commune.dpo_courriel) or "À indiquer"),
        ("Finalité", fiche.finalite),
        ("Base légale", fiche.base_legale),
        ("Personnes concernées", dossier.perimetre_public or "Usagers de la commune"),
        (
            "Données",
            f"Texte des avis et e-mails reçus à ce sujet ; profil par critères ({criteres}) ; "
            "coordonnées laissées par qui le souhaite ; noms, coordonnées, besoins d'accueil et accords des "
            "participants aux ateliers ; noms, coordonnées et profil "
            "des volontaires au tirage au sort. Aucune donnée de santé, d'opinion ni de religion n'est demandée.",
        ),
        ("Destinataires", fiche.destinataires),
        ("Transfert hors de l'Union européenne", "Aucun"),
        ("Durées de conservation", f"{durees}. {OUBLI}"),
        ("Archives publiques", f"Visa d'élimination : {fiche.visa}" if fiche.visa else "Visa d'élimination à demander"),
        ("Sécurité", SECURITE),
        ("Copies de sauvegarde", fiche.sauvegardes),
        ("Droits des personnes", "Accès, rectification, effacement, limitation, opposition : auprès de la mairie ou "
         "du délégué. Recours : CNIL."),
        ("Approbation du délégué", approbation),
    ]  # fmt: skip


def tout() -> list[tuple[Dossier, list[tuple[str, str]]]]:
    """Every entry, oldest dossier first."""
    dossiers = Dossier.objects.filter(fiche__isnull=False).select_related("fiche").order_by("cree_le")
    return [(d, entree(d)) for d in dossiers.prefetch_related("fiche__durees", "criteres")]
