#!/bin/sh
# Writes the hashed requirement files anew from pyproject.toml. No index address gets into them.
set -eu
cd "$(dirname "$0")/.."
lock() { .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11 "$@" pyproject.toml; }
lock -o requirements.txt
lock --extra build --extra dev -c requirements.txt -o requirements-dev.txt
printf 'hatchling\nnodejs-wheel-binaries\nuv\n' |
    .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 \
        -c requirements-dev.txt -o requirements-build.txt -
