"""Callbacks over HTTP."""

from __future__ import annotations

from agent_ui.http.callbacks import MOST
from agent_ui.http.routes import PREFIX
from tests.agent_ui.test_api import Site, site

__all__ = ["site"]

WISH = {"number": "5550 1000", "queue": "support", "name": "Mari"}


async def test_a_web_page_asks_once_for_a_number_and_not_without_end(site: Site) -> None:
    await site.store.queues.put("support")
    api = await site.token("api")
    status, made = await site.ask("POST", f"{PREFIX}/callbacks", api, json=WISH)
    assert (status, made["number"], made["state"]) == (201, "+37255501000", "waiting")
    assert await site.ask("POST", f"{PREFIX}/callbacks", api, json=WISH) == (200, made)
    for wish, says in (
        ({**WISH, "number": "112"}, "Emergency numbers are dialled at a phone, never from here"),
        ({**WISH, "number": "55501001", "queue": "nosuch"}, "there is no queue 'nosuch'"),
    ):
        status, said = await site.ask("POST", f"{PREFIX}/callbacks", api, json=wish)
        assert (status, said["detail"]) == (422, says)
    for _ in range(MOST):
        status, said = await site.ask("POST", f"{PREFIX}/callbacks", api, json=WISH)
    assert status == 429
    assert "Too many callbacks at once; wait" in said["detail"]
    assert (await site.ask("POST", f"{PREFIX}/callbacks", await site.token("agent"), json=WISH))[0] == 200
