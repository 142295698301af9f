"""Settling over HTTP from keep-alive connections in one thread, so that the client takes little of the machine that it measures."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Iterator, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Final

from benchmarks.office.drive import Driven

if TYPE_CHECKING:
    from benchmarks.office.scene import Scene

BLANK: Final = b"\r\n\r\n"
LENGTH: Final = b"content-length:"


class Line:
    """One connection: it sends a request as soon as the one before is answered."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.since = 0.0
        self.read = bytearray()

    def send(self, request: bytes) -> None:
        """A request's bytes."""
        self.since = perf_counter()
        self.read.clear()
        self.socket.sendall(request)

    def answered(self) -> bool:
        """Take what has come; whether it is the whole answer. RuntimeError unless it says 200."""
        came = self.socket.recv(1 << 20)
        self.read += came
        end = self.read.find(BLANK)
        if not came or (end >= 0 and not self.read.startswith(b"HTTP/1.1 200")):
            raise RuntimeError(f"not settled: {bytes(self.read[:2000])!r}")
        if end < 0:
            return False
        head = bytes(self.read[:end]).lower()
        length = int(head.partition(LENGTH)[2].split(b"\r\n", 1)[0])
        return len(self.read) >= end + len(BLANK) + length


def settle(port: int, secret: str, scene: Scene, visits: Sequence[int], clients: int) -> Driven:
    """Settle the visits, each once, over so many connections."""
    waiting = _requests(port, secret, scene, visits)
    lines = [Line(port) for _ in range(clients)]
    seconds: list[float] = []
    with selectors.DefaultSelector() as ready:
        began = perf_counter()
        for line, request in zip(lines, waiting, strict=False):
            ready.register(line.socket, selectors.EVENT_READ, line)
            line.send(request)
        while ready.get_map():
            for key, _ in ready.select():
                line = key.data
                if not line.answered():
                    continue
                seconds.append(perf_counter() - line.since)
                following = next(waiting, None)
                if following is None:
                    ready.unregister(line.socket)
                else:
                    line.send(following)
        ended = perf_counter()
    for line in lines:
        line.socket.close()
    assert len(seconds) == len(visits)
    return Driven(ended - began, sorted(seconds))


def _requests(port: int, secret: str, scene: Scene, visits: Sequence[int]) -> Iterator[bytes]:
    for n in visits:
        yield (
            f"POST /api/v1/visits/{scene.visit(n)}/settle HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Authorization: Bearer {secret}\r\nIdempotency-Key: {scene.key(n)}\r\n"
            "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
        ).encode()
