"""Prints the folder of the Asterisk (``/`` for this machine's own), making one first if need be; progress on stderr."""

from __future__ import annotations

import sys

from config.asterisk_folder.find import NoAsterisk, find_or_make


def main() -> int:
    try:
        found = find_or_make(lambda line: print(line, file=sys.stderr))  # noqa: T201 - a command's own output
    except NoAsterisk as why:
        print(why, file=sys.stderr)  # noqa: T201
        return 1
    print(found.root)  # noqa: T201
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
