"""The whole journey in a real browser, as a new member of the team lives it; then, a year later, erasure."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from consultation.commande import consultation
from consultation.ecoute.ateliers.models import Atelier
from consultation.ecoute.contributions.models import Contribution
from consultation.ecoute.donnees.preuves import verifier
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.panels.models import Panel
from tests.consultation.ecoute import fabrique
from tests.consultation.ecoute.navigateur import chromium, sans_chromium
from tests.consultation.ecoute.navigateur import verifier as accessible
from tests.consultation.ecoute.test_effacement import contenu_de_la_base

__all__ = ["chromium"]
pytestmark = [pytest.mark.django_db(transaction=True), sans_chromium]


def remplir(page: Page, champs: dict[str, str], bouton: str) -> None:
    for nom, valeur in champs.items():
        page.get_by_label(nom, exact=False).first.fill(valeur)
    page.get_by_role("button", name=bouton, exact=True).click()


def dit(page: Page, phrase: str) -> None:
    expect(page.get_by_role("status").first).to_contain_text(phrase)


def minute(dans: timedelta) -> str:
    return f"{timezone.localtime(timezone.now() + dans):%Y-%m-%dT%H:%M}"


def test_from_nothing_to_what_was_done_then_erasure(live_server: Any, chromium: Browser) -> None:
    ailleurs: list[str] = []

    def ecran(largeur: int = 1280, **options: Any) -> Page:
        contexte = chromium.new_context(
            base_url=live_server.url, locale="fr-FR", viewport={"width": largeur, "height": 900}, **options
        )
        contexte.set_default_timeout(30_000)
        contexte.on(
            "request", lambda r: None if r.url.startswith((live_server.url, "data:")) else ailleurs.append(r.url)
        )
        return contexte.new_page()

    page = ecran()

    # A first account, a town, the officer and a new member of the team; nothing else yet.
    page.goto("/equipe/premiers-pas/?code=code-de-test")
    remplir(page, {"Votre nom": "Camille Durand", "Votre adresse e-mail": "camille@admiville.test",
                   "Mot de passe": fabrique.MOT_DE_PASSE}, "Créer mon compte")  # fmt: skip
    remplir(page, {"Nom de la commune": "Admiville", "Téléphone": "01 99 00 00 00",
                   "Délégué à la protection": "Dominique Petit"}, "Enregistrer")  # fmt: skip
    for nom, role in (("Dominique Petit", "Délégué"), ("Noa Martin", "Équipe : préparer")):
        page.goto("/equipe/comptes/nouveau/")
        page.get_by_label(role).check()
        remplir(page, {"Nom": nom, "Adresse e-mail": f"{nom.split()[0].lower()}@admiville.test",
                       "Premier mot de passe": fabrique.MOT_DE_PASSE}, "Ouvrir le compte")  # fmt: skip
        dit(page, "est ouvert")
    page.context.close()

    def entrer(prenom: str) -> Page:
        nouveau = ecran()
        nouveau.goto("/equipe/")
        remplir(nouveau, {"Adresse e-mail": f"{prenom}@admiville.test", "Mot de passe": fabrique.MOT_DE_PASSE},
                "Se connecter")  # fmt: skip
        return nouveau

    page = entrer("noa")
    accessible(page, 1280, "accueil vide")

    # A dossier that refuses to move on until it is complete.
    page.get_by_role("link", name="Créer un premier dossier").click()
    page.get_by_label("Consultation du public sur un projet").check()
    remplir(page, {"Titre": "Inscrire son enfant à l'école", "Événement de vie": "Une rentrée",
                   "Sur quoi porte-t-elle": "Simplifier l'inscription."}, "Créer le dossier")  # fmt: skip
    dossier = Dossier.objects.get()
    ici = f"/equipe/dossiers/{dossier.slug}/"
    page.goto(f"{ici}etape/annonce/")
    expect(page.get_by_role("alert")).to_contain_text("Le périmètre manque")
    expect(page.get_by_role("alert")).to_contain_text("Conseil d'État")
    page.goto(f"{ici}modifier/public/")
    remplir(page, {"Qui est consulté": "Les familles", "Pourquoi ces personnes": "Elles font la démarche",
                   "La question que vous posez": "Qu'est-ce qui a été difficile ?",
                   "Ce qui empêche une personne": "Trois avis par appareil",
                   "Pourquoi cela suffit": "Une famille partage un appareil"}, "Enregistrer")  # fmt: skip
    page.get_by_role("link", name="Fixer les dates").click()
    remplir(page, {"La participation ouvre": minute(timedelta(minutes=-2)),
                   "La participation ferme": minute(timedelta(days=30))}, "Enregistrer")  # fmt: skip
    page.get_by_role("link", name="Publier : modalités").first.click()
    page.get_by_role("button", name="Publier", exact=True).click()
    page.get_by_role("link", name="Annoncer la consultation").click()
    page.get_by_role("button", name="Annoncer la consultation").click()
    page.get_by_role("link", name="Remplir la fiche").click()
    remplir(page, {"Visa d'élimination": "AD 99, courriel du 12 mai"}, "Enregistrer la fiche")
    page.goto(f"{ici}etape/ouvert/")
    expect(page.get_by_role("alert")).to_contain_text("n'a pas encore approuvé la fiche")
    dpo = entrer("dominique")
    dpo.get_by_role("link", name="Lire et approuver la fiche").click()
    expect(dpo.locator("main")).to_contain_text("Visa d'élimination des archives : AD 99")
    dpo.get_by_role("button", name="Approuver").click()
    dit(dpo, "La fiche est approuvée")
    dpo.context.close()
    page.goto(ici)
    page.get_by_role("link", name="Publier : information sur le projet").first.click()
    remplir(page, {"Titre": "Le parcours actuel", "Texte": "Douze pièces."}, "Publier")
    page.get_by_role("link", name="Ouvrir la participation").click()
    page.get_by_role("button", name="Ouvrir la participation").click()
    dit(page, "ouvert à la participation")

    # Who lives there.
    page.goto(f"{ici}population/nouveau/")
    remplir(page, {"Critère": "quartier", "Question posée": "Où habitez-vous ?", "Valeurs": "Nord ; 50\nSud ; 50"},
            "Enregistrer")  # fmt: skip

    # Opinions: a phone without JavaScript, paper, the counter, a call, a file.
    mobile = ecran(320, java_script_enabled=False)
    mobile.goto(f"/consultations/{dossier.slug}/")
    mobile.get_by_role("link", name="Donner mon avis").click()
    mobile.get_by_label("Qu'est-ce qui a été difficile").fill("Madame Lopez demande trois fois le même papier.")
    mobile.get_by_role("button", name="Envoyer mon avis").click()
    expect(mobile.locator("main")).to_contain_text("Votre avis porte le numéro 1")
    mobile.context.close()
    saisis = (("Guichet", "Le guichet ferme trop tôt."), ("Bulletin papier", "Je n'ai pas compris la lettre."),
              ("Téléphone", "Personne ne répond."), ("Guichet", "Merci à l'accueil."))  # fmt: skip
    for numero, (canal, paroles) in enumerate(saisis, start=2):
        page.goto(f"/equipe/saisie/{dossier.slug}/")
        page.get_by_role("radio", name=canal).check()
        remplir(page, {"Ce que la personne dit": paroles}, "Enregistrer cet avis")
        dit(page, f"L'avis n° {numero} est enregistré")
    page.goto(f"{ici}avis/importer/")
    canaux = ("papier", "telephone", "courriel")
    lignes = "".join(f"Avis importé {n} ;{canaux[n % 3]};{('Nord', 'Sud')[n % 2]}\n" for n in range(54))
    page.get_by_label("Fichier CSV").set_input_files(
        {"name": "a.csv", "mimeType": "text/csv", "buffer": f"texte;canal;quartier\n{lignes}".encode()}
    )
    page.get_by_role("button", name="Importer").click()
    dit(page, "54 avis importés")

    # A panel of 200 volunteers, drawn with a number given in public.
    page.goto(f"{ici}panels/nouveau/")
    remplir(page, {"Titre": "Panel des familles", "Inscription des volontaires": minute(timedelta(days=5))}, "Préparer")
    page.get_by_role("button", name="Enregistrer les quotas").click()
    volontaire = ecran(320, java_script_enabled=False)
    volontaire.goto(f"/consultations/{dossier.slug}/")
    volontaire.get_by_role("link", name=re.compile("Être volontaire")).click()
    accessible(volontaire, 320, "volontaire", axe=False)
    volontaire.context.close()
    fabrique.volontaires(Panel.objects.get(), 200)
    Panel.objects.update(inscription_jusqua=timezone.now())  # five days later
    page.reload()
    page.get_by_role("link", name="Calculer la liste").click()
    page.get_by_role("button", name="Calculer").click()
    page.get_by_role("link", name="Publier la liste").click()
    page.get_by_role("button", name="Publier la liste").click()
    page.get_by_role("link", name="Tirer le numéro").click()
    remplir(page, {"Numéro tiré en public": "4217"}, "Tirer le panel")
    dit(page, "Le panel est tiré et publié")

    # The workshop: plan, invite the panel, note what is said with the network cut, finish.
    page.goto(f"{ici}ateliers/nouveau/")
    remplir(page, {"Titre": "Atelier des familles", "Lieu": "École", "Adresse": "2 rue des Lilas",
                   "Début": minute(timedelta(days=20)), "Fin": minute(timedelta(days=20, hours=2)),
                   "Nombre de places": "30"}, "Planifier")  # fmt: skip
    atelier = Atelier.objects.get()
    page.goto(f"/equipe/panels/{Panel.objects.get().pk}/inviter/")
    page.get_by_label("Atelier").select_option(str(atelier.pk))
    page.get_by_role("button", name="Mettre sur la liste").click()
    dit(page, "20 personnes sur la liste des invités")
    page.get_by_role("link", name="Envoyer les invitations").click()
    page.get_by_role("button", name="Envoyer les invitations").click()
    dit(page, "20 e-mails d'invitation")
    Atelier.objects.update(debut=timezone.now() - timedelta(hours=1), fin=timezone.now())  # twenty days later
    page.goto(f"/equipe/ateliers/{atelier.pk}/table/1/")
    page.context.set_offline(True)
    remplir(page, {"Ce qui est dit": "J'ai posé un jour de congé."}, "Noter")
    expect(page.locator("#etat-notes")).to_contain_text("1 note est gardée sur ce téléphone")
    page.context.set_offline(False)
    expect(page.locator("#etat-notes")).to_contain_text("Tout est enregistré", timeout=30_000)
    page.goto(f"/equipe/ateliers/{atelier.pk}/presences/")
    page.get_by_role("button", name=re.compile("Est là")).first.click()
    dit(page, "personne présente")
    page.goto(f"/equipe/ateliers/{atelier.pk}/terminer/")
    page.get_by_role("button", name="Terminer l'atelier").click()
    expect(page.get_by_role("status").first).to_contain_text("versée")
    par_canal = Counter(Contribution.objects.values_list("canal", flat=True))
    assert sum(par_canal.values()) == 60
    assert set(par_canal) == {"web", "papier", "guichet", "telephone", "courriel", "atelier"}

    # The days pass; the participation closes.
    fin = timezone.now() - timedelta(minutes=1)
    Dossier.objects.update(ouverture=fin - timedelta(days=30), fermeture=fin)
    page.goto(f"{ici}etape/depouillement/")
    page.get_by_role("button", name="Fermer la participation").click()
    page.goto(f"{ici}etape/clos/")
    expect(page.get_by_role("alert")).to_contain_text("Ni les résultats ni les suites")

    # Names hidden, a theme, a quote, a finding, a proposal, an action.
    page.goto(f"{ici}lecture/noms/")
    expect(page.get_by_label("Lopez (nom)")).to_be_checked()
    page.get_by_role("button", name="Valider et passer au suivant").click()
    page.goto(f"{ici}lecture/themes/nouveau/")
    remplir(page, {"Thème": "Pièces", "Quand le donner": "Justificatifs"}, "Enregistrer le thème")
    page.goto(f"{ici}lecture/coder/")
    page.get_by_label("Pièces : Justificatifs").check()
    page.get_by_role("button", name="Valider et passer au suivant").click()
    page.goto(f"{ici}suites/constats/nouveau/")
    remplir(page, {"Constat": "La même pièce est demandée plusieurs fois."}, "Enregistrer")
    remplir(page, {"Numéro de l'avis": "1", "Le passage": "demande trois fois le même papier"}, "Rattacher")
    page.get_by_role("button", name=re.compile("J'ai relu")).click()
    page.get_by_role("link", name="Écrire une proposition", exact=True).click()
    page.get_by_label("La même pièce").check()
    remplir(page, {"Proposition": "Une pièce, une fois", "Pourquoi ces notes": "Trois avis le disent."}, "Enregistrer")
    page.get_by_role("link", name=re.compile("^Décider")).first.click()
    page.get_by_label("Retenue").check()
    remplir(page, {"Pourquoi": "Utile à tous"}, "Décider")
    dit(page, "Dites maintenant ce qui sera fait")
    remplir(page, {"Ce que nous ferons": "Réécrire le formulaire", "Qui en répond": "Service scolaire",
                   "Pour le": f"{timezone.localdate() + timedelta(days=60):%Y-%m-%d}"}, "Enregistrer")  # fmt: skip
    for genre in ("resultats", "suites"):
        page.goto(f"{ici}publier/{genre}/")
        page.get_by_role("button", name="Publier", exact=True).click()
    page.goto(f"{ici}etape/clos/")
    page.get_by_role("button", name="Clore le dossier").click()
    dit(page, "Le dossier est maintenant clos")

    # What everybody reads, on a phone.
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(f"/consultations/{dossier.slug}/vous-avez-dit/")
    expect(page.locator("main")).to_contain_text("Vous avez dit : La même pièce est demandée plusieurs fois.")
    expect(page.locator("main")).to_contain_text("Nous faisons : Une pièce, une fois")
    expect(page.locator("main")).not_to_contain_text("Lopez")
    accessible(page, 320, "vous-avez-dit")

    # A year later: what names people went by itself, what was said and done stays, and can be proved.
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"/consultations/{dossier.slug}/publications/")
    with page.expect_download() as telechargement:
        page.get_by_role("link", name="Télécharger la preuve (ZIP)").click()
    avant = telechargement.value.path()
    call_command("effacer_echus", au=f"{timezone.localdate() + timedelta(days=367):%Y-%m-%d}")
    assert verifier() == []
    assert not Contribution.objects.exclude(texte="").exists()
    base = contenu_de_la_base()
    for reste in ("Lopez", "Personne 7", "v7@exemple.test", "Personne 150"):
        assert reste not in base, reste
    page.goto(f"{ici}conservation/")
    expect(page.locator("main")).to_contain_text("Durée de conservation atteinte")
    expect(page.locator("main")).to_contain_text("Élimination, visa des archives : AD 99, courriel du 12 mai")
    page.goto(f"/consultations/{dossier.slug}/vous-avez-dit/")
    expect(page.locator("main")).to_contain_text("Vous avez dit : La même pièce est demandée plusieurs fois.")
    page.goto(f"/consultations/{dossier.slug}/publications/")
    expect(page.locator("main")).to_contain_text("rien n'a été modifié")
    verifie = CliRunner().invoke(consultation, ["check-publications", str(avant)])
    assert verifie.exit_code == 0, verifie.output
    page.context.close()
    assert not ailleurs
