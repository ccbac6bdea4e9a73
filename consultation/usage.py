"""Mistakes of typing said in French: click says them in English."""

from __future__ import annotations

from typing import Any

import click

EXIT_USAGE = 2


class UsageRefuse(click.ClickException):
    """How the command is to be typed; exit code 2, as for any command typed wrong."""

    exit_code = EXIT_USAGE

    def show(self, file: Any = None) -> None:
        """Say it."""
        click.echo(f"Erreur : {self.format_message()}", file=file, err=file is None)


class Groupe(click.Group):
    """A group whose commands refuse in French."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command asked for."""
        try:
            return super().invoke(ctx)
        except click.UsageError as erreur:
            chemin = erreur.ctx.command_path if erreur.ctx is not None else ctx.command_path
            raise UsageRefuse(f"{en_francais(erreur)} Pour l'aide : {chemin} --help") from erreur


def en_francais(erreur: click.UsageError) -> str:
    """One sentence: what is wrong, and what to type instead."""
    if isinstance(erreur, click.MissingParameter):
        return f"il manque {_nom(erreur.param)}."
    if isinstance(erreur, click.NoSuchOption):
        proches = f" Vouliez-vous dire {' ou '.join(erreur.possibilities)} ?" if erreur.possibilities else ""
        return f"l'option {erreur.option_name} n'existe pas.{proches}"
    if isinstance(erreur, click.BadOptionUsage):
        return f"l'option {erreur.option_name} attend une valeur."
    if isinstance(erreur, click.BadParameter):
        return f"{_nom(erreur.param)} : {_attendu(erreur.param)}."
    if erreur.ctx is not None and isinstance(erreur.ctx.command, click.Group):
        connues = ", ".join(erreur.ctx.command.list_commands(erreur.ctx))
        return f"cette commande n'existe pas ; il y a {connues}."
    return "la commande est mal écrite, un mot est en trop."


def _nom(param: click.Parameter | None) -> str:
    return param.opts[0] if param is not None and param.opts else "un paramètre"


def _attendu(param: click.Parameter | None) -> str:
    sorte = param.type if param is not None else None
    if isinstance(sorte, click.IntRange | click.FloatRange):
        genre = "un nombre entier" if isinstance(sorte, click.IntRange) else "un nombre"
        bas = f" d'au moins {sorte.min:g}" if sorte.min is not None else ""
        haut = f"{' et' if bas else ''} d'au plus {sorte.max:g}" if sorte.max is not None else ""
        return f"donnez {genre}{bas}{' ' if haut and not bas else ''}{haut}"
    if isinstance(sorte, click.Path):
        return "donnez un dossier" if not sorte.file_okay else "donnez un fichier, c'est un dossier"
    return "cette valeur ne convient pas"
