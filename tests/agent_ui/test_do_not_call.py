"""The list of numbers that must not be dialled."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

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


async def test_one_number_more_and_less_on_a_list(site: Site, tmp_path: Path) -> None:
    agent, chief, store = await site.token("agent"), await site.token("supervisor"), site.store
    (tmp_path / "list").write_text("+37255501000\n")
    await store.suppressions.import_list(tmp_path / "list", "ee", date(2026, 11, 20), "boss", datetime.now(UTC))
    campaign = await add_campaign(store)
    (had,) = (await site.ask("GET", f"{PREFIX}/do-not-call/lists", agent))[1]["items"]
    path = f"{PREFIX}/do-not-call/lists/ee/%2B37255501001"
    assert (await site.ask("PUT", path, agent))[0] == 403
    for _ in range(2):
        assert (await site.ask("PUT", f"{path}?reason=by+letter", chief))[0] == 204
    assert set(await store.suppressions.against(["+37255501001"], campaign)) == {"+37255501001"}
    (has,) = (await site.ask("GET", f"{PREFIX}/do-not-call/lists", agent))[1]["items"]
    assert (has["numbers"], has["as_of"], has["version"] == had["version"]) == (2, had["as_of"], False)
    assert (await site.ask("DELETE", path, chief))[0] == 204
    assert (await site.ask("DELETE", path, chief))[0] == 404
    assert (await site.ask("PUT", path.replace("/ee/", "/none/"), chief))[0] == 404
    assert await store.suppressions.against(["+37255501001"], campaign) == {}
    deeds = [(deed.what, deed.detail["reason"]) for deed in (await store.audit.page()).items[:2]]
    assert deeds == [("removed", ""), ("added", "by letter")]


async def test_whoever_objected_is_removed_and_not_called(site: Site) -> None:
    chief = await site.token("supervisor")
    mari = await site.store.contacts.add({"name": "Mari", "numbers": ["55501000", "55501001"]})
    jaan = await site.store.contacts.add({"name": "Jaan", "numbers": ["55501002"]})
    assert (await site.ask("DELETE", f"{PREFIX}/contacts/{mari.id}?objected=true", chief))[0] == 204
    assert (await site.ask("DELETE", f"{PREFIX}/contacts/{jaan.id}", chief))[0] == 204
    kept = {one.number: one.scope for one in (await site.store.do_not_call.page()).items}
    assert kept == {"+37255501000": "marketing", "+37255501001": "marketing"}
    assert await site.store.contacts.get(mari.id) is None
