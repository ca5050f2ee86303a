"""A slow line: a proxy on this machine that hands every byte on, after a delay each way.

>>> with SlowLine(8888) as line:                                         # doctest: +SKIP
...     line.delay = 0.15                  # seconds each way, as to a server on another continent
...     line.speed = 5e6 / 8               # bytes a second each way
...     print(f"http://127.0.0.1:{line.port}")
"""

import asyncio
import contextlib
import math
import threading


class SlowLine:
    """Pass TCP connections on to a port of this machine; HTTP and websockets do not notice.

    Attributes
    ----------
    port : int
        Where it listens.
    delay : float
        Seconds each way; may be changed while it runs.
    speed : float
        Bytes a second each way, for all connections together; may be changed while it runs.
    loses : callable
        From a message of a websocket to the page, as bytes, whether it gets lost.
    received : int
        Bytes that went to the page.
    """

    def __init__(self, target):
        self._target, self.delay, self.speed, self.port = target, 0.0, math.inf, None
        self.loses, self.received, self._free = lambda message: False, 0, {}
        self._loop, self._end, self._ready = None, None, threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        self._ready.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    async def _serve(self):
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        with contextlib.closing(server):
            await self._end.wait()  # then `run` cancels what is still connected

    async def _connect(self, reader, writer):
        back, forth = await asyncio.open_connection("127.0.0.1", self._target)
        with (
            contextlib.closing(writer),
            contextlib.closing(forth),
            contextlib.suppress(asyncio.CancelledError),
        ):
            to_server = self._pass("to the server", self._pieces(reader), forth)
            await asyncio.gather(to_server, self._pass("to the page", self._kept(back), writer))

    async def _pass(self, way, pieces, writer):
        """Each piece leaves in order, when the line has been free for it, and `delay` later; many at once."""
        last = 0.0
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            async for piece in pieces:
                self._free[way] = max(self._loop.time(), self._free.get(way, 0)) + len(piece) / self.speed
                last = max(last, self._free[way] + self.delay)
                self._loop.call_at(last, writer.write, piece)
                self.received += len(piece) * (way == "to the page")
        await asyncio.sleep(max(0, last - self._loop.time()))
        writer.close()

    async def _pieces(self, reader):
        while piece := await reader.read(1 << 14):
            yield piece

    async def _kept(self, reader):
        """What the server sends; of a websocket (RFC 6455), message by message, without what gets lost."""
        start = await reader.readuntil(b"\r\n\r\n")
        yield start
        if not start.startswith(b"HTTP/1.1 101"):
            async for piece in self._pieces(reader):
                yield piece
        while True:
            head = await reader.readexactly(2)
            more = await reader.readexactly({126: 2, 127: 8}.get(head[1], 0))
            message = await reader.readexactly(int.from_bytes(more) if more else head[1])
            if head[0] & 15 not in (1, 2) or not self.loses(message):
                yield head + more + message
