"""HTML of strangers: made safe to show, and made plain text."""

from __future__ import annotations

import re
from html import escape, unescape

import inscriptis
import lxml.html
import msgspec
import nh3
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig

from channels.email.wire import limits, tags
from channels.email.wire.charsets import tidy

_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<[!?][^>]*+(?:>|\Z)"
    r"|<(/?)([a-zA-Z][\w:.-]{0,40})((?:[^<>\"']++|\"[^<\"]*+\"|'[^<']*+')*+)>"
    r"|<(/?)([a-zA-Z][\w:.-]{0,40})([^<>]*+)>?",
    re.DOTALL,
)
_END = {name: re.compile(rf"</{name}\s*+>", re.IGNORECASE) for name in tags.HIDDEN}
_REMOTE = "x-remote:"
_BLOCKS = re.compile(
    r"<(?:/?(?:p|div|tr|table|h[1-6]|ul|ol|blockquote|pre)|li|br|hr)\b[^>]*>", re.I
)
_AMPERSAND = re.compile(r"&(?!(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,30});)")
# Web mail programs write an empty line so.
_BLANK = re.compile(r"<div[^<>]*+>(?:&nbsp;|\xa0)\s*+</div>", re.IGNORECASE)
_ANY = re.compile(r"<[^<>]*>")
# Put into the tree where a quote begins and ends, found again in the text.
_OPEN, _CLOSE = "\ue0f0", "\ue0f1"
_MARKS = str.maketrans("", "", _OPEN + _CLOSE)


class Shown(msgspec.Struct, frozen=True):
    """HTML that is safe in a page with a sandbox; `blocked` remote pictures in it; `cut` if it was
    too long or too deep to be shown as a whole."""

    html: str
    blocked: int
    cut: bool


def clean(markup: str) -> Shown:
    """Take out everything that acts, asks elsewhere or hides."""
    level, cut = _levelled(markup, limits.TAGS)
    blocked = 0

    def judged(tag: str, name: str, value: str) -> str | None:
        nonlocal blocked
        if name == "style":
            return None if "(" in value or "\\" in value else value
        if tag != "img" or name != "src":
            return value
        source = value.strip()
        if source.lower().startswith("cid:"):
            return source
        if source.lower().startswith(("http://", "https://", "//")):
            blocked += 1
            return _REMOTE + source
        return None

    safe = nh3.clean(
        level,
        tags=set(tags.SHOWN),
        clean_content_tags={"script", "style", "title", "template"},
        attributes={name: set(held) for name, held in tags.ATTRIBUTES.items()},
        attribute_filter=judged,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        filter_style_properties=set(tags.STYLES),
    )
    # In what nh3 wrote a quote mark within a value is escaped, so this is the attribute itself.
    safe = safe.replace(f' src="{_REMOTE}', ' data-remote="')
    return Shown(tidy(safe).strip(), blocked, cut)


def plain(markup: str) -> str:
    """The words. A quote (blockquote) has `> ` before its lines."""
    level, cut = _levelled(markup.translate(_MARKS), limits.LAID_OUT)
    if cut:
        return tidy(_stripped(markup[: limits.HTML]))
    try:
        return tidy(_quoted(_rendered(level)))
    except Exception:
        # The renderer walks trees of strangers; what it cannot walk is stripped of its tags.
        return tidy(_stripped(level))


def from_plain(text: str) -> str:
    """Plain text as HTML, where a mail has parts of both kinds."""
    return f"<div>{escape(text).replace(chr(10), '<br>')}</div>"


def _rendered(level: str) -> str:
    if not level.strip():
        return ""
    level = _BLANK.sub("<div><br></div>", level)
    root = lxml.html.fromstring(f"<html><body><div>{level}</div></body></html>")
    for quote in root.iter("blockquote"):
        before, after = lxml.html.Element("p"), lxml.html.Element("p")
        before.text, after.text = _OPEN, _CLOSE
        before.tail, quote.text = quote.text, None
        quote.insert(0, before)
        quote.append(after)
    config = ParserConfig(css=CSS_PROFILES["relaxed"], display_images=False)
    return str(inscriptis.Inscriptis(root, config).get_text())


def _quoted(text: str) -> str:
    depth, out = 0, list[str]()
    for line in text.split("\n"):
        words = line.strip(" \t\xa0")
        opened, closed = words.count(_OPEN), words.count(_CLOSE)
        words = words.translate(_MARKS).strip(" \t\xa0")
        depth += opened
        if words or (not (opened or closed) and out and out[-1].strip("> ")):
            out.append(f"{'>' * min(depth, 20)} {words}".rstrip() if depth else words)
        depth = max(0, depth - closed)
    return "\n".join(out).strip("\n")


def _stripped(markup: str) -> str:
    said = _ANY.sub("", _BLOCKS.sub("\n", _without_hidden(markup)))
    lines = [" ".join(line.split()) for line in unescape(said).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _without_hidden(markup: str) -> str:
    out: list[str] = []
    at = 0
    for found in _TOKEN.finditer(markup):
        if found.start() < at:
            continue
        name = (found[2] or found[5] or "").lower()
        if name in _END and not (found[1] or found[4]):
            out.append(markup[at : found.start()])
            at = _skip(markup, name, found.end())
        elif not name:
            out.append(markup[at : found.start()])
            at = found.end()
    return "".join(out) + markup[at:]


def _skip(markup: str, name: str, at: int) -> int:
    end = _END[name].search(markup, at)
    return len(markup) if end is None else end.end()


def _levelled(markup: str, most: int) -> tuple[str, bool]:
    """The same tags, well nested and neither too many nor too deep, and whether any are missing.

    Parsers of HTML need the square of the depth; here depth is bounded before they see it. Bare
    ampersands are slow in them as well.
    """
    markup = _AMPERSAND.sub("&amp;", markup[: 2 * limits.HTML])
    cut = len(markup) > limits.HTML
    markup = markup[: limits.HTML]
    out: list[str] = []
    stack: list[str] = []
    at = count = formats = 0
    for found in _TOKEN.finditer(markup):
        if found.start() < at:
            continue
        out.append(markup[at : found.start()].replace("<", "&lt;"))
        at = found.end()
        closing, name = found[1] or found[4], (found[2] or found[5] or "").lower()
        if not name:
            continue
        if name in _END and name != "noscript":
            at = at if closing or name == "plaintext" else _skip(markup, name, at)
            continue
        if name not in tags.SHOWN:
            continue
        if closing:
            if name in stack:
                while (top := stack.pop()) != name:
                    formats -= top in tags.FORMATS
                    out.append(f"</{top}>")
                formats -= name in tags.FORMATS
                out.append(f"</{name}>")
            continue
        count += 1
        if count > most:
            return _closed(out, stack), True
        if len(stack) >= limits.NESTED or (name in tags.FORMATS and formats >= limits.FORMATS):
            cut = cut or len(stack) >= limits.NESTED
            continue
        said = (found[3] if found[2] else "") or ""
        said = said if len(said) <= limits.TAG else ""
        out.append(f"<{name} {said.strip().rstrip('/')}>" if said.strip() else f"<{name}>")
        if name not in tags.EMPTY:
            stack.append(name)
            formats += name in tags.FORMATS
    out.append(markup[at:].replace("<", "&lt;"))
    return _closed(out, stack), cut


def _closed(out: list[str], stack: list[str]) -> str:
    return "".join(out) + "".join(f"</{name}>" for name in reversed(stack))
