"""Help in place: what a page of a dossier is for, and what to do there, in three or four sentences."""

from __future__ import annotations

from django import template

register = template.Library()

AIDES: dict[str, tuple[str, ...]] = {
    "dossier": (
        "Cette page dit où en est le dossier et ce qu'il faut faire ensuite.",
        "Un dossier passe par cinq étapes : préparation, annonce, participation, dépouillement, clôture. Le programme "
        "refuse d'avancer tant qu'il manque quelque chose, et dit quoi.",
        "Ce qui est publié est daté et ne se modifie plus. Une correction se publie comme nouvelle version.",
    ),
    "avis": (
        "Tout ce que les gens vous ont dit, quel que soit le moyen : internet, papier, téléphone, guichet, atelier.",
        "Un avis hors sujet ou envoyé en masse s'écarte, avec une raison qui sera publiée. Il peut revenir.",
        "Les bulletins papier s'impriment ici. Leur numéro évite de saisir deux fois le même.",
    ),
    "ateliers": (
        "Un atelier réunit 12 à 20 personnes pendant deux heures. Planifiez-le, invitez, puis notez ce qui est dit.",
        "Choisissez un lieu de plain-pied, près d'un arrêt de bus. Le déroulé est déjà prêt.",
        "Une fois l'atelier terminé, les notes rejoignent les avis.",
    ),
    "lecture": (
        "Lisez les avis dans cet ordre : cacher les noms, écrire quelques thèmes, donner des thèmes à chaque avis.",
        "Lisez à deux, chacun de votre côté. Un accord faible veut dire qu'un thème est mal défini, pas que quelqu'un "
        "a tort.",
        "Le programme propose, vous décidez, et tout peut être repris.",
    ),
    "suites": (
        "Du constat à l'action : ce que plusieurs avis disent ensemble, ce que vous proposez, ce que vous décidez et "
        "pourquoi, ce que vous ferez.",
        "Chaque constat cite des avis. Relisez chaque citation avant de permettre sa publication.",
        "Une action a un nom, une date et, une fois faite, quelque chose qui le montre.",
    ),
    "population": (
        "Décrivez qui vit dans la commune, avec deux ou trois critères et les chiffres de l'Insee.",
        "Ces chiffres servent à tirer un panel au sort et à voir qui n'a pas été entendu.",
        "Ne demandez ni santé, ni opinion, ni religion.",
    ),
    "panels": (
        "Un panel est un groupe tiré au sort parmi des volontaires, pour ressembler à la population.",
        "Trois gestes : calculer la liste, la publier, puis tirer un numéro en public, avec des dés ou des boules.",
        "Pour un premier atelier, ce n'est pas nécessaire.",
    ),
    "donnees": (
        "Ce qui est gardé sur les personnes, jusqu'à quand, et la preuve de ce qui a été effacé.",
        "Le délégué à la protection des données approuve la fiche avant l'ouverture.",
        "Rien n'est détruit sans l'accord des archives : demandez leur visa assez tôt, puis notez-le ici.",
    ),
    "conformite": (
        "Ce que le cadre choisi demande, et ce qui montre que c'est fait. À imprimer pour le dossier papier.",
        "Les empreintes en bas de page prouvent plus tard ce qui était public, et quand. Gardez une copie imprimée.",
    ),
}


@register.inclusion_tag("accueil/aide_sur_place.html")
def aide(page: str) -> dict[str, object]:
    """Help of this page; nothing when there is none."""
    return {"phrases": AIDES.get(page, ())}
