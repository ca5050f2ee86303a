"""A setting for Jupyter's server: send every answer of a kernel at once.

One slider step is answered by several small messages. As it comes, the server holds each back until the
browser has confirmed the one before (Nagle's algorithm), and browsers wait up to 40 ms with that. Installing
convlab switches this module on (`binder/jupyter-server.json`); it changes nothing else.
"""


def _jupyter_server_extension_points():
    return [{"module": "convlab.jupyter_server"}]


def _load_jupyter_server_extension(app):
    settings = app.web_app.settings
    settings["kernel_websocket_connection_class"] = prompt(settings["kernel_websocket_connection_class"])


def prompt(connection):
    """Derive from a class of connections one that sends small messages without waiting.

    Parameters
    ----------
    connection : type
        What the server uses now: `ZMQChannelsWebsocketConnection`, or that of a gateway.

    Returns
    -------
    type
        Its ``connect`` first sets TCP_NODELAY on the browser's websocket.

    Notes
    -----
    Tornado's documentation of `WebSocketHandler.set_nodelay` advises it for small messages that matter soon.

    Examples
    --------
    >>> class Plain:
    ...     websocket_handler = None
    >>> issubclass(prompt(Plain), Plain)
    True
    """

    class Prompt(connection):
        async def connect(self):
            self.websocket_handler.set_nodelay(True)
            return await super().connect()

    return Prompt
