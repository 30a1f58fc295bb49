"""HTML of messages, read as strictly as Telegram reads it.

https://core.telegram.org/bots/api#html-style
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from bots.emulator.errors import BotApiError, bad_request
from bots.emulator.utf16 import width

_SIMPLE = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
}
_OTHER = {"a", "span", "tg-emoji", "blockquote"}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_CHARREF = re.compile(r"&(#x[0-9a-fA-F]{1,6}|#[0-9]{1,7}|[a-z]{1,8});?")
_ATTRIBUTE = re.compile(
    r"""\s*([^\s=>"'/]*)\s*(?:=\s*("[^"]*"|'[^']*'|[A-Za-z0-9.\-_:/]+))?""", re.DOTALL
)
_LINK = re.compile(r"(?:https?://|tg://|ton://)?[^\s/?#]+\.?[^\s]*$", re.IGNORECASE)

Entity = dict[str, Any]


@dataclass(slots=True)
class _Open:
    tag: str
    at: int
    attributes: dict[str, str] = field(default_factory=dict)


def _refuse(why: str) -> BotApiError:
    return bad_request(f"can't parse entities: {why}")


class _Parser:
    def __init__(self, source: str) -> None:
        self._source = source
        self._text: list[str] = []
        self._length = 0
        self._open: list[_Open] = []
        self._entities: list[Entity] = []

    def parse(self) -> tuple[str, list[Entity]]:
        source, at = self._source, 0
        while at < len(source):
            if source[at] == "<":
                at = self._end(at) if source[at + 1 : at + 2] == "/" else self._start(at)
            elif source[at] == "&":
                at = self._charref(at)
            else:
                stop = next((i for i in range(at, len(source)) if source[i] in "<&"), len(source))
                self._say(source[at:stop])
                at = stop
        if self._open:
            tag = self._open[-1].tag
            raise _refuse(f'Can\'t find end tag corresponding to start tag "{tag}"')
        return "".join(self._text), self._entities

    def _say(self, text: str) -> None:
        self._text.append(text)
        self._length += width(text)

    def _byte(self, at: int) -> int:
        return len(self._source[:at].encode())

    def _charref(self, at: int) -> int:
        found = _CHARREF.match(self._source, at)
        said = _decode(found.group(1)) if found else None
        if found is None or said is None:
            self._say("&")
            return at + 1
        self._say(said)
        return found.end()

    def _start(self, at: int) -> int:
        source = self._source
        stop = at + 1
        while stop < len(source) and source[stop] != ">" and not source[stop].isspace():
            stop += 1
        tag = source[at + 1 : stop].lower()
        if tag not in _SIMPLE and tag not in _OTHER:
            raise _refuse(f'Unsupported start tag "{tag}" at byte offset {self._byte(at)}')
        attributes, stop = self._attributes(tag, at, stop)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise _refuse(
                f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(at)}'
            )
        self._open.append(_Open(tag, self._length, attributes))
        return stop + 1

    def _attributes(self, tag: str, at: int, stop: int) -> tuple[dict[str, str], int]:
        source, found = self._source, {}
        while stop < len(source) and source[stop] != ">":
            if source[stop].isspace():
                stop += 1
                continue
            match = _ATTRIBUTE.match(source, stop)
            if match is None or not match.group(1):
                raise _refuse(
                    f'Empty attribute name in the tag "{tag}" at byte offset {self._byte(at)}'
                )
            value = (match.group(2) or "").strip("\"'")
            found[match.group(1).lower()] = _CHARREF.sub(
                lambda ref: _decode(ref.group(1)) or ref.group(0), value
            )
            stop = match.end()
        if stop >= len(source):
            raise _refuse(f"Unclosed start tag at byte offset {self._byte(at)}")
        return found, stop

    def _end(self, at: int) -> int:
        stop = self._source.find(">", at)
        if stop < 0:
            raise _refuse(f"Unclosed end tag at byte offset {self._byte(at)}")
        tag = self._source[at + 2 : stop].strip().lower()
        if not self._open:
            raise _refuse(f"Unexpected end tag at byte offset {self._byte(at)}")
        opened = self._open.pop()
        if tag and tag != opened.tag:
            raise _refuse(
                f"Unmatched end tag at byte offset {self._byte(at)}, "
                f'expected "</{opened.tag}>", found "</{tag}>"'
            )
        self._close(opened)
        return stop + 1

    def _close(self, opened: _Open) -> None:
        length = self._length - opened.at
        if length == 0:
            return
        entity: Entity = {"type": _SIMPLE.get(opened.tag, ""), "offset": opened.at}
        entity["length"] = length
        if opened.tag == "a" and not self._link(entity, opened):
            return
        if opened.tag == "span":
            entity["type"] = "spoiler"
        elif opened.tag == "tg-emoji":
            entity["type"] = "custom_emoji"
            entity["custom_emoji_id"] = opened.attributes.get("emoji-id", "")
        elif opened.tag == "blockquote":
            wide = "expandable" in opened.attributes
            entity["type"] = "expandable_blockquote" if wide else "blockquote"
        elif opened.tag == "code" and self._open and self._open[-1].tag == "pre":
            # A language stands on the <code> inside of a <pre>; together they are one entity.
            language = opened.attributes.get("class", "")
            if language.startswith("language-"):
                self._open[-1].attributes["language"] = language.removeprefix("language-")
            return
        elif opened.tag == "pre" and "language" in opened.attributes:
            entity["language"] = opened.attributes["language"]
        self._entities.append(entity)

    def _link(self, entity: Entity, opened: _Open) -> bool:
        href = opened.attributes.get("href", "").strip()
        person = re.fullmatch(r"tg://user\?id=(\d+)", href)
        if person:
            entity["type"] = "text_mention"
            entity["user"] = {"id": int(person.group(1))}
            return True
        if not href or ("." not in href and "://" not in href) or not _LINK.match(href):
            return False
        entity["type"] = "text_link"
        entity["url"] = href if "://" in href else f"http://{href}"
        return True


def _decode(name: str) -> str | None:
    if name.startswith("#"):
        code = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
        return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else None
    return _NAMED.get(name)


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Plain text and entities with offsets in UTF-16 units.

    Raises BotApiError 400 «can't parse entities: …», as Telegram does.
    """
    return _Parser(source).parse()
