"""Blocks internet sockets in this process: raises :class:`NetworkBlocked` for AF_INET and AF_INET6 and for lookups.

Switched on by ``tests/conftest.py``, and by ``sitecustomize.py`` beside this file in every Python process that a test
starts. AF_UNIX stays open: worker pools talk over it.
"""

from __future__ import annotations

import socket
from typing import Any

INTERNET = (socket.AF_INET, socket.AF_INET6)
LOOKUPS = ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr", "getnameinfo")
_originals: dict[str, Any] = {}


class NetworkBlocked(Exception):
    """Something tried to reach a network. No OSError, so that code that survives failed connections fails too."""


def block() -> None:
    """Make every new internet socket and every name lookup raise. Does nothing when they do already."""
    if _originals:
        return
    _originals["__init__"] = socket.socket.__init__
    socket.socket.__init__ = _guarded_init  # on the class, so that names imported before are covered too
    for name in LOOKUPS:
        _originals[name] = getattr(socket, name)
        setattr(socket, name, _refuse)


def unblock() -> None:
    """Take the block back."""
    if not _originals:
        return
    socket.socket.__init__ = _originals.pop("__init__")
    for name in LOOKUPS:
        setattr(socket, name, _originals.pop(name))


def _guarded_init(self: socket.socket, *args: Any, **kwargs: Any) -> None:
    _originals["__init__"](self, *args, **kwargs)
    if self.family in INTERNET:
        self.close()
        raise NetworkBlocked("an internet socket was opened")


def _refuse(*args: Any, **kwargs: Any) -> Any:
    raise NetworkBlocked("a host name was looked up")
