"""What an engine counted, and the same for Prometheus. Labels: the Asterisk's name and AMI's event names, bounded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from cti.engine import Engine


@dataclass(slots=True)
class Gauges:
    """``lag_seconds``: the worst lag of the loop in the last ten seconds or so. The others count since the start."""

    lag_seconds: float = 0.0
    quarantined: int = 0
    reconnects: int = 0
    resyncs: int = 0
    discarded: int = 0
    look_ups_failed: int = 0
    failures: int = 0
    _lags: list[float] = field(default_factory=lambda: [0.0, 0.0])
    _since: float = 0.0

    def note_lag(self, lag: float, now: float) -> None:
        """``now``: monotonic seconds."""
        if now - self._since > 5.0:
            self._lags = [self._lags[1], 0.0]
            self._since = now
        self._lags[1] = max(self._lags[1], lag)
        self.lag_seconds = max(self._lags)


class EngineCollector(Collector):
    """Give it to a registry: ``registry.register(EngineCollector([engine]))``."""

    def __init__(self, engines: Sequence[Engine]) -> None:
        self._engines = engines

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("helin_asterisk_ready", "1 when the link is ready", labels=["asterisk"])
        lag = GaugeMetricFamily("helin_loop_lag_seconds", "Worst lag of the engine's loop lately", labels=["asterisk"])
        depth = GaugeMetricFamily("helin_mailbox_depth", "Messages that wait in the mailbox", labels=["asterisk"])
        events = CounterMetricFamily("helin_ami_events", "AMI events by name", labels=["asterisk", "event", "wanted"])
        counts = CounterMetricFamily("helin_engine", "What the engine counted", labels=["asterisk", "what"])
        for engine in self._engines:
            name = engine.asterisk.name
            up.add_metric([name], float(engine.status.ready))
            lag.add_metric([name], engine.gauges.lag_seconds)
            depth.add_metric([name], engine.depth)
            for what in ("quarantined", "reconnects", "resyncs", "discarded", "look_ups_failed", "failures"):
                counts.add_metric([name, what], getattr(engine.gauges, what))
            for wanted, of in (("yes", engine.counts.wanted), ("no", engine.counts.unwanted)):
                for event, count in list(of.items()):
                    events.add_metric([name, event.decode("utf-8", "replace"), wanted], count)
        yield from (up, lag, depth, events, counts)
