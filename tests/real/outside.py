"""The world outside, as one SIPp: whoever is dialled does what the last digit of the number says.

It notes ``invite:NUMBER`` for each call that reaches it, ``answered:NUMBER``, and then what ended it.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.real.scenarios import (
    CONTACT,
    EMPTY,
    HEAD,
    NEW_TAG,
    NEW_VIA,
    OF_INVITE,
    SAME_DIALOG,
    SDP,
)
from tests.real.sipp import Sipp, write_tone

WAYS = {"5": "busy", "6": "silent", "7": "early", "8": "nobody"}
"""By the last digit; all others answer. early: sound, and then a 480; nobody: 404; silent: rings for ever."""


def number(n: int, does: str) -> str:
    return f"+37255{n:05d}{does}"


def _to(word: str, go: str = "") -> str:
    after = f' next="{go}"' if go else ""
    return f'<nop{after}><action><log message="{word}:[$number] [call_number]"/></action></nop>\n'


def _send(message: str, *, again: bool = False, go: str = "") -> str:
    attributes = (' retrans="500"' if again else "") + (f' next="{go}"' if go else "")
    return f"<send{attributes}>\n<![CDATA[\n{message}\n]]>\n</send>\n"


def _label(name: str) -> str:
    return f'<label id="{name}"/>\n'


def _refuses(label: str, status: str) -> str:
    refusal = _send(f"SIP/2.0 {status}\n{NEW_TAG}{EMPTY}", again=True)
    return _label(label) + refusal + '<recv request="ACK" next="end"/>\n'


def world(sound: str, answer_ms: int, bye_ms: int | None) -> str:
    """``bye_ms``: who answers hangs up so long after; None: never."""
    keep = "".join(
        f'<ereg regexp="{what}" search_in="hdr" header="{header}:" assign_to="{name}"/>'
        for what, header, name in ((".*", "From", "From"), (".*", "To", "To"), ("[+][0-9]+", "To", "number"))
    )
    keep += "".join(
        f'<ereg regexp="[{digit}]@" search_in="hdr" header="To:" check_it="false" assign_to="{does}"/>'
        for digit, does in WAYS.items()
    )
    begin = HEAD
    begin += f'<recv request="INVITE" rrs="true"><action>{keep}</action></recv>\n' + _to("invite")
    begin += "".join(f'<nop next="{does}" test="{does}"/>\n' for does in WAYS.values())
    ring = _send(f"SIP/2.0 180 Ringing\n{NEW_TAG}{CONTACT}{EMPTY}")
    rings = ring + f'<recv request="CANCEL" timeout="{answer_ms}" ontimeout="answer" next="cancelled"/>\n'
    answer = _label("answer") + _to("answered") + _send(f"SIP/2.0 200 OK\n{NEW_TAG}{CONTACT}{SDP}", again=True)
    answer += '<recv request="ACK"/>\n' + f'<nop><action><exec rtp_stream="{sound},-1,0"/></action></nop>\n'
    patience = "" if bye_ms is None else f' timeout="{bye_ms}" ontimeout="hang_up"'
    answer += f'<recv request="BYE"{patience}/>\n' + _to("got_bye")
    answer += _send(f"SIP/2.0 200 OK\n{SAME_DIALOG}{EMPTY}", go="end")
    bye = f"""BYE [next_url] SIP/2.0
{NEW_VIA}From:[$To];tag=[pid]-[call_number]
To:[$From]
[last_Call-ID:]
CSeq: 9 BYE
Max-Forwards: 70
{CONTACT}{EMPTY}"""
    hang_up = _label("hang_up") + _to("said_bye") + _send(bye, again=True) + '<recv response="200" next="end"/>\n'
    silent = _label("silent") + ring + '<recv request="CANCEL"/>\n' + _label("cancelled")
    silent += _send(f"SIP/2.0 200 OK\n{NEW_TAG}{EMPTY}") + _to("cancelled")
    silent += _send(f"SIP/2.0 487 Request Terminated\n{OF_INVITE}{EMPTY}") + '<recv request="ACK" next="end"/>\n'
    early = _label("early") + _send(f"SIP/2.0 183 Session Progress\n{NEW_TAG}{CONTACT}{SDP}")
    early += '<pause milliseconds="700"/>\n' + _send(f"SIP/2.0 480 Gone\n{NEW_TAG}{EMPTY}", again=True)
    early += '<recv request="ACK" next="end"/>\n'
    refusals = _refuses("busy", "486 Busy Here") + _refuses("nobody", "404 Not Found")
    return begin + rings + answer + hang_up + silent + early + refusals + _label("end") + "<nop/>\n</scenario>\n"


@contextmanager
def outside(port: int, answer_ms: int = 300, bye_ms: int | None = None) -> Iterator[Sipp]:
    """Behind the shop's carrier."""
    with tempfile.TemporaryDirectory(prefix="sipp-") as name:
        folder = Path(name)
        sipp = Sipp(folder, world(str(write_tone(folder, 440)), answer_ms, bye_ms), [], port)
        try:
            yield sipp
        finally:
            sipp.kill()


def of_numbers(notes: Counter[str], word: str) -> Counter[str]:
    """How often this was noted of each number."""
    return Counter({key.partition(":")[2]: count for key, count in notes.items() if key.startswith(f"{word}:")})
