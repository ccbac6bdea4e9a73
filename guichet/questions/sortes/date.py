"""A date in three short fields, no calendar (UX 18); kept as AAAA-MM-JJ."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from guichet.comptes.models import IdentiteVerifiee
from guichet.demarches import champs as c
from guichet.demarches.recherche import normaliser
from guichet.questions.adaptateur import Adaptateur, Champs, adapte
from guichet.questions.invention import Invention
from socle.typographie.calendrier import jour

# A date of birth so named is the person's own: the browser may fill it (RGAA 11.13).
NAISSANCE = frozenset({"naissance", "date_naissance", "date_de_naissance"})

PARTIES = ("jour", "mois", "année")
MOIS = ("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre",
        "decembre")  # fmt: skip
INCONNUS = frozenset({"0", "00", "inconnu"})
"""How papers and people say that a day or a month of birth is not known."""
_DE_LA_PARTIE = {"jour": "le jour", "mois": "le mois", "année": "l'année"}


def exemple(periode: str) -> str:
    """How a date is typed, by a date that would be taken."""
    return f"27 3 {timezone.localdate().year + 1}" if periode == "future" else "27 3 1985"


class TroisChamps(forms.MultiWidget):
    """Day, month and year in three inputs."""

    template_name = "questions/date.html"
    use_fieldset = True

    def __init__(self, *, naissance: bool = False) -> None:
        suite = ("bday-day", "bday-month", "bday-year") if naissance else ("off", "off", "off")
        super().__init__(
            [
                forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": mot, "maxlength": longueur})
                for mot, longueur in zip(suite, (2, 9, 4), strict=True)
            ]
        )

    def decompress(self, value: Any) -> list[Any]:
        """A date AAAA-MM-JJ as [day, month, year], without zeros in front; three empty texts for anything else."""
        lu = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", str(value or ""))
        return [lu[3].lstrip("0") or "00", lu[2].lstrip("0") or "00", lu[1]] if lu else ["", "", ""]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Names each input for the template."""
        contexte = super().get_context(name, value, attrs)
        for partie, libelle in zip(contexte["widget"]["subwidgets"], PARTIES, strict=True):
            partie["libelle"] = libelle.capitalize()
        return contexte


class ChampDateFormulaire(forms.Field):
    """A date typed in three parts, checked for the period and the bounds asked."""

    def __init__(
        self,
        *,
        vide: str,
        periode: str = "",
        minimum: date | None = None,
        maximum: date | None = None,
        naissance: bool = False,
        partielle: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(widget=TroisChamps(naissance=naissance), **kwargs)
        self.vide, self.periode, self.minimum, self.maximum = vide, periode, minimum, maximum
        self.partielle = partielle

    def clean(self, value: Any) -> str:
        """The date as AAAA-MM-JJ, with 00 for a day or a month that is not known where that may be; empty if nothing is
        typed. Raises ValidationError naming what is missing or out of bounds.
        """
        if isinstance(value, str):  # an answer that cannot be changed is read as it is kept
            value = self.widget.decompress(value)
        saisies = [str(partie or "").strip() for partie in (value or ["", "", ""])]
        if not any(saisies):
            if self.required:
                raise forms.ValidationError(self.vide)
            return ""
        if manquent := [_DE_LA_PARTIE[p] for p, saisie in zip(PARTIES, saisies, strict=True) if not saisie]:
            raise forms.ValidationError(f"Indiquez aussi {' et '.join(manquent)}.{self._si_inconnus(manquent)}")
        if self.partielle and normaliser(saisies[0]) in INCONNUS:
            return self._sans_jour(saisies)
        # A question that has a first day says it itself of an older one, as long as it is written as a year.
        lue = self._lire(saisies, exemple(self.periode), 1000 if self.minimum else 1900)
        self._borner(lue)
        return lue.isoformat()

    def _si_inconnus(self, manquent: list[str]) -> str:
        if not self.partielle or "l'année" in manquent:
            return ""
        return f" {'Ils ne sont' if len(manquent) > 1 else 'Il n’est'} pas sur vos papiers ? Écrivez 00."

    def _sans_jour(self, saisies: list[str]) -> str:
        """Only the month and the year are known, or the year alone."""
        _, mois, annee = saisies
        sans_mois = normaliser(mois) in INCONNUS
        saisies = ["1", "1" if sans_mois else mois, annee]
        premier = self._lire(saisies, exemple(self.periode), 1000 if self.minimum else 1900)
        dernier = date(premier.year, 12 if sans_mois else premier.month, 28)
        self._borner(dernier if self.minimum and premier < self.minimum else premier)
        return f"{premier.year:04d}-{0 if sans_mois else premier.month:02d}-00"

    @staticmethod
    def _lire(saisies: list[str], exemple_: str, annee_min: int) -> date:
        jour_, mois, annee = saisies
        mot = normaliser(mois)
        if mot in MOIS:
            mois = str(MOIS.index(mot) + 1)
        if re.fullmatch(r"\d{2}", annee):
            raise forms.ValidationError(f"Écrivez l'année avec 4 chiffres, comme {exemple_.rsplit(maxsplit=1)[-1]}.")
        try:
            lue = date(int(annee), int(mois), int(jour_))
        except (ValueError, OverflowError):
            lue = date.min
        if lue.year < annee_min:
            raise forms.ValidationError(f"Écrivez une date qui existe, comme {exemple_}.")
        return lue

    def _borner(self, lue: date) -> None:
        aujourdhui = timezone.localdate()
        if self.periode == "passee" and lue > aujourdhui:
            raise forms.ValidationError("Indiquez une date passée : celle-ci n'est pas encore arrivée.")
        if self.periode == "future" and lue < aujourdhui:
            raise forms.ValidationError("Indiquez une date à venir : celle-ci est passée.")
        if self.minimum and lue < self.minimum:
            raise forms.ValidationError(f"Indiquez une date à partir du {jour(self.minimum)}.")
        if self.maximum and lue > self.maximum:
            raise forms.ValidationError(f"Indiquez une date au plus tard le {jour(self.maximum)}.")


@adapte(c.ChampDate)
class Date(Adaptateur[c.ChampDate]):
    """A date."""

    def champs(self) -> Champs:
        """One input of three parts; the browser may fill a date of birth."""
        champ = self.champ
        return {
            champ.nom: ChampDateFormulaire(
                vide=self._vide(f"Indiquez « {champ.libelle} »."),
                periode=champ.periode,
                minimum=champ.minimum,
                maximum=champ.maximum,
                naissance=champ.nom in NAISSANCE,
                partielle="naissance" in champ.nom,
                **self._communs() | {"help_text": champ.aide or f"Par exemple : {exemple(champ.periode)}."},
            )
        }

    def verifie(self, identite: IdentiteVerifiee) -> str | None:
        """The day of birth, where the question is that of whoever writes."""
        return identite.naissance or None if self.champ.nom in NAISSANCE else None

    def inventer(self, invention: Invention, autour: Mapping[str, Any]) -> str:
        """A date of the period asked, within its bounds, likely for it."""
        champ, hasard, jour_ = self.champ, invention.hasard, invention.jour
        if champ.periode == "future":
            voulue = jour_ + timedelta(days=hasard.randint(7, 120))
        elif champ.periode == "passee":
            voulue = jour_ - timedelta(days=int(hasard.triangular(400, 26_000, 3_000)))
        else:
            voulue = jour_ + timedelta(days=hasard.randint(-40, 60))
        voulue = max(voulue, champ.minimum) if champ.minimum else voulue
        return (min(voulue, champ.maximum) if champ.maximum else voulue).isoformat()

    def schema(self) -> dict[str, Any]:
        """AAAA-MM-JJ; the empty text where nothing had to be typed."""
        jour_ = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
        return jour_ if self.champ.obligatoire else {"anyOf": [jour_, {"const": ""}]}
