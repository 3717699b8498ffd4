"""Knowledge and dispositions: found as one types, in both databases alike; written as a whole, or refused."""

from __future__ import annotations

import pytest

from crm_store.articles import ArticleFilter
from crm_store.dispositions import Disposition
from crm_store.errors import Conflict, Refused
from crm_store.store import Store

ROUTER = {
    "section": "Internet",
    "title": "Ruuteri taaskäivitamine",
    "body": "Võta toide seinast, oota.",
    "language": "et",
}
BILL = {"section": "Arved", "title": "Miks on arve teine?", "body": "Ruuter on arvel eraldi.", "language": "et"}
RUSSIAN = {"section": "Интернет", "title": "Перезапуск роутера", "body": "Отключите, подождите.", "language": "ru"}
ANSWER = {
    "section": "Answers", "title": "Sorry", "body": "We're sorry: it's 5 o'clock (\"late\").", "language": "en",
    "kind": "answer",
}  # fmt: skip


async def titles(store: Store, q: str, **want: str) -> list[str]:
    return [one.title for one in await store.articles.search(q, ArticleFilter(**want))]


async def test_found_by_beginnings_of_words_the_title_first(store: Store) -> None:
    for fields in (BILL, ROUTER, RUSSIAN, ANSWER):
        await store.articles.add("anna", fields)
    assert await titles(store, "ruut") == [ROUTER["title"], BILL["title"]]
    assert await titles(store, "VOTA se") == [ROUTER["title"]]
    assert await titles(store, "taaskaiv ru") == [ROUTER["title"]]
    assert await titles(store, "роут перез") == [RUSSIAN["title"]]
    assert await titles(store, "o'clock late") == ["Sorry"]
    assert await titles(store, "ruut", language="ru") == []
    assert await titles(store, "sorry", kind="answer") == ["Sorry"]
    for strange in ("", "*", '"', "uuter", "NOT OR AND", "a:b & !c | (d)", "\0", "x" * 500, "' OR 1=1 --"):
        assert await titles(store, strange) == []


async def test_search_follows_what_is_changed_and_removed(store: Store) -> None:
    made = await store.articles.add("anna", ROUTER)
    changed = await store.articles.change(made.id, "bert", {"title": "Modem", "body": "Uus tekst."})
    assert changed is not None
    assert (changed.title, changed.section, changed.changed_by) == ("Modem", "Internet", "bert")
    assert (await titles(store, "ruut"), await titles(store, "tekst mod")) == ([], ["Modem"])
    assert await store.articles.remove(made.id)
    assert not await store.articles.remove(made.id)
    assert await titles(store, "modem") == []
    assert await store.articles.change(made.id, "bert", {"title": "x"}) is None


async def test_a_title_is_there_once_in_a_language(store: Store) -> None:
    made = await store.articles.add("anna", ROUTER)
    with pytest.raises(Conflict):
        await store.articles.add("anna", ROUTER)
    await store.articles.add("anna", {**ROUTER, "language": "en"})
    with pytest.raises(Conflict):
        await store.articles.change(made.id, "anna", {"language": "en"})
    for bad in ({"title": ""}, {"kind": "odd"}, {"language": "xx"}, {"body": "x" * 50_001}):
        with pytest.raises(Refused):
            await store.articles.add("anna", {**RUSSIAN, **bad})
    assert await store.articles.put("helin apply", ROUTER) == ()
    assert await store.articles.put("helin apply", {**ROUTER, "body": "Other"}) == ("body",)
    assert set(await store.articles.put("helin apply", RUSSIAN)) == {*RUSSIAN, "kind"}


async def test_all_of_them_page_by_page(store: Store) -> None:
    for n in range(5):
        await store.articles.add("anna", {**ROUTER, "title": f"T{n}", "section": "AB"[n % 2]})
    found: list[str] = []
    page = await store.articles.page(ArticleFilter(), limit=2)
    while True:
        found += [one.title for one in page.items]
        if page.next is None:
            break
        page = await store.articles.page(ArticleFilter(), page.next, limit=2)
    assert found == ["T0", "T2", "T4", "T1", "T3"]
    assert [one.title for one in (await store.articles.page(ArticleFilter(section="B"))).items] == ["T1", "T3"]


async def test_use_and_votes_are_counted(store: Store) -> None:
    made = await store.articles.add("anna", {**ROUTER, "body": "x" * 400})
    assert await store.articles.count_use(made.id)
    assert await store.articles.count_use(made.id)
    assert not await store.articles.count_use("99")
    for who, yes in (("anna", True), ("anna", True), ("bert", True), ("anna", False)):
        voted = await store.articles.vote(made.id, who, yes)
    assert voted is not None
    assert (voted.used, voted.helpful, voted.not_helpful, len(voted.body)) == (2, 1, 1, 400)
    assert await store.articles.vote("99", "anna", True) is None
    assert len((await store.articles.search("ruut", ArticleFilter()))[0].excerpt) == 300


LABELS = {"en": "Label"}


async def test_the_tree_is_written_as_a_whole(store: Store) -> None:
    seeded = await store.dispositions.all()
    assert [one.key for one in seeded][:2] == ["resolved", "follow_up"]
    assert seeded[0].labels == {"et": "Lahendatud", "en": "Resolved", "ru": "Решено"}
    tree = (
        Disposition("sold", LABELS, "sale", parent="reached", position=2, queues=("sales",), next="task"),
        Disposition("reached", LABELS, "reached", position=1),
        Disposition("refused", LABELS, "refused", parent="reached", position=1),
        Disposition("gone", LABELS, position=0, active=False),
        Disposition("below", LABELS, parent="gone"),
    )
    await store.dispositions.put_all(tree)
    assert [one.key for one in await store.dispositions.all()] == ["gone", "below", "reached", "refused", "sold"]
    assert [one.key for one in await store.dispositions.of_queue("support")] == ["reached", "refused"]
    assert [one.key for one in await store.dispositions.of_queue("sales")] == ["reached", "refused", "sold"]
    assert (await store.dispositions.all())[4] == tree[0]
    assert await store.dispositions.put([tree[0]]) == {"sold": ()}
    changed = await store.dispositions.put([Disposition("sold", LABELS, "sale"), Disposition("new", LABELS)])
    assert changed["sold"] == ("parent", "queues", "position", "next")
    assert "labels" in changed["new"]


BAD_TREES = (
    (Disposition("a", LABELS, parent="b"),),
    (Disposition("a", LABELS, parent="a"),),
    (Disposition("a", LABELS, parent="b"), Disposition("b", LABELS, parent="a")),
    (Disposition("a", LABELS), Disposition("a", LABELS)),
    (Disposition("A b", LABELS),),
    (Disposition("a", {}),),
    (Disposition("a", {"xx": "Label"}),),
    (Disposition("a", {"en": " "}),),
    (Disposition("a", LABELS, "odd"),),  # type: ignore[arg-type]
    (Disposition("a", LABELS, position=-1),),
)


@pytest.mark.parametrize("tree", BAD_TREES)
async def test_what_is_no_tree_is_refused_whole(store: Store, tree: tuple[Disposition, ...]) -> None:
    before = await store.dispositions.all()
    with pytest.raises(Refused):
        await store.dispositions.put_all(tree)
    assert await store.dispositions.all() == before
