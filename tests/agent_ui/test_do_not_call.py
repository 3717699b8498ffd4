"""The list of numbers that must not be dialled."""

from __future__ import annotations

from agent_ui.http.routes import PREFIX
from tests.agent_ui.test_api import Site, site
from tests.crm_store.campaign_rows import add_campaign

__all__ = ["site"]

WISH = {"number": "5550 1000", "reason": "said so on the phone"}


async def test_a_number_goes_on_the_list_once_and_only_a_supervisor_takes_it_off(site: Site) -> None:
    agent, chief = await site.token("agent"), await site.token("supervisor")
    status, kept = await site.ask("POST", f"{PREFIX}/do-not-call", agent, json=WISH)
    assert (status, kept["number"], kept["scope"], kept["by"]) == (201, "+37255501000", "all", "agent")
    again = await site.ask("POST", f"{PREFIX}/do-not-call", chief, json=WISH)
    assert again == (200, kept)
    status, bad = await site.ask("POST", f"{PREFIX}/do-not-call", agent, json={"number": "nobody"})
    assert (status, bad["detail"]) == (422, "'nobody' is not a telephone number")
    await site.ask("POST", f"{PREFIX}/do-not-call", agent, json={**WISH, "scope": "marketing"})
    _, first = await site.ask("GET", f"{PREFIX}/do-not-call?limit=1", agent)
    _, rest = await site.ask("GET", f"{PREFIX}/do-not-call?limit=1&cursor={first['next']}", agent)
    assert [one["scope"] for one in (*first["items"], *rest["items"])] == ["all", "marketing"]
    assert await site.store.do_not_call.scopes_of("+37255501000") == {"all", "marketing"}
    path = f"{PREFIX}/do-not-call/%2B37255501000?scope=all&reason=asked"
    assert (await site.ask("DELETE", path, agent))[0] == 403
    assert (await site.ask("DELETE", path, chief))[0] == 204
    assert (await site.ask("DELETE", path, chief))[0] == 404
    assert await site.store.do_not_call.scopes_of("+37255501000") == {"marketing"}
    deeds = [(deed.who, deed.what) for deed in (await site.store.audit.page()).items]
    assert deeds[0] == ("supervisor", "removed")


async def test_a_number_for_one_campaign(site: Site) -> None:
    agent, chief = await site.token("agent"), await site.token("supervisor")
    campaign = await add_campaign(site.store)
    wish = {**WISH, "campaign": campaign}
    status, kept = await site.ask("POST", f"{PREFIX}/do-not-call", agent, json=wish)
    assert (status, kept["scope"]) == (201, "campaign")
    assert (await site.ask("POST", f"{PREFIX}/do-not-call", agent, json=wish))[0] == 200
    assert (await site.ask("POST", f"{PREFIX}/do-not-call", agent, json={**wish, "campaign": "99"}))[0] == 422
    assert await site.store.suppressions.against(["+37255501000"], campaign)
    path = f"{PREFIX}/do-not-call/%2B37255501000?campaign={campaign}"
    assert (await site.ask("DELETE", path, chief))[0] == 204
    assert (await site.ask("DELETE", path, chief))[0] == 404
