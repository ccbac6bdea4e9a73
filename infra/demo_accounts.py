"""Made-up people of a platform for trying and showing: the directory's accounts, and what the operator is told."""

from __future__ import annotations

from dataclasses import dataclass

from infra.inventory_variables import DemoAccount
from infra.model import Site
from infra.model.site import Function


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in. `site` is where, `part` what they do there, in French."""

    given_name: str
    family_name: str
    uid: str
    site: Function
    part: str
    groups: tuple[str, ...] = ()
    title: str = ""

    def mail(self, domain: str) -> str:
        """Their address, which is what they sign in with."""
        return f"{self.uid}@{domain}"


PEOPLE = (
    Person("Camille", "Durand", "camille.durand", Function.PORTAL, "habitante"),
    Person(
        "Alice",
        "Martin",
        "alice.martin",
        Function.PROCESSING,
        "agente du service voirie (second facteur à la première connexion)",
        ("agents", "service-voirie", "editeurs", "responsables-demarches", "supervision"),
        "responsable de la voirie",
    ),
    Person(
        "Bruno",
        "Petit",
        "bruno.petit",
        Function.PROCESSING,
        "agent de l'état civil",
        ("agents", "service-etat-civil"),
        "officier de l'état civil",
    ),
    Person(
        "Denise",
        "Leroy",
        "denise.leroy",
        Function.PROCESSING,
        "agente du guichet unique, de l'accueil et de la vie associative",
        ("agents", "service-guichet-unique", "service-accueil", "service-vie-associative", "service-citoyennete"),
        "responsable du guichet unique",
    ),
    Person(
        "Éric",
        "Faure",
        "eric.faure",
        Function.PROCESSING,
        "agent des espaces verts, de la propreté et du stationnement",
        ("agents", "service-espaces-verts", "service-proprete", "service-stationnement"),
        "responsable du cadre de vie",
    ),
    # The team that listens to users; none of them handles requests.
    Person(
        "Fanny",
        "Moreau",
        "fanny.moreau",
        Function.CONSULTATION,
        "responsable de l'écoute des usagers (…/equipe/)",
        ("ecoute-responsables",),
    ),
    Person(
        "Gilles",
        "Robert",
        "gilles.robert",
        Function.CONSULTATION,
        "délégué à la protection des données, dans la même application",
        ("ecoute-dpo",),
    ),
    Person(
        "Hawa",
        "Diallo",
        "hawa.diallo",
        Function.CONSULTATION,
        "accueil : saisit les avis reçus au guichet",
        ("ecoute-accueil",),
    ),
)
"""The services are those of `stacks/local/services.yaml`."""


def accounts(site: Site) -> list[DemoAccount]:
    """The accounts of the site's directory; none unless the site asks for them."""
    if not site.features.demo_accounts:
        return []
    return [
        {
            "uid": person.uid,
            "branch": "usagers" if person.site is Function.PORTAL else "agents",
            "given_name": person.given_name,
            "family_name": person.family_name,
            "mail": person.mail(site.domain),
            "title": person.title,
            "groups": list(person.groups),
        }
        for person in PEOPLE
    ]


def presented(site: Site) -> list[str]:
    """A line for each person who has a site to sign in to, for the end of `gru up`."""
    if not site.features.demo_accounts:
        return []
    told = [(person.mail(site.domain), person.part) for person in PEOPLE if site.hosts_of(person.site)]
    width = max(len(mail) for mail, _ in told)
    return [f"{mail:<{width}}   {part}" for mail, part in told]
