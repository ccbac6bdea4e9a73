"""The only ways a panel changes: volunteers, quotas, draw, replacements."""

from __future__ import annotations

import csv
import io
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from consultation.dossier import Etat, Genre
from consultation.ecoute.ateliers import services as ateliers
from consultation.ecoute.ateliers.models import Atelier, Participant
from consultation.ecoute.cadre import adresse
from consultation.ecoute.dossiers import services as dossiers
from consultation.ecoute.dossiers.models import Modalite
from consultation.ecoute.journal.services import noter
from consultation.ecoute.panels import courriels, foyers
from consultation.ecoute.panels.models import Panel, Quota, Tirage, Volontaire, bornes
from consultation.tirage import DemandeImpossible, QuotasImpossibles, TirageAnnule, TirageErreur, preparer
from consultation.tirage.avancement import Etape
from consultation.tirage.modele import Vivier
from consultation.tirage.publication import liste_numerotee, publier, refus_en_json
from consultation.tirage.remplacement import remplacants
from consultation.tirage.vivier import lire_vivier
from socle.envois import services as envois
from socle.typographie.dates import moment
from socle.typographie.nombres import compte, pourcent

if TYPE_CHECKING:
    from consultation.ecoute.equipe.models import Membre

DEMANDE_GARDEE = timedelta(days=7)
PAS_S = 0.4  # seconds between two notes of progress


class PanelRefuse(Exception):
    """Why something cannot be done, in French."""


class DejaVolontaire(PanelRefuse):
    """The person is registered already."""

    def __init__(self, volontaire: Volontaire) -> None:
        super().__init__(f"{volontaire.nom} est déjà volontaire, sous le code {volontaire.code}.")
        self.volontaire = volontaire


@transaction.atomic
def creer(membre: Membre, panel: Panel) -> Panel:
    """A panel with quotas that follow the population; the team may move them."""
    panel.save()
    proposer_quotas(panel)
    noter(membre, f"a préparé le panel « {panel.titre} »", panel.dossier)
    return panel


@transaction.atomic
def proposer_quotas(panel: Panel) -> None:
    """Quotas nearest to the shares of the population."""
    panel.quotas.all().delete()
    for critere in panel.dossier.criteres.prefetch_related("modalites"):
        for modalite in critere.modalites.all():
            minimum, maximum = bornes(panel.taille, float(modalite.part))
            Quota.objects.create(panel=panel, modalite=modalite, minimum=minimum, maximum=maximum)


@transaction.atomic
def changer_quotas(membre: Membre, panel: Panel, valeurs: Mapping[int, tuple[int, int]]) -> None:
    """Set the bounds decided by the team."""
    for quota in panel.quotas.all():
        quota.minimum, quota.maximum = valeurs[quota.pk]
        quota.save(update_fields=["minimum", "maximum"])
    noter(membre, f"a fixé les quotas du panel « {panel.titre} »", panel.dossier)


@transaction.atomic
def modifier(membre: Membre, panel: Panel) -> Panel:
    """Change a panel whose list is not public; another size means other quotas, proposed again.

    Raises PanelRefuse once the list is public.
    """
    ancien = Panel.objects.select_for_update().get(pk=panel.pk)
    if ancien.annonce:
        raise PanelRefuse("La liste est publiée : le panel ne change plus.")
    if ancien.dossier.public and panel.inscription_jusqua < ancien.inscription_jusqua.replace(second=0, microsecond=0):
        raise PanelRefuse(
            f"Les inscriptions sont annoncées jusqu'au {moment(ancien.inscription_jusqua)} : elles se prolongent, mais "
            "ne s'abrègent pas."
        )
    panel.save()
    if panel.taille != ancien.taille:
        proposer_quotas(panel)
    if (panel.taille, panel.un_par_foyer) != (ancien.taille, ancien.un_par_foyer):
        panel.tirages.all().delete()  # a list computed for another panel
    noter(membre, f"a modifié le panel « {panel.titre} »", panel.dossier)
    return panel


@transaction.atomic
def inscrire(panel: Panel, volontaire: Volontaire, domicile: str = "") -> Volontaire:
    """Register a volunteer, as the team does; the address becomes a digest that tells who lives together.

    Raises `DejaVolontaire` when the same name with the same e-mail or phone is registered, PanelRefuse when
    registration is over.
    """
    actuel = _ouvert(panel)
    deja = _deja(actuel, volontaire)
    if deja is not None and not deja.a_confirmer:
        raise DejaVolontaire(deja)
    if deja is not None:  # they had asked on the public page: the team heard them
        return confirmer(deja)
    _garder(actuel, volontaire, domicile)
    courriels.ecrire("inscription", volontaire)
    return volontaire


@transaction.atomic
def demander(panel: Panel, volontaire: Volontaire, domicile: str = "") -> bool:
    """From the public page: they are volunteers once they say so from their own mailbox, or to somebody who calls.

    What is answered never tells who is a volunteer already. Returns whether a message leaves. Raises PanelRefuse when
    registration is over, PlafondAtteint, nothing changed, when the address was written to often enough.
    """
    actuel = _ouvert(panel)
    deja = _deja(actuel, volontaire)
    if deja is None:
        volontaire.a_confirmer = True
        _garder(actuel, volontaire, domicile)
        deja = volontaire
    if not volontaire.courriel:
        return False
    courriels.ecrire("demande" if deja.a_confirmer or deja.retire_le else "inscription", deja, par_inconnu=True)
    return True


@transaction.atomic
def confirmer(volontaire: Volontaire, membre: Membre | None = None) -> Volontaire:
    """They are a volunteer: said from their own page, or on the phone to `membre`.

    Raises PanelRefuse once the list is public.
    """
    panel = Panel.objects.select_for_update().get(pk=volontaire.panel_id)
    if panel.annonce:
        raise PanelRefuse("La liste est publiée : personne n'y entre plus.")
    volontaire.a_confirmer = False
    volontaire.save(update_fields=["a_confirmer"])
    if membre is not None:
        noter(membre, f"a confirmé le volontaire {volontaire.code}, par téléphone", panel.dossier)
    return volontaire


@transaction.atomic
def revenir(volontaire: Volontaire) -> None:
    """Who left changes their mind: back among the volunteers, or in their seat while nobody took it.

    Raises PanelRefuse when it is too late.
    """
    panel = Panel.objects.select_for_update().get(pk=volontaire.panel_id)
    if not peut_revenir(volontaire):
        raise PanelRefuse(f"C'est trop tard pour revenir dans « {panel.titre} ».")
    volontaire.retire_le = volontaire.renonce_le = None
    volontaire.save(update_fields=["retire_le", "renonce_le"])


def peut_revenir(volontaire: Volontaire) -> bool:
    """Whether nothing was decided yet without them."""
    panel = volontaire.panel
    if volontaire.retire_le:
        return not panel.annonce and panel.dossier.public and panel.dossier.etape not in (Etat.CLOS, Etat.ABANDONNE)
    tirage = panel.tirages.filter(etat=Tirage.Etat.TIRE).first()
    partis = [un["declined"] for un in tirage.resultat.get("replaced", [])] if tirage else []
    return bool(volontaire.renonce_le) and volontaire.code not in partis


def oublier_demandes(maintenant: datetime | None = None) -> int:
    """Erase the requests that nobody confirmed from the mailbox: somebody else may have typed that address."""
    limite = (maintenant or timezone.now()) - DEMANDE_GARDEE
    anciennes = Volontaire.objects.filter(a_confirmer=True, inscrit_le__lt=limite).exclude(courriel="")
    return _oublier(anciennes)


def _oublier(gens: QuerySet[Volontaire]) -> int:
    liste = list(gens)
    envois.oublier(*map(courriels.objet, liste))
    Volontaire.objects.filter(pk__in=[v.pk for v in liste]).delete()
    return len(liste)


def _ouvert(panel: Panel) -> Panel:
    actuel = Panel.objects.select_for_update().get(pk=panel.pk)
    if not actuel.recrute:
        raise PanelRefuse("Les inscriptions au tirage au sort sont terminées.")
    return actuel


def _deja(panel: Panel, volontaire: Volontaire) -> Volontaire | None:
    """Who is known with this name and this e-mail or phone."""
    for champ in ("courriel", "telephone"):
        valeur = getattr(volontaire, champ)
        memes = panel.volontaires.filter(**{f"{champ}__iexact": valeur, "nom__iexact": volontaire.nom})
        if valeur and (deja := memes.order_by("retire_le", "pk").first()) is not None:
            return deja
    return None


def _garder(panel: Panel, volontaire: Volontaire, domicile: str) -> None:
    volontaire.panel = panel
    volontaire.code = _code(panel)
    volontaire.adresse = " ".join(domicile.split())[:300]
    volontaire.foyer = foyers.empreinte(panel, domicile)
    volontaire.save()


def _code(panel: Panel) -> str:
    """A code that says nothing: neither a name nor the order of arrival."""
    pris = set(panel.volontaires.values_list("code", flat=True))
    while True:
        code = (
            f"V{secrets.randbelow(9_000) + 1_000}" if len(pris) < 4_000 else f"V{secrets.randbelow(900_000) + 100_000}"
        )
        if code not in pris:
            return code


def retirer(volontaire: Volontaire, membre: Membre | None = None) -> None:
    """A volunteer changes their mind: before the list, they are out; after, they decline. `membre`: said by phone."""
    if volontaire.retire_le or volontaire.renonce_le:
        return
    if volontaire.panel.annonce:
        volontaire.renonce_le = timezone.now()
    else:
        volontaire.retire_le = timezone.now()
    volontaire.save(update_fields=["renonce_le", "retire_le"])
    if membre is not None:
        noter(membre, f"a retiré le volontaire {volontaire.code}, à sa demande", volontaire.panel.dossier)


def _csv(entete: list[str], lignes: list[list[Any]]) -> str:
    texte = io.StringIO()
    sortie = csv.writer(texte, lineterminator="\n")
    sortie.writerow(entete)
    sortie.writerows(lignes)
    return texte.getvalue()


def fichiers(panel: Panel) -> tuple[str, str]:
    """People and quotas as the field's usual files; people are codes and values, nothing else."""
    quotas = list(panel.quotas.select_related("modalite__critere"))
    criteres = list(dict.fromkeys(q.modalite.critere.nom for q in quotas))
    gens = [[v.code, *(v.valeurs.get(c, "") for c in criteres), v.foyer] for v in panel.en_lice.order_by("code")]
    lignes = [
        [q.modalite.critere.nom, q.modalite.nom, q.minimum, q.maximum, max(0, q.minimum - 1), q.maximum + 1]
        for q in quotas
    ]
    return (
        _csv(["id", *criteres, "foyer"], gens),
        _csv(["feature", "value", "min", "max", "min_flex", "max_flex"], lignes),
    )


def vivier(tirage: Tirage) -> Vivier:
    """The files of a draw, read by the same reader as the command."""
    with tempfile.TemporaryDirectory() as temporaire:
        gens, quotas = Path(temporaire) / "volontaires.csv", Path(temporaire) / "quotas.csv"
        gens.write_text(tirage.personnes, encoding="utf-8")
        quotas.write_text(tirage.quotas, encoding="utf-8")
        return lire_vivier(gens, quotas, "id", ["foyer"] if tirage.panel.un_par_foyer else [])


@transaction.atomic
def lancer(membre: Membre, panel: Panel) -> Tirage:
    """Start the computation in the background; it can be followed and stopped.

    Raises PanelRefuse once the list is public or the panel drawn, and when quotas no longer fit the population.
    """
    actuel = Panel.objects.select_for_update().get(pk=panel.pk)
    if actuel.tirages.filter(etat=Tirage.Etat.TIRE).exists():
        raise PanelRefuse(
            "Ce panel est déjà tiré : un tirage ne se refait pas. Les personnes qui renoncent se remplacent."
        )
    if actuel.tirages.filter(etat=Tirage.Etat.PRET).exclude(annonce_le=None).exists():
        raise PanelRefuse("La liste est déjà publiée : elle ne se recalcule plus. Tirez le numéro.")
    decrites = Modalite.objects.filter(critere__dossier=actuel.dossier)
    if actuel.quotas.exists() and decrites.exclude(pk__in=actuel.quotas.values("modalite")).exists():
        raise PanelRefuse(
            "La population a changé depuis que les quotas sont fixés. Ouvrez « Changer les quotas », puis reprenez "
            "ceux de la population."
        )
    if timezone.now() >= actuel.inscription_jusqua and (attendent := actuel.a_appeler.count()):
        raise PanelRefuse(
            f"{compte(attendent, 'personne a', 'personnes ont')} demandé à être volontaire et n'ont qu'un téléphone : "
            "appelez, puis confirmez ou retirez, dans « Les volontaires »."
        )
    if foyers.a_decider(actuel):
        raise PanelRefuse(
            "Des adresses se ressemblent, ou beaucoup de volontaires ont la même : dites d'abord qui habite ensemble, "
            "dans « Les foyers »."
        )
    if not actuel.quotas.exists():
        raise PanelRefuse("Décrivez d'abord la population du dossier : sans critère, il n'y a pas de quota à tenir.")
    actuel.tirages.exclude(etat=Tirage.Etat.TIRE).delete()
    personnes, quotas = fichiers(actuel)
    tirage = Tirage.objects.create(panel=actuel, personnes=personnes, quotas=quotas)
    noter(membre, f"a lancé le calcul du tirage « {actuel.titre} »", actuel.dossier)
    transaction.on_commit(partial(_demarrer, tirage.pk))
    return tirage


def _demarrer(pk: int) -> None:
    if settings.ECOUTE_TIRAGE == "direct":
        calculer(pk)
        return
    subprocess.Popen(
        [sys.executable, "-m", "consultation.ecoute", "tirer", str(pk)],
        cwd=settings.RACINE, env=os.environ.copy(), stdin=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


def arreter(tirage: Tirage) -> None:
    """Ask the computation to stop: nobody is drawn."""
    Tirage.objects.filter(pk=tirage.pk, etat=Tirage.Etat.EN_COURS).update(etat=Tirage.Etat.ARRETE)


def calculer(pk: int) -> None:
    """The computation itself: the list, its chances and their proof, or why it is impossible.

    Stops when the row of the draw is gone (the team stopped it).
    """
    tirage = Tirage.objects.select_related("panel").get(pk=pk)
    lignes = Tirage.objects.filter(pk=pk, etat=Tirage.Etat.EN_COURS)
    dernier = 0.0

    def suivre(etape: Etape) -> None:
        nonlocal dernier
        if time.monotonic() - dernier < PAS_S:
            return
        dernier = time.monotonic()
        if not lignes.update(part=etape.part, libelle=etape.libelle[:120], vu_le=timezone.now()):
            raise TirageAnnule

    try:
        pret = preparer(vivier(tirage), tirage.panel.taille, un_par_foyer=tirage.panel.un_par_foyer, suivi=suivre)
        liste = liste_numerotee(pret)
        lignes.update(
            etat=Tirage.Etat.PRET, part=1.0, libelle="Liste prête", liste=liste, termine_le=timezone.now(),
            resultat=publier(pret, liste, None, None, 0), vu_le=timezone.now(),
        )  # fmt: skip
    except TirageAnnule:
        return
    except TirageErreur as erreur:
        souples = refus_en_json(erreur).get("relaxations", []) if isinstance(erreur, QuotasImpossibles) else []
        lignes.update(
            etat=Tirage.Etat.IMPOSSIBLE, message=str(erreur), assouplissements=souples, termine_le=timezone.now()
        )


@transaction.atomic
def assouplir(membre: Membre, tirage: Tirage) -> None:
    """Take the smallest relaxation that was proposed; the team decides, the trail says so.

    Raises PanelRefuse when none is proposed or quotas changed since.
    """
    if tirage.etat != Tirage.Etat.IMPOSSIBLE or not tirage.assouplissements:
        raise PanelRefuse("Il n'y a pas de changement à accepter.")
    for un in tirage.assouplissements:
        quota = tirage.panel.quotas.filter(modalite__critere__nom=un["feature"], modalite__nom=un["value"]).first()
        if quota is None:
            raise PanelRefuse("Les quotas ont changé depuis le calcul : relancez-le.")
        setattr(quota, "minimum" if un["bound"] == "min" else "maximum", un["to"])
        quota.save()
    mots = ", ".join(f"{u['feature']} {u['value']} : {u['from']} → {u['to']}" for u in tirage.assouplissements)
    noter(membre, f"a desserré les quotas ({mots})", tirage.panel.dossier)


@transaction.atomic
def annoncer(membre: Membre, tirage: Tirage) -> None:
    """Publish the digest of the list, before the number is drawn: it joins the dossier's chain.

    Raises PanelRefuse when registration is still open, the list is not ready, or volunteers or quotas changed since.
    """
    fin = Panel.objects.select_for_update().get(pk=tirage.panel_id).inscription_jusqua
    if timezone.now() < fin and tirage.annonce_le is None:
        raise PanelRefuse(
            f"Les inscriptions sont annoncées jusqu'au {moment(fin)} : la liste se publie après, avec toutes les "
            "personnes inscrites."
        )
    if tirage.etat != Tirage.Etat.PRET or tirage.annonce_le is not None:
        raise PanelRefuse("La liste n'est pas prête, ou elle est déjà publiée.")
    if fichiers(tirage.panel) != (tirage.personnes, tirage.quotas):
        raise PanelRefuse("Les volontaires ou les quotas ont changé depuis le calcul : recalculez la liste.")
    resultat = tirage.resultat
    dossiers.publier(
        membre, tirage.panel.dossier, Genre.TIRAGE, f"Tirage au sort : la liste du panel « {tirage.panel.titre} »",
        f"{resultat['volunteers']} personnes sont volontaires pour {resultat['size']} places.\n\n"
        f"Méthode : {resultat['algorithm']}. {resultat['algorithm_detail']}\n\n"
        f"Plus petite chance : {pourcent(resultat['minimum_probability'], 2)}. Plus grande : "
        f"{pourcent(resultat['maximum_probability'], 2)}. Borne prouvée : {pourcent(resultat['dual_bound'], 2)}.\n\n"
        f"{resultat['rule']}\n\nEmpreinte de la liste (SHA-256) : {resultat['list_sha256']}",
    )  # fmt: skip
    tirage.annonce_le = timezone.now()
    tirage.save(update_fields=["annonce_le"])
    tirage.panel.volontaires.exclude(adresse="").update(adresse="")  # homes are decided: nobody needs it any more
    _oublier(tirage.panel.volontaires.filter(a_confirmer=True))


@transaction.atomic
def tirer(membre: Membre, tirage: Tirage, numero: int | None) -> Tirage:
    """Name the panel of the number drawn in public; without a number the computer draws one and it is said.

    Raises PanelRefuse before the list is public, once the panel is drawn, or for a number there is not.
    """
    actuel = Tirage.objects.select_for_update().get(pk=tirage.pk)
    if actuel.etat != Tirage.Etat.PRET:
        raise PanelRefuse("La liste n'est pas prête, ou le panel est déjà tiré.")
    if actuel.annonce_le is None:
        raise PanelRefuse("Publiez d'abord la liste : on ne tire qu'un numéro dans une liste déjà publique.")
    if adresse.locale() and actuel.panel.en_lice.exclude(courriel="").exists():
        raise PanelRefuse(adresse.a_donner())
    nombre = int(actuel.resultat["panels"])
    origine = "public" if numero is not None else "computer"
    numero = secrets.randbelow(nombre) if numero is None else numero
    if not 0 <= numero < nombre:
        raise PanelRefuse(f"Le numéro doit être compris entre 0 et {nombre - 1} : tirez de nouveau.")
    lignes = list(csv.reader(io.StringIO(actuel.liste)))[1:]
    panel = lignes[numero][1:]
    reserve = _reserve(lignes, numero, 2 * len(panel))
    actuel.resultat |= {"number": numero, "number_source": origine, "panel": panel, "reserve": reserve}
    actuel.etat, actuel.numero, actuel.tire_le = Tirage.Etat.TIRE, numero, timezone.now()
    actuel.save()
    source = "tiré en public" if origine == "public" else "tiré par ordinateur"
    dossiers.publier(
        membre, actuel.panel.dossier, Genre.TIRAGE, f"Tirage au sort : le panel « {actuel.panel.titre} »",
        f"Numéro {numero}, {source}.\n\nPanel : {', '.join(panel)}.\n\nRéserve, dans l'ordre : {', '.join(reserve)}."
        "\n\nChaque volontaire connaît son code ; personne d'autre ne sait qui il désigne.",
    )  # fmt: skip
    for tire in actuel.panel.volontaires.filter(code__in=panel):
        courriels.ecrire("tire", tire)
    return actuel


def _reserve(lignes: list[list[str]], numero: int, taille: int) -> list[str]:
    """People met in the panels after the one drawn, in order: the core's own rule, over the published list."""
    retenus = set(lignes[numero][1:])
    reserve: list[str] = []
    for pas in range(1, len(lignes)):
        for code in lignes[(numero + pas) % len(lignes)][1:]:
            if code not in retenus and len(reserve) < taille:
                retenus.add(code)
                reserve.append(code)
        if len(reserve) >= taille:
            break
    return reserve


@transaction.atomic
def remplacer(membre: Membre, tirage: Tirage, code: str) -> list[str]:
    """Somebody of the panel declines: who comes next, quotas kept; return the substitutes.

    Raises PanelRefuse when the person is not in the panel or nobody can come next.
    """
    actuel = Tirage.objects.select_for_update().select_related("panel").get(pk=tirage.pk)
    if actuel.etat != Tirage.Etat.TIRE or code not in actuel.resultat["panel"]:
        raise PanelRefuse("Cette personne n'est pas dans le panel.")
    Volontaire.objects.filter(panel=actuel.panel, code=code, renonce_le=None).update(renonce_le=timezone.now())
    refus = list(Volontaire.objects.filter(panel=actuel.panel).exclude(renonce_le=None).values_list("code", flat=True))
    refus += list(
        Volontaire.objects.filter(panel=actuel.panel, renonce_le=None)
        .exclude(retire_le=None)
        .values_list("code", flat=True)
    )
    source = vivier(actuel)
    connus = {p.identifiant for p in source.personnes}
    try:
        choisis = list(
            remplacants(
                source, actuel.resultat["panel"], [r for r in refus if r in connus], actuel.resultat["reserve"],
                actuel.panel.un_par_foyer,
            )
        )  # fmt: skip
    except (QuotasImpossibles, DemandeImpossible) as erreur:
        raise PanelRefuse(str(erreur)) from erreur
    actuel.resultat["panel"] = [c for c in actuel.resultat["panel"] if c not in refus] + choisis
    actuel.resultat.setdefault("replaced", []).append({"declined": code, "substitutes": choisis})
    actuel.save(update_fields=["resultat"])
    for choisi in actuel.panel.volontaires.filter(code__in=choisis):
        courriels.ecrire("tire", choisi)
    noter(membre, f"a remplacé {code} par {', '.join(choisis)}", actuel.panel.dossier)
    return choisis


def inviter(membre: Membre, tirage: Tirage, atelier: Atelier) -> int:
    """Put the panel on the list of a workshop's guests."""
    gens = tirage.panel.volontaires.filter(code__in=tirage.resultat.get("panel", []), renonce_le=None)
    deja = set(atelier.participants.values_list("nom", flat=True))
    nouveaux = [Participant(nom=v.nom, courriel=v.courriel, telephone=v.telephone) for v in gens if v.nom not in deja]
    return ateliers.ajouter(membre, atelier, nouveaux)
