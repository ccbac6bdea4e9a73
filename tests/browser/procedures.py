"""Journeys through procedures of the town, one thing a page, with any pair of hands."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Platform
from tests.browser.hands import Hands
from tests.browser.pages_guichet import Receipt

CIVIL_STATUS = "demander-un-acte-d-etat-civil"
SCHOOL = "inscrire-un-enfant-a-l-ecole"
REPORT = "signaler-un-arbre-ou-un-espace-vert"
Look = Callable[[str], None]


def unseen(name: str) -> None:
    """Do not look at the page."""
    del name


def send(hands: Hands, look: Look) -> Receipt:
    """From « Vérifiez vos réponses » to the acknowledgement."""
    page = hands.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Vérifiez vos réponses")
    look("verifier")
    hands.press("Envoyer ma demande")
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre demande est envoyée")
    look("envoyee")
    shown = page.locator("dl.numero dd.reference").all_inner_texts()
    return Receipt(shown[0], shown[1] if len(shown) > 1 else None)


def begin(platform: Platform, hands: Hands, slug: str, look: Look) -> None:
    """Open a procedure's page and begin."""
    hands.page.goto(platform.url("portal", f"/demarches/{slug}/"))
    look(slug)
    hands.follow("Commencer")


def step(hands: Hands, title: str, look: Look) -> None:
    """Check that the expected page is there, and look at it."""
    expect(hands.page.get_by_role("heading", level=1)).to_have_text(re.compile(title))
    look(re.sub(r"\W+", "-", title.lower()))


def civil_status_copy(platform: Platform, hands: Hands, identity: Path, email: str, look: Look = unseen) -> Receipt:
    """A full copy of a birth certificate, by post, without account: conditional pages and a file."""
    begin(platform, hands, CIVIL_STATUS, look)
    step(hands, "Quel acte demandez-vous", look)
    hands.choose("Un acte de naissance")
    hands.press("Continuer")
    step(hands, "Sous quelle forme", look)
    hands.choose("Copie intégrale")
    hands.press("Continuer")
    step(hands, "Qui est concerné", look)
    hands.fill("Nom de naissance", "Marchand")
    hands.fill("Prénoms", "Zoé Louise")
    hands.press("Continuer")
    step(hands, "À quelle date", look)
    hands.date("Date de la naissance", "27", "3", "1985")
    hands.press("Continuer")
    step(hands, "Qui sont ses parents", look)
    hands.fill("premier parent", "Marchand Paul")
    hands.press("Continuer")
    step(hands, "Qui êtes-vous", look)
    hands.choose("C'est mon acte")
    hands.press("Continuer")
    step(hands, "pièce d'identité", look)
    hands.upload("pièce d'identité", identity)
    hands.press("Continuer")
    step(hands, "Comment vous remettre", look)
    hands.choose("Par la poste")
    hands.fill("Nombre d'exemplaires", "2")
    # The address is asked once the post is chosen: on a second showing, with or without JavaScript.
    if hands.page.get_by_label("Adresse où envoyer").count() == 0:
        hands.press("Continuer")
    look("adresse-d-envoi")
    hands.fill("Adresse où envoyer", "4 rue des Lilas, 99000 Admiville")
    hands.press("Continuer")
    step(hands, "Comment vous joindre", look)
    hands.fill("Prénom et nom", "Zoé Marchand")
    hands.fill("Adresse e-mail", email)
    hands.press("Continuer")
    return send(hands, look)


def school_enrolment(platform: Platform, hands: Hands, papers: Path, email: str, look: Look = unseen) -> Receipt:
    """Two children, another school than theirs, another parent, two files: groups and conditional pages."""
    begin(platform, hands, SCHOOL, look)
    step(hands, "Pour quelle rentrée", look)
    hands.choose("À la prochaine rentrée")
    hands.press("Continuer")
    _child(hands, "Lina", "Petite section", 3, look)
    step(hands, "Quels enfants inscrivez-vous", look)
    hands.press("Ajouter")
    _child(hands, "Noah", "CP", 6, look)
    expect(hands.page.locator("body")).to_contain_text("Enfant 2")
    hands.press("Continuer")
    step(hands, "besoin d'un accompagnement|accueil adapté", look)
    hands.choose("Non")
    hands.press("Continuer")
    step(hands, "Où habite l'enfant", look)
    hands.fill("Adresse à Admiville", "4 rue des Lilas")
    hands.tick("J'atteste sur l'honneur")
    hands.press("Continuer")
    step(hands, "Dans quelle école|Quelle école", look)
    hands.choose("Une autre école")
    hands.press("Continuer")
    step(hands, "Quelle école, et pourquoi", look)
    hands.choose("École Pasteur")
    hands.tick("Un frère ou une sœur y est déjà")
    hands.press("Continuer")
    step(hands, "Qui êtes-vous", look)
    hands.fill("Prénom et nom", "Camille Durand")
    hands.choose("Son parent")
    hands.fill("Adresse e-mail", email)
    hands.fill("Numéro de téléphone", "06 39 98 12 34")
    hands.press("Continuer")
    step(hands, "L'enfant a-t-il un autre parent|autorité parentale", look)
    hands.choose("Oui")
    if hands.page.get_by_label("Prénom et nom de l'autre parent").count() == 0:
        hands.press("Continuer")
    look("autre-parent-nom")
    hands.fill("Prénom et nom de l'autre parent", "Sam Durand")
    hands.press("Continuer")
    step(hands, "Vos documents", look)
    hands.choose("Oui")
    if hands.page.get_by_label("Document d'identité de chaque enfant").count() == 0:
        hands.press("Continuer")
    look("documents-a-joindre")
    hands.upload("Document d'identité de chaque enfant", papers)
    hands.upload("Votre pièce d'identité", papers)
    hands.press("Continuer")
    return send(hands, look)


def _child(hands: Hands, first_name: str, level: str, age: int, look: Look) -> None:
    """A child of the age that this level has in the year of the next 1 September."""
    today = date.today()
    autumn = today.year + ((today.month, today.day) > (9, 1))
    step(hands, r"^Enfant \d$", look)
    hands.fill("Nom de l'enfant", "Durand")
    hands.fill("Prénom de l'enfant", first_name)
    hands.date("Date de naissance", "12", "5", str(autumn - age))
    hands.choose(re.compile(f"^{level}"))  # not « Toute petite section »
    hands.press("Enregistrer et continuer")


def tree_report(platform: Platform, hands: Hands, photo: Path | None, email: str, look: Look = unseen) -> Receipt:
    """A broken branch that may hurt somebody."""
    begin(platform, hands, REPORT, look)
    step(hands, "De quoi s'agit-il|Que voulez-vous signaler", look)
    hands.choose("Un arbre ou une branche")
    hands.press("Continuer")
    step(hands, "Quelqu'un peut-il se blesser|Y a-t-il un danger", look)
    hands.choose("Oui, quelqu'un peut se blesser")
    hands.press("Continuer")
    step(hands, "Appelez maintenant le 112", look)
    hands.press("J'ai lu, continuer")
    step(hands, "Où se trouve le problème", look)
    hands.fill("Adresse ou nom du lieu", "Parc des Tilleuls")
    hands.fill("Précision sur l'endroit", "Près du toboggan")
    hands.press("Continuer")
    step(hands, "Que voyez-vous", look)
    hands.fill("Décrivez le problème", "Une branche est cassée et pend au-dessus de l'allée.")
    if photo:
        hands.upload("Photo", photo)
    hands.press("Continuer")
    step(hands, "Comment vous répondre", look)
    hands.fill("Adresse e-mail", email)
    hands.press("Continuer")
    return send(hands, look)


def sign_in_with(platform: Platform, hands: Hands, login: str, password: str, to: str = "/mes-demarches/") -> None:
    """Sign a resident in through the identity provider, with these hands."""
    hands.page.goto(platform.url("portal", f"/connexion/?next={to}"))
    hands.fill("Adresse e-mail ou identifiant", login)
    hands.fill("Mot de passe", password)
    hands.press("Se connecter")
    hands.page.wait_for_url(platform.url("portal", to))


def open_as_agent(hands: Hands, platform: Platform, reference: str, look: Look = unseen) -> None:
    """Find a request in the agents' list by its number, and open it."""
    page = hands.page
    page.goto(platform.url("processing", "/demandes/"))
    look("liste")
    page.get_by_role("searchbox").or_(page.locator("input[name=q]")).first.fill(reference)
    hands.press("Chercher")
    page.locator("table.demandes a[data-ligne]").first.click()
    expect(page.locator("body")).to_contain_text(reference)
    look("demande")


def ask_for_a_piece(hands: Hands, piece: str, why: str, look: Look = unseen) -> None:
    """Ask the resident for one of the procedure's pieces."""
    hands.press("Prendre en charge")
    expect(hands.page.locator("body")).to_contain_text("Vous êtes maintenant en charge")
    hands.unfold("Autres actions")
    hands.follow("Demander une pièce")
    look("demander")
    hands.tick(piece)
    hands.fill("Votre question ou votre explication", why)
    hands.press("Envoyer à l")
    expect(hands.page.locator("body")).to_contain_text("attend")
    look("attend-l-usager")


def supply(hands: Hands, piece: str, path: Path, look: Look = unseen) -> None:
    """From the request's page, give just what the town asks for."""
    look("a-vous")
    hands.follow("Compléter ma demande")
    look("completer")
    hands.upload(piece, path)
    hands.press("Envoyer à la mairie")
    expect(hands.page.locator("body")).to_contain_text("Vous avez envoyé")
    look("completee")


def accept_and_close(hands: Hands, template: str, document: Path, look: Look = unseen) -> None:
    """Accept with a template of answer and the document that it announces, then close."""
    page = hands.page
    hands.follow("Accepter")
    page.get_by_label("Partir d").select_option(label=template)
    hands.press("Utiliser ce texte")
    hands.upload("Documents à joindre", document)
    look("accepter")
    hands.press("Accepter")
    expect(page.locator("body")).to_contain_text("La demande est acceptée")
    hands.follow("Clore la demande")
    look("clore")
    hands.press("Clore la demande")
    expect(page.locator("body")).to_contain_text("La demande est close")
