"""What an agent asked for, and nothing else: one part a thing, on one page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from guichet.demandes.fichiers import PIECES, Fichier
from guichet.demandes.models import Complement, Demande
from guichet.demarches.constats import constats
from guichet.questions.etape import FormulaireQuestions
from guichet.questions.sortes.fichiers import TAILLE_MAX_MO, DepotFichiers, regles, repartir
from socle.composants.forms import TexteLong

PAR_PIECE = 3
PARTIE = "partie"  # name of the button that sends only what one has


class FormulaireFichier(forms.Form):
    """The document that was asked for."""

    def __init__(self, complement: Complement, champ: Any, data: Any, files: Any, *, prefix: str) -> None:
        super().__init__(data, files, prefix=prefix)
        formats: Sequence[str] = getattr(champ, "formats", PIECES)
        taille = getattr(champ, "taille_max_mo", TAILLE_MAX_MO)
        nombre = max(getattr(champ, "nombre_max", PAR_PIECE), 1)
        depot = DepotFichiers(
            label=complement.libelle,
            help_text=regles(formats, nombre, taille),
            required=False,
            formats=formats,
            nombre_max=nombre,
            taille_max_mo=taille,
        )
        self.fields["fichiers"] = depot


class FormulaireTexte(forms.Form):
    """The answer to a question."""

    texte = TexteLong(label="Votre réponse", max_length=5000, required=False, rows=5)


class Partie:
    """One thing asked, with the form that answers it."""

    def __init__(self, complement: Complement, demande: Demande, data: Any, files: Any) -> None:
        self.complement = complement
        champ = demande.definition.champ(complement.champ) if complement.champ else None
        self.champ: Any = champ
        prefixe = f"c{complement.pk}"
        self.formulaires: list[tuple[str, Any]] = []
        """Each with its title, empty where there is but one form."""
        if complement.est_question:
            self.genre = "question"
            self.formulaires = [("", FormulaireTexte(data, prefix=prefixe))]
        elif complement.genre == Complement.Genre.CORRECTION and champ is not None and not champ.depose_des_fichiers:
            self.genre = "correction"
            self._corriger(champ, demande, data, files, prefixe)
        else:
            self.genre = "piece"
            self.formulaires = [("", FormulaireFichier(complement, champ, data, files, prefix=prefixe))]

    def _corriger(self, champ: Any, demande: Demande, data: Any, files: Any, prefixe: str) -> None:
        if champ.parties:
            for rang, element in enumerate(demande.donnees.get(champ.nom) or [{}], 1):
                formulaire = FormulaireQuestions(
                    champ.champs,
                    element,
                    data,
                    files,
                    visibles=lambda reponses: champ.champs_visibles(reponses, demande.donnees),
                    prefix=f"{prefixe}-{rang}",
                )
                self.formulaires.append((f"{champ.libelle_element} {rang}", formulaire))
            return
        formulaire = FormulaireQuestions(
            [champ], demande.donnees, data, files, visibles=lambda _reponses: [champ], prefix=prefixe
        )
        self.formulaires = [("", formulaire)]

    @property
    def a_un_titre(self) -> bool:
        """Whether the field's own label does not say already what is asked."""
        return self.genre == "question" or len(self.formulaires) > 1 or bool(self.champ and self.champ.parties)

    def valide(self, *, partielle: bool) -> bool:
        """Whether it answers; if ``partielle``, leaving it empty does too. Adds its own fault where it does not."""
        bons = [
            formulaire.is_valid() and not getattr(formulaire, "nouvelles", None) for _, formulaire in self.formulaires
        ]
        if not all(bons):
            return False
        if self.est_vide and not partielle:
            nom = "fichiers" if self.genre == "piece" else "texte"
            dire = "Ajoutez le document demandé." if self.genre == "piece" else "Écrivez votre réponse."
            self.formulaires[0][1].add_error(nom, dire)
            return False
        return True

    @property
    def est_vide(self) -> bool:
        """Whether nothing was given. After is_valid() only; a correction is never empty."""
        nettoyees = self.formulaires[0][1].cleaned_data
        if self.genre == "piece":
            return not nettoyees.get("fichiers")
        return self.genre == "question" and not nettoyees.get("texte", "").strip()

    @property
    def valeur(self) -> Any:
        """The corrected answer."""
        valeurs = [formulaire.valeurs() for _, formulaire in self.formulaires]
        return valeurs if self.champ.parties else valeurs[0].get(self.champ.nom)

    @property
    def fichiers(self) -> list[Fichier]:
        """Clean files given; none for other things."""
        fichiers: list[Fichier] = self.formulaires[0][1].cleaned_data.get("fichiers") or []
        return fichiers

    @property
    def texte(self) -> str:
        """The answer in words; empty for other things."""
        return str(self.formulaires[0][1].cleaned_data.get("texte", ""))


class FormulaireComplements:
    """All that is asked. Answers like a form to the templates that list its errors."""

    def __init__(
        self, complements: Sequence[Complement], demande: Demande, data: Any = None, files: Any = None
    ) -> None:
        self.demande, self.lie = demande, data is not None
        self.partielle = bool(data) and PARTIE in data
        self.parties = [Partie(complement, demande, data, files) for complement in complements]
        repartir([formulaire for partie in self.parties for _, formulaire in partie.formulaires])
        self.non_field_errors: list[str] = []

    def is_valid(self) -> bool:
        """Whether all that was given is good, and all was given, or at least one thing where that is allowed."""
        bonnes = [partie.valide(partielle=self.partielle) for partie in self.parties]
        if all(bonnes) and not self._tiennent_ensemble():
            return False
        if all(bonnes) and not any(self._donne(partie) for partie in self.parties):
            self.non_field_errors.append("Donnez au moins une des choses demandées.")
        return all(bonnes) and not self.non_field_errors

    def _tiennent_ensemble(self) -> bool:
        """Whether no rule wants one of the corrections corrected again; says so beside it."""
        definition, jour = self.demande.definition, timezone.localdate()
        avant = {constat.cle for constat in constats(definition, self.demande.donnees, jour)}
        dits = constats(definition, {**self.demande.donnees, **self.donnees()}, jour)
        tiennent = True
        for partie in self.parties:
            siens = [] if partie.genre != "correction" else [
                c for c in dits
                if c.corrige and c.cle not in avant and partie.champ.nom in {*c.regardees, c.groupe}
            ]  # fmt: skip
            for constat in siens:
                rang = max(constat.rang - 1, 0)
                partie.formulaires[rang][1].signaler([constat])
                tiennent = False
        return tiennent

    def _donne(self, partie: Partie) -> bool:
        """A correction left as it was is one only where all that is asked is sent."""
        if partie.genre != "correction":
            return not partie.est_vide
        return not self.partielle or partie.valeur != self.demande.donnees.get(partie.champ.nom)

    @property
    def errors(self) -> bool:
        """Whether anything is at fault, for templates."""
        return self.lie and (bool(self.non_field_errors) or any(True for _ in self._en_faute()))

    def _en_faute(self) -> Any:
        for partie in self.parties:
            for _, formulaire in partie.formulaires:
                yield from (champ for champ in formulaire if champ.errors)

    def __iter__(self) -> Any:
        for partie in self.parties:
            for _, formulaire in partie.formulaires:
                yield from formulaire

    def donnees(self) -> dict[str, Any]:
        """Corrected answers, by field name."""
        return {p.champ.nom: p.valeur for p in self.parties if p.genre == "correction" and self._donne(p)}

    def pieces(self) -> dict[int, list[Fichier]]:
        """Files given, by key of the complement they answer."""
        return {p.complement.pk: p.fichiers for p in self.parties if p.genre == "piece" and p.fichiers}

    def texte(self) -> str:
        """Answers to questions, one paragraph each."""
        return "\n\n".join(p.texte.strip() for p in self.parties if p.genre == "question" and not p.est_vide)
