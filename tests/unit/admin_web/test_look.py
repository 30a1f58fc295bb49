"""Promises of the look that no eye checks every time: contrast, icons, weight, words."""

from __future__ import annotations

import gzip
import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment

from admin_web.assets_served import STATIC, Assets
from admin_web.jinja import TEMPLATES

WEB = TEMPLATES / "web"
AA = 4.5
FIRST_VISIT_LIMIT = 250 * 1024
PAIRS = [
    ("text", "surface"),
    ("text", "canvas"),
    ("text", "own"),
    ("text", "note"),
    ("muted", "surface"),
    ("muted", "canvas"),
    ("muted", "sunken"),
    ("accent-text", "surface"),
    ("accent-text", "accent-soft"),
    ("accent-text", "own"),
    ("late", "surface"),
    ("late", "late-soft"),
    ("late", "accent-soft"),
    ("soon", "surface"),
    ("soon", "soon-soft"),
    ("soon", "accent-soft"),
    ("good", "surface"),
    ("good", "good-soft"),
    ("note-text", "note"),
    ("on-accent", "accent"),
]


def tokens(theme: int) -> dict[str, str]:
    """The colours of hub.css in the light (0) or dark (1) theme."""
    css = (STATIC / "hub.css").read_text()
    found = {}
    for name, value in re.findall(r"--([\w-]+): ([^;]+);", css):
        both = re.fullmatch(r"light-dark\((#\w{6}), (#\w{6})\)", value)
        if both:
            found[name] = both[theme + 1]
        elif re.fullmatch(r"#\w{6}", value):
            found[name] = value
    return found


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "paper"), PAIRS)
def test_text_can_be_read_in_both_themes(theme: int, ink: str, paper: str) -> None:
    colours = tokens(theme)
    assert contrast(colours[ink], colours[paper]) >= AA


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'id="([\w-]+)"', (STATIC / "vendor/icons.svg").read_text()))
    named = set()
    for path in WEB.rglob("*.j2"):
        text = path.read_text()
        named |= set(re.findall(r'icon\("([a-z0-9-]+)"', text))
        named |= set(re.findall(r'state\("([a-z0-9-]+)"', text))
    words = (WEB / "words.html.j2").read_text()
    icons = words.split("macro channel_icon")[1].split("endmacro")[0]
    named |= set(re.findall(r': "([a-z0-9-]+)"', icons)) | {"plug-connected"}
    assert named
    assert named <= sprite


def test_first_visit_is_light() -> None:
    assets = Assets.read()
    sent = sum(len(one.packed or one.plain) for one in assets.files.values())
    assert sent < FIRST_VISIT_LIMIT


def test_licences_of_what_is_vendored_stand_beside_it() -> None:
    text = (STATIC / "vendor/LICENSES.txt").read_text()
    for package in ("golos-text", "@tabler/core", "@tabler/icons", "htmx.org"):
        assert package in text
    assert "Copyright" in text


def test_nothing_in_a_template_runs_or_paints_inline() -> None:
    for path in WEB.rglob("*.j2"):
        text = path.read_text()
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), path
        assert not re.search(r"<style|\sstyle=|\son\w+=|hx-on|javascript:|\bjs:", text), path


@cache
def asked_by_templates() -> frozenset[str | tuple[str, ...]]:
    env = Environment(extensions=["jinja2.ext.i18n"])
    asked: set[str | tuple[str, ...]] = set()
    for path in WEB.rglob("*.j2"):
        for _, _, said in env.extract_translations(env.parse(path.read_text("utf-8"))):  # type: ignore[attr-defined]
            asked.add(said if isinstance(said, str) else tuple(one for one in said if one))
    return frozenset(asked)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_catalogues_say_everything_that_templates_ask(language: str) -> None:
    asked = asked_by_templates()
    assert asked
    with (TEMPLATES / "locale" / language / "LC_MESSAGES" / "hub.po").open("rb") as file:
        known = {message.id: message.string for message in read_po(file) if message.id}
    if language == "ru":
        asked = frozenset(message for message in asked if isinstance(message, tuple))
    assert asked == set(known)
    for said in known.values():
        assert all(said) if isinstance(said, tuple) else said


def test_compressed_files_are_what_they_were() -> None:
    assets = Assets.read()
    packed = [one for one in assets.files.values() if one.packed]
    assert packed
    assert all(gzip.decompress(one.packed) == one.plain for one in packed)


def test_vendored_files_name_no_registry() -> None:
    lock = Path(STATIC).parent / "assets" / "package-lock.json"
    assert '"resolved"' not in lock.read_text()
