"""Settings: the file, the environment over it, secrets in files, and refusals that say what to do."""

from pathlib import Path

import pytest

from config.errors import SettingsError
from config.settings import Settings, load


def settings(tmp_path: Path, text: str, **environment: str) -> Settings:
    file = tmp_path / "helin.toml"
    file.write_text(text, encoding="utf-8")
    return load(file, environment)


def test_defaults_need_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    got = load(None, {})
    assert (got.web.public_url, got.store.url, got.bus.url) == ("http://127.0.0.1:8080", "sqlite:///var/helin.db", "")


def test_the_contract_s_example(tmp_path: Path) -> None:
    got = settings(
        tmp_path,
        """
        [web]
        host = "127.0.0.1"
        port = 8090
        [bus]
        url = "redis://127.0.0.1:6379/0"
        [[asterisk]]
        name = "main"
        host = "127.0.0.1"
        port = 5038
        username = "helin"
        secret = "s"
        inbound_contexts = ["from-trunk"]
        dial = "PJSIP/{number}@trunk"
        websocket_url = "ws://127.0.0.1:8088/ws"
        """,
    )
    assert got.web.public_url == "http://127.0.0.1:8090"
    assert got.asterisk[0].inbound_contexts == ("from-trunk",)


def test_environment_goes_over_the_file(tmp_path: Path) -> None:
    got = settings(
        tmp_path,
        '[web]\nport = 8090\n[[asterisk]]\nsecret = "a"\n',
        HELIN_WEB__PORT="8091",
        HELIN_ASTERISK__SECRET="b",
        HELIN_ASTERISK__INBOUND_CONTEXTS="from-trunk, from-isdn",
        HELIN_ASTERISK__1__SECRET="c",
        HELIN_ASTERISK__1__NAME="second",
    )
    assert got.web.port == 8091
    assert [(one.name, one.secret) for one in got.asterisk] == [("main", "b"), ("second", "c")]
    assert got.asterisk[0].inbound_contexts == ("from-trunk", "from-isdn")


def test_a_secret_may_stand_in_a_file_and_never_in_the_repr(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hush\n", encoding="utf-8")
    got = settings(tmp_path, f'[[asterisk]]\nsecret_file = "{tmp_path / "secret"}"\n')
    assert got.asterisk[0].secret == "hush"
    assert "hush" not in repr(got)


BOX = "[[mailboxes]]\nname = 'a'\nqueue = 'q'\nimap_host = 'imap.example'\nusername = 'u'\npassword = 'p'\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[web\n", "is not valid TOML"),
        ("[web]\nport = 'x'\n", "web port"),
        ("[web]\nprot = 1\n", "web prot: is not a known setting"),
        ("[[asterisk]]\nname = 'a'\n", "a has no secret; set secret or secret_file"),
        ("[[asterisk]]\nsecret = 'a'\ndial = 'PJSIP/x'\n", "dial must contain {number}"),
        ("[[asterisk]]\nsecret = 'a'\n[[asterisk]]\nsecret = 'b'\n", "same name"),
        ("[store]\nurl = 'mysql://x'\n", "sqlite:///FILE or postgresql://"),
        ("[bus]\nurl = 'amqp://x'\n", "redis://"),
        ("[web]\npublic_url = 'http://helin.example.com'\n", "put TLS in front"),
        ("[web]\npublic_url = 'helin'\n", "must be an address"),
        ("[[asterisk]]\nsecret_file = '/nowhere/at/all'\n", "secret_file: /nowhere/at/all cannot be read"),
        ("[[forms]]\nkey = 'short'\nqueue = 'q'\n", "forms [0] key"),
        ("[[forms]]\nkey = 'long-enough'\nqueue = 'q'\n" * 2, "two [[forms]] have the same key"),
        (BOX + "imap_tls = 'none'\n", "would send the password in the clear to imap.example"),
        (BOX + "smtp_host = 'smtp.example'\n", "sender must be the address"),
        (BOX * 2, "two [[mailboxes]] have the same name"),
    ],
)
def test_a_refusal_is_one_line_that_names_the_key(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(SettingsError, match=r".") as refused:
        settings(tmp_path, text)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_missing_file_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="--config FILE"):
        load(tmp_path / "none.toml", {})


def test_an_environment_key_that_fits_nowhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="HELIN_WEB__PORT__X"):
        settings(tmp_path, "", HELIN_WEB__PORT__X="1")
