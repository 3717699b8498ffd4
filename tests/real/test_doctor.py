"""The doctor at a real Asterisk: the sample configuration is well, and each illness gets its sentence."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from config.asterisk_folder.find import Asterisk
from config.asterisk_folder.instance import Instance
from config.doctor import examine, fit
from config.findings import Finding
from config.settings import Settings
from crm_store.migrate import migrate
from crm_store.store import Store
from tests.real.asterisk import running_shop

READ = "system,call,agent,user"
WRITE = "call,agent,originate,reporting"
NOWHERE = Path("/nonexistent")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def patient(asterisk_home: Asterisk) -> AsyncIterator[Instance]:
    async with running_shop(asterisk_home) as shop:
        records = shop.asterisk.folder / "log" / "cdr-csv"
        records.mkdir(exist_ok=True)
        (records / "Master.csv").touch()
        yield shop.asterisk


@pytest.fixture
async def store_url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'helin.db'}"
    await migrate(url)
    return url


def settings(instance: Instance, store_url: str, **different: object) -> Settings:
    ports = instance.ports
    here = {"name": "main", "port": ports.ami, "secret": instance.secret}
    here["records"] = str(instance.folder / "log")
    here["websocket_url"] = f"ws://127.0.0.1:{ports.http}/ws"
    return Settings.model_validate({"store": {"url": store_url}, "asterisk": [{**here, **different}]})


def ill(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.level != "ok"]


async def test_the_sample_configuration_passes(patient: Instance, store_url: str) -> None:
    findings = await examine(settings(patient, store_url), patient.folder / "etc")
    assert ill(findings) == []
    assert fit(findings)
    said = " ".join(finding.what for finding in findings)
    for well in ("hears system", "hears call", "hears agent", "hears user", "may originate", "clocks agree", "/ws"):
        assert well in said


@pytest.mark.parametrize("name", READ.split(","))
async def test_each_missing_read_class_is_named(patient: Instance, store_url: str, name: str) -> None:
    await account(patient, READ.replace(name, "cdr"), WRITE)
    findings = await examine(settings(patient, store_url), patient.folder / "etc")
    assert [one.what.split(":")[1].strip() for one in ill(findings)] == [f"the account lacks read class {name}"]


async def test_without_the_file_what_arrives_is_enough(patient: Instance, store_url: str) -> None:
    await account(patient, "agent", WRITE)
    lacks = {one.what.split(":")[1].split()[-1] for one in ill(await examine(settings(patient, store_url), NOWHERE))}
    assert lacks == {"system", "call"}


@pytest.mark.parametrize("name", WRITE.split(","))
async def test_each_missing_write_class_is_named(patient: Instance, store_url: str, name: str) -> None:
    await account(patient, READ, WRITE.replace(name, "cdr"))
    findings = await examine(settings(patient, store_url), NOWHERE)
    assert f"Asterisk main: the account lacks write class {name}" in " ".join(one.what for one in ill(findings))
    assert not fit(findings)


@pytest.mark.parametrize("name", ["system", "command", "config"])
async def test_a_class_that_gives_too_much_is_named(patient: Instance, store_url: str, name: str) -> None:
    await account(patient, READ, f"{WRITE},{name}")
    findings = ill(await examine(settings(patient, store_url), NOWHERE))
    assert [one.level for one in findings] == ["fail"]
    assert f"has write class {name}, which it must not have" in findings[0].what


async def test_what_else_can_be_wrong(patient: Instance, store_url: str) -> None:
    async with await Store.open(store_url) as store:
        await store.queues.put("billing")
    wrong = settings(patient, store_url, inbound_contexts=["trunk", "loose"], websocket_url="ws://127.0.0.1:9/ws")
    path = patient.folder / "etc/extensions.conf"
    before = path.read_text()
    loose = "\n[loose]\nexten => _X.,1,AGI(agi:async)\n"
    path.write_text(before.replace("[helin-legal]", "[helin-lawful]").replace("Goto(helin-legal,", "Goto(x,") + loose)
    patient.change("manager.conf", {("[general]", "timestampevents"): "no"})
    try:
        await patient.rx("dialplan reload")
        await account(patient, READ, WRITE)
        said = {one.what.removeprefix("Asterisk main: ") for one in ill(await examine(wrong, NOWHERE))}
    finally:
        path.write_text(before)
        patient.change("manager.conf", {("[general]", "timestampevents"): "yes"})
        await patient.rx("dialplan reload")
    starts = (
        "it has no queue billing",
        "events have no time stamp",
        "there is no context trunk",
        "context loose takes whatever a stranger dials (_X.)",
        "context loose has AGI(agi:async)",
        "the dialplan has no helin-legal",
        "softphones cannot connect",
    )
    assert all(any(what.startswith(start) for what in said) for start in starts), said
    assert len(said) == len(starts)


async def test_what_mode_direct_needs(patient: Instance, store_url: str) -> None:
    async with await Store.open(store_url) as store:
        await store.queues.put("support", mode="direct")
    assert ill(await examine(settings(patient, store_url), NOWHERE)) == []
    path = patient.folder / "etc/extensions.conf"
    before = path.read_text()
    try:
        for one, other, what in (
            ("BridgeWait(helin-hold-${", "BridgeWait(hold-${", "the context helin-hold keeps no callers"),
            ("[helin-deliver]", "[deliver]", "the dialplan has no helin-deliver"),
        ):
            path.write_text(before.replace(one, other))
            await patient.rx("dialplan reload")
            (finding,) = ill(await examine(settings(patient, store_url), NOWHERE))
            assert finding.level == "fail"
            assert finding.what.startswith(f"Asterisk main: {what}")
    finally:
        path.write_text(before)
        await patient.rx("dialplan reload")


async def test_a_wrong_secret_and_nobody_there(patient: Instance, store_url: str) -> None:
    for different, word in (({"secret": "wrong"}, "does not let"), ({"port": 9}, "nobody listens")):
        findings = ill(await examine(settings(patient, store_url, **different), NOWHERE))
        assert [one.level for one in findings] == ["fail"]
        assert word in findings[0].what


async def test_a_database_without_its_schema(patient: Instance, tmp_path: Path) -> None:
    findings = ill(await examine(settings(patient, f"sqlite:///{tmp_path / 'empty.db'}"), NOWHERE))
    assert [one.level for one in findings] == ["fail"]
    assert "helin migrate" in findings[0].what


@pytest.fixture(autouse=True)
async def _healthy_again(patient: Instance) -> AsyncIterator[None]:
    yield
    await account(patient, READ, WRITE)


async def account(instance: Instance, read: str, write: str) -> None:
    instance.change("manager.conf", {("[helin]", "read"): read, ("[helin]", "write"): write})
    await instance.rx("manager reload")
