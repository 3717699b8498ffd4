"""What a mail says, whatever its bytes are."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_ui.mail.reading import CUT, LONGEST_TEXT, NO_SUBJECT, read_mail, text_of_html


def test_html_is_shown_as_its_text() -> None:
    page = "<html><head><title>t</title></head><body><p>One<br>two</p><div>three &lt;b&gt;</div><script>x</script>"
    assert text_of_html(page) == "One\ntwo\n\nthree <b>"
    assert text_of_html("<p>a<p><p><p>b" * 3).count("\n\n\n") == 0


def test_names_and_addresses_are_one_line_of_text() -> None:
    mail = read_mail(
        b"From: =?utf-8?q?Mari_=E2=80=AE_Maasikas=0D=0ABcc=3A_x=40y?= <mari@home.example>\n"
        b"Reply-To: <answers@home.example>\nMessage-ID: <1@x>\nIn-Reply-To: <0@x>\n\nHi"
    )
    assert (mail.address, mail.message_id, mail.references) == ("answers@home.example", "<1@x>", ("<0@x>",))
    assert mail.subject == NO_SUBJECT
    odd = read_mail(b"From: =?utf-8?q?Mari_=E2=80=AE_M=0D=0ABcc=3A_x?= <mari@home.example>\n\nHi")
    assert odd.name is None or odd.name.isprintable()


@pytest.mark.parametrize(
    "sender",
    ["", "nobody", "<>", "a@b\nBcc: c@d", "undisclosed-recipients:;", '"a b"@', "a@[", "@", "x" * 400 + "@y.ee"],
)
def test_who_cannot_be_answered_has_no_address(sender: str) -> None:
    mail = read_mail(f"From: {sender}\n\nHi".encode())
    assert mail.address in (None, "a@b")
    assert mail.text.endswith("Hi")


def test_a_very_long_text_is_cut_and_many_parts_are_bounded() -> None:
    long = EmailMessage()
    long.set_content("x" * 70 + "\n" + ("y" * 70 + "\n") * 3_000)
    assert read_mail(long.as_bytes()).text.endswith(CUT)
    assert len(read_mail(long.as_bytes()).text) <= LONGEST_TEXT
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(400))
    assert read_mail(b"Subject: deep\n" + nested).subject == "deep"


def test_attachments_are_taken_out_as_they_were() -> None:
    mail, body = EmailMessage(), bytes(range(256)) * 40
    mail.set_content("See below.")
    mail.add_attachment(body, maintype="text", subtype="html", filename="bill.html")
    mail.add_attachment("Tere õhtust\n", filename="note.txt")
    mail.add_attachment(b"", maintype="image", subtype="png", filename=" ")
    bill, note, empty = read_mail(mail.as_bytes()).attachments
    assert (bill.name, bill.type, bill.body) == ("bill.html", "text/html", body)
    assert note.body.decode().split() == ["Tere", "õhtust"]
    assert (empty.name, empty.body) == ("?", b"")
    assert read_mail(mail.as_bytes()).text == "See below."


def test_an_unknown_character_set_is_read_as_well_as_can_be() -> None:
    mail = read_mail(b"Content-Type: text/plain; charset=martian\n\nTere \xc3\xb5htust")
    assert "Tere" in mail.text


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["From", "Subject", "Message-ID", "Content-Type", "References"]))
def test_no_bytes_break_it(junk: bytes, header: str) -> None:
    for raw in (junk, header.encode() + b": " + junk + b"\n\n" + junk):
        mail = read_mail(raw)
        assert mail.subject.isprintable()
        assert mail.message_id.startswith("<")
        mail.text.encode()
        assert "\0" not in mail.text + mail.message_id + (mail.name or "")
