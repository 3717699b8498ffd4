"""The page's heap over a day's work: 1,000 calls through the real panel in Chromium, its server inside the page.

``python -m tests.bench panel_heap``; fewer calls: ``python -m tests.bench.bench_panel_heap 400``. Each call rings
with its pop, is answered, held, taken back, ended and wrapped up with the keyboard. The heap is what V8 uses after a
full collection: once after the first 50 calls, when everything that is made once is there, and once after the last.
Exit status 1 when it grew by more than 20 %.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.async_api import CDPSession

from config.build_panel import WEB, node_environment
from tests.real.test_panel_pages import chromium, served

WARM = 50
MOST_GROWTH = 0.20

REPLAY = r"""async ([from, to]) => {
  const tick = () => new Promise(resolve => setTimeout(resolve, 4));
  const until = async what => { for (let n = 0; n < 2000 && !what(); n += 1) await tick(); };
  const key = (key, more = {}) => document.body.dispatchEvent(
    new KeyboardEvent('keydown', { key, code: key, bubbles: true, cancelable: true, ...more }));
  for (let n = from; n < to; n += 1) {
    const now = new Date().toISOString();
    const contact = { id: String(n % 40), name: `Customer ${n}`, account: 'Company', tier: 'A', open_tickets: 1,
      owns: ['Fibre 300'], promises: [{ id: '1', text: 'An answer', promised_by: 'agent2', due_at: now }] };
    const history = Array.from({ length: 10 }, (_, at) => ({ at: now, channel: 'call', direction: 'inbound',
      agent: 'agent2', disposition: 'resolved', note: `Note ${n} ${at} `.repeat(10) }));
    const segment = { agent: 'agent1', started_at: now, ended_at: null, talked_seconds: null, held: false,
      held_since: null, held_seconds: 0, ended_by: null, transferred_to: null, estimated: false };
    const call = { id: `replay-${n}`, asterisk: 'main', direction: 'inbound', state: 'active',
      number: '+37255501234', name: null, did: '600', queue: 'support', started_at: now, queued_at: now,
      answered_at: null, ended_at: null, outcome: null, ended_by: null,
      estimated: false, waiting: true, waiting_in: 'support', waiting_since: now, waited_seconds: 3,
      ringing: ['agent1'], segments: [], transfers: 0, contact: contact.id, tier: 'A', score: 1, reasons: [] };
    const talk = { ...call, ringing: [], waiting: false, segments: [segment] };
    const agent = { id: 'agent1', state: 'ready', leg: 'none', reason: null, since: now, queues: ['support'],
      call: null, reachable: true };
    const say = async message => { window.panel.say(message); await tick(); };
    await say({ type: 'agent.state', agent: { ...agent, leg: 'ringing' } });
    await say({ type: 'call.ringing', call, agent: 'agent1', contacts: [contact], history, suggestion: null });
    await say({ type: 'call.answered', call: talk, agent: 'agent1' });
    await say({ type: 'agent.state', agent: { ...agent, leg: 'talking' } });
    await say({ type: 'call.held', call: { ...talk, segments: [{ ...segment, held: true }] }, agent: 'agent1' });
    await say({ type: 'call.resumed', call: talk, agent: 'agent1' });
    key('1');
    await say({ type: 'agent.state', agent: { ...agent, state: 'wrap_up' } });
    const ended = { ...talk, state: 'ended', ended_at: now, outcome: 'answered' };
    await say({ type: 'call.ended', gone: true, call: { ...ended, segments: [{ ...segment, ended_at: now }] } });
    await until(() => document.querySelector('article[data-phase="ended"] input:checked'));
    key('Enter', { ctrlKey: true });
    await until(() => !document.querySelector('article'));
    if (document.querySelector('article')) throw new Error(`call ${n} was not wrapped up`);
  }
}"""


async def heap(devtools: CDPSession) -> tuple[int, int]:
    """Bytes in use after a full collection, and the nodes of the document that are still held."""
    for _ in range(3):
        await devtools.send("HeapProfiler.collectGarbage")
    told = await devtools.send("Performance.getMetrics")
    figures = {each["name"]: each["value"] for each in told["metrics"]}
    return int(figures["JSHeapUsedSize"]), int(figures["Nodes"])


def build(out: str) -> None:
    npm, environment = node_environment()
    command = [*npm, "exec", "--", "vite", "build", "--mode", "look", "--outDir", out, "--logLevel", "error"]
    subprocess.run(command, cwd=WEB, env=environment, check=True)


async def measure(files: Path, calls: int) -> tuple[tuple[int, int], tuple[int, int]]:
    async with served(files) as url, chromium() as browser:
        page = await browser.new_page()
        page.set_default_timeout(3_600_000)
        await page.goto(f"{url}/dev.html?scene=rest")
        await page.wait_for_selector("main h1")
        devtools = await page.context.new_cdp_session(page)
        await devtools.send("Performance.enable")
        await page.evaluate(REPLAY, [0, WARM])
        before = await heap(devtools)
        await page.evaluate(REPLAY, [WARM, calls])
        return before, await heap(devtools)


def main() -> int:
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    with tempfile.TemporaryDirectory() as out:
        build(out)
        (before, nodes_before), (after, nodes_after) = asyncio.run(measure(Path(out), calls))
    growth = after / before - 1
    print(f"heap after {WARM} calls {before / 1e6:.2f} MB, after {calls} {after / 1e6:.2f} MB: {growth:+.1%}")
    print(f"nodes {nodes_before} and {nodes_after}; at most {MOST_GROWTH:+.0%} of heap is allowed")
    return 1 if growth > MOST_GROWTH else 0


if __name__ == "__main__":
    sys.exit(main())
