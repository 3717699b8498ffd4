"""Webhooks over the API and the apply file: set, never showing a secret again, refused in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent_ui.http.routes import PREFIX
from config.apply import apply, read_plan
from config.webhooks import findings, replay, table
from crm_store.errors import Refused
from crm_store.store import Store
from tests.agent_ui.test_api import Site, site

__all__ = ["site"]

FILE = """
[[webhooks]]
name = "shop"
url = "https://shop.example/helin"
secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
events = ["call", "agent.changed"]
"""


async def test_an_administrator_sets_a_webhook_and_sees_its_secret_once(site: Site) -> None:
    token, at = await site.token("admin"), f"{PREFIX}/webhooks"
    fields = {"name": "shop", "url": "https://shop.example/helin", "events": ["call"]}
    status, made = await site.ask("POST", at, token, json=fields)
    assert (status, made["secret"].startswith("whsec_"), made["state"]) == (201, True, "on")
    assert (await site.ask("POST", at, token, json=fields))[0] == 409
    _, listed = await site.ask("GET", at, token)
    assert "secret" not in listed["items"][0]
    status, changed = await site.ask("PATCH", f"{at}/shop", token, json={"active": False})
    assert (status, changed["state"], changed["url"]) == (200, "off", fields["url"])
    when = {"from": "2026-11-27T08:00:00Z", "to": "2026-11-27T12:00:00+02:00"}
    status, again = await site.ask("POST", f"{at}/shop/replay", token, json=when)
    assert (status, again["replaying"]) == (202, True)
    when["to"] = when["from"]
    assert (await site.ask("POST", f"{at}/shop/replay", token, json=when))[0] == 422
    assert (await site.ask("PATCH", f"{at}/other", token, json={"active": False}))[0] == 404
    for wrong in ({"url": "file:///etc/passwd"}, {"events": ["everything"]}, {"secret": "short"}):
        status, said = await site.ask("PATCH", f"{at}/shop", token, json=wrong)
        assert (status, said["title"]) == (422, "Refused"), wrong
    deeds = [deed for deed in (await site.store.audit.page()).items if deed.subject == "webhook:shop"]
    assert [deed.what for deed in deeds] == ["replay", "change", "add"]
    assert made["secret"] not in str(deeds)
    assert (await site.ask("DELETE", f"{at}/shop", token))[0] == 204


async def test_the_apply_file_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "helin.toml"
    file.write_text(FILE)
    steps = [step async for step in apply(store, read_plan(file))]
    assert [(step.kind, bool(step.changed)) for step in steps] == [("webhook", True)]
    assert [step.changed async for step in apply(store, read_plan(file))] == [()]
    file.write_text(FILE.replace("whsec_M", "M"))
    with pytest.raises(Refused, match="webhook shop: secret must be"):
        [step async for step in apply(store, read_plan(file))]
    await replay(store, "shop", "2026-11-27", "2026-11-28T08:00", "Europe/Tallinn")
    every = await store.webhooks.all()
    assert [finding.level for finding in findings(every)] == ["ok"]
    assert table(every).row_count == 1
