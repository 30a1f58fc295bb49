"""Refusals. Each child of HubError names the text that a person sees, never the text itself."""

from __future__ import annotations


class HubError(Exception):
    """Something a person or a program asked for is refused.

    `key` names the text in templates/errors (one place per surface speaks it), `params` fill it,
    `status` is the HTTP status a surface answers with.
    """

    key = "refused"
    status = 409

    def __init__(self, **params: object) -> None:
        super().__init__(self.key)
        self.params = params


class NotFound(HubError):
    """`what` (case, contact, file, staff, message …) with this id is not there."""

    key = "not_found"
    status = 404


class Forbidden(HubError):
    """The rights table says no to `action`."""

    key = "forbidden"
    status = 403


class Invalid(HubError):
    """`field` is missing or wrong; `reason` is a short text key (required, too_long, unknown …)."""

    key = "invalid"
    status = 422


class StaleVersion(HubError):
    """The case changed after the caller looked: `expected` against `actual`."""

    key = "stale"
    status = 412


class AlreadyTaken(HubError):
    """Somebody else works on the case already: `operator` is their short name."""

    key = "already_taken"


class WrongState(HubError):
    """`action` is not possible while the case is `status`."""

    key = "wrong_state"


class CaseClosed(WrongState):
    """Case `number` is closed; reopen it first."""

    key = "case_closed"


class NoAddress(HubError):
    """The contact has no identity an answer could go to (`number`)."""

    key = "no_address"


class Undeliverable(HubError):
    """`channel` cannot carry this: `reason` is a text key (too_long, files, file_size)."""

    key = "undeliverable"
    status = 422


class NotDialled(HubError):
    """The exchange did not carry out a command: `reason` is a text key (no_exchange, no_extension,
    refused, network …)."""

    key = "not_dialled"
    status = 422


class LoginTaken(HubError):
    """A person with this `login` is there already."""

    key = "login_taken"


class LinkExpired(HubError):
    """A one-time link was used already or is too old."""

    key = "link_expired"


class TooManyTries(HubError):
    """Guessing is slowed; `after` seconds to wait."""

    key = "too_many_tries"
    status = 429


class TooLarge(HubError):
    """More than `limit` bytes."""

    key = "too_large"
    status = 413


class Conflict(HubError):
    """The same key came with other content."""

    key = "conflict"


class MergeCircle(HubError):
    """A merge would lead back to itself."""

    key = "merge_circle"


class StoreDown(HubError):
    """The store did not confirm; nothing was promised, ask again."""

    key = "store_down"
    status = 503
