"""The door and the wire behind it, spoken to by raw TCP, by websockets' own client and by aiohttp's."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.frames import Frame, Opcode

from agent_ui import door, wire
from agent_ui.door import Door
from agent_ui.http.upgrade import upgrading
from agent_ui.wire import Wire, text_frame


class Echo:
    """An owner that sends back what it hears, and remembers who came and went."""

    def __init__(self) -> None:
        self.wires: list[Wire] = []
        self.gone = asyncio.Event()

    def opened(self, wire: Wire) -> None:
        self.wires.append(wire)

    def received(self, wire: Wire, text: bytes) -> None:
        wire.send((text[:3], text[3:]), len(text))

    def closed(self, wire: Wire) -> None:
        assert not self.gone.is_set()
        self.gone.set()


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
async def port(echo: Echo) -> AsyncIterator[int]:
    async def say(request: web.Request) -> web.Response:
        return web.Response(text=f"{request.method} {request.path} {len(await request.read())}")

    async def refuse(_: web.Request) -> web.Response:
        return web.Response(status=401)

    def wire(done: Callable[[], None] | None = None) -> Wire:
        return Wire(echo, ["http://shop.example", None], "/panel", done)

    app = web.Application()
    app.router.add_get("/panel", upgrading(wire))
    app.router.add_post("/refused", refuse)
    app.router.add_route("*", "/{tail:.*}", say)
    runner = web.AppRunner(app)
    await runner.setup()
    assert runner.server is not None
    http = runner.server

    def met() -> Door:
        return Door(wire, http, b"/panel")

    server = await asyncio.get_running_loop().create_server(met, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()
    await runner.cleanup()


@pytest.fixture
def short_first_line() -> Iterator[None]:
    before, door.FIRST_LINE_WITHIN = door.FIRST_LINE_WITHIN, 0.05
    yield
    door.FIRST_LINE_WITHIN = before


async def say(port: int, *pieces: bytes, until: bytes = b"") -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0.005)
    heard = b""
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        heard = await reader.readuntil(until) if until else await reader.read()
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    return heard


async def test_http_goes_to_aiohttp_with_its_body(port: int) -> None:
    async with (
        aiohttp.ClientSession() as client,
        client.post(f"http://127.0.0.1:{port}/panel/x?y=/panel", data=b"z" * 100_000) as answer,
    ):
        assert await answer.text() == "POST /panel/x 100000"


@pytest.mark.parametrize("cut", [1, 3, 15, 16, 17, 40])
async def test_a_head_in_pieces_arrives_whole(port: int, cut: int) -> None:
    head = b"GET /a?b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    assert (await say(port, head[:cut], head[cut:])).endswith(b"GET /a 0")


async def test_pipelined_requests_are_all_answered(port: int) -> None:
    two = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    heard = await say(port, two)
    assert heard.index(b"GET /a 0") < heard.index(b"GET /b 0")


async def test_empty_lines_before_a_request_are_skipped(port: int) -> None:
    assert b"GET /a 0" in await say(port, b"\r\n\r\n", b"\r\nGET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")


@pytest.mark.parametrize("piece", [b"GET /" + b"a" * 9_000, b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\n\r\n"])
async def test_a_line_too_long_is_refused(port: int, piece: bytes) -> None:
    assert (await say(port, piece)).startswith(b"HTTP/1.1 414 ")


async def test_rubbish_gets_400(port: int) -> None:
    assert (await say(port, b"\x16\x03\x01\x02\x00\n\r\n\r\n")).startswith(b"HTTP/1.0 400 ")


@pytest.mark.usefixtures("short_first_line")
@pytest.mark.parametrize("pieces", [(), (b"GET",), (b"\r\n", b"\r\n")])
async def test_who_says_too_little_is_cut_off(port: int, pieces: tuple[bytes, ...]) -> None:
    assert await asyncio.wait_for(say(port, *pieces), 2) == b""


async def test_a_socket_echoes_text_of_every_length_of_header(port: int) -> None:
    async with connect(f"ws://127.0.0.1:{port}/panel", max_size=None) as client:
        for length in (0, 1, 125, 126, 65_535, 65_536):
            text = "õ" * (length // 2) + "x" * (length % 2)
            await client.send(text)
            assert await client.recv() == text


async def test_a_socket_takes_fragments_and_answers_pings(port: int) -> None:
    async with connect(f"ws://127.0.0.1:{port}/panel") as client:
        await client.send(["one ", "two ", "three"])
        assert await client.recv() == "one two three"
        await asyncio.wait_for(await client.ping(), 2)


async def test_a_connection_that_served_the_api_may_become_a_socket(port: int, echo: Echo) -> None:
    connector = aiohttp.TCPConnector(limit=1)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", connector=connector) as client:
        for _ in range(2):
            async with client.get("/a") as answer:
                assert await answer.text() == "GET /a 0"
            async with client.ws_connect("/panel?x=1") as socket:
                await socket.send_str("õ" * 1_000)
                assert await socket.receive_str() == "õ" * 1_000
            await asyncio.wait_for(echo.gone.wait(), wire.CLOSE_WITHIN + 2)
            echo.gone.clear()


async def test_a_body_that_looks_like_an_upgrade_stays_a_body(port: int) -> None:
    upgrade = (
        b"GET /panel HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    head = b"POST /refused HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(upgrade)
    heard = await say(port, head, upgrade, b"GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert heard.startswith(b"HTTP/1.1 401 ")
    assert heard.endswith(b"GET /b 0")
    assert b" 101 " not in heard


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://shop.example:81"])
async def test_another_pages_origin_is_refused(port: int, origin: str) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        await connect(f"ws://127.0.0.1:{port}/panel", additional_headers={"Origin": origin}).__aenter__()


async def test_the_own_origin_and_none_are_taken(port: int, echo: Echo) -> None:
    async with connect(f"ws://127.0.0.1:{port}/panel?x=1", additional_headers={"Origin": "http://shop.example"}):
        assert echo.wires[0].open


async def test_no_compression_is_agreed_on(port: int) -> None:
    async with connect(f"ws://127.0.0.1:{port}/panel", compression="deflate") as client:
        assert client.protocol.extensions == []


async def test_a_message_too_big_closes(port: int, echo: Echo) -> None:
    async with connect(f"ws://127.0.0.1:{port}/panel") as client:
        await client.send("x" * (wire.LARGEST_MESSAGE + 1))
        with pytest.raises(ConnectionClosedError) as closed:
            await client.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009
    await asyncio.wait_for(echo.gone.wait(), wire.CLOSE_WITHIN + 2)


async def test_binary_is_refused(port: int) -> None:
    async with connect(f"ws://127.0.0.1:{port}/panel") as client:
        await client.send(b"x")
        with pytest.raises(ConnectionClosedError, match="1003"):
            await client.recv()


async def test_a_close_from_here_carries_its_code(port: int, echo: Echo) -> None:
    async with connect(f"ws://127.0.0.1:{port}/panel") as client:
        echo.wires[0].close(4009, "taken over")
        echo.wires[0].send((b"late",), 4)
        with pytest.raises(ConnectionClosedError, match="4009"):
            await client.recv()
    await asyncio.wait_for(echo.gone.wait(), wire.CLOSE_WITHIN + 2)


async def test_a_socket_that_never_reads_is_closed_as_too_slow(port: int, echo: Echo) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        b"GET /panel HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    await reader.readuntil(b"\r\n\r\n")
    sent = 0
    while echo.wires[0].open:
        echo.wires[0].send((b"x" * 100_000,), 100_000)
        sent += 1
        assert sent < 1_000, "nothing bounds what waits for a socket"
        await asyncio.sleep(0)
    await asyncio.wait_for(echo.gone.wait(), wire.CLOSE_WITHIN + 2)
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


@given(st.integers(0, 200_000))
def test_the_frame_header_is_the_one_of_websockets(length: int) -> None:
    whole = Frame(Opcode.TEXT, b"x" * length).serialize(mask=False)
    assert text_frame(length) + b"x" * length == whole
