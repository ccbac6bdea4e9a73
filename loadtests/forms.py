"""Forms read from pages and answered as a person would: no list of fields is written down anywhere.

Regular expressions rather than a tree: at a hundred pages a second, parsing HTML would be what saturates first.
"""

from __future__ import annotations

import html
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Protocol

_FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.I | re.S)
_CONTROL = re.compile(
    r"<input\b([^>]*)>|<select\b([^>]*)>(.*?)</select>|<textarea\b([^>]*)>(.*?)</textarea>"
    r"|<button\b([^>]*)>(.*?)</button>",
    re.I | re.S,
)
_OPTION = re.compile(r"<option\b([^>]*)>(.*?)(?=</option>|<option\b|$)", re.I | re.S)
_ATTRIBUTE = re.compile(r"""([\w:.-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_LABEL = re.compile(r"<label\b([^>]*)>(.*?)</label>", re.I | re.S)
_TAG = re.compile(r"<[^>]+>")
_ERROR = re.compile(
    r'class="[^"]*(?:champ__erreur|alerte--erreur|resume-erreurs)[^"]*"[^>]*>(.*?)</(?:p|div|ul)>', re.S
)
_LINK = re.compile(r"<a\b([^>]*)>(.*?)</a>", re.I | re.S)
_LEAVING = re.compile(r"/abandonner/?$")
_ASSET = re.compile(r'<(?:link|script|img)\b[^>]*?(?:href|src)="(/[^"]+)"', re.I)


def attributes(text: str) -> dict[str, str]:
    """Attributes of a tag, unescaped; one without a value is there with an empty one."""
    return {
        name.lower(): html.unescape(double or single or bare or "")
        for name, double, single, bare in _ATTRIBUTE.findall(text)
    }


def plain(text: str) -> str:
    """Text of a piece of HTML, on one line."""
    return " ".join(html.unescape(_TAG.sub(" ", text)).split())


@dataclass(frozen=True)
class Link:
    """A link and its words."""

    href: str
    text: str


def links(page: str) -> list[Link]:
    """Every link of a page."""
    return [Link(attributes(tag).get("href", ""), plain(content)) for tag, content in _LINK.findall(page)]


def assets(page: str) -> list[str]:
    """Style sheets, scripts and images of the same origin that a first visit loads."""
    return list(dict.fromkeys(html.unescape(path) for path in _ASSET.findall(page)))


def errors(page: str) -> str:
    """What the page says is wrong; empty where nothing is."""
    return next((words for found in _ERROR.findall(page) if (words := plain(found))), "")


@dataclass
class Control:
    """One field or button. `kind` is the type of an input, or select, textarea, button."""

    kind: str
    name: str
    attributes: dict[str, str]
    options: list[str] = field(default_factory=list)
    value: str = ""
    label: str = ""

    @property
    def required(self) -> bool:
        """As far as the page says: an attribute, or a label that does not end with « (facultatif) »."""
        return "required" in self.attributes or "facultatif" not in self.label.lower()

    @property
    def hint(self) -> str:
        """Everything that says what is expected here, in lower case."""
        words = (self.name, self.label, *(self.attributes.get(a, "") for a in ("autocomplete", "placeholder", "id")))
        return " ".join(words).lower()


@dataclass
class Form:
    """A form of a page."""

    identifier: str
    method: str
    action: str
    multipart: bool
    controls: list[Control]

    def names(self) -> list[str]:
        """Names of the fields, buttons excluded."""
        return [control.name for control in self.controls if control.name and control.kind != "button"]

    @property
    def to_fill(self) -> bool:
        """Whether somebody has something to answer."""
        return any(c.name and c.kind not in ("hidden", "button", "submit") for c in self.controls)


def forms(page: str) -> list[Form]:
    """Every form of a page, with the labels of its fields."""
    labels = {attributes(tag).get("for", ""): plain(content) for tag, content in _LABEL.findall(page)}
    return [_form(tag, content, labels) for tag, content in _FORM.findall(page)]


def main_form(page: str) -> Form | None:
    """The form a person came to the page for: the first that is sent by POST and asks something, else by POST."""
    posted = [form for form in forms(page) if form.method == "post" and not _LEAVING.search(form.action)]
    return next((form for form in posted if form.to_fill), posted[0] if posted else None)


def _form(tag: str, content: str, labels: dict[str, str]) -> Form:
    own = attributes(tag)
    return Form(
        own.get("id", ""),
        own.get("method", "get").lower(),
        own.get("action", ""),
        own.get("enctype", "") == "multipart/form-data",
        list(_controls(content, labels)),
    )


def _controls(content: str, labels: dict[str, str]) -> Iterator[Control]:
    for tag, select, inside, area, text, button, words in _CONTROL.findall(content):
        if select:
            own = attributes(select)
            options = [attributes(option).get("value", plain(label)) for option, label in _OPTION.findall(inside)]
            control = Control("select", own.get("name", ""), own, options)
        elif area:
            own = attributes(area)
            control = Control("textarea", own.get("name", ""), own, value=html.unescape(text).strip("\r\n"))
        elif button:
            own = attributes(button)
            control = Control("button", own.get("name", ""), own, value=own.get("value", ""), label=plain(words))
        else:
            own = attributes(tag)
            control = Control(own.get("type", "text").lower(), own.get("name", ""), own, value=own.get("value", ""))
        control.label = control.label or labels.get(own.get("id", ""), "")
        yield control


class Answers(Protocol):
    """What the filler must know of a person."""

    @property
    def given_name(self) -> str:
        """As forms ask for it."""

    @property
    def family_name(self) -> str:
        """As forms ask for it."""

    @property
    def email(self) -> str:
        """Where mails about the request go."""


@dataclass(frozen=True)
class Upload:
    """A file put into a form."""

    name: str
    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Filled:
    """Answers ready to be sent."""

    values: list[tuple[str, str]]
    uploads: list[Upload]


SENTENCE = "Un trou d'un mètre devant l'école, depuis lundi. Il s'agrandit quand il pleut."

# First match wins: (pattern of the hint, answer). Numbers that have a check digit have a right one.
_DATE_PART = re.compile(r"_([012])$")
"""A date is asked as three fields: day, month, year."""

_TEXTS: tuple[tuple[str, str], ...] = (
    (r"^email|e-?mail|courriel", "{person.email}"),
    (r"^tel|t[ée]l[ée]phone|\btel\b", "06 12 34 56 78"),
    (r"pr[ée]nom.*\bnom\b|\bnom\b.*pr[ée]nom|\bname\b", "{person.given_name} {person.family_name}"),
    (r"pr[ée]nom|given-name", "{person.given_name}"),
    (r"\bnom\b|family-name|_nom\b", "{person.family_name}"),
    (r"code.?postal|postal-code", "91300"),
    (r"siret", "73282932000074"),
    (r"\brna\b", "W751212517"),
    (r"immatriculation", "AB-123-CD"),
    (r"iban", "FR7630006000011234567890189"),
    (r"adresse|lieu|rue|street", "12 rue des Lilas"),
    (r"ville|commune", "Admiville"),
    (r"heure", "10:30"),
)


def fill(
    form: Form,
    person: Answers,
    rng: random.Random,
    upload: Upload | None = None,
    told: str = "",
    *,
    anew: bool = False,
) -> Filled:
    """Answer every question of a form.

    `upload` goes where a file is compulsory. `told` is what the page said was wrong with the answers before, which a
    person would read. `anew`: choices already made are made again, for whoever is told that they lead nowhere.
    """
    values: list[tuple[str, str]] = []
    uploads: list[Upload] = []
    radios: dict[str, list[Control]] = {}
    boxes: dict[str, list[Control]] = {}
    pressed: list[tuple[str, str]] = []
    for control in form.controls:
        if not control.name or "disabled" in control.attributes:
            continue
        if control.kind in ("button", "submit", "image"):
            # « Ajoutez au moins un enfant » is answered with the button that adds one.
            if "Ajoutez" in told and control.label.startswith("Ajouter") and not pressed:
                pressed.append((control.name, control.value))
            continue
        if control.kind == "hidden":
            values.append((control.name, control.value))
        elif control.kind == "radio":
            radios.setdefault(control.name, []).append(control)
        elif control.kind == "checkbox":
            boxes.setdefault(control.name, []).append(control)
        elif control.kind == "file":
            if upload and (control.required or told) and _takes(control, upload):
                uploads.append(Upload(control.name, upload.filename, upload.content_type, upload.content))
        else:
            values.append((control.name, _answer(control, person, rng, told)))
    for name, options in (*radios.items(), *boxes.items()):
        # An answer that the page already holds is kept: what it shows next may depend on it.
        held = [option for option in options if "checked" in option.attributes and not anew]
        values.append((name, (held[0] if held else rng.choice(options)).value or "on"))
    return Filled(values + pressed, uploads)


def _takes(control: Control, upload: Upload) -> bool:
    """Whether the field offers files of that kind: a person's own choice is narrowed the same way."""
    kinds = [kind.strip() for kind in control.attributes.get("accept", "").split(",") if kind.strip()]
    return not kinds or any(
        kind == upload.content_type
        or (kind.endswith("/*") and upload.content_type.startswith(kind[:-1]))
        or (kind.startswith(".") and upload.filename.lower().endswith(kind))
        for kind in kinds
    )


def _answer(control: Control, person: Answers, rng: random.Random, told: str) -> str:
    if control.kind == "select":
        return rng.choice([option for option in control.options if option] or [""])
    if "case vide" in told and not control.required:
        return ""
    if control.value and not told and control.kind != "number":
        return control.value  # what the page proposes, or already holds, is kept
    part = _DATE_PART.search(control.name)
    if part or control.kind == "date":
        day = _day(control, told)
        return str((day.day, day.month, day.year)[int(part.group(1))]) if part else day.isoformat()
    return _bounded(SENTENCE if control.kind == "textarea" else _text(control, person, told), control)


def _text(control: Control, person: Answers, told: str) -> str:
    hint = f"{control.kind} {control.hint}"
    answer = next((answer for pattern, answer in _TEXTS if re.search(pattern, hint)), None)
    numeric = control.kind == "number" or control.attributes.get("inputmode") in ("numeric", "decimal")
    if answer is None or (numeric and not answer.isdecimal()):
        return _number(control, told) if numeric else "Sans objet"
    return answer.format(person=person)


def _bounded(text: str, control: Control) -> str:
    limit = control.attributes.get("maxlength", "") or control.attributes.get("data-longueur-max", "")
    return text[: int(limit)] if limit.isdecimal() else text


def _number(control: Control, told: str) -> str:
    if bound := re.search(r"(\d[\d\s]*)[^.]*? ou (?:plus|moins)", told):
        return re.sub(r"\s", "", bound.group(1))
    low, high = (control.attributes.get(bound, "") for bound in ("min", "max"))
    try:
        least = float(low) if low else 0.0
        most = float(high) if high else least + 4
    except ValueError:
        return "2"
    return str(int(min(max(2.0, least), most)))


def _day(control: Control, told: str) -> date:
    """A day that makes sense there: a child's birth, a grown person's, something past, else a month from now."""
    low, high = (control.attributes.get(bound, "") for bound in ("min", "max"))
    today = date.today()
    past = re.search(r"naissance|n[ée]e? le|bday|constat|survenu|d[ée]c[èe]s|mariage", control.hint)
    if told and re.search(r"à venir|futur", told):
        past = None
    elif told and re.search(r"passée|pas encore", told):
        past = re.search("", "")
    years = 40 if past and re.search(r"naissance|bday", control.hint) and "enfant" not in control.hint else 5
    day = today - timedelta(days=years * 365) if past else today + timedelta(days=30)
    if re.search(r"re[çc]ue", control.hint):
        day = today
    if "est la même" in told and "autre" in control.hint:
        day += timedelta(days=7)
    if low:
        day = max(day, date.fromisoformat(low[:10]))
    if high:
        day = min(day, date.fromisoformat(high[:10]))
    return day
