"""What a driver's error means: the database is away, it refused a value, or something else.

SQLAlchemy wraps the adapter's error, which wraps the driver's; the driver's own decides.
"""

from __future__ import annotations

import sqlite3

import asyncpg
from asyncpg.exceptions import _base as asyncpg_base
from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

_AWAY = (
    OSError,
    TimeoutError,
    PoolTimeout,
    asyncpg_base.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.exceptions.ReadOnlySQLTransactionError,
    asyncpg.exceptions.PostgresSystemError,
)

_SQLITE_AWAY = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
}

_BAD_VALUE = (
    ValueError,
    TypeError,
    OverflowError,
    asyncpg.exceptions.DataError,
    asyncpg.IntegrityConstraintViolationError,
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
)


def is_away(problem: BaseException) -> bool:
    """Whether this error says that the database is not there (and not that it refused what was asked)."""
    if isinstance(problem, DBAPIError) and problem.connection_invalidated:
        return True
    root = _root(problem)
    if isinstance(root, sqlite3.Error):
        return (getattr(root, "sqlite_errorcode", 0) & 0xFF) in _SQLITE_AWAY
    return isinstance(root, _AWAY) and not isinstance(root, ValueError)


def is_databases(problem: BaseException) -> bool:
    """Whether the database, not our own code and not a value of ours, is the reason: trying again may help."""
    if isinstance(_root(problem), _BAD_VALUE):
        return False
    return is_away(problem) or isinstance(problem, SQLAlchemyError | asyncpg_base.PostgresError | sqlite3.Error)


def first_line(problem: BaseException) -> str:
    """The driver's own words, one line of them."""
    if isinstance(problem, StatementError) and problem.orig is not None:
        problem = problem.orig
    said = str(problem).strip().partition("\n")[0]
    return said.rpartition(">: ")[2] or type(problem).__name__


def _root(problem: BaseException) -> BaseException:
    if isinstance(problem, StatementError) and problem.orig is not None:
        problem = problem.orig
        return problem.__cause__ or problem
    return problem
