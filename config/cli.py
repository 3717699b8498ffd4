"""The command ``helin``. Status 0 only when done; an error is one clear line on stderr, never a trace."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, date, datetime
from json import dumps
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from cyclopts import App, Group, Parameter
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from config.errors import HelinError
from config.settings import Settings, load

T = TypeVar("T")
Config = Annotated[
    Path | None, Parameter(name="--config", help="Settings file (TOML); else HELIN_CONFIG, else helin.toml.")
]

app = App(name="helin", help="Helin: a contact centre on Asterisk.", version_flags=["--version"])
DATA = Group("Data")
imports = App(name="import", help="Reads a file into the store.", group=DATA)
app.command(imports)
exports = App(name="export", help="Writes the store's rows into a CSV file.", group=DATA)
app.command(exports)
Target = Annotated[str, Parameter(help="The file; - for the standard output.", allow_leading_hyphen=True)]
simulations = App(
    name="simulate", help="Plays what could be, with the code that routes and dials.", group=Group("What if")
)
app.command(simulations)
reports = App(name="report", help="Figures of what was, from the calls' records.", group=DATA)
app.command(reports)
recordings = App(name="recordings", help="Looks after the recordings of calls.", group=DATA)
app.command(recordings)
webhook = App(name="webhooks", help="Looks after programs that are told what happens.", group=DATA)
app.command(webhook)
said = Console(highlight=False)
said_aside = Console(highlight=False, stderr=True)


@app.command
def serve(*, config: Config = None, role: Literal["all", "engine", "web"] = "all") -> None:
    """Runs the service until SIGTERM or Ctrl-C; calls go on without it."""
    from config.app import serve as run

    settings = load(config)
    _run(run(settings, role))


@app.command
def migrate(*, config: Config = None) -> None:
    """Makes or upgrades the database's schema."""
    from crm_store.migrate import migrate as run

    settings = load(config)
    _run(run(settings.store.url))
    said.print("The schema is current.")


@app.command
def apply(file: Path, /, *, config: Config = None) -> None:
    """Brings users and queues to what FILE (TOML) says; the same file twice changes nothing."""
    from config.apply import read_plan

    _run(_apply(load(config), read_plan(file)))


async def _apply(settings: Settings, plan: Any) -> None:
    from config.apply import apply as steps

    changed = same = 0
    async with opened(settings) as store:
        async for step in steps(store, plan):
            if step.changed:
                changed += 1
                said.print(f"{step.kind} [bold]{step.name}[/]: {', '.join(step.changed)}")
            else:
                same += 1
    said.print(f"{changed} changed, {same} as they were.")


@reports.command(name="service-level")
def report_service_level(
    *,
    from_: Annotated[str, Parameter(name="--from", help="Calls that came at or after: 2026-11-01, 2026-11-01T08:00.")],
    to: Annotated[str, Parameter(help="Calls that came before.")],
    queue: Annotated[str | None, Parameter(help="Its name; else each.")] = None,
    by: Annotated[Literal["hour", "day"] | None, Parameter(help="Else all in one.")] = None,
    formula: Annotated[
        Literal["offered", "asterisk", "asterisk2", "genesys"], Parameter(help="Which of the four is meant.")
    ] = "offered",
    time_zone: Annotated[str, Parameter(help="Whose days and hours, like Europe/Tallinn.")] = "UTC",
    short_seconds: Annotated[
        float | None, Parameter(help="For genesys: who gives up sooner does not count; else as each queue has it.")
    ] = None,
    csv: Annotated[bool, Parameter(help="CSV instead of a table.", negative="")] = False,
    config: Config = None,
) -> None:
    """The service level of queues, with the counts that it is made of."""
    from config.reporting import service_level_report

    async def reported(settings: Settings) -> None:
        async with opened(settings) as store:
            await service_level_report(store, said, (from_, to, time_zone), queue, by, formula, short_seconds, csv)

    _run(reported(load(config)))


@app.command
def reconcile(
    *,
    from_: Annotated[str, Parameter(name="--from", help="Calls that were up at or after: 2026-11-01T08:00.")],
    to: Annotated[str, Parameter(help="Calls that were up before.")],
    time_zone: Annotated[str, Parameter(help="Whose days and hours, like Europe/Tallinn.")] = "UTC",
    config: Config = None,
) -> None:
    """Compares the calls' records with Asterisk's own; what was missed is made good as estimated."""
    from config.reconciled import reconcile as run

    _run(run(load(config), said, from_, to, time_zone))


@webhook.command(name="list")
def webhooks_list(*, config: Config = None) -> None:
    """Who is told what, and whether it gets through."""
    from config.webhooks import table

    async def listed(settings: Settings) -> None:
        async with opened(settings) as store:
            said.print(table(await store.webhooks.all()))

    _run(listed(load(config)))


@webhook.command(name="replay")
def webhooks_replay(
    name: str,
    /,
    *,
    from_: Annotated[str, Parameter(name="--from", help="What happened at or after: 2026-11-01, 2026-11-01T08:00.")],
    to: Annotated[str, Parameter(help="What happened before.")],
    time_zone: Annotated[str, Parameter(help="Whose days and hours, like Europe/Tallinn.")] = "UTC",
    config: Config = None,
) -> None:
    """Tells NAME again what happened, with the ids of then; the running service does it."""
    from config.webhooks import replay

    async def asked(settings: Settings) -> None:
        async with opened(settings) as store:
            await replay(store, name, from_, to, time_zone)

    _run(asked(load(config)))
    said.print(f"{name} is told again what happened from {from_} to {to}; see helin webhooks list.")


@imports.command(name="contacts")
def import_contacts(
    file: Path,
    /,
    *,
    config: Config = None,
    map: Annotated[
        list[str] | None, Parameter(help="FIELD=COLUMN, e.g. --map number=Telefon; else by the headers.")
    ] = None,
    country: Annotated[
        str | None, Parameter(help="Two letters; reads numbers without an international prefix.")
    ] = None,
    report: Annotated[Path | None, Parameter(help="Where refused rows go (CSV); else FILE.refused.csv.")] = None,
) -> None:
    """Reads contacts from a CSV file; each refused row is reported with its reason."""
    _run(_import_contacts(load(config), file, map or [], country, report))


async def _import_contacts(
    settings: Settings, file: Path, pairs: list[str], country: str | None, refused: Path | None
) -> None:
    from crm_store.importing import import_contacts as run

    mapping = dict(pair_of(each) for each in pairs)
    refused = refused or file.with_name(file.name + ".refused.csv")
    async with opened(settings) as store:
        with _progress() as progress:
            bar = progress.add_task(f"Reading {file.name}", total=None)
            report = await run(
                store,
                file,
                mapping or None,
                country=country or settings.numbers.country,
                refused=refused,
                progress=lambda done, total: progress.update(bar, completed=done, total=total),
            )
    said.print(f"{report.added} added, {report.changed} changed, {report.same} as they were, {report.refused} refused.")
    if report.refused:
        said.print(f"The refused rows and why: {refused}")


@imports.command(name="leads")
def import_leads(
    file: Path,
    /,
    *,
    campaign: Annotated[str, Parameter(help="The campaign's name.")],
    list: Annotated[str | None, Parameter(help="The list's name, made where there is none; else FILE's.")] = None,
    dedupe: Annotated[
        Literal["list", "campaign", "system"], Parameter(help="Where a number may be only once.")
    ] = "campaign",
    config: Config = None,
    map: Annotated[
        tuple[str, ...], Parameter(help="FIELD=COLUMN, e.g. --map number=Telefon; else by the headers.")
    ] = (),
    country: Annotated[
        str | None, Parameter(help="Two letters; reads numbers without an international prefix.")
    ] = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    source: Annotated[str | None, Parameter(help="Where the list is from, for its results.")] = None,
    cost: Annotated[float | None, Parameter(help="What the list cost, for its return.")] = None,
    basis: Annotated[
        Literal["consent", "legitimate_interest"] | None,
        Parameter(help="Why they may be called, if FILE does not say it."),
    ] = None,
    basis_text: Annotated[str | None, Parameter(help="What they agreed to, or which interest was weighed.")] = None,
    report: Annotated[Path | None, Parameter(help="Where refused rows go (CSV); else FILE.refused.csv.")] = None,
) -> None:
    """Reads a dial list (CSV) into a campaign; the same file again goes on where it was broken off."""
    from config.leads import Wish
    from config.leads import import_wished as run

    wish = Wish(
        file, campaign, list or file.stem, dedupe, dict(pair_of(each) for each in map), country, encoding, delimiter,
        source, cost, basis, basis_text, report or file.with_name(file.name + ".refused.csv"),
    )  # fmt: skip
    _run(_import_leads(load(config), wish, run))


async def _import_leads(settings: Settings, wish: Any, run: Callable[..., Awaitable[str]]) -> None:
    async with opened(settings) as store:
        with _progress() as progress:
            bar = progress.add_task(f"Reading {wish.path.name}", total=None)
            told = await run(
                store, settings, wish, lambda done, total: progress.update(bar, completed=done, total=total)
            )
    said.print(told)


@imports.command(name="do-not-call")
def import_do_not_call(
    file: Path,
    /,
    *,
    list: Annotated[str, Parameter(help="Its name, as country profiles ask for it: us-national, uk-tps, uk-ctps.")],
    as_of: Annotated[datetime, Parameter(help="The day that the list says it is from, like 2026-11-20.")],
    campaign: Annotated[str | None, Parameter(help="It is for this campaign alone.")] = None,
    country: Annotated[
        str | None, Parameter(help="Two letters; reads numbers without an international prefix.")
    ] = None,
    smaller: Annotated[bool, Parameter(help="It may have less than half of the numbers it had.", negative="")] = False,
    config: Config = None,
) -> None:
    """Reads a do-not-call list, a number a line, in place of the one of that name."""
    told = {"campaign": campaign, "country": country, "smaller": smaller}
    _run(_import_do_not_call(load(config), file, list, as_of.date(), told))


async def _import_do_not_call(settings: Settings, file: Path, name: str, as_of: date, told: dict[str, Any]) -> None:
    async with opened(settings) as store:
        with _progress() as progress:
            bar = progress.add_task(f"Reading {file.name}", total=None)
            report = await store.suppressions.import_list(
                file,
                name,
                as_of,
                "helin import",
                datetime.now(UTC),
                progress=lambda lines: progress.update(bar, completed=lines),
                **told,
            )
    said.print(f"{report.numbers:,} numbers are on the list {name} of {as_of}, {report.refused_count:,} lines refused.")
    for line in report.refused:
        said.print(f"  {line}", markup=False)


@exports.command(name="contacts")
def export_contacts(file: Target, /, *, config: Config = None) -> None:
    """Writes all contacts into a CSV file that `helin import contacts` reads back."""
    from crm_store.exporting import export_contacts as write

    _run(_export(load(config), file, "contacts", write))


@exports.command(name="calls")
def export_calls(
    file: Target,
    /,
    *,
    from_: Annotated[
        datetime | None, Parameter(name="--from", help="Started at or after, like 2026-11-01 (UTC).")
    ] = None,
    to: Annotated[datetime | None, Parameter(help="Started before.")] = None,
    queue: str | None = None,
    agent: str | None = None,
    config: Config = None,
) -> None:
    """Writes the log of calls into a CSV file, newest first."""
    from crm_store.exporting import export_calls as write
    from crm_store.records import CallFilter

    want = CallFilter(from_=_utc(from_), to=_utc(to), queue=queue, agent=agent)
    _run(_export(load(config), file, "calls", lambda store, out, done: write(store, out, want, done)))


@exports.command(name="attempts")
def export_attempts(
    file: Target,
    /,
    *,
    campaign: Annotated[str | None, Parameter(help="Its name; else all.")] = None,
    from_: Annotated[
        datetime | None, Parameter(name="--from", help="Dialled at or after, like 2026-11-01 (UTC).")
    ] = None,
    to: Annotated[datetime | None, Parameter(help="Dialled before.")] = None,
    config: Config = None,
) -> None:
    """Writes what campaigns dialled into a CSV file, each attempt with its proof, for a regulator."""
    from crm_store.attempt_records import AttemptFilter
    from crm_store.attempt_records import export_attempts as write

    want = AttemptFilter(campaign, _utc(from_), _utc(to))
    _run(_export(load(config), file, "attempts", lambda store, out, done: write(store.database, out, want, done)))


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


async def _export(settings: Settings, file: str, what: str, write: Callable[..., Awaitable[int]]) -> None:
    from config.outfile import opened_for_writing

    async with opened(settings) as store:
        with opened_for_writing(file) as out, _progress() as progress:
            bar = progress.add_task(f"Writing {what}", total=None)
            count = await write(store, out, lambda done, total: progress.update(bar, completed=done, total=total))
    if file != "-":
        said.print(f"{count} {what} are in {file}.")


@app.command
def rebuild(*, config: Config = None) -> None:
    """Makes the calls' records anew from the journal."""
    _run(_rebuild(load(config)))


async def _rebuild(settings: Settings) -> None:
    from crm_store.rebuild import rebuild as run

    async with opened(settings) as store:
        with _progress() as progress:
            bar = progress.add_task("Rebuilding", total=None)
            await run(store, lambda done, total: progress.update(bar, completed=done, total=total))
    said.print("Rebuilt from the journal.")


@app.command
def tiers(*, config: Config = None) -> None:
    """Reckons all customers' tiers anew from their orders; the service does so nightly, and after each order."""
    _run(_tiers(load(config)))


async def _tiers(settings: Settings) -> None:
    async with opened(settings) as store:
        with _progress() as progress:
            bar = progress.add_task("Reckoning", total=None)
            done = await store.tiers.reckon(
                datetime.now(UTC), lambda done, total: progress.update(bar, completed=done, total=total)
            )
    have = ", ".join(f"{count:,} {tier}" for tier, count in done.have.items())
    said.print(f"{done.changed:,} changed; there are {have}.")


@recordings.command
def retain(*, config: Config = None) -> None:
    """Erases the recordings that were kept long enough; the service does so daily."""
    _run(_retain(load(config)))


async def _retain(settings: Settings) -> None:
    from datetime import UTC, datetime

    from crm_store.retention import retain as run
    from crm_store.sound import SoundFolder

    at = settings.recordings
    async with opened(settings) as store:
        done = await run(store, SoundFolder(at.folder), at.keep_days, datetime.now(UTC))
    said.print(f"{done.erased} erased, {done.gone} had gone before, {len(done.failed)} could not be erased.")
    for sentence in done.failed:
        said.print(f"  {sentence}")
    if done.failed:
        raise HelinError("some recordings could not be erased: see above")


@recordings.command
def check(*, config: Config = None) -> None:
    """Compares the folder with the records: each recorded call has its file, every file its call."""
    _run(_check(load(config)))


async def _check(settings: Settings) -> None:
    from crm_store.retention import differences
    from crm_store.sound import SoundFolder

    found = 0
    async with opened(settings) as store:
        async for sentence in differences(store, SoundFolder(settings.recordings.folder)):
            found += 1
            said.print(sentence)
    if found:
        raise HelinError(f"{found} differences between the recordings and the records")
    said.print("Every recorded call has its file, every file its call.")


@app.command
def doctor(*, config: Config = None) -> None:
    """Checks Asterisk, its account, the store and the clock, and says what to do about what is wrong."""
    from config.doctor import examine

    findings = _run(examine(load(config)))
    marks = {"ok": "[green]ok  [/]", "warn": "[yellow]warn[/]", "fail": "[red]fail[/]"}
    for finding in findings:
        said.print(f"{marks[finding.level]} {finding.what}" + (f" — {finding.do}" if finding.do else ""))
    if any(finding.level == "fail" for finding in findings):
        raise HelinError("not fit to run: see what failed above")


@app.command
def demo(*, port: Annotated[int, Parameter(help="Where the panel is served.")] = 8080, config: Config = None) -> None:
    """Shows all of it from nothing: an Asterisk, demo data, agents and callers that ring in. Ctrl-C ends it.

    The Asterisk is the one that the settings name, else this machine's, else one in a folder, else a recorded one.
    """
    from config.demonstration import run

    _run(run(port, load(config)))


@simulations.command(name="day")
def simulate_day(
    *,
    arrivals: Annotated[
        Path | None, Parameter(help="CSV: arrived_seconds,queue,tier,skills,service_seconds,patience_seconds.")
    ] = None,
    staff: Annotated[Path | None, Parameter(help="TOML: [[agents]], [[queues]], [[tiers]].")] = None,
    from_journal: Annotated[str | None, Parameter(help="A recorded day, like 2026-11-24, instead of both.")] = None,
    time_zone: Annotated[str, Parameter(help="Where that day's midnights are.")] = "UTC",
    agents: Annotated[int, Parameter(help="With --from-journal: so many more at work, or fewer.")] = 0,
    target: Annotated[int | None, Parameter(help="With --from-journal: seconds, else as the queues have it.")] = None,
    longest: Annotated[int | None, Parameter(help="With --from-journal: the longest wait, seconds.")] = None,
    policy: Annotated[
        list[str] | None, Parameter(help="helin, helin:misses, rules, fifo, app_queue:STRATEGY[:priorities].")
    ] = None,
    json: Annotated[bool, Parameter(negative="", help="Prints the figures as JSON.")] = False,
    config: Config = None,
) -> None:
    """Plays a day of calls through Helin's routing and others, and compares them."""
    from config.simulate import check_policies, contest, show

    names = check_policies(policy or [])
    if from_journal is not None:
        from config.recorded_day import Change, recorded

        results = _run(recorded(load(config), from_journal, time_zone, names, Change(agents, target, longest)))
    elif arrivals is None or staff is None:
        raise HelinError("give --arrivals and --staff, or --from-journal with a recorded day")
    else:
        day, results = contest(arrivals, staff), {}
        with said_aside.status("Playing …") as status:
            for name in names:
                status.update(f"Playing {name} …")
                results[name] = day.result(name)
    if json:
        print(dumps({"policies": results}, indent=1))  # noqa: T201 (what another program reads)
    else:
        show(results, said)


@simulations.command(name="campaign")
def simulate_campaign(
    *,
    world: Annotated[Path, Parameter(help="TOML: agents, hours, answer_rate, talk_seconds, …")],
    policy: Annotated[
        list[str] | None,
        Parameter(
            help="helin[:alike], progressive, ratio:K|best, vicidial:hard|average|tapered|best, marginal, erlang."
        ),
    ] = None,
    limit: Annotated[float, Parameter(help="The share of answered calls that may be abandoned in a window.")] = 0.03,
    windows: Annotated[int | None, Parameter(help="How many campaigns are played, each with its own people.")] = None,
    json: Annotated[bool, Parameter(negative="", help="Prints the figures as JSON.")] = False,
) -> None:
    """Plays an invented campaign with Helin's dialer and with others, and compares them."""
    from config import simulate_campaign as campaign

    invented, seed = campaign.read_world(world)
    names = campaign.check_policies(policy or [], invented, campaign.check_limit(limit))
    count = campaign.windows(invented, windows)
    with said_aside.status("Playing …") as status:
        results = campaign.play_all(
            names, invented, seed, limit, count, lambda name, done: status.update(f"Playing {name}: {done} …")
        )
    if json:
        print(dumps({"limit": limit, "policies": results}, indent=1))  # noqa: T201 (what another program reads)
    else:
        campaign.show(results, limit, said)


@simulations.command(name="staffing")
def simulate_staffing(
    *,
    calls: Annotated[float, Parameter(help="An hour.")],
    talk: Annotated[float, Parameter(help="Seconds on the average, wrap-up included.")],
    patience: Annotated[float | None, Parameter(help="Seconds on the average; left out: nobody gives up.")] = None,
    target: Annotated[float, Parameter(help="Seconds within which a call should be answered.")] = 20.0,
    level: Annotated[float, Parameter(help="The share of calls that should be.")] = 0.8,
    abandoned: Annotated[float, Parameter(help="At most this share gives up.")] = 1.0,
    absent: Annotated[float, Parameter(help="The share of paid time spent away: breaks, leave, training.")] = 0.0,
    json: Annotated[bool, Parameter(negative="", help="Prints the figures as JSON.")] = False,
    config: Config = None,
) -> None:
    """How many agents it takes, by Erlang C, or Erlang A if callers give up."""
    from config.staffing import asked, plan, show

    planned = plan(asked(calls, talk, patience), target, level, abandoned, absent)
    if json:
        print(dumps(planned, indent=1))  # noqa: T201 (what another program reads)
    else:
        show(planned, target, said)


def opened(settings: Settings) -> Any:
    """The store as an async context, its schema checked."""
    from config.stores import open_store

    return open_store(settings)


def pair_of(text: str) -> tuple[str, str]:
    field, separator, column = text.partition("=")
    if not separator or not field or not column:
        raise HelinError(f"--map {text}: write FIELD=COLUMN, like --map number=Telefon")
    return field, column


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=Console(stderr=True), transient=True,
    )  # fmt: skip


def _run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def main() -> None:
    """The entry point: errors meant for people become one line and status 1."""
    try:
        app()
    except HelinError as error:
        print(f"helin: {error}", file=sys.stderr)  # noqa: T201 (this is the command line's voice)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
