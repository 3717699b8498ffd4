"""The store on a real PostgreSQL: every test of ``tests/crm_store`` that asks a database, once more."""

from __future__ import annotations

import pytest

from tests.crm_store.test_articles import *  # noqa: F403
from tests.crm_store.test_attempt_records import *  # noqa: F403
from tests.crm_store.test_calendars import *  # noqa: F403
from tests.crm_store.test_callbacks import *  # noqa: F403
from tests.crm_store.test_calls import *  # noqa: F403
from tests.crm_store.test_campaigns import *  # noqa: F403
from tests.crm_store.test_captures import *  # noqa: F403
from tests.crm_store.test_contacts import *  # noqa: F403
from tests.crm_store.test_demo import *  # noqa: F403
from tests.crm_store.test_exporting import *  # noqa: F403
from tests.crm_store.test_importing import *  # noqa: F403
from tests.crm_store.test_journal import *  # noqa: F403
from tests.crm_store.test_lawfulness import *  # noqa: F403
from tests.crm_store.test_lead_import import *  # noqa: F403
from tests.crm_store.test_leads import *  # noqa: F403
from tests.crm_store.test_lookup import *  # noqa: F403  # noqa: F403
from tests.crm_store.test_past_days import *  # noqa: F403  # noqa: F403
from tests.crm_store.test_planning import *  # noqa: F403
from tests.crm_store.test_requests import *  # noqa: F403  # noqa: F403
from tests.crm_store.test_rollups import *  # noqa: F403
from tests.crm_store.test_service_levels import *  # noqa: F403
from tests.crm_store.test_sharing_out import *  # noqa: F403
from tests.crm_store.test_suppressions import *  # noqa: F403
from tests.crm_store.test_tiers import *  # noqa: F403
from tests.crm_store.test_users import *  # noqa: F403
from tests.crm_store.test_work import *  # noqa: F403
from tests.crm_store.test_wrap_ups import *  # noqa: F403


@pytest.fixture
def database_url(postgres_url: str) -> str:
    return postgres_url
