"""Everything that leaves the product while it runs: HTTP, SMTP, log lines and files, as bytes."""

from __future__ import annotations

import logging
import os
import socket
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from attrs import define, field
from tests.post_office import PostOffice

LOGGERS = ("cypn_core", "cypn_services")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_UNHEARD = ("__pycache__", ".lock", "/dev/", "/templates-")
"""Compiled code and templates among them: whoever comes first to a page compiles it."""


@define
class TappedOffice(PostOffice):
    """A post office that also keeps what each connection was sent, command by command."""

    wire: list[bytearray] = field(factory=list)


@define
class Recorder:
    """What one member and the public receive, and what the product leaves behind.

    *token* is the member's key, *address* where its mail goes. Requests without a key are the
    public's, and those of calendar programs and mailed links.
    """

    address: str
    token: str = ""
    told: list[bytes] = field(factory=list)
    logged: list[str] = field(factory=list)
    written: list[str] = field(factory=list)
    office: TappedOffice = field(factory=TappedOffice)

    def around(self, app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
        """*app*, overheard when the member or the public asks it."""

        def overheard(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
            head: list[str] = []

            def started(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
                head[:] = [status, *(f"{name}: {value}" for name, value in headers)]
                return start(status, headers, *more)

            body = list(app(environ, started))
            key = environ.get("HTTP_AUTHORIZATION", "")
            if not key or (self.token and key.endswith(self.token)):
                self.told.append("\n".join(head).encode() + b"\n\n" + b"".join(body))
            return body

        return overheard

    def heard(self) -> list[bytes]:
        """All of it: answers in order, then what went over SMTP, the log, and files."""
        to = f"rcpt TO:<{self.address}>".encode()
        mailed = [bytes(sent) for sent in self.office.wire if to in sent]
        return [*self.told, *mailed, *(line.encode() for line in self.logged), *self._files()]

    def _files(self) -> Iterator[bytes]:
        """Each file once: its name, and what is in it unless it is the store itself."""
        for name in dict.fromkeys(self.written):
            path = Path(name)
            kept = path.is_file() and "sqlite3" not in path.name
            yield name.encode() + b"\n" + (path.read_bytes() if kept else b"")


class _Tapped(SMTP):
    """One connection; the base class reads from the same bytes."""

    def connection_made(self, transport: Any) -> None:
        self.event_handler.wire.append(bytearray())
        self._mine = self.event_handler.wire[-1]
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        self._mine += data
        super().data_received(data)


class _Server(Controller):
    def factory(self) -> SMTP:
        return _Tapped(self.handler, **self.SMTP_kwargs)


class _Lines(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.NOTSET)
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextmanager
def eavesdropping(address: str) -> Iterator[Recorder]:
    """Hear everything; *address* is that of the member whose letters count."""
    recorder = Recorder(address)
    with _listening(recorder.office), _logged(recorder.logged), _files(recorder.written):
        yield recorder


@contextmanager
def _listening(office: TappedOffice) -> Iterator[None]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = _Server(office, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        office.url = f"smtp://127.0.0.1:{port}"
        yield
    finally:
        controller.stop()


@contextmanager
def _logged(lines: list[str]) -> Iterator[None]:
    """What the product logs at any level, and what anything else logs at all by default."""
    handler, loggers = _Lines(lines), [logging.getLogger(name) for name in LOGGERS]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


_heard_by: list[list[str]] = []


def _opened(event: str, args: tuple[Any, ...]) -> None:
    """An audit hook, which cannot be taken away again: it does nothing while nobody listens."""
    if not _heard_by or event not in {"open", "os.rename", "os.mkdir"}:
        return
    name = str(args[-2] if event == "os.rename" else args[0])
    mode, flags = (args[1] or "", args[2] or 0) if event == "open" else ("w", 0)
    writes = any(sign in str(mode) for sign in "wax+") or flags & _WRITES
    if writes and not any(part in name for part in _UNHEARD) and not name.lstrip("-").isdigit():
        _heard_by[-1].append(name)


sys.addaudithook(_opened)


@contextmanager
def _files(names: list[str]) -> Iterator[None]:
    _heard_by.append(names)
    try:
        yield
    finally:
        _heard_by.remove(names)
