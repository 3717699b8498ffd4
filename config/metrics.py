"""The journal's and the panels' figures for Prometheus, beside those of the engines (``cti.gauges``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from crm_store.journal import Journal


class ProcessCollector(Collector):
    """``panels``: how many sockets are open here; None where this process serves none."""

    def __init__(self, journal: Journal | None, panels: Callable[[], int]) -> None:
        self._journal = journal
        self._panels = panels

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("helin_panels", "Panels connected to this process", value=self._panels())
        if self._journal is None:
            return
        status = self._journal.status
        yield GaugeMetricFamily("helin_journal_lag_seconds", "Wait of the oldest unwritten fact", status.lag_seconds)
        yield GaugeMetricFamily("helin_spool_bytes", "Bytes of facts that wait in the spool", status.spool_bytes)
        yield GaugeMetricFamily(
            "helin_store_away", "1 while the database is away", float(status.away_since is not None)
        )
        yield CounterMetricFamily("helin_facts_written", "Facts written to the journal", status.written)
        yield CounterMetricFamily("helin_facts_refused", "Facts refused, the spool being full", status.refused)
