"""Sample data: one dossier in full swing, everything invented, to try without fear."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from consultation.dossier import Etat, Genre, Regime
from consultation.ecoute.ateliers import services as ateliers
from consultation.ecoute.ateliers.models import Atelier, Participant
from consultation.ecoute.contributions.models import Canal, Contribution
from consultation.ecoute.contributions.services import empreinte
from consultation.ecoute.donnees import services as donnees
from consultation.ecoute.donnees.forms import DESTINATAIRES, FINALITE
from consultation.ecoute.donnees.models import BASE_PROPOSEE, MOIS_PROPOSES
from consultation.ecoute.dossiers import services, textes
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre, Role
from consultation.ecoute.lecture.models import Theme
from consultation.ecoute.panels import services as panels
from consultation.ecoute.panels.forms import ENGAGEMENT
from consultation.ecoute.panels.models import Panel, Volontaire
from consultation.ecoute.suites import exemple as exemple_suites

TITRE = "Exemple : inscrire son enfant à l'école"
POPULATION = (
    ("âge", "Quel âge avez-vous ?", [("16 à 29 ans", 21.0), ("30 à 44 ans", 27.0), ("45 à 59 ans", 25.0),
                                    ("60 ans et plus", 27.0)]),
    ("quartier", "Où habitez-vous ?", [("Centre", 34.0), ("Gare", 26.0), ("Les Lilas", 22.0), ("Plateau", 18.0)]),
)  # fmt: skip
DEBUTS = ("J'ai inscrit ma fille en juin.", "Pour mon fils, c'était en avril.", "Nous venons d'arriver ici.",
          "Je l'ai fait pour ma petite-fille.", "C'était la première fois.")  # fmt: skip
MILIEUX = (
    ("Pièces", "On m'a demandé le justificatif de domicile trois fois."),
    ("Pièces", "Je ne savais pas qu'il fallait le carnet de vaccination."),
    ("Horaires", "Le guichet ferme à 17 h : j'ai dû poser une demi-journée."),
    ("Horaires", "Le samedi matin, deux heures d'attente debout avec la poussette."),
    ("Mots", "Je n'ai pas compris le mot « périmètre scolaire »."),
    ("Mots", "La lettre parle de « dérogation », personne ne sait ce que c'est."),
    ("En ligne", "Le formulaire s'est effacé sur mon téléphone au moment d'envoyer."),
    ("En ligne", "Impossible de joindre une photo de mon justificatif."),
    ("Accueil", "Madame Lopez, au guichet, a pris le temps de m'expliquer : merci à elle."),
    ("Suite", "Après, plus aucune nouvelle. J'ai rappelé au 06 12 34 56 78, puis j'ai attendu."),
)
FINS = ("", "Merci de nous écouter.", "Une liste simple des papiers suffirait.", "Un message de confirmation aiderait.")
THEMES = (
    ("Pièces", "Justificatifs demandés : lesquels, combien de fois. Pas l'envoi en ligne."),
    ("Horaires", "Heures d'ouverture, attente, déplacement."),
    ("Mots", "Ce qui n'est pas compris dans nos lettres et formulaires."),
    ("En ligne", "Le site et le téléphone."),
    ("Accueil", "La façon dont on est reçu, en bien ou en mal."),
    ("Suite", "Ce qui se passe, ou pas, après la demande."),
)
PRENOMS = "Ana Basile Chloé Driss Élise Fatou Gaël Hugo Inès Jade Karim Léon Maya Noé Olga Paul Rose Sami Théo Yasmine"
NOMS = "Arnaud Besson Colin Diallo Estève Ferrand Garnier Haddad Imbert Joly Klein Lambert Moreau Nguyen Olivier Pons"


@transaction.atomic
def creer(maintenant: datetime | None = None) -> Dossier | None:
    """Make the sample dossier; None if it is there already."""
    if Dossier.objects.filter(titre=TITRE).exists():
        return None
    moment = maintenant or timezone.now()
    hasard = random.Random(7)  # noqa: S311 - the same sample each time
    qui = Membre.objects.filter(courriel="exemple@exemple.invalid").first()
    if qui is None:
        qui = Membre.objects.creer("exemple@exemple.invalid", "Équipe d'exemple", Role.EQUIPE)
        qui.is_active = False
        qui.save(update_fields=["is_active"])
    exemple_suites.creer(qui, moment)
    debut = timezone.localtime(moment).replace(hour=9, minute=0, second=0, microsecond=0)
    dossier = _dossier(qui, debut - timedelta(days=12))
    _avis(dossier, moment, hasard)
    for rang, (nom, definition) in enumerate(THEMES):
        Theme.objects.create(dossier=dossier, nom=nom, definition=definition, ordre=rang)
    _atelier(qui, dossier, moment)
    _panel(qui, dossier, moment, hasard)
    return dossier


def _dossier(qui: Membre, debut: datetime) -> Dossier:
    dossier = services.creer(qui, Dossier(titre=TITRE, regime=Regime.L131_1.value, evenement_de_vie="Une rentrée"))
    services.modifier(qui, dossier, {
        "objet": "Simplifier l'inscription à l'école maternelle et élémentaire avant la prochaine rentrée.",
        "perimetre_public": "Les familles dont un enfant entre à l'école, et les personnes qui les aident",
        "perimetre_justification": "Ce sont elles qui font la démarche, ou qui l'expliquent.",
        "question": "Qu'est-ce qui a été difficile quand vous avez inscrit votre enfant ? Qu'est-ce qui aiderait ?",
        "mesure": "Trois avis par appareil ; les textes identiques comptent une fois ; bulletins papier numérotés.",
        "proportion": "Une famille partage un appareil ; demander une pièce d'identité écarterait du monde.",
        "ouverture": debut + timedelta(days=2), "fermeture": debut + timedelta(days=42),
    })  # fmt: skip
    textes_fiche = {
        "finalite": FINALITE, "base_legale": BASE_PROPOSEE, "destinataires": DESTINATAIRES,
        "visa": "Exemple : aucun visa réel",
    }  # fmt: skip
    fiche = donnees.enregistrer(qui, dossier, textes_fiche, {s.value: m for s, m in MOIS_PROPOSES.items()})
    donnees.approuver(exemple_suites.delegue(), fiche, maintenant=debut)
    dossier.refresh_from_db()
    titre, contenu = textes.proposer(dossier, Genre.MODALITES)
    services.publier(qui, dossier, Genre.MODALITES, titre, contenu, maintenant=debut)
    info = "Aujourd'hui : douze pièces, deux rendez-vous, six semaines. 740 inscriptions par an."
    services.publier(qui, dossier, Genre.INFORMATION, "Le parcours actuel", info, maintenant=debut)
    services.avancer(qui, dossier, Etat.ANNONCE, debut)
    dossier = services.avancer(qui, dossier, Etat.OUVERT, debut + timedelta(days=2))
    for nom, question, valeurs in POPULATION:
        services.decrire(qui, dossier, None, nom, question, "Chiffres inventés", valeurs)
    return dossier


def _avis(dossier: Dossier, moment: datetime, hasard: random.Random) -> None:
    canaux = [*Canal] * 10
    for numero, canal in enumerate(canaux, start=1):
        milieu = MILIEUX[(numero * 7) % len(MILIEUX)][1]
        texte = " ".join(mot for mot in (hasard.choice(DEBUTS), milieu, hasard.choice(FINS)) if mot)
        profil = {nom: hasard.choice(valeurs)[0] for nom, _, valeurs in POPULATION} if hasard.random() < 0.7 else {}
        Contribution.objects.create(
            dossier=dossier, numero=numero, canal=canal, texte=texte, profil=profil, empreinte=empreinte(texte),
            recue_le=moment - timedelta(hours=hasard.randint(1, 200)),
        )  # fmt: skip


def _gens(nombre: int) -> list[str]:
    prenoms, noms = PRENOMS.split(), NOMS.split()
    return [f"{prenoms[i % len(prenoms)]} {noms[(i + i // len(prenoms)) % len(noms)]}" for i in range(nombre)]


def _atelier(qui: Membre, dossier: Dossier, moment: datetime) -> None:
    debut = timezone.localtime(moment + timedelta(days=16)).replace(hour=18, minute=0, second=0, microsecond=0)
    atelier = ateliers.planifier(qui, Atelier(
        dossier=dossier, titre="Exemple : atelier avec les parents", debut=debut, fin=debut + timedelta(hours=2),
        lieu="École Jean-Macé, salle du rez-de-chaussée", adresse="2 rue des Lilas", garde=True,
        acces="Bus 4, arrêt Mairie. Entrée par la cour.", capacite=16, inscription_publique=True,
    ))  # fmt: skip
    gens = [Participant(nom=nom, telephone="01 99 00 00 00") for nom in _gens(12)]
    gens.append(Participant(nom="Centre social des Lilas", qualite=Participant.Qualite.ASSOCIATION))
    ateliers.ajouter(qui, atelier, gens)


def _panel(qui: Membre, dossier: Dossier, moment: datetime, hasard: random.Random) -> None:
    panel = panels.creer(qui, Panel(
        dossier=dossier, titre="Exemple : panel des habitants", taille=20, un_par_foyer=False,
        inscription_jusqua=moment + timedelta(days=7), engagement=ENGAGEMENT,
    ))  # fmt: skip
    codes = hasard.sample(range(1_000, 10_000), 200)
    Volontaire.objects.bulk_create(
        Volontaire(
            panel=panel, code=f"V{code}", nom=nom, telephone="01 99 00 00 00",
            jeton=f"{hasard.getrandbits(96):024x}",
            valeurs={c: hasard.choices([v for v, _ in vs], [p for _, p in vs])[0] for c, _, vs in POPULATION},
        )
        for code, nom in zip(codes, _gens(200), strict=True)
    )  # fmt: skip
