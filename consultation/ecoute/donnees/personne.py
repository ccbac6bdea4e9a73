"""The rights of one person: find, hand over, erase all that is kept about them, by what they give of themselves."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from consultation.ecoute.ateliers import accords
from consultation.ecoute.ateliers import services as ateliers
from consultation.ecoute.ateliers.courriels import objet as objet_du_participant
from consultation.ecoute.ateliers.models import Atelier, Note, Participant
from consultation.ecoute.boite.models import Courriel
from consultation.ecoute.cadre import courriels
from consultation.ecoute.contributions.models import Contact, Contribution
from consultation.ecoute.donnees.effacement import NOM_EFFACE, VIDE, vider_les_pages
from consultation.ecoute.donnees.preuves import prouver
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.journal import services as journal
from consultation.ecoute.journal.models import Trace
from consultation.ecoute.panels import services as panels
from consultation.ecoute.panels.courriels import objet as objet_du_volontaire
from consultation.ecoute.panels.models import Volontaire
from consultation.ecoute.satisfaction.models import Reponse
from socle.envois.models import Envoi

CACHE = "[effacé]"
COURT = 4  # letters: below, a word would be found everywhere


def _plier(texte: str) -> str:
    """Without accents nor capitals, letter for letter: positions stay those of the text."""
    return "".join(unicodedata.normalize("NFD", lettre)[0].lower()[:1] or lettre for lettre in texte)


def _chiffres(texte: str) -> str:
    """« +33 6 12 34 56 78 » and « 06.12.34.56.78 » are one number."""
    nus = re.sub(r"\D", "", texte)
    return re.sub(r"^(0033|33)(?=\d{9}$)", "0", nus)


@dataclass(frozen=True)
class Recherche:
    """What a person gave: an e-mail, a phone, a name in any order, the code of a paper form or of a draw."""

    mot: str

    @property
    def numero(self) -> str:
        """Its digits when it is a phone number."""
        chiffres = _chiffres(self.mot)
        return chiffres if len(chiffres) >= 9 and not re.search(r"[^\W\d_]", self.mot) else ""

    @property
    def mots(self) -> list[str]:
        """Its words, folded."""
        return _plier(self.mot).split()

    def est(self, nom: str, courriel: str, telephone: str) -> bool:
        """Whether these are the person's."""
        if "@" in self.mot:
            return courriel.lower() == self.mot.lower()
        if self.numero:
            return _chiffres(telephone) == self.numero
        return bool(nom) and sorted(_plier(nom).split()) == sorted(self.mots)

    def est_code(self, code: str) -> bool:
        """Whether this is the code they hold."""
        return bool(code) and _plier(code) == _plier(self.mot)

    @property
    def motif(self) -> re.Pattern[str] | None:
        """To find them inside a folded text; None when the word is too short to mean anything."""
        if len(self.mot) < COURT:
            return None
        if self.numero:
            reste = r"[\s.\-]*".join(self.numero[1:] if self.numero.startswith("0") else self.numero)
            return re.compile(rf"(?<!\d)(?:\+33|0033|0)?[\s.\-]*{reste}(?!\d)")
        mots = r"\s+".join(re.escape(m) for m in self.mots)
        return re.compile(rf"(?<!\w){mots}(?!\w)")

    def cite(self, texte: str) -> bool:
        """Whether a text names them."""
        motif = self.motif
        return motif is not None and motif.search(_plier(texte)) is not None

    def cacher(self, texte: str) -> str:
        """The text without them."""
        motif = self.motif
        if motif is None:
            return texte
        for trouve in reversed(list(motif.finditer(_plier(texte)))):
            texte = texte[: trouve.start()] + CACHE + texte[trouve.end() :]
        return texte

    def autour(self, texte: str) -> str:
        """The passage that names them."""
        motif = self.motif
        trouve = None if motif is None else motif.search(_plier(texte))
        return "" if trouve is None else f"…{texte[max(0, trouve.start() - 60) : trouve.end() + 60]}…"


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
             "profil": v.valeurs, "inscrit_le": _date(v.inscrit_le)}
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


@transaction.atomic
def effacer(
    membre: Membre, mot: str, *, paroles: bool = False, citations: bool = False, maintenant: datetime | None = None
) -> int:
    """At a person's request: names and contacts go everywhere, seats are freed, the proof names nobody.

    `paroles`: their opinions go as well, not only what tells whose they are. `citations`: their name is hidden in
    what other people said. Returns how many records were erased or changed.
    """
    moment = maintenant or timezone.now()
    qui, trouve = Recherche(" ".join(mot.split())), trouver(mot)
    n = trouve.propres + (len(trouve.cites) + len(trouve.notes) + len(trouve.reponses) if citations else 0)
    for avis in trouve.avis:
        _detacher(avis, paroles, moment)
    for participant in trouve.participants:
        _oublier_participant(participant)
    for volontaire in trouve.volontaires:
        panels.retirer(volontaire)
        Volontaire.objects.filter(pk=volontaire.pk).update(
            nom=NOM_EFFACE, courriel="", telephone="", foyer="", valeurs={}
        )
        _oublier_dans_tirages(volontaire)
    Envoi.objects.filter(pk__in=[envoi.pk for envoi in trouve.envois]).delete()
    for recu in trouve.recus:
        recu.delete()
    for garde in trouve.courriels:
        garde.chemin.unlink(missing_ok=True)
    for trace in trouve.traces:
        journal.remplacer(trace, qui.cacher(trace.phrase))
    if citations:
        _cacher_partout(trouve, qui.cacher)
    if n:
        prouver(None, "Données d'une personne, à sa demande", n, "Demande de la personne", moment)
        journal.noter(membre, f"a effacé les données d'une personne, à sa demande ({n} enregistrements)")
        transaction.on_commit(partial(vider_les_pages))
    return n


def _detacher(avis: Contribution, paroles: bool, moment: datetime) -> None:
    Contact.objects.filter(contribution=avis).delete()
    avis.bulletin, avis.appareil = "", ""
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


def _cacher_partout(trouve: Trouve, cacher: Callable[[str], str]) -> None:
    for avis, _ in trouve.cites:
        avis.refresh_from_db()
        avis.texte, avis.texte_relu = cacher(avis.texte), cacher(avis.texte_relu)
        avis.save(update_fields=["texte", "texte_relu"])
        for extrait in avis.extraits.all():
            extrait.citation = cacher(extrait.citation)
            extrait.save(update_fields=["citation"])
    for reponse, _ in trouve.reponses:
        reponse.verbatim = cacher(reponse.verbatim)
        reponse.save(update_fields=["verbatim"])
    for note, _ in trouve.notes:
        note.texte = cacher(note.texte)
        note.save(update_fields=["texte"])
