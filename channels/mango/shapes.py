"""What MANGO OFFICE posts (VPBX API 1.10: «События», sections call, summary, recording).

Numbers stand as text or as whole numbers, whatever the document says; times are Unix seconds.
"""

from __future__ import annotations

import msgspec

Told = int | str | None
"""A value that comes as text in one event and as a number in the next."""


class End(msgspec.Struct):
    """One end of a leg. `number` may be «sip:…»; a member of staff has an `extension`.

    `taken_from_call_id` is the leg that this one continues (a transfer, a route, the second half
    of a click-to-call).
    """

    extension: Told = None
    number: Told = None
    taken_from_call_id: Told = None
    line_number: Told = None
    acd_group: Told = None


class CallState(msgspec.Struct):
    """`events/call`: a leg appeared, was connected, held or disconnected. `seq` counts within the
    leg; `location` is where the caller is: ivr, queue, abonent."""

    entry_id: Told = None
    call_id: Told = None
    seq: Told = None
    timestamp: Told = None
    call_state: str = ""
    location: str = ""
    caller: End = msgspec.field(name="from", default_factory=End)
    callee: End = msgspec.field(name="to", default_factory=End)
    disconnect_reason: Told = None
    command_id: Told = None


class Summary(msgspec.Struct):
    """`events/summary`: the closing account. Nobody talked where `talk_time` is 0, whatever
    `entry_result` says."""

    entry_id: Told = None
    call_direction: Told = None
    caller: End = msgspec.field(name="from", default_factory=End)
    callee: End = msgspec.field(name="to", default_factory=End)
    line_number: Told = None
    create_time: Told = None
    talk_time: Told = None
    end_time: Told = None
    disconnect_reason: Told = None


class RecordingState(msgspec.Struct):
    """`events/recording`, and `events/record/added` (no state: it is there)."""

    entry_id: Told = None
    recording_id: Told = None
    recording_state: str = "Completed"
    seq: Told = None
    timestamp: Told = None


class Named(msgspec.Struct):
    """What names an event of any kind."""

    entry_id: Told = None
    call_id: Told = None
    recording_id: Told = None
    recording_state: Told = None
    command_id: Told = None
    request_id: Told = None
    seq: Told = None
    call_state: Told = None
    timestamp: Told = None
    result: Told = None


named = msgspec.json.Decoder(Named)
call_state = msgspec.json.Decoder(CallState)
summary = msgspec.json.Decoder(Summary)
recording_state = msgspec.json.Decoder(RecordingState)


class Result(msgspec.Struct):
    """The answer to a command: 1000 is «done». `balance` is there where it was asked for."""

    result: Told = None
    balance: float | str | None = None


result = msgspec.json.Decoder(Result)
