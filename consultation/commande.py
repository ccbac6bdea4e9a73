"""`gru consultation …`: the draw over the field's usual files, and the check of a published list."""

from __future__ import annotations

import json
import secrets
import sys
import time
from pathlib import Path
from typing import Any

import click

from consultation.tirage.avancement import Etape
from consultation.tirage.erreurs import TirageErreur
from consultation.tirage.panel import EXPLICATIONS, NOMBRE_MAXIMAL, Tirage, preparer
from consultation.tirage.publication import (
    controler_liste,
    ecrire_liste,
    empreinte_liste,
    lire_resultat,
    liste_numerotee,
    publier,
    refus_en_json,
)
from consultation.tirage.remplacement import remplacants
from consultation.tirage.vivier import lire_vivier
from consultation.usage import Groupe
from socle.typographie.nombres import nombre, pourcent

FICHIER = click.Path(path_type=Path, dir_okay=False)
ANNONCE_S = 2.0  # a draw that lasts less says nothing of its progress


class Refus(click.ClickException):
    """A refusal in French on standard error, exit code 1; with --json, also as JSON on standard output."""

    def __init__(self, erreur: TirageErreur, en_json: bool) -> None:
        super().__init__(str(erreur))
        self.donnees = refus_en_json(erreur) if en_json else None

    def show(self, file: Any = None) -> None:
        """Say the refusal."""
        if self.donnees is not None:
            click.echo(json.dumps(self.donnees, ensure_ascii=False, indent=1))
        click.echo(f"Erreur : {self.format_message()}", file=file or sys.stderr)


class _Suivi:
    """Shows each tenth of a long draw on standard error."""

    def __init__(self) -> None:
        self.dixieme = -1

    def __call__(self, etape: Etape) -> None:
        dixieme = int(etape.part * 10)
        if etape.secondes >= ANNONCE_S and dixieme > self.dixieme:
            self.dixieme = dixieme
            click.echo(f"[{etape.part:4.0%}] {etape.libelle} ({etape.secondes:.0f} s)", err=True)


@click.group(
    cls=Groupe, help="Écouter les usagers : l'application de l'équipe (serve), le tirage d'un panel, son contrôle."
)
def consultation() -> None:
    """Group plugged into `gru`."""


def _fichiers(commande: Any) -> Any:
    for option in (
        click.option("--one-per-household", "foyer", multiple=True, metavar="COLONNE",
                     help="Une seule personne par adresse : colonne de l'adresse (à répéter au besoin)."),
        click.option("--id-column", "identifiant", metavar="COLONNE", help="Colonne de l'identifiant."),
        click.option("--json", "en_json", is_flag=True, help="Résultat lisible par une machine."),
        click.option("--features", "quotas", type=FICHIER, required=True,
                     help="Quotas : feature,value,min,max[,min_flex,max_flex]."),
        click.option("--people", "personnes", type=FICHIER, required=True,
                     help="Volontaires : un identifiant et une colonne par critère."),
    ):  # fmt: skip
        commande = option(commande)
    return commande


@consultation.command(help="Tirer un panel : liste de panels de même chance, puis numéro tiré en public.")
@_fichiers
@click.option("--size", "taille", type=click.IntRange(min=1), required=True, help="Nombre de places du panel.")
@click.option("--number", "numero", type=click.IntRange(min=0), help="Numéro tiré en public (dés ou boules).")
@click.option("--prepare", "preparer_seulement", is_flag=True, help="Publier la liste et les chances sans tirer.")
@click.option("--panels", "nombre", type=click.IntRange(10, NOMBRE_MAXIMAL),
              help="Longueur de la liste (sinon, entre 8 000 et 10 000, au plus juste).")  # fmt: skip
@click.option("--list", "liste_dans", type=FICHIER, help="Écrire la liste numérotée dans ce fichier CSV.")
@click.option("--reserve", type=click.IntRange(min=0), help="Longueur de la réserve (par défaut, deux panels).")
@click.option("--time-limit", "budget_s", type=click.FloatRange(min=1), default=600.0,
              help="Secondes de calcul (600) ; au-delà, le résultat dit ce qui n'est pas prouvé.")  # fmt: skip
def draw(  # noqa: PLR0917 - one argument an option
    personnes: Path,
    quotas: Path,
    en_json: bool,
    identifiant: str | None,
    foyer: tuple[str, ...],
    taille: int,
    numero: int | None,
    preparer_seulement: bool,
    nombre: int | None,
    liste_dans: Path | None,
    reserve: int | None,
    budget_s: float,
) -> None:
    """Prepare, publish, draw; see consultation/README.md for the ceremony."""
    debut = time.monotonic()
    try:
        vivier = lire_vivier(personnes, quotas, identifiant, foyer)
        tirage = preparer(vivier, taille, un_par_foyer=bool(foyer), nombre=nombre, suivi=_Suivi(), budget_s=budget_s)
        liste = liste_numerotee(tirage)
        origine = "public"
        if preparer_seulement:
            numero = None
        elif numero is None:
            numero, origine = secrets.randbelow(tirage.loterie.nombre), "computer"
        resultat = publier(tirage, liste, numero, origine, 2 * taille if reserve is None else reserve)
        if liste_dans is not None:
            ecrire_liste(liste_dans, liste)
        resultat["seconds"] = round(time.monotonic() - debut, 2)  # reading and writing included: what was waited for
    except TirageErreur as erreur:
        raise Refus(erreur, en_json) from erreur
    if en_json:
        click.echo(json.dumps(resultat, ensure_ascii=False, indent=1))
    else:
        _dire(tirage, empreinte_liste(liste), resultat)


def _dire(tirage: Tirage, empreinte: str, resultat: dict[str, Any]) -> None:
    volontaires = len(tirage.vivier.personnes)
    click.echo(f"Méthode : {tirage.algorithme}. {EXPLICATIONS[tirage.algorithme]}")
    click.echo(f"{volontaires} volontaires pour {tirage.taille} places, fait en {nombre(resultat['seconds'], 1)} s")
    click.echo(f"Plus petite chance  {pourcent(tirage.minimum, 4)}")
    click.echo(f"Borne prouvée       {pourcent(tirage.borne, 4)} (personne ne peut promettre plus à tous)")
    click.echo(f"Écart               {pourcent(tirage.ecart, 4)}")
    click.echo(f"Plus grande chance  {pourcent(max(tirage.probabilites.values()), 4)}")
    for alerte in tirage.alertes:
        click.echo(f"Attention : {alerte}")
    click.echo(f"Empreinte de la liste (SHA-256) : {empreinte}")
    click.echo(tirage.regle)
    if "panel" in resultat:
        source = "tiré en public" if resultat["number_source"] == "public" else "tiré par cet ordinateur"
        click.echo(f"\nNuméro {resultat['number']} ({source}). Panel :")
        click.echo("\n".join(f"  {qui}" for qui in resultat["panel"]))
        click.echo("Réserve, dans l'ordre d'appel : " + ", ".join(resultat["reserve"]))
    else:
        click.echo("\nPersonne n'est encore tiré. Le numéro tiré en public se donne ensuite avec --number.")


@consultation.command("check-list", help="Contrôler une liste publiée en la comptant, sans refaire le calcul.")
@_fichiers
@click.option("--list", "liste", type=FICHIER, required=True, help="Liste numérotée publiée (CSV).")
@click.option("--number", "numero", type=click.IntRange(min=0), help="Numéro tiré : afficher le panel.")
def check_list(  # noqa: PLR0917 - one argument an option
    personnes: Path,
    quotas: Path,
    en_json: bool,
    identifiant: str | None,
    foyer: tuple[str, ...],
    liste: Path,
    numero: int | None,
) -> None:
    """Count a published list: quotas of every panel, chances of every person."""
    try:
        vivier = lire_vivier(personnes, quotas, identifiant, foyer)
        controle = controler_liste(vivier, liste, bool(foyer), numero)
    except TirageErreur as erreur:
        raise Refus(erreur, en_json) from erreur
    resultat = {
        "panels": controle.nombre,
        "size": controle.taille,
        "list_sha256": empreinte_liste(liste.read_text(encoding="utf-8")),
        "minimum_probability": controle.minimum,
        "probabilities": controle.probabilites,
        "panel": controle.panel,
    }
    if en_json:
        click.echo(json.dumps(resultat, ensure_ascii=False, indent=1))
        return
    click.echo(f"{controle.nombre} panels de {controle.taille} personnes : tous respectent les quotas.")
    click.echo(f"Plus petite chance comptée : {pourcent(controle.minimum, 4)}")
    click.echo(f"Empreinte de la liste (SHA-256) : {resultat['list_sha256']}")
    if controle.panel is not None:
        click.echo(f"Panel n° {numero} :\n" + "\n".join(f"  {qui}" for qui in controle.panel))


@consultation.command(help="Dire qui appeler à la place des personnes qui renoncent, quotas respectés.")
@_fichiers
@click.option("--draw", "tirage", type=FICHIER, required=True, help="Résultat de « draw --json », avec son panel.")
@click.option("--declined", "refus", multiple=True, required=True, metavar="IDENTIFIANT",
              help="Personne qui renonce (à répéter ; donner aussi celles qui ont déjà renoncé).")  # fmt: skip
def replace(  # noqa: PLR0917 - one argument an option
    personnes: Path,
    quotas: Path,
    en_json: bool,
    identifiant: str | None,
    foyer: tuple[str, ...],
    tirage: Path,
    refus: tuple[str, ...],
) -> None:
    """Name the substitutes, in the order to call them."""
    try:
        vivier = lire_vivier(personnes, quotas, identifiant, foyer)
        panel, reserve = lire_resultat(tirage, vivier)
        choisis = remplacants(vivier, panel, refus, reserve, bool(foyer))
    except TirageErreur as erreur:
        raise Refus(erreur, en_json) from erreur
    nouveau = [*(qui for qui in panel if qui not in refus), *choisis]
    if en_json:
        click.echo(json.dumps({"substitutes": choisis, "panel": nouveau}, ensure_ascii=False, indent=1))
    else:
        click.echo("À appeler, dans l'ordre : " + (", ".join(choisis) or "personne, le panel est complet."))


@consultation.command("check-publications", help="Vérifier la preuve de ce que la mairie a publié (ZIP ou JSON).")
@click.argument("preuve", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--digest", "empreinte", metavar="EMPREINTE", help="Empreinte notée autrefois : en fait-elle partie ?")
def check_publications(preuve: Path, empreinte: str | None) -> None:
    """Check a chain of publications without trusting who published it.

    Raises ClickException at the first thing that does not hold.
    """
    from consultation.dossier import lire_archive, verifier_chaine  # noqa: PLC0415 - the draw needs none of it

    try:
        publications = lire_archive(preuve.read_bytes())
    except (ValueError, KeyError, TypeError) as erreur:
        raise click.ClickException(
            f"« {preuve.name} » n'est pas une preuve de publications lisible, ou un fichier y a été modifié."
        ) from erreur
    defauts = verifier_chaine(publications)
    if defauts:
        raise click.ClickException("La suite des publications est rompue.\n" + "\n".join(defauts))
    if empreinte is not None and empreinte.strip().lower() not in {p.empreinte for p in publications}:
        raise click.ClickException("Cette empreinte n'est celle d'aucune publication : la suite n'est plus la même.")
    for publication in publications:
        click.echo(f"{publication.publie_le:%d/%m/%Y %H:%M} UTC  {publication.titre} (version {publication.version})")
        if publication.retires:
            click.echo("  Des paroles y sont retirées à la demande d'une personne : l'empreinte ne se recalcule pas.")
    click.echo(f"{len(publications)} publications : rien n'a été modifié, retiré ni ajouté.")
    click.echo(f"Dernière empreinte : {publications[-1].empreinte if publications else 'aucune'}")


@consultation.command(help="Ouvrir l'application de l'équipe sur cette machine (SQLite, rien d'autre à installer).")
@click.option("--port", type=click.IntRange(1, 65_535), default=8600, show_default=True, help="Port.")
@click.option("--host", "hote", default="127.0.0.1", show_default=True,
              help="Adresse d'écoute. Au-delà de cette machine, placez un serveur HTTPS devant.")  # fmt: skip
@click.option("--url", "adresse", metavar="URL", help="Adresse que tapent les gens (liens, QR codes).")
@click.option("--data", "donnees", type=click.Path(path_type=Path, file_okay=False),
              help="Dossier des données (sinon, un dossier à vous ; un autre avec --exemple).")  # fmt: skip
@click.option("--exemple", is_flag=True, help="Essayer sur un dossier inventé, à part de vos vraies données.")
def serve(port: int, hote: str, adresse: str | None, donnees: Path | None, exemple: bool) -> None:
    """Run the Django application over the core; what was tried never mixes with what is real."""
    if donnees is None:
        donnees = Path.home() / ".local" / "share" / ("gru-consultation-exemple" if exemple else "gru-consultation")
    from consultation.ecoute.serveur import servir  # noqa: PLC0415 - Django loads for this command only

    servir(donnees, hote, port, adresse, exemple)


if __name__ == "__main__":
    consultation()
