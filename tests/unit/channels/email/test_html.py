"""HTML of strangers can neither act nor ask elsewhere, and reads as text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.email.wire import html

EVIL = [
    "<script>alert(1)</script>x",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>">x</a>',
    "<svg><script>alert(1)</script></svg>",
    "<iframe src=https://e.example></iframe>",
    "<form action=https://e.example><input name=a></form>",
    '<p style="background:url(https://e.example/x)">x</p>',
    '<p style="color:red;background-image:url(//e.example)">x</p>',
    "<link rel=stylesheet href=https://e.example/x.css>",
    "<meta http-equiv=refresh content='0;url=https://e.example'>",
    "<base href=https://e.example>",
    '<table background="https://e.example/x.gif"><tr><td>x</table>',
    "<video src=https://e.example/x poster=https://e.example/y></video>",
    "<style>@import url(https://e.example/x.css);</style>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table>",
    "<a title='</a><img src=x onerror=alert(1)>'>x",
    "<img srcset='https://e.example/x 2x' src='cid:a'>",
    "<img src=' java\nscript:alert(1)'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<p><![CDATA[<img src=x onerror=alert(1)>]]></p>",
]
TAG = re.compile(r"<[a-z][^<>]*>")
ACTS = re.compile(r"\son\w+=|javascript:|\ssrc=\"(?!cid:)|url\(|srcset|background=", re.I)


@pytest.mark.parametrize("markup", EVIL)
def test_nothing_acts_and_nothing_is_fetched(markup: str) -> None:
    shown = html.clean(markup).html
    for tag in TAG.findall(shown):
        assert not ACTS.search(tag), shown
    for name in (
        "script",
        "style",
        "iframe",
        "form",
        "svg",
        "math",
        "link",
        "meta",
        "base",
        "video",
    ):
        assert f"<{name}" not in shown


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*EVIL, '"', "'", "<", ">", "&", "<p>", "</p>", "<!--", "x"])))
def test_not_in_any_mixture_either(pieces: list[str]) -> None:
    for tag in TAG.findall(html.clean("".join(pieces)).html):
        assert not ACTS.search(tag)


def test_remote_pictures_are_marked_and_counted() -> None:
    shown = html.clean(
        '<img src="https://a.example/1.png" alt="one"><IMG SRC=//b.example/2.gif><img src=cid:x@y>'
    )
    assert shown.blocked == 2
    assert shown.html.count("data-remote=") == 2
    assert 'data-remote="https://a.example/1.png"' in shown.html
    assert 'src="cid:x@y"' in shown.html


def test_links_tell_nothing_about_us_and_open_elsewhere() -> None:
    shown = html.clean('<a href="https://e.example/?a=1&b=2">x</a>').html
    assert 'rel="noopener noreferrer nofollow"' in shown
    assert 'target="_blank"' in shown


def test_words_stay() -> None:
    markup = "<h1>Дом</h1><p>2 &lt; 3 &amp;&nbsp;4</p><ul><li>а</li></ul><td>x</td><o:p>y</o:p>"
    shown = html.clean(markup).html
    for words in ("Дом", "2 &lt; 3 &amp;", "а", "x", "y"):
        assert words in shown


def test_text_of_a_page() -> None:
    markup = (
        "<html><head><title>no</title><style>p{}</style></head><body><p>Добрый день!</p>"
        "<p>Нет воды.<br>Совсем.</p><table><tr><td>кв.</td><td>5</td></tr></table>"
        "<blockquote>раньше<blockquote>ещё раньше</blockquote></blockquote><p>конец</p>"
    )
    said = html.plain(markup)
    assert "no" not in said
    lines = [" ".join(line.split()) for line in said.split("\n") if line.strip("> ")]
    assert lines == [
        "Добрый день!", "Нет воды.", "Совсем.", "кв. 5", "> раньше", ">> ещё раньше", "конец",
    ]  # fmt: skip


def test_empty_lines_of_web_mail_programs() -> None:
    assert html.plain("<div>a</div><div>&nbsp;</div><div>b</div><div>c</div>") == "a\n\nb\nc"


def test_no_sign_that_cannot_be_shown() -> None:
    markup = "<p>a&#xD800;&#0;&#1;&#xFFFF;b</p>"
    for said in (html.plain(markup), html.clean(markup).html):
        said.encode()
        assert "\x01" not in said
        assert "\0" not in said


def test_page_too_large_to_lay_out_is_still_text() -> None:
    markup = "<table>" + "<tr><td>вода</td></tr>" * 20_000 + "</table><script>x</script>"
    said = html.plain(markup)
    assert said.count("вода") > 10_000
    assert "<" not in said


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="<>/abp \"'=&;!-\ue0f0\ue0f1\x00я"))
def test_any_text_is_read(markup: str) -> None:
    html.clean(markup)
    html.plain(markup)
