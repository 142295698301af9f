"""A small server that offers the office's services over a Unix socket, a line of JSON each way; for tests that kill it.

    python -m tests.office.desk SOCKET DATABASE-URL REALM

A thread a connection, as the HTTP server has threads; an answer is sent after its transaction is committed.
"""

from __future__ import annotations

import socketserver
import sys
from typing import Any

import orjson
from tests.office.standalone import ready


class Server(socketserver.ThreadingUnixStreamServer):
    """Takes connections until it is killed."""

    daemon_threads = True
    request_queue_size = 64


class Handler(socketserver.StreamRequestHandler):
    """One client: its requests one after the other."""

    realm = 0

    def handle(self) -> None:
        """Answer line by line until the client goes."""
        from django.db import close_old_connections

        for line in self.rfile:
            told = self.answer(orjson.loads(line))
            close_old_connections()  # as Django does after a request: a broken connection is not used again
            self.wfile.write(orjson.dumps(told) + b"\n")

    def answer(self, data: dict[str, Any]) -> dict[str, Any]:
        """What the office says to a request."""
        from django.db import Error
        from tests.office.rush import Request, send

        from sanchong.office.actor import Actor
        from sanchong.settlement.refusal import Refusal

        try:
            return {"answer": send(Request(**data), Actor(self.realm))}
        except Refusal as refusal:
            return {"refused": refusal.code}
        except Error as problem:  # what an HTTP server says as 503
            return {"failed": str(problem)}


def main() -> None:
    """Serve until killed."""
    path, url, realm = sys.argv[1:]
    ready(url)
    from sanchong.office.claims.services.law import active_law

    active_law()
    Handler.realm = int(realm)
    with Server(path, Handler) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
