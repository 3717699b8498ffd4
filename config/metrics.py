"""The journal's and the panels' figures for Prometheus, beside those of the engines (``cti.gauges``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from agent_ui.webhooks.delivering import Delivery
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


class WebhookCollector(Collector):
    """What this process tells to other programs. Labels: the webhooks' names, at most fifty."""

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery

    def collect(self) -> Iterator[Metric]:
        label = ["webhook"]
        told = CounterMetricFamily("helin_webhook_events_delivered", "Events that receivers took", labels=label)
        failed = CounterMetricFamily("helin_webhook_tries_failed", "Tries that did not get through", labels=label)
        aside = CounterMetricFamily("helin_webhook_events_put_aside", "Events refused for good", labels=label)
        away = GaugeMetricFamily("helin_webhook_away", "1 while the receiver cannot be reached", labels=label)
        lag = GaugeMetricFamily("helin_webhook_lag_seconds", "Age of the oldest event that is not told", labels=label)
        now = datetime.now(UTC)
        for name, counts in list(self._delivery.counts.items()):
            told.add_metric([name], counts.delivered)
            failed.add_metric([name], counts.tries_failed)
            aside.add_metric([name], counts.put_aside)
            away.add_metric([name], float(counts.away))
            late = 0.0 if counts.oldest is None else max(0.0, (now - counts.oldest).total_seconds())
            lag.add_metric([name], late)
        yield from (told, failed, aside, away, lag)
