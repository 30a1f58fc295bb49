"""The keys of a channel account, and which of them its channel never looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hub.settings import ChannelAccount


class Options(Mapping[str, object]):
    """Secrets in plain. A key that nobody reads is a slip of the pen, or means nothing here."""

    def __init__(self, account: ChannelAccount) -> None:
        self._held = {key: account.get(key) for key in account.options}
        self._read: set[str] = set()

    def __getitem__(self, key: str) -> object:
        self._read.add(key)
        return self._held[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    @property
    def unread(self) -> list[str]:
        """Keys without effect, in the order written."""
        return [key for key in self._held if key not in self._read]
