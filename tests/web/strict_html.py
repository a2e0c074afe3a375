"""A reader of HTML that forgives nothing: what a browser would repair silently is a fault here."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# A <p> ends by itself where one of these begins, and its own end tag is then a fault.
# fmt: off
ENDS_P = {
    "address", "article", "aside", "blockquote", "details", "dialog", "div", "dl", "fieldset", "figcaption",
    "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "main", "menu",
    "nav", "ol", "p", "pre", "search", "section", "table", "ul",
}
# fmt: on
# fmt: off
PHRASING_ONLY = {
    "a", "b", "button", "code", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "i", "label", "p", "small",
    "span", "strong", "summary", "time",
}
# fmt: on
BLOCKS = ENDS_P - {"details"}
INTERACTIVE = {"a", "button", "input", "select", "textarea", "label", "details"}
PARENTS = {
    "li": {"ul", "ol", "menu"},
    "dt": {"dl", "div"},
    "dd": {"dl", "div"},
    "tr": {"thead", "tbody", "tfoot", "table"},
    "td": {"tr"},
    "th": {"tr"},
    "thead": {"table"},
    "tbody": {"table"},
    "tfoot": {"table"},
    "caption": {"table"},
    "option": {"select", "optgroup", "datalist"},
    "optgroup": {"select"},
    "legend": {"fieldset"},
    "summary": {"details"},
    "figcaption": {"figure"},
    "source": {"picture", "video", "audio"},
    "head": {"html"},
    "body": {"html"},
    "title": {"head", "svg", "g"},
    "meta": {"head"},
    "link": {"head"},
}
CHILDREN = {
    "ul": {"li", "script", "template"},
    "ol": {"li", "script", "template"},
    "dl": {"dt", "dd", "div", "script", "template"},
    "select": {"option", "optgroup", "hr"},
    "table": {"caption", "colgroup", "thead", "tbody", "tfoot", "tr"},
    "tr": {"td", "th"},
    "thead": {"tr"},
    "tbody": {"tr"},
}
ONCE = ("html", "head", "body", "main", "title", "h1")


class StrictHtml(HTMLParser):
    """Collects `faults` of one document, each with its line."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self.faults: list[str] = []
        self._open: list[str] = []
        self._counts: dict[str, int] = {}
        self._ids: set[str] = set()
        if not source.lstrip().lower().startswith("<!doctype html>"):
            self._fault("does not begin with <!doctype html>")
        self.feed(source)
        self.close()
        for tag in self._open:
            self._fault(f"<{tag}> is never closed")
        for tag in ONCE:
            if self._counts.get(tag, 0) != 1:
                self._fault(f"<{tag}> stands {self._counts.get(tag, 0)} times")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._attributes(tag, attrs)
        parent = self._open[-1] if self._open else ""
        drawing = "svg" in self._open
        if not drawing:
            self._nesting(tag, parent, dict(attrs))
        if not (drawing and tag == "title"):
            self._counts[tag] = self._counts.get(tag, 0) + 1
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in VOID:
            return
        if "svg" not in self._open:
            self._fault(f"<{tag}/> closes itself, which HTML does not know")
        self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1] != tag:
            self._fault(f"</{tag}> where {self._open[-1:] or 'nothing'} is open")
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if "&" in data and self._open[-1:] != ["script"]:
            self._fault(f"a bare & in {data.strip()[:40]!r}")
        if data.strip() and self._open and self._open[-1] in CHILDREN:
            self._fault(f"text straight in <{self._open[-1]}>: {data.strip()[:40]!r}")

    def _nesting(self, tag: str, parent: str, attributes: dict[str, str | None]) -> None:
        if tag in PARENTS and parent not in PARENTS[tag]:
            self._fault(f"<{tag}> in <{parent}>")
        if parent in CHILDREN and tag not in CHILDREN[parent]:
            self._fault(f"<{tag}> straight in <{parent}>")
        if tag in ENDS_P and "p" in self._open:
            self._fault(f"<{tag}> in <p>")
        inside = [one for one in self._open if one in PHRASING_ONLY]
        if tag in BLOCKS and inside:
            self._fault(f"<{tag}> in <{inside[-1]}>")
        self._interactive(tag, attributes)

    def _interactive(self, tag: str, attributes: dict[str, str | None]) -> None:
        hidden = tag == "input" and attributes.get("type") == "hidden"
        if tag in INTERACTIVE and not hidden and {"a", "button"} & set(self._open):
            self._fault(f"<{tag}> in <a> or <button>")
        if tag in ("form", "label") and tag in self._open:
            self._fault(f"<{tag}> in <{tag}>")

    def _attributes(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        for name in {one for one in names if names.count(one) > 1}:
            self._fault(f"<{tag}> has {name} twice")
        found = dict(attrs).get("id")
        if found is not None and (found in self._ids or not found or " " in found):
            self._fault(f"id {found!r} is empty, has blanks or stands twice")
        self._ids |= {found} if found else set()

    def _fault(self, what: str) -> None:
        self.faults.append(f"line {self.getpos()[0]}: {what}")
