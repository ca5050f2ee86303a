"""Whether the server's answers leave at once: the option is read from the real socket of a real websocket."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application
from tornado.websocket import WebSocketHandler, websocket_connect

from convlab import jupyter_server


class Plain:
    """A connection as Jupyter's are: it belongs to a websocket and does something when that opens."""

    def __init__(self, websocket_handler):
        self.websocket_handler = websocket_handler

    async def connect(self):
        stream = self.websocket_handler.ws_connection.stream
        waits = not stream.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        await self.websocket_handler.write_message("waits" if waits else "at once")


class Handler(WebSocketHandler):
    async def open(self):
        await self.settings["kernel_websocket_connection_class"](self).connect()


async def answer(connection):
    application = Application([("/", Handler)], kernel_websocket_connection_class=connection)
    (listening, port) = bind_unused_port()
    http = HTTPServer(application)
    http.add_sockets([listening])
    client = await websocket_connect(f"ws://127.0.0.1:{port}/")
    try:
        return await client.read_message()
    finally:
        client.close()
        http.stop()
        await http.close_all_connections()


@pytest.mark.parametrize("loaded, found", [(False, "waits"), (True, "at once")])
def test_small_messages_leave_at_once(loaded, found):
    app = SimpleNamespace(web_app=SimpleNamespace(settings={"kernel_websocket_connection_class": Plain}))
    if loaded:
        jupyter_server._load_jupyter_server_extension(app)
    connection = app.web_app.settings["kernel_websocket_connection_class"]
    with ThreadPoolExecutor(1) as thread:  # a browser test may have left a loop running in this one
        assert thread.submit(lambda: asyncio.run(answer(connection))).result() == found
