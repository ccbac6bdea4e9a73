"""The only ways a dossier changes: the core decides, this keeps what it decided, in one transaction."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from consultation import dossier as coeur
from consultation.dossier import Etat, Genre, Manque, Regime, Verification
from consultation.dossier.modele import NOMS, SUIVANTS
from consultation.dossier.regles import manques
from consultation.ecoute.dossiers import population, tableaux
from consultation.ecoute.dossiers.models import Critere, Dossier, Modalite, Publication
from consultation.ecoute.journal.services import noter

if TYPE_CHECKING:
    from consultation.ecoute.equipe.models import Membre

CHAMPS_DU_COEUR = {
    "regime": "regime",
    "objet": "objet",
    "question": "question",
    "ouverture": "ouverture",
    "fermeture": "fermeture",
    "perimetre_public": "perimetre",
    "perimetre_justification": "perimetre",
    "mesure": "anti_doublon",
    "proportion": "anti_doublon",
    "commission_remplacee": "commission_remplacee",
}
ANNONCES = ("limite_par_appareil", "exclusions_ecartees", "justification_duree")


def a_present(maintenant: datetime | None = None) -> datetime:
    """The moment of an act, in UTC: what a digest covers must read back the same."""
    return (maintenant or timezone.now()).astimezone(UTC)


def vers_coeur(dossier: Dossier) -> coeur.Dossier:
    """The dossier as the rules know it; dates in local time, because the rules write them in sentences."""
    fiche = getattr(dossier, "fiche", None)
    return coeur.Dossier(
        titre=dossier.titre,
        regime=Regime(dossier.regime),
        objet=dossier.objet,
        question=dossier.question,
        ouverture=timezone.localtime(dossier.ouverture) if dossier.ouverture else None,
        fermeture=timezone.localtime(dossier.fermeture) if dossier.fermeture else None,
        justification_duree=dossier.justification_duree,
        perimetre=coeur.Perimetre(dossier.perimetre_public, dossier.perimetre_justification),
        anti_doublon=coeur.MesureAntiDoublon(dossier.mesure, dossier.proportion),
        protection=None if fiche is None else fiche.vers_coeur(),
        commission_remplacee=dossier.commission_remplacee,
        exclusions_ecartees=dossier.exclusions_ecartees,
        etat=dossier.etape,
        publications=chaine(dossier),
    )


def chaine(dossier: Dossier) -> tuple[coeur.Publication, ...]:
    """Publications as the core checks them."""
    return tuple(
        coeur.Publication(
            p.numero, Genre(p.genre), p.version, p.titre, p.contenu, p.motif, p.publie_le.astimezone(UTC),
            p.precedente, p.empreinte,
        )
        for p in dossier.publications.order_by("numero")
    )  # fmt: skip


def _tenir(dossier: Dossier) -> Dossier:
    """The dossier as it is now, held until the end of the transaction."""
    return Dossier.objects.select_for_update().get(pk=dossier.pk)


@transaction.atomic
def creer(membre: Membre, dossier: Dossier) -> Dossier:
    """Start a dossier; its address comes from its title."""
    base = slugify(dossier.titre)[:70] or "dossier"
    dossier.slug, rang = base, 1
    while Dossier.objects.filter(slug=dossier.slug).exists():
        rang += 1
        dossier.slug = f"{base}-{rang}"
    dossier.save()
    noter(membre, "a créé le dossier", dossier)
    return dossier


@transaction.atomic
def modifier(membre: Membre, dossier: Dossier, valeurs: dict[str, object]) -> Dossier:
    """Change what was prepared; refused once it was announced."""
    actuel = _tenir(dossier)
    changes = [nom for nom, valeur in valeurs.items() if getattr(actuel, nom) != valeur]
    du_coeur = [CHAMPS_DU_COEUR[nom] for nom in changes if nom in CHAMPS_DU_COEUR]
    coeur.exiger_modifiable(actuel.etape, du_coeur, annonces=any(nom in ANNONCES for nom in changes))
    for nom in changes:
        setattr(actuel, nom, valeurs[nom])
    if changes:
        actuel.save(update_fields=changes)
        mots = [str(Dossier._meta.get_field(nom).verbose_name) for nom in changes]  # type: ignore[union-attr]
        noter(membre, f"a modifié le dossier ({', '.join(mots)})", actuel)
    return actuel


@transaction.atomic
def publier(
    membre: Membre,
    dossier: Dossier,
    genre: Genre,
    titre: str,
    contenu: str,
    *,
    motif: str = "",
    fichier: UploadedFile[Any] | None = None,
    maintenant: datetime | None = None,
) -> Publication:
    """Make something public, now; the digest covers the attached file through its own."""
    actuel = _tenir(dossier)
    if fichier is not None:
        empreinte = hashlib.sha256()
        for morceau in fichier.chunks():
            empreinte.update(morceau)
        contenu = f"{contenu.strip()}\n\nFichier « {fichier.name} », SHA-256 : {empreinte.hexdigest()}".strip()
    apres = coeur.publier(
        vers_coeur(actuel), genre, titre.strip(), contenu.strip(), a_present(maintenant), motif.strip()
    )
    publication = _garder(actuel, apres.publications[-1], fichier)
    noter(membre, f"a publié « {publication.titre} » (version {publication.version})", actuel)
    return publication


def _garder(dossier: Dossier, nouvelle: coeur.Publication, fichier: UploadedFile[Any] | None = None) -> Publication:
    publication = Publication(
        dossier=dossier, numero=nouvelle.numero, genre=nouvelle.genre.value, version=nouvelle.version,
        titre=nouvelle.titre, contenu=nouvelle.contenu, motif=nouvelle.motif, publie_le=nouvelle.publie_le,
        precedente=nouvelle.precedente, empreinte=nouvelle.empreinte,
    )  # fmt: skip
    if fichier is not None:
        publication.fichier_nom = str(fichier.name)[:200]
        publication.fichier.save(f"{nouvelle.empreinte}.pdf", fichier, save=False)
    publication.save()
    return publication


@transaction.atomic
def prolonger(
    membre: Membre, dossier: Dossier, fermeture: datetime, motif: str, maintenant: datetime | None = None
) -> Publication:
    """Give more time, with a published reason."""
    actuel = _tenir(dossier)
    apres = coeur.prolonger(vers_coeur(actuel), timezone.localtime(fermeture), motif.strip(), a_present(maintenant))
    actuel.fermeture = fermeture
    actuel.save(update_fields=["fermeture"])
    noter(membre, f"a prolongé la participation jusqu'au {timezone.localtime(fermeture):%d/%m/%Y}", actuel)
    return _garder(actuel, apres.publications[-1])


@transaction.atomic
def avancer(membre: Membre, dossier: Dossier, cible: Etat, maintenant: datetime | None = None) -> Dossier:
    """Move on, or raise `DossierRefuse` with all that is missing."""
    actuel = _tenir(dossier)
    moment = timezone.localtime(a_present(maintenant))
    coeur.avancer(vers_coeur(actuel), cible, moment)
    actuel.etat = cible.value
    if cible in (Etat.CLOS, Etat.ABANDONNE):
        actuel.clos_le = moment
    actuel.save(update_fields=["etat", "clos_le"])
    noter(membre, f"a fait passer le dossier à « {NOMS[cible]} »", actuel)
    return actuel


def suivant(dossier: Dossier) -> Etat | None:
    """The next state on the usual way."""
    return next((etat for etat in SUIVANTS[dossier.etape] if etat != Etat.ABANDONNE), None)


def ce_qui_manque(dossier: Dossier, cible: Etat, maintenant: datetime | None = None) -> tuple[Manque, ...]:
    """What keeps the dossier from `cible`."""
    return manques(vers_coeur(dossier), cible, timezone.localtime(a_present(maintenant)))


def fiche_de_conformite(dossier: Dossier, maintenant: datetime | None = None) -> tuple[Verification, ...]:
    """Every rule, met or not."""
    return coeur.fiche_de_conformite(vers_coeur(dossier), timezone.localtime(a_present(maintenant)))


def echeances(dossier: Dossier, maintenant: datetime | None = None) -> tuple[str, ...]:
    """Deadlines in sentences."""
    return coeur.echeances(vers_coeur(dossier), timezone.localtime(a_present(maintenant)))


def limite_resultats(dossier: Dossier) -> datetime | None:
    """The day by which the town said that it would publish what it heard."""
    if dossier.fermeture is None:
        return None
    return dossier.fermeture + timedelta(days=coeur.Politique().resultats_sous_j)


def preuve(dossier: Dossier) -> str:
    """The chain of publications, for anybody to check."""
    return coeur.preuve(chaine(dossier))


def archive(dossier: Dossier) -> bytes:
    """The same as a ZIP that `sha256sum` checks, with the documents that were attached."""
    documents = {}
    for publication in dossier.publications.exclude(fichier=""):
        with publication.fichier.open() as fichier:
            documents[f"{publication.numero:03d}.pdf"] = fichier.read()
    return coeur.archive(chaine(dossier), documents)


@transaction.atomic
def decrire(  # noqa: PLR0917
    membre: Membre,
    dossier: Dossier,
    critere: Critere | None,
    nom: str,
    question: str,
    source: str,
    valeurs: list[tuple[str, float]],
) -> Critere:
    """Write one criterion of the population with its values and shares."""
    garde = critere or Critere(dossier=dossier, ordre=dossier.criteres.count())
    garde.nom, garde.question, garde.source = nom, question, source
    garde.save()
    garde.modalites.exclude(nom__in=[valeur for valeur, _ in valeurs]).delete()
    for rang, (valeur, part) in enumerate(valeurs):
        Modalite.objects.update_or_create(critere=garde, nom=valeur, defaults={"part": round(part, 2), "ordre": rang})
    noter(membre, f"a décrit la population (critère « {nom} »)", dossier)
    return garde


@transaction.atomic
def importer_population(membre: Membre, dossier: Dossier, fichier: UploadedFile[Any]) -> list[str]:
    """All the criteria of a CSV file, or none; those of the same name are replaced. Return their names.

    Raises `FichiersInvalides` with every mistake.
    """
    lus = population.lire(tableaux.lire_envoi(fichier))
    for lu in lus:
        existant = dossier.criteres.filter(nom__iexact=lu.nom).first()
        question = lu.question or (existant.question if existant else f"{lu.nom[:1].upper()}{lu.nom[1:]} ?")
        nom = existant.nom if existant else lu.nom
        decrire(
            membre, dossier, existant, nom, question, lu.source or (existant.source if existant else ""), lu.valeurs
        )
    return [lu.nom for lu in lus]
