"""Time what the team's pages work out over 20,000 invented opinions: search, near copies, neighbours, hidden tables.

Run with `python -m tests.benchmarks.lecture` from the root; the database is in memory.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable

import django
import django.utils.timezone

NOMBRE = 20_000


def chronometrer(acte: Callable[[], object]) -> float:
    """Seconds of CPU."""
    debut = time.process_time()
    acte()
    return round(time.process_time() - debut, 2)


def main() -> None:
    """Print one line of JSON."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "consultation.ecoute.settings.test"
    django.setup()
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0)
    from consultation.ecoute.accueil.recherche import chercher
    from consultation.ecoute.contributions.models import Canal, Contribution
    from consultation.ecoute.dossiers.models import Critere, Dossier, Modalite
    from consultation.ecoute.equipe.models import Membre, Role
    from consultation.ecoute.lecture import services as lecture
    from consultation.ecoute.lecture.models import Lecture, Theme
    from consultation.ecoute.suites import donnees_ouvertes
    from consultation.ecoute.suites.version import version

    hasard = random.Random(20)  # noqa: S311 - invented texts
    lexique = ["".join(hasard.choices("aeioubcdlmnprst", k=hasard.randint(2, 9))) for _ in range(3000)]
    dossier = Dossier.objects.create(titre="Essai", slug="essai")
    membre = Membre.objects.creer("a@exemple.invalid", "A", Role.EQUIPE)
    for nom, combien in (("âge", 6), ("quartier", 12), ("situation", 6)):
        critere = Critere.objects.create(dossier=dossier, nom=nom, question="?")
        for rang in range(combien):
            Modalite.objects.create(critere=critere, nom=f"{nom} {rang}", part=round(100 / combien, 2), ordre=rang)
    maintenant = django.utils.timezone.now()
    Contribution.objects.bulk_create(
        Contribution(
            dossier=dossier, numero=n + 1, canal=hasard.choice(Canal.values), relu_le=maintenant, empreinte=str(n),
            texte_relu=(texte := " ".join(hasard.choices(lexique, k=hasard.randint(8, 60)))), texte=texte,
            profil={"âge": f"âge {int(hasard.betavariate(1, 4) * 6)}", "quartier": f"quartier {hasard.randrange(12)}",
                    "situation": f"situation {int(hasard.betavariate(1, 6) * 6)}"},
        )
        for n in range(NOMBRE)
    )  # fmt: skip
    themes = [Theme.objects.create(dossier=dossier, nom=f"Thème {n}", definition="x") for n in range(12)]
    lues = Lecture.objects.bulk_create(
        Lecture(contribution=avis, codeur=membre) for avis in dossier.contributions.all()[: NOMBRE - 200]
    )
    portes = Lecture.themes.through
    portes._default_manager.bulk_create(
        portes(lecture_id=lue.pk, theme_id=theme.pk) for lue in lues for theme in hasard.sample(themes, 2)
    )
    client = Client()
    client.force_login(membre)

    def page(suite: str) -> Callable[[], object]:
        return lambda: client.get(f"/equipe/dossiers/essai/{suite}")

    derniere = dossier.contributions.get(numero=NOMBRE)
    print(
        json.dumps(
            {
                "opinions": NOMBRE,
                "search": chronometrer(lambda: chercher(membre, lexique[5])),
                "near_copies_first": chronometrer(lambda: lecture.proches(dossier)),
                "near_copies_again": chronometrer(lambda: lecture.proches(dossier)),
                "neighbours": chronometrer(lambda: lecture.avis_proches(derniere, membre)),
                "who_was_heard": chronometrer(lambda: lecture.entendus(dossier)),
                "themes": chronometrer(lambda: lecture.compter_themes(dossier)),
                "page_reading": chronometrer(page("lecture/")),
                "page_reading_again": chronometrer(page("lecture/")),
                "page_code_book": chronometrer(page("lecture/themes/")),
                "page_read": chronometrer(page("lecture/avis/")),
                "page_opinions": chronometrer(page("avis/")),
                "version_of_exports": chronometrer(lambda: version(dossier)),
                "export": chronometrer(lambda: donnees_ouvertes.avis(dossier).csv()),
                "load": round(os.getloadavg()[0], 1),
            }
        )
    )


if __name__ == "__main__":
    main()
