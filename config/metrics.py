"""The journal's and the panels' figures for Prometheus, beside those of the engines (``cti.gauges``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from agent_ui.board import Board
from agent_ui.webhooks.delivering import Delivery
from crm_store.journal import Journal
from routing.story import Call


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


class BoardCollector(Collector):
    """What panels show now, from the same live picture; where no panels are served there is none."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def collect(self) -> Iterator[Metric]:
        calls = GaugeMetricFamily("helin_calls", "Calls that are up", labels=["asterisk", "direction"])
        for (asterisk, direction), count in Counter(
            _of_call(call) for call in self._board.picture.calls.values()
        ).items():
            calls.add_metric([asterisk, direction], count)
        agents = GaugeMetricFamily("helin_agents", "Agents by state; who talks stays ready", labels=["state", "leg"])
        for (state, leg), count in Counter((one.state, one.leg) for one in self._board.agents()).items():
            agents.add_metric([state, leg], count)
        waiting = GaugeMetricFamily("helin_queue_waiting", "Callers who wait", labels=["queue"])
        written = GaugeMetricFamily("helin_queue_written", "Mails, forms and other requests", labels=["queue"])
        oldest = GaugeMetricFamily("helin_queue_oldest_wait_seconds", "Of who waits longest", labels=["queue"])
        target = GaugeMetricFamily("helin_queue_target_seconds", "Within which to answer", labels=["queue"])
        now = datetime.now(UTC)
        for name in self._board.queue_names():
            queue = self._board.queue(name)
            since = queue.oldest_queued_at
            waiting.add_metric([name], queue.waiting)
            written.add_metric([name], queue.written)
            oldest.add_metric([name], 0.0 if since is None else max(0.0, (now - since).total_seconds()))
            target.add_metric([name], queue.target_seconds)
        yield from (calls, agents, waiting, written, oldest, target)


def _of_call(call: Call) -> tuple[str, str]:
    return call.asterisk, call.direction


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
