"""How long an answer is, before it is sent."""

from __future__ import annotations

from hub.ports.channel import Capabilities
from hub.services.lengths import Length, counted

SMS = Capabilities(max_text=1530, segments="sms", max_segments=10)


def test_who_does_not_count_says_nothing() -> None:
    assert counted(Capabilities(max_text=4096), "Привет") is None


def test_two_full_parts() -> None:
    assert counted(SMS, "ы" * 134) == Length(parts=2, most=10, used=134, room=134)


def test_what_the_channel_will_refuse_is_known() -> None:
    assert not counted(SMS, "ы" * 670).too_long  # type: ignore[union-attr]
    assert counted(SMS, "ы" * 671).too_long  # type: ignore[union-attr]


def test_what_goes_in_latin_letters_is_measured_so() -> None:
    length = counted(Capabilities(max_text=1, segments="sms", max_segments=10, latin=True), "Щука")
    assert length == Length(parts=1, most=10, used=6, room=160, goes="Schuka")
