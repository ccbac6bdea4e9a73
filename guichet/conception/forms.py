"""The editor's form: one field a key of the definition, made from the class of the definition itself."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from django import forms
from django.utils.text import slugify
from pydantic.fields import FieldInfo
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel, ObjectList, Panel, TabbedInterface
from wagtail.admin.widgets import SlugInput
from wagtail.blocks import BlockField

from guichet.conception import renvois
from guichet.conception.brut import achever_demarche, achever_workflow, typer_les_conditions
from guichet.conception.fautes import placees
from guichet.conception.libelles import AIDES
from guichet.conception.sortes import RIEN, Groupe, Liste, Serie, Sorte, defaut_de, meta_de
from guichet.conception.widgets import Propositions
from guichet.demarches.definition import Definition
from guichet.demarches.definition_workflow import Workflow as WorkflowLu
from guichet.demarches.modele import Modele
from guichet.demarches.models import Demarche, Service, Workflow
from guichet.demarches.orientations import OrientationDefinie
from guichet.demarches.recherche import normaliser

Cles = dict[str, Any]
PUBLIEE = "publiee"


@dataclass(frozen=True)
class Feuille:
    """A field of the form: where its value is in the definition, and how it is translated."""

    chemin: tuple[str, ...]
    info: FieldInfo
    sorte: Sorte

    @property
    def nom(self) -> str:
        """Name of the field in the form."""
        return "__".join(self.chemin)


def feuilles_de(groupe: Groupe) -> dict[str, Feuille]:
    """One field a key; the keys of a group of the first level have each their own."""
    feuilles: list[Feuille] = []
    for cle, sorte in groupe.sortes.items():
        if isinstance(sorte, Groupe):
            feuilles += [Feuille((cle, nom), sorte.cles[nom], fille) for nom, fille in sorte.sortes.items()]
        else:
            feuilles.append(Feuille((cle,), groupe.cles[cle], sorte))
    return {feuille.nom: replace(feuille, sorte=_pour_un_champ(feuille.sorte)) for feuille in feuilles}


def _pour_un_champ(sorte: Sorte) -> Sorte:
    return Serie(sorte.element) if isinstance(sorte, Liste) else sorte


class FormulaireRedige(WagtailAdminModelForm):
    """Reads and writes ``instance.brut``. A draft may be incomplete; what is published may not."""

    groupe: ClassVar[Groupe]
    feuilles: ClassVar[dict[str, Feuille]]
    achever: ClassVar[Callable[[Cles], Cles]]

    cle_creation = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._introuvables: renvois.Fautes = []
        self._montre = copy.deepcopy(self.instance.brut)
        montre = renvois.lisibles(self.groupe.modele, self._montre, self.ailleurs())
        for nom, feuille in self.feuilles.items():
            if nom in self.fields:
                valeur = feuille.sorte.vers(_lire(montre, feuille))
                champ = self.fields[nom]
                self.initial[nom] = champ.block.to_python(valeur) if isinstance(champ, BlockField) else valeur
        if self.instance.pk and "slug" in self.fields:
            # Requests and links point at it.
            self.fields["slug"].disabled = True

    def clean(self) -> Cles:
        """Puts what was typed into ``instance.brut``; what is to be published is checked by the rules of files."""
        donnees: Cles = super().clean() or {}
        if not self.instance.pk:
            donnees["slug"] = donnees.get("slug") or self.adresse_libre(donnees.get("titre", ""))
            self.instance.cle_creation = donnees.get("cle_creation")
        self.instance.brut = self.brut_de(donnees)
        if not self.is_deferred_validation and not self.errors:
            self._verifier(self.instance.brut)
        return donnees

    def brut_de(self, donnees: Cles) -> Cles:
        """The definition that the fields say, as a file would hold it."""
        brut: Cles = {cle: {} for cle, sorte in self.groupe.sortes.items() if isinstance(sorte, Groupe)}
        for nom, feuille in self.feuilles.items():
            lu = feuille.sorte.depuis(donnees.get(nom, self.initial.get(nom)))
            if lu is not RIEN:
                porteur = brut if len(feuille.chemin) == 1 else brut[feuille.chemin[0]]
                porteur[feuille.chemin[-1]] = lu
        if PUBLIEE in self.groupe.cles:
            brut[PUBLIEE] = True  # being online is said by the button, not by a box (models.Redige.publish)
        brut = type(self).achever(brut)
        self._introuvables = renvois.resoudre(self.groupe.modele, brut, self._montre, self.ailleurs())
        typee: Cles = type(self).typer(brut)
        return typee

    def ailleurs(self) -> dict[str, dict[str, str]]:
        """What other definitions bring to the lists of this one: a workflow offers the procedures' templates."""
        if self.groupe.modele is not WorkflowLu:
            return {}
        definitions = Demarche.objects.values_list("definition__modeles", flat=True)
        return {"modeles": {m["code"]: m["titre"] for modeles in definitions for m in modeles or ()}}

    def adresse_libre(self, titre: str) -> str:
        """The end of an address made of the title, that nothing has yet."""
        racine = slugify(titre)[:45].strip("-") or "sans-titre"
        pris = set(type(self.instance)._default_manager.values_list("slug", flat=True))
        return next(adresse for n in range(1, 1000) if (adresse := racine if n == 1 else f"{racine}-{n}") not in pris)

    def _verifier(self, brut: Cles) -> None:
        """The rules that a file obeys, in the words of the screen; each sentence at the block it speaks of."""
        dites = [chemin for chemin, _ in self._introuvables]
        fautes = [*self._introuvables, *placees(self.groupe, brut, sauf=dites)]
        titre = brut.get("titre") or ""
        if titre and self._deja_pris(titre):
            fautes.append((("titre",), f"« {titre} » est déjà le titre d'une autre fiche : donnez-en un autre."))
        par_champ: dict[str, list[tuple[tuple[Any, ...], str]]] = {}
        for chemin, phrase in fautes:
            feuille = next((f for f in self.feuilles.values() if chemin[: len(f.chemin)] == f.chemin), None)
            feuille = feuille or next((f for f in self.feuilles.values() if f.chemin[:1] == chemin[:1]), None)
            lieu = chemin[len(feuille.chemin) :] if feuille else ()
            par_champ.setdefault(feuille.nom if feuille else "", []).append((lieu, phrase))
        for nom, siennes in par_champ.items():
            if nom:
                self.add_error(nom, self.feuilles[nom].sorte.erreur(siennes))
            else:
                for _, phrase in siennes:
                    self.add_error(None, phrase)

    def _deja_pris(self, titre: str) -> bool:
        autres = type(self.instance)._default_manager.exclude(pk=self.instance.pk)
        return normaliser(titre) in {normaliser(autre) for autre in autres.values_list("titre", flat=True)}


def _lire(brut: Any, feuille: Feuille) -> Any:
    """The value of a key in a definition that may be incomplete, or its default."""
    for cle in feuille.chemin:
        if not isinstance(brut, dict) or cle not in brut:
            return defaut_de(feuille.info)
        brut = brut[cle]
    return brut


def _champ(sorte: Sorte, meta: Cles) -> forms.Field:
    meta.pop("default", None)
    # The panel says the help of a block that is a field of its own.
    bloc = sorte.bloc(**(meta if sorte.simple else {**meta, "help_text": ""}))
    if not sorte.simple:
        groupe: forms.Field = BlockField(block=bloc, required=False, label=meta["label"], help_text=meta["help_text"])
        return groupe
    champ: forms.Field = bloc.field
    champ.label, champ.help_text, champ.required = meta["label"], meta["help_text"], False
    return champ


def _classe(
    nom: str,
    modele: type[Modele],
    achever: Callable[[Cles], Cles],
    typer: Callable[[Cles], Cles] = lambda brut: brut,
    **remplaces: forms.Field,
) -> Any:
    groupe = Groupe(modele)
    feuilles = {nom: feuille for nom, feuille in feuilles_de(groupe).items() if nom != PUBLIEE}
    champs = {
        nom: remplaces.get(nom) or _champ(feuille.sorte, _meta_d_une_feuille(modele, feuille))
        for nom, feuille in feuilles.items()
    }
    slug = forms.SlugField(
        label="Adresse",
        required=False,
        max_length=50,
        widget=SlugInput,
        help_text="Fin de l'adresse, faite du titre si vous la laissez vide. Elle ne change plus ensuite.",
    )
    attributs = {
        "slug": slug,
        "groupe": groupe,
        "feuilles": feuilles,
        "achever": staticmethod(achever),
        "typer": staticmethod(typer),
    }
    return type(nom, (FormulaireRedige,), {**champs, **attributs})


def _meta_d_une_feuille(modele: type[Modele], feuille: Feuille) -> Cles:
    porteur: Any = modele if len(feuille.chemin) == 1 else modele.model_fields[feuille.chemin[0]].annotation
    return meta_de(feuille.info, porteur, feuille.chemin[-1])


def _themes() -> list[str]:
    return list(Demarche.objects.order_by("theme").values_list("theme", flat=True).distinct())


def _services() -> list[tuple[str, str]]:
    return [("", "Choisissez un service"), *Service.objects.values_list("slug", "nom")]


def _workflows() -> list[tuple[str, str]]:
    return list(Workflow.objects.values_list("slug", "titre"))


FormulaireDemarche = _classe(
    "FormulaireDemarche",
    Definition,
    achever_demarche,
    typer_les_conditions,
    theme=forms.CharField(
        label="Thème", required=False, help_text=AIDES["Definition.theme"], widget=Propositions(_themes)
    ),
    service=forms.ChoiceField(
        label="Service", choices=_services, required=False, help_text="Il reçoit les demandes et y répond."
    ),
    workflow=forms.ChoiceField(
        label="Circuit de traitement",
        choices=_workflows,
        required=False,
        initial="standard",
        help_text="Les statuts par lesquels passe une demande, et ce que les agents peuvent faire à chacun.",
    ),
)
FormulaireWorkflow = _classe("FormulaireWorkflow", WorkflowLu, achever_workflow)
FormulaireOrientation = _classe("FormulaireOrientation", OrientationDefinie, lambda brut: brut)


class Ailleurs(Panel):
    """What other definitions bring to the lists one chooses from, for the page's script."""

    class BoundPanel(Panel.BoundPanel):
        """Wagtail's: the panel in one form."""

        template_name = "conception/ailleurs.html"

        def get_context_data(self, parent_context: Cles | None = None) -> Cles:
            """Adds the words of each list."""
            contexte: Cles = super().get_context_data(parent_context)
            ailleurs = {liste: sorted(set(noms.values())) for liste, noms in self.form.ailleurs().items()}
            return {**contexte, "ailleurs": ailleurs}


def onglets(formulaire: Any, *groupes: tuple[Any, ...]) -> TabbedInterface:
    """Tabs: title, sentence, keys, and panels that hold no key."""
    listes = [
        ObjectList(
            [
                *([HelpPanel(content=f"<p>{phrase}</p>")] if phrase else []),
                *(_panneau(formulaire, cle) for cle in cles),
                *autres,
            ],
            heading=titre,
        )
        for titre, phrase, cles, *autres in groupes
    ]
    return TabbedInterface(listes, base_form_class=formulaire)


def _panneau(formulaire: Any, cle: str) -> Panel:
    siens = [feuille.nom for feuille in formulaire.feuilles.values() if feuille.chemin[0] == cle]
    if siens in ([], [cle]):
        return FieldPanel(cle)
    return MultiFieldPanel([FieldPanel(nom) for nom in siens], heading=formulaire.groupe.cles[cle].title)
