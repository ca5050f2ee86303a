"""A slow line: a proxy on this machine that hands every byte on, after a delay each way.

>>> with SlowLine(8888) as line:                                         # doctest: +SKIP
...     line.delay = 0.15                  # seconds each way, as to a server on another continent
...     print(f"http://127.0.0.1:{line.port}")
"""

import asyncio
import contextlib
import threading


class SlowLine:
    """Pass TCP connections on to a port of this machine; HTTP and websockets do not notice.

    Attributes
    ----------
    port : int
        Where it listens.
    delay : float
        Seconds each way; may be changed while it runs.
    """

    def __init__(self, target):
        self._target, self.delay, self.port = target, 0.0, None
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
            await asyncio.gather(self._pass(reader, forth), self._pass(back, writer))

    async def _pass(self, reader, writer):
        """Each piece leaves `delay` after it came, in order; many may be under way at once."""
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(1 << 16):
                self._loop.call_later(self.delay, writer.write, data)
        await asyncio.sleep(self.delay)
        writer.close()
