"""What every page of a report has: two languages, a verdict first, tables, figures; nothing loaded from anywhere."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable
from pathlib import Path

from loadtests.report.words import LANGUAGES, Language, prose, word
from loadtests.verdict import INVALID, KEPT

REPORT_FILE = "rapport.html"

_STYLE = Path(__file__).with_name("page.css")


def write_page(directory: Path, title: str, body: Callable[[Language], Iterable[str]]) -> Path:
    """Write `rapport.html` in a folder, its body in each language; the page's path."""
    path = directory / REPORT_FILE
    bodies = "".join(
        f'<div class="{language}" lang="{language}">{"".join(body(language))}</div>' for language in LANGUAGES
    )
    path.write_text(
        '<!doctype html><html lang="fr"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(title)}</title><style>{_STYLE.read_text(encoding='utf-8')}</style></head><body>"
        '<input type="radio" name="langue" id="fr" checked><input type="radio" name="langue" id="en">'
        '<div class="choix"><label for="fr" lang="fr">Français</label><label for="en" lang="en">English</label></div>'
        f"<main>{bodies}</main></body></html>\n",
        encoding="utf-8",
    )
    return path


def outcome(code: int, language: Language) -> str:
    """What an exit code says."""
    return word("kept" if code == KEPT else "invalid" if code == INVALID else "missed", language)


def banner(code: int, sentence: str, language: Language, headline: str = "") -> str:
    """The verdict (an exit code) and its sentence."""
    told = html.escape(headline or outcome(code, language))
    return (
        f'<section class="verdict verdict--{code}" aria-label="{word("verdict", language)}">'
        f"<p><strong>{told}</strong></p><p>{prose(sentence)}</p></section>"
    )


def figure_of(svg: str, title: str) -> str:
    """A plot under its title."""
    labelled = svg.replace("<svg", f'<svg role="img" aria-label="{html.escape(title)}"', 1)
    return f"<h2>{html.escape(title)}</h2><figure>{labelled}</figure>"


def table(heads: Iterable[str], rows: Iterable[Iterable[str]], numbers_from: int) -> str:
    """A table whose columns from `numbers_from` on are numbers."""

    def cell(tag: str, place: int, content: str, scope: str = "") -> str:
        kind = ' class="n"' if place >= numbers_from else ""
        return f"<{tag}{kind}{scope}>{content}</{tag}>"

    head = "".join(cell("th", place, text, ' scope="col"') for place, text in enumerate(heads))
    body = "".join(f"<tr>{''.join(cell('td', place, text) for place, text in enumerate(row))}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
