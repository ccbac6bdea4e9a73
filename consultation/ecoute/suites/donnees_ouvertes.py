"""Open data: tables in CSV with their Table Schema, and a package of them. What was said, never by whom.

Names are hidden before coding; here known names and numbers are masked once more, and traits shared by fewer than
five opinions are emptied. References of residents' requests and what belongs to the team alone are left out.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone

from consultation.ecoute.commune.models import Commune
from consultation.ecoute.contributions.models import Canal
from consultation.ecoute.dossiers.models import Critere, Dossier
from consultation.ecoute.lecture.services import PETIT, comptes, themes_de
from consultation.ecoute.suites.anonymat import Connus, connus, generaliser
from consultation.ecoute.suites.fil import Branche, arbre
from consultation.ecoute.suites.models import Action, Proposition
from socle.tableaux import RedacteurCsv
from socle.typographie.dates import jour

LICENCE = "Licence Ouverte 2.0"
LICENCE_ADRESSE = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
SCHEMA = "https://specs.frictionlessdata.io/schemas/table-schema.json"
PAQUET = "https://specs.frictionlessdata.io/schemas/data-package.json"
Cellule = str | int | float | date | None


@dataclass(frozen=True)
class Colonne:
    """One field: its name, its Table Schema type, what it says, its constraints."""

    nom: str
    sorte: str
    mots: str
    contraintes: dict[str, Any] = field(default_factory=dict)

    def schema(self) -> dict[str, Any]:
        """As Table Schema writes it."""
        champ: dict[str, Any] = {"name": self.nom, "type": self.sorte, "description": self.mots}
        return champ | ({"constraints": self.contraintes} if self.contraintes else {})


@dataclass(frozen=True)
class Table:
    """One CSV file and what describes it; `vers`: a column that points to another table's first column."""

    nom: str
    titre: str
    mots: str
    colonnes: list[Colonne]
    lignes: list[list[Cellule]]
    cle: tuple[str, ...]
    vers: dict[str, str] = field(default_factory=dict)

    def csv(self) -> str:
        """UTF-8 text, commas, one line a row; a spreadsheet runs nothing of it."""
        texte = io.StringIO()
        sortie = RedacteurCsv(texte)
        sortie.ligne([c.nom for c in self.colonnes])
        sortie.lignes([_cellule(valeur) for valeur in ligne] for ligne in self.lignes)
        return texte.getvalue()

    def schema(self) -> dict[str, Any]:
        """Its Table Schema."""
        etrangeres = [
            {"fields": [colonne], "reference": {"resource": table, "fields": ["id"]}}
            for colonne, table in self.vers.items()
        ]
        return {
            "$schema": SCHEMA, "name": self.nom, "title": self.titre, "description": self.mots,
            "fields": [c.schema() for c in self.colonnes], "primaryKey": list(self.cle), "missingValues": [""],
            **({"foreignKeys": etrangeres} if etrangeres else {}),
        }  # fmt: skip


def _cellule(valeur: Cellule) -> str:
    if valeur is None:
        return ""
    if isinstance(valeur, date):
        return valeur.isoformat()
    return str(valeur)


def schema_des_avis(dossier: Dossier) -> dict[str, Any]:
    """Table Schema of `avis`: it says what the columns are, and reads no opinion."""
    return _table_des_avis(dossier, list(dossier.criteres.prefetch_related("modalites")), []).schema()


def avis(dossier: Dossier, gens: Connus | None = None) -> Table:
    """One opinion a line."""
    gens = gens or connus(dossier)
    criteres = list(dossier.criteres.prefetch_related("modalites"))
    lus = list(comptes(dossier).order_by("numero"))
    # What matters most comes first: the month is emptied before the profile, the profile before the channel.
    traits = generaliser([
        (Canal(a.canal).label, *(a.profil.get(c.nom, "") for c in criteres), f"{timezone.localtime(a.recue_le):%Y-%m}")
        for a in lus
    ])  # fmt: skip
    themes = themes_de(dossier)
    lignes: list[list[Cellule]] = []
    for a, (canal, *profil, mois) in zip(lus, traits, strict=True):
        dit = gens.masquer(a.texte_relu) if a.publie else ""
        lignes.append([a.numero, canal, mois, "|".join(sorted(themes.get(a.pk, ()))), dit, *profil])
    return _table_des_avis(dossier, criteres, lignes)


def _table_des_avis(dossier: Dossier, criteres: list[Critere], lignes: list[list[Cellule]]) -> Table:
    fixes = {"numero", "canal", "mois", "themes", "texte"}
    return Table(
        "avis", f"Avis reçus : {dossier.titre}",
        f"Un avis par ligne, noms cachés. Ce qui serait commun à moins de {PETIT} avis est vide.",
        [
            Colonne("numero", "integer", "Numéro de l'avis dans le dossier", {"required": True, "unique": True}),
            Colonne("canal", "string", "Comment l'avis nous est parvenu"),
            Colonne("mois", "yearmonth", "Mois de réception"),
            Colonne("themes", "string", "Thèmes donnés par les lecteurs, séparés par « | »"),
            Colonne("texte", "string", "Ce qui est dit, noms cachés ; vide sans l'accord de la personne, ou tant que "
                    "personne n'a vérifié le texte avant de le publier"),
            *(
                Colonne(f"profil {c.nom}" if c.nom in fixes else c.nom, "string", c.question,
                        {"enum": [m.nom for m in c.modalites.all()]})
                for c in criteres
            ),
        ],
        lignes, ("numero",),
    )  # fmt: skip


_ID = Colonne("id", "integer", "Identifiant", {"required": True, "unique": True})


def _vers(table: str) -> Colonne:
    return Colonne(table, "integer", f"Identifiant dans la table « {table}s »", {"required": True})


def _constats(branches: list[Branche]) -> list[Table]:
    return [
        Table("constats", "Constats", "Ce que plusieurs personnes disent ensemble.",
              [_ID, Colonne("theme", "string", "Thème"), Colonne("constat", "string", "Constat")],
              [[b.constat.pk, b.constat.theme.nom if b.constat.theme else "", b.constat.texte] for b in branches],
              ("id",)),
    ]  # fmt: skip


def _extraits(branches: list[Branche], gens: Connus) -> Table:
    return Table(
        "extraits", "Paroles citées", "Passages d'avis, mot pour mot, relus pour que personne ne soit reconnu.",
        [_ID, _vers("constat"), Colonne("avis", "integer", "Numéro de l'avis cité"),
         Colonne("citation", "string", "Passage, mot pour mot")],
        [[e.pk, b.constat.pk, e.contribution.numero, gens.masquer(e.citation)] for b in branches for e in b.extraits],
        ("id",), {"constat": "constats"},
    )  # fmt: skip


def _propositions(propositions: list[Proposition], branches: list[Branche]) -> list[Table]:
    note = {"minimum": 1, "maximum": 4}
    return [
        Table(
            "propositions", "Propositions", "Ce qui pouvait être fait, ce qui a été décidé, et pourquoi.",
            [_ID, Colonne("proposition", "string", "Proposition"),
             Colonne("impact", "integer", "Effet pour les personnes, de 1 à 4", note),
             Colonne("portee", "integer", "Nombre de personnes concernées, de 1 à 4", note),
             Colonne("effort", "integer", "Effort pour la commune, de 1 à 4", note),
             Colonne("raisons", "string", "Pourquoi ces notes"),
             Colonne("decision", "string", "Décision", {"enum": ["retenue", "écartée"]}),
             Colonne("motif", "string", "Pourquoi cette décision"),
             Colonne("decide_le", "date", "Jour de la décision"),
             Colonne("instance", "string", "Qui a décidé")],
            [[p.pk, p.titre, p.impact, p.portee, p.effort, p.raisons, p.get_decision_display(), p.motif,
              timezone.localtime(p.decide_le).date() if p.decide_le else None, p.instance] for p in propositions],
            ("id",),
        ),
        Table(
            "reponses", "Quelle proposition répond à quel constat", "Une ligne par réponse à un constat.",
            [_vers("proposition"), _vers("constat")],
            [[p.pk, b.constat.pk] for b in branches for p in b.propositions],
            ("proposition", "constat"), {"proposition": "propositions", "constat": "constats"},
        ),
    ]  # fmt: skip


def _actions(actions: list[Action]) -> list[Table]:
    etats = [str(nom) for nom in Action.Etat.labels]
    return [
        Table(
            "actions", "Actions", "Ce que la commune fait, pour quand, et ce qui montre que c'est fait.",
            [_ID, _vers("proposition"), Colonne("action", "string", "Ce qui est fait"),
             Colonne("service", "string", "Qui en répond"), Colonne("echeance", "date", "Pour quand"),
             Colonne("etat", "string", "État", {"enum": etats}), Colonne("faite_le", "date", "Fait le"),
             Colonne("explication", "string", "Raison du dernier changement"),
             Colonne("preuve", "string", "Ce qui montre que c'est fait"),
             Colonne("preuve_lien", "string", "Page qui le montre")],
            [[a.pk, a.proposition_id, a.titre, a.responsable, a.echeance, a.get_etat_display(), a.faite_le,
              a.explication, a.preuve, a.preuve_lien] for a in actions],
            ("id",), {"proposition": "propositions"},
        ),
        Table(
            "changements", "Changements reliés aux actions", "Ce qui a livré les actions. Les demandes n'y sont pas.",
            [_ID, _vers("action"), Colonne("sorte", "string", "Sorte de changement"),
             Colonne("reference", "string", "Référence"), Colonne("precision", "string", "Version ou précision"),
             Colonne("le", "date", "En service depuis le")],
            [[li.pk, a.pk, li.get_genre_display(), li.reference, li.precision, li.le]
             for a in actions for li in a.livraisons.all() if li.publique],
            ("id",), {"action": "actions"},
        ),
        Table(
            "indicateurs", "Indicateurs avant et après", "Une valeur par ligne.",
            [Colonne("indicateur", "integer", "Identifiant de l'indicateur", {"required": True}), _vers("action"),
             Colonne("nom", "string", "Ce qui est mesuré"), Colonne("definition", "string", "Comment c'est compté"),
             Colonne("unite", "string", "Unité"), Colonne("source", "string", "Source"),
             Colonne("quand", "string", "Avant ou après l'action", {"enum": ["avant", "apres"]}),
             Colonne("valeur", "number", "Valeur"), Colonne("au", "date", "Jour de la valeur")],
            [[i.pk, a.pk, i.nom, i.definition, i.unite, i.origine or i.get_source_display(),
              r.quand, str(r.valeur), r.au]
             for a in actions for i in a.indicateurs.all() for r in i.releves.all()],
            ("indicateur", "quand"), {"action": "actions"},
        ),
    ]  # fmt: skip


def tables(dossier: Dossier) -> list[Table]:
    """All of them, linked by identifiers: from a quote to what it changed, and back."""
    gens, branches = connus(dossier), arbre(dossier)
    propositions = list({p.pk: p for b in branches for p in b.propositions}.values())
    retenues = [p for p in propositions if p.decision == Proposition.Decision.RETENUE]
    actions = [a for p in retenues for a in p.actions.all()]
    ecrites = [*_constats(branches), *_propositions(propositions, branches), *_actions(actions)]
    for table in ecrites:  # the team's own words: whole names only
        table.lignes[:] = [[gens.masquer(c, False) if isinstance(c, str) else c for c in li] for li in table.lignes]
    return [avis(dossier, gens), _extraits(branches, gens), *ecrites]


def _mention(dossier: Dossier, le: date) -> str:
    return f"{Commune.actuelle().nom}, « {dossier.titre} », données au {jour(le)}"


def lisez_moi(dossier: Dossier, toutes: Iterable[Table], le: date) -> str:
    """What the package holds, in plain words."""
    commune = Commune.actuelle()
    fichiers = "\n".join(f"- `{t.nom}.csv` : {t.titre}. {t.mots}" for t in toutes)
    contact = " ou ".join(mot for mot in (commune.courriel, commune.telephone) if mot) or "la mairie"
    return f"""# {dossier.titre} : vous avez dit, nous avons fait

{commune.nom}, données au {jour(le)}. Elles disent ce qui a été dit, jamais par qui.

## Fichiers

{fichiers}
- `*.schema.json` : la description de chaque table (Table Schema) ; `datapackage.json` les rassemble (Data Package).

Les fichiers CSV sont en UTF-8, séparés par des virgules. Les identifiants relient les tables : un extrait montre un
constat, une proposition y répond, une action en découle, un changement l'a livrée, un indicateur la mesure.

## Ce qui est caché

- Les noms, adresses et numéros, avant toute lecture. Un avis que personne n'a encore relu n'a pas de texte,
  ni celui d'une personne qui n'a pas accepté d'être citée.
- Le canal, le mois et le profil, quand moins de {PETIT} avis les partagent.
- Les demandes personnelles reliées à une action, et les adresses e-mail.

## Licence

{LICENCE} : vous pouvez réutiliser ces données librement, en citant leur source et leur date. Voir `LICENCE.txt`.

Questions : {contact}.
"""


def licence(dossier: Dossier, le: date) -> str:
    """Terms of use, and the words to cite."""
    return f"""{LICENCE}
{LICENCE_ADRESSE}

Ces données peuvent être réutilisées librement, gratuitement, dans le monde entier et sans limite de durée, y compris
pour un usage commercial, à condition de citer leur source et la date de leur mise à jour :

    {_mention(dossier, le)}

La réutilisation ne doit pas laisser croire que la commune l'approuve. Le texte complet de la licence fait foi.
"""


def paquet(dossier: Dossier) -> bytes:
    """A zip: the tables, their schemas, a datapackage.json, a README and the licence."""
    le, toutes = timezone.localdate(), tables(dossier)
    description = {
        "$schema": PAQUET, "profile": "tabular-data-package", "name": dossier.slug,
        "title": f"{dossier.titre} : vous avez dit, nous avons fait", "created": timezone.now().isoformat(),
        "licenses": [{"name": "etalab-2.0", "title": LICENCE, "path": LICENCE_ADRESSE}],
        "sources": [{"title": _mention(dossier, le)}],
        "resources": [
            {"profile": "tabular-data-resource", "name": t.nom, "title": t.titre, "path": f"{t.nom}.csv",
             "format": "csv", "mediatype": "text/csv", "encoding": "utf-8", "schema": t.schema()}
            for t in toutes
        ],
    }  # fmt: skip
    fichiers = {"LISEZMOI.md": lisez_moi(dossier, toutes, le), "LICENCE.txt": licence(dossier, le),
                "datapackage.json": _json(description)}  # fmt: skip
    for table in toutes:
        fichiers[f"{table.nom}.csv"] = table.csv()
        fichiers[f"{table.nom}.schema.json"] = _json(table.schema())
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as archive:
        for nom, texte in fichiers.items():
            archive.writestr(f"{dossier.slug}/{nom}", texte.encode())
    return octets.getvalue()


def _json(valeur: dict[str, Any]) -> str:
    return json.dumps(valeur, ensure_ascii=False, indent=1) + "\n"
