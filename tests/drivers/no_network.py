"""Refuse the network to this process, for the tests that show convlab never asks for it.

>>> import urllib.request                                               # doctest: +SKIP
>>> from tests.drivers import no_network                                # doctest: +SKIP
>>> no_network.refuse()                                                 # doctest: +SKIP
>>> urllib.request.urlopen("http://192.0.2.1")                          # doctest: +SKIP
Traceback (most recent call last):
...
OSError: refused: socket.connect ('192.0.2.1', 80)
"""

import sys

LOOPBACK = ("127.", "::1", "localhost")
refused = []  # what was asked for, even where the exception was caught


def refuse():
    """Let every connection or name look-up beyond this machine raise OSError; it cannot be undone."""
    sys.addaudithook(_hook)


def _hook(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None  # a path: a socket of this machine
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        address = host = arguments[0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host and not host.startswith(LOOPBACK):
        refused.append(f"{event} {address}")
        raise OSError(f"refused: {event} {address}")
