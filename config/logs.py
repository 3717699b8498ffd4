"""How Helin logs: in colour on a terminal, one JSON object a line elsewhere. No secret, token or card digit."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

HIDDEN = frozenset({"secret", "password", "token", "ticket", "cookie", "authorization"})


def configure(level: str = "info", form: str = "auto") -> None:
    """Sets structlog up for the process. ``form``: auto (by terminal), console or json. Logs go to stderr."""
    console = form == "console" or (form == "auto" and sys.stderr.isatty())
    renderer: Any = structlog.dev.ConsoleRenderer() if console else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _hide,
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")


def _hide(_: Any, __: str, event: Any) -> Any:
    """What must never be written, whoever passed it."""
    for key in event.keys() & HIDDEN:
        event[key] = "[hidden]"
    return event
