"""What invented answers are made from. Nobody exists; numbers and addresses reach nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random


@dataclass(frozen=True)
class Personne:
    """Somebody invented, who fills a form."""

    prenom: str
    nom: str
    courriel: str
    telephone: str
    adresse: str
    compte: str
    """Primary key of the account, empty without one."""

    @property
    def entier(self) -> str:
        """First name and name."""
        return f"{self.prenom} {self.nom}"


@dataclass(frozen=True)
class Invention:
    """One form being invented: by whom, on which day. ``hasard`` draws the rest, always in the same order."""

    hasard: Random
    personne: Personne
    jour: date


def telephone(hasard: Random) -> str:
    """A number kept for fiction (ARCEP): nobody is called."""
    return f"06 39 98 {hasard.randint(0, 99):02d} {hasard.randint(0, 99):02d}"


_PRENOMS = (
    "Adam Adèle Agathe Aïcha Alain Alexandre Alice Amandine Amina Anaïs André Anne Antoine Arthur Aurélie Baptiste "
    "Béatrice Benjamin Bernard Camille Caroline Catherine Cécile Céline Chantal Charles Chloé Christian Christine "
    "Claire Claude Clément Corinne Damien Daniel David Delphine Denis Didier Dominique Élise Élodie Émilie Emma "
    "Enzo Éric Estelle Éva Fabien Fatima Florence Florian Franck François Françoise Gabriel Gaëlle Gérard Gilles "
    "Guillaume Guy Hélène Hugo Inès Isabelle Jacqueline Jacques Jean Jeanne Jérôme Joël Jules Julie Julien Karim "
    "Karine Kévin Laëtitia Laura Laurence Laurent Léa Léo Léon Lina Louis Louise Lucas Lucie Luc Magali Maël Manon "
    "Marc Margaux Marie Marine Marion Martine Mathieu Mathilde Maxime Mehdi Michel Michèle Mohamed Monique Myriam "
    "Nadia Nathalie Nicolas Nina Noah Noémie Olivier Pascal Patrice Patricia Patrick Paul Pauline Philippe Pierre "
    "Quentin Rachid Raphaël Rémi René Robert Romain Rose Roxane Salomé Samir Sandrine Sarah Sébastien Serge Simon "
    "Sofia Solène Sophie Stéphane Stéphanie Suzanne Sylvie Thérèse Thierry Thomas Théo Tom Valérie Vanessa Véronique "
    "Victor Vincent Virginie William Xavier Yann Yasmine Yves Yvette Zoé"
)
PRENOMS = tuple(_PRENOMS.split())

LIEUX = (
    "devant l'école", "à l'angle de la boulangerie", "côté pair", "côté impair", "près de l'arrêt de bus",
    "au fond du parking", "derrière le gymnase", "à côté de la fontaine", "devant la pharmacie", "",
)  # fmt: skip

DESCRIPTIONS = (
    "C'est là depuis plusieurs jours et cela gêne le passage.",
    "Un trou d'environ cinquante centimètres, assez profond. Une voiture a déjà crevé.",
    "La lumière ne s'allume plus le soir, le trottoir est très sombre.",
    "Le panneau est couché, on ne voit plus la priorité.",
    "Une branche est cassée et pend au-dessus du trottoir.",
    "L'eau ne s'écoule plus quand il pleut, la rue est inondée.",
    "Le jeu est abîmé, des enfants peuvent se blesser.",
    "Plusieurs objets sont posés sur le trottoir depuis la semaine dernière.",
    "Merci de faire le nécessaire avant la rentrée si c'est possible.",
    "Je peux vous montrer l'endroit si besoin.",
)
