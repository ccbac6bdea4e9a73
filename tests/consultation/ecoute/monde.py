"""A small town with a dossier at each stage: what the guard and the browser look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from consultation.dossier import Genre
from consultation.ecoute.ateliers import notes
from consultation.ecoute.ateliers import services as ateliers
from consultation.ecoute.ateliers.models import Participant
from consultation.ecoute.boite import services as boite
from consultation.ecoute.contributions import services as avis
from consultation.ecoute.contributions.models import Canal, Contribution
from consultation.ecoute.contributions.services import Saisie
from consultation.ecoute.dossiers import services
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre, Role
from consultation.ecoute.lecture import services as lecture
from consultation.ecoute.lecture.models import Theme
from consultation.ecoute.panels import services as panels
from consultation.ecoute.panels.models import Tirage
from consultation.ecoute.satisfaction import services as satisfaction_
from consultation.ecoute.satisfaction.forms import Dit
from consultation.ecoute.satisfaction.models import LIENS, Demarche
from consultation.ecoute.suites import services as suites
from consultation.ecoute.suites.models import Action, Constat, Indicateur, Livraison, Proposition
from tests.consultation.ecoute import fabrique

AVIS = (
    "On m'a demandé trois fois le même justificatif de domicile.",
    "Le guichet ferme à 17 h, je travaille. Impossible de déposer le dossier.",
    "Madame Martin, au guichet, a été formidable. Mon numéro : 06 12 34 56 78.",
    "Je n'ai pas compris si la cantine était comprise dans l'inscription.",
    "Le site marche mal sur mon téléphone.",
)


COURRIELS = (
    b"Message-ID: <1@exemple.test>\nFrom: lea@exemple.test\nDate: Mon, 02 Nov 2026 10:00:00 +0100\n"
    b"Content-Type: text/plain; charset=utf-8\n\n"
    + "Le formulaire est trop long.\n\nCordialement,\nLéa Martin\n06 00 00 00 00\n".encode(),
    b"Message-ID: <2@exemple.test>\nFrom: pub@exemple.test\nPrecedence: bulk\n\nAchetez maintenant",
)


@dataclass
class Monde:
    """Everything a page may need, and the addresses to open, by name."""

    responsable: Membre
    preparation: Dossier
    ouvert: Dossier
    ferme: Dossier
    publiques: dict[str, str] = field(default_factory=dict)
    equipe: dict[str, str] = field(default_factory=dict)


def construire(responsable: Membre, dpo: Membre) -> Monde:
    """Make it."""
    preparation = fabrique.dossier(responsable, titre="Déménager dans la commune", perimetre_justification="")
    ouvert = fabrique.ouvert(responsable, dpo)
    services.decrire(
        responsable, ouvert, None, "âge", "Quel âge avez-vous ?", "Insee, RP 2022",
        [("16 à 29 ans", 22.5), ("30 à 59 ans", 47.5), ("60 ans et plus", 30.0)],
    )  # fmt: skip
    services.decrire(
        responsable, ouvert, None, "quartier", "Où habitez-vous ?", "Insee, RP 2022",
        [("Centre", 40.0), ("Nord", 35.0), ("Sud", 25.0)],
    )  # fmt: skip
    ages, canaux = ("16 à 29 ans", "30 à 59 ans"), (Canal.PAPIER, Canal.GUICHET, Canal.TELEPHONE)
    for rang, texte in enumerate(AVIS):
        profil = {"âge": ages[rang % 2]} if rang % 3 else {}
        avis.saisir(responsable, ouvert, Saisie(texte, canaux[rang % 3], profil, publier=True))
    boite.relever(responsable, ouvert, COURRIELS)
    ferme = fabrique.ferme(responsable, dpo, titre="Déclarer une naissance")
    services.publier(responsable, ferme, Genre.RESULTATS, "Ce que vous nous avez dit", "Trois choses.")
    atelier = fabrique.atelier(responsable, ouvert)
    invites = [Participant(nom="Léa Martin", courriel="lea@exemple.test"), Participant(nom="Centre social du Nord")]
    ateliers.ajouter(responsable, atelier, invites)
    ateliers.inscrire(atelier, Participant(nom="Noé Petit", telephone="06 00 00 00 00", besoins="Fauteuil roulant"))
    note = notes.ecrire(responsable, atelier, 1, "J'ai dû poser une journée de congé.", "k1")
    lea = atelier.participants.get(nom="Léa Martin")
    sequence = atelier.sequences.first()
    pages = analyse(responsable, ouvert, ferme)
    promise = Action.objects.get(proposition__dossier=ferme, titre="Réécrire le formulaire")
    panel = fabrique.panel(responsable, ouvert)
    ecole = satisfaction(responsable)
    tire = fabrique.panel(responsable, ouvert)
    tire.titre = "Panel des agents"
    tire.save()
    fabrique.volontaires(tire, 60)
    personnes, quotas = panels.fichiers(tire)
    tirage = Tirage.objects.create(panel=tire, personnes=personnes, quotas=quotas)
    panels.calculer(tirage.pk)
    tirage.refresh_from_db()
    fabrique.annoncer(responsable, tirage)
    tirage = panels.tirer(responsable, tirage, 12)
    gagnant = tirage.resultat["panel"][0]
    jeton = tire.volontaires.get(code=gagnant).jeton
    pp = f"/equipe/panels/{tire.pk}/"
    critere = ouvert.criteres.first()
    assert critere is not None
    assert sequence is not None
    a = f"/equipe/ateliers/{atelier.pk}/"
    d, base = f"/equipe/dossiers/{ouvert.slug}/", "/equipe/dossiers/"
    publiques = {
        "public:accueil": "/",
        "public:consultation": f"/consultations/{ouvert.slug}/",
        "public:consultation#ferme": f"/consultations/{ferme.slug}/",
        "public:versions": f"/consultations/{ferme.slug}/publications/",
        "public:donner": f"/consultations/{ouvert.slug}/donner-mon-avis/",
        "public:donner#ferme": f"/consultations/{ferme.slug}/donner-mon-avis/",
        "public:donnees": "/donnees-personnelles/",
        "public:mentions": "/mentions-legales/",
        "public:accessibilite": "/accessibilite/",
        "public:inscription": f"/ateliers/{atelier.pk}/inscription/",
        "public:demande": f"/ateliers/{atelier.pk}/inscription/message/",
        "public:ma_place": f"/ma-place/{lea.jeton}/",
        "public:ma_place#renoncer": f"/ma-place/{lea.jeton}/?geste=renoncer",
        "public:volontaire": f"/panels/{panel.pk}/volontaire/",
        "public:volontaire#termine": f"/panels/{tire.pk}/volontaire/",
        "public:candidature": f"/panels/{panel.pk}/volontaire/appel/",
        "public:tirage": f"/panels/{tire.pk}/",
        "public:mon_tirage#renoncer": f"/mon-tirage/{jeton}/?geste=renoncer",
        "public:mon_tirage": f"/mon-tirage/{jeton}/",
        "public:vous_avez_dit": f"/consultations/{ferme.slug}/vous-avez-dit/",
        "public:avis_demarches": "/avis/",
        "public:avis": f"/avis/{ecole.slug}/?source=courriel",
        "public:avis#fermee": "/avis/passeport/",
        "public:avis_merci": f"/avis/{ecole.slug}/merci/",
        "public:action": f"/consultations/{ferme.slug}/vous-avez-dit/actions/{promise.pk}/",
        "equipe:connexion": "/equipe/connexion/",
    }
    equipe = {
        "accueil": "/equipe/",
        "aide": "/equipe/aide/",
        "journal": "/equipe/journal/",
        "equipe:moi": "/equipe/mon-compte/",
        "equipe:commune": "/equipe/commune/",
        "equipe:comptes": "/equipe/comptes/",
        "equipe:nouveau_compte": "/equipe/comptes/nouveau/",
        "equipe:modifier_compte": f"/equipe/comptes/{dpo.pk}/",
        "dossiers:liste": f"{base}?q=e",
        "dossiers:nouveau": f"{base}nouveau/",
        "dossiers:dossier": d,
        "dossiers:dossier#preparation": f"{base}{preparation.slug}/",
        "dossiers:dossier#ferme": f"{base}{ferme.slug}/",
        **{f"dossiers:modifier#{p}": f"{base}{preparation.slug}/modifier/{p}/"
           for p in ("cadre", "public", "dates", "commission")},
        **{f"dossiers:publier#{g}": f"{d}publier/{g}/" for g in ("modalites", "information")},
        "dossiers:prolonger": f"{d}prolonger/",
        "dossiers:avancer": f"{base}{ferme.slug}/etape/clos/",
        "dossiers:avancer#refus": f"{base}{preparation.slug}/etape/annonce/",
        "dossiers:conformite": f"{d}conformite/",
        "dossiers:population": f"{d}population/",
        "dossiers:nouveau_critere": f"{d}population/nouveau/",
        "dossiers:critere": f"{d}population/{critere.pk}/",
        "donnees:fiche": f"{d}donnees/",
        "donnees:approuver": f"{d}donnees/approuver/",
        "contributions:liste": f"{d}avis/?canal=papier",
        "contributions:avis": f"{d}avis/1/",
        "contributions:ensemble": f"{d}avis/ensemble/?avis=1&avis=2",
        "contributions:ensemble#retablir": f"{d}avis/ensemble/?etat=ecartes&avis=3",
        "contributions:ecarter": f"{d}avis/1/ecarter/",
        "contributions:retablir": f"{d}avis/1/retablir/",
        "contributions:contacts": f"{d}avis/contacts/",
        "contributions:importer": f"{d}avis/importer/",
        "boite:liste": f"{d}e-mails/",
        "boite:deposer": f"{d}e-mails/importer/",
        "boite:relire": f"{d}e-mails/{ouvert.courriels.first().pk}/",
        "ateliers:plan": "/equipe/ateliers/",
        "ateliers:du_dossier": f"{d}ateliers/",
        "ateliers:nouveau": f"{d}ateliers/nouveau/",
        "ateliers:atelier": a,
        **{f"ateliers:{nom}": f"{a}{nom}/"
           for nom in ("modifier", "ajouter", "inviter", "relancer", "guide", "deroule", "presences", "annuler")},
        "ateliers:participant": f"{a}participants/{lea.pk}/",
        "ateliers:modifier_participant": f"{a}participants/{lea.pk}/modifier/",
        "ateliers:enlever_participant": f"{a}participants/{lea.pk}/enlever/",
        "ateliers:arrivee": f"{a}presences/une-de-plus/",
        "ateliers:nouveau_moment": f"{a}deroule/nouveau/",
        "ateliers:corriger_note": f"{a}table/1/note/{note.pk}/",
        "ateliers:tenir": f"{a}terminer/",
        "ateliers:modele": f"{a}deroule/modele/",
        "ateliers:moment": f"{a}deroule/{sequence.pk}/",
        "ateliers:scanner": f"{a}arrivee/{lea.jeton}/",
        "ateliers:table": f"{a}table/1/",
        "panels:liste": f"{d}panels/",
        "panels:nouveau": f"{d}panels/nouveau/",
        "panels:panel": pp,
        "panels:panel#collecte": f"/equipe/panels/{panel.pk}/",
        "panels:quotas": f"/equipe/panels/{panel.pk}/quotas/",
        "panels:modifier": f"/equipe/panels/{panel.pk}/modifier/",
        "panels:volontaires": f"{pp}volontaires/",
        "panels:volontaires#vide": f"/equipe/panels/{panel.pk}/volontaires/?q=personne",
        "panels:nouveau_volontaire": f"/equipe/panels/{panel.pk}/volontaires/nouveau/",
        "panels:importer_volontaires": f"/equipe/panels/{panel.pk}/volontaires/importer/",
        "panels:retirer_volontaire": f"{pp}volontaires/{gagnant}/retirer/",
        "panels:foyers": f"/equipe/panels/{panel.pk}/foyers/",
        "panels:lancer": f"/equipe/panels/{panel.pk}/calculer/",
        "panels:annoncer": f"{pp}annoncer/",
        "panels:tirer": f"{pp}tirer/",
        "panels:remplacer": f"{pp}remplacer/{gagnant}/",
        "panels:inviter": f"{pp}inviter/",
        **pages,
        "donnees:conservation": f"{base}{ferme.slug}/conservation/",
        "donnees:accueil": "/equipe/donnees/",
        "donnees:personne": "/equipe/personne/",
        "donnees:visa": f"{d}donnees/visa/",
        "donnees:verser": f"{d}donnees/versement/{ouvert.fiche.durees.all()[0].pk}/",  # type: ignore[attr-defined]
        "satisfaction:demarches": "/equipe/demarches/",
        "satisfaction:nouvelle": "/equipe/demarches/nouvelle/",
        "satisfaction:resultats": f"/equipe/demarches/d/{ecole.slug}/",
        "satisfaction:resultats#vide": "/equipe/demarches/d/passeport/",
        **{f"satisfaction:{nom}": f"/equipe/demarches/d/{ecole.slug}/{nom}/"
           for nom in ("modifier", "saisir", "reprendre", "ecartees")},
        **{f"satisfaction:{nom}": f"/equipe/demarches/d/{ecole.slug}/reponses/{ecole.reponses.first().pk}/{nom}/"
           for nom in ("ecarter", "retablir")},
        "choisir": "/equipe/saisie/",
        "saisir": f"/equipe/saisie/{ouvert.slug}/",
    }  # fmt: skip
    return Monde(responsable, preparation, ouvert, ferme, publiques, equipe)


def satisfaction(qui: Membre) -> Demarche:
    """A procedure that people rate since five months, one month too little; another that is closed."""
    ecole = satisfaction_.nommer(qui, Demarche(titre="Inscription à l'école", service="Guichet unique"))
    satisfaction_.nommer(qui, Demarche(titre="Passeport", ouverte=False))
    for rang in range(62):
        dit = Dit(
            satisfaction=("good", "good", "medium", "bad")[rang * 7 % 4],
            comprehension=("very_good", "good", "medium", "")[rang % 4],
            contact_tried=("telephone", "guichet") if rang % 3 == 0 else ("non",),
            contact_reached=("good", "bad")[rang % 2] if rang % 3 == 0 else "",
            verbatim=AVIS[rang % 5] if rang % 6 == 0 else "",
        )
        quand = timezone.now() - timedelta(days=31 * (rang % 5))
        if rang % 5 == 3 and rang > 20:
            continue
        satisfaction_.repondre(ecole, dit, LIENS[rang % 3], f"appareil {rang}", quand)
    satisfaction_.ecarter(qui, ecole.reponses.exclude(verbatim="").last(), "publicité")
    return ecole


def analyse(qui: Membre, ouvert: Dossier, ferme: Dossier) -> dict[str, str]:
    """Read a few opinions, write a finding, decide, act, measure; return the team's pages."""
    pieces = Theme.objects.create(dossier=ouvert, nom="Pièces", definition="Justificatifs demandés.")
    avis1 = ouvert.contributions.get(numero=1)
    lecture.relire(qui, avis1, {0})
    lecture.relire(qui, ouvert.contributions.get(numero=4), set())
    lecture.coder(qui, avis1, [pieces])
    attente = lecture.ecrire_theme(
        qui, Theme(dossier=ouvert, nom="Attente", definition="Files.", exemple="Deux heures.")
    )
    avis.saisir(qui, ouvert, Saisie(AVIS[0] + " Merci.", Canal.PAPIER, {}))
    lecture.rapprocher(qui, [ouvert.contributions.get(texte__endswith="Merci.")], avis1, "Saisi deux fois")
    lecture.separer(qui, ouvert.contributions.get(texte__endswith="Merci."))
    d = f"/equipe/dossiers/{ouvert.slug}/"
    fil(qui, ferme, [])
    constat, proposition, action = fil(qui, ouvert, ["trois fois le même justificatif"])
    extrait, indicateur = constat.extraits.get(), action.indicateurs.get()
    return {
        **a_deux(qui, ouvert, ferme),
        "lecture:livre": f"{d}lecture/themes/",
        "lecture:fusionner": f"{d}lecture/themes/{attente.pk}/reunir/",
        "lecture:scinder": f"{d}lecture/themes/{pieces.pk}/separer/",
        "lecture:retirer": f"{d}lecture/themes/{pieces.pk}/retirer/",
        "lecture:lus": f"{d}lecture/avis/?q=trois",
        "lecture:regler": f"{d}lecture/proches/compter/",
        "lecture:gestes": f"{d}lecture/gestes/",
        "lecture:entendus": f"{d}lecture/entendus/",
        "dossiers:importer_population": f"{d}population/importer/",
        "recherche": "/equipe/recherche/?q=piece",
        "lecture:lecture": f"{d}lecture/",
        "lecture:relire": f"{d}lecture/noms/3/",
        "lecture:relire_ensemble": f"{d}lecture/noms/ensemble/",
        "lecture:nouveau_theme": f"{d}lecture/themes/nouveau/",
        "lecture:theme": f"{d}lecture/themes/{pieces.pk}/",
        "lecture:coder": f"{d}lecture/coder/4/",
        "lecture:proches": f"{d}lecture/proches/",
        "suites:suites": f"{d}suites/",
        "suites:verifier": f"{d}suites/verifier/",
        "suites:priorites": f"{d}suites/priorites/",
        "suites:devenir": f"{d}suites/avis/1/",
        "suites:devenir#seul": f"{d}suites/avis/3/",
        "suites:nouveau_constat": f"{d}suites/constats/nouveau/",
        "suites:nouvelle_proposition": f"{d}suites/propositions/nouvelle/",
        "suites:constat": f"{d}suites/constats/{constat.pk}/",
        "suites:citer": f"{d}suites/constats/{constat.pk}/citer/?theme=",
        "suites:proposition_pour": f"{d}suites/constats/{constat.pk}/proposition/",
        "suites:retirer": f"{d}suites/extraits/{extrait.pk}/retirer/",
        "suites:proposition": f"{d}suites/propositions/{proposition.pk}/",
        "suites:decider": f"{d}suites/propositions/{proposition.pk}/decider/",
        "suites:nouvelle_action": f"{d}suites/propositions/{proposition.pk}/action/",
        "suites:action": f"{d}suites/actions/{action.pk}/",
        "suites:suivre": f"{d}suites/actions/{action.pk}/suivre/",
        "suites:relier": f"{d}suites/actions/{action.pk}/changement/",
        "suites:nouvel_indicateur": f"{d}suites/actions/{action.pk}/indicateur/",
        "suites:indicateur": f"{d}suites/actions/{action.pk}/indicateur/{indicateur.pk}/",
        "suites:relever": f"{d}suites/indicateurs/{indicateur.pk}/relever/",
    }


def a_deux(qui: Membre, ouvert: Dossier, ferme: Dossier) -> dict[str, str]:
    """A double reading that goes on, and one that is over with a disagreement; return their pages."""
    autre = fabrique.membre("Sacha Lin", Role.EQUIPE)
    lecture.lire_a_deux(qui, ouvert, qui, autre, 10)
    for rang, texte in enumerate(AVIS[:2]):
        Contribution.objects.create(
            dossier=ferme, numero=rang + 1, canal=Canal.PAPIER, texte=texte, empreinte=str(rang)
        )
    for un in ferme.contributions.all():
        lecture.relire(qui, un, set())
    theme = lecture.ecrire_theme(qui, Theme(dossier=ferme, nom="Pièces", definition="Justificatifs."))
    finie = lecture.lire_a_deux(qui, ferme, qui, autre, 2)
    for un in ferme.contributions.all():
        lecture.coder(qui, un, [theme])
        lecture.coder(autre, un, [theme] if un.numero == 1 else [], "Plutôt les horaires ?")
    lecture.finir(qui, finie)
    lecture.finir(autre, finie)
    encours = ouvert.lectures_a_deux.get()
    base = "/equipe/dossiers/"
    return {
        "lecture:nouvelle_a_deux": f"{base}{ouvert.slug}/lecture/a-deux/",
        "lecture:a_deux#encours": f"{base}{ouvert.slug}/lecture/a-deux/{encours.pk}/",
        "lecture:a_deux": f"{base}{ferme.slug}/lecture/a-deux/{finie.pk}/",
        "lecture:retenir": f"{base}{ferme.slug}/lecture/a-deux/{finie.pk}/2/",
        "lecture:lecture#ferme": f"{base}{ferme.slug}/lecture/",
        "lecture:livre#ferme": f"{base}{ferme.slug}/lecture/themes/",
    }


def fil(qui: Membre, dossier: Dossier, citations: list[str]) -> tuple[Constat, Proposition, Action]:
    """A finding with its quotes (of the first opinion), two proposals, an action that was done, late ones, measures."""
    constat = suites.constater(qui, Constat(dossier=dossier, theme=dossier.themes.first(),
                                            texte="On demande plusieurs fois la même pièce."))  # fmt: skip
    for citation in citations:
        suites.permettre(qui, suites.citer(qui, constat, 1, citation), True)
    une_fois = Proposition(dossier=dossier, titre="Demander chaque pièce une fois", impact=4, raisons="Cité souvent.")
    retenue = suites.proposer(qui, une_fois, [constat])
    suites.decider(qui, retenue, "retenue", "Simple et utile à tous.", "comité de pilotage")
    autre = suites.proposer(qui, Proposition(
        dossier=dossier, titre="Ouvrir un guichet de plus", effort=4, raisons="Deux agents."), [constat])  # fmt: skip
    suites.decider(qui, autre, "ecartee", "Trop cher cette année.")
    aujourdhui = timezone.localdate()
    action = suites.agir(qui, Action(proposition=retenue, titre="Réécrire le formulaire",
                                     responsable="Service scolaire", echeance=aujourdhui))  # fmt: skip
    action.etat, action.preuve = "faite", "Le formulaire est en ligne."
    suites.agir(qui, action)
    suites.relier(qui, Livraison(action=action, genre="demarche", reference="inscription-scolaire",
                                 precision="révision 4", le=aujourdhui))  # fmt: skip
    suites.relier(qui, Livraison(action=action, genre="demande", reference="2026-AC47-WX39"))
    mesure = suites.suivre_indicateur(qui, Indicateur(
        action=action, nom="Dossiers incomplets", unite="%", origine="Tableau du service"))  # fmt: skip
    suites.relever(qui, mesure, "avant", Decimal(42), aujourdhui - timedelta(days=90))
    suites.relever(qui, mesure, "apres", Decimal("18.5"), aujourdhui)
    suites.agir(qui, Action(proposition=retenue, titre="Prévenir les familles", responsable="Service scolaire",
                            echeance=aujourdhui - timedelta(days=3)))  # fmt: skip
    return constat, retenue, action
