"""The editor's form: one field a key of the definition, made from the class of the definition itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from django import forms
from django.utils.text import slugify
from pydantic import ValidationError as FautesPydantic
from pydantic.fields import FieldInfo
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel, ObjectList, Panel, TabbedInterface
from wagtail.admin.widgets import SlugInput
from wagtail.blocks import BlockField

from guichet.conception.brut import achever_demarche, achever_workflow
from guichet.conception.sortes import RIEN, Groupe, Liste, Serie, Sorte, defaut_de, meta_de
from guichet.demarches.definition import Definition, en_mots, fautes_utiles
from guichet.demarches.definition_workflow import Workflow as WorkflowLu
from guichet.demarches.modele import Modele
from guichet.demarches.models import Service, Workflow

Cles = dict[str, Any]


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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for nom, feuille in self.feuilles.items():
            if nom in self.fields:
                valeur = feuille.sorte.vers(_lire(self.instance.brut, feuille))
                champ = self.fields[nom]
                self.initial[nom] = champ.block.to_python(valeur) if isinstance(champ, BlockField) else valeur
        if self.instance.pk and "slug" in self.fields:
            # Requests and links point at it.
            self.fields["slug"].disabled = True

    def clean(self) -> Cles:
        """Puts what was typed into ``instance.brut``; what is to be published is checked by the rules of files."""
        donnees: Cles = super().clean() or {}
        if not self.instance.pk and not donnees.get("slug"):
            donnees["slug"] = self._adresse_libre(donnees.get("titre", ""))
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
        return type(self).achever(brut)

    def _adresse_libre(self, titre: str) -> str:
        racine = slugify(titre)[:45].strip("-") or "sans-titre"
        pris = set(type(self.instance)._default_manager.values_list("slug", flat=True))
        return next(adresse for n in range(1, 1000) if (adresse := racine if n == 1 else f"{racine}-{n}") not in pris)

    def _verifier(self, brut: Cles) -> None:
        """The rules that a file obeys; each sentence at the block it speaks of."""
        try:
            self.groupe.modele.model_validate(brut)
        except FautesPydantic as erreur:
            par_champ: dict[str, list[tuple[tuple[Any, ...], str]]] = {}
            for faute in fautes_utiles(erreur):
                chemin = faute["loc"]
                feuille = next((f for f in self.feuilles.values() if chemin[: len(f.chemin)] == f.chemin), None)
                for phrase in en_mots(faute, lieu=self._lieu(chemin)).split("\n"):
                    lieu = chemin[len(feuille.chemin) :] if feuille else ()
                    par_champ.setdefault(feuille.nom if feuille else "", []).append((lieu, phrase))
            for nom, fautes in par_champ.items():
                if nom:
                    self.add_error(nom, self.feuilles[nom].sorte.erreur(fautes))
                else:
                    for _, phrase in fautes:
                        self.add_error(None, phrase)

    def _lieu(self, chemin: tuple[Any, ...]) -> str:
        """Where, in the words of the workshop: « Pages du formulaire, 2, Questions de la page, 1, Question »."""
        return _lieu(self.groupe, chemin)


def _lire(brut: Any, feuille: Feuille) -> Any:
    """The value of a key in a definition that may be incomplete, or its default."""
    for cle in feuille.chemin:
        if not isinstance(brut, dict) or cle not in brut:
            return defaut_de(feuille.info)
        brut = brut[cle]
    return brut


def _lieu(sorte: Any, chemin: tuple[Any, ...]) -> str:
    if not chemin:
        return ""
    premier, reste = chemin[0], chemin[1:]
    if isinstance(sorte, Groupe) and premier in sorte.cles:
        dit, suite = sorte.cles[premier].title or str(premier), sorte.sortes[premier]
    elif isinstance(premier, int):
        dit, suite = str(premier + 1), getattr(sorte, "element", sorte)
    else:
        dit, suite = "", getattr(sorte, "sortes", {}).get(premier, sorte)
    return ", ".join(filter(None, (dit, _lieu(suite, reste))))


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


def _classe(nom: str, modele: type[Modele], achever: Callable[[Cles], Cles], **remplaces: forms.Field) -> Any:
    groupe = Groupe(modele)
    feuilles = feuilles_de(groupe)
    champs = {
        nom: remplaces.get(nom) or _champ(feuille.sorte, meta_de(feuille.info)) for nom, feuille in feuilles.items()
    }
    slug = forms.SlugField(
        label="Adresse",
        required=False,
        max_length=50,
        widget=SlugInput,
        help_text="Fin de l'adresse, faite du titre si vous la laissez vide. Elle ne change plus ensuite.",
    )
    attributs = {"slug": slug, "groupe": groupe, "feuilles": feuilles, "achever": staticmethod(achever)}
    return type(nom, (FormulaireRedige,), {**champs, **attributs})


def _services() -> list[tuple[str, str]]:
    return [("", "Choisissez un service"), *Service.objects.values_list("slug", "nom")]


def _workflows() -> list[tuple[str, str]]:
    return list(Workflow.objects.values_list("slug", "titre"))


FormulaireDemarche = _classe(
    "FormulaireDemarche",
    Definition,
    achever_demarche,
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


class Repertoire(Panel):
    """The inner names that conditions and actions use, beside the words that people read; also proposed as one types.

    Those of the draft as it was last saved.
    """

    class BoundPanel(Panel.BoundPanel):
        """Wagtail's: the panel in one form."""

        template_name = "conception/repertoire.html"

        def get_context_data(self, parent_context: Cles | None = None) -> Cles:
            """Adds the names that conditions and rules speak of."""
            contexte: Cles = super().get_context_data(parent_context)
            return {**contexte, "noms": noms_internes(self.instance.brut)}


def noms_internes(brut: Cles) -> list[tuple[str, str, str]]:
    """(inner name, what people read, values that a choice may take) of each question, or of each status."""
    champs = [c for etape in brut.get("etapes") or () for c in etape.get("champs") or ()]
    champs += [partie for champ in champs for partie in champ.get("champs") or ()]
    noms = [
        (c.get("nom", ""), c.get("libelle", ""), ", ".join(o.get("valeur", "") for o in c.get("options") or ()))
        for c in champs
    ]
    noms += [(s.get("code", ""), s.get("libelle", ""), "") for s in brut.get("statuts") or ()]
    return [nom for nom in noms if nom[0]]


def onglets(formulaire: Any, *groupes: tuple[str, str, tuple[str, ...]]) -> TabbedInterface:
    """Tabs: (title, sentence, keys)."""
    listes = [
        ObjectList(
            [
                *([HelpPanel(content=f"<p>{phrase}</p>")] if phrase else []),
                *(_panneau(formulaire, cle) for cle in cles),
            ],
            heading=titre,
        )
        for titre, phrase, cles in groupes
    ]
    return TabbedInterface(listes, base_form_class=formulaire)


def _panneau(formulaire: Any, cle: str) -> Panel:
    siens = [feuille.nom for feuille in formulaire.feuilles.values() if feuille.chemin[0] == cle]
    if siens in ([], [cle]):
        return FieldPanel(cle)
    return MultiFieldPanel([FieldPanel(nom) for nom in siens], heading=formulaire.groupe.cles[cle].title)
