"""The rights of one person: find, hand over, erase all that is kept about them, by what they give of themselves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from consultation.ecoute.ateliers import accords
from consultation.ecoute.ateliers import services as ateliers
from consultation.ecoute.ateliers.courriels import objet as objet_du_participant
from consultation.ecoute.ateliers.models import NOM_EFFACE, Atelier, Note, Participant
from consultation.ecoute.boite.models import Courriel
from consultation.ecoute.cadre import courriels
from consultation.ecoute.contributions.models import Contact, Contribution
from consultation.ecoute.contributions.services import empreinte, paroles_de
from consultation.ecoute.donnees.ecritures import Marques, Recherche, chiffres, colle
from consultation.ecoute.donnees.effacement import VIDE, vider_les_pages
from consultation.ecoute.donnees.preuves import prouver
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.dossiers.services import cacher_dans_les_publications, retirer_paroles
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.journal import services as journal
from consultation.ecoute.journal.models import Trace
from consultation.ecoute.lecture.models import Theme
from consultation.ecoute.panels import services as panels
from consultation.ecoute.panels.courriels import objet as objet_du_volontaire
from consultation.ecoute.panels.models import Volontaire
from consultation.ecoute.satisfaction.models import Reponse
from socle.envois.models import Envoi


@dataclass
class Trouve:
    """All that is kept about one person; `cites` are other people's words that name them."""

    contacts: list[Contact] = field(default_factory=list)
    bulletins: list[Contribution] = field(default_factory=list)
    participants: list[Participant] = field(default_factory=list)
    volontaires: list[Volontaire] = field(default_factory=list)
    courriels: list[courriels.Garde] = field(default_factory=list)
    envois: list[Envoi] = field(default_factory=list)  # messages to them, waiting or gone
    recus: list[Courriel] = field(default_factory=list)  # mails of theirs, not yet reread
    cites: list[tuple[Contribution, str]] = field(default_factory=list)
    reponses: list[tuple[Reponse, str]] = field(default_factory=list)
    notes: list[tuple[Note, str]] = field(default_factory=list)
    traces: list[Trace] = field(default_factory=list)

    @property
    def propres(self) -> int:
        """Records that are theirs."""
        listes: tuple[list[Any], ...] = (
            self.contacts, self.bulletins, self.participants, self.volontaires, self.courriels, self.traces,
            self.recus, self.envois,
        )  # fmt: skip
        return sum(len(liste) for liste in listes)

    @property
    def rien(self) -> bool:
        """Nothing at all."""
        return not (self.propres or self.cites or self.notes or self.reponses)

    @property
    def avis(self) -> list[Contribution]:
        """Opinions that are theirs."""
        trouves = [*(c.contribution for c in self.contacts), *self.bulletins]
        return list({avis.pk: avis for avis in trouves}.values())


def trouver(mot: str) -> Trouve:
    """Everything that names a person; an anonymous opinion cannot be found, and the page says so."""
    qui = Recherche(" ".join(mot.split()))
    if not qui.mot:
        return Trouve()
    trouve = Trouve(
        contacts=[
            c for c in Contact.objects.select_related("contribution__dossier")
            if qui.est(c.nom, c.courriel, c.telephone)
        ],
        bulletins=list(filter(lambda a: qui.est_code(a.bulletin),
                              Contribution.objects.exclude(bulletin="").select_related("dossier"))),
        participants=[
            p for p in Participant.objects.select_related("atelier__dossier").prefetch_related("consentements")
            if qui.est(p.nom, p.courriel, p.telephone)
        ],
        volontaires=[
            v for v in Volontaire.objects.exclude(nom=NOM_EFFACE).select_related("panel__dossier")
            if qui.est(v.nom, v.courriel, v.telephone) or qui.est_code(v.code)
        ],
    )  # fmt: skip
    adresses = {qui.mot.lower()} | {str(g.courriel).lower() for g in _gens(trouve)} - {""}
    trouve.courriels = courriels.gardes(adresses)
    objets = {*map(objet_du_participant, trouve.participants), *map(objet_du_volontaire, trouve.volontaires)}
    trouve.envois = [
        e for e in Envoi.objects.all()
        if e.objet in objets or e.destinataire.lower() in adresses or qui.est("", e.destinataire, e.destinataire)
    ]  # fmt: skip
    for avis in Contribution.objects.select_related("dossier").iterator():
        texte = next((t for t in (avis.texte, avis.texte_relu) if qui.cite(t)), None)
        if texte is not None:
            trouve.cites.append((avis, qui.autour(texte)))
    trouve.notes = [
        (n, qui.autour(n.texte)) for n in Note.objects.select_related("atelier__dossier") if qui.cite(n.texte)
    ]
    trouve.reponses = [
        (r, qui.autour(r.verbatim)) for r in Reponse.objects.exclude(verbatim="").select_related("demarche")
        if qui.cite(r.verbatim)
    ]  # fmt: skip
    trouve.recus = [
        c for c in Courriel.objects.filter(etat=Courriel.Etat.A_LIRE).select_related("dossier")
        if qui.est("", c.expediteur, "")
    ]  # fmt: skip
    trouve.traces = [t for t in Trace.objects.iterator() if qui.cite(t.phrase)]
    return trouve


def _gens(trouve: Trouve) -> Iterator[Contact | Participant | Volontaire]:
    yield from trouve.contacts
    yield from trouve.participants
    yield from trouve.volontaires


def _date(moment: datetime | None) -> str:
    return "" if moment is None else f"{timezone.localtime(moment):%d/%m/%Y %H:%M}"


def exporter(mot: str) -> dict[str, Any]:
    """What one person is given of what is kept about them (RGPD, article 15)."""
    trouve = trouver(mot)
    contacts = {c.contribution_id: c for c in trouve.contacts}
    return {
        "recherche": " ".join(mot.split()),
        "avis": [
            {"dossier": a.dossier.titre, "numero": a.numero, "recu_le": _date(a.recue_le), "texte": a.lisible,
             "profil": a.profil, "bulletin": a.bulletin,
             **({"nom": c.nom, "courriel": c.courriel, "telephone": c.telephone} if (c := contacts.get(a.pk)) else {})}
            for a in trouve.avis
        ],
        "ateliers": [
            {"atelier": p.atelier.titre, "nom": p.nom, "courriel": p.courriel, "telephone": p.telephone,
             "adresse": p.adresse, "organisme": p.organisme, "besoins": p.besoins, "reponse": p.get_statut_display(),
             "invite_le": _date(p.invite_le), "relance_le": _date(p.relance_le),
             "accords": [{"pour": a.get_finalite_display(), "accepte": a.accorde, "repondu_le": _date(a.donne_le),
                          "retire_le": _date(a.retire_le)} for a in p.consentements.all()]}
            for p in trouve.participants
        ],
        "tirages": [
            {"panel": v.panel.titre, "code": v.code, "nom": v.nom, "courriel": v.courriel, "telephone": v.telephone,
             "adresse": v.adresse, "profil": v.valeurs, "inscrit_le": _date(v.inscrit_le)}
            for v in trouve.volontaires
        ],
        "courriels": [{"objet": g.objet, "le": g.le, "texte": g.texte} for g in trouve.courriels],
        "envois": [
            {"a": e.destinataire, "confie_le": _date(e.cree_le), "parti_le": _date(e.parti_le)} for e in trouve.envois
        ],
        "cite_dans": [
            *({"dossier": a.dossier.titre, "avis": a.numero, "passage": autour} for a, autour in trouve.cites),
            *({"atelier": n.atelier.titre, "table": n.table, "passage": autour} for n, autour in trouve.notes),
            *({"demarche": r.demarche.titre, "passage": autour} for r, autour in trouve.reponses),
        ],
        "courriels_recus": [
            {"dossier": c.dossier.titre, "recu_le": _date(c.recu_le), "de": c.expediteur, "texte": c.texte,
             "mis_a_part": c.retire}
            for c in trouve.recus
        ],
        "journal": [{"le": _date(t.le), "acte": t.phrase} for t in trouve.traces],
    }  # fmt: skip


Fiche = Contact | Participant | Volontaire


def cle(fiche: Fiche) -> str:
    """What a page knows a record by."""
    return f"{fiche._meta.model_name}:{fiche.pk}"


@dataclass(frozen=True)
class Choix:
    """A record that may be the person's, for somebody to look at: what it says, whether it is theirs for sure."""

    fiche: Fiche
    sure: bool

    @property
    def cle(self) -> str:
        """What the page knows it by."""
        return cle(self.fiche)

    @property
    def mots(self) -> str:
        """Name and ways to be reached, and where it is kept."""
        fiche = self.fiche
        if isinstance(fiche, Contact):
            ou = f"avis n° {fiche.contribution.numero}, {fiche.contribution.dossier.titre}"
        elif isinstance(fiche, Participant):
            ou = fiche.atelier.titre
        else:
            ou = f"{fiche.panel.titre}, code {fiche.code}"
        return f"{', '.join(m for m in (fiche.nom, fiche.courriel, fiche.telephone) if m)} ({ou})"


def _toutes() -> list[Fiche]:
    return [
        *Contact.objects.select_related("contribution__dossier"),
        *Participant.objects.exclude(nom=NOM_EFFACE).select_related("atelier__dossier"),
        *Volontaire.objects.exclude(nom=NOM_EFFACE).select_related("panel__dossier"),
    ]


def _contraires(une: Fiche, autre: Fiche) -> bool:
    """Two people of one name: both can be reached, and by nothing in common."""
    courriels = {f.courriel.lower() for f in (une, autre) if f.courriel}
    numeros = {chiffres(f.telephone) for f in (une, autre) if f.telephone}
    comparables = [moyens for moyens, n in ((courriels, _deux(une, autre, "courriel")),
                                            (numeros, _deux(une, autre, "telephone"))) if n]  # fmt: skip
    return bool(comparables) and all(len(moyens) > 1 for moyens in comparables)


def _deux(une: Fiche, autre: Fiche, champ: str) -> bool:
    return bool(getattr(une, champ)) and bool(getattr(autre, champ))


def choix(mot: str) -> list[Choix]:
    """Every record that may be theirs. For sure: found by what was given, or by what these records say, without doubt.

    Namesakes (reached otherwise) and names that are only near are proposed, never taken for granted.
    """
    qui = Recherche(" ".join(mot.split()))
    if not qui.mot:
        return []
    toutes = _toutes()
    exactes = [
        f for f in toutes
        if qui.est(f.nom, f.courriel, f.telephone) or (isinstance(f, Volontaire) and qui.est_code(f.code))
    ]  # fmt: skip
    homonymes = {cle(f) for f in exactes if any(_contraires(f, autre) for autre in exactes)}
    sures = {cle(f): f for f in exactes if cle(f) not in homonymes}
    proches = {cle(f): f for f in exactes if cle(f) in homonymes}
    reste = [f for f in toutes if cle(f) not in sures and cle(f) not in proches]
    grandit = True
    while grandit:
        grandit = False
        noms = {colle(f.nom) for f in sures.values() if f.nom}
        for fiche in [f for f in reste if cle(f) not in sures]:
            lie = any(_liees(fiche, sure) for sure in sures.values())
            if lie and (not fiche.nom or not noms or colle(fiche.nom) in noms):
                sures[cle(fiche)] = fiche
                grandit = True
    noms_sures = [Recherche(f.nom) for f in sures.values() if f.nom] or [qui]
    for fiche in reste:
        if cle(fiche) in sures:
            continue
        if any(r.ressemble(fiche.nom) for r in noms_sures) or any(_liees(fiche, s) for s in sures.values()):
            proches[cle(fiche)] = fiche
    return [*(Choix(f, True) for f in sures.values()), *(Choix(f, False) for f in proches.values())]


def _liees(une: Fiche, autre: Fiche) -> bool:
    """One e-mail or one number in common."""
    return bool(
        (une.courriel and une.courriel.lower() == autre.courriel.lower())
        or (une.telephone and chiffres(une.telephone) == chiffres(autre.telephone))
    )


@dataclass
class Reste:
    """What is still kept after an erasure: where, and why."""

    quoi: str
    pourquoi: str
    par_autrui: bool = True  # gone with the box « what others said »


@transaction.atomic
def effacer(
    membre: Membre, mot: str, *, paroles: bool = False, citations: bool = False, fiches: Collection[str] | None = None,
    maintenant: datetime | None = None,
) -> int:  # fmt: skip
    """At a person's request, in one go: names and contacts go everywhere, seats are freed, the proof names nobody.

    `fiches`: the records that somebody chose as theirs (None: those found by what was given, and those that these lead
    to). What they say of the person (names, e-mails, numbers) is hidden in the person's own words, with each word of
    their name. `paroles`: their opinions go as well. `citations`: the person is hidden in what others said, published
    or not. Returns how many records were erased or changed.
    """
    moment = maintenant or timezone.now()
    mot = " ".join(mot.split())
    trouve = trouver(mot)
    retenues = [
        c.fiche for c in choix(mot)
        if (c.cle in fiches if fiches is not None else c.sure or Recherche(mot).est(
            c.fiche.nom, c.fiche.courriel, c.fiche.telephone))
    ]  # fmt: skip
    marques = _marques(mot, retenues)
    trouve = _reunir(trouve, retenues, marques)
    n = trouve.propres + (len(trouve.cites) + len(trouve.notes) + len(trouve.reponses) if citations else 0)
    siens = {avis.pk for avis in trouve.avis} | _dits_par(trouve.participants)
    for avis in Contribution.objects.filter(pk__in=siens):
        _detacher(avis, paroles, moment, marques)
    for participant in trouve.participants:
        _oublier_participant(participant)
    for volontaire in trouve.volontaires:
        panels.retirer(volontaire)
        Volontaire.objects.filter(pk=volontaire.pk).update(
            nom=NOM_EFFACE, courriel="", telephone="", foyer="", adresse="", valeurs={}
        )
        _oublier_dans_tirages(volontaire)
    Envoi.objects.filter(pk__in=[envoi.pk for envoi in trouve.envois]).delete()
    for recu in trouve.recus:
        recu.delete()
    for garde in trouve.courriels:
        garde.chemin.unlink(missing_ok=True)
    for trace in trouve.traces:
        journal.remplacer(trace, marques.cacher(trace.phrase))
    if citations:
        n += _cacher_partout(trouve, marques)
    if n:
        prouver(None, "Données d'une personne, à sa demande", n, "Demande de la personne", moment)
        journal.noter(membre, f"a effacé les données d'une personne, à sa demande ({n} enregistrements)")
        transaction.on_commit(partial(vider_les_pages))
    return n


def _marques(mot: str, fiches: Iterable[Fiche]) -> Marques:
    """What was given, and what the records say."""
    qui, retenues = Recherche(mot), list(fiches)
    noms = {f.nom for f in retenues if f.nom}
    codes = any(isinstance(f, Volontaire) and qui.est_code(f.code) for f in retenues)
    nom = not (qui.courriel or qui.numero or codes or Contribution.objects.filter(bulletin__iexact=mot).exists())
    return Marques(
        frozenset(noms | ({mot} if nom else set())),
        frozenset({f.courriel for f in retenues if f.courriel} | ({mot} if qui.courriel else set())),
        frozenset({f.telephone for f in retenues if f.telephone} | ({mot} if qui.numero else set())),
    )


def _reunir(trouve: Trouve, fiches: Iterable[Fiche], marques: Marques) -> Trouve:
    """What was given and all that the chosen records lead to, found once each."""
    retenues = {cle(f) for f in fiches}
    for r in marques.recherches:
        autre = trouver(r.mot)
        for champ in ("contacts", "participants", "volontaires"):
            liste = getattr(trouve, champ)
            connus = {f.pk for f in liste}
            liste += [f for f in getattr(autre, champ) if f.pk not in connus]
        for champ in ("recus", "envois", "traces", "bulletins"):
            liste = getattr(trouve, champ)
            connus = {f.pk for f in liste}
            liste += [f for f in getattr(autre, champ) if f.pk not in connus]
        chemins = {g.chemin for g in trouve.courriels}
        trouve.courriels += [g for g in autre.courriels if g.chemin not in chemins]
        for champ in ("cites", "notes", "reponses"):
            liste = getattr(trouve, champ)
            connus = {quoi.pk for quoi, _ in liste}
            liste += [(quoi, autour) for quoi, autour in getattr(autre, champ) if quoi.pk not in connus]
    trouve.contacts = [f for f in trouve.contacts if cle(f) in retenues]
    trouve.participants = [f for f in trouve.participants if cle(f) in retenues]
    trouve.volontaires = [f for f in trouve.volontaires if cle(f) in retenues]
    adresses = {adresse.lower() for adresse in marques.courriels}
    objets = {*map(objet_du_participant, trouve.participants), *map(objet_du_volontaire, trouve.volontaires)}
    numeros = {chiffres(numero) for numero in marques.telephones}
    trouve.envois = [
        e for e in Envoi.objects.all()
        if e.objet in objets or e.destinataire.lower() in adresses or chiffres(e.destinataire) in numeros
    ]  # fmt: skip
    trouve.courriels = courriels.gardes(adresses)
    return trouve


def _dits_par(participants: Iterable[Participant]) -> set[int]:
    """Opinions that come of notes of what they said at a workshop."""
    notes_ = Note.objects.filter(participant__in=[p.pk for p in participants]).exclude(contribution=None)
    return set(notes_.values_list("contribution", flat=True)) - {None}


def restes(mot: str, fiches: Collection[str] | None = None) -> list[Reste]:
    """What an erasure of this person would leave without the box « what others said », and what stays anyway."""
    retenues = [c.fiche for c in choix(mot) if (c.cle in fiches if fiches is not None else c.sure)]
    marques = _marques(" ".join(mot.split()), retenues)
    restants = []
    for c in choix(mot):
        if fiches is not None and c.cle not in fiches:
            restants.append(Reste(c.mots, "vous n'avez pas dit que c'est cette personne", par_autrui=False))
    trouve = _reunir(Trouve(), retenues, marques)
    siens = {avis.pk for avis in trouve.avis}
    for avis, _ in trouve.cites:
        if avis.pk not in siens:
            restants.append(Reste(f"avis n° {avis.numero} ({avis.dossier.titre})", "quelqu'un d'autre la nomme"))
    restants += [Reste(f"note de la table {n.table}, {n.atelier.titre}", "quelqu'un la nomme") for n, _ in trouve.notes]
    restants += [Reste(f"avis sur « {r.demarche.titre} »", "quelqu'un la nomme") for r, _ in trouve.reponses]
    return restants


def _detacher(avis: Contribution, paroles: bool, moment: datetime, marques: Marques) -> None:
    """Nothing tells whose it is any more, their own words included; published, they go with `paroles`."""
    Contact.objects.filter(contribution=avis).delete()
    avis.bulletin, avis.appareil, avis.ligne = "", "", ""
    if paroles:
        retirer_paroles(avis.dossier, paroles_de([avis]))
    _cacher_dans_l_avis(avis, partial(marques.cacher, siens=True))
    if paroles:
        avis.texte, avis.texte_relu, avis.empreinte, avis.profil, avis.efface_le = "", "", "", {}, moment
        avis.extraits.all().delete()
        avis.lectures.exclude(memo="").update(memo="")
        Note.objects.filter(contribution=avis).delete()
    avis.save()


def _oublier_participant(participant: Participant) -> None:
    accords.tout_retirer(participant)  # their words stop being quoted before the proof of their agreement goes
    participant.consentements.all().delete()
    if participant.atelier.etat == Atelier.Etat.PREVU and participant.statut != Participant.Statut.PRESENT:
        ateliers.liberer(participant)  # the first of the waiting list gets the seat, and is told
    else:
        Participant.objects.filter(pk=participant.pk).update(nom=NOM_EFFACE, **VIDE)


def _oublier_dans_tirages(volontaire: Volontaire) -> None:
    """Their line of the draw's file goes; a draw not yet published is to be computed again."""
    for tirage in volontaire.panel.tirages.all():
        if tirage.annonce_le is None:
            tirage.delete()
            continue
        gardees = [li for li in tirage.personnes.splitlines(keepends=True) if not li.startswith(f"{volontaire.code},")]
        tirage.personnes = "".join(gardees)
        tirage.save(update_fields=["personnes"])


def _cacher_dans_l_avis(avis: Contribution, cacher: Callable[[str], str]) -> None:
    avis.texte, avis.texte_relu = cacher(avis.texte), cacher(avis.texte_relu)
    avis.empreinte = empreinte(avis.texte) if avis.texte else ""
    avis.save(update_fields=["texte", "texte_relu", "empreinte"])
    for extrait in avis.extraits.all():
        extrait.citation = cacher(extrait.citation)
        extrait.save(update_fields=["citation"])
    for note in Note.objects.filter(contribution=avis):
        note.texte = cacher(note.texte)
        note.save(update_fields=["texte"])
    for lecture in avis.lectures.exclude(memo=""):
        lecture.memo = cacher(lecture.memo)[:500]
        lecture.save(update_fields=["memo"])


TEXTES_DE_L_EQUIPE: list[tuple[type[Model], tuple[str, ...]]] = [
    (Theme, ("definition", "exemple")),
    (Contribution, ("ecarte_motif",)),
    (Courriel, ("objet", "texte", "retire", "motif")),
]
"""What the team wrote, or has not read yet, that may name somebody: changed as the rest when they ask.

Other apps add their own when they are ready."""


def _cacher_partout(trouve: Trouve, marques: Marques) -> int:
    """Hide the person in what others said; return how many more records than those of `trouve` were changed."""
    autres = 0
    for avis, _ in trouve.cites:
        avis.refresh_from_db()
        _cacher_dans_l_avis(avis, marques.cacher)
    for reponse, _ in trouve.reponses:
        reponse.verbatim = marques.cacher(reponse.verbatim)
        reponse.save(update_fields=["verbatim"])
    for note, _ in trouve.notes:
        note.refresh_from_db()
        note.texte = marques.cacher(note.texte)
        note.save(update_fields=["texte"])
    for modele, champs in TEXTES_DE_L_EQUIPE:
        for un in modele._default_manager.all():
            apres = {c: marques.cacher(getattr(un, c)) for c in champs}
            changes = [c for c in champs if apres[c] != getattr(un, c)]
            for champ in changes:
                setattr(un, champ, apres[champ])
            if changes:
                un.save(update_fields=changes)
                autres += 1
    for dossier in Dossier.objects.filter(publications__isnull=False).distinct():
        autres += cacher_dans_les_publications(dossier, marques.places)
    return autres
