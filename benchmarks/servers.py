"""Which WSGI server: throughput and waiting, in peace and beside 300 connections that dribble.

Each server runs the whole network with two processes or one, as it is meant to be run, on a store
of its own with the demo in it. Figures are told as they are and as a ratio to waitress, measured in
the same run::

    pip install gunicorn granian            # those that are not there are left out
    python benchmarks/servers.py            # about two minutes
    python benchmarks/servers.py --seconds 3
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib.util
import itertools
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

CLIENTS, DRIBBLERS = 16, 300
PAGE = "/how-it-works"
APP = "cypn_services.together:app"
RUNS = itertools.count()
"""Each run has clients of its own, for how often each may come is limited."""
LIMITS = (
    "import waitress\nfrom cypn_services.together import app\n"
    "waitress.serve(app, host='127.0.0.1', port={port}, threads={threads}, connection_limit=1000,\n"
    "    clear_untrusted_proxy_headers=False)"
)


def commands(port: int) -> dict[str, list[str]]:
    """How each server is started, by what it is called."""
    python, at = sys.executable, f"127.0.0.1:{port}"
    gunicorn = [python, "-m", "gunicorn", "-b", at, "-w", "2", "-k", "gthread"]
    gunicorn += ["--no-control-socket"]
    granian = [python, "-m", "granian", "--interface", "wsgi", "--port", str(port)]
    return {
        "waitress, 4 threads": [python, "-c", LIMITS.format(port=port, threads=4)],
        "gunicorn gthread, 2 x 4": [*gunicorn, "--threads", "4", APP],
        "granian, 2 x 4": [*granian, "--workers", "2", "--blocking-threads", "4", APP],
    }


async def fetch(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, who: int) -> None:
    """One page over a connection that stays open, for the client *who* behind the proxy."""
    address = f"198.18.{who // 256 % 256}.{who % 256}"
    head = f"GET {PAGE} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {address}\r\n\r\n"
    writer.write(head.encode())
    said = await reader.readuntil(b"\r\n\r\n")
    if not said.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(said.split(b"\r\n")[0].decode())
    length = next(
        int(line.split(b":")[1])
        for line in said.lower().split(b"\r\n")
        if line.startswith(b"content-length:")
    )
    await reader.readexactly(length)


async def client(
    port: int, first: int, until: float, waited: list[float], failed: list[str]
) -> None:
    """Fetch until it is time, over new connections where the old one was closed."""
    while time.monotonic() < until:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            with contextlib.closing(writer):
                while time.monotonic() < until:
                    began = time.monotonic()
                    await asyncio.wait_for(fetch(reader, writer, first + len(waited) // 300), 10)
                    waited.append(time.monotonic() - began)
        except (OSError, asyncio.IncompleteReadError):
            await asyncio.sleep(0.01)  # a server may close a connection that it kept
        except TimeoutError:
            waited.append(10.0)
            failed.append("no answer in 10 seconds")


async def dribble(port: int) -> None:
    """Announce a body and send a byte of it each second."""
    with contextlib.suppress(OSError):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        with contextlib.closing(writer):
            writer.write(
                b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4000\r\n"
                b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
            )
            while True:
                writer.write(b"a")
                await writer.drain()
                await asyncio.sleep(1)


async def measured(port: int, seconds: float, dribblers: int) -> tuple[float, float, float, int]:
    """Requests a second, the median and the 95th percentile in milliseconds, and failures."""
    slow = [asyncio.create_task(dribble(port)) for _ in range(dribblers)]
    await asyncio.sleep(2 if slow else 0.5)
    first = 4000 * next(RUNS)
    waited: list[float] = []
    failed: list[str] = []
    until = time.monotonic() + seconds
    await asyncio.gather(*(client(port, first, until, waited, failed) for _ in range(CLIENTS)))
    for each in slow:
        each.cancel()
    await asyncio.gather(*slow, return_exceptions=True)
    if len(waited) < 2:
        return 0, 10_000, 10_000, len(failed)
    p95 = statistics.quantiles(waited, n=20)[-1]
    return len(waited) / seconds, statistics.median(waited) * 1000, p95 * 1000, len(failed)


async def answering(port: int) -> None:
    """Wait until eight pages in a row came: some servers listen long before their workers do."""
    came = 0
    while came < 8:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            with contextlib.closing(writer):
                await fetch(reader, writer, 60_000)
                came += 1
                continue
        await asyncio.sleep(0.1)


@contextlib.contextmanager
def served(command: list[str], port: int, environment: dict[str, str]) -> Iterator[None]:
    """A server that answers; ended with SIGTERM."""
    process = subprocess.Popen(  # noqa: S603 - our own commands
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        asyncio.run(asyncio.wait_for(answering(port), 60))
        yield
    finally:
        process.terminate()
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def main() -> None:
    """Measure each server, in peace and under the slow bodies, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8)
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "CYPN_DATABASE_URL": f"sqlite:///{Path(folder) / 'bench.sqlite3'}",
            "CYPN_TRUSTED_PROXIES": "1",
            "CYPN_REGION": os.environ.get("CYPN_REGION", "banes"),
        }
        demo = [sys.executable, "-m", "cypn_services.cli", "demo", "--json"]
        subprocess.run(demo, env=environment, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        print("| server | beside it | pages/s | ratio | median ms | p95 ms | ratio | failed |")
        print("|---|---|---|---|---|---|---|---|")
        peers: dict[int, tuple[float, float]] = {}
        there = [
            name for name in commands(0) if importlib.util.find_spec(name.split(",")[0].split()[0])
        ]
        for name in there:
            for dribblers in (0, DRIBBLERS):
                port = free_port()
                with served(commands(port)[name], port, environment):
                    rate, median, p95, failed = asyncio.run(measured(port, seconds, dribblers))
                first_rate, first_p95 = peers.setdefault(dribblers, (rate or 1, p95))
                beside = f"{dribblers} slow bodies" if dribblers else "nothing"
                print(
                    f"| {name} | {beside} | {rate:.0f} | {rate / first_rate:.2f} | {median:.0f} "
                    f"| {p95:.0f} | {p95 / first_p95:.2f} | {failed} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
