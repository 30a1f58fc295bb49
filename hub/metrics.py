"""What /metrics tells. Labels are accounts, channels and states: never a person, never an id."""

from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
SLOW = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 1800.0)


class Metrics:
    """One registry a process; the hub's services get it through their own small Protocol."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        self._kept = Counter(
            "hub_intake_total",
            "Inputs by outcome: kept, repeat, conflict, forged, too_large, unavailable.",
            ["account", "outcome"],
            registry=registry,
        )
        self._ack = Histogram(
            "hub_intake_ack_seconds",
            "From the first byte of a webhook to its answer.",
            ["account"],
            buckets=FAST,
            registry=registry,
        )
        self._understood = Counter(
            "hub_understood_total",
            "Inbox rows by what became of them: done, quarantined, retry.",
            ["account", "outcome"],
            registry=registry,
        )
        self._handling = Histogram(
            "hub_handling_seconds",
            "From the durable keep to the saved case.",
            ["account"],
            buckets=SLOW,
            registry=registry,
        )
        self._delivered = Counter(
            "hub_deliveries_total",
            "Outgoing messages by state: sent, delivered, read, failed, deferred, uncertain.",
            ["channel", "state"],
            registry=registry,
        )
        self._sending = Histogram(
            "hub_delivery_seconds",
            "From the row becoming due to the provider's word.",
            ["channel"],
            buckets=SLOW,
            registry=registry,
        )
        self._waiting = Gauge(
            "hub_waiting",
            "Rows that wait, by queue: inbox, outbox, quarantine, callbacks, recordings.",
            ["queue"],
            registry=registry,
        )
        self._oldest = Gauge(
            "hub_oldest_seconds",
            "Age of the oldest row that waits, by queue.",
            ["queue"],
            registry=registry,
        )

        # Finding a child by its labels costs more than counting in it.
        self._of_kept = cache(self._kept.labels)
        self._of_ack = cache(self._ack.labels)
        self._of_understood = cache(self._understood.labels)
        self._of_handling = cache(self._handling.labels)

    def kept(self, account: str, outcome: str, seconds: float) -> None:
        """A webhook or a poll brought something; ``seconds`` until the provider was answered."""
        self._of_kept(account, outcome).inc()
        self._of_ack(account).observe(seconds)

    def understood(self, account: str, outcome: str, seconds: float) -> None:
        """An inbox row was dealt with, ``seconds`` after it was kept."""
        self._of_understood(account, outcome).inc()
        self._of_handling(account).observe(seconds)

    def delivered(self, channel: str, state: str, seconds: float) -> None:
        """An outbox row got its answer, ``seconds`` after it was due."""
        self._delivered.labels(channel, state).inc()
        self._sending.labels(channel).observe(seconds)

    def waiting(self, queue: str, rows: int, oldest_seconds: float) -> None:
        self._waiting.labels(queue).set(rows)
        self._oldest.labels(queue).set(oldest_seconds)

    def render(self) -> bytes:
        """The page in Prometheus' text format, served as :data:`CONTENT_TYPE`."""
        return generate_latest(self.registry)
