"""Two ways to use a page: with the pointer, or by keyboard alone. A journey is written once for both."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as TooLate

TABS_MAX = 150
_FOCUSED = "all => all.includes(document.activeElement)"
# Something must tell where one is: an outline, or a shadow, of the element itself or of its label.
_SHOWN = """() => {
  const e = document.activeElement;
  const tells = x => {
    const s = getComputedStyle(x);
    return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none';
  };
  return tells(e) || [...(e.labels || [])].some(tells) || (e.parentElement && tells(e.parentElement));
}"""


class Hands(Protocol):
    """What a journey asks for; each names a thing as the person reads it."""

    page: Page

    def fill(self, label: str, text: str) -> None:
        """Type in the field of that label."""

    def date(self, legend: str, day: str, month: str, year: str) -> None:
        """Type a date in its three fields."""

    def choose(self, label: str | re.Pattern[str]) -> None:
        """Choose one answer of several."""

    def tick(self, label: str) -> None:
        """Tick a box."""

    def upload(self, label: str, path: Path) -> None:
        """Give a file."""

    def press(self, name: str) -> None:
        """Press a button."""

    def unfold(self, name: str) -> None:
        """Open what is folded under a title."""

    def follow(self, name: str) -> None:
        """Follow a link."""


def date_parts(page: Page, legend: str) -> list[Locator]:
    """The three fields of a date."""
    group = page.get_by_role("group", name=legend)
    return [group.get_by_label(part) for part in ("Jour", "Mois", "Année")]


def file_field(page: Page, label: str) -> Locator:
    """The field of that label that takes a file; a part of the page may bear the same name."""
    return page.locator("input[type=file]").and_(page.get_by_label(label)).first


class Mouse:
    """With the pointer; works without JavaScript too."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def fill(self, label: str, text: str) -> None:
        """Type in the field of that label."""
        self.page.get_by_label(label).first.fill(text)

    def date(self, legend: str, day: str, month: str, year: str) -> None:
        """Type a date in its three fields."""
        for part, text in zip(date_parts(self.page, legend), (day, month, year), strict=True):
            part.fill(text)

    def choose(self, label: str | re.Pattern[str]) -> None:
        """Choose one answer of several."""
        # Its label may lie over it: a pointer then presses the label, which does the same.
        self.page.get_by_role("radio", name=label).first.check(force=True)

    def tick(self, label: str) -> None:
        """Tick a box."""
        self.page.get_by_role("checkbox", name=label).first.check(force=True)

    def upload(self, label: str, path: Path) -> None:
        """Give a file."""
        file_field(self.page, label).set_input_files(path)

    def press(self, name: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=name).last.click()

    def unfold(self, name: str) -> None:
        """Open what is folded under a title."""
        self.page.locator("summary", has_text=name).first.click()

    def follow(self, name: str) -> None:
        """Follow a link."""
        self.page.get_by_role("link", name=name).first.click()


class Keyboard:
    """Tab, arrows, space and Enter; each thing must be reachable, and show that it has focus."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def fill(self, label: str, text: str) -> None:
        """Type in the field of that label."""
        self._type(self.page.get_by_label(label).first, text)

    def date(self, legend: str, day: str, month: str, year: str) -> None:
        """Type a date in its three fields."""
        for part, text in zip(date_parts(self.page, legend), (day, month, year), strict=True):
            self._type(part, text)

    def choose(self, label: str | re.Pattern[str]) -> None:
        """Tab to the group, then arrows to the answer."""
        wanted = self.page.get_by_role("radio", name=label).first
        wanted.wait_for()
        name = wanted.get_attribute("name")
        group = self.page.locator(f"input[type=radio][name='{name}']")
        self._reach(group)
        if group.locator("xpath=self::*[@checked]").count() == 0:
            self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if wanted.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        pytest.fail(f"« {label} » ne se choisit pas au clavier")

    def tick(self, label: str) -> None:
        """Tab to the box and press the space bar."""
        box = self.page.get_by_role("checkbox", name=label).first
        self._reach(box)
        if not box.is_checked():
            self.page.keyboard.press("Space")
        assert box.is_checked(), f"« {label} » ne se coche pas au clavier"

    def upload(self, label: str, path: Path) -> None:
        """Tab to the field; Enter opens the choice of a file."""
        self._reach(file_field(self.page, label))
        for key in ("Enter", "Space", "Enter"):
            try:
                with self.page.expect_file_chooser(timeout=4000) as opened:
                    self.page.keyboard.press(key)
            except TooLate:
                continue  # a busy browser sometimes opens nothing; a person presses again
            opened.value.set_files(path)
            return
        pytest.fail(f"« {label} » n'ouvre pas le choix d'un fichier au clavier")

    def press(self, name: str) -> None:
        """Tab to a button and press Enter."""
        self._reach(self.page.get_by_role("button", name=name).last)
        self._enter()

    def unfold(self, name: str) -> None:
        """Tab to the title, then Enter."""
        self._reach(self.page.locator("summary", has_text=name).first)
        self.page.keyboard.press("Enter")

    def follow(self, name: str) -> None:
        """Tab to a link and press Enter."""
        self._reach(self.page.get_by_role("link", name=name).first)
        self._enter()

    def _type(self, field: Locator, text: str) -> None:
        self._reach(field)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def _enter(self) -> None:
        """Press Enter and wait for the page that follows."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def _reach(self, target: Locator) -> None:
        """Press Tab until one of `target` has focus."""
        target.first.wait_for(state="attached")
        for _ in range(TABS_MAX):
            self.page.keyboard.press("Tab")
            if target.evaluate_all(_FOCUSED):
                shown = self.page.evaluate(_SHOWN)
                assert shown, f"{self.page.url} : rien ne montre le focus de {target}"
                return
        pytest.fail(f"{self.page.url} : {target} ne s'atteint pas au clavier")
