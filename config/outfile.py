"""A file that a command writes: whole or not at all."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from config.errors import HelinError


@contextmanager
def opened_for_writing(name: str) -> Iterator[TextIO]:
    """UTF-8 without translation of line ends. ``-`` is the standard output.

    A file gets the mark that tells a spreadsheet its encoding, and appears under its name only once it is whole.
    Raises HelinError when it cannot be written.
    """
    if name == "-":
        yield from _standard_output()
        return
    path = Path(name)
    making = path.with_name(f".{path.name}.making-{os.getpid()}")
    try:
        with making.open("w", encoding="utf-8-sig", newline="") as out:
            yield out
        making.replace(path)
    except OSError as problem:
        raise HelinError(f"{name} cannot be written: {problem.strerror}") from None
    finally:
        making.unlink(missing_ok=True)


def _standard_output() -> Iterator[TextIO]:
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
    try:
        yield out
        out.flush()
    except BrokenPipeError:
        # Python would complain once more when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise HelinError("the reader of the standard output went away before all was written") from None
    finally:
        out.detach()
