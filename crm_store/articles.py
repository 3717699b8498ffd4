"""Knowledge: articles and standard answers, found while one types.

Search goes by the beginnings of words, without case and accents, in both databases alike: what is searched and what is
asked for are folded here by the same function, FTS5 and tsvector only find and rank. Nothing is stemmed: Estonian has
fourteen cases, and a beginning finds them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal, get_args

from sqlalchemy import (
    ColumnElement,
    Float,
    Row,
    Select,
    delete,
    func,
    insert,
    literal_column,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.database import Database
from crm_store.errors import Conflict
from crm_store.lists import Check, checked
from crm_store.records import Page, cursor, page_size, place
from crm_store.schema import Key, article_votes, articles
from crm_store.values import key_of, needed_text, upsert
from crm_store.words import fold, words_of

ArticleKind = Literal["article", "answer"]
Language = Literal["et", "en", "ru"]
EXCERPT = 300
MOST_FOUND = 50


@dataclass(frozen=True, slots=True)
class Article:
    """``answer``: short, made to be said or sent as it is. ``used``: how often it was opened for a call."""

    id: str
    section: str
    title: str
    body: str
    kind: ArticleKind
    language: str
    used: int
    helpful: int
    not_helpful: int
    changed_by: str | None
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """An article in a list: ``excerpt`` is how its body begins."""

    id: str
    section: str
    title: str
    excerpt: str
    kind: ArticleKind
    language: str
    used: int
    helpful: int
    not_helpful: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class ArticleFilter:
    language: str | None = None
    kind: str | None = None
    section: str | None = None


_CHECKS: dict[str, Check] = {
    "section": lambda value: needed_text("section", value, 100),
    "title": lambda value: needed_text("title", value, 200),
    "body": lambda value: needed_text("body", value, 50_000),
    "kind": partial(needed_text, "kind", longest=10, among=get_args(ArticleKind)),
    "language": partial(needed_text, "language", longest=8, among=get_args(Language)),
}


class Articles:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def search(self, q: str, want: ArticleFilter, limit: int = 20) -> tuple[FoundArticle, ...]:
        """The best first; () when ``q`` has no word in it."""
        words = words_of(q)
        if not words:
            return ()
        sqlite = self._database.dialect == "sqlite"
        query = _filtered((_in_sqlite if sqlite else _in_postgresql)(words), want)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.limit(min(page_size(limit), MOST_FOUND)))
            return tuple(_found(row) for row in rows)

    async def page(self, want: ArticleFilter, after: str | None = None, limit: int = 50) -> Page[FoundArticle]:
        """All of them, by section and title."""
        size, of = page_size(limit), articles.c
        order = tuple_(of.section, of.title, of.id)
        query = _filtered(select(articles), want).order_by(of.section, of.title, of.id)
        if after:
            query = query.where(order > tuple_(*place(after, str, str, int)))
        async with self._database.reading() as connection:
            rows = (await connection.execute(query.limit(size + 1))).all()
        items = tuple(_found(row) for row in rows[:size])
        last = rows[size - 1] if len(rows) > size else None
        return Page(items, cursor(last.section, last.title, last.id) if last is not None else None)

    async def get(self, id: str) -> Article | None:
        async with self._database.reading() as connection:
            return await _read(connection, articles.c.id == (key_of(id) or 0))

    async def add(self, by: str, fields: Mapping[str, Any]) -> Article:
        """``fields``: section, title, body, language, and kind if it is an answer. Raises Refused, Conflict."""
        async with self._database.writing() as connection:
            return await _put(connection, None, by, {"kind": "article", **fields})

    async def change(self, id: str, by: str, fields: Mapping[str, Any]) -> Article | None:
        """Sets the given fields only; None when there is no such article. Raises Refused, Conflict."""
        async with self._database.writing() as connection:
            had = await _read(connection, articles.c.id == (key_of(id) or 0))
            return await _put(connection, had, by, fields) if had is not None else None

    async def put(self, by: str, fields: Mapping[str, Any]) -> tuple[str, ...]:
        """The article of this language and title is so from now on; the fields that were not so before."""
        values = checked({"kind": "article", **fields}, _CHECKS)
        async with self._database.writing() as connection:
            same = (articles.c.language == values["language"]) & (articles.c.title == values["title"])
            had = await _read(connection, same)
            changed = tuple(name for name, value in values.items() if had is None or getattr(had, name) != value)
            if changed:
                await _put(connection, had, by, values)
            return changed

    async def remove(self, id: str) -> bool:
        async with self._database.writing() as connection:
            gone = await connection.execute(delete(articles).where(articles.c.id == (key_of(id) or 0)))
            return gone.rowcount > 0

    async def count_use(self, id: str) -> bool:
        """False when there is no such article."""
        mine = articles.c.id == (key_of(id) or 0)
        async with self._database.writing() as connection:
            counted = await connection.execute(update(articles).where(mine).values(used=articles.c.used + 1))
            return counted.rowcount > 0

    async def vote(self, id: str, who: str, yes: bool) -> Article | None:
        """One vote a person: a second one replaces the first. None when there is no such article."""
        key = key_of(id) or 0
        async with self._database.writing() as connection:
            lock = select(articles.c.id).where(articles.c.id == key).with_for_update(key_share=True)
            if (await connection.execute(lock)).first() is None:
                return None
            row = {"article_id": key, "who": who, "yes": yes}
            await connection.execute(upsert(connection, article_votes, row, ("article_id", "who")), row)
            counts = {"helpful": _votes(key, True), "not_helpful": _votes(key, False)}
            await connection.execute(update(articles).where(articles.c.id == key).values(**counts))
            return await _read(connection, articles.c.id == key)


def _votes(key: int, yes: bool) -> Any:
    mine = (article_votes.c.article_id == key) & (article_votes.c.yes.is_(yes))
    return select(func.count()).select_from(article_votes).where(mine).scalar_subquery()


def _in_sqlite(words: tuple[str, ...]) -> Select[Any]:
    """A hit in the title is worth ten in the body."""
    asked = " ".join(f'"{word}"*' for word in words)
    hits = text(
        "SELECT rowid AS id, bm25(article_index, 10.0, 1.0) AS rank FROM article_index WHERE article_index MATCH :asked"
    )
    found = hits.bindparams(asked=asked).columns(id=Key, rank=Float()).subquery()
    joined = articles.join(found, found.c.id == articles.c.id)
    return select(articles).select_from(joined).order_by(found.c.rank, articles.c.used.desc(), articles.c.id)


def _in_postgresql(words: tuple[str, ...]) -> Select[Any]:
    asked = func.to_tsquery("simple", " & ".join(f"{word}:*" for word in words))
    rank = func.ts_rank(articles.c.words, asked)
    query = select(articles).where(articles.c.words.op("@@")(asked))
    return query.order_by(rank.desc(), articles.c.used.desc(), articles.c.id)


def _filtered(query: Select[Any], want: ArticleFilter) -> Select[Any]:
    of = articles.c
    for column, value in ((of.language, want.language), (of.kind, want.kind), (of.section, want.section)):
        if value:
            query = query.where(column == value)
    return query


async def _put(connection: AsyncConnection, had: Article | None, by: str, fields: Mapping[str, Any]) -> Article:
    now = datetime.now(UTC)
    values = {**checked(fields, _CHECKS), "changed_by": by, "changed_at": now}
    title = values.get("title", had.title if had is not None else "")
    body = values.get("body", had.body if had is not None else "")
    values["words"] = _index(connection, fold(title), fold(body))
    statement: Any = insert(articles).values(created_at=now, **values)
    if had is not None:
        statement = update(articles).where(articles.c.id == int(had.id)).values(**values)
    try:
        row = (await connection.execute(statement.returning(*_COLUMNS))).one()
    except IntegrityError:
        raise Conflict("title", "there is an article of this title in this language already") from None
    return _article(row)


def _index(connection: AsyncConnection, title: str, body: str) -> Any:
    """What search reads: SQLite's triggers pass the text on, PostgreSQL gets its vector."""
    if connection.dialect.name == "sqlite":
        return f"{title} {body}"
    weighed: tuple[tuple[str, ColumnElement[Any]], ...] = (
        (title, literal_column("'A'")),
        (body, literal_column("'D'")),
    )
    parts = [func.setweight(func.to_tsvector("simple", part), weight) for part, weight in weighed]
    joined: ColumnElement[Any] = parts[0].op("||", return_type=TSVECTOR())(parts[1])
    return joined


_COLUMNS = tuple(column for column in articles.c if column.key != "words")


async def _read(connection: AsyncConnection, where: ColumnElement[bool]) -> Article | None:
    row = (await connection.execute(select(*_COLUMNS).where(where))).first()
    return _article(row) if row is not None else None


def _article(row: Row[Any]) -> Article:
    return Article(
        id=str(row.id),
        section=row.section,
        title=row.title,
        body=row.body,
        kind=row.kind,
        language=row.language,
        used=row.used,
        helpful=row.helpful,
        not_helpful=row.not_helpful,
        changed_by=row.changed_by,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )


def _found(row: Row[Any]) -> FoundArticle:
    return FoundArticle(
        id=str(row.id),
        section=row.section,
        title=row.title,
        excerpt=row.body[:EXCERPT],
        kind=row.kind,
        language=row.language,
        used=row.used,
        helpful=row.helpful,
        not_helpful=row.not_helpful,
        changed_at=row.changed_at,
    )
