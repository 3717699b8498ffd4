"""Gaps over the API: what supervisors read of a time in which nobody listened."""

from __future__ import annotations

from agent_ui.http.routes import PREFIX
from routing.witness import Difference
from tests.agent_ui.test_api import Site, site
from tests.crm_store.story import at

__all__ = ["site"]

HOSTILE = "<script>alert(1)</script>"


async def test_a_supervisor_reads_why_from_when_and_what_came_of_it(site: Site) -> None:
    differences = (
        Difference("end", "main-b-1", "its end was made good", True),
        Difference("open", "1.2", "still up", False),
    )
    for n in range(3):
        await site.store.gaps.add(
            "main", at(n * 100), at(n * 100 + 60), HOSTILE, at(900), ("cdr", "queue_log"), (), 4,
            differences,
        )  # fmt: skip
    token = await site.token("supervisor")
    status, said = await site.ask("GET", f"{PREFIX}/gaps?limit=2", token)
    assert status == 200
    newest = said["items"][0]
    assert (newest["from"], newest["to"], newest["why"]) == (_text(200), _text(260), HOSTILE)
    assert (newest["witnessed"], newest["repaired"], newest["unexplained"]) == (4, 1, 1)
    assert newest["differences"][0] == {"kind": "open", "call": "1.2", "text": "still up", "repaired": False}
    status, rest = await site.ask("GET", f"{PREFIX}/gaps?limit=2&cursor={said['next']}", token)
    assert (status, [one["from"] for one in rest["items"]], rest["next"]) == (200, [_text(0)], None)


async def test_others_and_nonsense_are_refused(site: Site) -> None:
    assert (await site.ask("GET", f"{PREFIX}/gaps"))[0] == 401
    assert (await site.ask("GET", f"{PREFIX}/gaps", await site.token("agent")))[0] == 403
    token = await site.token("supervisor")
    for wrong in ("cursor=1'--", "limit=0", "limit=9999999", "limit=x"):
        status, said = await site.ask("GET", f"{PREFIX}/gaps?{wrong}", token)
        assert (status, bool(said["detail"])) == (422, True), wrong


def _text(seconds: float) -> str:
    return at(seconds).isoformat().replace("+00:00", "Z")
