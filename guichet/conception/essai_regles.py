"""The rules of a procedure on paper: answers that one types, a day, and what a resident would read. Nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from wagtail.admin.auth import permission_denied, require_admin_access

from guichet.conception.models import DemarcheRedigee
from guichet.demarches.champs import ChampAOptions, ChampBase
from guichet.demarches.constats import Constat, constats
from guichet.demarches.definition import Definition, DefinitionRefusee, lire_definition
from guichet.demarches.essais_demarche import EssaiDemarche, ReponseEssai, reponses_de
from guichet.demarches.regles import Regle

PREFIXE = "q-"  # of the name of an input: a question may be called « jour »


@dataclass(frozen=True)
class Question:
    """A question that a rule looks at, and what was typed for it."""

    champ: ChampBase
    saisie: str

    @property
    def nom(self) -> str:
        """Name of its input."""
        return f"{PREFIXE}{self.champ.nom}"

    @property
    def choix(self) -> list[tuple[str, str]]:
        """What may be chosen; none where it is typed."""
        if not isinstance(self.champ, ChampAOptions) or self.champ.type != "choix":
            return []
        return [(option.valeur, option.libelle) for option in self.champ.options]

    @property
    def aide(self) -> str:
        """How it is typed."""
        if isinstance(self.champ, ChampAOptions) and not self.choix:
            return "Séparés par des virgules : " + ", ".join(option.valeur for option in self.champ.options)
        return {"date": "AAAA-MM-JJ", "declaration": "oui ou non"}.get(self.champ.type, "")


@require_safe
@require_admin_access
def essayer_regles(request: HttpRequest, cle: int) -> HttpResponse:
    """What the rules say of the answers of the address; the dry runs that are kept fill it in one click."""
    if not request.user.has_perm("conception.view_demarcheredigee"):
        return permission_denied(request)  # type: ignore[no-any-return]
    redigee = get_object_or_404(DemarcheRedigee, pk=cle).get_latest_revision_as_object()
    contexte: dict[str, Any] = {"redigee": redigee}
    try:
        definition = lire_definition(redigee.brut, redigee.titre)
    except DefinitionRefusee as refus:
        return render(request, "conception/essayer_regles.html", {**contexte, "fautes": refus.fautes})
    jour = _jour(request.GET.get("jour", ""))
    dites = {nom.removeprefix(PREFIXE): str(v).strip() for nom, v in request.GET.items() if nom.startswith(PREFIXE)}
    contexte |= {
        "jour": jour,
        "questions": [Question(champ, dites.get(champ.nom, "")) for champ in regardees(definition)],
        "constats": ce_qui_parle(definition, dites, jour),
        "essaye": any(dites.values()),
        "regles": [(regle, regle.effet.libelle) for regle in definition.regles()],
        "essais": [(essai, _adresse(essai), _titres(definition, essai)) for essai in definition.essais],
    }
    return render(request, "conception/essayer_regles.html", contexte)


def regardees(definition: Definition) -> list[ChampBase]:
    """The questions that decide of a rule, in the order of the form: also those that open one of them."""
    noms = {nom for regle in definition.regles() for c in regle.si.comparaisons() for nom in c.noms}
    champs = [champ for champ in definition.tous_les_champs() if not champ.parties]
    for champ in definition.tous_les_champs():
        if champ.nom in noms and champ.parties:
            noms |= {c.partie for regle in definition.regles() for c in regle.si.comparaisons() if c.partie}
    for etape in definition.etapes:
        siennes = {champ.nom for champ in etape.champs} & noms
        conditions = [etape.si, *(champ.si for champ in etape.champs if champ.nom in noms)]
        noms |= {n for si in conditions if si and siennes for c in si.comparaisons() for n in c.noms}
    return [champ for champ in champs if champ.nom in noms]


def ce_qui_parle(definition: Definition, dites: Mapping[str, str], jour: date) -> list[Constat]:
    """The rules that speak of these answers, typed as a dry run types them."""
    reponses = tuple(ReponseEssai(question=nom, reponse=texte) for nom, texte in dites.items() if texte)
    if not reponses:
        return []
    essai = EssaiDemarche(nom="Essai", jour=jour, reponses=reponses)
    return constats(definition, reponses_de(definition, essai), jour)


def _jour(texte: str) -> date:
    try:
        return date.fromisoformat(texte)
    except ValueError:
        return timezone.localdate()


def _adresse(essai: EssaiDemarche) -> str:
    dites = {f"{PREFIXE}{dite.question}": dite.reponse for dite in essai.reponses}
    return "?" + urlencode({"jour": essai.jour.isoformat(), **dites})


def _titres(definition: Definition, essai: EssaiDemarche) -> list[str]:
    par_code: dict[str, Regle] = {regle.code: regle for regle in definition.regles()}
    return [par_code[code].titre for code in essai.attend]
