"""Adapts a copy of a configuration to its seat: folders, ports, secrets. Everything on 127.0.0.1."""

from __future__ import annotations

import fcntl
import re
import shutil
import socket
import struct
from collections.abc import Mapping
from pathlib import Path

from config.asterisk_folder.conf import Values, value_of, with_values
from config.asterisk_folder.find import Asterisk
from config.asterisk_folder.music import write_hold_music
from config.asterisk_folder.ports import LOOPBACK, Ports
from config.asterisk_folder.seat import Seat

Changes = Mapping[str, Values]
"""By file name: the values in which a copy of a configuration differs from its original (see ``conf.with_values``)."""

# Read at the start; Debian's package ships them, and an empty one says the same without a warning.
EMPTY = (
    "acl.conf", "ccss.conf", "cdr.conf", "cel.conf", "cel_custom.conf", "features.conf", "pjproject.conf",
    "queuerules.conf", "udptl.conf", "websocket_client.conf",
)  # fmt: skip
PHONES = ("1000",)
SIOCGIFADDR = 0x8915


def furnish(seat: Seat, conf: Path, name: str, ports: Ports, secret: str, changes: Changes) -> None:
    """Fills the seat: the configuration adapted, then changed as the caller wants, and hold music."""
    etc = seat.outside / "etc"
    shutil.copytree(conf, etc, dirs_exist_ok=True)
    for file in EMPTY:
        (etc / file).touch()
    (etc / "asterisk.conf").write_text(_asterisk_conf(seat, name))
    for wanted in (_to_this_seat(etc, seat, ports, secret), changes):
        for file, values in wanted.items():
            (etc / file).write_text(with_values((etc / file).read_text(), values))
    write_hold_music(seat.outside / "music")
    seat.give(seat.outside)


def _to_this_seat(etc: Path, seat: Seat, ports: Ports, secret: str) -> Changes:
    """What must differ so that instances do not meet; only values that this configuration has at all."""
    wanted: dict[str, dict[tuple[str, str], str]] = {
        "manager.conf": {
            ("[general]", "port"): str(ports.ami),
            ("[general]", "bindaddr"): LOOPBACK,
            ("[helin]", "secret"): secret,
        },
        "pjsip.conf": {
            ("[transport-udp]", "bind"): f"{LOOPBACK}:{ports.sip}",
            ("[trunk-identify]", "match"): LOOPBACK,
            **{(f"[{phone}](auth)", "password"): secret for phone in PHONES},
        },
        "http.conf": {("[general]", "bindport"): str(ports.http), ("[general]", "bindaddr"): LOOPBACK},
        "rtp.conf": {("[general]", "rtpstart"): str(ports.rtp_start), ("[general]", "rtpend"): str(ports.rtp_end)},
        "musiconhold.conf": {("[helin]", "directory"): str(seat.inside / "music")},
    }
    present = {
        file: {key: value for key, value in values.items() if _has(etc / file, *key)} for file, values in wanted.items()
    }
    if _has_section(etc / "pjsip.conf", "[any](!)"):
        present["pjsip.conf"] |= {
            ("[any](!)", "media_address"): LOOPBACK,
            ("[any](!)", "bind_rtp_to_media_address"): "yes",
        }
    if _has_section(etc / "rtp.conf", "[ice_host_candidates]"):
        present["rtp.conf"] |= {("[ice_host_candidates]", address): LOOPBACK for address in own_addresses()}
    return {file: values for file, values in present.items() if values}


def _has(path: Path, header: str, key: str) -> bool:
    return _has_section(path, header) and value_of(path.read_text(), header, key) is not None


def _has_section(path: Path, header: str) -> bool:
    return path.exists() and re.search(rf"^{re.escape(header)}", path.read_text(), re.MULTILINE) is not None


def _asterisk_conf(seat: Seat, name: str) -> str:
    here = seat.inside
    return f"""[directories]
astetcdir = {here}/etc
astmoddir = {_modules(seat.asterisk)}
astvarlibdir = {here}/lib
astdbdir = {here}/lib
astkeydir = {here}/lib
astdatadir = /usr/share/asterisk
astagidir = {here}/lib
astspooldir = {here}/spool
astrundir = {here}/run
astlogdir = {here}/log
astcachedir = {here}/cache

[options]
verbose = 3
nocolor = yes
systemname = {name}
hideconnect = yes
documentation_language = en_US
"""


def _modules(asterisk: Asterisk) -> str:
    """Where its modules are: under /usr/lib or the architecture's own folder there."""
    for pattern in ("usr/lib/*/asterisk/modules", "usr/lib/asterisk/modules", "usr/lib64/asterisk/modules"):
        for found in asterisk.root.glob(pattern):
            return f"/{found.relative_to(asterisk.root)}"
    return "/usr/lib/asterisk/modules"


def own_addresses() -> list[str]:
    """This machine's addresses but the loopback ones: ICE would offer them, though media is bound to 127.0.0.1."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, interface in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(asking, SIOCGIFADDR, struct.pack("256s", interface.encode()[:15]))
            except OSError:
                continue
            found.append(socket.inet_ntoa(answer[20:24]))
    six = Path("/proc/net/if_inet6")
    if six.exists():
        found += [_ipv6(line.split()[0]) for line in six.read_text().splitlines()]
    return [address for address in found if address not in (LOOPBACK, "::1")]


def _ipv6(digits: str) -> str:
    return socket.inet_ntop(socket.AF_INET6, bytes.fromhex(digits))
