"""What the tests against real programs share; each part's fixtures are in a module of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from config.asterisk_folder.instance import Instance
from tests.real.asterisk import Shop, asterisk, asterisk_home, shop
from tests.real.browser import browser
from tests.real.databases import database_url, postgres, postgres_url, sqlite_template, sqlite_url, store

__all__ = [
    "asterisk",
    "asterisk_home",
    "browser",
    "database_url",
    "postgres",
    "postgres_url",
    "shop",
    "sqlite_template",
    "sqlite_url",
    "store",
]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Function) -> Iterator[None]:
    """A failed test shows the end of the log of each Asterisk it used."""
    report = yield
    if report.failed:
        for instance in _asterisks_of(item):
            tail = "\n".join(line[:200] for line in instance.full_log().splitlines()[-40:])
            report.sections.append((f"Asterisk {instance.name}", tail))
    return report


def _asterisks_of(item: pytest.Function) -> set[Instance]:
    found = (value.asterisk if isinstance(value, Shop) else value for value in item.funcargs.values())
    return {value for value in found if isinstance(value, Instance)}
