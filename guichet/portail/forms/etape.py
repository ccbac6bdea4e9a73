"""One page of questions: a step of a procedure, an element of a group, or what an agent asked to correct."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from django import forms

from guichet.demandes.fichiers import Fichier
from guichet.demarches import champs as c

from .champs import ChampElements, construire
from .fichiers import ChampFichiers, DejaLa

Visibles = Callable[[dict[str, Any]], Sequence[Any]]


class FormulaireQuestions(forms.Form):
    """Questions whose condition holds. A question that an answer of this very page opens comes on a second showing:
    nothing needs JavaScript. ``deja`` are the files kept so far, by field.
    """

    def __init__(
        self,
        champs: Sequence[c.ChampBase],
        donnees: Mapping[str, Any],
        data: Any = None,
        files: Any = None,
        *,
        visibles: Visibles,
        deja: Mapping[str, list[DejaLa]] | None = None,
        titre: str = "",
        prefix: str | None = None,
    ) -> None:
        self.donnees = dict(donnees)
        super().__init__(data, files, initial=_initial(champs, self.donnees), prefix=prefix)
        self._visibles, self._champs = visibles, champs
        self.poses: list[Any] = list(visibles(self.donnees))
        self.nouvelles: list[Any] = []
        """Questions that the answers just given open: not asked yet."""
        for champ in champs if self.is_bound else self.poses:
            self._ajouter(champ, (deja or {}).get(champ.nom, []))
        self.titre_dans_champ = (
            len(self.poses) == 1 and self.poses[0].libelle == titre and not isinstance(self.poses[0], _SANS_TITRE)
        )
        if self.titre_dans_champ:
            champ_unique: Any = self.fields[self.poses[0].nom]  # template_name: unknown to the stubs
            champ_unique.template_name = "portail/champs/champ_titre.html"

    def _ajouter(self, champ: Any, deja: list[DejaLa]) -> None:
        self.fields.update(construire(champ))
        champ_form = self.fields[champ.nom]
        if isinstance(champ_form, ChampFichiers):
            champ_form.deja = deja
            champ_form.modele = getattr(champ, "modele", "")
        if isinstance(champ_form, ChampElements):
            champ_form.elements = list(self.donnees.get(champ.nom) or [])

    def full_clean(self) -> None:
        super().full_clean()
        if not self.is_bound:
            return
        reponses = self.donnees
        for champ in self._champs:
            if champ.nom not in self.errors:
                reponses = {**reponses, **self._valeur(champ)}
        montres = {champ.nom for champ in self.poses}
        self.poses = list(self._visibles(reponses))
        noms = {champ.nom for champ in self.poses}
        self.nouvelles = [ch for ch in self.poses if ch.nom not in montres and not self._repondue(ch)]
        for champ in self._champs:
            if champ.nom not in noms or champ in self.nouvelles:
                for nom in (champ.nom, f"{champ.nom}_precision"):
                    self.errors.pop(nom, None)
            if champ.nom not in noms:
                for nom in (champ.nom, f"{champ.nom}_precision"):
                    self.fields.pop(nom, None)

    def _repondue(self, champ: Any) -> bool:
        """Whether the page that was sent held this question."""
        widget = self.fields[champ.nom].widget
        nom = self.add_prefix(champ.nom)
        if isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple):
            # A browser sends nothing of a box left unticked: only a tick tells that the question was there.
            return nom in self.data
        return not widget.value_omitted_from_data(self.data, self.files, nom)

    def clean(self) -> dict[str, Any]:
        nettoyees: dict[str, Any] = super().clean() or {}
        for nom, champ in self.fields.items():
            if not isinstance(champ, ChampFichiers) or nom in self.errors:
                continue
            gardes, nouveaux = len(champ.deja), len(nettoyees.get(nom) or [])
            definition = next(ch for ch in self._champs if ch.nom == nom)
            photo = isinstance(definition, c.ChampPhoto)
            if definition.obligatoire and not gardes + nouveaux:
                self.add_error(
                    nom, definition.si_vide or ("Ajoutez au moins une photo." if photo else "Ajoutez le document.")
                )
            elif gardes + nouveaux > champ.nombre_max:
                quoi = "photo" if photo else "fichier"
                self.add_error(
                    nom,
                    f"Vous avez déjà {gardes} {quoi}{'s' if gardes > 1 else ''}. "
                    f"Retirez-en pour ne pas dépasser {champ.nombre_max}.",
                )
        return nettoyees

    def _valeur(self, champ: Any) -> dict[str, Any]:
        if champ.depose_des_fichiers or isinstance(champ, c.ChampGroupe):
            return {}
        valeur = self.cleaned_data.get(champ.nom, "")
        if isinstance(champ, c.ChampAdresse):
            valeur = {"adresse": valeur, "precision": self.cleaned_data.get(f"{champ.nom}_precision", "")}
        return {champ.nom: valeur}

    def valeurs(self) -> dict[str, Any]:
        """Answers to keep: all those that are good, even if another one is not."""
        bonnes: dict[str, Any] = {}
        for champ in self.poses:
            if champ.nom not in self.errors and champ not in self.nouvelles:
                bonnes.update(self._valeur(champ))
        return bonnes

    def fichiers(self) -> list[tuple[str, Fichier]]:
        """Files to keep, by field: those accepted, unless there would be too many."""
        gardes: list[tuple[str, Fichier]] = []
        for nom, champ in self.fields.items():
            if isinstance(champ, ChampFichiers):
                gardes += [(nom, fichier) for fichier in champ.acceptes[: champ.place]]
        return gardes

    def montrer(self, deja: Mapping[str, list[DejaLa]]) -> None:
        """Show these files as kept: those just sent are among them."""
        for nom, champ in self.fields.items():
            if isinstance(champ, ChampFichiers):
                champ.deja = deja.get(nom, [])

    @property
    def noms_poses(self) -> set[str]:
        """Questions this page has really asked."""
        return {champ.nom for champ in self.poses if champ not in self.nouvelles}


# Drawn by a template of their own: the title of the page stays above them.
_SANS_TITRE = (c.ChampFichiers, c.ChampGroupe, c.ChampDeclaration, c.ChampAdresse)


def _initial(champs: Sequence[Any], donnees: Mapping[str, Any]) -> dict[str, Any]:
    initial: dict[str, Any] = {}
    for champ in champs:
        valeur = donnees.get(champ.nom)
        if isinstance(champ, c.ChampAdresse) and valeur:
            valeur = cast("dict[str, str]", valeur)
            initial[champ.nom] = valeur.get("adresse", "")
            initial[f"{champ.nom}_precision"] = valeur.get("precision", "")
        elif isinstance(champ, c.ChampNombre) and isinstance(valeur, str):
            initial[champ.nom] = valeur.replace(".", ",")
        elif not champ.depose_des_fichiers:
            initial[champ.nom] = valeur
    return initial
