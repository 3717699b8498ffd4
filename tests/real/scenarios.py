"""SIPp scenarios as text: what a caller does, and what a phone (or a carrier) does that is called.

Both send sound all the time while they talk, as real phones do: Asterisk gives up a leg that sends nothing. Each writes
what happens to the log: ``answered``, ``said_bye``, ``got_bye``, ``cancelled``, ``refused`` with the call's number.
"""

from __future__ import annotations

from dataclasses import dataclass

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="helin">\n'
SDP = """Content-Type: application/sdp
Content-Length: [len]

v=0
o=sipp 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [rtpstream_audio_port] RTP/AVP 0
a=rtpmap:0 PCMU/8000
a=sendrecv
"""
# CANCEL, and the ACK of a refusal, belong to the INVITE's transaction.
INVITE_VIA = "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=z9hG4bK-[pid]-[call_number]-invite\n"
NEW_VIA = "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
CONTACT = "Contact: <sip:sipp@[local_ip]:[local_port]>\n"
REFUSALS = ("404", "480", "486", "500", "503", "603")
EMPTY = "Content-Length: 0\n"
SAME_DIALOG = "[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\n"
NEW_TAG = SAME_DIALOG.replace("[last_To:]", "[last_To:];tag=[pid]-[call_number]")
OF_INVITE = NEW_TAG.replace("[last_CSeq:]", "CSeq: [last_cseq_number] INVITE")


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls in and talks. ``talk_ms`` None: only the other side hangs up. ``cancel_ms``: gives up if not answered.

    ``digit``: pressed ``digit_ms`` after the answer, by SIP INFO; Asterisk must expect it so (``dtmf_mode = info``).
    """

    number: str = "+37255501000"
    to: str = "+3725550100"
    name: str = ""
    talk_ms: int | None = 2000
    cancel_ms: int | None = None
    digit: str = ""
    digit_ms: int = 3000


@dataclass(frozen=True, slots=True)
class Phone:
    """Is called. ``answer_ms`` None: rings for ever. ``bye_ms``: hangs up after so long. ``status``: refuses with it.

    ``reason`` is the Reason header of its BYE, such as ``Q.850;cause=27``.
    """

    answer_ms: int | None = 200
    bye_ms: int | None = None
    status: str = ""
    reason: str = ""


def caller_scenario(caller: Caller, sound: str) -> str:
    """INVITE, the provisional answers, then the talk; or CANCEL and what answers it."""
    if caller.cancel_ms is None:
        codes, patience = REFUSALS, ""
        ringing = "".join(f'<recv response="{code}" optional="true"/>\n' for code in ("100", "180", "183"))
    else:
        # SIPp forgets a time limit when an optional message comes, so what comes is spelt out: 100, and 183 for music.
        codes, patience = (), f' timeout="{caller.cancel_ms}" ontimeout="cancel"'
        ringing = '<recv response="100"/>\n<recv response="183"/>\n'
    refused = "".join(
        f'<recv response="{code}" optional="true" next="refused">{_log("refused")}</recv>\n' for code in codes
    )
    answered = f'<recv response="200" rrs="true" rtd="answer"{patience}>{_log("answered")}</recv>\n'
    talk = _send(_caller_request("ACK")) + _sound(sound)
    if caller.digit:
        pressed = (
            f"Content-Type: application/dtmf-relay\nContent-Length: [len]\n\nSignal={caller.digit}\nDuration=120\n"
        )
        info = _caller_request("INFO", 2).replace(EMPTY, pressed)
        talk += f'<pause milliseconds="{caller.digit_ms}"/>\n' + _send(info) + '<recv response="200"/>\n'
    if caller.talk_ms is None:
        talk += f'<recv request="BYE">{_log("got_bye")}</recv>\n'
    else:
        talk += f'<recv request="BYE" timeout="{caller.talk_ms}" ontimeout="hang_up">{_log("got_bye")}</recv>\n'
    talk += _send(f"SIP/2.0 200 OK\n{SAME_DIALOG}{EMPTY}", go="end")
    hang_up = _label("hang_up") + _say("said_bye") + _send(_caller_request("BYE", 2), again=True)
    hang_up += '<recv response="200" next="end"/>\n'
    parts = (_invite(caller), ringing, refused, answered, talk, hang_up, _refused(caller), _give_up(caller))
    return HEAD + "".join(parts) + _end()


def phone_scenario(phone: Phone, sound: str) -> str:
    """180, then 200 and the talk, or whatever else the phone is told to do."""
    begin = HEAD + f'<recv request="INVITE" rrs="true"><action>{_keep("From")}{_keep("To")}</action></recv>\n'
    if phone.status:
        refuse = _say("refused") + _send(f"SIP/2.0 {phone.status}\n{NEW_TAG}{EMPTY}", again=True)
        return HEAD + '<recv request="INVITE"/>\n' + refuse + '<recv request="ACK"/>\n</scenario>\n'
    ring = _send(f"SIP/2.0 180 Ringing\n{NEW_TAG}{CONTACT}{EMPTY}")
    patience = "" if phone.answer_ms is None else f' timeout="{max(phone.answer_ms, 1)}" ontimeout="answer"'
    ring += f'<recv request="CANCEL"{patience}>{_log("cancelled")}</recv>\n'
    ring += _send(f"SIP/2.0 200 OK\n{NEW_TAG}{EMPTY}") + _send(f"SIP/2.0 487 Request Terminated\n{OF_INVITE}{EMPTY}")
    ring += '<recv request="ACK" next="end"/>\n'
    answer = _label("answer") + _say("answered") + _send(f"SIP/2.0 200 OK\n{NEW_TAG}{CONTACT}{SDP}", again=True)
    answer += '<recv request="ACK"/>\n' + _sound(sound)
    return begin + ring + answer + _phone_talk(phone) + _end()


def register_scenario(username: str, password: str) -> str:
    """REGISTER as the digest asks for it; ``registered`` or ``refused``. A registration is taken back at once."""

    def register(seconds: int, cseq: int, more: str = "") -> str:
        return _send(
            f"""REGISTER sip:[remote_ip]:[remote_port] SIP/2.0
{NEW_VIA}From: <sip:{username}@[remote_ip]>;tag=[pid]-[call_number]
To: <sip:{username}@[remote_ip]>
Call-ID: [call_id]
CSeq: {cseq} REGISTER
Max-Forwards: 70
Contact: <sip:{username}@[local_ip]:[local_port]>;expires={seconds}
{more}{EMPTY}""",
            again=True,
        )

    proof = f"[authentication username={username} password={password}]\n"
    steps = register(60, 1) + '<recv response="401" auth="true"/>\n' + register(60, 2, proof)
    steps += "".join(
        f'<recv response="{code}" optional="true" next="end">{_log("refused")}</recv>\n' for code in ("401", "403")
    )
    steps += f'<recv response="200">{_log("registered")}</recv>\n' + register(0, 3, proof)
    return HEAD + steps + '<recv response="200"/>\n' + _end()


def _phone_talk(phone: Phone) -> str:
    """Until either side's BYE; a changed connected line (re-INVITE, UPDATE) is taken note of."""
    patience = "" if phone.bye_ms is None else f' timeout="{phone.bye_ms}" ontimeout="hang_up"'
    talk = _label("talk")
    talk += f'<recv request="UPDATE" optional="true" next="updated"{patience}/>\n'
    talk += f'<recv request="INVITE" optional="true" next="asked"{patience}/>\n'
    talk += f'<recv request="BYE"{patience}>{_log("got_bye")}</recv>\n'
    talk += _send(f"SIP/2.0 200 OK\n{SAME_DIALOG}{EMPTY}", go="end")
    talk += _label("updated") + _send(f"SIP/2.0 200 OK\n{SAME_DIALOG}{CONTACT}{SDP}", go="talk")
    talk += _label("asked") + _send(f"SIP/2.0 200 OK\n{SAME_DIALOG}{CONTACT}{SDP}", again=True)
    talk += '<recv request="ACK" next="talk"/>\n'
    reason = f"Reason: {phone.reason}\n" if phone.reason else ""
    bye = f"""BYE [next_url] SIP/2.0
{NEW_VIA}From:[$To];tag=[pid]-[call_number]
To:[$From]
[last_Call-ID:]
CSeq: 9 BYE
Max-Forwards: 70
{reason}{CONTACT}{EMPTY}"""
    talk += _label("hang_up") + _say("said_bye") + _send(bye, again=True) + '<recv response="200"/>\n'
    return talk


def _invite(caller: Caller) -> str:
    name = f'"{caller.name}" ' if caller.name else ""
    return _send(
        f"""INVITE sip:{caller.to}@[remote_ip]:[remote_port] SIP/2.0
{INVITE_VIA}From: {name}<sip:{caller.number}@[local_ip]:[local_port]>;tag=[pid]-[call_number]
To: <sip:{caller.to}@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Max-Forwards: 70
{CONTACT}{SDP}""",
        again=True,
        timed=True,
    )


def _caller_request(method: str, cseq: int = 1) -> str:
    return f"""{method} [next_url] SIP/2.0
{NEW_VIA}[last_From:]
[last_To:]
Call-ID: [call_id]
CSeq: {cseq} {method}
Max-Forwards: 70
{CONTACT}{EMPTY}"""


def _refused(caller: Caller) -> str:
    return _label("refused") + _send(_refusal_ack(caller), go="end")


def _refusal_ack(caller: Caller) -> str:
    target = f"sip:{caller.to}@[remote_ip]:[remote_port]"
    return _caller_request("ACK").replace(NEW_VIA, INVITE_VIA).replace("[next_url]", target)


def _give_up(caller: Caller) -> str:
    """CANCEL and what answers it. A caller who was answered at that very moment fails the scenario."""
    if caller.cancel_ms is None:
        return ""
    target = f"sip:{caller.to}@[remote_ip]:[remote_port]"
    cancel = f"""CANCEL {target} SIP/2.0
{INVITE_VIA}From: <sip:{caller.number}@[local_ip]:[local_port]>;tag=[pid]-[call_number]
To: <{target}>
Call-ID: [call_id]
CSeq: 1 CANCEL
Max-Forwards: 70
{EMPTY}"""
    return (
        _label("cancel")
        + _say("cancelled")
        + _send(cancel, again=True)
        + '<recv response="183" optional="true"/>\n<recv response="200"/>\n<recv response="487"/>\n'
        + _send(_refusal_ack(caller))
    )


def _send(message: str, *, again: bool = False, go: str = "", timed: bool = False) -> str:
    attributes = (' retrans="500"' if again else "") + (f' next="{go}"' if go else "")
    attributes += ' start_rtd="answer"' if timed else ""
    return f"<send{attributes}>\n<![CDATA[\n{message}\n]]>\n</send>\n"


def _log(word: str) -> str:
    return f"<action>{_note(word)}</action>"


def _say(word: str) -> str:
    return f"<nop><action>{_note(word)}</action></nop>\n"


def _note(word: str) -> str:
    return f'<log message="{word} [call_number]"/>'


def _keep(header: str) -> str:
    return f'<ereg regexp=".*" search_in="hdr" header="{header}:" assign_to="{header}"/>'


def _sound(file: str) -> str:
    return f'<nop><action><exec rtp_stream="{file},-1,0"/></action></nop>\n'


def _label(name: str) -> str:
    return f'<label id="{name}"/>\n'


def _end() -> str:
    return f"{_label('end')}<nop/>\n</scenario>\n"
