"""The commands and the doctor's words about the law."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.doctor_law import lawfulness
from config.settings import Settings
from crm_store.store import Store
from tests.crm_store.campaign_rows import add_campaign
from tests.real.test_export import helin

pytestmark = pytest.mark.usefixtures("sqlite_url")


def test_a_list_goes_in_and_attempts_come_out(tmp_path: Path) -> None:
    (tmp_path / "dnc.txt").write_text("212,5551234\n212,5551234\nnobody knows\n")
    words = ("import", "do-not-call", "dnc.txt", "--list", "us-national", "--as-of", "2026-01-02", "--country", "US")
    done = helin(tmp_path, *words)
    assert done.returncode == 0, done.stderr
    assert "1 numbers are on the list us-national of 2026-01-02, 1 lines refused." in done.stdout
    assert "line 3: 'nobody knows' is no telephone number" in done.stdout
    done = helin(tmp_path, "export", "attempts", "-", "--from", "2026-01-01")
    assert (done.returncode, done.stdout.count("\n"), done.stdout[:12]) == (0, 1, "id,campaign,")
    done = helin(tmp_path, "export", "attempts", "out.csv", "--campaign", "nobody's")
    assert (done.returncode, done.stderr.strip()) == (1, 'helin: there is no campaign "nobody\'s"')
    assert not (tmp_path / "out.csv").exists()


async def found(folder: Path, profiles: str = "") -> list[str]:
    url = f"sqlite:///{folder}/helin.db"
    file = folder / "profiles.toml"
    file.write_text(profiles)
    settings = Settings.model_validate({"store": {"url": url}, "law": {"profiles": str(file) if profiles else ""}})
    async with await Store.open(url) as store:
        if not await store.lawfulness.campaigns():
            await add_campaign(store, "britain", profile="UK")
            await add_campaign(store, "france", profile="FR")
            listed = folder / "list.txt"
            listed.write_text("+442071234567\n")
            now = datetime.now(UTC)
            await store.suppressions.import_list(listed, "uk-tps", now.date(), "admin", now)
        return [f"{one.level}: {one.what}" for one in await lawfulness(settings, store)]


async def test_the_doctor_says_what_nobody_would_be_dialled_for(tmp_path: Path) -> None:
    missing = "The do-not-call list uk-ctps was never imported; import it with its as-of date."
    assert await found(tmp_path) == [
        "fail: Campaign france has the country profile FR, which nobody knows: it dials nobody.",
        f"fail: Campaign britain dials nobody. {missing}",
    ]


async def test_the_doctor_says_what_a_shop_loosens(tmp_path: Path) -> None:
    head = '[[profiles]]\nkey = "US"\nversion = "ours"\neffective_from = 2026-01-01\n'
    assert "warn: Profile US ours has ring_seconds = 5, its base 15." in await found(
        tmp_path, head + "ring_seconds = 5"
    )
    assert "ok: The shop's own profiles (US) loosen nothing." in await found(tmp_path, head + "ring_seconds = 20")
    (broken,) = await found(tmp_path, "profiles = 1")
    assert broken.startswith("fail: The country profiles cannot be used: ")
