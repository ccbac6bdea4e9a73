"""Time the guichet of a running stack, as people outside reach it: through the front, with TLS, one reader.

    GRU_STACK=local python -m tests.benchmarks.guichet                # what the stack holds now
    GRU_STACK=local python -m tests.benchmarks.guichet 20000 237000   # filled with each volume in turn (gru populate)

Filling refuses a stack that holds real requests, unless `--anyway` is added. Without GRU_STACK nothing is measured,
and it says so.
"""

from __future__ import annotations

import http.client
import os
import re
import socket
import ssl
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import sync_playwright

from infra.inventory import read_inventory
from infra.state import Stack
from tests.benchmarks.mesures import Releve, chronometrer, tableau
from tests.browser.conftest import Platform, SecondFactors, open_person
from tests.browser.hands import Mouse
from tests.browser.pages_guichet import agent_signs_in
from tests.browser.procedures import sign_in_with

AGENT, RESIDENT = "denise.leroy", "camille.durand"
REPORT = "/demarches/signaler-un-probleme-de-voirie/"
PAGES: tuple[tuple[str, dict[str, str]], ...] = (
    ("lieu", {"lieu": "12 rue des Lilas"}),
    ("probleme", {"probleme": "chaussee"}),
    ("description", {"description": "Un trou d'un mètre."}),
    ("photos", {}),
    ("contact", {"courriel": "mesure@exemple.invalid"}),
)
ENVOIS, ECHAUFFEMENT = 25, 3
SOIXANTE_AGENTS = 60
_JETON = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class _Connexion(http.client.HTTPSConnection):
    """To the front's address, under the name of the site."""

    def __init__(self, nom: str, adresse: str, port: int, autorite: Path) -> None:
        self._contexte = ssl.create_default_context(cafile=str(autorite))
        super().__init__(nom, port, context=self._contexte, timeout=60)
        self._adresse = adresse

    def connect(self) -> None:
        prise = socket.create_connection((self._adresse, self.port), self.timeout)
        self.sock = self._contexte.wrap_socket(prise, server_hostname=self.host)


@dataclass
class Visiteur:
    """A browser reduced to what is timed: one connection, cookies, forms."""

    platform: Platform
    brick: str
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        variables = self.platform.variables
        self._nom = variables["gru_names"][self.brick]
        self._connexion = _Connexion(
            self._nom,
            variables["gru_publish_address"],
            variables["gru_https_port"],
            self.platform.stack.authority_file,
        )

    def demander(self, methode: str, chemin: str, corps: str = "") -> tuple[int, str, str]:
        """Status, place one is led to, text."""
        entetes = {"Cookie": "; ".join(f"{nom}={valeur}" for nom, valeur in self.cookies.items())}
        if methode == "POST":
            entetes |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Referer": self.platform.url(self.brick, chemin),
                "Origin": self.platform.url(self.brick, ""),
            }
        self._connexion.request(methode, chemin, corps.encode(), entetes)
        reponse = self._connexion.getresponse()
        texte = reponse.read().decode()
        for ligne in reponse.headers.get_all("Set-Cookie") or []:
            self.cookies |= {nom: morceau.value for nom, morceau in SimpleCookie(ligne).items()}
        return reponse.status, reponse.headers.get("Location", ""), texte

    def lire(self, chemin: str) -> str:
        """Text of a page."""
        statut, vers, texte = self.demander("GET", chemin)
        if statut in (301, 302):
            return self.lire(vers)
        if statut != 200:
            raise SystemExit(f"{chemin} : {statut}")
        return texte

    def relire(self, chemins: Sequence[str], rang: int) -> None:
        """Read one of these pages, in turn."""
        self.lire(chemins[rang % len(chemins)])

    def poster(self, chemin: str, saisie: dict[str, str], page: str) -> str:
        jeton = _JETON.search(page)
        if jeton is None:
            raise SystemExit(f"{chemin} : pas de formulaire")
        statut, vers, _ = self.demander("POST", chemin, urlencode({"csrfmiddlewaretoken": jeton[1], **saisie}))
        if statut != 302:
            raise SystemExit(f"{chemin} : {statut}")
        return vers


def sessions(platform: Platform) -> dict[str, dict[str, str]]:
    """Cookies of an agent and of a resident, signed in for real, second factor included."""
    domaine = platform.variables["gru_domain"]
    totp = SecondFactors(platform.stack.directory / "tests-second-factors.json")
    trouvees = {}
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as dossier:
        agent = open_person(platform, playwright, Path(dossier) / "agent")
        login = f"{AGENT}@{domaine}"
        totp[login] = agent_signs_in(platform, agent.pages[0], login, totp.get(login))
        trouvees["processing"] = _cookies(agent, platform.url("processing"))
        agent.close()
        usager = open_person(platform, playwright, Path(dossier) / "usager")
        sign_in_with(platform, Mouse(usager.pages[0]), f"{RESIDENT}@{domaine}", platform.demo_password)
        trouvees["portal"] = _cookies(usager, platform.url("portal"))
        usager.close()
    return trouvees


def _cookies(contexte: Any, adresse: str) -> dict[str, str]:
    return {cookie["name"]: cookie["value"] for cookie in contexte.cookies([adresse])}


def mesurer(platform: Platform, cookies: dict[str, dict[str, str]]) -> list[Releve]:
    """All measures on what the stack holds now."""
    agent = Visiteur(platform, "processing", dict(cookies["processing"]))
    usager = Visiteur(platform, "portal", dict(cookies["portal"]))
    references = re.findall(r"/demandes/(2\d{3}-\w{4}-\w{4})/", agent.lire("/demandes/?montrer=toutes&par=100"))
    references = list(dict.fromkeys(references))
    if not references:
        raise SystemExit("Cette plateforme ne contient aucune demande de ces services : « gru populate » la remplit.")
    pages = {
        "liste : à suivre": ("liste des agents", "/demandes/"),
        "liste : toutes, récentes d'abord": ("liste des agents", "/demandes/?montrer=toutes&ordre=recentes"),
        "recherche d'un mot courant": ("recherche", "/demandes/?montrer=toutes&q=rue+des+lilas"),
    }
    releves = [chronometrer(nom, partial(agent.relire, [chemin]), famille) for nom, (famille, chemin) in pages.items()]
    releves.append(_soixante_agents(agent))
    demandes = [f"/demandes/{reference}/" for reference in references]
    releves.append(chronometrer("page d'une demande", partial(agent.relire, demandes), "page d'une demande"))
    releves.append(chronometrer("« Mes démarches »", partial(usager.relire, ["/mes-demarches/"])))
    releves.append(
        chronometrer("catalogue des démarches", partial(usager.relire, ["/demarches/"]), "accueil du portail")
    )
    return [*releves, *_envois(platform)]


def _soixante_agents(agent: Visiteur) -> Releve:
    """Sixty agents who refresh each minute: one list a second, for a minute."""
    releve = Releve("liste : une par seconde (60 agents, une fois par minute)", "liste des agents")
    for _ in range(SOIXANTE_AGENTS):
        debut = time.perf_counter()
        agent.lire("/demandes/")
        releve.ms.append((time.perf_counter() - debut) * 1000)
        time.sleep(max(0.0, 1 - (time.perf_counter() - debut)))
    return releve


def _envois(platform: Platform) -> list[Releve]:
    dernier = Releve("acceptation (dernier écran seul)")
    entier = Releve("envoi d'un signalement, tous les écrans", "envoi d'une demande")
    for rang in range(ECHAUFFEMENT + ENVOIS):
        visiteur = Visiteur(platform, "portal")
        debut = time.perf_counter()
        vers = visiteur.demander("GET", f"{REPORT}remplir/")[1]
        for _, saisie in PAGES:
            vers = visiteur.poster(vers, saisie, visiteur.lire(vers))
        page = visiteur.lire(vers)
        avant = time.perf_counter()
        visiteur.poster(vers, {}, page)
        if rang >= ECHAUFFEMENT:
            dernier.ms.append((time.perf_counter() - avant) * 1000)
            entier.ms.append((time.perf_counter() - debut) * 1000)
    return [dernier, entier]


def main(volumes: list[int], *, anyway: bool = False) -> int:
    """Print the table."""
    nom = os.environ.get("GRU_STACK")
    if not nom:
        print("Rien n'a été mesuré : il faut une plateforme en marche. Lancez « gru up », puis GRU_STACK=local.")
        return 0
    stack = Stack(nom)
    platform = Platform(stack, read_inventory(stack)["all"]["vars"])
    cookies = sessions(platform)
    colonnes: dict[str, list[Releve]] = {}
    for volume in volumes:
        platform.gru("populate", "--remove")
        debut = time.monotonic()
        compte = f"--account={RESIDENT}@{platform.variables['gru_domain']}"
        platform.gru("populate", f"--requests={volume}", compte, *(["--anyway"] if anyway else []))
        print(f"{volume} demandes inventées en {time.monotonic() - debut:.0f} s", flush=True)
        colonnes[f"{volume} demandes"] = mesurer(platform, cookies)
    if not volumes:
        colonnes["demandes présentes"] = mesurer(platform, cookies)
    print(f"\nÀ travers le frontal, avec TLS, un lecteur ; charge {os.getloadavg()[0]:.1f}\n")
    print(tableau(colonnes))
    return 0


if __name__ == "__main__":
    sys.exit(main([int(mot) for mot in sys.argv[1:] if mot.isdecimal()], anyway="--anyway" in sys.argv))
