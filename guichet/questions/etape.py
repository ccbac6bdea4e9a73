"""One page of questions: a step of a procedure, an element of a group, or what an agent asked to correct."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms

from guichet.demandes.fichiers import Fichier
from guichet.demarches.champs import ChampBase
from guichet.demarches.constats import Constat
from guichet.questions.adaptateur import Adaptateur, DejaLa
from guichet.questions.sortes import adaptateur_de
from guichet.questions.sortes.fichiers import DepotFichiers, repartir

VERIFIEE = "Vérifié par FranceConnect. Se corrige là-bas, pas ici."

Visibles = Callable[[dict[str, Any]], Sequence[ChampBase]]

# A browser sends nothing of a box left unticked: only a tick tells that the question was on the page.
_CASES = (forms.CheckboxInput, forms.CheckboxSelectMultiple)


class FormulaireQuestions(forms.Form):
    """Questions whose condition holds. A question that an answer of this very page opens comes on a second showing:
    nothing needs JavaScript. ``deja`` are the files kept so far, by question; ``verifiees`` the answers that nobody may
    change.
    """

    def __init__(
        self,
        champs: Sequence[ChampBase],
        donnees: Mapping[str, Any],
        data: Any = None,
        files: Any = None,
        *,
        visibles: Visibles,
        deja: Mapping[str, list[DejaLa]] | None = None,
        titre: str = "",
        prefix: str | None = None,
        verifiees: Mapping[str, Any] | None = None,
    ) -> None:
        self.donnees = {**donnees, **(verifiees or {})}
        self._gardees: dict[str, Any] | None = None
        self._adaptes = {champ.nom: adaptateur_de(champ) for champ in champs}
        super().__init__(data, files, initial=self._initial(), prefix=prefix)
        self._visibles, self._champs = visibles, champs
        self.poses: list[ChampBase] = list(visibles(self.donnees))
        self.nouvelles: list[ChampBase] = []
        """Questions that the answers just given open: not asked yet."""
        for champ in champs if self.is_bound else self.poses:
            adapte = self._adaptes[champ.nom]
            self.fields.update(adapte.champs())
            adapte.preparer(self.fields, self.donnees.get(champ.nom), (deja or {}).get(champ.nom, []))
        self._verrouiller(verifiees or {})
        repartir([self])
        self.titre_dans_champ = (
            len(self.poses) == 1 and self.poses[0].libelle == titre and self._adaptes[self.poses[0].nom].porte_le_titre
        )
        if self.titre_dans_champ:
            champ_unique: Any = self.fields[self.poses[0].nom]  # template_name: unknown to the stubs
            champ_unique.template_name = "questions/champ_titre.html"

    def _verrouiller(self, verifiees: Mapping[str, Any]) -> None:
        """Show what FranceConnect verified, and take nothing else for it, whatever is sent."""
        for nom in set(verifiees).intersection(self.fields):
            self.fields[nom].disabled = True
            self.fields[nom].help_text = VERIFIEE

    def _initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = {}
        for nom, adapte in self._adaptes.items():
            initial |= adapte.initial(self.donnees.get(nom))
        return initial

    def full_clean(self) -> None:
        """Check the page, then ask anew which questions hold: those that an answer opens are shown without fault."""
        super().full_clean()
        if not self.is_bound:
            return
        reponses = self.donnees
        for adapte in self._adaptes.values():
            if not adapte.en_faute(self.errors):
                reponses = {**reponses, **adapte.lire(self.cleaned_data)}
        montres = {champ.nom for champ in self.poses}
        self.poses = list(self._visibles(reponses))
        noms = {champ.nom for champ in self.poses}
        self.nouvelles = [ch for ch in self.poses if ch.nom not in montres and not self._repondue(ch)]
        for champ in self._champs:
            for nom in self._adaptes[champ.nom].noms:
                if champ.nom not in noms or champ in self.nouvelles:
                    self.errors.pop(nom, None)
                if champ.nom not in noms:
                    self.fields.pop(nom, None)

    def _repondue(self, champ: ChampBase) -> bool:
        """Whether the page that was sent held this question."""
        return any(self._envoyee(nom) for nom in self._adaptes[champ.nom].noms)

    def _envoyee(self, nom: str) -> bool:
        widget, cle = self.fields[nom].widget, self.add_prefix(nom)
        if isinstance(widget, _CASES):
            return cle in self.data
        return not widget.value_omitted_from_data(self.data, self.files, cle)

    def clean(self) -> dict[str, Any]:
        """Adds what an adapter finds when it looks at the inputs of one question together."""
        nettoyees: dict[str, Any] = super().clean() or {}
        for adapte in self._adaptes.values():
            if not any(nom in self.errors for nom in adapte.noms):
                for nom, phrase in adapte.verifier(nettoyees, self.fields).items():
                    self.add_error(nom, phrase)
        return nettoyees

    def signaler(self, constats: Sequence[Constat]) -> None:
        """Say beside its question what a rule wants corrected. Each answer is good by itself: all are kept."""
        self._gardees = self.valeurs()
        for constat in constats:
            nom = constat.groupe if constat.groupe in self.fields else constat.champ
            ou = f"{constat.element} : " if constat.element and nom == constat.groupe else ""
            self.add_error(nom if nom in self.fields else None, f"{ou}{constat.regle.texte}")

    def valeurs(self) -> dict[str, Any]:
        """Answers to keep, by name of question: all those that are good, even if another one is not."""
        if self._gardees is not None:
            return self._gardees
        bonnes: dict[str, Any] = {}
        for champ in self.poses:
            adapte = self._adaptes[champ.nom]
            if not adapte.en_faute(self.errors) and champ not in self.nouvelles:
                bonnes |= adapte.lire(self.cleaned_data)
        return bonnes

    def fichiers(self) -> list[tuple[str, Fichier]]:
        """Files to keep, by question: those accepted, unless there would be too many."""
        return [(a.champ.nom, fichier) for a in self._sur_la_page() for fichier in a.fichiers(self.fields)]

    def non_gardees(self) -> list[str]:
        """What was sent on this page and is not kept, a sentence each: for who leaves it by another button than the one
        that shows its faults. Empty once a rule has spoken: it asks to correct answers that are kept."""
        if self._gardees is not None:
            return []
        phrases: list[str] = []
        for nom, fautes in self.errors.items():
            envoye = self[nom].data if nom in self.fields else None
            if not (any(envoye) if isinstance(envoye, list) else envoye):
                continue
            champ = self.fields[nom]
            debut = "" if isinstance(champ, DepotFichiers) else f"« {champ.label} » n'est pas enregistré. "
            phrases += [f"{debut}{faute}" for faute in fautes]
        return phrases

    def montrer(self, deja: Mapping[str, list[DejaLa]]) -> None:
        """Show these files as kept: those just sent are among them."""
        for adapte in self._sur_la_page():
            nom = adapte.champ.nom
            adapte.preparer(self.fields, self.donnees.get(nom), deja.get(nom, []))

    def _sur_la_page(self) -> list[Adaptateur[Any]]:
        return [adapte for nom, adapte in self._adaptes.items() if nom in self.fields]

    def entrees(self, champ: ChampBase) -> list[forms.BoundField]:
        """Inputs of a question, ready to be drawn; none where it is not asked."""
        return [self[nom] for nom in self._adaptes[champ.nom].noms if nom in self.fields]

    @property
    def noms_poses(self) -> set[str]:
        """Questions this page has really asked."""
        return {champ.nom for champ in self.poses if champ not in self.nouvelles}


def est_prise(champ: ChampBase, reponse: Any) -> bool:
    """Whether the question would take this answer: a name longer than others may not be one that it takes."""
    try:
        adaptateur_de(champ).champs()[champ.nom].clean(reponse)
    except forms.ValidationError:
        return False
    return True
