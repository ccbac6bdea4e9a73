"""Who was heard against who lives there, by channel; small groups are hidden, and cannot be worked out either."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from consultation.analyse import cacher
from consultation.analyse import comparer as comparer_parts
from consultation.analyse.ecarts import ASSEZ, Ecart
from consultation.ecoute.contributions.models import Canal
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.lecture.services.comptes import comptent

NON_DIT = "n'a pas dit"
Nombre = int | None  # None: hidden


@dataclass(frozen=True)
class Part:
    """One value: share of the population and of those heard (per cent), people by channel and in all."""

    valeur: str
    population: float | None
    par_canal: tuple[tuple[str, Nombre], ...]
    total: Nombre
    part: float | None
    phrase: str


@dataclass(frozen=True)
class Critere:
    """One criterion; `dits` said theirs (None: hidden), `conclusion` is one sentence from what is shown only."""

    nom: str
    source: str
    parts: tuple[Part, ...]
    non_dit: Part
    dits: Nombre
    conclusion: str

    @property
    def lignes(self) -> tuple[Part, ...]:
        """All values, and those who did not say."""
        return (*self.parts, self.non_dit)


@dataclass(frozen=True)
class Entendus:
    """All criteria, the channels that brought something, people in all."""

    canaux: tuple[tuple[str, Nombre], ...]
    total: Nombre
    criteres: tuple[Critere, ...]
    caches: bool


def par_canal(dossier: Dossier) -> list[tuple[str, int]]:
    """Opinions by channel, exact: for the team's own work."""
    nombres = Counter(comptent(dossier).values_list("canal", flat=True))
    return [(str(Canal(c).label), n) for c, n in nombres.most_common()]


def canaux(dossier: Dossier) -> list[tuple[str, Nombre]]:
    """Opinions by channel, to be published beside their total."""
    nombres = dict(par_canal(dossier))
    caches = cacher({**nombres, "": sum(nombres.values())}, [("", list(nombres))])
    return [(nom, None if nom in caches else n) for nom, n in nombres.items()]


def entendus(dossier: Dossier) -> Entendus:
    """Tables of who was heard; the hiding looks at all of them together, since they share the channels' totals."""
    avis = list(comptent(dossier).values_list("canal", "profil"))
    vus = [c for c in Canal if any(canal == c.value for canal, _ in avis)]
    criteres = list(dossier.criteres.prefetch_related("modalites"))
    cellules: dict[tuple[str, ...], int] = {("total",): len(avis)}
    sommes: list[tuple[tuple[str, ...], list[tuple[str, ...]]]] = []
    for canal in vus:
        cellules["canal", canal.value] = sum(1 for c, _ in avis if c == canal.value)
    sommes.append((("total",), [("canal", c.value) for c in vus]))
    for critere in criteres:
        valeurs = [*(m.nom for m in critere.modalites.all()), NON_DIT]
        nombres = Counter((canal, _dit(profil, critere.nom, valeurs)) for canal, profil in avis)
        for valeur in valeurs:
            for canal in vus:
                cellules[critere.nom, valeur, canal.value] = nombres[canal.value, valeur]
            ligne = [(critere.nom, valeur, c.value) for c in vus]
            cellules[critere.nom, valeur] = sum(cellules[c] for c in ligne)
            sommes.append(((critere.nom, valeur), [*ligne]))
        sommes += [(("canal", c.value), [(critere.nom, v, c.value) for v in valeurs]) for c in vus]
    caches = cacher(cellules, sommes, libres=[cle for cle in cellules if NON_DIT in cle])

    def montrer(*cle: str) -> Nombre:
        return None if cle in caches else cellules[cle]

    def ligne_de(critere: str, valeur: str, population: float | None, dits: Nombre) -> Part:
        total = montrer(critere, valeur)
        phrase, part = "", None
        if population is not None and total is not None and dits:
            phrase, part = comparer_parts(total, dits, population / 100).value, 100 * total / dits
        nombres = tuple((str(c.label), montrer(critere, valeur, c.value)) for c in vus)
        return Part(valeur, population, nombres, total, part, phrase)

    lus = []
    for critere in criteres:
        non_dit, total = montrer(critere.nom, NON_DIT), montrer("total")
        dits = total - non_dit if total is not None and non_dit is not None else None
        parts = tuple(ligne_de(critere.nom, m.nom, float(m.part), dits) for m in critere.modalites.all())
        lus.append(Critere(
            critere.nom, critere.source, parts, ligne_de(critere.nom, NON_DIT, None, dits), dits,
            _conclure(critere.nom, parts, dits, total),
        ))  # fmt: skip
    tetes = tuple((str(c.label), montrer("canal", c.value)) for c in vus)
    return Entendus(tetes, montrer("total"), tuple(lus), bool(caches))


def _dit(profil: dict[str, str], critere: str, valeurs: list[str]) -> str:
    dit = profil.get(critere, "")
    return dit if dit in valeurs else NON_DIT


def _conclure(critere: str, parts: tuple[Part, ...], dits: Nombre, total: Nombre) -> str:
    if dits is None or total is None:
        return (
            f"Presque tout le monde, ou presque personne, a répondu sur ce point ({critere}) : les parts sont cachées."
        )
    if not dits:
        return f"Personne n'a répondu sur ce point ({critere})."
    if dits < ASSEZ:
        return (
            f"{dits} personne{'s' if dits > 1 else ''} sur {total} {'ont' if dits > 1 else 'a'} répondu sur ce point "
            f"({critere}) : trop peu pour dire à qui les avis ressemblent. Il en faut {ASSEZ} au moins."
        )
    peu = [p.valeur for p in parts if p.phrase in (Ecart.PEU.value, Ecart.PERSONNE.value)]
    phrases = [f"Peu ou pas entendus ({critere}) : {', '.join(peu)}."] if peu else []
    cachees = [p for p in parts if p.total is None]
    if cachees:
        reste = dits - sum(p.total for p in parts if p.total is not None)
        attendu = sum(p.population or 0.0 for p in cachees)
        comparee = comparer_parts(reste, dits, min(1.0, attendu / 100))
        noms = ", ".join(p.valeur for p in cachees)
        phrases.append(f"Valeurs cachées ({noms}), prises ensemble : {comparee.value[0].lower()}{comparee.value[1:]}")
    if not phrases:
        phrases = [f"Ceux qui ont répondu ressemblent à la population ({critere})."]
    if dits < total / 2:
        phrases.append(f"Prudence : {total - dits} avis sur {total} ne disent rien sur ce point.")
    return " ".join(phrases)
