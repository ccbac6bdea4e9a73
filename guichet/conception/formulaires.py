"""The editor's form: one field a key of the definition, made from the class of the definition itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.utils.text import slugify
from pydantic import ValidationError as FautesPydantic
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, HelpPanel, ObjectList, TabbedInterface
from wagtail.admin.widgets import SlugInput
from wagtail.blocks import BlockField

from guichet.demarches.definition import Definition, en_mots, fautes_utiles
from guichet.demarches.definition_workflow import Workflow as WorkflowLu
from guichet.demarches.models import Service, Workflow
from guichet.demarches.socle import Modele

from .brut import achever_demarche, achever_workflow
from .sortes import RIEN, Groupe, Sorte, defaut_de, meta_de

Cles = dict[str, Any]


class FormulaireRedige(WagtailAdminModelForm):
    """Reads and writes ``instance.brut``. A draft may be incomplete; what is published may not."""

    groupe: ClassVar[Groupe]
    achever: ClassVar[Callable[[Cles], Cles]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        brut = self.instance.brut or {}
        for nom, sorte in self.groupe.sortes.items():
            if nom not in self.fields:
                continue
            info = self.groupe.cles[nom]
            valeur = sorte.vers(brut[nom] if nom in brut else defaut_de(info))
            champ = self.fields[nom]
            self.initial[nom] = champ.block.to_python(valeur) if isinstance(champ, BlockField) else valeur
        if self.instance.pk and "slug" in self.fields:
            # Requests and links point at it.
            self.fields["slug"].disabled = True

    def clean(self) -> Cles:
        donnees: Cles = super().clean() or {}
        if not self.instance.pk and not donnees.get("slug"):
            donnees["slug"] = self._adresse_libre(donnees.get("titre", ""))
        brut: Cles = {}
        for nom, sorte in self.groupe.sortes.items():
            lu = sorte.depuis(donnees.get(nom, self.initial.get(nom)))
            if lu is not RIEN:
                brut[nom] = lu
        self.instance.brut = type(self).achever(brut)
        if not self.is_deferred_validation and not self.errors:
            self._verifier(self.instance.brut)
        return donnees

    def _adresse_libre(self, titre: str) -> str:
        racine = slugify(titre)[:45].strip("-") or "sans-titre"
        pris = set(type(self.instance)._default_manager.values_list("slug", flat=True))
        return next(adresse for n in range(1, 1000) if (adresse := racine if n == 1 else f"{racine}-{n}") not in pris)

    def _verifier(self, brut: Cles) -> None:
        """The rules that a file obeys; each sentence at the block it speaks of."""
        try:
            self.groupe.modele.model_validate(brut)
        except FautesPydantic as erreur:
            par_cle: dict[str, list[tuple[tuple[Any, ...], str]]] = {}
            for faute in fautes_utiles(erreur):
                chemin = faute["loc"]
                for phrase in en_mots(faute, lieu=self._lieu(chemin)).split("\n"):
                    cle = str(chemin[0]) if chemin else ""
                    par_cle.setdefault(cle if cle in self.fields else "", []).append((chemin[1:], phrase))
            for cle, fautes in par_cle.items():
                if not cle:
                    for _, phrase in fautes:
                        self.add_error(None, phrase)
                else:
                    self.add_error(cle, self.groupe.sortes[cle].erreur(fautes))

    def _lieu(self, chemin: tuple[Any, ...]) -> str:
        """Where, in the words of the workshop: « Pages du formulaire, 2, Questions de la page, 1, Question »."""
        return _lieu(self.groupe, chemin)


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
    bloc = sorte.bloc(**meta)
    if not sorte.simple:
        groupe: forms.Field = BlockField(block=bloc, required=False, label=meta["label"], help_text=meta["help_text"])
        return groupe
    champ: forms.Field = bloc.field
    champ.label, champ.help_text, champ.required = meta["label"], meta["help_text"], False
    return champ


def _classe(nom: str, modele: type[Modele], achever: Callable[[Cles], Cles], **remplaces: forms.Field) -> Any:
    groupe = Groupe(modele)
    champs = {
        cle: remplaces.get(cle) or _champ(sorte, meta_de(groupe.cles[cle])) for cle, sorte in groupe.sortes.items()
    }
    slug = forms.SlugField(
        label="Adresse",
        required=False,
        max_length=50,
        widget=SlugInput,
        help_text="Fin de l'adresse, faite du titre si vous la laissez vide. Elle ne change plus ensuite.",
    )
    return type(nom, (FormulaireRedige,), {**champs, "slug": slug, "groupe": groupe, "achever": staticmethod(achever)})


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


def onglets(formulaire: Any, *groupes: tuple[str, str, tuple[str, ...]]) -> TabbedInterface:
    """Tabs: (title, sentence, keys)."""
    listes = [
        ObjectList(
            [*([HelpPanel(content=f"<p>{phrase}</p>")] if phrase else []), *(FieldPanel(cle) for cle in cles)],
            heading=titre,
        )
        for titre, phrase, cles in groupes
    ]
    return TabbedInterface(listes, base_form_class=formulaire)
