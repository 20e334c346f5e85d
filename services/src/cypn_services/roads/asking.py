"""One question to a routing service over HTTP, bounded in time and in what is read.

Nothing is followed or tried again: an answer that does not come at once is estimated, and a
redirect could lead a key elsewhere.
"""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException, HTTPMessage
from typing import IO, Any, NoReturn
from urllib.error import HTTPError

from attrs import field, frozen

from cypn_core.matching.travel import NoAnswer

MOST_BYTES = 4_000_000
_CHUNK = 65_536


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        """None: the redirect itself is the answer."""


@frozen(kw_only=True)
class Asking:
    """The address of a service, without a slash at the end, and a key where it wants one."""

    url: str
    key: str = field(default="", repr=False)

    def get(self, path: str, until: float) -> Mapping[str, Any]:
        """The JSON object at *path*, before the monotonic clock shows *until*.

        :raises NoAnswer: in words that tell nothing of what was asked.
        """
        return self._ask(urllib.request.Request(f"{self.url}{path}"), until)  # noqa: S310 - checked

    def post(self, path: str, body: object, until: float) -> Mapping[str, Any]:
        """The JSON object that *path* answers to *body*; see `get`."""
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if self.key:
            headers["Authorization"] = self.key
        sent = json.dumps(body).encode()
        return self._ask(
            urllib.request.Request(f"{self.url}{path}", data=sent, headers=headers),  # noqa: S310
            until,
        )

    def _ask(self, request: urllib.request.Request, until: float) -> Mapping[str, Any]:
        request.add_header("Accept", "application/json")
        request.add_header("User-Agent", "cypn")
        try:
            found = json.loads(_read(request, until))
        except HTTPError as error:
            error.close()
            raise NoAnswer(f"HTTP {error.code}") from None
        except (OSError, HTTPException) as error:
            _refuse(error)
        except (ValueError, RecursionError):
            raise NoAnswer("it did not answer with JSON") from None
        if not isinstance(found, dict):
            raise NoAnswer("it did not answer with an object of JSON")
        return found


def _read(request: urllib.request.Request, until: float) -> bytes:
    """The body; an endless or dripping one is given up."""
    opener = urllib.request.build_opener(_Stay)
    found = bytearray()
    with opener.open(request, timeout=_left(until)) as response:
        while chunk := response.read1(_CHUNK):
            found += chunk
            if len(found) > MOST_BYTES:
                raise NoAnswer("its answer is too long")
            _left(until)
    return bytes(found)


def _left(until: float) -> float:
    """Seconds left, more than none."""
    left = until - time.monotonic()
    if left <= 0:
        raise NoAnswer("it took too long")
    return left


def _refuse(error: Exception) -> NoReturn:
    """A time-out is told as such, else the class: an error's words may quote the address."""
    reason = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError):
        raise NoAnswer("it took too long") from None
    raise NoAnswer(f"it cannot be reached: {type(reason).__name__}") from None
