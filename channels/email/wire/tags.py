"""Which tags, attributes and styles of a stranger's HTML may be shown."""

from __future__ import annotations

# fmt: off
# What these hold is never shown.
HIDDEN = frozenset({
    "script", "style", "head", "title", "template", "svg", "math", "noscript", "iframe", "object",
    "select", "textarea", "xml", "frameset", "noembed", "plaintext", "xmp",
})
# Nothing stands within these.
EMPTY = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
})
# A parser of HTML opens these again in every paragraph until they are closed.
FORMATS = frozenset({
    "a", "b", "big", "code", "del", "em", "font", "i", "ins", "nobr", "s", "small", "span",
    "strike", "strong", "sub", "sup", "tt", "u",
})
SHOWN = frozenset({
    "a", "abbr", "b", "big", "blockquote", "br", "caption", "center", "code", "col", "colgroup",
    "dd", "del", "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i",
    "img", "ins", "li", "ol", "p", "pre", "q", "s", "small", "span", "strike", "strong", "sub",
    "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul",
})
# None of these can name an address.
STYLES = frozenset({
    "background-color", "border", "border-collapse", "border-left", "border-top", "color",
    "font-family", "font-size", "font-style", "font-weight", "line-height", "margin-left",
    "padding", "padding-bottom", "padding-left", "padding-right", "padding-top", "text-align",
    "text-decoration", "vertical-align", "white-space", "width",
})
# fmt: on
_CELL = {"align", "valign", "width", "height", "colspan", "rowspan", "bgcolor"}
ATTRIBUTES: dict[str, set[str]] = {
    "*": {"style", "dir", "title", "align"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "font": {"color", "size", "face"},
    "table": _CELL | {"border", "cellpadding", "cellspacing"},
    "td": _CELL,
    "th": _CELL,
    "tr": _CELL,
    "ol": {"start", "type"},
    "col": {"width", "span"},
}
