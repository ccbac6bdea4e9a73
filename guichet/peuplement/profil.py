"""The year of a town of 60,000: how many requests of each kind, by which channel, in which month, at what hour.

Shares follow what towns publish (Massy: of 170,000 contacts, 50,000 at the counter, 25,000 online, 50,000 by phone,
45,000 letters and e-mails), corrected for a town that has put its procedures online. They are assumptions, and say so.
"""

from __future__ import annotations

from dataclasses import dataclass

CANAUX = ("web", "guichet", "telephone", "courrier", "courriel")

# Month by month, January first: 1 is an ordinary month.
PLAT = (1,) * 12
RENTREE = (0.7, 0.8, 1.3, 1.6, 1.9, 2.1, 1.0, 0.9, 1.4, 0.6, 0.5, 0.4)
PRINTEMPS = (0.5, 0.7, 1.2, 1.5, 1.5, 1.4, 1.2, 1.0, 1.1, 1.0, 0.8, 0.5)
TRAVAUX = (0.7, 0.8, 1.1, 1.2, 1.3, 1.4, 1.3, 0.7, 1.3, 1.1, 0.9, 0.6)
DEMENAGEMENTS = (0.7, 0.7, 0.8, 0.9, 1.0, 1.4, 1.7, 1.6, 1.3, 0.9, 0.8, 0.6)
HIVER = (1.5, 1.4, 1.1, 0.9, 0.8, 0.7, 0.6, 0.6, 0.9, 1.1, 1.3, 1.4)
ELECTIONS = (1.4, 1.6, 1.3, 1, 1, 0.8, 0.5, 0.5, 1, 1, 1, 1)
DEMANDES_DE_SUBVENTION = (0.3, 0.2, 0.2, 0.2, 0.3, 0.4, 0.3, 0.3, 1.2, 2.6, 4.6, 0.8)


@dataclass(frozen=True)
class Profil:
    """How one kind of procedure is used: its weight, its channels, its months, its hours."""

    poids: float
    """Share of all requests of the year, whatever the unit."""
    canaux: tuple[float, float, float, float, float] = (50, 22, 16, 6, 6)
    mois: tuple[float, ...] = PLAT


AUTRE = Profil(3)
PROFILS = {
    "demander-un-acte-d-etat-civil": Profil(20, (48, 30, 0, 16, 6)),
    "inscrire-au-periscolaire": Profil(17, (62, 24, 8, 2, 4), RENTREE),
    "signaler-un-probleme-de-voirie": Profil(13, (46, 5, 38, 2, 9), HIVER),
    "demander-une-carte-de-stationnement": Profil(11, (64, 24, 4, 4, 4)),
    "faire-enlever-des-encombrants": Profil(11, (44, 8, 42, 1, 5), DEMENAGEMENTS),
    "signaler-un-changement-d-adresse": Profil(6, (52, 26, 12, 6, 4), DEMENAGEMENTS),
    "signaler-un-arbre-ou-un-espace-vert": Profil(5, (46, 6, 36, 3, 9), PRINTEMPS),
    "preparer-mon-inscription-electorale": Profil(5, (45, 40, 2, 10, 3), ELECTIONS),
    "inscrire-un-enfant-a-l-ecole": Profil(4, (60, 32, 3, 2, 3), RENTREE),
    "demander-une-permission-de-voirie": Profil(4, (58, 8, 6, 10, 18), TRAVAUX),
    "reserver-une-salle": Profil(3.6, (50, 20, 18, 4, 8), PRINTEMPS),
    "demander-une-subvention": Profil(0.4, (74, 8, 0, 14, 4), DEMANDES_DE_SUBVENTION),
}  # fmt: skip

# Monday first.
JOURS_EN_LIGNE = (1.25, 1.15, 1.1, 1.05, 0.95, 0.7, 0.75)
JOURS_OUVERTS = (1.25, 1.1, 1.05, 1.0, 0.95, 0.25, 0)
# Hour 0 first.
HEURES_EN_LIGNE = (
    1, 0.5, 0.3, 0.2, 0.2, 0.4, 1.2, 2.6, 4.6, 6.2, 6.6, 6.0,
    5.4, 6.0, 6.2, 5.6, 5.2, 5.4, 5.8, 6.0, 6.6, 6.2, 4.4, 2.4,
)  # fmt: skip
HEURES_OUVERTES = (0, 0, 0, 0, 0, 0, 0, 0, 5, 9, 11, 8, 3, 7, 9, 9, 8, 3, 0, 0, 0, 0, 0, 0)
