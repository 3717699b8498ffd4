"""Free ports on 127.0.0.1, so that several Asterisks and tests run beside each other."""

from __future__ import annotations

import fcntl
import random
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1"
# Below the kernel's own range for outgoing sockets, so that no client takes one of them by chance.
RTP_FROM, RTP_TO, RTP_BLOCK = 10_000, 32_000, 200


@dataclass(frozen=True, slots=True)
class Ports:
    """What an instance listens on: TCP for AMI and HTTP (WebSocket), UDP for SIP and for RTP (both ends included)."""

    ami: int
    sip: int
    http: int
    rtp_start: int
    rtp_end: int


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port that was free a moment ago, chosen by the kernel."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def ports_of_an_instance(locks: Path) -> Iterator[Ports]:
    """Its ports; the RTP block is kept by a lock in ``locks`` while the context is open (50 calls of two legs)."""
    with _rtp_block(locks) as rtp:
        yield Ports(free_port(), free_port(socket.SOCK_DGRAM), free_port(), rtp, rtp + RTP_BLOCK - 1)


@contextmanager
def _rtp_block(locks: Path) -> Iterator[int]:
    locks.mkdir(parents=True, exist_ok=True)
    blocks = list(range(RTP_FROM, RTP_TO, RTP_BLOCK))
    random.shuffle(blocks)
    for start in blocks:
        with (locks / f"rtp-{start}").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            if _all_free(start):
                yield start
                return
    raise OSError("There are no 200 free UDP ports in a row between 10000 and 32000 for an Asterisk's media.")


def _all_free(start: int) -> bool:
    with ExitStack() as probes:
        for port in range(start, start + RTP_BLOCK):
            probe = probes.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                return False
    return True
