#!/bin/sh
# Writes the hashed requirement files anew from pyproject.toml, and takes out of the panel's lock what names a host: no
# address gets into any of them.
set -eu
cd "$(dirname "$0")/.."
lock() { .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11 "$@" pyproject.toml; }
lock -o requirements.txt
lock --extra build --extra dev -c requirements.txt -o requirements-dev.txt
printf 'hatchling\nnodejs-wheel-binaries\nuv\n' |
    .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 \
        -c requirements-dev.txt -o requirements-build.txt -
.venv/bin/python - agent_ui/web/package-lock.json <<'END'
import json, pathlib, sys
lock = pathlib.Path(sys.argv[1])
whole = json.loads(lock.read_text())
for package in whole["packages"].values():
    package.pop("funding", None)
lock.write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n")
END
