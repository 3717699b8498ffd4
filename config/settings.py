"""Settings: a TOML file, then the environment over it, checked whole before anything starts.

Every key is also ``HELIN_SECTION__KEY`` (``HELIN_WEB__PORT=8090``). Of the ``[[asterisk]]`` list
``HELIN_ASTERISK__HOST`` means the first one and ``HELIN_ASTERISK__1__HOST`` the second. ``KEY_file`` names a file whose
first line is the value, so that a secret need not stand in the settings. Unknown keys are refused: a misspelt key must
not be a silent default.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from config.errors import SettingsError

Port = Annotated[int, Field(ge=0, le=65535)]
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
LISTS = (
    "inbound_contexts", "allow_inside", "listen", "whisper", "barge", "take_over", "force_state", "move_agent",
    "message",
)  # fmt: skip
"""Keys whose value in the environment is a list, with commas in between."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Web(_Section):
    """Where panels and the API are served. ``public_url`` is what a browser types; TLS ends in front of Helin."""

    host: str = "127.0.0.1"
    port: Port = 8080
    public_url: str = ""
    allow_plain_http: bool = False

    @model_validator(mode="after")
    def _url_and_tls(self) -> Web:
        url = self.public_url or f"http://{'127.0.0.1' if self.host in ('0.0.0.0', '::') else self.host}:{self.port}"  # noqa: S104 - read, not bound
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("public_url must be an address like https://helin.example.com")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK and not self.allow_plain_http:
            raise ValueError(
                "public_url is http on a name that is not this machine: passwords would travel in the clear; "
                "put TLS in front and write https, or set allow_plain_http = true if you must"
            )
        object.__setattr__(self, "public_url", url.rstrip("/"))
        return self


class StoreAt(_Section):
    url: str = "sqlite:///var/helin.db"

    @field_validator("url")
    @classmethod
    def _known(cls, url: str) -> str:
        if not url.startswith(("sqlite:///", "postgresql://", "postgres://")):
            raise ValueError("must be sqlite:///FILE or postgresql://user@host/database")
        return url


class BusAt(_Section):
    url: str = ""

    @field_validator("url")
    @classmethod
    def _known(cls, url: str) -> str:
        if url and not url.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError('must be "" for one process or redis://host:6379/0')
        return url


class SpoolAt(_Section):
    dir: Path = Path("var/spool")
    max_megabytes: Annotated[int, Field(ge=1)] = 1024


class RecordingsAt(_Section):
    """``dir``: the folder that Asterisk records into, as this process sees it; empty: no player, nothing is erased.

    ``keep_days`` is for calls of queues that have no ``recording_keep_days`` of their own; 0 means for ever.
    """

    dir: str = ""
    keep_days: Annotated[int, Field(ge=0, le=36_500)] = 0

    @property
    def folder(self) -> Path | None:
        return Path(self.dir) if self.dir else None


class TiersAt(_Section):
    """What customers are worth, from their orders (:class:`crm_store.tiers.TierRule`). ``hour``: when, nightly, UTC."""

    hour: Annotated[int, Field(ge=0, le=23)] = 1
    window_days: Annotated[int, Field(ge=1, le=36_500)] = 730
    recent_days: Annotated[int, Field(ge=1, le=36_500)] = 90
    stale_days: Annotated[int, Field(ge=1, le=36_500)] = 365
    often: Annotated[int, Field(ge=1)] = 6
    seldom: Annotated[int, Field(ge=1)] = 2
    high: Annotated[float, Field(ge=0, le=1e10)] = 2_000.0
    low: Annotated[float, Field(ge=0, le=1e10)] = 300.0
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    points_a: Annotated[int, Field(ge=3, le=10)] = 8
    points_b: Annotated[int, Field(ge=3, le=10)] = 6

    @model_validator(mode="after")
    def _in_order(self) -> TiersAt:
        for less, more in (
            ("recent_days", "stale_days"), ("seldom", "often"), ("low", "high"), ("points_b", "points_a"),
        ):  # fmt: skip
            if not getattr(self, less) < getattr(self, more):
                raise ValueError(f"{less} must be less than {more}")
        return self


class Numbers(_Section):
    """``country`` (ISO 3166, two letters) reads numbers that come without an international prefix."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "EE"


class LawAt(_Section):
    """``profiles``: a file with a shop's own country profiles, or tighter ones; empty: those that Helin ships."""

    profiles: str = ""

    @property
    def file(self) -> Path | None:
        return Path(self.profiles) if self.profiles else None


class Logs(_Section):
    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "console", "json"] = "auto"


class WrittenAt(_Section):
    """How written requests (mails, web forms, tickets near breach) are given out.

    ``tickets_queue``: where tickets go that are due within ``tickets_within_minutes``; empty: they stay in their list.
    ``attachments_days``: so long a mail's attachments are kept once it is answered; 0: for ever.
    """

    most_per_agent: Annotated[int, Field(ge=1, le=20)] = 2
    offer_seconds: Annotated[int, Field(ge=5, le=600)] = 30
    tickets_queue: Annotated[str, Field(max_length=128)] = ""
    tickets_within_minutes: Annotated[int, Field(ge=1, le=10_080)] = 60
    attachments_days: Annotated[int, Field(ge=0, le=36_500)] = 90


Steering = tuple[Literal["leader", "supervisor", "admin"], ...]
LEADERS: Steering = ("leader", "supervisor", "admin")


class Supervision(_Section):
    """Stepping into agents' calls. ``agent_is_told``: the agent sees that somebody listens, and who.

    ``leaders_hear_recordings``: who leads a team may listen to what was recorded of its calls. Each other key is a
    command and says which roles may give it here; empty: nobody. A leader does it to the own team only.
    """

    agent_is_told: bool = True
    leaders_hear_recordings: bool = True
    listen: Steering = LEADERS
    whisper: Steering = LEADERS
    barge: Steering = LEADERS
    take_over: Steering = LEADERS
    force_state: Steering = LEADERS
    move_agent: Steering = LEADERS
    message: Steering = LEADERS


Skills = dict[Annotated[str, Field(min_length=1, max_length=80)], Annotated[int, Field(ge=0, le=100)]]
AnswerWithin = Annotated[int, Field(ge=1, le=43_200)]


class Form(_Section):
    """A form on somebody's web page. ``key`` stands in its address: it says which form it is and is no secret.

    ``origins``: pages whose scripts may send it (``https://shop.example``). ``thanks_url``: where a browser without a
    script goes afterwards. At most ``per_address`` in ten minutes from one address, ``per_minute`` from all. ``kind``
    callback: it asks to be called back, and may name one of ``queues`` instead of ``queue``.
    """

    key: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
    queue: Annotated[str, Field(min_length=1, max_length=128)]
    name: Annotated[str, Field(max_length=200)] = "Web form"
    kind: Literal["message", "callback"] = "message"
    queues: tuple[Annotated[str, Field(min_length=1, max_length=128)], ...] = ()
    origins: tuple[Annotated[str, Field(pattern=r"^https?://[^/\s]+$")], ...] = ()
    thanks_url: Annotated[str, Field(pattern=r"^(https?://\S+)?$", max_length=2_000)] = ""
    skills: Skills = Field(default_factory=dict)
    answer_within_minutes: AnswerWithin = 240
    per_address: Annotated[int, Field(ge=1, le=10_000)] = 5
    per_minute: Annotated[int, Field(ge=1, le=100_000)] = 60


Tls = Literal["tls", "starttls", "none"]


class Mailbox(_Section):
    """Mails in ``folder`` become requests; answers go out by SMTP as ``sender``. ``none`` is for this machine only.

    A mail of more than ``max_megabytes`` is not fetched; the agent is told of it. Of one that is, attachments of more
    than ``attachment_megabytes`` are only listed (0: all).
    """

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,32}$")]
    queue: Annotated[str, Field(min_length=1, max_length=128)]
    imap_host: str
    imap_port: Port = 993
    imap_tls: Tls = "tls"
    username: str
    password: str = Field(repr=False)
    folder: Annotated[str, Field(min_length=1, max_length=200)] = "INBOX"
    every_seconds: Annotated[float, Field(ge=0.2, le=3_600)] = 30
    max_megabytes: Annotated[int, Field(ge=1, le=100)] = 10
    attachment_megabytes: Annotated[int, Field(ge=0, le=100)] = 10
    answer_within_minutes: AnswerWithin = 240
    skills: Skills = Field(default_factory=dict)
    sender: Annotated[str, Field(max_length=320)] = ""
    smtp_host: str = ""
    smtp_port: Port = 587
    smtp_tls: Tls = "starttls"
    smtp_username: str = ""
    smtp_password: str = Field(default="", repr=False)

    @model_validator(mode="after")
    def _safe(self) -> Mailbox:
        for kind, host, tls in (("imap", self.imap_host, self.imap_tls), ("smtp", self.smtp_host, self.smtp_tls)):
            if host and tls == "none" and host not in LOOPBACK:
                raise ValueError(f"{kind}_tls = none would send the password in the clear to {host}; use tls")
        if self.smtp_host and "@" not in self.sender:
            raise ValueError('sender must be the address that answers come from, like "Support <help@shop.example>"')
        return self


class Asterisk(_Section):
    """One Asterisk and the AMI account on it. ``dial`` has ``{number}`` where the number goes.

    ``records``: the folder of its own records (queue_log, cdr-csv, cel-custom), as Helin sees it; empty: not read.
    ``records_utc``: CDR's times are UTC (``usegmtime=yes``), else this machine's.
    """

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,32}$")] = "main"
    host: str = "127.0.0.1"
    port: Port = 5038
    username: str = "helin"
    secret: str = Field(default="", repr=False)
    tls: bool = False
    inbound_contexts: tuple[str, ...] = ("from-trunk",)
    dial: str = "PJSIP/{number}@trunk"
    websocket_url: str = ""
    records: str = ""
    records_utc: bool = True

    @model_validator(mode="after")
    def _usable(self) -> Asterisk:
        if not self.secret:
            raise ValueError(f"{self.name} has no secret; set secret or secret_file to what manager.conf says")
        if "{number}" not in self.dial:
            raise ValueError("dial must contain {number}, like PJSIP/{number}@trunk")
        return self


class WebhooksAt(_Section):
    """``allow_inside``: networks of our own that webhooks may lead to, like ``["10.1.0.0/16"]``; others never."""

    allow_inside: tuple[str, ...] = ()

    @field_validator("allow_inside")
    @classmethod
    def _networks(cls, texts: tuple[str, ...]) -> tuple[str, ...]:
        for text in texts:
            try:
                ip_network(text, strict=False)
            except ValueError:
                raise ValueError(f"{text[:60]!r} is no network; write one like 10.1.0.0/16") from None
        return texts


class Settings(_Section):
    web: Web = Web()
    store: StoreAt = StoreAt()
    bus: BusAt = BusAt()
    spool: SpoolAt = SpoolAt()
    recordings: RecordingsAt = RecordingsAt()
    numbers: Numbers = Numbers()
    tiers: TiersAt = TiersAt()
    law: LawAt = LawAt()
    logs: Logs = Logs()
    written: WrittenAt = WrittenAt()
    webhooks: WebhooksAt = WebhooksAt()
    supervision: Supervision = Supervision()
    asterisk: tuple[Asterisk, ...] = ()
    forms: tuple[Form, ...] = ()
    mailboxes: tuple[Mailbox, ...] = ()

    @model_validator(mode="after")
    def _names_differ(self) -> Settings:
        for kind, names in (
            ("asterisk", [one.name for one in self.asterisk]),
            ("mailboxes", [one.name for one in self.mailboxes]),
        ):
            if len(set(names)) < len(names):
                raise ValueError(f"two [[{kind}]] have the same name; each needs its own")
        if len({one.key for one in self.forms}) < len(self.forms):
            raise ValueError("two [[forms]] have the same key; each needs its own")
        return self


def load(path: Path | None, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of ``path`` (else ``HELIN_CONFIG``, else ``helin.toml`` here if it exists, else defaults).

    Raises:
        SettingsError: unreadable file, broken TOML, unknown key or a value out of range; one sentence.
    """
    environment = os.environ if environment is None else environment
    named = path or (Path(environment["HELIN_CONFIG"]) if environment.get("HELIN_CONFIG") else None)
    source = named or Path("helin.toml")
    tree = _read(source) if named or source.exists() else {}
    _overlay(tree, environment)
    _read_files(tree)
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        raise SettingsError(sentence(error, str(source) if named or source.exists() else "the settings")) from None


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"{path} does not exist; give --config FILE or set HELIN_CONFIG") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from None


def _overlay(tree: dict[str, Any], environment: Mapping[str, str]) -> None:
    for name in sorted(environment):
        if not name.startswith("HELIN_") or "__" not in name:
            continue
        section, *keys = name.removeprefix("HELIN_").lower().split("__")
        place: Any = tree
        if section == "asterisk":
            index = int(keys.pop(0)) if keys[0].isdigit() else 0
            several = tree.setdefault("asterisk", [])
            if not isinstance(several, list) or index > len(several):
                raise SettingsError(f"{name}: there is no [[asterisk]] before it")
            if index == len(several):
                several.append({})
            place = several[index]
        else:
            place = tree.setdefault(section, {})
        if len(keys) != 1 or not isinstance(place, dict):
            raise SettingsError(f"{name} is not HELIN_SECTION__KEY")
        value = environment[name]
        place[keys[0]] = [part.strip() for part in value.split(",") if part.strip()] if keys[0] in LISTS else value


def _read_files(tree: Any) -> None:
    if isinstance(tree, list):
        for one in tree:
            _read_files(one)
    if not isinstance(tree, dict):
        return
    for key in [key for key in tree if key.endswith("_file")]:
        path = Path(str(tree.pop(key)))
        try:
            tree[key.removesuffix("_file")] = path.read_text(encoding="utf-8").split("\n")[0].strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{key}: {path} cannot be read: {error}") from None
    for value in list(tree.values()):
        _read_files(value)


def sentence(error: ValidationError, source: str) -> str:
    """All of a validation's complaints in one line that begins with where they stand."""
    said = []
    for problem in error.errors():
        where = " ".join(f"[{part}]" if isinstance(part, int) else str(part) for part in problem["loc"])
        what = (
            "is not a known setting"
            if problem["type"] == "extra_forbidden"
            else problem["msg"].removeprefix("Value error, ")
        )
        said.append(f"{where}: {what}" if where else what)
    return f"{source}: {'; '.join(said)}"
