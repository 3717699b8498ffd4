"""The store on a real PostgreSQL: every test of ``tests/crm_store`` that asks a database, once more; and webhooks."""

from __future__ import annotations

import pytest

from tests.agent_ui.test_webhooks import (
    test_a_receiver_that_is_away_gets_all_of_it_later_and_keeps_nobody_waiting,
    test_an_event_that_is_refused_for_good_is_put_aside_and_can_be_told_again,
    test_killed_in_the_middle_it_tells_some_again_and_leaves_out_none,
    test_two_processes_do_not_deliver_the_same,
    test_what_happens_to_a_call_is_told_signed_and_in_order,
)
from tests.crm_store.test_answers import *  # noqa: F403
from tests.crm_store.test_articles import *  # noqa: F403
from tests.crm_store.test_attempt_records import *  # noqa: F403
from tests.crm_store.test_attempts import *  # noqa: F403
from tests.crm_store.test_calendars import *  # noqa: F403
from tests.crm_store.test_callbacks import *  # noqa: F403
from tests.crm_store.test_calls import *  # noqa: F403
from tests.crm_store.test_campaigns import *  # noqa: F403
from tests.crm_store.test_captures import *  # noqa: F403
from tests.crm_store.test_contacts import *  # noqa: F403
from tests.crm_store.test_demo import *  # noqa: F403
from tests.crm_store.test_exporting import *  # noqa: F403
from tests.crm_store.test_gaps import *  # noqa: F403
from tests.crm_store.test_importing import *  # noqa: F403
from tests.crm_store.test_journal import *  # noqa: F403
from tests.crm_store.test_lawfulness import *  # noqa: F403
from tests.crm_store.test_lead_import import *  # noqa: F403
from tests.crm_store.test_leads import *  # noqa: F403
from tests.crm_store.test_lookup import *  # noqa: F403
from tests.crm_store.test_lost_callers import *  # noqa: F403
from tests.crm_store.test_past_days import *  # noqa: F403
from tests.crm_store.test_planning import *  # noqa: F403
from tests.crm_store.test_queue_alarms import *  # noqa: F403
from tests.crm_store.test_recorded_figures import *  # noqa: F403
from tests.crm_store.test_recordings import *  # noqa: F403
from tests.crm_store.test_requests import *  # noqa: F403
from tests.crm_store.test_rollups import *  # noqa: F403
from tests.crm_store.test_service_levels import *  # noqa: F403
from tests.crm_store.test_sharing_out import *  # noqa: F403
from tests.crm_store.test_suppressions import *  # noqa: F403
from tests.crm_store.test_tiers import *  # noqa: F403
from tests.crm_store.test_todays_calls import *  # noqa: F403
from tests.crm_store.test_users import *  # noqa: F403
from tests.crm_store.test_work import *  # noqa: F403
from tests.crm_store.test_wrap_ups import *  # noqa: F403

__all__ = [
    "test_a_receiver_that_is_away_gets_all_of_it_later_and_keeps_nobody_waiting",
    "test_an_event_that_is_refused_for_good_is_put_aside_and_can_be_told_again",
    "test_killed_in_the_middle_it_tells_some_again_and_leaves_out_none",
    "test_two_processes_do_not_deliver_the_same",
    "test_what_happens_to_a_call_is_told_signed_and_in_order",
]


@pytest.fixture
def database_url(postgres_url: str) -> str:
    return postgres_url
