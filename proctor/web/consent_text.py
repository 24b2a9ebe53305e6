"""The words of the consent step, as a candidate reads them, without anything around them."""

from __future__ import annotations

from html.parser import HTMLParser

from flask import render_template

from proctor.web.pages import EntryPage

BLOCKS = frozenset({"h2", "h3", "p", "li", "span"})
APART = frozenset({"svg", "button"})


def of_page(page: EntryPage) -> str:
    """Return what the consent step of ``page`` says, a line for each heading, sentence and point."""
    reader = _Words()
    reader.feed(render_template("candidate/consent_text.html", page=page))
    return "\n".join(reader.lines)


class _Words(HTMLParser):
    """Collects the text of block elements, up to the button that goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._open: list[str] | None = None
        self._is_over = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if "card__foot" in (dict(attrs).get("class") or ""):
            self._is_over = True
        if tag in BLOCKS and not self._is_over:
            self._open = []

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._open.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS and self._open is not None:
            line = " ".join("".join(self._open).split())
            self.lines += [line] if line else []
            self._open = None
