"""The only ways a dossier changes: the core decides, this keeps what it decided, in one transaction."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from consultation import dossier as coeur
from consultation.dossier import Etat, Genre, Manque, Regime, Verification
from consultation.dossier.modele import NOMS, SUIVANTS
from consultation.dossier.publications import PAR_TITRE
from consultation.dossier.regles import manques
from consultation.ecoute.dossiers import population, tableaux
from consultation.ecoute.dossiers.models import Critere, Dossier, Modalite, PassageRetire, Publication
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
CORRIGER_SOUS = timedelta(days=7)  # the town's own promise; RGPD, article 12(3), leaves a month
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
        limite_par_appareil=dossier.limite_par_appareil,
        a_corriger=frozenset(Genre(p.genre) for p in a_corriger(dossier)),
        ouvert_le=timezone.localtime(dossier.ouvert_le) if dossier.ouvert_le else None,
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
    _garder_les_ateliers(actuel, changes)
    if changes:
        actuel.save(update_fields=changes)
        mots = [str(Dossier._meta.get_field(nom).verbose_name) for nom in changes]  # type: ignore[union-attr]
        noter(membre, f"a modifié le dossier ({', '.join(mots)})", actuel)
    return actuel


def _garder_les_ateliers(dossier: Dossier, changes: list[str]) -> None:
    """Raises DossierRefuse when new dates would leave a planned workshop outside of them."""
    if not {"ouverture", "fermeture"} & set(changes):
        return
    for atelier in dossier.ateliers.filter(etat="prevu"):
        if hors_des_dates(dossier, atelier.debut, atelier.fin):
            raise coeur.DossierRefuse(
                f"L'atelier « {atelier.titre} », prévu le {timezone.localtime(atelier.debut):%d/%m/%Y}, serait hors de "
                "ces dates : déplacez-le ou annulez-le d'abord."
            )


def hors_des_dates(dossier: Dossier, debut: datetime, fin: datetime | None = None) -> bool:
    """Whether a moment, or what goes from `debut` to `fin`, is not wholly within the dates of participation.

    Once it is open nothing is planned before the opening any more: only the end counts.
    """
    a_ouvrir = dossier.etape in (Etat.PREPARATION, Etat.ANNONCE)
    avant = a_ouvrir and dossier.ouverture is not None and debut < dossier.ouverture
    return avant or (dossier.fermeture is not None and (fin or debut) > dossier.fermeture)


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
    if genre == Genre.ABANDON:
        _sans_atelier_a_venir(actuel)
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
    if apres.etat != actuel.etape:
        _changer_etat(membre, actuel, apres, timezone.localtime(a_present(maintenant)))
    return publication


def _sans_atelier_a_venir(dossier: Dossier) -> None:
    """Raises DossierRefuse while people hold a seat at a workshop of what is given up."""
    atelier = dossier.ateliers.filter(etat="prevu").first()
    if atelier is not None:
        raise coeur.DossierRefuse(
            f"L'atelier « {atelier.titre} » est encore prévu : annulez-le d'abord, les personnes inscrites seront "
            "prévenues."
        )


def _changer_etat(membre: Membre | None, dossier: Dossier, apres: coeur.Dossier, moment: datetime) -> None:
    dossier.etat, dossier.ouvert_le = apres.etat.value, apres.ouvert_le
    if apres.etat in (Etat.CLOS, Etat.ABANDONNE):
        dossier.clos_le = moment
    dossier.save(update_fields=["etat", "clos_le", "ouvert_le"])
    noter(membre, f"a fait passer le dossier à « {NOMS[apres.etat]} »", dossier)


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
    return [_garder(actuel, nouvelle) for nouvelle in apres.publications[actuel.publications.count() :]][-1]


@transaction.atomic
def avancer(membre: Membre | None, dossier: Dossier, cible: Etat, maintenant: datetime | None = None) -> Dossier:
    """Move on, or raise `DossierRefuse` with all that is missing. Without `membre`: the machine, at the hour."""
    actuel = _tenir(dossier)
    moment = timezone.localtime(a_present(maintenant))
    if cible == Etat.ABANDONNE:
        _sans_atelier_a_venir(actuel)
    apres = coeur.avancer(vers_coeur(actuel), cible, moment)
    if apres.etat != actuel.etape:
        _changer_etat(membre, actuel, apres, moment)
    return actuel


def a_l_heure(dossier: Dossier) -> Dossier:
    """The dossier as its announced dates make it now: it opens and closes by itself, nothing missing.

    Called by the public pages and, every minute, for all dossiers: nobody has to be there at the hour.
    """
    maintenant = timezone.now()
    if dossier.en_retard and not ce_qui_manque(dossier, Etat.OUVERT, maintenant):
        dossier = _basculer(dossier, Etat.OUVERT, maintenant)
    if dossier.etape == Etat.OUVERT and dossier.fermeture is not None and dossier.fermeture <= maintenant:
        dossier = _basculer(dossier, Etat.DEPOUILLEMENT, maintenant)
    return dossier


def _basculer(dossier: Dossier, cible: Etat, maintenant: datetime) -> Dossier:
    with suppress(coeur.DossierRefuse):  # moved or extended meanwhile: the next look sees it
        actuel = avancer(None, dossier, cible, maintenant)
        dossier.etat, dossier.ouvert_le = actuel.etat, actuel.ouvert_le
    return dossier


def tous_a_l_heure() -> None:
    """Open and close all that is due."""
    for dossier in Dossier.objects.filter(etat__in=[Etat.ANNONCE.value, Etat.OUVERT.value]).select_related("fiche"):
        a_l_heure(dossier)


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


def retirer_paroles(dossier: Dossier, passages: Iterable[str]) -> int:
    """Hide these words wherever they were published, now; return in how many publications.

    Matched word for word, spaces and line ends aside. What was published stays under its digest; the team is asked for
    a corrected version, before `CORRIGER_SOUS`.
    """
    mots = [r"\s+".join(map(re.escape, passage.split())) for passage in passages if passage.strip()]
    if not mots:
        return 0
    motif = re.compile("|".join(sorted(mots, key=len, reverse=True)))
    return cacher_dans_les_publications(dossier, lambda texte: [m.span() for m in motif.finditer(texte)])


def cacher_dans_les_publications(dossier: Dossier, places: Callable[[str], list[tuple[int, int]]]) -> int:
    """Hide what `places` finds in each published text of a dossier; return in how many."""
    touchees = 0
    for publication in dossier.publications.all():
        crees = [
            PassageRetire.objects.get_or_create(publication=publication, debut=debut, fin=fin)[1]
            for debut, fin in places(publication.contenu)
        ]
        touchees += any(crees)
    if touchees:
        limite = timezone.localtime() + CORRIGER_SOUS
        pluriel = "s" if touchees > 1 else ""
        noter(
            None, f"paroles retirées : cachées dans {touchees} publication{pluriel}, à corriger avant le "
            f"{limite:%d/%m/%Y}", dossier,
        )  # fmt: skip
    return touchees


def a_corriger(dossier: Dossier) -> list[Publication]:
    """Publications that hold words taken back, and that no later version replaces yet."""
    dernieres: dict[tuple[str, str], Publication] = {}
    for publication in dossier.publications.prefetch_related("retires"):
        distingue = publication.titre if Genre(publication.genre) in PAR_TITRE else ""
        dernieres[publication.genre, distingue] = publication
    return [p for p in dernieres.values() if p.retires.all()]


def chaine_publique(dossier: Dossier) -> tuple[coeur.Publication, ...]:
    """The chain as anybody may take it away: words taken back are not in it."""
    retires = {p.numero: p for p in dossier.publications.prefetch_related("retires") if p.retires.all()}
    return tuple(
        replace(p, contenu=retires[p.numero].lisible, retires=len(retires[p.numero].retires.all()))
        if p.numero in retires
        else p
        for p in chaine(dossier)
    )


def preuve(dossier: Dossier) -> str:
    """The chain of publications, for anybody to check."""
    return coeur.preuve(chaine_publique(dossier))


def archive(dossier: Dossier) -> bytes:
    """The same as a ZIP that `sha256sum` checks, with the documents that were attached."""
    documents = {}
    for publication in dossier.publications.exclude(fichier=""):
        with publication.fichier.open() as fichier:
            documents[f"{publication.numero:03d}.pdf"] = fichier.read()
    return coeur.archive(chaine_publique(dossier), documents)


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
