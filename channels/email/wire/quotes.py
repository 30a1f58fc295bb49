"""What somebody wrote, and what their program put below it: quotes and signatures."""

from __future__ import annotations

import re

import msgspec

_MONTH = (
    r"(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|січ|лют|бер|кві|тра|чер|лип|сер|вер|жов"
    r"|лис|гру|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mai|mär|okt|dez|févr|avr|juin|juil"
    r"|août|déc|ene|abr|ago|dic|maj|kwi|cze|wrz|paź)"
)
_DATED = re.compile(
    rf"\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|\d{{4}}[./-]\d{{1,2}}[./-]\d{{1,2}}"
    rf"|\d{{1,2}}\.?(?: de)? {_MONTH}\w*\.?|{_MONTH}\w*\.? \d{{1,2}}\b|\d{{4}}年",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[<(\[]?[\w.+'-]{1,64}@[\w.-]{1,200}[>)\]]?|<mailto:", re.UNICODE)
_BRACKETED = re.compile(r"[<(\[]\s*(?:mailto:)?[\w.+'-]{1,64}@[\w.-]{1,200}\s*[>)\]]")
# Mail.ru's app writes the address bare, or leaves it out.
_FROM_WHOM = re.compile(r"[+-]\d{2}:?\d{2},? (?:от|from) .{1,200}[:：]$", re.IGNORECASE)
# «… wrote:» in the languages of mail programs.
_WROTE = re.compile(
    r"(?:пишет|писал(?:а|\(а\))?|написал(?:а|\(а\)|/а|и)?|пише|написав(?:ла|\(ла\))?|сообщает"
    r"|wrote|writes|schrieb.{0,80}|a écrit|escribió|escreveu|ha scritto|skrev.{0,80}|schreef.{0,80}"
    r"|napisał(?:a|\(a\))?|kirjoitti|napsal(?:a|\(a\))?)(?:\s.{0,40}\d)?\s*[:：]\s*$",
    re.IGNORECASE,
)
_YOU_WROTE = re.compile(r"^(?:вы писали|ты писал|you wrote)\b", re.IGNORECASE)
_RULE = r"[-_=~*—–<>8#\s]{2,}"
_ORIGINAL = re.compile(
    rf"^{_RULE}(?:исходное сообщение|исходное письмо|оригинальное сообщение"
    rf"|первоначальное сообщение"
    rf"|вихідне повідомлення|original message|original-nachricht|ursprüngliche nachricht"
    rf"|message d'origine|mensaje original|reply message|(?:please )?reply above this line"
    rf"|(?:пожалуйста,? )?(?:отвечайте|пишите|ответ) выше этой (?:линии|черты|строки))"
    rf"(?: от .{{0,80}}| from .{{0,80}})?\s*(?:{_RULE}|:)?(?:(?:от|from|дата|date)\s?:.*)?$",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    rf"^(?:{_RULE})?(?:пересылаемое сообщение|пересланное сообщение|перенаправленное сообщение"
    rf"|начало переадресованного (?:сообщения|письма)|начало пересылаемого сообщения"
    rf"|переадресованное письмо"
    rf"|forwarded message|forwarded by .{{0,80}}|begin forwarded message|weitergeleitete nachricht"
    rf"|message transféré|mensaje reenviado|doorgestuurd bericht)"
    rf"(?: от .{{0,80}}| from .{{0,80}})?\s*(?:{_RULE}|:)\s*$",
    re.IGNORECASE,
)
_FROM = re.compile(r"^\*?(?:от|от кого|отправитель|from|von|de|da|van|från|fra|від)\s*:", re.I)
_SUBJECT_FIRST = re.compile(r"^\*?(?:тема|subject|betreff|objet|кому|to|дата|date)\s*:", re.I)
_OTHERS = re.compile(
    r"^\*?(?:отправлено|отправленные|дата|date|sent|gesendet|envoyé|enviado|кому|to|an|à|para|копия"
    r"|cc|тема|subject|betreff|objet|asunto|datum|reply-to|надіслано|importance|важность|вложения"
    r"|attachments|от|from)\s*:",
    re.I,
)
_LINE = re.compile(r"^[-_—–=]{5,}$")
_SIGN = re.compile(r"^--[ \xa0]*$")
_DEVICE = re.compile(
    r"^(?:(?:отправлено|послано|прислано) (?:с|со|из|через|при помощи|мо[ией])\b.{0,120}"
    r"|надіслано з\b.{0,100}|письмо отправлено с .{0,100}|написано с .{0,60}"
    r"|sent (?:from|via|with|using)\b.{0,120}|get outlook for\b.{0,60}"
    r"|получит[еь] outlook для\b.{0,60}|скачать outlook для\b.{0,60}|von meinem .{0,60} gesendet"
    r"|envoyé de mon .{0,60}|enviado desde .{0,60}|из почты mail.{0,40}|из mail\.ru.{0,60}"
    r"|mail\.ru для .{0,40})[.!]?$",
    re.IGNORECASE,
)
# Marks of direction that Windows puts around every part of a date.
_MARKS = dict.fromkeys((0x200E, 0x200F, 0x202A, 0x202C, 0xFEFF))
_LONGEST = 300
# Whoever writes more lines than these above a quote has it shown.
_LOOKED = 3000
# Every line that begins a quote has something of this.
_MAYBE = re.compile(r"[:：@\d]|[-_=~*—–<>8#]{2}")
_SIGNATURE = 15


class Split(msgspec.Struct, frozen=True):
    """`text` is what was written, `quote` the rest; `forwarded` if it passes on what another
    wrote: then nothing of that is cut."""

    text: str
    quote: str = ""
    forwarded: bool = False


def split(text: str, *, forward: bool = False) -> Split:
    """Part what was written from what was quoted. `forward`: the subject says that it is passed on.

    What has nothing but a quote is shown whole.
    """
    lines = text.split("\n")
    block = _find(lines, forward)
    top, above = _signature(lines[: block.start])
    if block.passed_on:
        parts = (_joined(top), _joined(lines[block.start :]))
        return Split("\n\n".join(one for one in parts if one), _joined(above), True)
    # Below a marked quote an older one may follow that is not marked.
    older = _find(lines[block.end :], False).start + block.end
    under, below = _signature(lines[block.end : older])
    below = below + lines[older:]
    written = "\n\n".join(one for one in (_joined(top), _joined(under)) if one)
    if not written:
        return Split(text.strip("\n"))
    rest = above + lines[block.start : block.end] + below
    return Split(written, _joined(rest))


class _Block(msgspec.Struct):
    """Lines that are a quote. `passed_on`: from `start` on the mail passes on another's words."""

    start: int
    end: int
    passed_on: bool = False


def _joined(lines: list[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).strip("\n \xa0")


def _bare(line: str) -> str:
    return line[:_LONGEST].translate(_MARKS).lstrip("> \t\xa0").rstrip(" \t\xa0;")


def _find(lines: list[str], forward: bool) -> _Block:
    for at, line in enumerate(lines[:_LOOKED]):
        if len(line) > _LONGEST or not _MAYBE.search(line):
            continue
        bare = _bare(line)
        if not bare:
            continue
        if len(bare) < 120:
            if _FORWARDED.match(bare):
                return _Block(at, len(lines), True)
            if _ORIGINAL.match(bare):
                return _Block(at, len(lines), forward)
            if _fields(lines, at, bare):
                return _Block(_above(lines, at), len(lines), forward)
        opened = _attribution(lines, at, bare)
        if opened:
            end = _marked_end(lines, at + opened)
            if end == at + opened:
                return _Block(at, len(lines), forward)
            if not any(_is_marked(one) for one in lines[end:]):
                return _Block(at, end)
            # Answers stand between the quoted lines and mean nothing without them.
            break
    return _Block(_tail(lines), len(lines))


def _is_marked(line: str) -> bool:
    return line.lstrip(" \t\xa0").startswith(">")


def _marked_end(lines: list[str], at: int) -> int:
    """Where the lines marked with `>` that begin here end; `at` if none do."""
    end = at
    while at < len(lines) and (_is_marked(lines[at]) or _empty(lines[at])):
        end = at + 1 if _is_marked(lines[at]) else end
        at += 1
    return end


def _fields(lines: list[str], at: int, bare: str) -> bool:
    """Outlook's block of От / Отправлено / Кому / Тема, or one that begins with the subject."""
    starts = _FROM.match(bare)
    if not starts and not _SUBJECT_FIRST.match(bare):
        return False
    following = [_bare(one) for one in lines[at + 1 : at + 9]]
    following = [one for one in following if one][:5]
    others = sum(1 for one in following if _OTHERS.match(one))
    has_from = starts or any(_FROM.match(one) for one in following)
    dated = any(_DATED.search(one) for one in [bare, *following])
    return (others >= 2 and bool(has_from) and dated) or (
        # Yandex: «Кому: …; Тема: …;» and then the line with date and name.
        others >= 1 and any(_said_by(one) for one in following[:3])
    )


def _above(lines: list[str], at: int) -> int:
    """Take the rule above the block along."""
    before = at - 1
    while before >= 0 and not _bare(lines[before]):
        before -= 1
    if before >= 0 and _LINE.match(_bare(lines[before])):
        return before
    return at


def _said_by(said: str) -> bool:
    """«21.11.2026, 14:05, "Имя" <адрес>:»"""
    if not said.endswith((":", "：")) or not _DATED.search(said):
        return False
    return bool(_BRACKETED.search(said) or _FROM_WHOM.search(said))


def _attribution(lines: list[str], at: int, bare: str) -> int:
    """How many lines from here say who wrote what follows; 0 if they do not."""
    if _YOU_WROTE.match(bare) and _DATED.search(bare):
        return 1
    # Cheap things first: most lines are just text.
    if not (_DATED.search(bare) or _ADDRESS.search(bare) or bare.endswith(":")):
        return 0
    said = ""
    for count in range(1, 4):
        if at + count > len(lines):
            return 0
        piece = _bare(lines[at + count - 1])
        if count > 1 and not piece:
            return 0
        said = f"{said} {piece}".strip()
        if len(said) > _LONGEST:
            return 0
        if _said_by(said) and (count == 1 or said.count(":") <= 4):
            return count
        if _WROTE.search(said):
            known = _DATED.search(said) or _ADDRESS.search(said)
            if known or _marked_end(lines, at + count) > at + count:
                return count
        if piece.endswith(":"):
            return 0
    return 0


def _tail(lines: list[str]) -> int:
    """Where the marked lines at the very end begin."""
    kept, _ = _signature(lines)
    at = len(kept)
    while at and (_is_marked(kept[at - 1]) or _empty(kept[at - 1])):
        at -= 1
    return at if any(_is_marked(one) for one in kept[at:]) else len(lines)


def _signature(lines: list[str]) -> tuple[list[str], list[str]]:
    """Lines without the signature at their end, and the signature."""
    end = len(lines)
    while end and not lines[end - 1].strip(" \t\xa0"):
        end -= 1
    lowest = max(0, end - _SIGNATURE)
    for at in range(lowest, end):
        if _SIGN.match(lines[at].strip("\t")) and at < end:
            return lines[:at], lines[at:]
    at = end
    while at > lowest and (_DEVICE.match(lines[at - 1].strip(" \t\xa0")) or _empty(lines[at - 1])):
        at -= 1
    return (lines[:at], lines[at:]) if at < end else (lines[:end], lines[end:])


def _empty(line: str) -> bool:
    return not line.strip(" \t\xa0")
