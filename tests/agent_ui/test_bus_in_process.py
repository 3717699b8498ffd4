"""The bus of one process under the suite of all buses, and what only it promises."""

from __future__ import annotations

import pytest

from agent_ui.bus.in_process import InProcessBus
from agent_ui.bus.port import Bus
from routing.facts import Recorded
from tests.agent_ui.bus_suite import BusSuite, Joined, Node, facts_of, joined

__all__ = ["joined"]


@pytest.fixture
def bus() -> Bus:
    return InProcessBus()


class TestInProcess(BusSuite):
    async def test_a_fact_is_heard_when_publish_returns(self, joined: Joined) -> None:
        desk, end = await joined.engine()
        node = await joined.node()
        desk.publish(end, facts_of("s1", 3))
        assert len(node.facts) == 3

    async def test_a_node_that_fails_does_not_harm_the_engine_or_other_nodes(self, joined: Joined) -> None:
        class Deaf(Node):
            def heard(self, engine: str, recorded: Recorded) -> None:
                raise RuntimeError("deaf")

        desk, end = await joined.engine()
        deaf = Deaf(joined.bus.web(("main",)))
        await joined.stack.enter_async_context(deaf.end.listen(deaf))
        node = await joined.node()
        desk.publish(end, facts_of("s1", 3))
        assert len(node.facts) == 3
