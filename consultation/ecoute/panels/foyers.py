"""Who lives together, among the volunteers of a panel: the program shows, the team says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.crypto import salted_hmac

from consultation.ecoute.journal.services import noter
from consultation.ecoute.panels.models import Panel, Volontaire
from consultation.tirage.foyers import a_regarder, normaliser_adresse

if TYPE_CHECKING:
    from consultation.ecoute.equipe.models import Membre


@dataclass(frozen=True)
class Groupe:
    """Volunteers whose addresses are the same, or look like it."""

    gens: list[Volontaire]

    @property
    def adresses(self) -> list[str]:
        """As they were typed, each once."""
        return list(dict.fromkeys(v.adresse for v in self.gens))

    @property
    def decide(self) -> bool:
        """Whether the team looked at all of them."""
        return all(v.foyer_vu for v in self.gens)

    @property
    def ensemble(self) -> bool:
        """Whether they count as one home now."""
        return len({v.foyer for v in self.gens}) == 1

    @property
    def codes(self) -> str:
        """Who they are, for the form."""
        return ",".join(v.code for v in self.gens)


def empreinte(panel: Panel, adresse: str) -> str:
    """Keyed digest of an address however it is written, different in each panel; empty without one."""
    propre = normaliser_adresse([adresse])
    return salted_hmac(f"panels.foyer.{panel.pk}", propre).hexdigest()[:32] if propre else ""


def groupes(panel: Panel) -> list[Groupe]:
    """What has to be looked at, and what was."""
    if not panel.un_par_foyer:
        return []
    gens = {v.code: v for v in panel.en_lice.exclude(adresse="").order_by("code")}
    trouves = a_regarder({code: normaliser_adresse([v.adresse]) for code, v in gens.items()})
    return [Groupe([gens[code] for code in codes]) for codes in trouves]


def a_decider(panel: Panel) -> list[Groupe]:
    """Those that the team has not looked at, or that a newcomer joined."""
    return [groupe for groupe in groupes(panel) if not groupe.decide]


@transaction.atomic
def decider(membre: Membre, panel: Panel, codes: list[str], ensemble: bool) -> None:
    """These volunteers are one home, or each their own."""
    gens = list(panel.en_lice.filter(code__in=codes).order_by("code"))
    for volontaire in gens:
        commun = gens[0].code if ensemble else volontaire.code
        volontaire.foyer = salted_hmac(f"panels.foyer.{panel.pk}.decide", commun).hexdigest()[:32]
        volontaire.foyer_vu = True
        volontaire.save(update_fields=["foyer", "foyer_vu"])
    quoi = "d'un même foyer" if ensemble else "de foyers différents"
    noter(membre, f"a dit {quoi} : {', '.join(v.code for v in gens)}", panel.dossier)
