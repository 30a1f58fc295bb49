"""How mail programs quote, pass on and sign. Shapes as the programs make them, words made up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from email.utils import parseaddr
from html import escape

import msgspec

from tests.corpora.mail import dates


class Quoted(msgspec.Struct, kw_only=True, frozen=True):
    """The mail that stands below what was typed."""

    sender: str
    to: str
    subject: str
    date: datetime
    text: str

    @property
    def name(self) -> str:
        return parseaddr(self.sender)[0] or self.address

    @property
    def address(self) -> str:
        return parseaddr(self.sender)[1]


Body = Callable[[str, Quoted | None, bool, str], tuple[str, str]]


class Style(msgspec.Struct, kw_only=True, frozen=True):
    """One program: plain text and HTML of a body; either may be empty."""

    body: Body
    reply: str = "Re:"
    forward: str = "Fwd:"
    headers: dict[str, str] = {}
    base64: bool = False


def marked(text: str, mark: str = "> ") -> str:
    return "\n".join(f"{mark}{line}".rstrip() for line in text.split("\n"))


def lines(text: str, tag: str = "div") -> str:
    return "".join(f"<{tag}>{escape(one) or '<br>'}</{tag}>" for one in text.split("\n"))


def _breaks(text: str) -> str:
    return escape(text).replace("\n", "<br>\n")


def _gmail(english: bool) -> Body:
    def body(text: str, quoted: Quoted | None, forward: bool, writer: str) -> tuple[str, str]:
        top = f'<div dir="ltr">{lines(text)}</div>'
        if quoted is None:
            return f"{text}\n", top
        when = dates.gmail_en(quoted.date) if english else dates.gmail_ru(quoted.date)
        who = f"{quoted.name} <{quoted.address}>"
        if forward:
            said = "From" if english else "От"
            head = (
                f"---------- Forwarded message ---------\n{said}: {who}\nDate: {when}\n"
                f"Subject: {quoted.subject}\nTo: {quoted.to}\n"
            )
            plain = f"{text}\n\n{head}\n\n{quoted.text}\n"
            return (
                plain,
                f'{top}<br><div class="gmail_quote">{_breaks(head)}<br>{lines(quoted.text)}',
            )
        attr = f"On {when} {who} wrote:" if english else f"{when}, {who}:"
        # Gmail folds this line at 78 characters, also within the address.
        folded = attr.replace(" <", " <\n", 1) if len(attr) > 78 else attr
        plain = f"{text}\n\n{folded}\n\n{marked(quoted.text)}\n"
        html = (
            f'{top}<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" '
            f'class="gmail_attr">{escape(attr)}<br></div><blockquote class="gmail_quote" '
            f'style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204)">'
            f"{lines(quoted.text)}</blockquote></div>"
        )
        return plain, html

    return body


def _mail_ru(text: str, quoted: Quoted | None, forward: bool, writer: str) -> tuple[str, str]:
    name = parseaddr(writer)[0]
    sign = f"--\n{name}\nОтправлено из Почты Mail"
    html = (
        f'<HTML><BODY>{lines(text)}<div>&nbsp;</div><div data-signature-widget="container">'
        f'<div data-signature-widget="content">{_breaks(sign)}</div></div><div>&nbsp;</div>'
    )
    plain = f"\n{text}\n \n{sign}\n"
    if quoted is None:
        return plain, f"{html}</BODY></HTML>"
    when, who = dates.mail_ru(quoted.date), f"{quoted.name} <{quoted.address}>"
    if forward:
        head = (
            f"-------- Пересылаемое сообщение --------\nОт: {who}\nКому: {quoted.to}\n"
            f"Дата: {when}\nТема: {quoted.subject}\n"
        )
        return f"{plain}{head} \n{quoted.text}\n", f"{html}{_breaks(head)}<br>{lines(quoted.text)}"
    attr = f"{when} от {who}:"
    plain += f" \n>{attr}\n>\xa0\n{marked(quoted.text, '>')}\n"
    html += (
        '<blockquote style="border-left:1px solid #0857A6;margin:10px;padding:0 0 0 10px;">'
        f"{escape(attr)}<br>\xa0<div>{lines(quoted.text)}</div></blockquote></BODY></HTML>"
    )
    return plain, html


def _yandex(modern: bool) -> Body:
    def body(text: str, quoted: Quoted | None, forward: bool, writer: str) -> tuple[str, str]:
        top = f"{lines(text)}<div>\xa0</div>"
        sign = f"<div>\xa0</div><div>--\xa0</div><div>{escape(parseaddr(writer)[0])}</div>"
        if quoted is None:
            return "", top + ("" if modern else sign)
        attr = f'{dates.dotted(quoted.date)}, "{quoted.name}" <{quoted.address}>:'
        if forward:
            return "", (
                f"{top}<div>-------- Пересылаемое сообщение --------</div>"
                f"<div>{escape(attr)}</div><div>\xa0</div>{lines(quoted.text)}"
                "<div>-------- Конец пересылаемого сообщения --------</div>"
            )
        if modern:
            return "", (
                f"{top}<div>----------------</div><div>Кому: {escape(quoted.to)};</div>"
                f"<div>Тема: {escape(quoted.subject)};</div><div>{escape(attr)}</div>"
                f"<blockquote>{lines(quoted.text, 'p')}</blockquote>"
                "<div>\xa0</div><div>Отправлено из мобильной Яндекс Почты</div>"
            )
        return (
            "",
            f"{top}<div>{escape(attr)}</div><blockquote>{lines(quoted.text, 'p')}</blockquote>"
            f"{sign}",
        )

    return body


# iPhone puts this before what it quotes.
_ZERO = "\ufeff"
_RU = ("От", "Отправлено", "Кому", "Тема")
_EN = ("From", "Sent", "To", "Subject")


def _outlook(english: bool, web: bool) -> Body:
    """Outlook shows a forwarded mail just like an answered one."""

    def body(text: str, quoted: Quoted | None, forward: bool, writer: str) -> tuple[str, str]:
        top = "".join(f'<p class="MsoNormal">{escape(one)}</p>' for one in text.split("\n"))
        if quoted is None:
            return f"{text}\n", f"<html><body>{top}</body></html>"
        when = dates.outlook_en(quoted.date) if english else dates.outlook_ru(quoted.date)
        who = f"{quoted.name} <{quoted.address}>"
        fields = (who, when, quoted.to, quoted.subject)
        head = [f"{a}: {b}" for a, b in zip(_EN if english else _RU, fields, strict=True)]
        bold = "<br>".join(
            f"<b>{a}:</b> {escape(b)}" for a, b in zip(_EN if english else _RU, fields, strict=True)
        )
        rule = f"{'_' * 32}\n" if web else ""
        mark = (
            '<hr style="display:inline-block;width:98%" tabindex="-1">'
            f'<div id="divRplyFwdMsg" dir="ltr">{bold}</div>'
            if web
            else '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm">'
            f'<p class="MsoNormal">{bold}</p></div>'
        )
        plain = f"{text}\n\n{rule}" + "\n".join(head) + f"\n\n{quoted.text}\n"
        return plain, f"<html><body>{top}{mark}{lines(quoted.text, 'p')}</body></html>"

    return body


def _phone(english: bool, sign: bool = True, html: bool = True) -> Body:
    """iPhone, and Apple Mail without its signature line."""

    def body(text: str, quoted: Quoted | None, forward: bool, writer: str) -> tuple[str, str]:
        said = "Sent from my iPhone" if english else "Отправлено с iPhone"
        plain = f"{text}\n\n{said}\n" if sign else f"{text}\n"
        top = f"{_breaks(text)}<br><br>" + (f'<div dir="ltr">{said}</div>' if sign else "")
        if quoted is None:
            return plain, f"<html><body>{top}</body></html>" if html else ""
        when = dates.apple_en(quoted.date) if english else dates.apple_ru(quoted.date)
        who = f"{quoted.name} <{quoted.address}>"
        if forward:
            begin = "Begin forwarded message:" if english else "Начало переадресованного сообщения:"
            names = ("From", "Date", "To", "Subject") if english else ("От", "Дата", "Кому", "Тема")
            fields = (who, when, quoted.to, quoted.subject)
            head = "\n".join(f"{a}: {b}" for a, b in zip(names, fields, strict=True))
            plain += f"\n{begin}\n\n{marked(f'{head}{chr(10)}{chr(10)}{quoted.text}')}\n"
            rest = f'{begin}<br><br><blockquote type="cite">{_breaks(head)}<br><br>'
            return (
                plain,
                f"<html><body>{top}{rest}{_breaks(quoted.text)}</blockquote>" if html else "",
            )
        attr = f"On {when}, {who} wrote:" if english else f"{when}, {who} написал(а):"
        plain += f"\n{marked(attr)}\n> \n{marked(_ZERO + quoted.text)}\n"
        rest = f'<blockquote type="cite">{escape(attr)}<br><br></blockquote>'
        words = f'<div dir="ltr">{_breaks(_ZERO + quoted.text)}</div>'
        cite = f'<blockquote type="cite">{words}</blockquote>'
        return plain, f'<html><body>{top}<div dir="ltr"><br>{rest}</div>{cite}' if html else ""

    return body


def _thunderbird(english: bool) -> Body:
    def body(text: str, quoted: Quoted | None, forward: bool, writer: str) -> tuple[str, str]:
        if quoted is None:
            return f"{text}\n", ""
        at = quoted.date
        if forward:
            said = "Forwarded Message" if english else "Перенаправленное сообщение"
            names = ("Subject", "Date", "From", "To") if english else ("Тема", "Дата", "От", "Кому")
            fields = (quoted.subject, f"{at:%a, %d %b %Y %H:%M:%S %z}", quoted.sender, quoted.to)
            head = "\n".join(f"{f'{a}:':10}{b}" for a, b in zip(names, fields, strict=True))
            return f"{text}\n\n\n-------- {said} --------\n{head}\n\n{quoted.text}\n", ""
        attr = (
            f"On {at:%d/%m/%Y} {at:%H:%M}, {quoted.name} wrote:"
            if english
            else f"{at:%d.%m.%Y} {at:%H:%M}, {quoted.name} пишет:"
        )
        return f"{text}\n\n{attr}\n{marked(quoted.text)}\n\n", ""

    return body


def _original(sign: str, said: str = "-------- Исходное сообщение --------") -> Body:
    """Android's own programs, Zimbra, old Outlook."""

    def body(text: str, quoted: Quoted | None, forward: bool, writer: str) -> tuple[str, str]:
        plain = f"{text}\n\n\n{sign}\n" if sign else f"{text}\n"
        if quoted is None:
            return plain, ""
        when = f"{quoted.date:%d.%m.%Y  %H:%M}  (GMT+03:00)"
        who = f"{quoted.name} <{quoted.address}>"
        head = f"От: {who} \nДата: {when} \nКому: {quoted.to} \nТема: {quoted.subject} "
        return f"{plain}\n{said}\n{head}\n\n{quoted.text}\n", ""

    return body


def _bat(text: str, quoted: Quoted | None, forward: bool, writer: str) -> tuple[str, str]:
    name, address = parseaddr(writer)
    sign = f"-- \nС уважением,\n {name}                          mailto:{address}\n"
    if quoted is None:
        return f"{text}\n\n{sign}", ""
    if forward:
        return (
            f"{text}\n\n===8<==============Исходное сообщение ===============\n"
            f"От: {quoted.sender}\nДата: {dates.long_ru(quoted.date)}\n\n{quoted.text}\n"
            f"===8<===========Конец исходного сообщения ===========\n\n{sign}"
        ), ""
    when = f"{dates.long_ru(quoted.date)}:12"
    return f"{text}\n\nВы писали {when}:\n\n{marked(quoted.text)}\n\n\n\n{sign}", ""


def _roundcube(text: str, quoted: Quoted | None, forward: bool, writer: str) -> tuple[str, str]:
    if quoted is None:
        return f"{text}\n", ""
    if forward:
        head = f"Тема: {quoted.subject}\nДата: {dates.dotted(quoted.date)}\nОт: {quoted.sender}\n"
        return f"{text}\n\n-------- Исходное сообщение --------\n{head}\n{quoted.text}\n", ""
    at = f"{quoted.date:%Y-%m-%d %H:%M}"
    return f"{quoted.name} писал(а) {at}:\n{marked(quoted.text)}\n\n{text}\n", ""


STYLES: dict[str, Style] = {
    "mail_ru": Style(body=_mail_ru, headers={"X-Mailer": "Mail.Ru Mailer 1.0"}, base64=True),
    "yandex": Style(body=_yandex(False), headers={"X-Mailer": "Yamail"}, base64=True),
    "yandex_new": Style(body=_yandex(True), headers={"X-Mailer": "Yamail"}),
    "gmail_ru": Style(body=_gmail(False), base64=True),
    "gmail_en": Style(body=_gmail(True)),
    "outlook_ru": Style(body=_outlook(False, False), reply="RE:", forward="FW:"),
    "outlook_en": Style(body=_outlook(True, False), reply="RE:", forward="FW:"),
    "outlook_web_ru": Style(body=_outlook(False, True), reply="Ответ:", forward="Пересылка:"),
    "outlook_web_en": Style(body=_outlook(True, True), reply="Re:", forward="Fw:"),
    "iphone_ru": Style(body=_phone(False), headers={"X-Mailer": "iPhone Mail (20G81)"}),
    "iphone_en": Style(body=_phone(True, html=False)),
    "apple_ru": Style(body=_phone(False, sign=False)),
    "apple_en": Style(body=_phone(True, sign=False, html=False)),
    "thunderbird_ru": Style(body=_thunderbird(False)),
    "thunderbird_en": Style(body=_thunderbird(True)),
    "samsung": Style(body=_original("Отправлено с моего смартфона Samsung Galaxy.")),
    "zimbra": Style(body=_original("", "----- Исходное сообщение -----"), reply="HA:"),
    "outlook_old": Style(body=_original("", "-----Исходное сообщение-----"), reply="RE:"),
    "bat": Style(body=_bat, headers={"X-Mailer": "The Bat! (v9.2) Professional"}, base64=True),
    "roundcube": Style(body=_roundcube),
}
