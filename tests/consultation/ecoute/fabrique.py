"""Makes what tests need, through the services that the pages use."""

from __future__ import annotations

import contextlib
import zlib
from datetime import datetime, timedelta

from django.utils import timezone

from consultation.dossier import Etat, Genre, Regime
from consultation.ecoute.ateliers import services as ateliers
from consultation.ecoute.ateliers.models import Atelier
from consultation.ecoute.commune.models import Commune
from consultation.ecoute.donnees import services as donnees
from consultation.ecoute.donnees.models import MOIS_PROPOSES
from consultation.ecoute.dossiers import services, textes
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre, Role
from consultation.ecoute.panels import services as panels
from consultation.ecoute.panels.models import Panel, Tirage, Volontaire

MOT_DE_PASSE = "trois mots sans rapport"


def commune() -> Commune:
    """Admiville."""
    ville = Commune(
        nom="Admiville", adresse="1 place de la Mairie, 99000 Admiville", telephone="01 99 00 00 00",
        courriel="ecoute@admiville.test", horaires="Du lundi au vendredi", dpo_nom="Dominique Petit",
        dpo_courriel="dpo@admiville.test",
    )  # fmt: skip
    ville.save()
    return ville


def membre(nom: str, role: Role) -> Membre:
    """An account."""
    return Membre.objects.creer(f"{nom.split(maxsplit=1)[0].lower()}@admiville.test", nom, role, MOT_DE_PASSE)


def valeurs(maintenant: datetime | None = None) -> dict[str, object]:
    """Everything that L.131-1 asks of the preparation."""
    depart = maintenant or timezone.now()
    return {
        "objet": "Simplifier l'inscription à l'école maternelle et élémentaire.",
        "evenement_de_vie": "Une première rentrée",
        "perimetre_public": "Les familles dont un enfant entre à l'école",
        "perimetre_justification": "Ce sont elles qui font la démarche.",
        "question": "Qu'est-ce qui a été difficile ? Qu'est-ce qui vous aurait aidé ?",
        "mesure": "Trois avis par appareil ; bulletins papier numérotés.",
        "proportion": "Une famille partage un appareil ; demander une pièce d'identité serait excessif.",
        "ouverture": depart + timedelta(hours=1),
        "fermeture": depart + timedelta(days=30, hours=1),
    }


def dossier(
    qui: Membre, titre: str = "Inscrire son enfant à l'école", regime: Regime = Regime.L131_1, **champs: object
) -> Dossier:
    """A dossier in preparation, complete."""
    cree = services.creer(qui, Dossier(titre=titre, regime=regime.value))
    return services.modifier(qui, cree, {**valeurs(), **champs})


def fiche(qui: Membre, pour: Dossier) -> None:
    """Its data protection sheet."""
    donnees.enregistrer(
        qui, pour, {"finalite": "Entendre", "base_legale": "RGPD 6(1)(e)", "destinataires": "L'équipe",
         "visa": "archives départementales, 2027-3"},
        {sorte.value: mois for sorte, mois in MOIS_PROPOSES.items()},
    )  # fmt: skip


def annonce(qui: Membre, dpo: Membre, **champs: object) -> Dossier:
    """Announced, sheet approved, information published."""
    prepare = dossier(qui, **champs)  # type: ignore[arg-type]
    fiche(qui, prepare)
    donnees.approuver(dpo, prepare.fiche)  # type: ignore[attr-defined]
    titre, contenu = textes.proposer(prepare, Genre.MODALITES)
    services.publier(qui, prepare, Genre.MODALITES, titre, contenu)
    services.publier(qui, prepare, Genre.INFORMATION, "Le parcours actuel", "Douze pièces, trois guichets.")
    return services.avancer(qui, prepare, Etat.ANNONCE)


def ouvert(qui: Membre, dpo: Membre, **champs: object) -> Dossier:
    """Open to contributions: opening was a minute ago."""
    depart = timezone.now()
    champs = {"ouverture": depart - timedelta(minutes=1), "fermeture": depart + timedelta(days=30), **champs}
    return services.avancer(qui, annonce(qui, dpo, **champs), Etat.OUVERT)


def ferme(qui: Membre, dpo: Membre, **champs: object) -> Dossier:
    """Closed to contributions, as if the days had passed."""
    return _fermer(qui, ouvert(qui, dpo, **champs))


def _fermer(qui: Membre, en_cours: Dossier) -> Dossier:
    fin = timezone.now() - timedelta(minutes=1)
    Dossier.objects.filter(pk=en_cours.pk).update(ouverture=fin - timedelta(days=30), fermeture=fin)
    return services.avancer(qui, en_cours, Etat.DEPOUILLEMENT)


def resultats(qui: Membre, pour: Dossier) -> None:
    """Its results published: « Vous avez dit, nous avons fait » may be read."""
    if pour.etape == Etat.OUVERT:
        _fermer(qui, pour)
    services.publier(qui, pour, Genre.RESULTATS, "Ce que vous nous avez dit", "Voici.")


def atelier(qui: Membre, pour: Dossier, dans_j: float = 20, **champs: object) -> Atelier:
    """A workshop to come."""
    debut = timezone.now() + timedelta(days=dans_j)
    prevu: dict[str, object] = {
        "titre": "Atelier des parents", "debut": debut, "fin": debut + timedelta(hours=2), "lieu": "École Jean-Macé",
        "adresse": "2 rue des Lilas", "acces": "Bus 4, arrêt Mairie.", "capacite": 2, "inscription_publique": True,
    }  # fmt: skip
    return ateliers.planifier(qui, Atelier(dossier=pour, **prevu | champs))


def panel(qui: Membre, pour: Dossier, taille: int = 10) -> Panel:
    """A panel whose quotas follow the population."""
    fin = timezone.now() + timedelta(days=10)
    return panels.creer(
        qui, Panel(dossier=pour, titre="Panel des parents", taille=taille, inscription_jusqua=fin, engagement="Venir.")
    )


def annoncer(qui: Membre, tirage: Tirage) -> None:
    """Its list published, as if the time of registration had passed."""
    Panel.objects.filter(pk=tirage.panel_id).update(inscription_jusqua=timezone.now() - timedelta(seconds=1))
    panels.annoncer(qui, tirage)


def volontaires(pour: Panel, nombre: int, jeunes: int | None = None) -> None:
    """Invented volunteers: first values first, then the others, in turn."""
    criteres = [(c.nom, [m.nom for m in c.modalites.all()]) for c in pour.dossier.criteres.all()]
    for rang in range(nombre):
        valeurs = {nom: choix[(rang >> i) % len(choix)] for i, (nom, choix) in enumerate(criteres)}
        if jeunes is not None:
            valeurs[criteres[0][0]] = criteres[0][1][0 if rang < jeunes else 1]
        personne = Volontaire(nom=f"Personne {rang}", courriel=f"v{rang}@exemple.test", valeurs=valeurs)
        with contextlib.suppress(panels.DejaVolontaire):
            panels.inscrire(pour, personne, f"{rang} rue des Lilas")


def contenu_pdf(octets: bytes) -> bytes:
    """A PDF with its compressed streams opened, to look for words of its structure."""
    ouverts = []
    for morceau in octets.split(b"stream\n")[1:]:
        try:
            ouverts.append(zlib.decompressobj().decompress(morceau))
        except zlib.error:
            continue
    return octets + b"".join(ouverts)
